"""Small fleets and output folders for the tests of rendering, and what must hold in such a folder."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from wakagitops.render.files import RenderedFile
from wakagitops.render.pipeline import render
from wakagitops.render.targets import load
from wakagitops.settings.model import ShopSettings, settings_of

FOREIGN = "léeme.txt"


def shop(name: str = "imprenta-sol", **changes: Any) -> ShopSettings:
    """Return a sound shop; ``changes`` name its fields, or those of a part as ``part__field``."""
    data: dict[str, Any] = {
        "shop": name,
        "platform_version": "3.28.1",
        "url": f"https://www.{name}.es",
        "contact": {"email": f"contacto@{name}.es", "pages": ["/contacto", "/aviso-legal"]},
        "notifications": {
            "email": f"pedidos@{name}.es",
            "name": "Imprenta Sol",
            "smtp": {
                "host": f"smtp.{name}.es",
                "ports": {"tls": 465, "starttls": 587},
                "username": f"pedidos@{name}.es",
                "password": {"env": "SMTP_PASSWORD"},
            },
        },
        "admin": {"recipients": [f"ventas@{name}.es"]},
    }
    settings = settings_of(f"configs/{name}.yaml", "", data)
    for key, value in changes.items():
        part, _, field = key.rpartition("__")
        if part:
            settings = settings._replace(**{part: getattr(settings, part)._replace(**{field: value})})
        else:
            settings = settings._replace(**{field: value})
    return settings


def rendered(
    *shops: ShopSettings, targets: Iterable[str] = ("settings", "public")
) -> tuple[RenderedFile, ...]:
    """Return the files of a fleet under built-in targets."""
    return render(shops, {name: load(name) for name in targets})


def plain_files(texts: Mapping[str, str], target: str = "settings") -> tuple[RenderedFile, ...]:
    """Return files of one target from a mapping of paths to texts."""
    return tuple(RenderedFile(path, text.encode(), 0o644, "", target) for path, text in texts.items())


def tree(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file below a folder, symlinks by where they lead."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = b"-> " + os.fsencode(path.readlink())
        elif path.is_file():
            found[name] = path.read_bytes()
    return found


def folders(folder: Path) -> set[str]:
    """Return every folder below a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_dir()}


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """Return what changes when a file or a folder is written: inode and time, by path."""
    paths = [folder, *folder.rglob("*")]
    return {
        path.relative_to(folder).as_posix(): (path.lstat().st_ino, path.lstat().st_mtime_ns)
        for path in paths
    }


def manifest(folder: Path) -> dict[str, Any]:
    """Return what ``manifest.json`` says."""
    document: dict[str, Any] = json.loads((folder / "manifest.json").read_bytes())
    return document


def assert_manifest_holds(folder: Path) -> None:
    """Every file that the manifest names is there with the bytes it names."""
    document = manifest(folder)
    for entry in (*document["files"], *document["retained"]):
        data = (folder / entry["path"]).read_bytes()
        assert sha256(data).hexdigest() == entry["sha256"], entry["path"]
        assert len(data) == entry["bytes"]


def assert_whole(folder: Path, files: Iterable[RenderedFile], *, foreign: Iterable[str] = ()) -> None:
    """The folder holds a deployment and nothing else of ours: no leftover, no empty folder."""
    assert_manifest_holds(folder)
    document = manifest(folder)
    wanted = {file.path: file.data for file in files}
    found = tree(folder)
    assert [entry["path"] for entry in document["files"]] == sorted(wanted)
    assert {path: found.get(path) for path in wanted} == wanted
    retained = {entry["path"] for entry in document["retained"]}
    extra = set(found) - set(wanted) - retained - {"manifest.json", "cache-bust.json", *foreign}
    assert not extra
    assert {path.rpartition("/")[0] for path in found} - {""} | _above(found) == folders(folder)


def _above(paths: Iterable[str]) -> set[str]:
    return {path[:at] for path in paths for at, sign in enumerate(path) if sign == "/"}
