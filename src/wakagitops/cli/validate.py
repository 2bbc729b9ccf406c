"""``wakagitops validate``: check settings files and report what was found."""

from __future__ import annotations

import argparse

from wakagitops.cli.checking_run import Prepared, add_flags, no_shop, prepare
from wakagitops.cli.console import Console
from wakagitops.cli.known_findings import add_since_flag, add_write_flag, tell_left_out, write_baseline
from wakagitops.cli.reporting import add_report_flags, report_all, shows_caches
from wakagitops.core.diagnostic import Severity
from wakagitops.core.errors import ExitStatus, ToolError
from wakagitops.core.messages import Translator, msg
from wakagitops.settings.config import Options
from wakagitops.validate.pipeline import check
from wakagitops.validate.result import CheckResult


def configure(parser: argparse.ArgumentParser, translate: Translator) -> None:
    """Add the command's arguments."""
    parser.epilog = translate(
        msg(
            "examples:\n"
            "  wakagitops validate                          the whole repository\n"
            "  wakagitops validate configs/imprenta-sol.yaml\n"
            "  wakagitops validate --since origin/main      only what this branch introduces\n"
            "  wakagitops validate --write-baseline baseline.json\n"
            "  wakagitops validate --baseline baseline.json leave out what was found then\n"
            "  wakagitops validate --assume-version 3.28.1  what an upgrade would break or open up\n"
            "  wakagitops validate --output sarif=findings.sarif --output junit=findings.xml"
        )
    )
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="*",
        help=translate(msg("files or folders that findings are wanted of; - reads standard input")),
    )
    parser.add_argument(
        "--stdin-filename",
        metavar="FILE",
        help=translate(msg("the settings file that standard input stands for")),
    )
    add_report_flags(parser, translate)
    add_flags(parser, translate)
    add_since_flag(parser, translate)
    add_write_flag(parser, translate)


def run(arguments: argparse.Namespace, console: Console, options: Options) -> int:
    """Check, report, and return the exit status."""
    prepared = prepare(arguments, console, options, arguments.paths)
    request = prepared.request
    if arguments.write_baseline is not None:
        file = arguments.write_baseline
        request = write_baseline(file, console, options, request, prepared.policy())
    result = check(request._replace(in_part=True))
    if arguments.since is not None and not result.unread and shows_caches(arguments):
        from wakagitops.cli.stale_caches import with_caches  # noqa: PLC0415 - rendering costs start-up

        own_config = arguments.config is None
        result = with_caches(result, prepared, arguments.since, own_config=own_config)
    report_all(arguments, console, prepared, result)
    tell_left_out(arguments, console, request)
    _tell_weakened(console, prepared)
    for message in result.unread:
        console.error(ToolError(message))
    if not prepared.repository.shops:
        raise no_shop(prepared)
    if result.unread:
        return int(ExitStatus.FAILED)
    return exit_status(result, strict=arguments.strict, exit_zero=arguments.exit_zero)


def _tell_weakened(console: Console, prepared: Prepared) -> None:
    """Say in one line which rules ``wakagitops.toml`` switches off, lowers or ignores in some paths."""
    options = prepared.options
    if console.verbosity < 0 or not (
        options.severity or options.select or options.ignore or options.per_path_ignores
    ):
        return
    from wakagitops.rules import load, rule_ids  # noqa: PLC0415 - most repositories weaken nothing
    from wakagitops.validate.weakened import weakened  # noqa: PLC0415

    if options.team_rules:
        active = prepared.policy().rules
        message = weakened(options, tuple(active), lambda rule: active[rule].rule)
    else:
        message = weakened(options, rule_ids(), load)
    if message is not None:
        console.note(message)


def exit_status(result: CheckResult, *, strict: bool, exit_zero: bool = False) -> int:
    """Return what the findings mean for the caller."""
    failing = result.count(Severity.ERROR) + (result.count(Severity.WARNING) if strict else 0)
    return int(ExitStatus.FINDINGS if failing and not exit_zero else ExitStatus.CLEAN)
