"""What the tool and the process that runs a team's templates say to each other: JSON, a line each."""

from __future__ import annotations

from enum import Enum
from typing import Any

from wakagitops.core.messages import Message, counted, msg
from wakagitops.core.named_tuple import NamedTuple


class Failure(Enum):
    """What a template did wrong."""

    SYNTAX = "syntax"
    NO_FILTER = "no-filter"
    NO_TEST = "no-test"
    TAG = "tag"
    """It has a tag that there is not, or that nothing before it opens."""
    OPEN = "open"
    """It ends before it closes a tag."""
    CHARACTER = "character"
    MISSING = "missing"
    """It uses a name that there is not."""
    NO_TEMPLATE = "no-template"
    SANDBOX = "sandbox"
    TYPE = "type"
    """It writes a list, a mapping or nothing."""
    KIND = "kind"
    """It does with a value what values of that kind do not take."""
    ZERO = "zero"
    ENDLESS = "endless"
    """It calls itself without end."""
    LARGE = "large"
    ERROR = "error"
    """It failed in another way."""
    MEMORY = "memory"
    TIME = "time"
    SIZE = "size"


class Place(NamedTuple):
    """Where in the templates."""

    template: str = ""
    line: int = 0
    """1-based; 0 where it is not known."""


_SENTENCES = {
    Failure.SYNTAX: msg("this is not valid Jinja2"),
    Failure.NO_FILTER: msg("this is not valid Jinja2: there is no filter {name}"),
    Failure.NO_TEST: msg("this is not valid Jinja2: there is no test {name}"),
    Failure.TAG: msg("this is not valid Jinja2: the tag {name} does not exist, or does not belong here"),
    Failure.OPEN: msg("this is not valid Jinja2: the tag {name} is open where the template ends"),
    Failure.CHARACTER: msg("this is not valid Jinja2: the character {name} does not belong here"),
    Failure.MISSING: msg("there is no {name} here"),
    Failure.NO_TEMPLATE: msg("the target's folder has no template {name}"),
    Failure.SANDBOX: msg("templates may not use {name}"),
    Failure.TYPE: msg("only text and numbers can be written here, no list, mapping, none or true"),
    Failure.KIND: msg("an operation, a filter or a call here does not take a value of this kind"),
    Failure.ZERO: msg("the template divides by zero"),
    Failure.ENDLESS: msg("the template calls itself without end"),
    Failure.LARGE: msg("a number or a range is too large"),
    Failure.ERROR: msg("the template fails with {name}"),
    Failure.MEMORY: msg("the template needs too much memory"),
    Failure.SIZE: msg("the template writes more than {limit} bytes"),
}
"""In our own words: what Jinja2 and Python say is in English."""


def failure_message(failure: Failure, detail: str, limit: int) -> Message:
    """Return what to tell the template's author.

    Args:
        failure: what happened.
        detail: the name that belongs to it.
        limit: the bound that was met: seconds or bytes.
    """
    if failure is Failure.TIME:
        return counted(
            "the template takes longer than {count} second",
            "the template takes longer than {count} seconds",
            limit,
        )
    return _SENTENCES[failure].with_fields(name=detail, limit=limit)


def plain_message(message: Message) -> list[Any]:
    """Return a message as JSON can carry it; its fields are text and numbers."""
    return [message.text, [list(field) for field in message.fields]]


def message_of(plain: list[Any]) -> Message:
    """Return the message that ``plain_message`` took apart."""
    text, fields = plain
    return Message(text, tuple((name, value) for name, value in fields))
