"""The findings and shops of the HTML page as plain data, which its script turns into rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wakagitops.core.diagnostic import Diagnostic, Suppressed
from wakagitops.core.messages import Message
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.source import Range
from wakagitops.core.visible import visible
from wakagitops.reports import Presentation
from wakagitops.reports._fingerprints import distinct
from wakagitops.reports._snippet import Line, Mark, snippets
from wakagitops.reports._wording import pieces
from wakagitops.validate.result import CheckResult

_SNIPPETS = 5
"""How many related places of one finding are shown with their lines."""
_RELATED = 100
"""How many more are listed; the rest is counted."""


class Shop(NamedTuple):
    """One shop and what was found of it."""

    name: str
    path: str
    """Empty where only findings name the shop."""
    version: str
    """Empty where it is not known."""
    counts: tuple[int, int, int]
    """Errors, warnings and notes."""

    @property
    def state(self) -> int:
        """Return the rank of the worst finding: 0 error, 1 warning, 2 note, 3 nothing found."""
        return next((rank for rank, count in enumerate(self.counts) if count), 3)


class Page(NamedTuple):
    """All that the page's tables show."""

    findings: list[dict[str, Any]]
    shops: list[Shop]
    rules: dict[str, dict[str, Any]]
    """Summary and rationale of the rules that found something, as pieces."""

    def as_json(self) -> dict[str, Any]:
        """Return the page as plain data."""
        return {
            "findings": self.findings,
            "shops": [[visible(shop.name), *shop[1:]] for shop in self.shops],
            "rules": self.rules,
        }


def page_data(result: CheckResult, presentation: Presentation) -> Page:
    """Return the page's data, worst findings first; suppressed ones come last, and say so."""
    shops = _shops(result, presentation)
    places = {shop.name: index for index, shop in enumerate(shops)}
    hidden = [entry.diagnostic for entry in result.suppressed]
    prints = distinct([*result.diagnostics, *hidden])
    found = [_finding(item, next(prints), result, presentation, places) for item in result.diagnostics]
    found.sort(key=lambda entry: int(entry["severity"]))
    found += [
        {
            **_finding(entry.diagnostic, next(prints), result, presentation, places),
            "suppressed": _reason(entry),
        }
        for entry in result.suppressed
    ]
    known = result.rules()
    used = sorted({item.rule for item in (*result.diagnostics, *hidden)} & known.keys())
    rules = {
        rule_id: {
            "summary": said(known[rule_id].summary, presentation),
            "why": said(known[rule_id].rationale, presentation),
        }
        for rule_id in used
    }
    return Page(found, shops, rules)


def _shops(result: CheckResult, presentation: Presentation) -> list[Shop]:
    """Return every shop that findings were wanted of, and those that findings name too, by name."""
    counts: dict[str, list[int]] = {}
    for item in result.diagnostics:
        for name in item.shops:
            counts.setdefault(name, [0, 0, 0])[item.severity.rank] += 1
    shops = [
        Shop(
            name,
            presentation.shown(path),
            visible(result.shop_versions.get(path, "")),
            _three(counts.get(name, ())),
        )
        for path, name in result.shop_names.items()
    ]
    missing = counts.keys() - set(result.shop_names.values())
    shops += [Shop(name, "", "", _three(counts[name])) for name in missing]
    return sorted(shops)


def _three(counts: list[int] | tuple[()]) -> tuple[int, int, int]:
    return (counts[0], counts[1], counts[2]) if counts else (0, 0, 0)


def _finding(
    item: Diagnostic,
    fingerprint: str,
    result: CheckResult,
    presentation: Presentation,
    shops: Mapping[str, int],
) -> dict[str, Any]:
    listed = item.related[_SNIPPETS : _SNIPPETS + _RELATED]
    return {
        "severity": item.severity.rank,
        "rule": item.rule,
        "place": _place(item.path, item.range, presentation),
        "pointer": visible(item.pointer),
        "message": said(item.message, presentation),
        "help": said(item.help, presentation),
        "fix": said(item.fix.description, presentation) if item.fix is not None else [],
        "shops": [shops[name] for name in item.shops if name in shops],
        "snippets": [
            [_where(part.path, part.start.line, part.start.column, presentation), _lines(part.lines)]
            for part in snippets(item, result.excerpt, presentation.translate, related=_SNIPPETS)
        ],
        "related": [
            [_place(each.path, each.range, presentation), said(each.message, presentation)]
            for each in listed
        ],
        "more": max(0, len(item.related) - _SNIPPETS - _RELATED),
        "print": fingerprint,
    }


def _reason(entry: Suppressed) -> dict[str, str]:
    return {"kind": entry.kind, "reason": visible(entry.reason)}


def said(message: Message, presentation: Presentation) -> list[list[object]]:
    """Return a message as pairs of text and 1 for a value, 0 for our words."""
    return [[piece.text, int(piece.value)] for piece in pieces(message, presentation.translate)]


def _place(path: str, place: Range, presentation: Presentation) -> str:
    return _where(path, place.start.line, place.start.column, presentation)


def _where(path: str, line: int, column: int, presentation: Presentation) -> str:
    return f"{presentation.shown(path)}:{line + 1}:{column + 1}"


def _lines(lines: tuple[Line, ...]) -> list[list[object]]:
    """Return lines as number, stretches (text and kind), and labels (kind and text)."""
    return [
        [
            line.number,
            list(_stretches(line.text, line.marks)),
            [[_kind(mark), mark.label] for mark in line.marks if mark.label],
        ]
        for line in lines
    ]


def _stretches(text: str, marks: tuple[Mark, ...]) -> Iterator[list[object]]:
    """Cut a line where marks begin and end: kind 1 is the finding, 2 a related place, 0 neither."""
    cuts = sorted({0, len(text), *(mark.start for mark in marks), *(mark.end for mark in marks)})
    for index, start in enumerate(cuts):
        yield from (["", _kind(mark)] for mark in marks if mark.start == mark.end == start)
        if index + 1 < len(cuts):
            end = cuts[index + 1]
            kinds = [_kind(mark) for mark in marks if mark.start <= start and end <= mark.end]
            yield [text[start:end], min(kinds, default=0)]


def _kind(mark: Mark) -> int:
    return 1 if mark.primary else 2
