"""Strict YAML reading with exact places: one pass over libyaml's events, bounded before it.

libyaml's own composer dies on deep nesting and resolves types as YAML 1.1 does; so this reads its
events, stops at the depth limit, and resolves plain scalars by YAML 1.2's core schema.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wakagitops.core import pointer as pointers
from wakagitops.core.patterns import deferred, regex
from wakagitops.core.source import SourceText, Span
from wakagitops.reading.document import Document, Node, Problem
from wakagitops.reading.limits import MAX_BYTES, MAX_DEPTH
from wakagitops.reading.scalars import MEANINGFUL, resolve

with deferred():
    import yaml
    from yaml._yaml import CParser

_UNREADABLE = regex("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")
"""What YAML does not allow in a stream (YAML 1.2.2, section 5.1), and the byte order mark inside;
surrogates are no UTF-8 and never get here."""
_PLAIN = bytes(range(0x20, 0x7F)) + b"\n"
"""What is printable for certain, so that the rest can be asked about: it is little."""
_NO_LINE_ENDS = {0x85: 0xF0085, 0x2028: 0xF2028, 0x2029: 0xF2029}
"""What ends a line to libyaml alone, and the private characters that stand for it while reading."""
_RESTORED = {stand_in: sign for sign, stand_in in _NO_LINE_ENDS.items()}
_ZEROS: dict[tuple[bool, ...], str] = {
    (True, True, True, False): "utf-32-be",
    (False, True, True, True): "utf-32-le",
    (True, False, True, False): "utf-16-be",
    (False, True, False, True): "utf-16-le",
}
"""Which of a file's first four bytes are zero where it begins with ASCII in a wider encoding."""
_BLOCK_STYLES = ("|", ">")

_MappingStart = yaml.MappingStartEvent
_Scalar = yaml.ScalarEvent
_SequenceStart = yaml.SequenceStartEvent
_CollectionEnd = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
_DocumentStart = yaml.DocumentStartEvent
_Alias = yaml.AliasEvent


def read(path: str, data: bytes) -> Document:
    """Read the bytes of a settings file, at most ``MAX_BYTES + 1`` of them.

    Never raises for what the file holds: whatever is wrong becomes a ``Problem`` of the document.
    """
    if len(data) > MAX_BYTES:
        document = Document(path, SourceText(""))
        _fail(document, Problem("limit", Span(0, 0), detail="bytes"))
        return document
    text, problems = _decode(data)
    document = Document(path, SourceText(text))
    document.problems.extend(problems)
    if not document.whole or any(problem.kind == "syntax" for problem in problems):
        document.whole = False
        return document
    readable, restored = text, None
    odd = data.translate(None, _PLAIN).decode()
    if odd.isprintable():
        # A backslash may be an escape for any character.
        document.is_plain = max(odd, default="") <= "\xff" and "\\" not in text
    else:
        document.problems.extend(
            Problem("character", Span(match.start(), match.end()), detail="raw")
            for match in _UNREADABLE.finditer(text)
        )
        readable = _UNREADABLE.sub("\ufffd", text).translate(_NO_LINE_ENDS)
        restored = _RESTORED
    # The bytes themselves, where they are what is read: libyaml would only be handed them again.
    _Reader(document, readable, restored).run(data if restored is None else readable)
    return document


def _fail(document: Document, problem: Problem) -> None:
    document.problems = [earlier for earlier in document.problems if earlier.kind != "syntax"]
    document.problems.append(problem)
    document.root = None
    document.whole = False


def _decode(data: bytes) -> tuple[str, list[Problem]]:
    """Decode UTF-8, dropping a byte order mark, and note what is odd about the encoding."""
    problems = []
    wide = _wide_encoding(data)
    if wide:
        problems.append(Problem("syntax", Span(0, 0), detail="wide"))
        return data.decode(wide, "replace"), problems
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
        problems.append(Problem("encoding", Span(0, 0), detail="bom"))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        text = data.decode("utf-8", "replace")
        place = len(data[: error.start].decode("utf-8", "replace"))
        problems.append(Problem("syntax", Span(place, place + 1), detail="utf-8"))
        return text, problems
    if "\r" in text:
        returns, pairs, feeds = text.count("\r"), text.count("\r\n"), text.count("\n")
        if not feeds:
            case = "cr"
        else:
            case = "crlf" if returns == pairs == feeds else "mixed"
        first = text.index("\r")
        span = Span(first, first + (2 if text.startswith("\r\n", first) else 1))
        problems.append(Problem("encoding", span, detail=case))
    return text, problems


def _wide_encoding(data: bytes) -> str:
    """Return the encoding of a file that is UTF-16 or UTF-32, by its first bytes; empty for others.

    (YAML 1.2.2, section 5.2; a lone NUL at the start is a control character, and no sign.)
    """
    if b"\x00" not in data[:4] and data[:1] not in (b"\xff", b"\xfe"):
        return ""
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return "utf-32"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    zeros = tuple(byte == 0 for byte in data[:4])
    return _ZEROS.get(zeros, "")


class _Reader:
    """The state of one pass over the events: the open collections and the places of scalars."""

    __slots__ = ("document", "restored", "spans", "text")

    def __init__(self, document: Document, text: str, restored: dict[int, int] | None) -> None:
        self.document = document
        self.text = text
        self.restored = restored
        """The characters of values that others may stand for in the text, by those."""
        self.spans: list[tuple[int, int]] = []
        """The offsets that scalars cover in which a ``#`` starts no comment, in order."""

    def run(self, stream: str | bytes) -> None:
        """Read the whole text, or up to what cannot be read."""
        document = self.document
        parser = CParser(stream)
        reached = len(self.text)
        try:
            self._events(parser)
        except yaml.MarkedYAMLError as error:
            from wakagitops.reading.syntax_fault import fault_of  # noqa: PLC0415 - sound files need it not

            mark: Any = error.problem_mark or error.context_mark
            reached = min(mark.index, len(self.text)) if mark else 0
            detail, place = fault_of(error, self.text)
            kind = "limit" if detail == "depth" else "syntax"
            _fail(document, Problem(kind, self._word(place), detail=detail))
        except yaml.reader.ReaderError as error:
            reached = min(int(error.position), len(self.text))
            _fail(document, Problem("syntax", Span(reached, reached + 1)))
        except _UnreadableError as error:
            reached = error.problem.span.start
            _fail(document, error.problem)
        finally:
            parser.dispose()
        document.scalars = self.spans
        document.reached = reached

    def _word(self, offset: int) -> Span:
        """Return the span of the character at an offset, or an empty one at a line's end."""
        text = self.text
        end = offset + 1 if offset < len(text) and text[offset] not in "\r\n" else offset
        return Span(offset, end)

    def _events(self, parser: CParser) -> None:  # noqa: C901, PLR0912, PLR0915
        # One flat loop, and the hottest of the program: a call for each event would double it.
        document = self.document
        problems = document.problems
        restored = self.restored
        has_properties = "&" in self.text or "!" in self.text
        """Only then can an event have an anchor or a tag."""
        next_event: Callable[[], Any] = parser.get_event
        stack: list[tuple[Node | None, str, str | None, int, int]] = []
        node: Node | None = None
        """The collection that is open; of its parts the loop keeps those that it needs at hand."""
        members: dict[str, Node] = {}
        items: list[Node] | None = None
        data: Any = None
        key: str | None = None
        expects_key = False
        key_start = key_end = 0
        pointer = ""
        documents = 0
        while True:
            event = next_event()
            kind = event.__class__
            if kind is _Scalar:
                start, end = event.start_mark.index, event.end_mark.index
                value = event.value
                if restored is not None:
                    value = value.translate(restored)
                style = event.style
                if style:
                    # A plain scalar holds no ``#`` that could be taken for a comment's.
                    if style in _BLOCK_STYLES:
                        end = self._block_end(start, end)
                        line_end = self.text.find("\n", start, end)
                        self.spans.append((line_end if line_end >= 0 else end, end))
                    else:
                        self.spans.append((start, end))
                if expects_key:
                    key, key_start, key_end = value, start, end
                    expects_key = False
                    if has_properties:
                        self._reject_properties(event, pointer)
                    if value == "<<" and event.implicit[0]:
                        place = pointers.child(pointer, value)
                        problems.append(Problem("alias", Span(start, end), place, "merge"))
                    continue
                if event.implicit[0]:
                    meant = resolve(value) if value and value[0] in MEANINGFUL else value or None
                    finished = Node(document, start, end, meant, value, True)  # noqa: FBT003 - as there
                    if meant is None and value == "null":
                        document.has_null = True
                else:
                    finished = Node(document, start, end, value, value)
                if has_properties:
                    self._reject_properties(event, _place(pointer, node, key))
            elif kind is _MappingStart or kind is _SequenceStart:
                start = event.start_mark.index
                if len(stack) >= MAX_DEPTH:
                    raise _UnreadableError(Problem("limit", Span(start, start + 1), detail="depth"))
                if expects_key:
                    detail = "template" if self.text[start - 1 : start + 1] == "{{" else "key"
                    raise _UnreadableError(Problem("syntax", Span(start, start + 1), detail=detail))
                place = _place(pointer, node, key)
                if has_properties:
                    self._reject_properties(event, place)
                stack.append((node, pointer, key, key_start, key_end))
                pointer, key = place, None
                if kind is _MappingStart:
                    members, items, data, expects_key = {}, None, {}, True
                    node = Node(document, start, start, data)
                    node.items, node.keys = members, {}
                else:
                    items, data, expects_key = [], [], False
                    node = Node(document, start, start, data)
                    node.items = items
                continue
            elif kind in _CollectionEnd:
                assert node is not None  # noqa: S101 - libyaml balances its events
                finished = node
                end = event.end_mark.index
                if self.text[end - 1 : end] in ("]", "}") and event.start_mark.index < end:
                    finished.end = end
                elif items or (items is None and members):
                    last = items[-1] if items else members[next(reversed(members))]
                    finished.end = max(last.end, finished.start)
                else:
                    finished.end = end
                node, pointer, key, key_start, key_end = stack.pop()
                if node is not None:
                    data = node.data
                    if isinstance(node.items, dict):
                        members, items = node.items, None
                    else:
                        items = node.items
            elif kind is _Alias:
                start, end = event.start_mark.index, event.end_mark.index
                place = _place(pointer, node, key)
                problems.append(Problem("alias", Span(start, end), place, "alias"))
                if expects_key:
                    raise _UnreadableError(Problem("syntax", Span(start, end), detail="key"))
                finished = Node(document, start, end, None)
            elif kind is _DocumentStart:
                documents += 1
                if documents > 1:
                    span = Span(event.start_mark.index, event.end_mark.index)
                    problems.append(Problem("multiple-documents", span))
                    break
                continue
            elif kind is yaml.StreamEndEvent:
                break
            else:
                continue
            # A value is complete: hang it into the collection that is open.
            if node is None:
                self._finish(finished)
            elif items is not None:
                items.append(finished)
                data.append(finished.data)
            else:
                assert key is not None  # noqa: S101
                if key in members:
                    first = node.keys[key]
                    place = pointers.child(pointer, key)
                    problems.append(
                        Problem(
                            "duplicate-key", Span(key_start, key_end), place, key,
                            Span(first[1], first[2]),
                        )
                    )  # fmt: skip
                    document.shadowed.append((place, members.pop(key)))
                members[key] = finished
                node.keys[key] = (document, key_start, key_end)
                data[key] = finished.data
                key, expects_key = None, True

    def _finish(self, root: Node) -> None:
        if isinstance(root.items, dict):
            self.document.root = root
        elif root.items is not None or root.data is not None or root.raw:
            self.document.problems.append(self._no_mapping(root))
            self.document.whole = False

    def _no_mapping(self, root: Node) -> Problem:
        from wakagitops.reading.syntax_fault import colon_of_tight_key  # noqa: PLC0415 - as above

        first = self.text[root.start : root.end].partition("\n")[0]
        colon = colon_of_tight_key(first) if root.plain else -1
        if colon >= 0:
            return Problem("syntax", self._word(root.start + colon), detail="space")
        return Problem("syntax", root.span, detail="mapping")

    def _reject_properties(self, event: Any, pointer: str) -> None:
        """Note an anchor or a tag, which stand between an event's start mark and its value."""
        if event.anchor is None and event.tag is None:
            return
        start = event.start_mark.index
        line_end = self.text.find("\n", start)
        text = self.text[start : line_end if line_end >= 0 else None]
        for kind, sign, present in (
            ("alias", "&", event.anchor is not None),
            ("tag", "!", getattr(event, "tag", None) is not None),
        ):
            at = text.find(sign)
            if present and at >= 0:
                word = text[at:].split()[0].rstrip(",]}")
                span = Span(start + at, start + at + len(word))
                detail = "anchor" if kind == "alias" else ""
                self.document.problems.append(Problem(kind, span, pointer, detail))

    def _block_end(self, start: int, end: int) -> int:
        """Trim a block scalar's end mark, which runs past blank lines and later comments."""
        lines = self.text[start:end].splitlines(keepends=True)
        body = [line for line in lines[1:] if line.strip()]
        indent = len(body[0]) - len(body[0].lstrip(" ")) if body else 0
        while len(lines) > 1:
            line = lines[-1]
            depth = len(line) - len(line.lstrip(" "))
            if line.strip() and depth >= indent:
                break
            lines.pop()
        return start + len("".join(lines).rstrip("\r\n"))


def _place(pointer: str, node: Node | None, key: str | None) -> str:
    """Return the pointer of the value that comes next."""
    if node is None:
        return pointer
    if isinstance(node.items, list):
        return f"{pointer}/{len(node.items)}"
    return pointers.child(pointer, key) if key is not None else pointer


class _UnreadableError(Exception):
    """Something that libyaml allows and settings files may not hold; reading ends there."""

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.problem = problem
