"""Source lines as reports may show them: with every secret masked by a mark of fixed length."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator

from wakagitops.core.source import SourceText, Span, merged

MASK = "********"
"""What stands for a secret; its length says nothing of the secret's."""


class Excerpt:
    """A file's lines for display; columns of the real line map to columns of the shown one."""

    __slots__ = ("_ends", "_masks", "_source")

    def __init__(self, source: SourceText, masks: Iterable[Span] = ()) -> None:
        """Bind a text and the spans of the secrets in it, in any order."""
        self._source = source
        self._masks = merged(masks)
        self._ends = [mask.end for mask in self._masks]

    @property
    def line_count(self) -> int:
        """Return how many lines the file has."""
        return self._source.line_count

    def line(self, number: int) -> str:
        """Return a line (0-based) without its line end, secrets masked."""
        text = self._source.line(number)
        shown, at = [], 0
        for first, last in self._masked(number):
            shown += [text[at:first], MASK]
            at = last
        shown.append(text[at:])
        return "".join(shown)

    def column(self, number: int, column: int) -> int:
        """Return where a column (0-based) of the real line stands in the shown one."""
        shift = 0
        for first, last in self._masked(number):
            if column <= first:
                break
            if column < last:
                return first + shift
            shift += len(MASK) - (last - first)
        return column + shift

    def _masked(self, number: int) -> Iterator[tuple[int, int]]:
        """Yield the masked stretches of a line as columns."""
        start = self._source.line_start(number)
        length = len(self._source.line(number))
        for index in range(bisect_right(self._ends, start), len(self._masks)):
            mask = self._masks[index]
            if mask.start >= start + length:
                return
            yield max(mask.start - start, 0), min(mask.end - start, length)
