"""From settings to a deployment on disk: what ``wakagitops render`` does where something changed."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from contextlib import suppress

from wakagitops.checking.check import order
from wakagitops.checking.result import CheckResult
from wakagitops.cli.checking_run import WORTH_A_STATUS, Prepared
from wakagitops.cli.console import Console
from wakagitops.core.errors import ToolError, UsageError
from wakagitops.core.messages import counted, msg
from wakagitops.core.suggest import nearest
from wakagitops.reading.annotations import shipped_annotations
from wakagitops.reading.git import RevisionTree
from wakagitops.reading.options import FILE_NAME, Options, parse
from wakagitops.reading.repository import Repository
from wakagitops.rendering.cache_bust import Previous
from wakagitops.rendering.files import Target
from wakagitops.rendering.previous import BadPreviousError, PreviousFile, decode
from wakagitops.rendering.release import applied, environments, releases
from wakagitops.rendering.render import refused
from wakagitops.rendering.selection import selected_targets
from wakagitops.rendering.shops import ShopReader
from wakagitops.rendering.unchanged import Deployment, Record
from wakagitops.rendering.write import check, write


class Renderer:
    """All that a deployment is made from but the settings, ready to make it."""

    def __init__(
        self,
        arguments: argparse.Namespace,
        console: Console,
        options: Options,
        out: str,
        previous: Mapping[str, PreviousFile],
    ) -> None:
        """Load the targets and understand the state before.

        Raises:
            UsageError: there is no such target, one of a team's own is wrong, or a file of
                ``--previous`` is none.
        """
        self._is_check: bool = arguments.check
        self._console = console
        self._options = options
        self._out = out
        self._annotations = shipped_annotations()
        self._targets = selected_targets(options)
        self._only = _only(arguments.target, self._targets)
        self._previous = {name: _state(named) for name, named in previous.items()}

    def run(
        self,
        prepared: Prepared,
        result: CheckResult,
        base: RevisionTree | None,
        record: Record,
        state: str,
    ) -> tuple[Deployment | None, CheckResult]:
        """Render and write all, or compare it with what lies there, and keep a record of it.

        Args:
            prepared: the settings.
            result: what the check found, which is no error.
            base: the revision that stands for the state before, where one does.
            record: takes the deployment.
            state: what stands for the settings as they were checked.

        Returns:
            What was done, and the result; nothing, and the result with what cannot be rendered.
        """
        out, console = self._out, self._console
        shops = len(prepared.repository.shops)
        if shops >= WORTH_A_STATUS:
            console.status(counted("rendering {count} shop", "rendering {count} shops", shops))
        reader = ShopReader(prepared.repository, self._annotations)
        settings, unfit = reader.read()
        unfit += refused(settings, self._targets)
        if unfit:
            found = (*result.diagnostics, *reader.diagnostics(unfit))
            return None, result._replace(diagnostics=tuple(sorted(found, key=order)))
        names = environments(self._options.layout.environments, settings)
        before = {name: self._previous.get(name, Previous()) for name in names}
        if base is not None:
            before = self._applied(base, names)
        wanted = releases(settings, self._targets, before, self._annotations, only=self._only)
        wants = [release.want for release in wanted]
        since = record.now()
        if self._is_check:
            outcomes = check(out, wants)
        else:
            outcomes = write(
                out,
                wants,
                lambda: console.note(msg("waiting for another run in {folder}", folder=out)),
            )
        flushed = {
            release.want.environment: tuple(change for change in release.changes if change.flush)
            for release in wanted
        }
        done = Deployment(outcomes, flushed, any(release.changes for release in wanted))
        if self._is_as_named(reader, result, record):
            if self._is_check or done.is_settled:
                record.keep(done, state, since)
            else:
                since = record.later()
                with suppress(ToolError):
                    record.keep(done._replace(outcomes=check(out, wants)), state, since)
        return done, result

    def _is_as_named(self, reader: ShopReader, result: CheckResult, record: Record) -> bool:
        """Tell whether what was rendered is what the record will name, and was not changed meanwhile.

        Without a cache the check keeps no digests, and nothing is recorded.
        """
        templates = {target.digest for target in self._targets.values() if target.digest}
        return reader.digests.items() <= result.digests.items() and templates.issubset(record.inputs)

    def _applied(self, tree: RevisionTree, names: Sequence[str]) -> dict[str, Previous]:
        """Return the state that the settings of a git revision lead to, by environment.

        Raises:
            ToolError: git fails.
        """
        layout = self._options.layout
        with suppress(FileNotFoundError, UsageError):
            # The revision's own word on where its settings were, if it has one that holds.
            layout = parse(self._options.base, FILE_NAME, tree.read(FILE_NAME)).layout
        settings, _ = ShopReader(Repository(tree, layout), self._annotations).read()
        return {name: applied(settings, self._targets, self._annotations, name) for name in names}


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


def _state(named: PreviousFile) -> Previous:
    try:
        return decode(named.data)
    except BadPreviousError as error:
        message = msg("{path} is no cache-bust.json of version 1", path=named.path)
        if error.shop:
            message = msg(
                "{path} is no cache-bust.json of version 1: what it says of {shop} is wrong",
                path=named.path,
                shop=error.shop,
            )
        raise UsageError(message) from error
