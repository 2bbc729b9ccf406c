"""The only writer of deployments: a protocol that a run killed at any moment cannot break.

``manifest.json`` is there only while the folder holds exactly the deployment that it names. A run
first renames it to ``.manifest.pending.json`` and adds the paths that it is about to write; then it
writes each file beside its place, syncs them together and renames them; then comes
``cache-bust.json``, and last ``manifest.json``, the commit. The next run takes what is ours from
whichever of the two it finds. See docs/architecture.md.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, flock

from wakagitops.core.errors import ToolError
from wakagitops.core.messages import msg
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.safe_files import open_folder
from wakagitops.core.system_reasons import system_reason
from wakagitops.render.diff import (
    Comparison,
    Seen,
    Want,
    compare,
    load,
    no_path,
    obstacle,
    refuse_obstacles,
)
from wakagitops.render.manifest import CACHE_BUST, MANIFEST, PENDING, Manifest, encode
from wakagitops.render.output_dir import Found, Kind, ObstructedError, OutFolder


class Outcome(NamedTuple):
    """What a run did to, or found in, the output folder of one environment."""

    environment: str
    folder: str
    """The folder, as it was named."""
    comparison: Comparison
    files: int
    """How many files shall lie there, less those that ``--target`` leaves alone."""


def check(out: str, wants: Sequence[Want], seen: Seen = Seen()) -> list[Outcome]:  # noqa: B008 - a value
    """Compare the output folder with what shall lie there, and write nothing.

    Args:
        out: the output folder; it need not exist.
        wants: what shall lie there, by environment.
        seen: what is known of its files.

    Raises:
        ToolError: the folder cannot be read, or a manifest in it should not be followed.
    """
    with _told(out), ExitStack() as stack:
        try:
            top = stack.enter_context(OutFolder(open_folder(out), out))
        except FileNotFoundError:
            return [_outcome(out, want, compare(None, want)) for want in wants]
        outcomes = []
        for want in (*wants, *gone(top, wants)):
            folder = _folder(top, want, stack, create=False)
            outcomes.append(_outcome(out, want, compare(folder, want, seen)))
        return outcomes


def write(
    out: str,
    wants: Sequence[Want],
    waiting: Callable[[], None] = lambda: None,
    seen: Seen = Seen(),  # noqa: B008 - a value
) -> list[Outcome]:
    """Bring the output folder to what shall lie there; where it already is so, write nothing.

    Args:
        out: the output folder; it is made where it does not exist.
        wants: what shall lie there, by environment.
        waiting: called when another run is at work in the folder and this one has to wait.
        seen: what is known of its files.

    Returns:
        What was done, by environment.

    Raises:
        ToolError: something that is not ours is in the way (then nothing was written), or the disk
            failed (then the old deployment stands, or the next run finishes).
    """
    with _told(out), ExitStack() as stack:
        top = stack.enter_context(_locked(out, waiting))
        outcomes = []
        for want in (*wants, *gone(top, wants)):
            folder = _folder(top, want, stack, create=False)
            comparison = compare(folder, want, seen)
            refuse_obstacles(comparison)
            outcomes.append(_outcome(out, want, comparison))
        # Whatever stands in the way of making bytes is met before anything is touched.
        data = [outcome.comparison.want.data(outcome.comparison.written) for outcome in outcomes]
        for outcome, made in zip(outcomes, data, strict=True):
            want = outcome.comparison.want
            folder = _folder(top, want, stack, create=True)
            assert folder is not None  # noqa: S101 - it was made where it was not there
            _bring(folder, outcome.comparison, made)
            if want.is_gone:
                top.remove_empty(want.environment)
        return outcomes


def _bring(folder: OutFolder, comparison: Comparison, data: Mapping[str, bytes]) -> None:
    """Carry out what a comparison says, by the protocol; the bytes to write are given by path."""
    state, want, files = comparison.state, comparison.want, comparison.written
    folder.drop_leftovers((state.pending or Manifest()).pending)
    if state.pending is not None and state.manifest is not None:
        # That run was stopped between its commit and its end: only this was left to do.
        folder.drop(PENDING)
    if comparison.is_current and not files:
        if want.cache_bust is not None and comparison.is_cache_bust_stale:
            folder.replace(CACHE_BUST, want.cache_bust)
        return
    _begin(folder, comparison, data)
    for path in (*comparison.unwanted, *comparison.leftover):
        folder.remove(path)
    for file in files:
        folder.put_in_place(file.path)
    folder.sync_folders([*(file.path for file in files), *comparison.unwanted])
    if want.is_gone:
        folder.drop(CACHE_BUST)
    else:
        if want.cache_bust is not None and comparison.is_cache_bust_stale:
            folder.replace(CACHE_BUST, want.cache_bust)
        folder.replace(MANIFEST, comparison.after.data)
    folder.drop(PENDING)


def _begin(folder: OutFolder, comparison: Comparison, data: Mapping[str, bytes]) -> None:
    """Give up the manifest and write every file beside its place; take it all back on a failure."""
    state = comparison.state
    paths = [file.path for file in comparison.written]
    made: list[str] = []
    is_completed = False
    if state.manifest is not None:
        folder.rename(MANIFEST, PENDING)
    try:
        before = state.pending or Manifest()
        pending = state.before._replace(
            environment=comparison.want.environment,
            pending=tuple(sorted({*before.pending, *paths})),
            writing=tuple(sorted({*before.writing, *comparison.written})),
        )
        folder.replace(PENDING, encode(pending))
        is_completed = True
        _make_room(folder, comparison)
        for file in comparison.written:
            folder.write_beside(file.path, data[file.path], file.mode, made.append)
        folder.sync_beside(paths)
    except BaseException:
        # Where even this fails, the pending file stays and the next run finishes.
        with suppress(OSError):
            folder.drop_beside(PENDING)
            for path in paths:
                folder.drop_beside(path)
            for path in reversed(made):
                folder.remove_empty(path)
            if not comparison.room:
                _restore(folder, comparison, is_completed=is_completed)
        raise


def _restore(folder: OutFolder, comparison: Comparison, *, is_completed: bool) -> None:
    """Make the folder again what the manifest said that it was, or what it was without one."""
    state = comparison.state
    if state.is_new:
        folder.drop(PENDING)
    elif state.manifest is not None and is_completed:
        folder.replace(MANIFEST, state.data)
        folder.drop(PENDING)
    elif state.manifest is not None:
        folder.rename(PENDING, MANIFEST)


def _make_room(folder: OutFolder, comparison: Comparison) -> None:
    """Remove files of ours that stand where folders shall be, or the other way round."""
    for place in comparison.room:
        for path in (*comparison.unwanted, *comparison.leftover):
            if path == place or path.startswith(f"{place}/"):
                folder.remove(path)
        found = folder.look(place)
        if found.kind is not Kind.ABSENT:
            raise ToolError(obstacle(folder, found))


def gone(top: OutFolder, wants: Sequence[Want]) -> list[Want]:
    """Return what to do about folders of environments that are no more."""
    if any(want.targets is not None for want in wants):
        return []
    alive = {want.environment for want in wants}
    names = ["", *(os.fsencode(name).decode("utf-8", "replace") for name in os.listdir(top.fd))]
    found = []
    for name in sorted(set(names) - alive):
        with suppress(OSError, ObstructedError, ToolError), ExitStack() as stack:
            state = load(stack.enter_context(top.inside(name, create=False)) if name else top)
            if not state.is_new and state.before.environment == name:
                found.append(
                    Want(name, (), is_gone=True, is_ours=wants[0].is_ours if wants else no_path)
                )
    return found


def _folder(top: OutFolder, want: Want, stack: ExitStack, *, create: bool) -> OutFolder | None:
    """Open the folder of an environment; None where it does not exist.

    Raises:
        ToolError: something that is no folder has its name.
    """
    if not want.environment:
        return top
    try:
        return stack.enter_context(top.inside(want.environment, create=create))
    except FileNotFoundError:
        return None
    except ObstructedError as error:
        raise ToolError(obstacle(top, Found(Kind.OBSTRUCTED, error.path))) from error


def _outcome(out: str, want: Want, comparison: Comparison) -> Outcome:
    folder = f"{out}/{want.environment}" if want.environment else out
    return Outcome(want.environment, folder, comparison, len(want.files))


@contextmanager
def _locked(path: str, waiting: Callable[[], None]) -> Iterator[OutFolder]:
    """Open and lock a folder, which leaves no lock file behind; wait while another run holds it."""
    while True:
        with OutFolder(open_folder(path, create=True), path) as folder:
            try:
                flock(folder.fd, LOCK_EX | LOCK_NB)
            except BlockingIOError:
                waiting()
                flock(folder.fd, LOCK_EX)
            # While we waited, somebody may have removed the folder and made it anew.
            if _is_at(folder, path):
                yield folder
                return


def _is_at(folder: OutFolder, path: str) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(folder.fd))
    except FileNotFoundError:
        return False


@contextmanager
def _told(out: str) -> Iterator[None]:
    """Turn what the operating system complains of into an error of ours."""
    try:
        yield
    except OSError as error:
        name = error.filename
        shown = os.fsdecode(name) if isinstance(name, (str, bytes)) else ""
        raise ToolError(
            msg(
                "{folder} cannot be used: {reason}{name}",
                folder=out,
                reason=system_reason(error),
                name=f" ({shown})" if shown and shown != out else "",
            )
        ) from error
    except ObstructedError as error:
        found = Found(Kind.OBSTRUCTED, f"{out}/{error.path}")
        raise ToolError(obstacle(None, found)) from error
