"""From settings to a deployment on disk: what ``wakagitops render`` does where something changed."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress

from wakagitops.cli.checking_run import WORTH_A_STATUS, Prepared
from wakagitops.cli.console import Console
from wakagitops.core.digests import bytes_digest
from wakagitops.core.errors import ToolError, UsageError
from wakagitops.core.messages import counted, msg
from wakagitops.core.suggest import nearest
from wakagitops.render.cache_bust import Previous
from wakagitops.render.files import RenderedFile, Target
from wakagitops.render.pipeline import refused, shop_files
from wakagitops.render.previous import BadPreviousError, PreviousFile, decode
from wakagitops.render.release import (
    ChangedMeanwhileError,
    Shops,
    applied,
    environments,
    releases,
)
from wakagitops.render.render_cache import KeptReleases
from wakagitops.render.shops import Refused, ShopReader
from wakagitops.render.snapshot import Deployment, Record
from wakagitops.render.target_selection import selected_targets
from wakagitops.render.transaction import Outcome, check, write
from wakagitops.settings.config import FILE_NAME, Options, parse
from wakagitops.settings.model import ShopSettings
from wakagitops.settings.repository import Repository
from wakagitops.settings.schema import shipped_annotations
from wakagitops.sources.git import RevisionTree
from wakagitops.validate.pipeline import order
from wakagitops.validate.result import CheckResult, OnDemand


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
        try:
            kept = KeptReleases(prepared.request.work.cache, self._targets)
            return self._run(prepared, result, base, record, state, kept)
        except ChangedMeanwhileError:
            # What is known of shops is of no use where they change at the same time.
            return self._run(prepared, result, base, record, state, KeptReleases(None, self._targets))

    def _run(  # noqa: PLR0913, PLR0917 - what ``run`` is given, and what is known
        self,
        prepared: Prepared,
        result: CheckResult,
        base: RevisionTree | None,
        record: Record,
        state: str,
        kept: KeptReleases,
    ) -> tuple[Deployment | None, CheckResult]:
        out, repository = self._out, prepared.repository
        reader = ShopReader(repository, self._annotations)
        known = kept.of(repository, result.digests)
        settings, unfit = self._read(reader, [path for path in repository.shops if path not in known])
        unfit += refused(settings, self._targets)
        if unfit:
            found = (*result.diagnostics, *reader.diagnostics(unfit))
            return None, result._replace(diagnostics=tuple(sorted(found, key=order)))

        def again(paths: Collection[str]) -> list[RenderedFile]:
            settings, _ = self._read(reader, paths)
            if not _is_part(reader.digests, result.digests):
                raise ChangedMeanwhileError
            return [file for shop in settings for file in shop_files(shop, self._targets)]

        shops = Shops(settings, list(known.values()), again)
        names = environments(self._options.layout.environments, shops)
        before = {name: self._previous.get(name, Previous()) for name in names}
        if base is not None:
            before = self._applied(base, names, kept)
        wanted = releases(shops, self._targets, before, self._annotations, only=self._only)
        wants = [release.want for release in wanted]
        seen = record.seen()
        if self._is_check:
            outcomes = check(out, wants, seen)
        else:
            outcomes = write(out, wants, self._waiting, seen)
        self._tell_kept(outcomes)
        flushed = {
            release.want.environment: tuple(change for change in release.changes if change.flush)
            for release in wanted
        }
        done = Deployment(outcomes, flushed, any(release.changes for release in wanted))
        if self._is_as_named(reader, result, record):
            made = [shop for release in wanted for shop in release.made]
            kept.keep(made, repository, result.digests)
            if self._is_check or done.is_settled:
                record.keep(done, state, seen.since)
            else:
                seen = record.later(outcomes)
                with suppress(ToolError):
                    record.keep(done._replace(outcomes=check(out, wants, seen)), state, seen.since)
        return done, result

    def _read(
        self, reader: ShopReader, paths: Collection[str]
    ) -> tuple[list[ShopSettings], list[Refused]]:
        """Read some shops, telling people who wait for many.

        Raises:
            ToolError: a file cannot be read.
        """
        if len(paths) >= WORTH_A_STATUS:
            shops = counted("rendering {count} shop", "rendering {count} shops", len(paths))
            self._console.status(shops)
        return reader.read(paths)

    def _tell_kept(self, outcomes: Sequence[Outcome]) -> None:
        kept = [f"{outcome.folder}/{path}" for outcome in outcomes for path in outcome.comparison.kept]
        if kept:
            first = msg(
                "{path} is kept: a manifest names it, but it is not what wakagitops wrote there",
                path=kept[0],
            )
            more = counted(
                "{first} (and {count} more like it)",
                "{first} (and {count} more like it)",
                len(kept) - 1,
                first=first,
            )
            self._console.note(more if len(kept) > 1 else first)

    def _waiting(self) -> None:
        self._console.note(msg("waiting for another run in {folder}", folder=self._out))

    def _is_as_named(self, reader: ShopReader, result: CheckResult, record: Record) -> bool:
        """Tell whether what was rendered is what the record will name, and was not changed meanwhile.

        Without a cache the check keeps no digests, and nothing is recorded.
        """
        templates = {target.digest for target in self._targets.values() if target.digest}
        return _is_part(reader.digests, result.digests) and templates.issubset(record.inputs)

    def _applied(
        self, tree: RevisionTree, names: Sequence[str], kept: KeptReleases
    ) -> dict[str, Previous]:
        """Return the state that the settings of a git revision lead to, by environment.

        Raises:
            ToolError: git fails.
        """
        layout = self._options.layout
        with suppress(FileNotFoundError, UsageError):
            # The revision's own word on where its settings were, if it has one that holds.
            layout = parse(self._options.base, FILE_NAME, tree.read(FILE_NAME)).layout
        repository = Repository(tree, layout)
        # Where nothing is known, git is not asked twice for each file.
        digests = OnDemand(lambda: {path: bytes_digest(tree.read(path)) for path in repository.files})
        known = kept.of(repository, digests)
        settings, _ = ShopReader(repository, self._annotations).read(
            path for path in repository.shops if path not in known
        )
        shops = Shops(settings, list(known.values()))
        return {name: applied(shops, self._targets, self._annotations, name) for name in names}


def _is_part(read: Mapping[str, str], checked: Mapping[str, str]) -> bool:
    """Tell whether the files that were read have the bytes that were checked."""
    return read.items() <= checked.items()


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
