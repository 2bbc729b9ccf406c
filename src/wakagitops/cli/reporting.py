"""Showing a result: in the chosen format on standard output, and in others to files."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable
from importlib import import_module

from wakagitops import __version__
from wakagitops.cli.checking_run import Prepared
from wakagitops.cli.console import Console
from wakagitops.cli.env import ChoiceError, flag, one_of, texts, told
from wakagitops.core.errors import ToolError
from wakagitops.core.messages import Translator, msg
from wakagitops.core.safe_files import refuse_links_of_repository, replace_file
from wakagitops.core.system_reasons import system_reason
from wakagitops.core.visible import Guard
from wakagitops.reports import Presentation, format_names
from wakagitops.validate.result import CheckResult

_STREAMS = {"stdout": 1, "stderr": 2}


def add_report_flags(parser: argparse.ArgumentParser, translate: Translator) -> None:
    """Add the flags that choose formats."""
    formats = ("auto", *format_names())
    wanted = msg(
        "--output takes FORMAT=FILE with one of the formats {formats}", formats=", ".join(formats[1:])
    )
    parser.add_argument(
        "--format",
        choices=formats,
        default="auto",
        help=translate(
            msg("how findings are shown (default: auto, which is github in GitHub Actions, else text)")
        ),
    )
    parser.add_argument(
        "--output",
        metavar="FORMAT=FILE",
        action="append",
        type=told(_output, "--output", wanted),
        default=[],
        help=translate(msg("write the findings to FILE as well, in FORMAT; may be repeated")),
    )
    add_exit_flag(parser, translate)
    parser.set_defaults(
        environment_twins={
            "format": one_of(formats),
            "output": _outputs,
            **parser.get_default("environment_twins"),
        }
    )


def add_exit_flag(parser: argparse.ArgumentParser, translate: Translator) -> None:
    """Add the flag that lets errors pass."""
    parser.add_argument(
        "--exit-zero", action="store_true", help=translate(msg("exit with 0 in spite of errors"))
    )
    parser.set_defaults(
        environment_twins={"exit_zero": flag, **(parser.get_default("environment_twins") or {})}
    )


def chosen_format(arguments: argparse.Namespace, console: Console) -> str:
    """Return the format of standard output."""
    if arguments.format != "auto":
        return str(arguments.format)
    return "github" if console.environ.get("GITHUB_ACTIONS") == "true" else "text"


def report_all(
    arguments: argparse.Namespace, console: Console, prepared: Prepared, result: CheckResult
) -> None:
    """Write every report that was asked for; a file that cannot be written hides no finding.

    Raises:
        ToolError: a file cannot be written.
    """
    show(arguments, console, prepared, result)
    write_files(arguments, console, prepared, result)


def show(
    arguments: argparse.Namespace,
    console: Console,
    prepared: Prepared,
    result: CheckResult,
    *,
    sums_up: bool = True,
) -> None:
    """Write the report on standard output and, in an action of GitHub, the step's summary.

    Args:
        arguments: the parsed flags.
        console: takes the report.
        prepared: what was checked.
        result: what was found.
        sums_up: False where the step fails for something else, so that its summary praises nothing.

    Raises:
        ToolError: the summary cannot be written.
    """
    name = chosen_format(arguments, console)
    presentation = _presentation(console, prepared)
    module = import_module(f"wakagitops.reports.{name}")
    console.show(module.report(result, presentation))
    summary = console.environ.get("GITHUB_STEP_SUMMARY")
    if name == "github" and summary and (sums_up or result.diagnostics):
        _append(summary, guarded(module.summary(result, presentation)))


def write_files(
    arguments: argparse.Namespace, console: Console, prepared: Prepared, result: CheckResult
) -> None:
    """Write the reports that ``--output`` asks for.

    Raises:
        ToolError: a file cannot be written.
    """
    plain = _presentation(console, prepared)._replace(color=False, full=True)
    for name, file in arguments.output:
        write_report(file, guarded(import_module(f"wakagitops.reports.{name}").report(result, plain)))


def guarded(parts: Iterable[str]) -> str:
    """Return a report for a file, which a job may print to its log."""
    guard = Guard()
    return "".join(guard(part, color=False) for part in parts)


def _presentation(console: Console, prepared: Prepared) -> Presentation:
    return Presentation(
        console.translate,
        prepared.shown,
        color=console.has_color(),
        full=console.is_terminal,
        verbosity=console.verbosity,
        version=__version__,
    )


def shows_caches(arguments: argparse.Namespace) -> bool:
    """Tell whether a report that was asked for says which caches to empty."""
    return "html" in (arguments.format, *(name for name, _ in arguments.output))


def _output(text: str) -> tuple[str, str]:
    name, _, file = text.partition("=")
    if name not in format_names() or file in ("", "-"):
        raise ChoiceError([f"{each}=FILE" for each in format_names()])
    return name, file


def _outputs(text: str) -> list[tuple[str, str]]:
    return [_output(part) for part in texts(text)]


def takes_more(path: str) -> bool:
    """Tell whether a path takes text but no other file in its place: a pipe, a device, /dev/stdout."""
    return _stream(path) is not None or (os.path.exists(path) and not os.path.isfile(path))


def _stream(path: str) -> int | None:
    """Return the number of our own open file that a path stands for.

    Such a path may lead to a file that the caller's shell opened, where what else we write goes too.
    """
    folder, name = os.path.split(path)
    if folder == "/dev" and name in _STREAMS:
        return _STREAMS[name]
    return int(name) if folder in ("/dev/fd", "/proc/self/fd") and name.isdecimal() else None


def write_report(path: str, text: str) -> None:
    """Write a report beside its place and rename it, so that nobody reads half of one.

    Raises:
        ToolError: the file cannot be written.
    """
    try:
        if takes_more(path):
            refuse_links_of_repository(path)
            _append(path, text)
            return
        replace_file(path, text.encode("utf-8"))
    except OSError as error:
        raise _unwritable(path, error) from error


def _append(path: str, text: str) -> None:
    stream = _stream(path)
    try:
        with open(
            path if stream is None else os.dup(stream), "a", encoding="utf-8", newline="\n"
        ) as file:
            file.write(text)
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: str, error: OSError) -> ToolError:
    return ToolError(msg("{path} cannot be written: {reason}", path=path, reason=system_reason(error)))
