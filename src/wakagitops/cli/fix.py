"""``wakagitops fix``: apply the safe fixes that rules propose."""

from __future__ import annotations

import argparse
import codecs
from collections.abc import Iterator

from wakagitops.cli.checking_run import Prepared, add_flags, no_shop, prepare
from wakagitops.cli.console import Console
from wakagitops.cli.known_findings import add_since_flag
from wakagitops.cli.reporting import add_exit_flag
from wakagitops.core.diagnostic import Severity
from wakagitops.core.errors import ExitStatus
from wakagitops.core.excerpt import Excerpt
from wakagitops.core.messages import Translator, counted, msg
from wakagitops.core.source import SourceText
from wakagitops.core.visible import visible
from wakagitops.secrets import redaction
from wakagitops.settings.config import Options
from wakagitops.settings.repository import Repository
from wakagitops.settings.schema import shipped_annotations
from wakagitops.validate.fixes import Fixed, fix, write
from wakagitops.validate.pipeline import Request
from wakagitops.yaml.parser import read


def configure(parser: argparse.ArgumentParser, translate: Translator) -> None:
    """Add the command's arguments."""
    parser.epilog = translate(
        msg(
            "examples:\n"
            "  wakagitops fix                        mend what can be mended without loss\n"
            "  wakagitops fix --diff                 show the changes and write nothing\n"
            "  wakagitops fix --select yaml configs/imprenta-sol.yaml\n"
            "  wakagitops fix --since origin/main    mend only what this branch introduces\n"
            "\n"
            "It exits with 1 where the files that it may change still hold errors. Where nothing is\n"
            "written, --check exits with 1 for what could be fixed, and --diff with 0."
        )
    )
    parser.add_argument(
        "paths", metavar="PATH", nargs="*", help=translate(msg("files or folders that may be changed"))
    )
    parser.add_argument(
        "--diff", action="store_true", help=translate(msg("show the changes and write nothing"))
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help=translate(msg("write nothing, and exit with 1 where something could be fixed")),
    )
    add_exit_flag(parser, translate)
    add_flags(parser, translate)
    add_since_flag(parser, translate)


def run(arguments: argparse.Namespace, console: Console, options: Options) -> int:
    """Apply the fixes, or show them."""
    prepared = prepare(arguments, console, options, arguments.paths)

    def again(repository: Repository) -> Request:
        work = prepared.request.work._replace(repository=repository)
        return prepared.request._replace(work=work, given=None)

    # Findings are counted over the whole fleet, so that a fix that harms another shop is refused.
    first = prepared.request._replace(given=None)
    outcome = fix(first, again, may_change=prepared.request.given)
    if arguments.diff:
        console.show(_diff(prepared, outcome))
    else:
        console.show(_told(prepared, outcome, console.translate))
    dry = arguments.diff or arguments.check
    if not dry:
        for path, data in outcome.files.items():
            write(options.base, path, prepared.repository.tree.read(path), data)
    _sum_up(console, outcome, dry=dry)
    if not prepared.repository.shops:
        raise no_shop(prepared)
    # A question for what could be mended is answered by that; a run that mends, by what it leaves.
    fails = arguments.check and outcome.files if dry else _failing(outcome, strict=arguments.strict)
    return int(ExitStatus.FINDINGS if fails and not arguments.exit_zero else ExitStatus.CLEAN)


def _failing(outcome: Fixed, *, strict: bool) -> bool:
    """Tell whether what is left fails a run, as it would one of ``validate``."""
    failing = (Severity.ERROR, Severity.WARNING) if strict else (Severity.ERROR,)
    return any(item.severity in failing for item in outcome.left)


def _told(prepared: Prepared, outcome: Fixed, translate: Translator) -> Iterator[str]:
    """Yield what is changed, a line for each fix."""
    for item in outcome.applied:
        place = f"{prepared.shown(item.path)}:{item.line + 1}"
        line = msg("{place}: {fix} [{rule}]", place=place, fix=item.fix.description, rule=item.rule)
        yield f"{translate(line)}\n"


def _sum_up(console: Console, outcome: Fixed, *, dry: bool) -> None:
    count, files = len(outcome.applied), len(outcome.files)
    where = counted("{count} file", "{count} files", files)
    if dry:
        message = counted(
            "would fix {count} finding in {files}",
            "would fix {count} findings in {files}",
            count,
            files=where,
        )
    else:
        message = counted(
            "fixed {count} finding in {files}", "fixed {count} findings in {files}", count, files=where
        )
    console.note(message)
    if outcome.left:
        console.note(
            counted(
                "{count} finding is left for you; `wakagitops validate` shows it",
                "{count} findings are left for you; `wakagitops validate` shows them",
                len(outcome.left),
            )
        )


def _diff(prepared: Prepared, outcome: Fixed) -> Iterator[str]:
    """Yield the changes as a unified diff, secrets masked."""
    import difflib  # noqa: PLC0415 - only this flag needs it

    for path, data in sorted(outcome.files.items()):
        shown = visible(prepared.shown(path))
        before = _lines(path, prepared.repository.tree.read(path))
        after = _lines(path, data)
        for line in difflib.unified_diff(before, after, f"a/{shown}", f"b/{shown}", lineterm=""):
            yield f"{line}\n"


def _lines(path: str, data: bytes) -> list[str]:
    document = read(path, data)
    excerpt = Excerpt(document.source, redaction.masks(document, shipped_annotations()))
    lines = [
        f"{visible(excerpt.line(number))}{_mark(document.source, number)}"
        for number in range(excerpt.line_count)
    ]
    if lines and not lines[-1]:
        lines.pop()
    if lines and data.startswith(codecs.BOM_UTF8):
        lines[0] = rf"\ufeff{lines[0]}"
    return lines


def _mark(source: SourceText, number: int) -> str:
    """Return what shows a carriage return at a line's end, which a terminal would not."""
    start = source.line_start(number) + len(source.line(number))
    return r"\r" if source.text[start : start + 1] == "\r" else ""
