"""What the tool and the process that runs a team's templates say to each other: JSON, a line each."""

from __future__ import annotations

from enum import Enum
from typing import Any

from wakagitops.core.messages import Message, counted, msg
from wakagitops.core.named_tuple import NamedTuple


class Failure(Enum):
    """What a template did wrong."""

    SYNTAX = "syntax"
    MISSING = "missing"
    """It uses a name that there is not."""
    NO_TEMPLATE = "no-template"
    SANDBOX = "sandbox"
    TYPE = "type"
    """It writes a list, a mapping or nothing."""
    ERROR = "error"
    """It failed in another way: it divides by zero, it calls itself without end."""
    MEMORY = "memory"
    TIME = "time"
    SIZE = "size"


class Place(NamedTuple):
    """Where in the templates."""

    template: str = ""
    line: int = 0
    """1-based; 0 where it is not known."""


def failure_message(failure: Failure, detail: str, limit: int) -> Message:  # noqa: PLR0911 - one a failure
    """Return what to tell the template's author.

    Args:
        failure: what happened.
        detail: the name or the reason that belongs to it.
        limit: the bound that was met: seconds or bytes.
    """
    match failure:
        case Failure.SYNTAX:
            return msg("this is not valid Jinja2: {reason}", reason=detail)
        case Failure.MISSING:
            return msg("there is no {name} here", name=detail)
        case Failure.NO_TEMPLATE:
            return msg("the target's folder has no template {name}", name=detail)
        case Failure.SANDBOX:
            return msg("templates may not use {name}", name=detail)
        case Failure.TYPE:
            return msg("only text and numbers can be written here, no list, mapping, none or true")
        case Failure.MEMORY:
            return msg("the template needs too much memory")
        case Failure.TIME:
            return counted(
                "the template takes longer than {count} second",
                "the template takes longer than {count} seconds",
                limit,
            )
        case Failure.SIZE:
            return msg("the template writes more than {limit} bytes", limit=limit)
        case Failure.ERROR:
            return msg("the template fails: {reason}", reason=detail)


def plain_message(message: Message) -> list[Any]:
    """Return a message as JSON can carry it; its fields are text and numbers."""
    return [message.text, [list(field) for field in message.fields]]


def message_of(plain: list[Any]) -> Message:
    """Return the message that ``plain_message`` took apart."""
    text, fields = plain
    return Message(text, tuple((name, value) for name, value in fields))
