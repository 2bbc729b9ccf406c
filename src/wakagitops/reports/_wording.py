"""A message in pieces: our own words, and the values in them that come from somebody's files."""

from collections.abc import Callable

from wakagitops.core.messages import Message
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.patterns import regex
from wakagitops.core.visible import Visible, visible

# Values travel through the translator as numbers between two characters for private use.
_OPEN, _CLOSE = "\ue000", "\ue001"
_SPLIT = regex(f"{_OPEN}([0-9]+){_CLOSE}|`([^`]+)`")
# What touches a value belongs to it: the rest of an address, quotes, a file's ending.
_BEFORE = regex(r"[\w@./=\[{\"'“-]+\Z")
_AFTER = regex(r"(?:[\w@/=\]}\"'”-]|\.(?=\w))+")


class Piece(NamedTuple):
    """A stretch of a message."""

    text: str
    value: bool
    """True for a value or a command, which reads best as code; False for our own words."""


def pieces(message: Message, translate: Callable[[Message], str]) -> list[Piece]:
    """Return a message in the reader's language, cut where values begin and end, safe to show."""
    values: list[str] = []
    text = translate(_numbered(message, values))
    found, last = [], 0
    for cut in _SPLIT.finditer(text):
        value = cut[2] or (values[int(cut[1])] if int(cut[1]) < len(values) else "")
        found += [
            Piece(visible(text[last : cut.start()]), value=False),
            Piece(visible(value), value=True),
        ]
        last = cut.end()
    found.append(Piece(visible(text[last:]), value=False))
    return _joined(found)


def _joined(found: list[Piece]) -> list[Piece]:
    """Let each value take in what touches it, and be one with a value that it then touches."""
    joined: list[Piece] = []
    for index, (text, value) in enumerate(found):
        after = None if value or index == 0 else _AFTER.match(text)
        start = after.end() if after is not None else 0
        before = None if value or index + 1 == len(found) else _BEFORE.search(text, start)
        end = before.start() if before is not None else len(text)
        for piece in (
            Piece(text[:start], value=True),
            Piece(text[start:end], value),
            Piece(text[end:], value=True),
        ):
            if piece.text and piece.value and joined and joined[-1].value:
                joined[-1] = Piece(joined[-1].text + piece.text, value=True)
            elif piece.text:
                joined.append(piece)
    return joined


def _numbered(message: Message, values: list[str]) -> Message:
    """Return the message with a number in the place of each textual value, and collect the values."""
    fields: list[tuple[str, object]] = []
    for name, value in message.fields:
        if isinstance(value, Message):
            fields.append((name, _numbered(value, values)))
        elif isinstance(value, str):
            fields.append((name, Visible(f"{_OPEN}{len(values)}{_CLOSE}")))
            values.append(value)
        else:
            fields.append((name, value))
    return message._replace(fields=tuple(fields))
