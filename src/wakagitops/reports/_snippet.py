"""The source lines that a report shows for a finding, with the marked stretches of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from wakagitops.core.diagnostic import Diagnostic
from wakagitops.core.excerpt import Excerpt
from wakagitops.core.messages import Message
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.source import Position, Range
from wakagitops.core.visible import visible
from wakagitops.reports._columns import spread

NOWHERE = Range(Position(0, 0), Position(0, 0))
"""The range of a finding on a file as a whole, such as one that is too big to be read."""
_LINES = 6
"""The most lines of one range that are shown."""
_WIDE = 160
"""The most characters of one line that are shown; a longer line is cut around its marks."""
_BEFORE = 60
"""How much of a cut line is shown before its first mark."""
_CUT = "…"


class Mark(NamedTuple):
    """A stretch of a shown line, as indexes into its text; an empty stretch marks a place."""

    start: int
    end: int
    primary: bool
    label: str


class Line(NamedTuple):
    """One shown line."""

    number: int
    """As people count, from 1."""
    text: str
    marks: tuple[Mark, ...]


class Snippet(NamedTuple):
    """The shown lines of one file, in their order."""

    path: str
    start: Position
    """The first marked place, 0-based."""
    lines: tuple[Line, ...]


class _Wanted(NamedTuple):
    range: Range
    primary: bool
    label: str


def snippets(
    item: Diagnostic,
    excerpt: Callable[[str], Excerpt],
    translate: Callable[[Message], str],
    *,
    related: int,
) -> list[Snippet]:
    """Return the snippets of a finding: its own file first, then those of its related places.

    Args:
        item: the finding.
        excerpt: gives a file's lines with secrets masked.
        translate: turns a related place's message into text.
        related: how many related places are shown at most.
    """
    wanted: dict[str, list[_Wanted]] = {item.path: [_Wanted(item.range, primary=True, label="")]}
    for place in item.related[:related]:
        label = visible(translate(place.message))
        wanted.setdefault(place.path, []).append(_Wanted(place.range, primary=False, label=label))
    found = []
    for path, ranges in wanted.items():
        lines = _lines(excerpt(path), [entry for entry in ranges if entry.range != NOWHERE])
        start = next((entry for entry in ranges if entry.primary), ranges[0]).range.start
        found.append(Snippet(path, start, lines))
    return found


def _lines(excerpt: Excerpt, ranges: Iterable[_Wanted]) -> tuple[Line, ...]:
    """Return the lines that ranges cover, each with a line of context above and below."""
    marks: dict[int, list[tuple[int, int, _Wanted]]] = {}
    for entry in ranges:
        for number, start, end in _stretches(excerpt, entry.range):
            marks.setdefault(number, []).append((start, end, entry))
    shown = set(marks)
    for number in marks:
        shown.update(near for near in (number - 1, number + 1) if _says_something(excerpt, near))
    # A gap of one line takes no more room than the mark that would stand for it.
    shown.update(number + 1 for number in tuple(shown) if number + 2 in shown)
    return tuple(_line(excerpt.line(number), number, marks.get(number, [])) for number in sorted(shown))


def _stretches(excerpt: Excerpt, place: Range) -> Iterable[tuple[int, int, int]]:
    """Return the parts of a range by line: the line, and columns of the line as it is shown."""
    start, end = place
    last = min(end.line, excerpt.line_count - 1)
    if last > start.line and end.column == 0:
        last -= 1
    numbers = range(start.line, last + 1)
    if len(numbers) > _LINES:
        numbers = range(start.line, start.line + _LINES - 1)
    for number in numbers:
        text = excerpt.line(number)
        first = excerpt.column(number, start.column) if number == start.line else _indent(text)
        behind = excerpt.column(number, end.column) if number == end.line else len(text.rstrip())
        first = min(first, len(text))
        behind = max(min(behind, len(text)), first)
        if first < behind or place.start.line == last:
            yield number, first, behind


def _line(text: str, number: int, marks: list[tuple[int, int, _Wanted]]) -> Line:
    shown, places = spread(text)
    found = sorted(
        (
            Mark(places[start], places[end], entry.primary, _label_at(entry, number))
            for start, end, entry in marks
        ),
        key=lambda mark: (not mark.primary, mark.start, mark.end),
    )
    if len(shown) > _WIDE:
        shown, found = _cut(shown, found)
    return Line(number + 1, shown, tuple(found))


def _cut(text: str, marks: list[Mark]) -> tuple[str, list[Mark]]:
    """Return the part of a long line that its marks are in."""
    at = max(0, min(mark.start for mark in marks) - _BEFORE) if marks else 0
    at = min(at, len(text) - _WIDE)
    lead = _CUT if at else ""
    shown = lead + text[at : at + _WIDE] + (_CUT if at + _WIDE < len(text) else "")
    shift = len(lead) - at
    moved = [
        mark._replace(start=min(mark.start + shift, len(shown)), end=min(mark.end + shift, len(shown)))
        for mark in marks
    ]
    return shown, moved


def _label_at(entry: _Wanted, number: int) -> str:
    """A range of several lines is explained once, on its first line."""
    return entry.label if number == entry.range.start.line else ""


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _says_something(excerpt: Excerpt, number: int) -> bool:
    return 0 <= number < excerpt.line_count and bool(excerpt.line(number).strip())
