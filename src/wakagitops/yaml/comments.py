"""The comments of a file: every ``#`` after space that no scalar covers (YAML 1.2.2, section 6.6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.patterns import regex
from wakagitops.core.source import Span

_COMMENT = regex(r"#(?:(?<=[ \t\r\n]#)|(?<=\A#))([^\r\n]*)")
"""A comment where no scalar stands; its sign first, which is quick to find."""
_BROKEN_COMMENT = regex(r"(?m)(?:^|(?<=[ \t]))#(.*)$")


class Comment(NamedTuple):
    """A comment: its place from the ``#`` to the end of the line, and its text without the ``#``."""

    span: Span
    text: str
    alone: bool
    """True when nothing but space stands before it on its line."""


def comments(text: str, scalars: Sequence[tuple[int, int]], reached: int) -> Iterator[Comment]:
    """Yield the comments of a text, in order.

    Args:
        text: the file's.
        scalars: the offsets that scalars cover in which a ``#`` starts no comment, in order.
        reached: the offset up to which the text could be read as YAML; behind it, whatever looks like
            a comment is one.
    """
    has_returns = "\r" in text
    found = _COMMENT.search(text)
    index = 0
    while found is not None and found.start() < reached:
        at, end = found.span()
        while index < len(scalars) and scalars[index][1] <= at:
            index += 1
        if index < len(scalars) and scalars[index][0] <= at:
            end = scalars[index][1]
        else:
            line_end = text.rfind("\n", 0, at)
            if has_returns:
                line_end = max(line_end, text.rfind("\r", 0, at))
            before = text[line_end + 1 : at]
            yield Comment(Span(at, end), found[1], not before or before.isspace())
        found = _COMMENT.search(text, end)
    if reached < len(text):
        for match in _BROKEN_COMMENT.finditer(text, reached):
            yield Comment(Span(match.start(), match.end()), match[1], alone=False)
