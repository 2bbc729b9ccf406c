"""Gathering what all units found: from the cache where it can, from the files where it must."""

import json
from collections.abc import Callable, Iterator, Mapping

from wakagitops.core.digests import bytes_digest
from wakagitops.core.errors import UnreadableError
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.typed import TYPE_CHECKING
from wakagitops.settings.repository import DEFAULTS_STEMS, Repository
from wakagitops.sources.trees import WorkingTree
from wakagitops.validate import codec
from wakagitops.validate.cache_folder import opened, sealed
from wakagitops.validate.file_index import FileIndex
from wakagitops.validate.outcome import Crash, Gathered, Run
from wakagitops.validate.parallel import jobs_for, lines_in_order
from wakagitops.validate.policy import Policy
from wakagitops.validate.results_cache import ResultsCache
from wakagitops.validate.unit import Unit

if TYPE_CHECKING:
    from wakagitops.validate.incremental import Combiner

_BATCH = 2_000
"""Cached units that are decoded at once: many, since that is faster, yet not a whole large fleet."""
_FEW = 64
"""The most changed files that are put into the last run anew; for more, cached units save work."""
_FEWER = 8
"""So many files are put into the last run anew each time sooner than it is written with them."""


class Work(NamedTuple):
    """What is to be checked, and how."""

    repository: Repository
    policy: Callable[[], Policy]
    """Makes the policy; a run that the cache answers whole never asks for it."""
    assume_version: str | None = None
    on_crash: Crash | None = None
    jobs: int | None = 1
    """Processes to use; None or 0 decides by the number of files."""
    cache: ResultsCache | None = None
    state: str = ""
    """What stands for all bytes of the files, where they cannot change: a commit and a folder."""
    on_step: Callable[[int, int], None] | None = None
    """Told, for people who wait, how many files are done, and of how many."""


def gather(work: Work) -> Gathered:
    """Check every file of a repository.

    Raises:
        ToolError: no file can be read, or a process died.
    """
    if work.cache is None:
        combiner = _combiner(work)
        units = _watched(work, _computed(work, work.repository.files))
        return combiner.gathered(combiner.run(units))
    if work.state:
        return _gather_state(work, work.cache, work.cache.key("state", work.state))
    index = _index(work, work.cache)
    digests = _digests(work, work.cache, index)
    found = _whole(work.cache, _whole_key(work.cache, digests))
    if found is not None:
        if index is not None:
            index.keep(digests)
        return found._replace(digests=digests)
    known = work.cache.last() if digests else []
    last = codec.run(known)
    run, renewed = None, 0
    if last is not None:
        run, renewed = _renewed(work, work.cache, digests, last)
    if run is None:
        last = None
        run = _combiner(work).run(_watched(work, _through_cache(work, work.cache, digests)))
    gathered = _combiner(work).gathered(run)
    if not gathered.unread:
        is_known = last is not None and run.versions == last.versions
        versions = known[Run._fields.index("versions")] if is_known else ""
        work.cache.save(_whole_key(work.cache, gathered.digests), _encoded(gathered, versions))
        if last is None or renewed > _FEWER:
            work.cache.save_last(codec.parts(run, last, known))
        if index is not None:
            index.keep(gathered.digests)
    return gathered


def _gather_state(work: Work, cache: ResultsCache, state: bytes) -> Gathered:
    """Check files that a commit stands for: it is told from others without reading any."""
    found = _whole(cache, state)
    if found is not None:
        return found
    digests = _digests(work, cache, None)
    found = _whole(cache, _whole_key(cache, digests))
    if found is None:
        combiner = _combiner(work)
        found = combiner.gathered(combiner.run(_watched(work, _through_cache(work, cache, digests))))
    if not found.unread:
        cache.save(state, _encoded(found))
    return found


def _index(work: Work, cache: ResultsCache) -> FileIndex | None:
    """Return what is known of the files; None where they are no files of the system's, or not all."""
    tree = work.repository.tree
    # Of a first run, which checks all files, people wait long enough: the second one begins the index.
    if cache.is_empty or not isinstance(tree, WorkingTree):
        return None
    return FileIndex(cache.folder, tree.base, work.repository.files)


def _digests(work: Work, cache: ResultsCache, index: FileIndex | None) -> dict[str, str]:
    """Return the digest of each file; none where no earlier run could be recognized by them."""
    if cache.is_empty:
        return {}
    if index is None:
        return {path: _file_digest(work, path) for path in work.repository.files}
    return index.digests(lambda path: _file_digest(work, path))


def _renewed(
    work: Work, cache: ResultsCache, digests: Mapping[str, str], last: Run
) -> tuple[Run | None, int]:
    """Return the last run brought up to date, where few files changed and no others depend on them.

    Returns:
        The run, or None where all have to be put together; and of how many files it is another.
    """
    repository = work.repository
    gone = last.digests.keys() - digests.keys()
    changed = {path for path, digest in digests.items() if last.digests.get(path) != digest}
    for path in changed | gone:
        if path.rpartition("/")[2] in DEFAULTS_STEMS:
            changed.update(repository.below(path))
    if len(changed) > _FEW:
        return None, 0
    lines = list(_lines(work, sorted(changed), _keys(work, cache, digests)))
    units = [codec.unit(opened(line)) for line in lines]
    run = _combiner(work).renewed(last, units, gone)
    if run is None:
        for unit, line in zip(units, lines, strict=True):
            if unit.unread is None:
                cache.put(line)
    return run, len(changed) + len(gone)


def _watched(work: Work, units: Iterator[Unit]) -> Iterator[Unit]:
    """Return the units, telling of each where somebody wants to know."""
    step = work.on_step
    if step is None:
        return units

    def told() -> Iterator[Unit]:
        total = len(work.repository.files)
        for done, unit in enumerate(units, 1):
            step(done, total)
            yield unit

    return told()


def _whole(cache: ResultsCache, key: bytes) -> Gathered | None:
    known = cache.whole(key)
    return _decoded(known) if known is not None else None


def _file_digest(work: Work, path: str) -> str:
    try:
        return bytes_digest(work.repository.tree.read(path))
    except (FileNotFoundError, UnreadableError):
        return ""


def _whole_key(cache: ResultsCache, digests: Mapping[str, str]) -> bytes:
    return cache.key("whole", *(f"{path} {digests[path]}" for path in sorted(digests)))


def _keys(work: Work, cache: ResultsCache, digests: Mapping[str, str]) -> Callable[[str, str], bytes]:
    """Return what gives a unit's key, by its path and the digest of its bytes."""
    defaults = {path: digests.get(path) or _file_digest(work, path) for path in work.repository.defaults}

    def key_of(path: str, own: str) -> bytes:
        chain = (f"{above} {defaults[above]}" for above in work.repository.chain(path))
        return cache.key("unit", path, own, work.repository.environment(path), *chain)

    return key_of


def _through_cache(work: Work, cache: ResultsCache, digests: Mapping[str, str]) -> Iterator[Unit]:
    """Yield the unit of each file, cached or computed."""
    files = work.repository.files
    key_of = _keys(work, cache, digests)
    found: dict[str, Unit] = {}
    names = list(digests)
    for start in range(0, len(names), _BATCH):
        lines = {path: cache.unit(key_of(path, digests[path])) for path in names[start : start + _BATCH]}
        found.update(_units({path: line for path, line in lines.items() if line is not None}))
    missing = [path for path in files if path not in found]
    computed = _lines(work, missing, key_of)
    for path in files:
        unit = found.pop(path, None)
        if unit is None:
            line = next(computed)
            unit = codec.unit(opened(line), path)
            if unit.unread is None:
                cache.put(line)
        yield unit


def _units(lines: Mapping[str, bytes]) -> dict[str, Unit]:
    """Decode cached lines by path, leaving out what is damaged or not that file's."""
    try:
        # One parse of all is much faster than one a line, and all is well nearly always.
        decoded = json.loads(b"[%s]" % b",".join(lines.values()))
        if len(decoded) == len(lines):
            found = {path: codec.unit_of(item, path) for path, item in zip(lines, decoded, strict=True)}
            return {path: unit for path, unit in found.items() if unit.path == path}
    except codec.MALFORMED:
        pass
    found = {}
    for path, line in lines.items():
        try:
            found[path] = codec.unit(line, path)
        except codec.MALFORMED:
            continue
    return {path: unit for path, unit in found.items() if unit.path == path}


def _checker(work: Work) -> Callable[[str], Unit]:
    # A run that the cache answers whole needs neither YAML nor the schema nor a rule.
    from wakagitops.settings.schema import shipped_annotations  # noqa: PLC0415
    from wakagitops.validate.file_checker import UnitChecker  # noqa: PLC0415

    checker = UnitChecker(
        work.repository,
        work.policy(),
        shipped_annotations(),
        assume_version=work.assume_version,
        on_crash=work.on_crash,
    )
    return checker.check


def _computed(work: Work, paths: list[str]) -> Iterator[Unit]:
    jobs = jobs_for(len(paths), work.jobs)
    check = _checker(work)
    if jobs == 1:
        return (check(path) for path in paths)
    lines = lines_in_order(paths, jobs, lambda path: codec.encode(check(path)).encode("ascii"))
    return map(codec.unit, lines)


def _lines(work: Work, paths: list[str], key_of: Callable[[str, str], bytes]) -> Iterator[bytes]:
    """Yield the line of the unit of each file, as the cache keeps it."""
    if not paths:
        return iter(())
    check = _checker(work)

    def line_of(path: str) -> bytes:
        unit = check(path)
        return sealed(key_of(path, unit.digest), codec.encode(unit).encode("ascii"))

    jobs = jobs_for(len(paths), work.jobs)
    return map(line_of, paths) if jobs == 1 else lines_in_order(paths, jobs, line_of)


def _combiner(work: Work) -> "Combiner":
    # A run that the cache answers whole needs no policy and no rule of the fleet.
    from wakagitops.validate.incremental import Combiner  # noqa: PLC0415

    return Combiner(work.repository, work.policy(), work.on_crash)


def _encoded(gathered: Gathered, versions: str = "") -> str:
    """Encode a run's outcome; the versions are the most of it, and may be encoded already."""
    parts = (
        codec.encode(gathered.diagnostics),
        codec.encode(gathered.suppressions),
        versions or codec.encode(gathered.versions),
        codec.encode(sorted(gathered.fixed)),
        codec.encode(gathered.auditors),
        codec.encode(gathered.unjudged),
    )
    return f"[{','.join(parts)}]"


def _decoded(text: str) -> Gathered | None:
    try:
        diagnostics, suppressions, versions, fixed, auditors, unjudged = json.loads(text)
        return Gathered(
            tuple(codec.diagnostic(item) for item in diagnostics),
            tuple(codec.suppression(item) for item in suppressions),
            {str(path): str(version) for path, version in versions.items()},
            frozenset(map(str, fixed)),
            tuple(map(str, auditors)),
            {str(path): tuple(map(str, rules)) for path, rules in unjudged.items()},
        )
    except codec.MALFORMED:
        return None
