"""Reading the ordinary settings file line by line, without a YAML parser.

Block mappings and lists; behind a key or a dash one value on the same line, plain or in quotes, or a
flow mapping or list of such values; and comments. People need no more of YAML for settings. Whatever
else stands on a line ends this at once, and libyaml reads the file: the tests hold both to one result.
Many lines of a fleet stand in many of its files, so what a line holds is remembered.
"""

from __future__ import annotations

from wakagitops.core.patterns import regex
from wakagitops.core.typed import Any
from wakagitops.yaml.document import Document, Node
from wakagitops.yaml.limits import MAX_DEPTH
from wakagitops.yaml.scalars import MEANINGFUL, resolve

_LONGEST = 8 * 1024
"""No file of more characters is ordinary, so that the lines that are remembered take little memory."""
_MOST_LINES = 5_000
_WITHOUT_CONTENT = regex(r"[ ]*(?:#.*)?\Z")
_KEY = r"([A-Za-z_][\w-]{0,63}):"
_QUOTED = r"""("[^"]*"|'[^']*')"""
_LINE = regex(
    rf"[ ]*(?:{_KEY}|-(?=[ ]))"
    rf"(?:[ ]++(?:([\w/][\w.@/+:,'() -]*+)|{_QUOTED}|(\{{[^{{}}\[\]#]+\}}|\[[^{{}}\[\]#]+\]))?)?"
    r"[ ]*+(?:(?<=[ ])#.*)?\Z"
)
"""A key or the dash of an item, and a plain value, one in quotes, a flow mapping or list, or nothing."""
_MEMBER = regex(rf"[ ]*+(?:{_KEY}[ ]++)?(?:([\w/][\w.@/+-]*+)|{_QUOTED})[ ]*+(?:,|\Z)")
"""A member of a flow mapping, or an item of a flow list."""


_Entry = tuple[int, str | None, int, int, Any, str | None, bool]
"""A member of a mapping or an item of a list on one line: its column; its key, None for an item; the
columns between which its value stands, -1 where the lines below are the value; what the value means,
its text, and whether it is plain. Of a flow collection the text is None, and it means its members."""

_known: dict[str, _Entry | None] = {}
"""The lines that were met, None for one without content; a memory that changes no answer."""


class _StrangeError(Exception):
    """There is something in the file that is for libyaml to read."""


def read_ordinary(document: Document) -> bool:
    """Read a file into its document if all in it is ordinary; else the document stays as it is.

    Args:
        document: one whose text has line feeds, no other control characters and no backslash.
    """
    if len(document.source.text) > _LONGEST:
        return False
    scalars: list[tuple[int, int]] = []
    try:
        root = _root(document, scalars)
    except _StrangeError:
        return False
    document.is_ordinary = True
    document.root = root
    document.scalars = scalars
    document.reached = len(document.source.text)
    return True


def _root(document: Document, scalars: list[tuple[int, int]]) -> Node:  # noqa: C901, PLR0912, PLR0915
    """Return a file's top-level mapping, and note the values in quotes: a ``#`` may stand in them."""
    # One flat loop, as for libyaml's events: it runs for every line of a fleet.
    node = root = Node(document, 0, 0, {})
    """The collection that is open, which the lines of one column belong to."""
    items: Any = {}
    values: Any = node.data
    node.items, node.keys = items, {}
    column = -1
    is_list = False
    above: list[tuple[int, Node]] = []
    """The collections around it, each with its column."""
    waiting: str | None = None
    """The key of the open mapping whose value the lines below are."""
    offset = last = 0
    lines = document.source.text.split("\n")
    if lines[0] == "---":
        lines[0] = "   "  # what begins a file where several could be; it says nothing
    for line in lines:
        try:
            entry = _known[line]
        except KeyError:
            entry = _remembered(line)
        if entry is not None:
            at, key, start, end, data, raw, plain = entry
            if waiting is not None:
                is_empty = at < column or (at == column and key is not None)
                if is_empty or len(above) > MAX_DEPTH // 2:
                    raise _StrangeError
                above.append((column, node))
                column, is_list = at, key is None
                node = _collection(document, offset + at, is_list=is_list)
                items[waiting], values[waiting] = node, node.data
                items, values, waiting = node.items, node.data, None
            elif at != column or is_list is not (key is None):
                if column < 0:
                    column, root.start = at, offset + at
                # A list may stand at the column of its key, and the next key there ends it.
                while at < column or (at == column and is_list and key is not None):
                    if not above:
                        raise _StrangeError
                    node.end = last
                    column, node = above.pop()
                    items, values = node.items, node.data
                    is_list = items.__class__ is list
                if at != column or is_list is not (key is None):
                    raise _StrangeError
            if start < 0:
                made = None
            elif raw is None:
                made = _flow_node(document, offset, entry, scalars)
                data = made.data
                last = made.end
            else:
                last = offset + end
                made = Node(document, offset + start, last, data, raw, plain)
                if not plain:
                    scalars.append((offset + start, last))
            if key is not None:
                if key in items:
                    raise _StrangeError
                begin = offset + at
                node.keys[key] = (document, begin, begin + len(key))
                if made is None:
                    waiting = key
                else:
                    items[key] = made
                    values[key] = data
            elif made is None:
                raise _StrangeError
            else:
                items.append(made)
                values.append(data)
        offset += len(line) + 1
    if waiting is not None or not root.items:
        raise _StrangeError
    for _, open_node in (*above, (column, node)):
        open_node.end = last
    return root


def _collection(document: Document, start: int, *, is_list: bool) -> Node:
    if is_list:
        node = Node(document, start, start, [])
        node.items = []
    else:
        node = Node(document, start, start, {})
        node.items, node.keys = {}, {}
    return node


def _flow_node(document: Document, offset: int, entry: _Entry, scalars: list[tuple[int, int]]) -> Node:
    """Return the node of a flow mapping or list on the line that begins at an offset."""
    _, _, start, end, members, _, _ = entry
    node = _collection(document, offset + start, is_list=members[0][1] is None)
    node.end = offset + end
    items: Any = node.items
    for at, key, begin, stop, data, raw, plain in members:
        made = Node(document, offset + begin, offset + stop, data, raw, plain)
        if not plain:
            scalars.append((made.start, made.end))
        if key is None:
            items.append(made)
            node.data.append(data)
        else:
            items[key] = made
            node.data[key] = data
            node.keys[key] = (document, offset + at, offset + at + len(key))
    return node


def _remembered(line: str) -> _Entry | None:
    """Return what a line holds, None for one without content.

    Raises:
        _StrangeError: it holds something that is not ordinary.
    """
    match = _LINE.match(line)
    if match is None:
        if not _WITHOUT_CONTENT.match(line):
            raise _StrangeError
        entry = None
    else:
        key, plain, quoted, flow = match.groups()
        at = match.start(1) if key is not None else line.index("-")
        if plain is not None:
            start = match.start(2)
            plain = plain.rstrip(" ")
            entry = (at, key, start, start + len(plain), _meaning(plain), plain, True)
        elif quoted is not None:
            start, end = match.span(3)
            entry = (at, key, start, end, quoted[1:-1], quoted[1:-1], False)
        elif flow is not None:
            start, end = match.span(4)
            entry = (at, key, start, end, _members(flow, start), None, False)
        else:
            entry = (at, key, -1, -1, None, "", False)
    if len(_known) > _MOST_LINES:
        _known.clear()
    _known[line] = entry
    return entry


def _meaning(plain: str) -> object:
    """Return what a plain value means; null is a word of the cascade's, and a colon may make a key."""
    meant = resolve(plain) if plain[0] in MEANINGFUL else plain
    if meant is None or ": " in plain or plain[-1] == ":":
        raise _StrangeError
    return meant


def _members(flow: str, offset: int) -> tuple[_Entry, ...]:
    """Return the members of a flow mapping or the items of a flow list that begins at a column."""
    members: list[_Entry] = []
    at, length = 1, len(flow) - 1
    while at < length:
        match = _MEMBER.match(flow, at, length)
        if match is None or (match[1] is None) is not (flow[0] == "["):
            raise _StrangeError
        key, plain, quoted = match.groups()
        start, end = match.span(2 if plain is not None else 3)
        text = plain if plain is not None else quoted[1:-1]
        meant = _meaning(text) if plain is not None else text
        key_at = match.start(1) + offset
        members.append((key_at, key, start + offset, end + offset, meant, text, plain is not None))
        at = match.end()
    if len({key for _, key, *_ in members}) < len(members) and flow[0] == "{":
        raise _StrangeError
    return tuple(members)
