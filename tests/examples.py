"""Checks small trees of files for the tests, under every rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wakagitops.rules import all_rules
from wakagitops.settings.config import Options
from wakagitops.settings.repository import Repository
from wakagitops.sources.trees import MemoryTree
from wakagitops.validate.examples import TODAY, completed, found
from wakagitops.validate.gather import Work
from wakagitops.validate.pipeline import Request, check
from wakagitops.validate.policy import policy
from wakagitops.validate.result import CheckResult

__all__ = ["completed", "found", "request_for", "run"]


def request_for(
    files: Mapping[str, str | bytes], options: Options | None = None, **settings: Any
) -> Request:
    """Return the request to check files that lie below ``configs``."""
    tree = MemoryTree(
        {
            f"configs/{name}": text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
            for name, text in files.items()
        }
    )
    options = options or Options("/nowhere")
    repository = Repository(tree, options.layout)
    chosen = policy(options, all_rules())
    work = Work(repository, lambda: chosen, settings.pop("assume_version", None))
    return Request(work, all_rules, settings.pop("today", TODAY), **settings)


def run(
    files: Mapping[str, str | bytes], options: Options | None = None, **settings: Any
) -> CheckResult:
    """Check files that lie below ``configs``, under every rule."""
    return check(request_for(files, options, **settings))
