"""The commands and their parsers; only what a run asks for is imported."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Mapping, Sequence
from importlib import import_module

from wakagitops import __version__
from wakagitops.cli.argparse_words import HelpFormatter, name_values, speak
from wakagitops.core.errors import UsageError
from wakagitops.core.messages import Translator, msg
from wakagitops.core.suggest import nearest
from wakagitops.core.typed import NoReturn
from wakagitops.settings.config import LANGUAGES

COMMANDS = {
    "validate": msg("check settings files"),
    "fix": msg("apply safe fixes, keeping comments and layout"),
    "render": msg("validate, then write the deployment"),
    "plan": msg("show what a change does to the shops, and what that causes"),
    "explain": msg("show a rule's page, or where a value comes from"),
    "rules": msg("list the rules"),
    "schema": msg("print a JSON Schema"),
    "cache": msg("show or empty the cache, which lies outside the repository"),
    "init": msg("start a new settings repository"),
    "completion": msg("print the completion script of a shell"),
}
"""The commands, each a module of this package with ``configure`` and ``run``."""


_BEFORE_THE_COMMAND = ("-h", "--help", "--version", "--lang")


class Parser(argparse.ArgumentParser):
    """A parser whose errors go the way of all other errors."""

    def error(self, message: str) -> NoReturn:
        """Stop with what argparse found.

        Raises:
            UsageError: always.
        """
        raise UsageError(msg("{problem}\nTry `{program} --help`.", problem=message, program=self.prog))


def called(arguments: Sequence[str]) -> str:
    """Return the command that a command line calls, known or not; empty where there is none."""
    before = ""
    for argument in arguments:
        if not argument.startswith("-") and before != "--lang":
            return argument
        before = argument
    return ""


def parse(arguments: Sequence[str], translate: Translator) -> argparse.Namespace:
    """Parse a command line; ``command`` is None where it calls none.

    Raises:
        UsageError: a command, a flag or a value does not exist, with the one that was probably meant.
    """
    name = called(arguments)
    first = arguments[0].partition("=")[0] if arguments else ""
    if first.startswith("-") and first not in _BEFORE_THE_COMMAND:
        name = next((argument for argument in arguments if argument in COMMANDS), "")
        _refuse(first, name, parsers(translate, [name] if name else [])[1].get(name))
    if name and name not in COMMANDS:
        meant = nearest(name, COMMANDS)
        if meant:
            raise UsageError(
                msg("there is no command {command}; did you mean {meant}?", command=name, meant=meant)
            )
        known = ", ".join(COMMANDS)
        raise UsageError(
            msg("there is no command {command}; there are: {known}", command=name, known=known)
        )
    is_alone = name and not {"-h", "--help"}.intersection(arguments[: arguments.index(name)])
    parser, subparsers = parsers(translate, [name] if is_alone else [])
    namespace, unknown = parser.parse_known_args(list(arguments))
    if unknown:
        _refuse(unknown[0], name, subparsers.get(name))
    return namespace


def _refuse(argument: str, command: str, parser: argparse.ArgumentParser | None) -> NoReturn:
    """Stop because of an argument that no parser takes."""
    program = f"wakagitops {command}".rstrip()
    if not argument.startswith("-"):
        message = msg(
            "{argument} is one argument too many\nTry `{program} --help`.",
            argument=argument,
            program=program,
        )
        raise UsageError(message)
    flag = argument.partition("=")[0]
    known = flags(parser) if parser else _BEFORE_THE_COMMAND[1:]
    if parser and flag in parser._option_string_actions:  # noqa: SLF001 - as in flags()
        raise UsageError(
            msg("{flag} goes after the command: {program} {flag}", flag=flag, program=program)
        )
    meant = nearest(flag, known)
    if meant:
        raise UsageError(msg("there is no flag {flag}; did you mean {meant}?", flag=flag, meant=meant))
    message = msg("there is no flag {flag}\nTry `{program} --help`.", flag=flag, program=program)
    raise UsageError(message)


def flags(parser: argparse.ArgumentParser) -> list[str]:
    """Return the long flags of a parser, in its order."""
    return [
        name
        for action in parser._actions  # noqa: SLF001 - argparse has no other way to list them
        for name in action.option_strings
        if name.startswith("--")
    ]


def parsers(
    translate: Translator, configured: Collection[str]
) -> tuple[argparse.ArgumentParser, Mapping[str, argparse.ArgumentParser]]:
    """Return the parser of whole command lines and those of its commands, by name.

    Args:
        translate: the language of the help texts.
        configured: the commands whose modules are imported for their arguments. Where there are none,
            all commands are listed.
    """
    speak(translate)
    parser = Parser(
        prog="wakagitops",
        description=translate(
            msg("Validate and render the mail settings of Wakaprint shops kept in git.")
        ),
        epilog=translate(
            msg(
                "examples:\n"
                "  wakagitops init my-shops      start a repository\n"
                "  wakagitops validate           check it\n"
                "\n"
                "Exit status: 0 no errors; 1 errors; 2 wrong usage; 3 nothing to check;\n"
                "4 could not finish."
            )
        ),
        formatter_class=HelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"wakagitops {__version__}",
        help=translate(msg("show program's version number and exit")),
    )
    parser.add_argument("--lang", choices=LANGUAGES, help=translate(msg("the language of messages")))
    # Told the program's name, argparse formats no usage to find it.
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", parser_class=Parser, prog="wakagitops"
    )
    found = {}
    for name in configured or COMMANDS:
        text = translate(COMMANDS[name])
        found[name] = commands.add_parser(
            name,
            help=text,
            description=text[:1].upper() + text[1:] + ".",
            formatter_class=HelpFormatter,
            allow_abbrev=False,
        )
        if name in configured:
            import_module(f"wakagitops.cli.{name}").configure(found[name], translate)
            name_values(found[name], translate)
    name_values(parser, translate)
    return parser, found
