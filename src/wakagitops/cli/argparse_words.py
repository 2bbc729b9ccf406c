"""argparse in the reader's language: its own sentences, and the names that stand for values."""

from __future__ import annotations

import argparse
from re import Match
from re import compile as regex

from wakagitops.core.messages import Message, Translator, msg

_NAMES = {
    name.text: name
    for name in (
        msg("COMMAND"),
        msg("DATE"),
        msg("DIR"),
        msg("ENVIRONMENT"),
        msg("FILE"),
        msg("FORMAT"),
        msg("NAME"),
        msg("PATH"),
        msg("POINTER"),
        msg("REF"),
        msg("RULE"),
        msg("SHELL"),
    )
}
"""What help texts write where a value goes; ``FORMAT=FILE`` is two of them."""
_NAME = regex("[A-Z]+")


def speak(translate: Translator) -> None:
    """Let argparse say everything in a language.

    It asks two functions of its module for its sentences; gettext's own way to answer them would go
    through the environment of the process.
    """

    def one(text: str) -> str:
        return translate(Message(text))

    def counting(text: str, plural: str, number: int) -> str:
        return translate(Message(text, (), plural, number))

    vars(argparse).update(_=one, ngettext=counting)


def name_values(parser: argparse.ArgumentParser, translate: Translator) -> None:
    """Translate the names that a parser's help texts give to values."""

    def translated(found: Match[str]) -> str:
        return translate(_NAMES.get(found[0], Message(found[0])))

    for action in parser._actions:  # noqa: SLF001 - argparse has no other way to list them
        if isinstance(action.metavar, str):
            action.metavar = _NAME.sub(translated, action.metavar)
