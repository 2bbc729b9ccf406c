"""The values of flags, as text: on the command line, and in the variables ``WAKAGITOPS_*``.

Every flag of a command has a variable of its name, which acts where the flag is left out.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from wakagitops.core.errors import UsageError
from wakagitops.core.messages import Message, msg
from wakagitops.reading.options import LANGUAGES

PREFIX = "WAKAGITOPS_"
_COUNTED = ("quiet", "verbose")
"""The flags that are counted, and may be joined: ``-vq``."""

Kind = Callable[[str], Any]
"""Reads a value; raises ValueError for one that does not fit."""

_YES, _NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


class ChoiceError(ValueError):
    """A value is none of those that there are."""

    def __init__(self, choices: Collection[str]) -> None:
        """Keep the values that there are."""
        super().__init__()
        self.choices = choices


def apply(parsed: argparse.Namespace, arguments: Sequence[str], environ: Mapping[str, str]) -> None:
    """Give every flag that was left out the value of its variable; an empty one is as none.

    Raises:
        UsageError: a variable holds what its flag does not take.
    """
    twins: Mapping[str, Kind] = getattr(parsed, "environment_twins", {})
    for name, kind in twins.items():
        variable = f"{PREFIX}{name.upper()}"
        value = environ.get(variable)
        is_given = getattr(parsed, name) > 0 if name in _COUNTED else _is_given(name, arguments)
        if not value or is_given:
            continue
        try:
            setattr(parsed, name, kind(value))
        except ChoiceError as error:
            message = msg(
                "the variable {variable} holds no value that {flag} takes; it takes one of: {choices}",
                variable=variable,
                flag=_flag_of(name),
                choices=", ".join(error.choices),
            )
            raise UsageError(message) from None
        except ValueError:
            message = msg(
                "the variable {variable} holds no value that {flag} takes",
                variable=variable,
                flag=_flag_of(name),
            )
            raise UsageError(message) from None


def locale_language(environ: Mapping[str, str]) -> str:
    """Return the language of the locale, as gettext finds it; English where we do not speak it.

    ``LC_ALL`` goes before ``LC_MESSAGES`` before ``LANG``; outside the C locale, ``LANGUAGE`` may list
    what the reader would rather have, such as ``ca:es``.
    """
    locale = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or "C"
    if locale.partition(".")[0] in ("C", "POSIX"):
        return "en"
    for name in (*environ.get("LANGUAGE", "").split(":"), locale):
        language = name.partition(".")[0].partition("@")[0].partition("_")[0].lower()
        if language in LANGUAGES:
            return language
    return "en"


def _flag_of(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _is_given(name: str, arguments: Sequence[str]) -> bool:
    flag = _flag_of(name)
    return any(argument == flag or argument.startswith(f"{flag}=") for argument in arguments)


def told(kind: Kind, problem: Message) -> Kind:
    """Return an argparse type that says in our words what a flag takes.

    Raises:
        UsageError: by what is returned, for a value that does not fit.
    """

    def read(text: str) -> Any:
        try:
            return kind(text)
        except ValueError:
            raise UsageError(problem) from None

    return read


def flag(text: str) -> bool:
    """Read the variable of a flag that takes no value."""
    if text.lower() in (*_YES, *_NO):
        return text.lower() in _YES
    raise ChoiceError((*_YES, *_NO))


def texts(text: str) -> list[str]:
    """Read the variable of a flag that may be repeated, its values separated by commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


def one_of(choices: Collection[str]) -> Kind:
    """Return the kind that takes one of some words."""

    def read(text: str) -> str:
        if text not in choices:
            raise ChoiceError(choices)
        return text

    return read


def number(text: str) -> int:
    """Read a whole number, 0 or more."""
    value = int(text)
    if value < 0:
        raise ValueError
    return value


def day(text: str) -> str:
    """Read a day, ``YYYY-MM-DD``."""
    import time  # noqa: PLC0415 - only where a day is given

    return time.strftime("%Y-%m-%d", time.strptime(text, "%Y-%m-%d"))
