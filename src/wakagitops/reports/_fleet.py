"""The figures that show a fleet at a glance, as bars of whole numbers for a page to draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from wakagitops.core.named_tuple import NamedTuple
from wakagitops.reports._page_data import Shop
from wakagitops.settings.platform_version import is_version, order
from wakagitops.validate.result import CheckResult

KINDS = ("error", "warning", "note", "clean")
SCALE = 1000
"""The length of the longest bar."""
_VERSIONS = 10
"""How many platform versions have a bar of their own."""


class Part(NamedTuple):
    """A stretch of a bar."""

    kind: str
    """``error``, ``warning``, ``note`` or ``clean``."""
    number: int
    start: int
    length: int


class Bar(NamedTuple):
    """One labelled bar."""

    label: str
    total: int
    parts: tuple[Part, ...]
    word: str = ""
    """The name of the page's word that stands in the label's place."""


class Fleet(NamedTuple):
    """What the head of the page shows."""

    tiles: tuple[tuple[str, int], ...]
    """Name of a word, and its number."""
    states: Bar
    """All shops, by their worst finding."""
    versions: tuple[Bar, ...]
    """Newest first, then all others, then those that are not known; none where not one is known."""
    groups: tuple[Bar, ...]
    """Groups of rules, most findings first."""


def fleet(result: CheckResult, shops: Sequence[Shop]) -> Fleet:
    """Return the figures of a run."""
    severities = Counter(item.severity.value for item in result.diagnostics)
    tiles = (
        ("shops", result.shops),
        ("files", result.files),
        ("errors", severities["error"]),
        ("warnings", severities["warning"]),
        ("notes", severities["note"]),
        ("suppressed", len(result.suppressed)),
    )
    states = Counter(KINDS[shop.state] for shop in shops)
    return Fleet(
        tiles, _bar("", states, states.total()), tuple(_versions(shops)), tuple(_groups(result))
    )


def _versions(shops: Sequence[Shop]) -> Iterable[Bar]:
    counts: dict[str, Counter[str]] = {}
    unknown: Counter[str] = Counter()
    for shop in shops:
        if not shop.version:
            unknown[KINDS[shop.state]] += 1
        else:
            # The panel writes a V before a version that is the same one.
            name = shop.version.lstrip("Vv") if is_version(shop.version) else shop.version
            counts.setdefault(name, Counter())[KINDS[shop.state]] += 1
    names = sorted((name for name in counts if is_version(name)), key=order, reverse=True)
    names += sorted(name for name in counts if not is_version(name))
    others: Counter[str] = sum((counts[name] for name in names[_VERSIONS:]), Counter())
    if not names:
        return []
    shown = names[:_VERSIONS]
    longest = max(each.total() for each in (*map(counts.__getitem__, shown), others, unknown))
    return [
        *(_bar(name, counts[name], longest) for name in shown),
        *(
            _bar("", each, longest)._replace(word=word)
            for word, each in (("other_versions", others), ("unknown", unknown))
            if each
        ),
    ]


def _groups(result: CheckResult) -> Iterable[Bar]:
    counts: dict[str, Counter[str]] = {}
    for item in result.diagnostics:
        counts.setdefault(item.rule.partition("/")[0], Counter())[item.severity.value] += 1
    longest = max((each.total() for each in counts.values()), default=1)
    names = sorted(counts, key=lambda name: (-counts[name].total(), name))
    return [_bar(name, counts[name], longest) for name in names]


def _bar(label: str, counts: Counter[str], longest: int) -> Bar:
    parts, start = [], 0
    for kind in KINDS:
        if counts[kind]:
            # What is there at all is seen, be it one shop in 5,000.
            length = max(SCALE // 100, counts[kind] * SCALE // max(1, longest))
            parts.append(Part(kind, counts[kind], start, length))
            start += length
    return Bar(label, counts.total(), tuple(parts))
