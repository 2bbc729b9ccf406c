"""Reading a settings file by libyaml: one pass over its events, bounded, with exact places.

libyaml's own composer dies on deep nesting and resolves types as YAML 1.1 does; so this reads its
events, stops at the depth limit, and resolves plain scalars by YAML 1.2's core schema.
"""

from __future__ import annotations

from collections.abc import Callable

import yaml
from yaml._yaml import CParser

from wakagitops.core import pointer as pointers
from wakagitops.core.source import Span
from wakagitops.core.typed import Any
from wakagitops.yaml.document import Document, Node, Problem
from wakagitops.yaml.limits import MAX_DEPTH
from wakagitops.yaml.scalars import MEANINGFUL, resolve

_BLOCK_STYLES = ("|", ">")

_MappingStart = yaml.MappingStartEvent
_Scalar = yaml.ScalarEvent
_SequenceStart = yaml.SequenceStartEvent
_CollectionEnd = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
_DocumentStart = yaml.DocumentStartEvent
_Alias = yaml.AliasEvent


class EventReader:
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
            from wakagitops.yaml.syntax_errors import fault_of  # noqa: PLC0415 - sound files need it not

            mark: Any = error.problem_mark or error.context_mark
            reached = min(mark.index, len(self.text)) if mark else 0
            detail, place = fault_of(error, self.text)
            kind = "limit" if detail == "depth" else "syntax"
            document.fail(Problem(kind, self._word(place), detail=detail))
        except yaml.reader.ReaderError as error:
            reached = min(int(error.position), len(self.text))
            document.fail(Problem("syntax", Span(reached, reached + 1)))
        except _UnreadableError as error:
            reached = error.problem.span.start
            document.fail(error.problem)
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
                        items, expects_key = node.items, False
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
        from wakagitops.yaml.syntax_errors import colon_of_tight_key  # noqa: PLC0415 - as above

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
