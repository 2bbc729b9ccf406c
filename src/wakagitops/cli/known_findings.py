"""What a run leaves out because it is known: a baseline's findings, and those of a git revision."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from contextlib import suppress

from wakagitops.cli.console import Console
from wakagitops.core.errors import UsageError
from wakagitops.core.messages import Translator, counted, msg
from wakagitops.core.typed import TYPE_CHECKING
from wakagitops.settings.config import FILE_NAME, Options, parse
from wakagitops.settings.repository import Layout, Repository
from wakagitops.validate.pipeline import Request, check
from wakagitops.validate.policy import Policy

if TYPE_CHECKING:
    from wakagitops.validate.baseline import Baseline
    from wakagitops.validate.since import Since

_ANY_SIZE = 1 << 31


def add_since_flag(parser: argparse.ArgumentParser, translate: Translator) -> None:
    """Add ``--since``, after ``checking_run.add_flags``."""
    parser.add_argument(
        "--since",
        metavar="REF",
        help=translate(msg("report only findings that are new against a git revision")),
    )
    twins = parser.get_default("environment_twins") or {}
    parser.set_defaults(environment_twins={**twins, "since": str})


def add_write_flag(parser: argparse.ArgumentParser, translate: Translator) -> None:
    """Add ``--write-baseline``."""
    parser.add_argument(
        "--write-baseline",
        metavar="FILE",
        help=translate(msg("write all findings to FILE, a baseline that later runs leave out")),
    )


def with_known(
    arguments: argparse.Namespace, console: Console, options: Options, request: Request
) -> Request:
    """Return a request that leaves out what the arguments say is known.

    Raises:
        UsageError: the baseline is wrong, git knows no such revision, or flags exclude each other.
        ToolError: git fails.
    """
    if getattr(arguments, "write_baseline", None) is not None:
        _refuse_partial(arguments)
    else:
        request = request._replace(baseline=_baseline(arguments, console, options))
    if getattr(arguments, "since", None) is not None:
        request = request._replace(since=_since(arguments.since, options, request))
    return request


def _refuse_partial(arguments: argparse.Namespace) -> None:
    """Stop where a baseline would not list all that a plain run finds."""
    for given, name in (
        (arguments.paths, "PATH"),
        (arguments.since, "--since"),
        (arguments.no_suppressions, "--no-suppressions"),
    ):
        if given:
            raise UsageError(
                msg(
                    "--write-baseline lists the findings of the whole repository: leave {flag} out",
                    flag=name,
                )
            )


def _baseline(arguments: argparse.Namespace, console: Console, options: Options) -> Baseline | None:
    """Read the baseline that ``--baseline`` or ``wakagitops.toml`` names."""
    if arguments.no_suppressions:
        return None
    if arguments.baseline:
        full = os.path.abspath(arguments.baseline)
    elif options.baseline:
        full = os.path.join(options.base, options.baseline)
    else:
        return None
    from wakagitops.validate import baseline as baselines  # noqa: PLC0415 - most runs have none

    if options.revision:
        from wakagitops.cli.policy_source import (  # noqa: PLC0415 - only --policy-from asks git
            baseline_of,
            compare_baseline,
        )

        used = baseline_of(options, full)
        if used is not None:
            difference = compare_baseline(used, full, options)
            if difference is not None:
                console.note(difference)
            return used
    return baselines.load(full, os.path.relpath(full), _below_base(full, options))


def _below_base(full: str, options: Options) -> str:
    return os.path.relpath(full, options.base).replace(os.sep, "/")


def _since(revision: str, options: Options, request: Request) -> Since:
    """Prepare the check of a git revision, by the same policy and the same day."""
    from wakagitops.sources.git import RevisionTree  # noqa: PLC0415
    from wakagitops.sources.overlay import BorrowedTree  # noqa: PLC0415 - only --since asks git
    from wakagitops.validate.since import Since  # noqa: PLC0415 - as the next

    tree = RevisionTree(options.base, revision)
    with tree:
        borrowed = BorrowedTree(tree, request.work.repository.tree)
        repository = Repository(borrowed, _former_layout(tree.read, options))
        baseline = former_baseline(tree.read, request.baseline.path) if request.baseline else None
    work = request.work._replace(repository=repository, state=f"{tree.state} {repository.layout}")
    former = request._replace(work=work, given=None, baseline=baseline)
    return Since(repository, lambda: check(former), tree)


def _former_layout(read: Callable[[str], bytes], options: Options) -> Layout:
    """Return where a revision kept its settings, by its own word; shops are named as they are now."""
    name = os.path.basename(options.path) or FILE_NAME
    try:
        layout = parse(options.base, name, read(name)).layout
    except FileNotFoundError:
        layout = Layout()
    except UsageError:
        # What cannot be read says nothing, and the revision is not what is checked.
        layout = options.layout
    return layout._replace(environments=options.layout.environments)


def former_baseline(read: Callable[[str, int], bytes], path: str) -> Baseline | None:
    """Return a baseline as it was: taking an entry out of it introduces its finding.

    Args:
        read: reads a file of the older state, so many bytes of it at most.
        path: the baseline, relative to the repository's base, with ``/``.

    Raises:
        ToolError: it cannot be read.
    """
    from wakagitops.validate import baseline as baselines  # noqa: PLC0415 - most runs have none

    with suppress(FileNotFoundError, UsageError):
        return baselines.parse(read(path, _ANY_SIZE), path, path)
    return None


def write_baseline(
    file: str, console: Console, options: Options, request: Request, policy: Policy
) -> Request:
    """List all that is found in a baseline file; return the request that leaves it out.

    Raises:
        UsageError: there is a file already, and it is no baseline.
        ToolError: the file cannot be written.
    """
    from wakagitops.validate import baseline as baselines  # noqa: PLC0415 - most runs have none

    full = os.path.abspath(file)
    path = _below_base(full, options)
    old = baselines.load(full, file, path) if os.path.lexists(full) else None
    listed = [item for item in check(request).diagnostics if policy.rules[item.rule].rule.suppressible]
    entries = baselines.rewritten(
        listed, old, lambda rule: rule not in policy.rules or policy.rules[rule].reported
    )
    text = baselines.encoded(entries)
    baselines.write(full, file, text)
    console.note(
        counted("{path} lists {count} finding", "{path} lists {count} findings", len(entries), path=file)
    )
    return request._replace(baseline=baselines.parse(text.encode(), file, path))


def tell_left_out(arguments: argparse.Namespace, console: Console, request: Request) -> None:
    """Say how much is not shown because the revision has it too."""
    if request.since is not None and request.since.left_out:
        console.note(
            counted(
                "{count} finding is not new since {revision}, and is not shown",
                "{count} findings are not new since {revision}, and are not shown",
                request.since.left_out,
                revision=arguments.since,
            )
        )
