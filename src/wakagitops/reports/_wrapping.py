"""Text laid out for the width of a terminal, which would break it in the middle of words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wakagitops.reports._columns import width

_FENCE = "```"
_ITEM = "- "
_COMMENT = "# "
_OUTPUT = "text"
"""The language of a block that shows what the tool says."""


def wrapped(text: str, columns: int) -> Iterator[str]:
    """Yield lines of at most some columns, broken between words; a longer word has a line of its own."""
    line = ""
    for word in text.split(" "):
        if line and width(line) + 1 + width(word) > columns:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line


def wrapped_page(lines: Iterable[str], columns: int) -> Iterator[str]:
    """Yield the lines of a page, wrapped but for titles and for code other than its comments."""
    fence = language = ""
    for line in lines:
        if line.startswith(_FENCE):
            backticks = line[: len(line) - len(line.lstrip("`"))]
            if not fence:
                fence, language = backticks, line.removeprefix(backticks)
            elif line == fence:
                fence = language = ""
            yield line
        elif line.startswith(_COMMENT) if fence else line.startswith(_ITEM):
            mark = line[:2]
            first, *rest = wrapped(line.removeprefix(mark), columns - len(mark))
            yield f"{mark}{first}"
            yield from (f"{mark if fence else '  '}{each}" for each in rest)
        elif line.startswith("#") or (fence and language != _OUTPUT):
            yield line
        else:
            yield from wrapped(line, columns)
