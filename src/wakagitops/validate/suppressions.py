"""Applying suppressions and the baseline, and reporting those that are unused, expired, unexplained."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator

from wakagitops.core.diagnostic import Diagnostic, Suppressed
from wakagitops.core.digests import digest
from wakagitops.core.rule import Finding
from wakagitops.settings.repository import Repository, shop_id
from wakagitops.settings.suppression_comments import WHOLE_FILE, Suppression, stands_for
from wakagitops.settings.views import SuppressionUse
from wakagitops.validate.baseline import Baseline
from wakagitops.validate.dedup import narrowed
from wakagitops.validate.listed import ADVICE, MOST_LISTED, count_message
from wakagitops.validate.outcome import Gathered
from wakagitops.validate.policy import Active, Policy
from wakagitops.validate.rule_crashes import CRASH, crash
from wakagitops.validate.unit import EVERY_RULE

_OURS = frozenset({"suppression/unused", "suppression/missing-reason", "suppression/expired"})


class _Acting:
    """The suppressions of one file that act, found by rule and line without looking at each.

    A comment acts from its own line down to the next line with content, so comments overlap only where
    they end on the same line. Of those with one name and one end the first begins first, and it acts.
    """

    def __init__(self) -> None:
        self._whole: dict[str, int] = {}
        self._ends: dict[str, list[int]] = {}
        self._starts: dict[tuple[str, int], tuple[int, int]] = {}

    def add(self, index: int, item: Suppression) -> None:
        """Add a suppression, in the order of the file."""
        start = item.range.start.line
        for name in {name.removesuffix("/") for name in item.names}:
            if item.line == WHOLE_FILE:
                self._whole.setdefault(name, index)
                # It acts on its own line too, which is all the same.
                continue
            ends = self._ends.setdefault(name, [])
            if not ends or ends[-1] != item.line:
                ends.append(item.line)
                self._starts[name, item.line] = (start, index)

    def first(self, rule: str, line: int) -> int | None:
        """Return the index of the first suppression that acts on a rule and a line (0-based)."""
        found = []
        for name in (rule, rule.partition("/")[0]):
            if name in self._whole:
                found.append(self._whole[name])
            ends = self._ends.get(name, ())
            at = bisect_left(ends, line)
            if line != WHOLE_FILE and at < len(ends):
                start, index = self._starts[name, ends[at]]
                if start <= line:
                    found.append(index)
        return min(found, default=None)


class Suppressing:
    """The suppressions of all files, the baseline, and what of them acted."""

    def __init__(
        self, gathered: Gathered, repository: Repository, today: str, baseline: Baseline | None
    ) -> None:
        """Bind what was gathered.

        Args:
            gathered: the diagnostics and the suppressions of all files.
            repository: names the shops.
            today: the day to judge ``until`` by, ``YYYY-MM-DD``; empty where nothing expires.
            baseline: the known findings.
        """
        self._gathered = gathered
        self._today = today
        self._baseline = baseline
        self._by_path: dict[str, _Acting] = {}
        self._by_shop: dict[str, str] = {}
        self._acted: dict[int, set[str]] = {}
        self._matched: set[int] = set()
        for index, item in enumerate(gathered.suppressions):
            if not item.fault and not item.is_expired(today):
                self._by_path.setdefault(item.path, _Acting()).add(index, item)
            if item.line == WHOLE_FILE and not shop_id(item.path).startswith("_"):
                self._by_shop[repository.shop_name(item.path)] = item.path

    def apply(self) -> tuple[list[Diagnostic], list[Suppressed]]:
        """Return the diagnostics that remain, and those taken out with their reasons."""
        kept: list[Diagnostic] = []
        suppressed: list[Suppressed] = []
        for item in self._gathered.diagnostics:
            rest: Diagnostic | None = item
            if item.rule not in self._gathered.fixed:
                if self._by_path:
                    rest, taken = self._without_suppressed(item)
                    suppressed.extend(taken)
                if rest is not None and self._baseline is not None:
                    rest, taken = self._without_known(rest, self._baseline)
                    suppressed.extend(taken)
            if rest is not None:
                kept.append(rest)
        return kept, suppressed

    def _without_suppressed(self, item: Diagnostic) -> tuple[Diagnostic | None, list[Suppressed]]:
        """Take out a diagnostic, or those of its shops that a suppression is about."""
        # A comment at the place of a count would hide findings that it does not stand beside.
        line = WHOLE_FILE if item.more else item.range.start.line
        whole = self._acting(item.rule, item.path, line)
        if whole is not None:
            return None, [Suppressed(item, whole.reason)]
        taken: dict[str, Suppression] = {}
        for place in item.related:
            acting = self._acting(item.rule, place.path, place.range.start.line)
            if acting is None:
                continue
            if set(place.shops).isdisjoint(item.shops):
                return None, [Suppressed(item, acting.reason)]
            for shop in place.shops:
                taken.setdefault(shop, acting)
        for shop in item.shops:
            if shop in self._by_shop:
                acting = self._acting(item.rule, self._by_shop[shop], WHOLE_FILE)
                if acting is not None:
                    taken.setdefault(shop, acting)
        if not taken:
            return item, []
        by_comment: dict[Suppression, list[str]] = {}
        for shop in item.shops:
            if shop in taken:
                by_comment.setdefault(taken[shop], []).append(shop)
        suppressed = [
            Suppressed(narrowed(item, tuple(shops)), comment.reason)
            for comment, shops in by_comment.items()
        ]
        rest = tuple(shop for shop in item.shops if shop not in taken)
        return (narrowed(item, rest) if rest else None), suppressed

    def _acting(self, rule: str, path: str, line: int) -> Suppression | None:
        """Return the suppression that takes a rule's findings out of a line, and note its use."""
        acting = self._by_path.get(path)
        index = acting.first(rule, line) if acting is not None else None
        if index is None:
            return None
        self._acted.setdefault(index, set()).update((rule, rule.partition("/")[0]))
        return self._gathered.suppressions[index]

    def _without_known(
        self, item: Diagnostic, baseline: Baseline
    ) -> tuple[Diagnostic | None, list[Suppressed]]:
        """Take out a diagnostic that the baseline lists."""
        for index in baseline.matching(item):
            self._matched.add(index)
            entry = baseline.entries[index]
            if not entry.is_expired(self._today):
                return None, [Suppressed(item, _shown(entry.reason), "baseline")]
        return item, []

    def findings(self, policy: Callable[[], Policy]) -> Iterator[Diagnostic]:
        """Yield what the rules on suppressions say, once ``apply`` has told which of them acted.

        Args:
            policy: makes the policy; asked for only where there is something to say.
        """
        listed: dict[tuple[str, str], int] = {}
        rest: dict[tuple[str, str], list[Diagnostic]] = {}
        for item in self._all_findings(policy):
            place = item.rule, item.path
            listed[place] = listed.get(place, 0) + 1
            if listed[place] <= MOST_LISTED:
                yield item
            else:
                rest.setdefault(place, []).append(item)
        for items in rest.values():
            yield _count(items)

    def _all_findings(self, policy: Callable[[], Policy]) -> Iterator[Diagnostic]:
        if not self._gathered.auditors:
            return
        # What our own rules have nothing to say of is not worth loading them; a team's rule may
        # judge every suppression.
        only_doubtful = _OURS.issuperset(self._gathered.auditors)
        for index, item in enumerate(self._gathered.suppressions):
            if not only_doubtful or self._is_doubtful(index, item):
                acted = self._acted.get(index, set())
                idle = [name for name in item.names if name.removesuffix("/") not in acted]
                yield from _audited(self._use(item, idle, item.path, policy()), policy())
        if self._baseline is None:
            return
        for index, entry in enumerate(self._baseline.entries):
            if entry in self._baseline.withdrawn and index not in self._matched:
                continue
            if not only_doubtful or index not in self._matched or entry.is_expired(self._today):
                item = self._baseline.suppression(index)
                idle = [] if index in self._matched else [entry.rule]
                use = self._use(item, idle, entry.file, policy())._replace(is_baseline=True)
                yield from _audited(use, policy(), entry.key)

    def _is_doubtful(self, index: int, item: Suppression) -> bool:
        return (
            bool(item.fault)
            or not item.reason
            or item.is_expired(self._today)
            or any(name.removesuffix("/") not in self._acted.get(index, ()) for name in item.names)
        )

    def _use(self, item: Suppression, idle: Iterable[str], path: str, policy: Policy) -> SuppressionUse:
        """Tell apart the names that took nothing out of a file: unknown, refused, or left over."""
        meant = {
            name: [active for active in policy.rules.values() if stands_for(name, active.id)]
            for name in idle
        }
        refused = tuple(
            name
            for name, rules in meant.items()
            if rules and not any(active.rule.suppressible for active in rules)
        )
        return SuppressionUse(
            item,
            item.is_expired(self._today),
            idle=tuple(
                name
                for name, rules in meant.items()
                if rules and name not in refused and self._was_judged(rules, path)
            ),
            unknown=tuple(name for name, rules in meant.items() if not rules),
            refused=refused,
        )

    def _was_judged(self, rules: Iterable[Active], path: str) -> bool:
        """Tell whether all rules ran on a file, so that having found nothing means something."""
        unjudged = self._gathered.unjudged.get(path, ())
        return unjudged != EVERY_RULE and all(
            active.reported and active.id not in unjudged for active in rules
        )


def _count(items: list[Diagnostic]) -> Diagnostic:
    """Return the diagnostic that stands for those that are not listed, at the place of the first."""
    first, number = items[0], len(items)
    return first._replace(
        severity=min((item.severity for item in items), key=lambda severity: severity.rank),
        message=count_message(number),
        help=ADVICE,
        fingerprint=digest(first.rule, first.path, "more"),
        key=digest(first.rule, "more", str(number)),
        more=number,
    )


def _shown(reason: str) -> str:
    """Return what somebody wrote in the baseline, without what looks like a credential."""
    if not reason:
        return ""
    from wakagitops.secrets import redaction  # noqa: PLC0415 - only a reason needs its patterns

    return redaction.clean_text(reason, frozenset())


def _audited(use: SuppressionUse, policy: Policy, key: str = "") -> Iterator[Diagnostic]:
    """Yield what the rules on suppressions say of one."""
    path = use.suppression.path
    for active in policy.suppression:
        if not active.reported or policy.is_ignored(active.id, path):
            continue
        try:
            found = list(active.rule.check(use, active.options))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a broken rule must not hide the other rules
            yield _diagnostic(CRASH, policy, use.suppression, crash(active.id, error), key)
            continue
        for finding in found:
            yield _diagnostic(active.id, policy, use.suppression, finding, key)


def _diagnostic(rule: str, policy: Policy, item: Suppression, finding: Finding, key: str) -> Diagnostic:
    from wakagitops.secrets import redaction  # noqa: PLC0415 - only a finding needs its patterns

    what = (str(item.names), str(item.line == WHOLE_FILE), key)
    place = digest(rule, item.path, *what)
    return Diagnostic(
        item.path,
        item.range,
        rule,
        policy.severity(rule, finding.severity),
        redaction.clean(finding.message, frozenset()),
        "",
        help=finding.help,
        fingerprint=place,
        key=digest(rule, *what),
    )
