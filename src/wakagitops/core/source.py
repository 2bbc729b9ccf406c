"""Text with a line table: offsets, positions and ranges in code points."""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.patterns import regex

_LINE_END = regex("\r\n|\r|\n")
_SHORT = 8 * 1024
"""In texts of fewer characters lines are counted faster than a table of them is made."""


class Position(NamedTuple):
    """A place in a text: 0-based line and 0-based column, both counted in code points."""

    line: int
    column: int


class Range(NamedTuple):
    """A half-open stretch of text, from ``start`` up to but not including ``end``."""

    start: Position
    end: Position


class Span(NamedTuple):
    """The same stretch as two 0-based code-point offsets, half-open."""

    start: int
    end: int


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return stretches in order, those that overlap or touch made one."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


class SourceText:
    """A decoded file with the table of its line starts.

    Lines end at LF, CRLF or CR only. YAML 1.1 and many libraries also count U+0085, U+2028 and
    U+2029, which editors do not; so the table is our own (YAML 1.2, section 5.4).
    """

    __slots__ = ("_lines", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._lines: list[int] | None = None

    @property
    def _starts(self) -> list[int]:
        """Return where each line begins; few files are asked for more than a place or two."""
        if self._lines is None:
            starts = [0]
            if "\r" in self.text:
                starts.extend(match.end() for match in _LINE_END.finditer(self.text))
            else:
                # Each line and its end, summed up without a step of Python for any of them.
                starts.extend(accumulate(map((1).__add__, map(len, self.text.split("\n")))))
                starts.pop()
            self._lines = starts
        return self._lines

    @property
    def line_count(self) -> int:
        """Return how many lines the text has; an empty text has one."""
        return len(self._starts)

    def position(self, offset: int) -> Position:
        """Return the position of a code-point offset (0-based; clamped to the text)."""
        line = bisect_right(self._starts, offset) - 1
        return Position(line, offset - self._starts[line])

    def range(self, span: Span) -> Range:
        """Return the range that a span of offsets covers."""
        line, column, end_line, end_column = self.numbers(span.start, span.end)
        return Range(Position(line, column), Position(end_line, end_column))

    def numbers(self, start: int, end: int) -> tuple[int, int, int, int]:
        """Return the range between two offsets as bare numbers: line, column, end line, end column."""
        if self._lines is None and len(self.text) < _SHORT and "\r" not in self.text:
            text = self.text
            line = text.count("\n", 0, start)
            column = start - text.rfind("\n", 0, start) - 1
            lines = text.count("\n", start, end)
            if not lines:
                return line, column, line, column + end - start
            return line, column, line + lines, end - text.rfind("\n", 0, end) - 1
        starts = self._starts
        line = bisect_right(starts, start) - 1
        if line + 1 == len(starts) or end < starts[line + 1]:
            return line, start - starts[line], line, end - starts[line]
        end_line = bisect_right(starts, end) - 1
        return line, start - starts[line], end_line, end - starts[end_line]

    def offset(self, position: Position) -> int:
        """Return the code-point offset of a position.

        Raises:
            IndexError: the text has no such line.
        """
        return self._starts[position.line] + position.column

    def span(self, place: Range) -> Span:
        """Return the offsets that a range covers."""
        return Span(self.offset(place.start), self.offset(place.end))

    def line(self, number: int) -> str:
        """Return one line (0-based) without its line end."""
        start = self._starts[number]
        end = self._starts[number + 1] if number + 1 < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def line_start(self, number: int) -> int:
        """Return the offset at which a line (0-based) begins."""
        return self._starts[number]
