"""The values of flags, as text: on the command line, and in the variables ``WAKAGITOPS_*``.

Every flag of a command has a variable of its name, which acts where the flag is left out.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress

from wakagitops.core.errors import UsageError
from wakagitops.core.messages import Message, msg
from wakagitops.core.typed import Any
from wakagitops.settings.config import LANGUAGES
from wakagitops.settings.platform_version import is_version

PREFIX = "WAKAGITOPS_"
_COUNTED = ("quiet", "verbose")
"""The flags that are counted, and may be joined: ``-vq``."""

Kind = Callable[[str], Any]
"""Reads a value; raises WrongValueError for one that does not fit."""

_YES, _NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


class WrongValueError(ValueError):
    """A value does not fit where it was given, in a flag or in a variable."""

    def __init__(self, wanted: Message) -> None:
        """Keep what fits: a sentence whose field ``name`` is the flag or the variable."""
        super().__init__(wanted)
        self.wanted = wanted

    def of(self, name: str) -> UsageError:
        """Return the error that tells what a flag or a variable takes."""
        return UsageError(self.wanted.with_fields(name=name))


class ChoiceError(WrongValueError):
    """A value is none of those that there are."""

    def __init__(self, choices: Collection[str]) -> None:
        """Keep the values that there are."""
        super().__init__(msg("{name} takes one of: {choices}", name="", choices=", ".join(choices)))


Acting = Mapping[str, Collection[str]]
"""By variable, the texts that it gives."""


def apply(parsed: argparse.Namespace, arguments: Sequence[str], environ: Mapping[str, str]) -> Acting:
    """Give every flag that was left out the value of its variable; an empty one is as none.

    Returns:
        The variables that act and may be wrong all the same, as a file or a revision may.

    Raises:
        UsageError: a variable holds what its flag does not take.
    """
    acting: dict[str, Collection[str]] = {}
    twins: Mapping[str, Kind] = getattr(parsed, "environment_twins", {})
    for name, kind in twins.items():
        variable = f"{PREFIX}{name.upper()}"
        value = environ.get(variable)
        is_given = getattr(parsed, name) > 0 if name in _COUNTED else _is_given(name, arguments)
        if not value or is_given:
            continue
        try:
            read = kind(value)
        except WrongValueError as error:
            raise error.of(variable) from None
        setattr(parsed, name, read)
        if isinstance(read, (str, list)):
            parts = {value, *texts(value)}
            # A report's file is known by its name, without the format.
            acting[variable] = parts | {part.partition("=")[2] for part in parts}
    return acting


def name_variable(error: UsageError, acting: Acting) -> None:
    """Put the variable before an error that speaks of its value.

    Who runs a command sees its flags; what a variable says was written somewhere else.
    """
    told = [value for _, value in error.message.fields if value and isinstance(value, str)]
    for variable, values in acting.items():
        if any(value in values for value in told):
            error.message = msg("in {variable}: {problem}", variable=variable, problem=error.message)
            return


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


def told(kind: Kind, name: str, wanted: Message | None = None) -> Kind:
    """Return an argparse type that says in our words what a flag takes.

    Args:
        kind: reads the value.
        name: the flag.
        wanted: what it takes, where the kind's own words are too long.

    Raises:
        UsageError: by what is returned, for a value that does not fit.
    """

    def read(text: str) -> Any:
        try:
            return kind(text)
        except WrongValueError as error:
            raise (UsageError(wanted) if wanted is not None else error.of(name)) from None

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
    with suppress(ValueError):
        if (value := int(text)) >= 0:
            return value
    raise WrongValueError(msg("{name} takes a whole number, 0 or more", name=""))


def day(text: str) -> str:
    """Read a day, ``YYYY-MM-DD``."""
    import time  # noqa: PLC0415 - only where a day is given

    with suppress(ValueError):
        return time.strftime("%Y-%m-%d", time.strptime(text, "%Y-%m-%d"))
    raise WrongValueError(msg("{name} takes a day such as 2027-01-31", name=""))


def version(text: str) -> str:
    """Read a version of the platform."""
    if not is_version(text):
        raise WrongValueError(
            msg(
                "{name} takes a platform version such as 3.28.1, not {value}",
                name="",
                value=text,
            )
        )
    return text
