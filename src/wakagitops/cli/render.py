"""``wakagitops render``: validate, then write the deployment, all of it or nothing."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress

from wakagitops.checking.check import check as check_settings
from wakagitops.checking.check import order
from wakagitops.checking.result import CheckResult
from wakagitops.cli.checking_run import WORTH_A_STATUS, Prepared, add_flags, prepare
from wakagitops.cli.console import Console
from wakagitops.cli.rendered import Run, as_text, members
from wakagitops.cli.reporting import add_report_flags, chosen_format, report_all, show, write_files
from wakagitops.cli.validate import exit_status
from wakagitops.core.errors import ExitStatus, NothingToCheckError, UsageError
from wakagitops.core.messages import Translator, counted, msg
from wakagitops.core.suggest import nearest
from wakagitops.core.system_reasons import system_reason
from wakagitops.reading.annotations import Annotations, shipped_annotations
from wakagitops.reading.options import FILE_NAME, Options, parse
from wakagitops.reading.repository import Repository, glob_match
from wakagitops.reading.settings import ShopSettings
from wakagitops.rendering.cache_bust import Previous
from wakagitops.rendering.files import Target
from wakagitops.rendering.manifest import CACHE_BUST
from wakagitops.rendering.previous import BadPreviousError, decode
from wakagitops.rendering.release import applied, environments, releases
from wakagitops.rendering.render import refused
from wakagitops.rendering.selection import selected_targets
from wakagitops.rendering.shops import ShopReader
from wakagitops.rendering.write import check, write

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
    targets = selected_targets(options)
    only = _only(arguments.target, targets)
    out = arguments.out or os.path.relpath(os.path.join(options.base, "dist"))
    _refuse_settings_folder(out, options)
    previous = _previous(arguments.previous, options.layout.environments, out)
    prepared = prepare(arguments, console, options)
    if not prepared.repository.shops:
        root = prepared.shown(options.layout.root)
        raise NothingToCheckError(msg("there is no shop below {root}", root=root))
    # On no day at all, nothing has expired: the same settings give the same deployment tomorrow.
    result = check_settings(prepared.request._replace(today=""))
    failed = exit_status(result, strict=arguments.strict)
    annotations = shipped_annotations()
    shops = len(prepared.repository.shops)
    if shops >= WORTH_A_STATUS:
        console.status(counted("rendering {count} shop", "rendering {count} shops", shops))
    settings: Sequence[ShopSettings] = ()
    if not failed:
        settings, result = _renderable(prepared, result, targets, annotations)
        failed = exit_status(result, strict=arguments.strict)
    if failed:
        report_all(arguments, console, prepared, result)
        console.note(msg("nothing was rendered: what is found above comes first"))
        return exit_status(result, strict=arguments.strict, exit_zero=arguments.exit_zero)

    names = environments(options.layout.environments, settings)
    before = {name: previous.get(name, Previous()) for name in names}
    if arguments.base is not None:
        before = _applied(arguments.base, options, names, targets, annotations)
    wanted = releases(settings, targets, before, annotations, only=only)
    wants = [release.want for release in wanted]
    if arguments.check:
        outcomes = check(out, wants)
    else:
        outcomes = write(
            out, wants, lambda: console.note(msg("waiting for another run in {folder}", folder=out))
        )
    changes = {release.want.environment: release.changes for release in wanted}
    done = Run(
        tuple(outcomes),
        changes,
        is_check=arguments.check,
        is_first=arguments.base is None and not previous,
    )
    result = result._replace(outcome=members(done))
    is_stale = arguments.check and not done.is_current
    name = chosen_format(arguments, console)
    if name != "text" or result.diagnostics:
        # Else, to people, what was done says that nothing stood in its way.
        show(arguments, console, prepared, result, sums_up=not is_stale)
    if name != "json":
        # A program that reads standard output finds nothing there but the format that it reads.
        tell = console.show if name == "text" else console.tell_all
        tell(as_text(done, annotations, console.translate, console.verbosity))
    write_files(arguments, console, prepared, result)
    return int(ExitStatus.FINDINGS if is_stale else ExitStatus.CLEAN)


def _only(named: Sequence[str] | None, targets: Mapping[str, Target]) -> frozenset[str] | None:
    """Return the targets to write.

    Raises:
        UsageError: one of them is not among those that ``wakagitops.toml`` names.
    """
    if named is None:
        return None
    for name in named:
        if name not in targets:
            known = ", ".join(targets)
            meant = nearest(name, targets)
            if meant is not None:
                raise UsageError(
                    msg("there is no target {target}; did you mean {meant}?", target=name, meant=meant)
                )
            raise UsageError(
                msg(
                    "wakagitops.toml names no target {target}; it names: {known}",
                    target=name,
                    known=known,
                )
            )
    return frozenset(named)


def _refuse_settings_folder(out: str, options: Options) -> None:
    """Stop where what is rendered would be read as settings.

    Raises:
        UsageError: the output folder lies among the settings.
    """
    base, root = os.path.realpath(options.base), options.layout.root
    relative = os.path.relpath(os.path.realpath(out), base).replace(os.sep, "/")
    is_below_base = relative != ".." and not relative.startswith("../")
    is_among = is_below_base and (not root or relative == root or relative.startswith(f"{root}/"))
    if is_among and not any(glob_match(pattern, f"{relative}/x") for pattern in options.layout.exclude):
        message = msg(
            "{out} lies among the settings, and would be read as such; choose another folder, or add "
            "it to exclude in wakagitops.toml",
            out=out,
        )
        raise UsageError(message)


def _previous(named: Sequence[str], known: Sequence[str], out: str) -> dict[str, Previous]:
    """Read the states that ``--previous`` names, by environment.

    Raises:
        UsageError: a file is missing or wrong, or is the one about to be written.
    """
    found: dict[str, Previous] = {}
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
        found[environment] = _state(path)
    return found


def _is_same_file(path: str, other: str) -> bool:
    with suppress(OSError):
        return os.path.samefile(path, other)
    return False


def _state(path: str) -> Previous:
    try:
        with open(path, "rb") as file:
            return decode(file.read(_MAX_PREVIOUS))
    except OSError as error:
        message = msg(
            "{path} cannot be read: {reason}. For a first deployment, leave --previous out",
            path=path,
            reason=system_reason(error),
        )
        raise UsageError(message) from error
    except BadPreviousError as error:
        message = msg("{path} is no cache-bust.json of version 1", path=path)
        if error.shop:
            message = msg(
                "{path} is no cache-bust.json of version 1: what it says of {shop} is wrong",
                path=path,
                shop=error.shop,
            )
        raise UsageError(message) from error


def _renderable(
    prepared: Prepared, result: CheckResult, targets: Mapping[str, Target], annotations: Annotations
) -> tuple[list[ShopSettings], CheckResult]:
    """Return the shops' settings, and the result with what cannot be rendered of them."""
    reader = ShopReader(prepared.repository, annotations)
    settings, unfit = reader.read()
    unfit += refused(settings, targets)
    if unfit:
        found = (*result.diagnostics, *reader.diagnostics(unfit))
        result = result._replace(diagnostics=tuple(sorted(found, key=order)))
    return settings, result


def _applied(
    revision: str,
    options: Options,
    names: Sequence[str],
    targets: Mapping[str, Target],
    annotations: Annotations,
) -> dict[str, Previous]:
    """Return the state that the settings of a git revision lead to, by environment.

    Raises:
        UsageError: there is no such revision.
        ToolError: git fails.
    """
    from wakagitops.reading.git import RevisionTree  # noqa: PLC0415 - only --base asks git

    with RevisionTree(options.base, revision) as tree:
        layout = options.layout
        with suppress(FileNotFoundError, UsageError):
            # The revision's own word on where its settings were, if it has one that holds.
            layout = parse(options.base, FILE_NAME, tree.read(FILE_NAME)).layout
        settings, _ = ShopReader(Repository(tree, layout), annotations).read()
    return {name: applied(settings, targets, annotations, name) for name in names}
