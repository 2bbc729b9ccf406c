"""Changes as people read them: what is the same for many shops once, with all of those shops."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from wakagitops.core.named_tuple import NamedTuple
from wakagitops.plan.changes import Change, Place
from wakagitops.plan.model import ShopPlan
from wakagitops.render.cache_bust import Reason


class Line(NamedTuple):
    """One setting that changes to the same value in several shops, for the same cause."""

    pointer: str
    olds: tuple[tuple[Any, tuple[str, ...]], ...]
    """The values that it had, each with the shops that had it; mostly one."""
    new: Any
    cause: Place
    """Where the shops' own files cause it, the place in the first shop's."""
    was: Place | None
    """Where the old value was set in the first shop."""
    is_uncovered: bool
    is_secret: bool


class Group(NamedTuple):
    """The changes that some shops have in common."""

    shops: tuple[str, ...]
    """Their names, sorted."""
    is_own: bool
    """True where each shop's own file causes them, False for a ``_defaults.yaml``."""
    lines: tuple[Line, ...]
    """In the schema's order."""


class Bundle(NamedTuple):
    """Many shops that change the same settings, each in its own file and to its own values."""

    shops: tuple[str, ...]
    """Their names, in the order of ``groups``."""
    groups: tuple[Group, ...]
    """One for each shop."""


_BUNDLED = 4
"""So many shops are told as one bundle at least."""
_Key = tuple[str, ...]


def bundled(found: Iterable[Group]) -> tuple[Group | Bundle, ...]:
    """Return groups with those of a single shop together where many change the same settings."""
    alike: dict[tuple[str, ...], list[Group]] = {}
    made: list[Group | Bundle] = []
    for group in found:
        if len(group.shops) == 1 and group.is_own:
            alike.setdefault(tuple(line.pointer for line in group.lines), []).append(group)
        else:
            made.append(group)
    for together in alike.values():
        if len(together) < _BUNDLED:
            made.extend(together)
        else:
            made.append(Bundle(tuple(group.shops[0] for group in together), tuple(together)))
    return tuple(sorted(made, key=lambda one: (-len(one.shops), one.shops)))


def groups(shops: Iterable[ShopPlan]) -> tuple[Group, ...]:
    """Return the changes of some shops, each once: those of the most shops first."""
    found: dict[_Key, list[tuple[ShopPlan, Change]]] = {}
    order: dict[_Key, int] = {}
    for shop in shops:
        for number, change in enumerate(shop.changes):
            key = _key(shop, change)
            found.setdefault(key, []).append((shop, change))
            order.setdefault(key, number)
    together: dict[tuple[tuple[str, ...], str], list[_Key]] = {}
    for key, items in found.items():
        names = tuple(sorted(shop.pair.name for shop, _ in items))
        together.setdefault((names, key[1]), []).append(key)
    made = [
        Group(names, not cause, tuple(_line(found[key]) for key in sorted(keys, key=order.__getitem__)))
        for (names, cause), keys in together.items()
    ]
    return tuple(sorted(made, key=lambda group: (-len(group.shops), group.shops, group.is_own)))


def flush_groups(shops: Iterable[ShopPlan]) -> tuple[tuple[tuple[Reason, ...], tuple[str, ...]], ...]:
    """Return the reasons to empty caches, each with the shops it holds for, those of the most first."""
    found: dict[tuple[Reason, ...], list[str]] = {}
    for shop in shops:
        if shop.flush:
            found.setdefault(shop.flush, []).append(shop.pair.name)
    made = [(reasons, tuple(sorted(names))) for reasons, names in found.items()]
    return tuple(sorted(made, key=lambda item: (-len(item[1]), item)))


def _key(shop: ShopPlan, change: Change) -> _Key:
    """Return what is equal for changes that are one line: in defaults, the old values may differ."""
    new = json.dumps(change.new)
    if change.cause.path in (shop.pair.base, shop.pair.new):
        old = json.dumps(change.old)
        return change.pointer, "", new, old, str(change.cause.line is None)
    return change.pointer, change.cause.path, new, str(change.cause.line), str(change.is_uncovered)


def _line(items: list[tuple[ShopPlan, Change]]) -> Line:
    olds: dict[str, tuple[Any, list[str]]] = {}
    for shop, change in items:
        olds.setdefault(json.dumps(change.old), (change.old, []))[1].append(shop.pair.name)
    first = items[0][1]
    return Line(
        first.pointer,
        tuple((old, tuple(sorted(names))) for old, names in olds.values()),
        first.new,
        first.cause,
        first.was,
        first.is_uncovered,
        all(change.is_secret for _, change in items),
    )
