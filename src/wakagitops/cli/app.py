"""The entry point: choose the language and the command, run it, turn errors into exit statuses."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module

from wakagitops.cli import env as environment
from wakagitops.cli.commands import called, parse, parsers
from wakagitops.cli.console import Console
from wakagitops.core.errors import ExitStatus, ToolError, UsageError, WakagitopsError
from wakagitops.core.messages import Translator, msg
from wakagitops.core.system_reasons import system_reason
from wakagitops.core.typed import TextIO
from wakagitops.settings.config import LANGUAGES, Options, load
from wakagitops.validate.kept_settings import kept_table

_CONFIG = "WAKAGITOPS_CONFIG"
_COMPLETION = "_ARGCOMPLETE"
"""Set where a shell asks for completions instead of running a command."""
_NEED_NO_OPTIONS = ("schema", "init", "completion", "cache")
"""The commands that a wrong ``wakagitops.toml`` does not concern."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status (SPEC of statuses: ``core.errors``)."""
    if argv is None:
        _name_files_in_utf8()
    arguments = list(sys.argv[1:] if argv is None else argv)
    environ = dict(os.environ)
    console = Console(sys.stdout or _nowhere(), sys.stderr or _nowhere(), environ)
    debug = "--debug" in arguments
    try:
        _require_files()
        if _COMPLETION in environ:
            return _complete(environ)
        return _run(arguments, environ, console)
    except WakagitopsError as error:
        console.error(error)
        return int(error.status)
    except BrokenPipeError:
        # The reader of our output went away, as `head` does.
        console.drop_output()
        return int(ExitStatus.FAILED)
    except OSError as error:
        console.drop_output()
        reason = system_reason(error)
        console.error(ToolError(msg("the system refuses: {reason}", reason=reason)))
        if debug:
            console.frames(error)
        return int(ExitStatus.FAILED)
    except KeyboardInterrupt:
        console.settle()
        return 130
    except Exception as error:  # noqa: BLE001 - the last line of defence; a traceback may hold secrets
        console.crash(error, debug=debug)
        return int(ExitStatus.FAILED)


def _require_files() -> None:
    """Stop where the package lies in a zip file: its rules, templates and schemas are read as files."""
    if not os.path.isfile(__file__):
        raise ToolError(msg("wakagitops cannot run from a zip file; install it with pip, pipx or uv"))


def _nowhere() -> TextIO:
    """Return what takes the text of a stream that the caller closed, as some schedulers do."""
    return open(os.devnull, "w", encoding="utf-8")


def _name_files_in_utf8() -> None:
    """Start again in Python's UTF-8 mode where the locale has another encoding for file names.

    Git and ``wakagitops.toml`` name files in UTF-8, and the same files give the same bytes anywhere.
    """
    if sys.getfilesystemencoding() != "utf-8" and sys.executable:
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606 - our own program


def _run(arguments: list[str], environ: Mapping[str, str], console: Console) -> int:
    options, problem = _early_options(arguments, environ)
    console.translate = Translator(_language(arguments, environ, options))
    if problem is not None:
        environment.name_variable(problem, {_CONFIG: [environ.get(_CONFIG, "")]})
        raise problem
    if environ.get("WAKAGITOPS_LANG") not in (None, "", *LANGUAGES):
        message = msg("WAKAGITOPS_LANG must be one of: {languages}", languages=", ".join(LANGUAGES))
        raise UsageError(message)
    parsed = parse(arguments, console.translate)
    if parsed.command is None:
        console.out(parsers(console.translate, ())[0].format_help())
        return int(ExitStatus.USAGE)
    acting = environment.apply(parsed, arguments, environ)
    console.configure(parsed)
    try:
        if getattr(parsed, "policy_from", None) is not None:
            options = _policy(parsed, console, arguments, environ, options)
        return _call(parsed, console, options)
    except UsageError as error:
        environment.name_variable(error, acting)
        raise


def _complete(environ: Mapping[str, str]) -> int:
    """Answer a shell that asks for completions; argcomplete ends the process."""
    from wakagitops.cli.completion import complete  # noqa: PLC0415 - it imports every command

    options, _ = _early_options([], environ)
    complete(Translator(_language([], environ, options)))
    return int(ExitStatus.CLEAN)


def _call(parsed: argparse.Namespace, console: Console, options: Options) -> int:
    if getattr(parsed, "output", None):
        from wakagitops.cli.report_files import refuse_lossy  # noqa: PLC0415 - few runs write reports

        refuse_lossy(parsed, options)
    command = import_module(f"wakagitops.cli.{parsed.command}")
    gc.freeze()  # what is loaded so far stays
    status: int = command.run(parsed, console, options)
    return status


def _policy(
    parsed: argparse.Namespace,
    console: Console,
    arguments: list[str],
    environ: Mapping[str, str],
    working: Options,
) -> Options:
    """Return the options of ``--policy-from``, choose their language, and note what differs."""
    from wakagitops.cli.policy_source import compare_options, policy_of  # noqa: PLC0415 - asks git

    options = policy_of(parsed.policy_from, parsed.config)
    console.translate = Translator(_language(arguments, environ, options))
    difference = compare_options(options, working)
    if difference is not None:
        console.note(difference)
    return options


def _early_options(
    arguments: list[str], environ: Mapping[str, str]
) -> tuple[Options, UsageError | None]:
    """Read ``wakagitops.toml`` before anything else, since it may choose the language.

    A wrong file is told after the language is known, and ``--help`` works in spite of it.
    """
    named = _value_of("--config", arguments) or environ.get(_CONFIG) or None
    cwd = os.getcwd()
    has_cache = "--no-cache" not in arguments and not environ.get("WAKAGITOPS_NO_CACHE")
    try:
        return load(cwd, named, kept_table if has_cache else None), None
    except UsageError as error:
        no_need = called(arguments) in _NEED_NO_OPTIONS or {"-h", "--help", "--version"} & set(arguments)
        return Options(cwd, lang=error.lang), None if no_need else error


def _language(arguments: list[str], environ: Mapping[str, str], options: Options) -> str:
    """Choose the language: ``--lang``, ``WAKAGITOPS_LANG``, ``wakagitops.toml``, then the locale."""
    for named in (_value_of("--lang", arguments), environ.get("WAKAGITOPS_LANG"), options.lang):
        if named in LANGUAGES:
            return named
    return environment.locale_language(environ)


def _value_of(flag: str, arguments: Sequence[str]) -> str | None:
    for index, argument in enumerate(arguments):
        if argument == flag and index + 1 < len(arguments):
            return arguments[index + 1]
        if argument.startswith(f"{flag}="):
            return argument.partition("=")[2]
    return None
