"""What is wrong with a text that is no TOML, where, and what to write instead."""

from __future__ import annotations

from re import Match

from wakagitops.core.messages import Message, msg
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.patterns import regex

_PLACE = regex(r"\(at line (\d+), column (\d+)\)")
_BARE = regex(r"[A-Za-z0-9_-]+\Z")
_HEADER = regex(r"[ \t]*\[[ \t]*([\w./*?@:+-]+)[ \t]*\]")
_KEY = regex(r"[ \t]*([\w./*?@:+-]+)[ \t]*=")
_WORD = regex(r"([A-Za-z][A-Za-z_./-]*)[ \t]*(?:#.*)?\Z")
"""A value without quotes that can be repeated in an advice: with a digit it may be a password."""
_SECRET_KEY = regex(r"(?i)pass|pwd|clave|contras|secret|token|key|auth|creden")


class TomlFault(NamedTuple):
    """The message, and its place: 1-based."""

    message: Message
    line: int
    column: int


def toml_fault(text: str, problem: str) -> TomlFault:
    """Return what to tell of a text that is no TOML.

    Args:
        text: the whole text.
        problem: what ``tomllib`` says, of which only the place is used.
    """
    place = _PLACE.search(problem)
    if place is None:
        return TomlFault(msg("this is not valid TOML"), text.count("\n") + 1, 1)
    number, column = int(place[1]), int(place[2])
    line = text.split("\n")[number - 1].rstrip("\r")
    header, pair = _HEADER.match(line), _KEY.match(line)
    if header and (quoted := _quoted(header)):
        return _unquoted_key(f"[{quoted}]", number, header)
    if pair and (quoted := _quoted(pair)):
        return _unquoted_key(f"{quoted} = …", number, pair)
    message = msg("this is not valid TOML")
    word = _WORD.match(line, column - 1)
    is_value = line[: column - 1].rstrip().endswith("=")
    is_secret = _SECRET_KEY.search(line[: column - 1]) is not None
    if word and is_value and not is_secret and word[1].lower() not in ("true", "false"):
        message = msg("this is not valid TOML: a text goes in quotes; write {text}", text=f'"{word[1]}"')
    return TomlFault(message, number, column)


def _unquoted_key(text: str, number: int, found: Match[str]) -> TomlFault:
    message = msg(
        "this is not valid TOML: a key with such characters goes in quotes; write {text}", text=text
    )
    return TomlFault(message, number, found.start(1) + 1)


def _quoted(found: Match[str]) -> str:
    """Return a key with the quotes that it needs, after the tables before it; or nothing."""
    tables, key = [], found[1]
    first, dot, rest = key.partition(".")
    while dot and _BARE.match(first):
        tables.append(first)
        key = rest
        first, dot, rest = key.partition(".")
    return "" if not key or _BARE.match(key) else ".".join((*tables, f'"{key}"'))
