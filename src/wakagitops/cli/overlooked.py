"""Files that look like settings and are none, so that nobody takes a shop for checked that never is."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from wakagitops.core.messages import Message, counted
from wakagitops.settings.repository import DEFAULTS_STEMS, ENDINGS, Repository
from wakagitops.sources.trees import WorkingTree

_JSON = ".json"
_OF_PROGRAMS = ("composer.json", "package-lock.json", "package.json", "renovate.json", "tsconfig.json")


def overlooked(
    repository: Repository, tree: WorkingTree, shown: Callable[[str], str]
) -> Iterator[Message]:
    """Yield a sentence for each kind of files that are left out, less what the layout excludes.

    Args:
        repository: the settings files, and those whose names are nearly right.
        tree: where they were listed, with the symlinks that were not followed.
        shown: turns a path into what messages show.
    """
    root = repository.layout.root
    named = [path for path in repository.misnamed if _may_be_settings(path, root)]
    json = [path for path in named if path.lower().endswith(_JSON)]
    linked = [path for path in tree.links if _leads_to_settings(path, tree)]
    for paths, say in ((set(named).difference(json), _misnamed), (json, _json), (linked, _linked)):
        found = sorted(path for path in paths if not repository.is_excluded(path))
        if found:
            yield say(len(found)).with_fields(path=shown(found[0]), more=len(found) - 1)


def _may_be_settings(path: str, root: str) -> bool:
    name = path.rpartition("/")[2].lower()
    stem = name.rpartition(".")[0]
    if name.startswith(".") or (name.startswith("_") and f"{stem}{ENDINGS[0]}" not in DEFAULTS_STEMS):
        return False
    if not name.endswith(_JSON):
        return True
    # Where the whole repository is the root, JSON is what programs keep beside the settings.
    return bool(root) and name not in _OF_PROGRAMS and not stem.endswith(".schema")


def _leads_to_settings(path: str, tree: WorkingTree) -> bool:
    """Tell whether a symlink is named as a settings file, or leads to a folder that may hold some."""
    name = path.rpartition("/")[2]
    if name.startswith("."):
        return False
    return name.lower().endswith(ENDINGS) or os.path.isdir(os.path.join(tree.base, path))


def _misnamed(count: int) -> Message:
    return counted(
        "{path} is not checked: the name of a settings file ends in .yaml or .yml, in lower case; "
        "rename it, or exclude it in wakagitops.toml",
        "{path} and {more} more are not checked: the name of a settings file ends in .yaml or .yml, in "
        "lower case; rename them, or exclude them in wakagitops.toml",
        count,
    )


def _json(count: int) -> Message:
    return counted(
        "{path} is not checked: settings files are YAML, with names that end in .yaml or .yml; "
        "rename it, since YAML may hold JSON, or exclude it in wakagitops.toml",
        "{path} and {more} more are not checked: settings files are YAML, with names that end in .yaml "
        "or .yml; rename them, since YAML may hold JSON, or exclude them in wakagitops.toml",
        count,
    )


def _linked(count: int) -> Message:
    return counted(
        "{path} is not checked: it is a symlink, and symlinks are not followed; put the file itself "
        "there, or exclude it in wakagitops.toml",
        "{path} and {more} more are not checked: they are symlinks, and symlinks are not followed; put "
        "the files themselves there, or exclude them in wakagitops.toml",
        count,
    )
