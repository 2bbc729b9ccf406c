"""``wakagitops render``: validate, then write the deployment, all of it or nothing."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import cache

from wakagitops.cli.checking_run import add_flags, no_shop, prepare
from wakagitops.cli.console import Console
from wakagitops.cli.rendered import Run, as_text, members
from wakagitops.cli.reporting import add_report_flags, chosen_format, report_all, show, write_files
from wakagitops.cli.validate import exit_status
from wakagitops.core.digests import bytes_digest, digest
from wakagitops.core.errors import ExitStatus, UsageError
from wakagitops.core.messages import Message, Translator, msg
from wakagitops.core.system_reasons import system_reason
from wakagitops.core.typed import TYPE_CHECKING
from wakagitops.render.manifest import CACHE_BUST
from wakagitops.render.output_place import refuse_unsafe_place
from wakagitops.render.previous import PreviousFile
from wakagitops.render.snapshot import Record
from wakagitops.settings.config import Options
from wakagitops.settings.schema import shipped_annotations
from wakagitops.validate.pipeline import check as check_settings

if TYPE_CHECKING:
    from wakagitops.cli.rendering_run import Renderer

_MAX_PREVIOUS = 1 << 29


def configure(parser: argparse.ArgumentParser, translate: Translator) -> None:
    """Add the command's arguments."""
    parser.epilog = translate(
        msg(
            "examples:\n"
            "  wakagitops render --out dist\n"
            "  wakagitops render --previous applied/cache-bust.json\n"
            "  wakagitops render --check                    fail when dist is stale"
        )
    )
    parser.add_argument(
        "--out",
        metavar="DIR",
        help=translate(msg("the output folder (default: dist, beside wakagitops.toml)")),
    )
    parser.add_argument(
        "--target",
        metavar="NAME",
        nargs="+",
        action="extend",
        help=translate(msg("write and remove only the files of these targets")),
    )
    before = parser.add_mutually_exclusive_group()
    before.add_argument(
        "--previous",
        metavar="[ENVIRONMENT=]FILE",
        action="append",
        default=[],
        help=translate(
            msg("the cache-bust.json of the last applied deployment; once for each environment")
        ),
    )
    before.add_argument(
        "--base",
        metavar="REF",
        help=translate(msg("a git revision whose settings stand for the last applied deployment")),
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help=translate(msg("write nothing; fail when the output folder is stale")),
    )
    add_report_flags(parser, translate)
    add_flags(parser, translate)


def run(arguments: argparse.Namespace, console: Console, options: Options) -> int:
    """Check, render, write, and say what was done and whose caches to empty."""
    out = arguments.out or os.path.relpath(os.path.join(options.base, "dist"))
    refuse_unsafe_place(out, options)
    previous = _previous(arguments.previous, options.layout.environments, out)
    prepared = prepare(arguments, console, options)
    record = Record(prepared.request.work.cache, out, _inputs(arguments, options, previous))

    @cache
    def renderer() -> Renderer:
        # Where nothing changed, neither YAML nor a target is loaded.
        from wakagitops.cli.rendering_run import Renderer  # noqa: PLC0415

        return Renderer(arguments, console, options, out, previous)

    if not record.is_familiar:
        # What is wrong with it is told before anything is checked.
        renderer()
    if not prepared.repository.shops:
        raise no_shop(prepared)
    # On no day at all, nothing has expired, and facts are judged by the day of their data: the same
    # settings give the same deployment tomorrow.
    result = check_settings(prepared.request._replace(today=""))
    deployment = None
    if not exit_status(result, strict=arguments.strict):
        with ExitStack() as stack:
            base = None
            if arguments.base is not None:
                from wakagitops.sources.git import RevisionTree  # noqa: PLC0415 - only --base asks git

                base = stack.enter_context(RevisionTree(options.base, arguments.base))
            state = _state(result.digests, base.state if base is not None else "")
            deployment = record.deployment(state, is_check=arguments.check)
            if deployment is None:
                deployment, result = renderer().run(prepared, result, base, record, state)
    if deployment is None:
        report_all(arguments, console, prepared, result)
        console.note(_why_no_deployment(is_check=arguments.check))
        return exit_status(result, strict=arguments.strict, exit_zero=arguments.exit_zero)

    is_first = arguments.base is None and not previous
    done = Run(deployment, is_check=arguments.check, is_first=is_first)
    is_stale = arguments.check and not done.is_current
    name = chosen_format(arguments, console)
    if "json" in (name, *(other for other, _ in arguments.output)):
        result = result._replace(outcome=members(done))
    if name != "text" or result.diagnostics:
        # Else, to people, what was done says that nothing stood in its way.
        show(arguments, console, prepared, result, sums_up=not is_stale)
    if name != "json":
        # A program that reads standard output finds nothing there but the format that it reads.
        tell = console.show if name == "text" else console.tell_all
        tell(as_text(done, shipped_annotations(), console.translate, console.verbosity))
    write_files(arguments, console, prepared, result)
    return int(ExitStatus.FINDINGS if is_stale else ExitStatus.CLEAN)


def _why_no_deployment(*, is_check: bool) -> Message:
    if is_check:
        return msg("nothing was compared: what is found above comes first")
    return msg("nothing was rendered: what is found above comes first")


def _previous(named: Sequence[str], known: Sequence[str], out: str) -> dict[str, PreviousFile]:
    """Read the files that ``--previous`` names, by environment.

    Raises:
        UsageError: a file cannot be read, or is the one about to be written.
    """
    found: dict[str, PreviousFile] = {}
    for text in named:
        environment, sign, path = text.partition("=")
        if not known:
            environment, path = "", text
        elif not sign or environment not in known:
            message = msg(
                "--previous takes ENVIRONMENT=FILE here, with one of the environments {known}",
                known=", ".join(known),
            )
            raise UsageError(message)
        if environment in found:
            raise UsageError(msg("--previous is given twice for one deployment"))
        about = os.path.join(out, environment, CACHE_BUST)
        if os.path.realpath(path) == os.path.realpath(about) or _is_same_file(path, about):
            message = msg(
                "{path} is about to be written: keep a copy of it when a deployment is applied, and "
                "name the copy with --previous",
                path=path,
            )
            raise UsageError(message)
        found[environment] = PreviousFile(path, _bytes(path))
    return found


def _is_same_file(path: str, other: str) -> bool:
    with suppress(OSError):
        return os.path.samefile(path, other)
    return False


def _bytes(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(_MAX_PREVIOUS)
    except OSError as error:
        message = msg(
            "{path} cannot be read: {reason}. For a first deployment, leave --previous out",
            path=path,
            reason=system_reason(error),
        )
        raise UsageError(message) from error


def _inputs(
    arguments: argparse.Namespace, options: Options, previous: Mapping[str, PreviousFile]
) -> list[str]:
    """Return what tells a deployment from another, but for the tool, its options and the settings."""
    only = arguments.target
    inputs = ["all" if only is None else f"only {' '.join(sorted(set(only)))}"]
    inputs += (f"{name} {bytes_digest(named.data)}" for name, named in sorted(previous.items()))
    for name in options.targets:
        if name in options.team_targets:
            from wakagitops.render.user_targets.definition import read_folder  # noqa: PLC0415 - few teams have one

            inputs.append(read_folder(options.base, options.team_targets[name]).digest)
    return inputs


def _state(digests: Mapping[str, str], base: str) -> str:
    """Return what stands for the settings that were checked, and those of ``--base``."""
    return digest(base, *(f"{path} {digests[path]}" for path in sorted(digests)))
