"""``wakagitops plan``: show what changes between two states, and what that causes."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from importlib import import_module
from tempfile import TemporaryDirectory
from types import ModuleType

from wakagitops import __version__
from wakagitops.cli.checking_run import add_flags, prepare, rules_of
from wakagitops.cli.console import Console
from wakagitops.cli.env import ChoiceError, flag, one_of, texts, told
from wakagitops.cli.known_findings import former_baseline
from wakagitops.cli.reporting import guarded, write_report
from wakagitops.core.diagnostic import Severity
from wakagitops.core.errors import ExitStatus, NothingToCheckError, UsageError
from wakagitops.core.excerpt import Excerpt
from wakagitops.core.messages import Translator, msg
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.source import SourceText
from wakagitops.plan.model import Plan, Revision
from wakagitops.plan.outputs import format_names
from wakagitops.plan.pipeline import Planner, State
from wakagitops.plan.policy_changes import PolicyChange, PolicyState, policy_changes
from wakagitops.plan.revisions import earlier_options, options_of, rendering_of, targets_of
from wakagitops.render.files import Target
from wakagitops.render.target_selection import selected_targets
from wakagitops.reports import Presentation
from wakagitops.reports import format_names as report_names
from wakagitops.settings.config import FILE_NAME, Options, load
from wakagitops.settings.repository import Repository
from wakagitops.settings.schema import shipped_annotations
from wakagitops.sources.git import RevisionTree
from wakagitops.sources.overlay import BorrowedTree
from wakagitops.sources.trees import Tree, WorkingTree
from wakagitops.validate.baseline import Baseline
from wakagitops.validate.baseline import load as load_baseline
from wakagitops.validate.pipeline import check
from wakagitops.validate.result import CheckResult


def configure(parser: argparse.ArgumentParser, translate: Translator) -> None:
    """Add the command's arguments."""
    parser.epilog = translate(
        msg(
            "examples:\n"
            "  wakagitops plan --base origin/main\n"
            "  wakagitops plan --base origin/main --output markdown=comment.md\n"
            "  wakagitops plan --base v1 --head v2 --format json"
        )
    )
    parser.add_argument(
        "--base", metavar="REF", help=translate(msg("the git revision to compare with; always needed"))
    )
    parser.add_argument(
        "--head",
        metavar="REF",
        help=translate(msg("the git revision that is planned (default: the working tree)")),
    )
    parser.add_argument(
        "--allow-mass-change",
        action="store_true",
        help=translate(msg("let the brake go: many shops may change, and shops may be removed")),
    )
    parser.add_argument(
        "--allow-policy-change",
        action="store_true",
        help=translate(msg("let the brake go: the policy may be weakened")),
    )
    formats = format_names()
    wanted = msg(
        "--output takes FORMAT=FILE with one of the formats {formats}", formats=", ".join(formats)
    )
    parser.add_argument(
        "--format",
        choices=formats,
        default="text",
        help=translate(msg("how the plan is shown (default: text)")),
    )
    parser.add_argument(
        "--output",
        metavar="FORMAT=FILE",
        action="append",
        type=told(_output, "--output", wanted),
        default=[],
        help=translate(msg("write the plan to FILE as well, in FORMAT; may be repeated")),
    )
    parser.add_argument(
        "--exit-zero", action="store_true", help=translate(msg("exit with 0 whatever the plan says"))
    )
    parser.set_defaults(
        environment_twins={
            "base": str,
            "head": str,
            "allow_mass_change": flag,
            "allow_policy_change": flag,
            "format": _format,
            "output": _outputs,
            "exit_zero": flag,
        }
    )
    add_flags(parser, translate)


def run(arguments: argparse.Namespace, console: Console, options: Options) -> int:
    """Make the plan, show it, and return the exit status."""
    if arguments.base is None:
        raise UsageError(msg("name the revision to compare with, such as --base origin/main"))
    with ExitStack() as stack:
        base = stack.enter_context(RevisionTree(options.base, arguments.base))
        head = None
        if arguments.head is not None:
            head = stack.enter_context(RevisionTree(options.base, arguments.head))
            if arguments.config is None and not options.revision:
                options = options_of(head, options.base)
        own = options
        if options.revision:
            own = options_of(head, options.base) if head else load(os.getcwd(), arguments.config)
        scratch = stack.enter_context(TemporaryDirectory())
        planned = _Run(arguments, console, options, own, scratch).plan(base, head)
    _show(arguments, console, options, planned)
    failing = planned.new_count(Severity.ERROR)
    if arguments.strict:
        failing += planned.new_count(Severity.WARNING)
    fails = (planned.brake.holds or failing) and not arguments.exit_zero
    return int(ExitStatus.FINDINGS if fails else ExitStatus.CLEAN)


class _Run(NamedTuple):
    """How both sides of the comparison are read, checked and rendered."""

    arguments: argparse.Namespace
    console: Console
    options: Options
    """The policy that judges both states: that of the new one, or of ``--policy-from``."""
    own: Options
    """What the new state's own ``wakagitops.toml`` says, which is compared with the base's."""
    scratch: str

    def plan(self, base: RevisionTree, head: RevisionTree | None) -> Plan:
        """Compare a revision with another one, or with the working tree.

        Raises:
            UsageError: there is no working tree, or a target of the new state is wrong, or fails for
                all shops together.
            NothingToCheckError: neither has any settings file.
        """
        new = head or WorkingTree(self.options.base)
        before = self.options
        if self.arguments.config is None:
            before = earlier_options(base, self.options)
        old = Repository(base if head is not None else BorrowedTree(base, new), before.layout)
        now = Repository(new, self.options.layout)
        if head is None and not now.files and base.is_bare:
            raise UsageError(
                msg(
                    "this repository is bare: there is no working tree to plan; name a revision, such "
                    "as --head main"
                )
            )
        if not (old.shops or now.shops):
            raise NothingToCheckError(
                msg("there is no settings file in {base} nor after it", base=base.revision)
            )
        targets = self._targets(head, self.options)
        rendering = rendering_of(self.options, targets)
        try:
            old_targets = self._targets(base, before)
            old_rendering = rendering_of(before, old_targets)
        except UsageError:
            # What was rendered then is not known: files are compared as if by today's targets.
            old_targets, old_rendering = targets, rendering
        planner = Planner(
            State(old, self._checked(old, base, before), old_targets, old_rendering),
            State(now, self._checked(now, head, self.options), targets, rendering),
            shipped_annotations(),
        )
        return planner.plan(
            Revision(base.revision, base.commit),
            Revision(head.revision, head.commit) if head is not None else None,
            self._policy_changes(base, head),
            allow_mass_change=self.arguments.allow_mass_change,
            allow_policy_change=self.arguments.allow_policy_change,
        )

    def _policy_changes(self, base: RevisionTree, head: RevisionTree | None) -> tuple[PolicyChange, ...]:
        """Compare the policies of both states, each as its own files have it."""
        new = head or WorkingTree(self.own.base)
        name = os.path.basename(self.own.path) or FILE_NAME
        try:
            former = options_of(base, self.own.base, name)
        except UsageError:
            # What was wrong then says nothing, and it is not what is planned.
            return ()
        borrowed = base if head is not None else BorrowedTree(base, new)
        return policy_changes(
            PolicyState(former, Repository(borrowed, former.layout), _baseline(base, former)),
            PolicyState(self.own, Repository(new, self.own.layout), _baseline(new, self.own)),
            rules_of(self.own, allow_code=self.arguments.allow_code),
        )

    def _targets(self, revision: RevisionTree | None, options: Options) -> Mapping[str, Target]:
        if revision is None:
            return selected_targets(options)
        return targets_of(revision, options, os.path.join(self.scratch, revision.commit))

    def _checked(
        self, repository: Repository, revision: RevisionTree | None, own: Options
    ) -> CheckResult:
        """Check one side by the rules of the new one, so that only the settings make a difference."""
        if not repository.files:
            return CheckResult((), (), 0, 0, {}, lambda _: Excerpt(SourceText("")), dict)
        judged = self.options._replace(layout=own.layout)
        if revision is None:
            return check(prepare(self.arguments, self.console, judged, tree=repository.tree).request)
        if not (own.revision and own is self.options):
            judged = judged._replace(baseline="")
        request = prepare(self.arguments, self.console, judged, tree=repository.tree).request
        if request.baseline is None and own.baseline and not self.arguments.no_suppressions:
            request = request._replace(baseline=former_baseline(revision.read, own.baseline))
        work = request.work._replace(state=f"{revision.state} {repository.layout}")
        return check(request._replace(work=work))


def _baseline(tree: Tree, options: Options) -> Baseline | None:
    """Return the baseline that a state's own settings name; None where it has none that can be read."""
    if not options.baseline:
        return None
    if isinstance(tree, WorkingTree):
        with suppress(UsageError):
            return load_baseline(
                os.path.join(tree.base, options.baseline), options.baseline, options.baseline
            )
        return None
    assert isinstance(tree, RevisionTree)  # noqa: S101 - a state is one of the two
    return former_baseline(tree.read, options.baseline)


def _show(arguments: argparse.Namespace, console: Console, options: Options, plan: Plan) -> None:
    """Write the plan in every form that was asked for.

    Raises:
        ToolError: a file cannot be written.
    """
    cwd = os.getcwd()

    def shown(path: str) -> str:
        return os.path.relpath(os.path.join(options.base, path), cwd).replace(os.sep, "/")

    presentation = Presentation(
        console.translate,
        shown,
        color=console.has_color(),
        full=console.is_terminal,
        verbosity=console.verbosity,
        version=__version__,
    )
    console.show(_module(arguments.format).report(plan, presentation))
    plain = presentation._replace(color=False, full=True)
    for name, file in arguments.output:
        write_report(file, guarded(_module(name).report(plan, plain)))


def _module(name: str) -> ModuleType:
    return import_module(f"wakagitops.plan.outputs.{name}")


def _format(text: str) -> str:
    """Read the variable, which other commands read too: a form that only they have is as none.

    Raises:
        ValueError: no command has such a form.
    """
    known = format_names()
    return "text" if text in {"auto", *report_names()}.difference(known) else str(one_of(known)(text))


def _outputs(text: str) -> list[tuple[str, str]]:
    """Read the variable; a file in a form that only other commands have is theirs to write.

    Raises:
        ValueError: no command has such a form.
    """
    others = set(report_names()).difference(format_names())
    return [_output(part) for part in texts(text) if part.partition("=")[0] not in others]


def _output(text: str) -> tuple[str, str]:
    name, _, file = text.partition("=")
    if name not in format_names() or not file:
        raise ChoiceError([f"{each}=FILE" for each in format_names()])
    return name, file
