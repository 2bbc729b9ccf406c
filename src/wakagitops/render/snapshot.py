"""The record of a deployment that was found current: where nothing changed since, it still is.

The record knows a file by what the system says of it, not by its bytes (``sources.file_facts``), and
is kept only where all of the deployment is older than the moment before its bytes were compared.
Whoever is in doubt compares the bytes again. The same is kept of each file for itself, with a digest
of its bytes: where something changed, the next run reads only the files that did.
"""

from __future__ import annotations

import json
import os
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from io import BytesIO
from time import sleep

from wakagitops.core.digests import bytes_digest
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.safe_files import open_folder
from wakagitops.render.cache_bust import Change, Reason
from wakagitops.render.diff import Comparison, Seen, Want
from wakagitops.render.manifest import CACHE_BUST, MANIFEST
from wakagitops.render.output_dir import OutFolder
from wakagitops.render.transaction import Outcome, gone
from wakagitops.sources.file_facts import FACTS, facts_of, unsettled
from wakagitops.validate.cache_folder import KEY, sealed, unsealed
from wakagitops.validate.codec import MALFORMED
from wakagitops.validate.parallel import Meanwhile
from wakagitops.validate.results_cache import ResultsCache

_NAME = "rendered"
_HEADER = b"wakagitops rendered 1"
_SEEN = "seen"
_SEEN_HEADER = b"wakagitops seen 1"
_MAX_BYTES = 256 * 1024 * 1024
_MANY = 1_000
"""The number of files from which a process of its own pays."""
_PATIENCE = 50
"""How many milliseconds a run waits for the file system's clock to move on."""


class Deployment(NamedTuple):
    """What a run did to, or found in, the output folder, and what that means for caches."""

    outcomes: Sequence[Outcome]
    flushed: Mapping[str, Collection[Change]]
    """The shops whose caches are to be emptied, by environment."""
    is_judged: bool
    """Of some shop it was asked whether its caches are to be emptied."""

    @property
    def is_settled(self) -> bool:
        """Tell whether there was nothing at all to do."""
        return all(outcome.comparison.is_settled for outcome in self.outcomes)


class _Kept(NamedTuple):
    """The record as it is stored."""

    state: str
    """Stands for the settings that the deployment was made from."""
    is_settled: bool
    """False where only ``--check`` was content."""
    stamp: str
    """Two digests of what the system said of the output folder and of every path (``_shares``)."""
    paths: list[str]
    is_judged: bool
    environments: list[tuple[str, str, int, int, int]]
    """Each with its folder, the number of its files, and its changes: how many, and how many bytes."""
    changes: str
    """A digest of the lines behind this one: all changes."""


class _Changes(Collection[Change]):
    """Changes as they are stored, each read when it is asked for: people are told of a few."""

    def __init__(self, count: int, lines: bytes) -> None:
        """Bind lines of JSON."""
        self._count = count
        self._lines = lines

    def __len__(self) -> int:
        """Return how many there are."""
        return self._count

    def __iter__(self) -> Iterator[Change]:
        """Yield each of them."""
        return map(_change, BytesIO(self._lines))

    def __contains__(self, item: object) -> bool:
        """Tell whether a change is one of them."""
        return any(item == change for change in self)


class Record:
    """What the last run into any output folder left in a repository's cache folder."""

    def __init__(self, cache: ResultsCache | None, out: str, inputs: Iterable[str]) -> None:
        """Read the record, if it is one of the same inputs.

        Args:
            cache: the repository's cache; None keeps and knows nothing.
            out: the output folder.
            inputs: what stands for all that a deployment is made from but settings and the tool.
        """
        self.inputs = tuple(inputs)
        self._out = out
        self._cache = cache
        self._key = self._seen_key = b""
        self._kept: _Kept | None = None
        self._changes = b""
        if cache is not None:
            # Another user may see files otherwise, and a folder of that name elsewhere is another.
            place = (os.path.abspath(out), str(os.geteuid()))
            self._seen_key = cache.key(_SEEN, *place)
            self._key = cache.key(_NAME, out, *place, *self.inputs)
            self._kept = self._read(cache)
        self._meanwhile: Meanwhile | None = None
        if self._kept is not None and len(self._kept.paths) > _MANY:
            # The system is asked about thousands of files, and the settings are checked meanwhile.
            self._meanwhile = Meanwhile(partial(_stamp, out, _shares(self._kept.paths)[0]))

    @property
    def is_familiar(self) -> bool:
        """Tell whether the same tool has made a deployment from the same inputs."""
        return self._kept is not None

    def deployment(self, state: str, *, is_check: bool) -> Deployment | None:
        """Return the deployment, where it was made from the same and nobody has touched it since.

        Args:
            state: what stands for the settings.
            is_check: whether it is enough that the files themselves are current.
        """
        kept = self._kept
        if kept is None or kept.state != state or not (is_check or kept.is_settled):
            return None
        try:
            # A path that no system takes is a ValueError, a time before 1970 an OverflowError.
            if kept.stamp.encode() == self._stamp_now(kept.paths) and not self._has_gone(kept):
                return self._deployment(kept)
        except (OSError, OverflowError, RecursionError, *MALFORMED):
            pass
        return None

    def seen(self) -> Seen:
        """Return what is known of the output folder's files, and a time from before it is used."""
        device, since = self._now()
        return Seen(device, since, self._marks() if since else {})

    def later(self, outcomes: Sequence[Outcome]) -> Seen:
        """Return the same when the clock has moved on, so that all that was done is older.

        Args:
            outcomes: what was done; what it found as it shall be need not be read again.
        """
        start = now = self._now()
        for _ in range(_PATIENCE if start[1] else 0):
            sleep(0.001)
            now = self._now()
            if now != start:
                break
        states = {outcome.environment: outcome.comparison.after for outcome in outcomes}
        return Seen(*now, _marks_of(outcomes), states)

    def _now(self) -> tuple[int, int]:
        """Return the output folder's file system, and a time that no later change looks older than."""
        if self._cache is not None:
            with suppress(OSError):
                device = os.stat(self._out).st_dev
                return device, self._cache.folder.clock(device)
        return 0, 0

    def _marks(self) -> dict[str, dict[str, str]]:
        if self._cache is None:
            return {}
        try:
            text = self._cache.folder.sole(_SEEN, _SEEN_HEADER, self._seen_key)
            marks = json.loads(text) if text is not None else {}
        except (RecursionError, *MALFORMED):
            return {}
        is_ours = isinstance(marks, dict) and all(isinstance(found, dict) for found in marks.values())
        return marks if is_ours else {}

    def keep(self, deployment: Deployment, state: str, since: int) -> None:
        """Keep a deployment that was found current; one that cannot be kept is made anew next time.

        Args:
            deployment: what was found; where it is not current, nothing is kept.
            state: what stands for the settings.
            since: the time before its bytes were compared, that of ``seen`` or ``later``.
        """
        comparisons = [outcome.comparison for outcome in deployment.outcomes]
        if self._cache is None or not all(
            comparison.is_current and comparison.state.pending is None for comparison in comparisons
        ):
            return
        paths = list(_paths(deployment))
        with suppress(OSError, OverflowError):
            facts = facts_of(self._out, paths)
            if unsettled(facts, since):
                return
            environments: list[tuple[str, str, int, int, int]] = []
            lines = b""
            for name, folder, _, files in deployment.outcomes:
                changes = deployment.flushed.get(name, ())
                own = b"".join(map(_changed, changes))
                environments.append((name, folder, files, len(changes), len(own)))
                lines += own
            kept = _Kept(
                state,
                deployment.is_settled,
                _stamp_of(facts).decode(),
                paths,
                deployment.is_judged,
                environments,
                bytes_digest(lines),
            )
            line = sealed(self._key, _line(kept))
            self._cache.folder.replace(_NAME, _HEADER, (line, lines))
            marks = json.dumps(_marks_of(deployment.outcomes)).encode("ascii")
            self._cache.folder.replace(_SEEN, _SEEN_HEADER, (sealed(self._seen_key, marks),))

    def _read(self, cache: ResultsCache) -> _Kept | None:
        file = cache.folder.open(_NAME, _HEADER)
        if file is None:
            return None
        try:
            with file:
                file.readline()
                line = file.readline(_MAX_BYTES)
                self._changes = file.read(_MAX_BYTES)
            text = unsealed(line) if line[:KEY] == self._key else None
            kept = _Kept(*json.loads(text)) if text is not None else None
            return kept if kept is None or kept.paths[:0] == [] else None
        except (OSError, RecursionError, *MALFORMED):
            return None

    def _stamp_now(self, paths: Sequence[str]) -> bytes:
        first, rest = _shares(paths)
        own = _stamp(self._out, rest)
        return (self._meanwhile.result() if self._meanwhile else _stamp(self._out, first)) + own

    def _deployment(self, kept: _Kept) -> Deployment | None:
        if kept.changes != bytes_digest(self._changes):
            return None
        outcomes = []
        flushed = {}
        start = 0
        for name, folder, files, changes, size in kept.environments:
            comparison = Comparison(Want(str(name), ()))
            outcomes.append(Outcome(str(name), str(folder), comparison, int(files)))
            flushed[name] = _Changes(int(changes), self._changes[start : start + size])
            start += size
        return Deployment(outcomes, flushed, kept.is_judged)

    def _has_gone(self, kept: _Kept) -> bool:
        """Tell whether there are folders of environments that are no more."""
        wants = [Want(environment, ()) for environment, *_ in kept.environments]
        with OutFolder(open_folder(self._out), self._out) as top:
            return bool(gone(top, wants))


def _marks_of(outcomes: Iterable[Outcome]) -> dict[str, Mapping[str, str]]:
    return {outcome.environment: outcome.comparison.marks for outcome in outcomes}


def _changed(change: Change) -> bytes:
    return _line((change.shop, change.reasons, change.tags, change.urls))


def _change(line: bytes) -> Change:
    shop, reasons, tags, urls = json.loads(line)
    said = tuple(Reason(*reason) for reason in reasons)
    return Change(shop, None, None, said, tuple(tags), tuple(urls), "")


def _line(value: object) -> bytes:
    return json.dumps(value).encode("ascii") + b"\n"


def _paths(deployment: Deployment) -> Iterator[str]:
    """Yield all that a current deployment consists of, relative to the output folder.

    Of folders, those that hold others: a folder that only holds files cannot be exchanged for
    another without a change to the one above it, or to its files.
    """
    for outcome in deployment.outcomes:
        comparison = outcome.comparison
        start = f"{outcome.environment}/" if outcome.environment else ""
        paths = comparison.state.before.owned
        folders: set[str] = set()
        for path in paths:
            folder = path.rpartition("/")[0]
            while (folder := folder.rpartition("/")[0]) and folder not in folders:
                folders.add(folder)
        top = {MANIFEST}
        if deployment.is_settled and comparison.want.cache_bust is not None:
            top.add(CACHE_BUST)
        if outcome.environment:
            yield outcome.environment
        yield from (f"{start}{path}" for path in sorted(paths | folders | top))


def _stamp(folder: str, paths: Iterable[str]) -> bytes:
    """Return what the system says of a folder and its paths now; as ``facts_of``, it may raise."""
    return _digest(facts_of(folder, paths))


def _share(count: int) -> int:
    """Return how many of so many paths another process asks about: it begins earlier than this one."""
    return count * 3 // 4


def _shares(paths: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Return the paths that another process asks about, and those that are left for this one."""
    cut = _share(len(paths))
    return paths[:cut], paths[cut:]


def _stamp_of(facts: array[int]) -> bytes:
    """Return the stamps of both shares, by the facts of a folder and all its paths."""
    cut = (1 + _share(len(facts) // FACTS - 1)) * FACTS
    return _digest(facts[:cut]) + _digest(facts[:FACTS] + facts[cut:])


def _digest(facts: array[int]) -> bytes:
    return bytes_digest(facts.tobytes()).encode()
