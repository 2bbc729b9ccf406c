"""Applying suppressions and the baseline, and reporting those that are unused, expired, unexplained."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from wakagitops.checking import redaction
from wakagitops.checking.gathering import Gathered
from wakagitops.checking.results_cache import digest
from wakagitops.core.rule import Finding, Rule, Scope
from wakagitops.reading.suppressions import Suppression
from wakagitops.reading.views import SuppressionUse
from wakagitops.core.diagnostic import Diagnostic, Severity, Suppressed


class Suppressing:
    """The suppressions of all files, and which of them acted."""

    def __init__(self, gathered: Gathered, today: str, *, acts: bool = True) -> None:
        """Bind what was gathered.

        Args:
            gathered: the diagnostics and the suppressions of all files.
            today: the day to judge ``until`` by, ``YYYY-MM-DD``.
            acts: False to leave every finding in place.
        """
        self._gathered = gathered
        self._today = today
        self._acts = acts
        self._by_path: dict[str, list[Suppression]] = {}
        self._acted: set[int] = set()
        for item in gathered.suppressions:
            self._by_path.setdefault(item.path, []).append(item)

    def apply(self, baseline: frozenset[str]) -> tuple[list[Diagnostic], list[Suppressed]]:
        """Return the diagnostics that remain, and those taken out with their reasons."""
        kept: list[Diagnostic] = []
        suppressed: list[Suppressed] = []
        for item in self._gathered.diagnostics:
            rest: Diagnostic | None = item
            may = self._acts and item.rule not in self._gathered.fixed
            if may and self._by_path:
                rest, taken = self._without_suppressed(item)
                suppressed.extend(taken)
            if may and rest is not None and rest.key in baseline:
                suppressed.append(Suppressed(rest, "", "baseline"))
                rest = None
            if rest is not None:
                kept.append(rest)
        return kept, suppressed

    def _without_suppressed(
        self, item: Diagnostic
    ) -> tuple[Diagnostic | None, list[Suppressed]]:
        """Take out a diagnostic, or those of its shops whose own related line is suppressed."""
        whole = self._acting(item.rule, item.path, item.range.start.line)
        if whole is not None:
            return None, [Suppressed(item, whole.reason)]
        shops = list(item.shops)
        taken: list[Suppressed] = []
        for place in item.related:
            acting = self._acting(item.rule, place.path, place.range.start.line)
            if acting is None:
                continue
            if not place.shop or place.shop not in shops or len(item.shops) <= 1:
                return None, [Suppressed(item, acting.reason)]
            shops.remove(place.shop)
            taken.append(Suppressed(item._replace(shops=(place.shop,)), acting.reason))
        if not taken:
            return item, []
        if not shops:
            return None, taken
        related = tuple(place for place in item.related if not place.shop or place.shop in shops)
        return item._replace(shops=tuple(shops), related=related), taken

    def _acting(self, rule: str, path: str, line: int) -> Suppression | None:
        for item in self._by_path.get(path, ()):
            if item.line in (-1, line) and not item.fault and item.names_rule(rule):
                if item.is_expired(self._today):
                    continue
                self._acted.add(id(item))
                return item
        return None

    def findings(self, rules: Callable[[], Mapping[str, Rule]]) -> Iterator[Diagnostic]:
        """Yield what the rules on suppressions say, once ``apply`` has told which of them acted.

        Args:
            rules: every rule by id; asked for only where there is a suppression.
        """
        if not self._acts or not self._gathered.suppressions:
            return
        known = rules()
        names = {*known, *(rule.partition("/")[0] for rule in known)}
        for item in self._gathered.suppressions:
            unknown = tuple(name for name in item.names if name not in names)
            named = [rule for rule in known if item.names_rule(rule)]
            use = SuppressionUse(
                item,
                id(item) in self._acted,
                item.is_expired(self._today),
                all(rule in self._gathered.severities for rule in named),
                unknown,
            )
            for rule_id, rule in known.items():
                severity = self._gathered.severities.get(rule_id)
                if rule.scope is Scope.SUPPRESSION and severity is not None:
                    for finding in rule.check(use, {}):
                        yield _diagnostic(rule_id, severity, item, finding)


def _diagnostic(
    rule: str, severity: str, item: Suppression, finding: Finding
) -> Diagnostic:
    place = digest(rule, item.path, str(item.names), str(item.line == -1))
    return Diagnostic(
        item.path,
        item.range,
        rule,
        Severity(severity),
        redaction.clean(finding.message, frozenset()),
        "",
        help=finding.help,
        fingerprint=place,
        key=place,
    )


