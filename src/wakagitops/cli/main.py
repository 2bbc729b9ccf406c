"""The entry point: choose the language and the command, run it, turn errors into exit statuses."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, NoReturn

from wakagitops import __version__
from wakagitops.cli.console import Console
from wakagitops.core.errors import ExitStatus, UsageError, WakagitopsError
from wakagitops.core.messages import Translator, msg
from wakagitops.reading.options import LANGUAGES, Options, load

COMMANDS = {
    "validate": msg("check settings files"),
    "fix": msg("apply safe fixes, keeping comments and layout"),
    "render": msg("validate, then write the deployment"),
    "plan": msg("show what a change does to the shops, and what that causes"),
    "explain": msg("show a rule's page, or where a value comes from"),
    "rules": msg("list the rules"),
    "schema": msg("print a JSON Schema"),
    "init": msg("start a new settings repository"),
    "completion": msg("print the completion script of a shell"),
}
"""The commands, each a module of this package with ``configure`` and ``run``."""


class _Parser(argparse.ArgumentParser):
    """A parser whose errors go the way of all other errors."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(msg("{problem}\nTry `{program} --help`.", problem=message, program=self.prog))


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status (SPEC of statuses: ``core.errors``)."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    environ = dict(os.environ)
    console = Console(sys.stdout, sys.stderr, environ)
    debug = "--debug" in arguments
    try:
        return _run(arguments, environ, console)
    except WakagitopsError as error:
        console.error(error)
        return int(error.status)
    except BrokenPipeError:
        # The reader of our output went away, as `head` does; Python must not complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(ExitStatus.FAILED)
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 - the last line of defence; a traceback may hold secrets
        console.crash(error, debug=debug)
        return int(ExitStatus.FAILED)


def _run(arguments: list[str], environ: Mapping[str, str], console: Console) -> int:
    options, problem = _early_options(arguments)
    console.translate = Translator(_language(arguments, environ, options))
    if console.translate.language != "en":
        _translate_argparse()
    if problem is not None:
        raise problem
    parser = _parser(arguments, console.translate)
    parsed = parser.parse_args(arguments)
    if parsed.command is None:
        console.out(parser.format_help())
        return int(ExitStatus.USAGE)
    apply_environment(parsed, arguments, environ)
    console.configure(parsed)
    status: int = import_module(f"wakagitops.cli.{parsed.command}").run(parsed, console, options)
    return status


def _early_options(arguments: list[str]) -> tuple[Options, UsageError | None]:
    """Read ``wakagitops.toml`` before anything else, since it may choose the language.

    A wrong file is told after the language is known, and ``--help`` works in spite of it.
    """
    named = _value_of("--config", arguments) or os.environ.get("WAKAGITOPS_CONFIG")
    cwd = os.getcwd()
    try:
        return load(cwd, named), None
    except UsageError as error:
        no_need = {"-h", "--help", "--version", "rules", "schema", "completion"} & set(arguments)
        return Options(cwd), None if no_need else error


def _language(arguments: list[str], environ: Mapping[str, str], options: Options) -> str:
    """Choose the language: ``--lang``, ``WAKAGITOPS_LANG``, ``wakagitops.toml``, then the locale."""
    for named in (_value_of("--lang", arguments), environ.get("WAKAGITOPS_LANG"), options.lang):
        if named in LANGUAGES:
            return named
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environ.get(variable):
            return "es" if environ[variable].lower().startswith("es") else "en"
    return "en"


def _value_of(flag: str, arguments: Sequence[str]) -> str | None:
    for index, argument in enumerate(arguments):
        if argument == flag and index + 1 < len(arguments):
            return arguments[index + 1]
        if argument.startswith(f"{flag}="):
            return argument.partition("=")[2]
    return None


def _translate_argparse() -> None:
    """Let argparse's own words come from our catalogue."""
    import gettext  # noqa: PLC0415 - English needs none
    from pathlib import Path  # noqa: PLC0415

    gettext.bindtextdomain("wakagitops", str(Path(__file__).parent.parent / "locale"))
    gettext.textdomain("wakagitops")
    os.environ.setdefault("LANGUAGE", "es")


def _parser(arguments: Sequence[str], translate: Translator) -> argparse.ArgumentParser:
    """Build the parser; only the command that is called is configured and imported."""
    parser = _Parser(
        prog="wakagitops",
        description=translate(
            msg("Validate and render the mail settings of Wakaprint shops kept in git.")
        ),
        epilog=translate(
            msg(
                "Exit status: 0 no errors; 1 errors; 2 wrong usage; 3 nothing to check; "
                "4 could not finish."
            )
        ),
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"wakagitops {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    called = next((argument for argument in arguments if not argument.startswith("-")), None)
    for name, summary in COMMANDS.items():
        text = translate(summary)
        sub = commands.add_parser(
            name,
            help=text,
            description=text[:1].upper() + text[1:] + ".",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        if name == called:
            import_module(f"wakagitops.cli.{name}").configure(sub, translate)
    return parser


def apply_environment(
    parsed: argparse.Namespace, arguments: Sequence[str], environ: Mapping[str, str]
) -> None:
    """Give every flag that was left out the value of its ``WAKAGITOPS_*`` twin.

    Raises:
        UsageError: a variable holds what its flag does not take.
    """
    flags: Mapping[str, Any] = getattr(parsed, "environment_twins", {})
    for name, kind in flags.items():
        value = environ.get(f"WAKAGITOPS_{name.upper()}")
        flag = f"--{name.replace('_', '-')}"
        if value is None or any(a == flag or a.startswith(f"{flag}=") for a in arguments):
            continue
        try:
            setattr(parsed, name, kind(value))
        except (ValueError, argparse.ArgumentTypeError):
            message = msg("the variable {name} has a wrong value", name=f"WAKAGITOPS_{name.upper()}")
            raise UsageError(message) from None
