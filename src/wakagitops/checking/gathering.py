"""Gathering what all units found: from the cache where it can, from the files where it must."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from wakagitops.checking import codec
from wakagitops.checking.merging import merged
from wakagitops.checking.parallel import jobs_for, lines_in_order
from wakagitops.checking.policy import Policy
from wakagitops.checking.results_cache import ResultsCache
from wakagitops.checking.unit import Located, Unit
from wakagitops.core.diagnostic import Diagnostic
from wakagitops.core.digests import bytes_digest
from wakagitops.core.errors import UnreadableError
from wakagitops.core.messages import Message
from wakagitops.reading.repository import Repository
from wakagitops.reading.suppressions import Suppression
from wakagitops.reading.views import ShopFacts

Crash = Callable[[str, str, BaseException], None]


_BATCH = 2_000
"""Cached units that are decoded at once: many, since that is faster, yet not a whole large fleet."""


class Gathered(NamedTuple):
    """Every diagnostic of a repository before suppressions, and the suppressions."""

    diagnostics: tuple[Diagnostic, ...]
    suppressions: tuple[Suppression, ...]
    versions: Mapping[str, str]
    """The platform version of each shop's file, where it is known."""
    fixed: frozenset[str]
    """Ids of the rules whose findings cannot be suppressed."""
    auditors: tuple[str, ...]
    """Ids of the rules that judge suppressions and report."""
    unjudged: Mapping[str, tuple[str, ...]]
    """By file, the rules that could not run there (``Unit.unjudged``)."""
    digests: Mapping[str, str] = {}
    """By file, the digest of the bytes that were checked; empty where a commit stands for them."""
    unread: Mapping[str, Message] = {}
    """By file, why it or one of its chain cannot be read; such an outcome is not kept."""


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
        return _combine(work, _watched(work, _computed(work, work.repository.files)))
    digests: dict[str, str] = {}
    state = work.cache.key("state", work.state) if work.state else None
    found = _whole(work.cache, state) if state is not None else None
    if found is None and not work.cache.is_empty:
        digests = {path: _file_digest(work, path) for path in work.repository.files}
        found = _whole(work.cache, _whole_key(work.cache, digests))
        if found is not None and state is not None:
            work.cache.save(state, _encoded(found))
    if found is not None:
        return found._replace(digests=digests)
    seen: dict[str, str] = {}
    gathered = _combine(work, _watched(work, _through_cache(work, work.cache, digests, seen)))
    if not gathered.unread:
        work.cache.save(state or _whole_key(work.cache, seen), _encoded(gathered))
    return gathered


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


def _through_cache(
    work: Work, cache: ResultsCache, digests: dict[str, str], seen: dict[str, str]
) -> Iterator[Unit]:
    """Yield the unit of each file, cached or computed; ``seen`` is filled with what was read."""
    files = work.repository.files
    defaults = {path: digests.get(path) or _file_digest(work, path) for path in work.repository.defaults}

    def key_of(path: str, own: str) -> bytes:
        chain = (f"{above} {defaults[above]}" for above in work.repository.chain(path))
        return cache.key("unit", path, own, work.repository.environment(path), *chain)

    found: dict[str, Unit] = {}
    names = list(digests)
    for start in range(0, len(names), _BATCH):
        lines = {path: cache.unit(key_of(path, digests[path])) for path in names[start : start + _BATCH]}
        found.update(_units({path: line for path, line in lines.items() if line is not None}))
    missing = [path for path in files if path not in found]
    computed = _computed_lines(work, missing)
    for path in files:
        unit = found.pop(path, None)
        if unit is None:
            line = next(computed)
            unit = codec.unit(line)
            if unit.unread is None:
                cache.put(key_of(path, unit.digest), line)
        seen[path] = unit.digest
        yield unit


def _units(lines: Mapping[str, bytes]) -> dict[str, Unit]:
    """Decode cached lines by path, leaving out what is damaged or not that file's."""
    try:
        # One parse of all is much faster than one a line, and all is well nearly always.
        decoded = json.loads(b"[%s]" % b",".join(lines.values()))
        if len(decoded) == len(lines):
            found = {path: codec.unit_of(item) for path, item in zip(lines, decoded, strict=True)}
            return {path: unit for path, unit in found.items() if unit.path == path}
    except codec.MALFORMED:
        pass
    found = {}
    for path, line in lines.items():
        try:
            found[path] = codec.unit(line.decode("ascii", "replace"))
        except codec.MALFORMED:
            continue
    return {path: unit for path, unit in found.items() if unit.path == path}


def _checker(work: Work) -> Callable[[str], Unit]:
    # A run that the cache answers whole needs neither YAML nor the schema nor a rule.
    from wakagitops.checking.units import UnitChecker  # noqa: PLC0415
    from wakagitops.reading.annotations import shipped_annotations  # noqa: PLC0415

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
    return (codec.unit(line) for line in lines_in_order(paths, jobs, check))


def _computed_lines(work: Work, paths: list[str]) -> Iterator[str]:
    if not paths:
        return iter(())
    jobs = jobs_for(len(paths), work.jobs)
    check = _checker(work)
    if jobs == 1:
        return (codec.encode(check(path)) for path in paths)
    return lines_in_order(paths, jobs, check)


def _combine(work: Work, units: Iterator[Unit]) -> Gathered:
    """Put the units together: the fleet's rules, then one diagnostic for each rule and range."""
    from wakagitops.checking.fleet import fleet_findings  # noqa: PLC0415 - see _checker

    located: list[Located] = []
    suppressions: list[Suppression] = []
    versions = {}
    unjudged = {}
    digests = {}
    unread = {}
    environments: dict[str, list[ShopFacts]] = {}
    for unit in units:
        digests[unit.path] = unit.digest
        located.extend(unit.findings)
        suppressions.extend(unit.suppressions)
        if unit.version:
            versions[unit.path] = unit.version
        if unit.unread is not None:
            unread[unit.path] = unit.unread
        if unit.unjudged:
            unjudged[unit.path] = unit.unjudged
        if unit.facts is not None:
            environments.setdefault(unit.facts.environment, []).append(unit.facts)
    policy = work.policy()
    located.extend(
        fleet_findings(policy, environments, work.repository.layout.environments, work.on_crash)
    )
    wanted = [item for item in located if not policy.is_ignored(item.rule, item.path)]
    diagnostics = merged(wanted, policy, work.repository.shop_name)
    fixed = frozenset(name for name, active in policy.rules.items() if not active.rule.suppressible)
    auditors = tuple(active.id for active in policy.suppression)
    return Gathered(
        tuple(diagnostics), tuple(suppressions), versions, fixed, auditors, unjudged, digests, unread
    )


def _encoded(gathered: Gathered) -> str:
    return codec.encode([*gathered[:3], sorted(gathered.fixed), *gathered[4:6]])


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
