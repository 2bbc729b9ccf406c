"""Parts of a comment, each as long as the room that it is given; what is left out is counted."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

from wakagitops.core.messages import Message
from wakagitops.core.named_tuple import NamedTuple

_NAMED = (
    4000, 3200, 2500, 2000, 1600, 1250, 1000, 800, 640, 500, 400, 320, 250, 200, 160, 125, 100, 80,
    64, 50, 40, 32, 25, 20, 16, 12, 8, 5, 3,
)  # fmt: skip
"""How many shops an item may name, where there is no room to name all."""
_REST = 160
"""Room for the line that counts what did not fit."""


class Section(NamedTuple):
    """A part of the comment: a heading and items, of which the last may be left out."""

    weight: int
    """Its share of the room, where there is not enough for all."""
    items: Callable[[int | None], list[str]]
    """Returns the items in Markdown, given how many shops one may name."""
    frame: Callable[[str], str]
    """Returns the part from its items together."""
    rest: Callable[[int], str]
    """Returns the line that counts the items that were left out."""
    missing: Callable[[int | None, int], Message | None]
    """Says what is left out, given how many shops an item may name and how many items are there."""


class Fitted(NamedTuple):
    """A part as long as the room that it was given."""

    text: str
    missing: Message | None = None
    """What is left out; None where it is whole."""


def size(text: str) -> int:
    """Return the length of a text in UTF-16 code units, the most that any forge counts."""
    return len(text) + sum(1 for character in text if character > "\uffff")


def fit(parts: Sequence[Section], room: int) -> list[Fitted]:
    """Return each part with as much of it as fits.

    Where the parts do not fit together, each has its share; what one does not need, others get.
    """
    whole = [part.frame("".join(part.items(None))) for part in parts]
    needs = [size(text) for text in whole]
    if sum(needs) <= room:
        return [Fitted(text) for text in whole]
    shares = _shares(needs, [part.weight for part in parts], room)
    return [
        Fitted(text) if need <= share else _shortened(part, share)
        for part, text, need, share in zip(parts, whole, needs, shares, strict=True)
    ]


def _shares(needs: list[int], weights: list[int], room: int) -> list[int]:
    """Share room out by weight, nobody getting more than is needed."""
    shares = [0] * len(needs)
    rest = sum(weights)
    for index in sorted(range(len(needs)), key=lambda index: needs[index] / weights[index]):
        shares[index] = min(needs[index], room * weights[index] // rest)
        room -= shares[index]
        rest -= weights[index]
    return shares


def _shortened(part: Section, room: int) -> Fitted:
    """Return a part that names fewer shops, or leaves out its last items, but says how many."""
    room -= size(part.frame(""))
    made: dict[int, list[str]] = {}

    def is_room(limit: int) -> bool:
        made[limit] = part.items(limit)
        return sum(size(item) for item in made[limit]) <= room

    # The fewer names, the shorter: the first limit that fits names the most.
    at = bisect_left(_NAMED, 1, key=is_room)
    if at < len(_NAMED):
        limit = _NAMED[at]
        return Fitted(part.frame("".join(made[limit])), part.missing(limit, len(made[limit])))
    items = part.items(_NAMED[-1])
    used, kept = _REST, 0
    for item in items:
        used += size(item)
        if used > room:
            break
        kept += 1
    text = part.frame("".join(items[:kept]) + part.rest(len(items) - kept))
    return Fitted(text, part.missing(_NAMED[-1], kept))
