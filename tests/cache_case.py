"""Where the tests find what a run keeps of a repository."""

from __future__ import annotations

import os
from pathlib import Path

from wakagitops.validate.cache_folder import cache_folder


def kept_in(folder: Path, name: str = "") -> Path:
    """Return the cache folder of a repository and its present configuration, or a file in it."""
    settings = folder / "wakagitops.toml"
    text = settings.read_text(encoding="utf-8") if settings.is_file() else ""
    return Path(cache_folder(str(folder), text).path, name)


def all_kept() -> list[Path]:
    """Return every file of the test's cache."""
    return sorted(path for path in Path(os.environ["WAKAGITOPS_CACHE_DIR"]).rglob("*") if path.is_file())
