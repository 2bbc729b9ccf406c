"""What a render did, told to people and to programs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from wakagitops.core.messages import Message, Translator, counted, msg
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.typed import Any
from wakagitops.core.visible import visible
from wakagitops.render.cache_bust import BUTTON, Change
from wakagitops.render.diff import Comparison
from wakagitops.render.snapshot import Deployment
from wakagitops.render.transaction import Outcome
from wakagitops.settings.schema import Annotations

_SHOWN = 10
"""How many files, and how many shops, are listed; ``-v`` lists all."""
_SHOWN_FIRST = 3
"""How many shops are listed where all of them are published for the first time."""


class Run(NamedTuple):
    """The outcome of one render, of all environments."""

    deployment: Deployment
    is_check: bool
    """Nothing was written: the folder was only compared."""
    is_first: bool
    """No state before was named."""

    @property
    def is_current(self) -> bool:
        """Tell whether every folder was as it should be."""
        return all(outcome.comparison.is_current for outcome in self.deployment.outcomes)


def members(run: Run) -> dict[str, Any]:
    """Return the outcome as members of the JSON document (``schema/diagnostics-v1.schema.json``)."""
    deployments = [
        {
            "environment": outcome.environment,
            "folder": outcome.folder,
            "current": outcome.comparison.is_current,
            "added": [file.path for file in outcome.comparison.missing],
            "changed": [file.path for file in outcome.comparison.stale],
            "removed": list(outcome.comparison.unwanted),
            "unchanged": _unchanged(outcome),
            "flush_cache": [
                _plain(change)
                for change in run.deployment.flushed.get(outcome.environment, ())
                if not run.is_check
            ],
        }
        for outcome in run.deployment.outcomes
    ]
    return {"check": run.is_check, "deployments": deployments}


def as_text(
    run: Run, annotations: Annotations, translate: Translator, verbosity: int = 0
) -> Iterator[str]:
    """Yield what was done, or what differs, and the checklist of caches for people."""
    limit = None if verbosity > 0 else _SHOWN
    for outcome in run.deployment.outcomes:
        yield f"{translate(_verdict(outcome, is_check=run.is_check))}\n"
        if verbosity >= 0:
            yield from _files(outcome.comparison, translate, limit)
    if run.is_check or verbosity < 0:
        return
    total = sum(len(changes) for changes in run.deployment.flushed.values())
    if not total:
        if run.deployment.is_judged:
            yield f"{translate(msg('No cached page shows anything old: there is no cache to empty.'))}\n"
        return
    yield "\n"
    if run.is_first:
        sentence = msg(
            "Neither --previous nor --base was given, so every shop counts as published for the "
            "first time."
        )
        yield f"{translate(sentence)}\n"
        limit = None if limit is None else _SHOWN_FIRST
    flushed = (
        (outcome.environment, change)
        for outcome in run.deployment.outcomes
        for change in run.deployment.flushed.get(outcome.environment, ())
    )
    yield from _checklist(flushed, total, annotations, translate, limit)


def _verdict(outcome: Outcome, *, is_check: bool) -> Message:
    comparison = outcome.comparison
    written = len(comparison.missing) + len(comparison.stale) + len(comparison.exposed)
    if comparison.is_current and (is_check or not written):
        total = _unchanged(outcome)
        return counted(
            "{folder} is up to date: {count} file",
            "{folder} is up to date: {count} files",
            total,
            folder=outcome.folder,
        )
    if is_check and comparison.obstacles:
        return msg(
            "{folder} is stale, and cannot be rendered while something is in the way:",
            folder=outcome.folder,
        )
    if is_check and comparison.state.is_incomplete:
        return msg(
            "{folder} is incomplete: a render was stopped there, and `wakagitops render` finishes it",
            folder=outcome.folder,
        )
    if is_check:
        return msg("{folder} is stale: `wakagitops render` brings it up to date", folder=outcome.folder)
    return msg(
        "{folder}: {written}, {removed}, {unchanged}",
        folder=outcome.folder,
        written=counted("{count} file written", "{count} files written", written),
        removed=counted("{count} removed", "{count} removed", len(comparison.unwanted)),
        unchanged=counted("{count} unchanged", "{count} unchanged", _unchanged(outcome)),
    )


def _unchanged(outcome: Outcome) -> int:
    return outcome.files - len(outcome.comparison.missing) - len(outcome.comparison.stale)


def _files(comparison: Comparison, translate: Translator, limit: int | None) -> Iterator[str]:
    lines = [
        *(f"  ! {translate(obstacle)}" for obstacle in comparison.obstacles),
        *(f"  + {visible(file.path)}" for file in comparison.missing),
        *(f"  ~ {visible(file.path)}" for file in comparison.stale),
        *(f"  - {visible(path)}" for path in comparison.unwanted),
    ]
    yield from (f"{line}\n" for line in lines[:limit])
    yield from _rest(len(lines), limit, translate)


def _checklist(
    flushed: Iterator[tuple[str, Change]],
    total: int,
    annotations: Annotations,
    translate: Translator,
    limit: int | None,
) -> Iterator[str]:
    """Yield what people may have to do: the manual names a button, and programs cannot press it."""
    setting = annotations.at("/contact/email")
    sentence = counted(
        "Cached pages of {count} shop show something old. When the deployment is published:",
        "Cached pages of {count} shops show something old. When the deployment is published:",
        total,
    )
    yield f"{translate(sentence)}\n"
    for environment, change in islice(flushed, limit):
        name = f"{environment}/{change.shop}" if environment else change.shop
        reasons = ", ".join(translate(reason.message) for reason in change.reasons)
        yield f"  [ ] {visible(name)}: {reasons}\n"
        action = msg(
            "in the panel, under {panel}, it may be necessary to press «{button}» after saving",
            panel=setting.panel if setting is not None else "",
            button=BUTTON,
        )
        yield f"      {translate(action)}\n"
        yield f"      {translate(msg('then look at {pages}', pages=' '.join(change.urls)))}\n"
    yield from _rest(total, limit, translate)


def _rest(total: int, limit: int | None, translate: Translator) -> Iterator[str]:
    if limit is not None and total > limit:
        more = counted("and {count} more; -v lists it", "and {count} more; -v lists them", total - limit)
        yield f"  {translate(more)}\n"


def _plain(change: Change) -> dict[str, Any]:
    return {
        "shop": change.shop,
        "reasons": [{"reason": reason.code, "pointer": reason.pointer} for reason in change.reasons],
        "tags": list(change.tags),
        "urls": list(change.urls),
    }
