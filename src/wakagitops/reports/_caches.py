"""Which caches to empty, as the HTML page shows it: in a few words, and shop by shop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wakagitops.core.messages import Message, counted, msg
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.visible import visible
from wakagitops.reports import Presentation
from wakagitops.reports._page_data import said
from wakagitops.validate.result import CacheChanges

Pieces = list[list[object]]

_NAMED = 3
"""How many shops of one reason the head of the page names."""


class Row(NamedTuple):
    """One shop whose caches are to be emptied, or may be."""

    shop: str
    why: int
    """The index of its reasons in ``Caches.whys``."""
    pages: tuple[str, ...]
    """The addresses to look at afterwards; none where it cannot be told."""


class Why(NamedTuple):
    """Reasons that shops have in common."""

    pieces: Pieces
    total: int
    shops: tuple[str, ...]
    """The names of the first."""
    is_known: bool = True
    """False where it cannot be told whether anything is to be emptied."""


class Caches(NamedTuple):
    """All that the page says about caches."""

    lead: list[Pieces]
    """Sentences: how it stands, and what people may have to do."""
    whys: tuple[Why, ...] = ()
    """Those of the most shops first; last what cannot be told."""
    rows: tuple[Row, ...] = ()
    """Sorted by shop."""

    def as_json(self) -> dict[str, Any]:
        """Return the rows as plain data."""
        return {"whys": [why.pieces for why in self.whys], "rows": self.rows}


def page_caches(changes: CacheChanges | None, presentation: Presentation) -> Caches:
    """Return what the page says; None stands for a run that compared nothing."""
    if changes is None:
        sentence = msg(
            "`wakagitops validate --since REF --output html=FILE` makes a page that says here which "
            "caches the changes since a revision make stale."
        )
        return Caches([said(sentence, presentation)])
    grouped: dict[tuple[Message, ...], list[tuple[str, tuple[str, ...]]]] = {}
    for entry in changes.stale:
        grouped.setdefault(entry.reasons, []).append((entry.shop, entry.urls))
    order = sorted(grouped.items(), key=lambda item: (-len(item[1]), item[0]))
    whys = [
        _why(_joined(reasons), [shop for shop, _ in shops], presentation) for reasons, shops in order
    ]
    rows = [
        Row(visible(shop), index, tuple(map(visible, urls)))
        for index, (_, shops) in enumerate(order)
        for shop, urls in shops
    ]
    if changes.unjudged:
        reason = msg("it cannot be told: its errors come first")
        rows += [Row(visible(shop), len(whys), ()) for shop in changes.unjudged]
        whys.append(_why(reason, changes.unjudged, presentation)._replace(is_known=False))
    lead = [said(sentence, presentation) for sentence in _lead(changes)]
    return Caches(lead, tuple(whys), tuple(sorted(rows)))


def _lead(changes: CacheChanges) -> list[Message]:
    if not changes.stale:
        nothing = msg("Nothing public changed since {revision}: there is no cache to empty.")
        if changes.unjudged:
            nothing = msg("Nothing public is known to have changed since {revision}.")
        return [nothing.with_fields(revision=changes.revision)]
    return [
        counted(
            "Since {revision}, something public changed in {count} shop.",
            "Since {revision}, something public changed in {count} shops.",
            len(changes.stale),
            revision=changes.revision,
        ),
        msg(
            "In the panel of each, under {panel}, it may be necessary to press {button} after saving.",
            panel=changes.panel,
            button=changes.button,
        ),
    ]


def _why(reason: Message, shops: Sequence[str], presentation: Presentation) -> Why:
    return Why(said(reason, presentation), len(shops), tuple(map(visible, shops[:_NAMED])))


def _joined(reasons: tuple[Message, ...]) -> Message:
    whole, *others = reasons
    for reason in others:
        whole = Message("{first}, {next}", (("first", whole), ("next", reason)))
    return whole
