"""The targets: each module or package here holds one ``TARGET``, and its name is the target's name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from wakagitops.render.files import Target

_FOLDER = Path(__file__).parent


@cache
def target_names() -> tuple[str, ...]:
    """Return every built-in target's name in order, from the folder listing, without importing one."""
    modules = [path.stem for path in _FOLDER.glob("*.py")]
    packages = [path.parent.name for path in _FOLDER.glob("*/__init__.py")]
    return tuple(sorted(name for name in (*modules, *packages) if not name.startswith("_")))


def load(name: str, options: Mapping[str, Any] | None = None) -> Target:
    """Return a built-in target, under the options that ``[render.<name>]`` gives.

    Args:
        name: one of ``target_names()``.
        options: values by name; those left out have their defaults.

    Raises:
        ModuleNotFoundError: there is no such target.
    """
    target: Target = import_module(f"{__name__}.{name}").TARGET
    if not options or target.configure is None:
        return target
    return target.configure({option.name: option.default for option in target.options} | dict(options))
