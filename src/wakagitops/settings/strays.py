"""Files below the root that are neither settings files nor of another known kind."""

from __future__ import annotations

from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.suggest import distance
from wakagitops.core.typed import TYPE_CHECKING, Literal
from wakagitops.sources.trees import is_git_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wakagitops.settings.repository import Repository

    Kind = Literal[
        "name", "underscore", "hidden", "link", "folder", "special", "repository", "deep", "defaults"
    ]  # fmt: skip

_YAML = ("yaml", "yml")
_OTHER_ENDINGS = frozenset({"xml", "html", "htm", "toml", "uml", "aml"})
"""Endings of other formats that are one edit away from those of YAML."""
_KNOWN_ENDINGS = (
    ".md", ".markdown", ".txt", ".rst", ".adoc", ".schema.json",
    ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".ico", ".pdf",
)  # fmt: skip
_KNOWN_NAMES = frozenset({
    "authors", "changelog", "codeowners", "contributing", "copying", "desktop.ini", "licence", "license",
    "notice", "owners", "readme", "thumbs.db", "wakagitops.toml",
    "composer.json", "package-lock.json", "package.json", "renovate.json", "tsconfig.json",
})  # fmt: skip
_KNOWN_HIDDEN = frozenset({
    ".codecov", ".copier-answers", ".drone", ".eslintrc", ".gitlab-ci", ".golangci", ".markdownlint",
    ".markdownlint-cli2", ".pre-commit-config", ".pre-commit-hooks", ".prettierrc", ".readthedocs",
    ".sops", ".travis", ".yamllint",
})  # fmt: skip
"""Hidden YAML files of other programs, without their ending."""
_OF_EDITORS = (".swp", ".swo", ".swx", ".un~", ".kate-swp")


class Stray(NamedTuple):
    """A file, folder or symlink below the root that has no place there; hardly any is checked."""

    path: str
    """Relative to the repository's base, with ``/``."""
    kind: Kind
    beside: str = ""
    """The settings file whose copy it seems to be, or beside which it must not be; else empty."""


def strays(repository: Repository) -> tuple[Stray, ...]:
    """Return the strays of a repository, by path, less what the layout excludes or names otherwise."""
    files = frozenset(repository.files)
    found: dict[str, Stray] = {}
    for path, kind in _candidates(repository):
        if path in ("", repository.layout.root):
            continue  # the repository that the settings lie in
        is_excluded = any(map(repository.is_excluded, patterned(path, kind)))
        if not (is_excluded or _is_named(path, repository.layout.named)):
            copied = f"{_stem_path(path)}.yaml"
            # The one thing that a folder with the name of a settings file can be besides.
            if kind == "repository" or path not in found:
                found[path] = Stray(path, kind, copied if copied in files else "")
    for path, first in repository.second_defaults():
        found[path] = Stray(path, "defaults", first)
    return tuple(sorted(found.values()))


def patterned(path: str, kind: Kind) -> tuple[str, ...]:
    """Return the paths of a stray that a pattern may name: ``x/**`` names all of a repository ``x``."""
    return (path, f"{path}/.git") if kind == "repository" else (path,)


def is_like_settings(name: str) -> bool:
    """Return True if a part of a file name after its first dot is, or nearly is, ``yaml`` or ``yml``."""
    return any(map(_is_yaml, _parts(name)[1:]))


def _candidates(repository: Repository) -> Iterator[tuple[str, Kind]]:
    root = repository.layout.root
    for path in repository.others:
        if is_git_folder(path):
            yield path.rpartition("/")[0], "repository"
            continue
        kind = _kind_of_file(path.rpartition("/")[2], is_whole=not root)
        if kind is not None:
            yield path, kind
    for path, kind in repository.tree.others(root):
        if kind == "repository":
            yield path, kind
            continue
        name = path.rpartition("/")[2]
        is_like = is_like_settings(name) and not _is_of_program(name)
        if kind in ("hidden", "folder"):
            is_stray = is_like
        elif kind == "deep":
            is_stray = True
        elif name.startswith("."):
            is_stray = is_like and not name.startswith(".#")
        else:
            is_stray = is_like or not _is_known(name)
        if is_stray:
            yield path, kind


def _kind_of_file(name: str, *, is_whole: bool) -> Kind | None:
    """Return why a regular file that is no settings file is a stray; None where it is none.

    Args:
        name: its name.
        is_whole: True if the root is the whole repository, which holds files of every kind.
    """
    is_like = is_like_settings(name)
    if name.startswith("."):
        return "hidden" if is_like and not _is_of_program(name) else None
    if not is_like and (is_whole or _is_known(name)):
        return None
    return "underscore" if name.startswith("_") else "name"


def _is_known(name: str) -> bool:
    folded = name.casefold()
    return folded.endswith(_KNOWN_ENDINGS) or folded in _KNOWN_NAMES


def _is_of_program(name: str) -> bool:
    folded = name.casefold()
    if folded.endswith(_OF_EDITORS):
        return True
    stem, _, ending = folded.rpartition(".")
    return stem in _KNOWN_HIDDEN and ending in _YAML


def _is_named(path: str, named: tuple[str, ...]) -> bool:
    return any(path == other or path.startswith(f"{other}/") for other in named)


def _parts(name: str) -> list[str]:
    if not name.isascii():
        from unicodedata import normalize  # noqa: PLC0415 - few names need it

        name = normalize("NFKC", name)
    return ["".join(part.split()) for part in name.casefold().replace("~", ".").split(".")]


def _is_yaml(part: str) -> bool:
    if part in _YAML:
        return True
    return (
        len(part) in range(3, 6)
        and part not in _OTHER_ENDINGS
        and any(distance(part, ending) == 1 for ending in _YAML)
    )


def _stem_path(path: str) -> str:
    """Return a path up to the first dot of its name that is not the first letter."""
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}{name[0]}{name[1:].partition('.')[0]}"
