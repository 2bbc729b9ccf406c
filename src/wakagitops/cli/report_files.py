"""Files that no report may be written to: what a run needs, and the file of another report."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator

from wakagitops.cli.reporting import takes_more
from wakagitops.core.errors import UsageError
from wakagitops.core.messages import msg
from wakagitops.render.manifest import RESERVED
from wakagitops.settings.config import FILE_NAME, Options
from wakagitops.settings.repository import ENDINGS
from wakagitops.settings.schema import schema_folder

_RENDERED = (*RESERVED, "public", "shops")
"""What an output folder holds whatever the targets are."""


def refuse_lossy(arguments: argparse.Namespace, options: Options) -> None:
    """Stop where a report of ``--output`` would replace what is wanted still.

    Args:
        arguments: the parsed flags of a command that has ``--output``.
        options: what ``wakagitops.toml`` says of the working tree.

    Raises:
        UsageError: a report would; nothing was written yet.
    """
    root = _place(os.path.join(options.base, options.layout.root))
    needed = [_place(path) for path in _needed(arguments, options)]
    taken: set[str] = set()
    for _, path in arguments.output:
        if takes_more(path):
            continue
        place = _place(path)
        if place.endswith(ENDINGS) and _is_within(place, root):
            message = msg(
                "{path} has the name and the place of a settings file, and a report would replace it; "
                "write the report to another file",
                path=path,
            )
            raise UsageError(message)
        is_config = os.path.basename(place) == FILE_NAME
        if is_config or any(_is_within(place, each) for each in needed):
            message = msg(
                "{path} belongs to what wakagitops reads or has rendered, and a report would replace "
                "it; write the report to another file",
                path=path,
            )
            raise UsageError(message)
        if place in taken:
            message = msg("two reports would be written to {path}; give each its own file", path=path)
            raise UsageError(message)
        taken.add(place)


def _needed(arguments: argparse.Namespace, options: Options) -> Iterator[str]:
    """Yield the files and folders that are not settings and hold what a run reads, or rendered."""
    named = vars(arguments)
    own = (options.baseline, "schema", options.team_rules, *options.team_targets.values())
    yield from (os.path.join(options.base, path) for path in own if path)
    yield schema_folder()
    others = (options.path, named.get("baseline"), named.get("write_baseline"))
    yield from (path for path in others if path)
    for previous in named.get("previous", ()):
        # The name of an environment may stand before it.
        yield from (previous, previous.partition("=")[2] or previous)
    out = named.get("out") or os.path.join(options.base, "dist")
    for environment in ("", *options.layout.environments):
        yield from (os.path.join(out, environment, name) for name in _RENDERED)


def _place(path: str) -> str:
    """Return what two paths of one file have in common, also on a disk that takes ``A`` for ``a``."""
    return os.path.realpath(path).casefold()


def _is_within(place: str, other: str) -> bool:
    return place == other or place.startswith(os.path.join(other, ""))
