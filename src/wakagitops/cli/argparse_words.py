"""argparse in the reader's language: its own sentences, and the names that stand for values."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import suppress
from functools import cache
from re import Match

from wakagitops.core.messages import Message, Translator, msg
from wakagitops.core.patterns import regex

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


class HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """Argparse's formatter, of which it makes one for every argument, at little cost."""

    def __init__(self, prog: str) -> None:
        """Ask once for the terminal's width, and not through a module that loads archivers."""
        super().__init__(prog, width=columns() - 2)


@cache
def columns() -> int:
    """Return the terminal's width as the variable COLUMNS or the terminal says, else 80."""
    with suppress(KeyError, ValueError):
        if (told := int(os.environ["COLUMNS"])) > 0:
            return told
    with suppress(AttributeError, ValueError, OSError):
        if sys.__stdout__ is not None and (
            told := os.get_terminal_size(sys.__stdout__.fileno()).columns
        ):
            return told
    return 80


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
