"""The pipeline: units of every file, the fleet's rules, merging, suppressing, ordering."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from wakagitops.checking import redaction
from wakagitops.checking.merging import merged
from wakagitops.checking.policy import Active, Policy
from wakagitops.checking.result import CheckResult
from wakagitops.checking.suppressing import Suppressing
from wakagitops.checking.units import START, Located, Unit, UnitChecker, crash, value_digest
from wakagitops.core.diagnostic import Diagnostic, Related
from wakagitops.core.errors import ToolError
from wakagitops.core.excerpt import Excerpt
from wakagitops.core.rule import Finding, Place, Rule
from wakagitops.core.source import Range, SourceText
from wakagitops.reading.annotations import Annotations, annotations
from wakagitops.reading.repository import Repository
from wakagitops.reading.views import FleetView, ShopFacts
from wakagitops.reading.yaml_reader import read

Crash = Callable[[str, str, BaseException], None]


class Request(NamedTuple):
    """What one run is asked to do."""

    repository: Repository
    policy: Policy
    rules: Mapping[str, Rule]
    today: str
    """The day that suppressions expire against, ``YYYY-MM-DD`` in UTC."""
    given: frozenset[str] | None = None
    """The files that findings are wanted of; None for all. The fleet is seen whole all the same."""
    assume_version: str | None = None
    suppress: bool = True
    """False to audit: suppression comments and the baseline do not act."""
    baseline: frozenset[str] = frozenset()
    """Keys of known findings (``Diagnostic.key``)."""
    on_crash: Crash | None = None


def check(request: Request, units: Iterable[Unit] | None = None) -> CheckResult:
    """Check a repository and return every finding in its total order.

    Args:
        request: the repository and the policy.
        units: the outcomes of the single files, where they come from a cache or other processes;
            computed here, one after another, where left out.

    Raises:
        ToolError: a file cannot be read.
    """
    repository = request.repository
    known = annotations()
    if units is None:
        units = check_units(request, known, repository.files)
    located: list[Located] = []
    suppressing = Suppressing(request.policy, request.today, acts=request.suppress)
    environments: dict[str, list[ShopFacts]] = {}
    versions = {}
    for unit in units:
        located.extend(unit.findings)
        suppressing.add(unit.suppressions)
        if unit.version:
            versions[unit.path] = unit.version
        if unit.facts is not None:
            environments.setdefault(unit.facts.environment, []).append(unit.facts)
    for environment in sorted(environments):
        shops = sorted(environments[environment], key=lambda facts: facts.path)
        view = FleetView(environment, shops)
        for active in request.policy.fleet:
            located.extend(_fleet_findings(active, view, request.on_crash))
    wanted = [item for item in located if not request.policy.is_ignored(item.rule, item.path)]
    diagnostics = merged(wanted, request.policy, repository.shop_name)
    kept, suppressed = suppressing.apply(diagnostics, request.baseline)
    if request.given is not None:
        of_path = _shop_paths(repository)
        kept = [item for item in kept if _is_wanted(item, request.given, of_path)]
        suppressed = [
            item for item in suppressed if _is_wanted(item.diagnostic, request.given, of_path)
        ]
    return CheckResult(
        tuple(sorted(kept, key=order)),
        tuple(sorted(suppressed, key=lambda item: order(item.diagnostic))),
        files=len(repository.shops) + len(repository.defaults),
        shops=len(repository.shops),
        shop_versions=versions,
        excerpt=_Excerpts(repository, known).of,
        rules=lambda: request.rules,
    )


def check_units(request: Request, known: Annotations, paths: Sequence[str]) -> Iterator[Unit]:
    """Check files one after another, in the given order."""
    checker = UnitChecker(
        request.repository,
        request.policy,
        known,
        assume_version=request.assume_version,
        on_crash=request.on_crash,
    )
    for path in paths:
        yield checker.check(path)


def order(item: Diagnostic) -> tuple[object, ...]:
    """Return the key of the total order: by place, then rule, then what is said."""
    return (item.path, item.range, item.rule, item.pointer, item.message.text, str(item.message.fields))


def _shop_paths(repository: Repository) -> dict[str, set[str]]:
    """Map each shop's name to the files that decide about it: its own and its defaults."""
    found: dict[str, set[str]] = {}
    for path in repository.shops:
        found.setdefault(repository.shop_name(path), set()).update((path, *repository.chain(path)))
    return found


def _is_wanted(
    item: Diagnostic, given: frozenset[str], of_path: Mapping[str, set[str]]
) -> bool:
    return (
        item.path in given
        or any(place.path in given for place in item.related)
        or any(not given.isdisjoint(of_path.get(shop, ())) for shop in item.shops)
    )


def _fleet_findings(active: Active, view: FleetView, on_crash: Crash | None) -> Iterator[Located]:
    shops = {facts.path: facts for facts in view.shops}
    findings: list[Finding] = []
    try:
        findings.extend(active.rule.check(view, active.options))
    except Exception as error:  # noqa: BLE001 - a broken rule must not hide the other rules
        if on_crash is not None:
            on_crash(active.id, view.environment, error)
        if view.shops:
            yield _fleet_located("internal/rule-crash", crash(active.id, error), view.shops[0], {})
        return
    for finding in findings:
        yield _fleet_located(active.id, finding, shops[finding.shop], shops)


def _fleet_located(
    rule: str, finding: Finding, facts: ShopFacts, shops: Mapping[str, ShopFacts]
) -> Located:
    path, place = _fact_place(facts, finding.pointer)
    return Located(
        rule,
        path,
        place,
        finding.pointer,
        redaction.clean(finding.message, frozenset()),
        finding.shared,
        finding.help,
        finding.severity.value if finding.severity is not None else "",
        tuple(_fleet_related(item, shops) for item in finding.related),
        None,
        facts.path,
        finding.pointer,
        value_digest(facts.value(finding.pointer)),
    )


def _fleet_related(item: Place, shops: Mapping[str, ShopFacts]) -> Related:
    path, place = _fact_place(shops[item.shop], item.pointer)
    return Related(path, place, redaction.clean(item.message, frozenset()), item.shop)


def _fact_place(facts: ShopFacts, pointer: str) -> tuple[str, Range]:
    fact = facts.facts.get(pointer)
    return (fact.path, fact.range) if fact is not None else (facts.path, START)


class _Excerpts:
    """Reads sources again for reports that show them, each once, with its secrets masked."""

    def __init__(self, repository: Repository, known: Annotations) -> None:
        self._repository = repository
        self._annotations = known
        self._read: dict[str, Excerpt] = {}

    def of(self, path: str) -> Excerpt:
        if path not in self._read:
            try:
                document = read(path, self._repository.tree.read(path))
            except (FileNotFoundError, ToolError):
                self._read[path] = Excerpt(SourceText(""))
            else:
                masks = redaction.masks(document, self._annotations)
                self._read[path] = Excerpt(document.source, masks)
        return self._read[path]


