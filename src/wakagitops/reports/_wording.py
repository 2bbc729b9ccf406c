"""A message in pieces: our own words, and the values in them that come from somebody's files."""

from __future__ import annotations

from collections.abc import Callable
from re import compile as regex
from typing import NamedTuple

from wakagitops.core.messages import Message
from wakagitops.reports._visible import visible

# Values travel through the translator as numbers between two characters for private use.
_OPEN, _CLOSE = "\ue000", "\ue001"
_SPLIT = regex(f"{_OPEN}([0-9]+){_CLOSE}|`([^`]+)`")


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
    return [piece for piece in found if piece.text]


def _numbered(message: Message, values: list[str]) -> Message:
    """Return the message with a number in the place of each textual value, and collect the values."""
    fields: list[tuple[str, object]] = []
    for name, value in message.fields:
        if isinstance(value, Message):
            fields.append((name, _numbered(value, values)))
        elif isinstance(value, str):
            fields.append((name, f"{_OPEN}{len(values)}{_CLOSE}"))
            values.append(value)
        else:
            fields.append((name, value))
    return message._replace(fields=tuple(fields))
