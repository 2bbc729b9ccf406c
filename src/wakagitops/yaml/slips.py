"""Slips of typing that break a line of YAML: found on the raw line, put right, and read again.

A no-break space as indentation or a typographic quote makes YAML read something else, and what is
wrong then is reported far from its cause. So a file with such a character, or one that did not parse,
is read a second time with the slips put right. The file's own text and places stay; each kind of slip
becomes one problem, and the rest of the file is judged as it was meant.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby
from re import Match

from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.patterns import regex
from wakagitops.core.source import SourceText, Span
from wakagitops.yaml.document import Document, Node, Problem
from wakagitops.yaml.event_parser import EventReader

_ODD = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
"""Characters that look like a space and are none to YAML (Unicode's category Zs)."""
_INVISIBLE = "\u00ad\u200b-\u200f\u2060-\u2064\ufeff"
"""Characters that show nothing; ``yaml/character`` reports them, and here they only go."""
_DOUBLE = "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033"
_SINGLE = "\u2018\u2019\u201a\u201b\u2032"
_TYPOGRAPHIC = _DOUBLE + _SINGLE
"""Quotation marks of English, Spanish and German typography, and primes."""
_QUOTES = "\"'" + _TYPOGRAPHIC
_QUOTE = f"[{_QUOTES}]"
_DASHES = "\u2010-\u2015\u2212\u2022\u00b7"
_BLANK = f"[ \t{_ODD}{_INVISIBLE}]"
_BLANK_SIGNS = " \t\u00a0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_FLOW_SIGNS = frozenset("{}[],")
_LONGEST = 1000
"""No line of more characters is looked at: no setting is as long."""
_KEY = rf"{_QUOTE}?[A-Za-z_][\w{_INVISIBLE}-]{{0,63}}?{_QUOTE}?"
_INDENT = regex(rf"{_BLANK}*")
_MARKER = regex(rf"([-{_DASHES}])({_BLANK}+)(?=\S)")
_COLONS = "\uff1a\ufe55\u2236"
_PAIR = regex(rf"({_KEY})({_BLANK}*)([:{_COLONS}])({_BLANK}+|\Z|(?=[^\s/]))")
_EQUALS = regex(r"([A-Za-z_][\w-]*)([ \t]*)(=)([ \t]*)(?=[^\s=>])")
_COLON_AHEAD = regex(r"([A-Za-z_][\w-]*)([ \t]+)(:)()(?=[^\s:])")
_COMMENT = regex(r"#(?=[ \t]|\Z)")
_BLANKS = regex(f"{_BLANK}+")
_IN_QUOTES = regex(r"\"[^\"]*\"|'[^']*'")
_WIDE_DIGITS = regex("[\uff10-\uff19]+\\Z")
_SHORTEST_ESCAPED = 4
_HAS_ODD = regex(f"[{_ODD}]")
_HAS_INVISIBLE = regex(f"[{_INVISIBLE}]")
_SIGNS = {"=": "slip-equals", ":": "slip-colon"}
_CERTAIN = ("space-indent", "space-after", "space-key", "slip-wide")
"""Cases that are slips even where more is wrong with the file."""
_FREE_TEXT = ("name", "email")
"""Keys of values that may hold such characters, or that rules of their own put right."""


class _Edit(NamedTuple):
    """A stretch of the text and what it was meant to be."""

    start: int
    end: int
    text: str
    detail: str
    """The case of ``yaml/syntax``; empty for what another rule reports."""


def read_without_slips(document: Document, readable: str, restored: dict[int, int] | None) -> Document:
    """Return a file as it was meant, with a problem for each kind of slip; else the document itself.

    Args:
        document: the file as YAML reads it.
        readable: the text as it was read, as long as the file's own.
        restored: the characters of values that others stand for in ``readable``, by those.
    """
    edits = list(_edits(document, is_broken=not document.whole))
    if not edits:
        return document
    edits, fresh = _best_reading(document, readable, restored, edits)
    if not fresh.whole and (document.whole or not any(edit.detail in _CERTAIN for edit in edits)):
        return document
    slips = list(_problems(document.source, edits))
    kept = [item for item in document.problems if item.kind in ("encoding", "character")]
    if not fresh.whole:
        lines = {document.source.position(edit.start).line for edit in edits}
        fresh.problems = [
            item
            for item in fresh.problems
            if item.kind != "syntax" or document.source.position(item.span.start).line not in lines
        ]
    fresh.problems = [*kept, *slips, *fresh.problems]
    return fresh


def _best_reading(
    document: Document, readable: str, restored: dict[int, int] | None, edits: list[_Edit]
) -> tuple[list[_Edit], Document]:
    """Return the edits that make the file whole, and the file with them; else the first ones tried.

    An odd space in the indentation may stand for a space, or beside spaces that suffice.
    """
    first = None
    without = [edit._replace(text="") if edit.detail == "space-indent" else edit for edit in edits]
    for tried in (edits, without) if without != edits else (edits,):
        repaired, moves = _applied(readable, tried)
        fresh = Document(document.path, SourceText(document.source.text))
        EventReader(fresh, repaired, restored).run(repaired)
        moves.move(fresh)
        if fresh.whole:
            return tried, fresh
        first = first or (tried, fresh)
    assert first is not None  # noqa: S101 - there is always one to try
    return first


def _problems(source: SourceText, edits: Sequence[_Edit]) -> Iterator[Problem]:
    """Yield one problem for each kind of slip, at its first place."""
    ordered = sorted((edit for edit in edits if edit.detail), key=lambda edit: (edit.detail, edit.start))
    for detail, group in groupby(ordered, key=lambda edit: edit.detail):
        of_kind = list(group)
        numbers = sorted({source.position(edit.start).line for edit in of_kind})
        first = numbers[0]
        start = source.line_start(first)
        line = source.line(first)
        on_line = sorted(edit for edit in edits if start <= edit.start <= start + len(line))
        shifted = [edit._replace(start=edit.start - start, end=edit.end - start) for edit in on_line]
        instead = _applied(line, shifted)[0].rstrip()
        at = of_kind[0]
        yield Problem(
            "syntax",
            Span(at.start, max(at.end, at.start + 1)),
            detail=detail,
            instead=instead,
            lines=tuple(number + 1 for number in numbers),
        )


def _edits(document: Document, *, is_broken: bool) -> Iterator[_Edit]:
    source = document.source
    protected = document.scalars
    starts = [start for start, _ in protected]
    for number in range(source.line_count):
        offset = source.line_start(number)
        index = bisect_right(starts, offset - 1) - 1
        if index >= 0 and protected[index][0] < offset < protected[index][1]:
            continue  # inside a text of several lines
        line = source.line(number)
        for edit in _line_edits(line, is_broken=is_broken) if len(line) <= _LONGEST else ():
            yield edit._replace(start=edit.start + offset, end=edit.end + offset)


def _line_edits(line: str, *, is_broken: bool) -> Iterator[_Edit]:
    """Yield what to change on one line, in order."""
    indent = _INDENT.match(line)
    assert indent is not None  # noqa: S101 - it may be empty
    at = indent.end()
    yield from _spaces(line, 0, at, "space-indent")
    if at == len(line) or line[at] == "#":
        return
    is_item = False
    while (marker := _MARKER.match(line, at)) is not None:
        is_item = True
        if marker[1] != "-":
            yield _Edit(at, at + 1, "-", "slip-dash")
        yield from _spaces(line, *marker.span(2), "space-after")
        at = marker.end()
    pair = _PAIR.match(line, at)
    if pair is not None and (pair[3] != ":" or pair[4] or pair.end() == len(line)):
        yield from _pair_edits(line, pair)
        key = _HAS_INVISIBLE.sub("", pair[1].strip(_QUOTES))
        yield from _value_edits(line, pair.end(), key, is_item=False)
    elif (sign := _misplaced_sign(line, at, is_broken=is_broken)) is not None:
        yield _Edit(sign.start(2), sign.end(4), ": ", _SIGNS[sign[3]])
        yield from _value_edits(line, sign.end(), sign[1], is_item=False)
    else:
        yield from _value_edits(line, at, "", is_item=is_item)


def _pair_edits(line: str, pair: Match[str]) -> Iterator[_Edit]:
    """Yield what to change in a key, in its colon and around it."""
    yield from _key_edits(line, *pair.span(1))
    yield from _spaces(line, *pair.span(2), "space-key")
    if pair[3] != ":":
        yield _Edit(pair.start(3), pair.end(3), ":" if pair[4] else ": ", "slip-wide")
    if pair[3] != ":" or pair[4][:1] not in (" ", "\t"):
        # Behind the space after a colon the value begins, odd spaces included.
        yield from _spaces(line, *pair.span(4), "space-after")


def _misplaced_sign(line: str, at: int, *, is_broken: bool) -> Match[str] | None:
    """Return the ``=`` or the colon before its space that stands where a key's colon belongs."""
    content = line[at:].partition(" #")[0].rstrip()
    if ": " in content or content.endswith(":"):
        return None
    return _EQUALS.match(line, at) or (_COLON_AHEAD.match(line, at) if is_broken else None)


def _spaces(line: str, start: int, end: int, detail: str) -> Iterator[_Edit]:
    """Yield the edits that turn a stretch of blanks into ordinary spaces."""
    run = line[start:end]
    odd = _HAS_ODD.search(run)
    begin = odd.start() if odd is not None else len(run)
    for found in _HAS_INVISIBLE.finditer(run, 0, begin):
        yield _Edit(start + found.start(), start + found.end(), "", "")
    if odd is not None:
        meant = _HAS_ODD.sub(" ", _HAS_INVISIBLE.sub("", run[begin:]).replace("\t", "  "))
        yield _Edit(start + begin, end, meant, detail)


def _key_edits(line: str, start: int, end: int) -> Iterator[_Edit]:
    for at in range(start, end):
        sign = line[at]
        if sign in _TYPOGRAPHIC:
            yield _Edit(at, at + 1, '"', "slip-quotes")
        elif _HAS_INVISIBLE.match(sign):
            yield _Edit(at, at + 1, "", "")


def _value_edits(line: str, at: int, key: str, *, is_item: bool) -> Iterator[_Edit]:
    """Yield what to change in a value and in what stands behind it."""
    end, sign = _comment_start(line, at) or (len(line), len(line))
    value = line[at:end].rstrip()
    stop = at + len(value)
    if value[:1] in ("{", "["):
        yield from _flow_edits(line, at, stop)
    elif value:
        yield from _single_edits(value, at, key)
    # Rules on addresses cut such spaces themselves, and a display name may end in one.
    is_free = key in _FREE_TEXT or (is_item and "@" in value)
    is_left = bool(value) and is_free and value[0] not in _QUOTES
    if sign < len(line):
        if not (is_left and line[sign - 1] in " \t"):
            yield from _spaces(line, stop, sign, "space-comment")
    elif value and not is_left:
        yield from _spaces(line, stop, end, "space-end")


def _comment_start(line: str, at: int) -> tuple[int, int] | None:
    """Return the blanks before a comment behind a value: where they begin, and the ``#``."""
    quoted = [found.span() for found in _IN_QUOTES.finditer(line, at)]
    for found in _COMMENT.finditer(line, at):
        sign = found.start()
        before = line[at:sign].rstrip(_BLANK_SIGNS)
        inside = any(start < sign < end for start, end in quoted)
        if len(before) < sign - at and not inside:
            return at + len(before), sign
    return None


def _flow_edits(line: str, at: int, stop: int) -> Iterator[_Edit]:
    quoted = [found.span() for found in _IN_QUOTES.finditer(line, at, stop)]
    for found in _BLANKS.finditer(line, at, stop):
        beside = {line[found.start() - 1], line[found.end() : found.end() + 1]}
        is_outside = not any(start < found.start() < end for start, end in quoted)
        if is_outside and (line[found.start() - 1] == ":" or beside & _FLOW_SIGNS):
            yield from _spaces(line, *found.span(), "space-after")


def _single_edits(value: str, at: int, key: str) -> Iterator[_Edit]:
    """Yield the edits of one value: typographic or escaped quotes, and full-width digits."""
    first, last = value[0], value[-1]
    end = at + len(value)
    if len(value) > _SHORTEST_ESCAPED and value[:2] == value[-2:] == '\\"':
        yield _Edit(at, at + 2, '"', "slip-escaped")
        yield _Edit(end - 2, end, '"', "slip-escaped")
    elif len(value) > 1 and first in _QUOTES and last in _QUOTES:
        count = (first in _TYPOGRAPHIC) + (last in _TYPOGRAPHIC)
        is_free = key == "name" and count > 1  # quotes may be part of a display name
        if count and not is_free and '"' not in value[1:-1] and "\\" not in value:
            if first != '"':
                yield _Edit(at, at + 1, '"', "slip-quotes")
            if last != '"':
                yield _Edit(end - 1, end, '"', "slip-quotes")
    elif _WIDE_DIGITS.match(value):
        digits = "".join(str(int(sign)) for sign in value)
        yield _Edit(at, at + len(value), digits, "slip-wide")


class _Moves:
    """Turns offsets of the repaired text into those of the file's own."""

    def __init__(self, changes: Sequence[tuple[int, int, int, int]]) -> None:
        self._changes = changes
        self._starts = [change[0] for change in changes]

    def offset(self, offset: int) -> int:
        index = bisect_right(self._starts, offset) - 1
        if index < 0:
            return offset
        start, end, own_start, own_end = self._changes[index]
        if offset < end:
            return min(own_start + offset - start, own_end)
        return own_end + offset - end

    def move(self, document: Document) -> None:
        """Set every place of a document, which was read from the repaired text."""
        if all(end - start == own_end - own_start for start, end, own_start, own_end in self._changes):
            return
        document.scalars = [(self.offset(start), self.offset(end)) for start, end in document.scalars]
        if document.reached is not None:
            document.reached = self.offset(document.reached)
        document.problems = [
            item._replace(
                span=self._span(item.span), other=self._span(item.other) if item.other else None
            )
            for item in document.problems
        ]
        roots = [] if document.root is None else [document.root]
        for root in (*roots, *(node for _, node in document.shadowed)):
            for _, node in root.walk():
                self._node(node)

    def _span(self, span: Span) -> Span:
        return Span(self.offset(span.start), self.offset(span.end))

    def _node(self, node: Node) -> None:
        node.start, node.end = self.offset(node.start), self.offset(node.end)
        for key, (document, start, end) in node.keys.items():
            node.keys[key] = (document, self.offset(start), self.offset(end))


def _applied(text: str, edits: Sequence[_Edit]) -> tuple[str, _Moves]:
    """Return a text with edits made, and what turns its offsets back."""
    parts: list[str] = []
    changes: list[tuple[int, int, int, int]] = []
    at = length = 0
    for edit in edits:
        parts += [text[at : edit.start], edit.text]
        begin = length + edit.start - at
        length = begin + len(edit.text)
        changes.append((begin, length, edit.start, edit.end))
        at = edit.end
    parts.append(text[at:])
    return "".join(parts), _Moves(changes)
