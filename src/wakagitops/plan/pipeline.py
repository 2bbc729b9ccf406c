"""Comparing two states of a repository: shop by shop, and only those that may differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress

from wakagitops.core.diagnostic import Diagnostic, Severity
from wakagitops.core.errors import UsageError
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.plan.brake import brake
from wakagitops.plan.changes import Comparison
from wakagitops.plan.consequences import (
    NOT_THERE,
    Files,
    Rendered,
    Renderer,
    changed_files,
    stale_caches,
)
from wakagitops.plan.findings import FindingChanges, Found, finding_changes, newly_hidden
from wakagitops.plan.hidden_findings import hidden_findings
from wakagitops.plan.model import Plan, Revision, ShopPlan, Standing
from wakagitops.plan.pairs import FileComparison, Pair, pairs
from wakagitops.plan.policy_changes import PolicyChange
from wakagitops.render.files import Target
from wakagitops.render.shops import ReadShop, Refused
from wakagitops.settings.repository import Repository
from wakagitops.settings.schema import Annotations
from wakagitops.validate.result import CheckResult


class State(NamedTuple):
    """One side of the comparison."""

    repository: Repository
    result: CheckResult
    targets: Mapping[str, Target]
    rendering: object = None
    """Whatever decides how settings are rendered; equal where both states do it alike."""


class _Seen(NamedTuple):
    """One shop as one state has it."""

    read: ReadShop | None = None
    rendered: Rendered = NOT_THERE
    standing: Standing | None = None

    @property
    def is_readable(self) -> bool:
        return self.standing is not Standing.UNREADABLE


class _Side:
    """One state at work."""

    def __init__(self, state: State, annotations: Annotations) -> None:
        self.repository = state.repository
        self.renderer = Renderer(state.repository, state.targets, annotations)
        self._result = state.result
        self._refused: list[Refused] = []
        self._faults: dict[str, set[str]] = {}
        """The shops that have errors, each with the pointers of those values that are none."""
        for item in state.result.diagnostics:
            if item.severity is Severity.ERROR:
                for shop in item.shops:
                    places = self._faults.setdefault(shop, set())
                    if _is_malformed(item.rule):
                        places.add(item.pointer)

    def see(self, path: str, name: str) -> _Seen:
        """Read and render a shop, given the path of its file; an empty one where it is not there."""
        if not path:
            return _Seen()
        read = self.renderer.reader.shop(path)
        if not read.is_whole:
            return _Seen(read, Rendered(), Standing.UNREADABLE)
        rendered = self.renderer.render(read)
        standing = self.standing(name)
        if rendered.refused and standing is Standing.SOUND:
            self._refused.extend(rendered.refused)
            standing = Standing.INVALID
        return _Seen(read, rendered, standing)

    def standing(self, name: str) -> Standing:
        """Return what the check says of a readable shop."""
        return Standing.INVALID if name in self._faults else Standing.SOUND

    def faults(self, name: str) -> frozenset[str]:
        """Return the pointers of a shop's settings whose values are none that a setting can have."""
        return frozenset(self._faults.get(name, ()))

    def found(self) -> Found:
        """Return what was found, what stands in the way of rendering included."""
        refusals = self.renderer.reader.diagnostics(self._refused)
        hidden = tuple(item.diagnostic for item in self._result.suppressed)
        return Found(self.repository, (*self._result.diagnostics, *refusals), hidden)


_MALFORMED_GROUPS = frozenset({"schema", "secret", "value", "yaml"})
_MALFORMED = frozenset(
    {"address/syntax", "admin/recipient-list", "platform/version-format", "smtp/host"}
)


def _is_malformed(rule: str) -> bool:
    """Tell whether a rule finds what no setting can be, and not what a shop had better not do."""
    return rule in _MALFORMED or rule.partition("/")[0] in _MALFORMED_GROUPS


class Planner:
    """Compares two states of a repository."""

    def __init__(self, base: State, new: State, annotations: Annotations) -> None:
        """Bind the states.

        Args:
            base: the state before.
            new: the state after.
            annotations: what the schema says of each setting.
        """
        self._base = _Side(base, annotations)
        self._new = _Side(new, annotations)
        self._renders_alike = base.rendering == new.rendering
        self._annotations = annotations
        self._comparison = Comparison(annotations)

    def plan(
        self,
        base: Revision,
        head: Revision | None,
        policy: tuple[PolicyChange, ...] = (),
        *,
        allow_mass_change: bool,
        allow_policy_change: bool = False,
    ) -> Plan:
        """Return the plan.

        Args:
            base: the revision of the state before.
            head: that of the state after; None for the working tree.
            policy: what the change takes away from the policy.
            allow_mass_change: whether many shops may change, and shops may be removed.
            allow_policy_change: whether the policy may be weakened.

        Raises:
            UsageError: a team's own template of the new state fails for all shops together.
            ToolError: a file cannot be read.
        """
        everything = pairs(self._base.repository, self._new.repository)
        files = FileComparison(self._base.repository, self._new.repository)
        differing = files.differing(everything)
        known = frozenset(differing)
        found = {
            pair: self._compare(pair, differs=pair in known)
            for pair in (differing if self._renders_alike else everything)
        }
        before, after = self._base.found(), self._new.found()
        findings = finding_changes(before, after)
        hidden = hidden_findings(newly_hidden(before, after), policy, self._new.repository)
        policy = (*policy, *hidden)
        shops = self._with_findings(everything, found, findings)
        both = tuple(shop for shop in shops if shop.pair.base and shop.pair.new)
        removed = tuple(shop for shop in shops if not shop.pair.new)
        return Plan(
            base,
            head,
            len(self._new.repository.shops),
            both,
            tuple(shop for shop in shops if not shop.pair.base),
            removed,
            self._shared_files(everything),
            findings,
            brake(
                shops=len(self._base.repository.shops),
                changed=sum(1 for shop in both if shop.is_touched),
                removed=len(removed),
                weakened=len(policy),
                allowed=allow_mass_change,
            )._replace(is_policy_allowed=allow_policy_change),
            files.found,
            policy,
        )

    def _compare(self, pair: Pair, *, differs: bool) -> ShopPlan:
        """Compare the settings, the files and the public state of one shop."""
        base, new = self._base.see(pair.base, pair.name), self._new.see(pair.new, pair.name)
        plan = ShopPlan(pair, base.standing, new.standing)
        if not (base.is_readable and new.is_readable):
            return plan._replace(is_unknown=differs)
        if base.read is not None and new.read is not None:
            changes = self._comparison.changes(base.read, new.read)
            lacking = self._annotations.missing(new.read.root.index()) if new.read.root else ()
            faults = self._new.faults(pair.name).union(lacking)
            plan = plan._replace(changes=changes, faults=faults)
        if new.rendered.refused or len(plan.working) < len(plan.changes):
            # Nothing is rendered of the shop until that is mended, so nothing is known of its files.
            return plan
        return plan._replace(
            files=changed_files(base.rendered.files, new.rendered.files, pair.environment),
            folders=frozenset({base.rendered.id, new.rendered.id}) - {""},
            flush=stale_caches(base.rendered, new.rendered, self._annotations, pair.environment),
        )

    def _with_findings(
        self, everything: Iterable[Pair], found: Mapping[Pair, ShopPlan], findings: FindingChanges
    ) -> list[ShopPlan]:
        """Return the plan of every shop of which anything differs, with the findings about it."""
        new, fixed = _by_shop(findings.new), _by_shop(findings.fixed)
        plans = []
        for pair in everything:
            here, gone = new.get(pair.name, ()), fixed.get(pair.name, ())
            plan = found.get(pair)
            if plan is None:
                if not (here or gone):
                    continue
                # Its own files are as they were: another shop or a comment made the difference.
                standings = self._base.standing(pair.name), self._new.standing(pair.name)
                plan = ShopPlan(pair, *standings)
            plan = plan._replace(new_findings=here, fixed_findings=gone)
            stays = pair.base and pair.new
            if plan.is_touched or plan.moved_from or here or gone or not stays:
                plans.append(plan)
        return plans

    def _shared_files(self, everything: Iterable[Pair]) -> Files:
        """Compare the files that belong to no single shop, in every environment.

        Raises:
            UsageError: a team's own template of the new state fails.
        """
        found = []
        for name in sorted({pair.environment for pair in everything}):
            after = self._new.renderer.shared(name)
            before = after
            # What failed then was not deployed, and what was is not known.
            with suppress(UsageError):
                before = self._base.renderer.shared(name)
            found.append(changed_files(before, after, name))
        return Files(*(tuple(path for files in found for path in files[kind]) for kind in range(3)))


def _by_shop(findings: Iterable[Diagnostic]) -> dict[str, tuple[Diagnostic, ...]]:
    found: dict[str, list[Diagnostic]] = {}
    for item in findings:
        for shop in item.shops:
            found.setdefault(shop, []).append(item)
    return {shop: tuple(items) for shop, items in found.items()}
