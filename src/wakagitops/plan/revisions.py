"""What a tree itself says of how it is laid out and rendered: its own settings and templates."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

from wakagitops.core.errors import UsageError
from wakagitops.render.files import Target
from wakagitops.render.target_selection import selected_targets
from wakagitops.settings.config import FILE_NAME, Options, parse
from wakagitops.sources.trees import Tree


def options_of(tree: Tree, base: str, name: str = FILE_NAME) -> Options:
    """Return what a tree's own ``wakagitops.toml`` says, the defaults where it has none.

    Args:
        tree: the files.
        base: the folder that the tree's paths are relative to.
        name: the file, relative to the base.

    Raises:
        UsageError: the file is wrong.
        ToolError: it cannot be read.
    """
    try:
        data = tree.read(name)
    except FileNotFoundError:
        return Options(base)
    return parse(base, name, data)


def earlier_options(tree: Tree, current: Options) -> Options:
    """Return what an earlier tree's ``wakagitops.toml`` says; if it is wrong, what the current one does.

    Raises:
        ToolError: it cannot be read.
    """
    try:
        return options_of(tree, current.base)
    except UsageError:
        # What was wrong then says nothing, and it is not what is planned.
        return current


def targets_of(tree: Tree, options: Options, scratch: str) -> Mapping[str, Target]:
    """Return the targets of a tree, a team's own made from the templates that lie in that tree.

    Args:
        tree: the files.
        options: what its ``wakagitops.toml`` says.
        scratch: an empty folder, outside every repository, that templates may be copied to.

    Raises:
        UsageError: there is no such target or option, or a team's own target is wrong.
        ToolError: a file cannot be read.
        OSError: the folder cannot be written.
    """
    for name, folder in options.team_targets.items():
        if name in options.targets:
            copy_folder(tree, folder, scratch)
    return selected_targets(options._replace(base=scratch))


def rendering_of(options: Options, targets: Mapping[str, Target]) -> tuple[tuple[str, str, str], ...]:
    """Return what decides how settings become files: equal for two states that do it alike."""
    return tuple(
        (name, json.dumps(options.render.get(name, {}), sort_keys=True, default=str), target.digest)
        for name, target in sorted(targets.items())
    )


def copy_folder(tree: Tree, folder: str, to: str) -> None:
    """Copy the files below a folder of a tree to the same paths below a folder on disk.

    Raises:
        ToolError: a file cannot be read.
        OSError: the folder cannot be written.
    """
    for path in tree.walk(folder):
        place = os.path.join(to, path)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "wb") as file:
            file.write(tree.read(path))
