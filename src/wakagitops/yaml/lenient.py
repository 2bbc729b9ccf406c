"""What libyaml reads though YAML 1.2 forbids it: other readers of the same file refuse it.

Only files that are not read line by line get here, once they parsed.
"""

from __future__ import annotations

from collections.abc import Iterator

from wakagitops.core.patterns import regex
from wakagitops.core.source import Span
from wakagitops.yaml.document import Document, Node, Problem

_GLUED = regex("[\"'\\]}](#)")
_DIRECTIVE = regex(r"\A(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n))*(%[^\r\n]*)")
_ONLY_CLOSING = regex(r"[\]} \t,]*(?:#.*)?\Z")


def forbidden(document: Document) -> Iterator[Problem]:
    """Yield a problem for each such place of a file that parsed.

    These are a comment without a space before it (YAML 1.2.2, section 6.6), a directive (section
    6.8: settings files have none), and a line inside brackets or quotes that is not indented deeper
    than its key (section 7.4).
    """
    text = document.source.text
    directive = _DIRECTIVE.match(text)
    if directive is not None:
        yield Problem("syntax", Span(*directive.span(1)), detail="directive")
    if document.root is None:
        return
    if _GLUED.search(text) is not None:
        yield from _glued_comments(document, document.root)
    yield from _shallow(document, document.root, -1)


def _glued_comments(document: Document, root: Node) -> Iterator[Problem]:
    source = document.source
    text = source.text
    ends = {end for _, end in document.scalars}
    ends.update(node.end for _, node in root.walk() if node.items is not None)
    for found in _GLUED.finditer(text):
        sign = found.start(1)
        if sign in ends:
            number = source.position(sign).line
            column = sign - source.line_start(number)
            line = source.line(number)
            instead = f"{line[:column]} {line[column:]}".rstrip()
            yield Problem(
                "syntax",
                Span(sign, sign + 1),
                detail="slip-comment",
                instead=instead,
                lines=(number + 1,),
            )


def _shallow(document: Document, node: Node, column: int) -> Iterator[Problem]:
    """Yield the first line of each flow collection or quoted text that is not indented enough.

    Args:
        document: the file.
        node: a value.
        column: where the key or dash of the block around it stands; -1 at the top.
    """
    source = document.source
    opening = source.text[node.start : node.start + 1]
    if opening in ("[", "{", '"', "'") and node.end > node.start:
        first, last = source.position(node.start).line, source.position(node.end - 1).line
        for number in range(first + 1, last + 1):
            line = source.line(number)
            indent = len(line) - len(line.lstrip(" "))
            if line.strip() and indent <= column and not _ONLY_CLOSING.match(line):
                start = source.line_start(number) + indent
                yield Problem("syntax", Span(start, start + 1), detail="shallow")
                return
    elif isinstance(node.items, dict):
        for key, child in node.items.items():
            _, start, _ = node.keys[key]
            yield from _shallow(document, child, source.position(start).column)
    elif node.items is not None:
        for child in node.items:
            # A list may stand at the column of its key; its items' text is deeper than the dash.
            yield from _shallow(document, child, source.position(node.start).column)
