"""Which findings are new, which are fixed, and which are only suppressed from now on."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from wakagitops.checking.check import order
from wakagitops.checking.merging import narrowed, without_shops
from wakagitops.core.diagnostic import Diagnostic
from wakagitops.core.messages import Message


class FindingChanges(NamedTuple):
    """How the findings of two states differ; each finding names only the shops it differs for."""

    new: tuple[Diagnostic, ...] = ()
    fixed: tuple[Diagnostic, ...] = ()
    """Those of the base that are gone; their places are the base's."""
    suppressed: tuple[Diagnostic, ...] = ()
    """Those that the base reported too, and that a comment or the baseline hides now."""


class Found(NamedTuple):
    """What one state's check found."""

    reported: Iterable[Diagnostic]
    suppressed: Iterable[Diagnostic] = ()


_Known = dict[tuple[str, str], list[Diagnostic]]
"""Findings by their key and the shop that they hold for, which is empty where they are about none."""


def finding_changes(base: Found, new: Found, moved: Collection[str] = ()) -> FindingChanges:
    """Compare two states by rule, file, place in the document, value and shop, never by a line.

    Args:
        base: the state before.
        new: the state after.
        moved: the names of shops whose file lies in another folder now; a finding that says the same
            of such a shop as before is the same one.
    """
    before, after, hidden = _by_shop(base.reported), _by_shop(new.reported), _by_shop(new.suppressed)
    appeared = {key: _surplus(items, before.get(key, [])) for key, items in after.items()}
    gone = {key: _surplus(items, after.get(key, [])) for key, items in before.items()}
    now_hidden = {key: items for key, items in hidden.items() if gone.get(key)}
    _forget_moved(appeared, gone, moved)
    return FindingChanges(
        _grouped(appeared),
        _grouped({key: items for key, items in gone.items() if key not in now_hidden}),
        _grouped(now_hidden),
    )


def _by_shop(items: Iterable[Diagnostic]) -> _Known:
    found: _Known = {}
    for item in items:
        for shop in item.shops or ("",):
            found.setdefault((item.key or item.fingerprint, shop), []).append(item)
    return found


def _surplus(items: list[Diagnostic], others: list[Diagnostic]) -> list[Diagnostic]:
    """Return by how much findings of one key are more than in the other state.

    Comments have no place in the document, so that two credentials in comments have one key.
    """
    number = len(items) - len(others)
    if number <= 0:
        return []
    known = [without_shops(item.message) for item in others]
    unlike = [item for item in items if without_shops(item.message) not in known]
    return (unlike if len(unlike) >= number else items)[-number:]


def _forget_moved(appeared: _Known, gone: _Known, moved: Collection[str]) -> None:
    """Take out of both what says the same of a shop that moved."""
    if not moved:
        return
    said = {
        _said(item, shop): items for (_, shop), items in gone.items() if shop in moved for item in items
    }
    for (_, shop), items in appeared.items():
        for item in list(items) if shop in moved else ():
            same = said.pop(_said(item, shop), None)
            if same is not None:
                items.remove(item)
                same[:] = [other for other in same if _said(other, shop) != _said(item, shop)]


def _said(item: Diagnostic, shop: str) -> tuple[str, str, str, Message]:
    return shop, item.rule, item.pointer, without_shops(item.message)


def _grouped(known: _Known) -> tuple[Diagnostic, ...]:
    """Return findings in their total order, each once for all the shops that are left of it."""
    shops: dict[int, tuple[Diagnostic, list[str]]] = {}
    for (_, shop), items in known.items():
        for item in items:
            shops.setdefault(id(item), (item, []))[1].append(shop)
    found = [
        item if names == [""] else narrowed(item, tuple(sorted(set(names))))
        for item, names in shops.values()
    ]
    return tuple(sorted(found, key=order))
