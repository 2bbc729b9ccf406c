"""Where an output folder may lie: apart from the settings, git's files and the repository's top."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress

from wakagitops.core.errors import UsageError
from wakagitops.core.globs import Globs
from wakagitops.core.messages import msg
from wakagitops.core.safe_files import repository_root
from wakagitops.settings.config import Options

_SCHEMAS = "schema"
_GIT = (".git", "git~1")
"""The names of git's folder; the second is its short name on Windows."""


def refuse_unsafe_place(out: str, options: Options) -> None:
    """Stop where an output folder could take the place of something else.

    Names are compared without case, since some disks know none; folders are compared by their
    identity, too.

    Raises:
        UsageError: the folder is, holds or lies inside the settings, a ``.git``, the schemas or a
            folder of the team's own; or it holds the whole repository; or a link leads to it.
    """
    _refuse_link(out, options.base)
    places = {os.path.abspath(out), os.path.realpath(out)}
    if any(part.casefold().rstrip(" .") in _GIT for place in places for part in place.split(os.sep)):
        message = msg("{out} lies inside a .git folder; render into a folder of its own", out=out)
        raise UsageError(message)
    for name in _taken(options):
        taken = os.path.join(options.base, name) if name else options.base
        if any(_holds(place, taken) for place in places):
            message = msg(
                "{out} holds {taken}; render into a folder of its own, such as dist",
                out=out,
                taken=name or ".",
            )
            raise UsageError(message)
        if name and any(_holds(taken, place) for place in places) and not _is_excluded(out, options):
            message = msg(
                "{out} lies inside {taken}; render into a folder of its own, such as dist",
                out=out,
                taken=name,
            )
            raise UsageError(message)
    if not options.layout.root and any(_holds(options.base, place) for place in places):
        _refuse_settings(out, options)


def _taken(options: Options) -> Iterator[str]:
    """Yield the folders that no deployment may touch, relative to the base, which is the empty one."""
    yield ""
    yield from (name for name in (options.layout.root, _SCHEMAS, options.team_rules) if name)
    yield from options.team_targets.values()


def _refuse_settings(out: str, options: Options) -> None:
    """Stop where the whole repository is the root, and the output would be read as settings."""
    if not _is_excluded(out, options):
        message = msg(
            "{out} lies among the settings, and would be read as such; choose another folder, or add "
            "it to exclude in wakagitops.toml",
            out=out,
        )
        raise UsageError(message)


def _is_excluded(out: str, options: Options) -> bool:
    if options.layout.root:
        return False
    relative = os.path.relpath(os.path.realpath(out), os.path.realpath(options.base))
    path = f"{relative.replace(os.sep, '/')}/x"
    return bool(Globs(options.layout.exclude).match(path))


def _refuse_link(out: str, base: str) -> None:
    """Stop where the repository holds a link on the way to the output folder."""
    full = os.path.abspath(out)
    root = repository_root(full) or base
    place = full
    while place != root and _holds(root, place):
        if os.path.islink(place):
            message = msg(
                "{out} is a link or lies behind one, and no link is followed; remove {link}, or choose "
                "another folder",
                out=out,
                link=os.path.relpath(place),
            )
            raise UsageError(message)
        place = os.path.dirname(place)


def _holds(outer: str, inner: str) -> bool:
    """True if a folder is another or one above it, by its name in any case or by its identity."""
    folded = os.path.join(outer, "").casefold()
    if os.path.join(inner, "").casefold().startswith(folded):
        return True
    with suppress(OSError):
        status = os.stat(outer)
        while stat.S_ISDIR(status.st_mode):
            with suppress(OSError):
                if os.path.samestat(status, os.stat(inner)):
                    return True
            above = os.path.dirname(inner)
            if above == inner:
                break
            inner = above
    return False
