"""Applying suppressions and the baseline, and reporting those that are unused, expired, unexplained."""

from __future__ import annotations

from wakagitops.checking.gathering import Gathered
from wakagitops.checking.suppressions import Suppression
from wakagitops.core.diagnostic import Diagnostic, Suppressed


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
                return item
        return None


