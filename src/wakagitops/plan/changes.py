"""Which settings change, from what to what, and which line of which file causes it."""

from __future__ import annotations

import json
from typing import Any

from wakagitops.core import pointer as pointers
from wakagitops.core.excerpt import MASK
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.plan.values import Masker, ShopValues
from wakagitops.render.shops import ReadShop
from wakagitops.settings.cascade import origins
from wakagitops.settings.schema import Annotations
from wakagitops.yaml.document import Node

_SOPS = "/sops"
"""What SOPS writes of its own work: no setting, and other at each encryption."""


class Place(NamedTuple):
    """A line of a file."""

    path: str
    """Relative to the repository's base, with ``/``."""
    line: int | None
    """From 1; None where the file has no such line any more."""


class Change(NamedTuple):
    """One setting of one shop that changes."""

    pointer: str
    """In the effective settings; a mapping that is one value is one change."""
    old: Any
    """In plain Python, secrets masked; None where it was not set."""
    new: Any
    """The same; None where it is not set any more."""
    cause: Place
    was: Place | None
    """Where the old value was set; None where it was not."""
    is_uncovered: bool = False
    """The file of ``cause`` always said so, and the one of ``was`` does not override it any more."""

    @property
    def is_secret(self) -> bool:
        """Tell whether both values are secrets, of which nothing is shown but that they differ."""
        return bool(self.old == self.new == MASK)


class _Leaf(NamedTuple):
    node: Node
    holder: Node
    key: str

    @property
    def place(self) -> Place:
        """Return the line of the key, where people look for a setting."""
        document, start, _ = self.holder.keys[self.key]
        return Place(document.path, document.source.position(start).line + 1)


class _Shop(NamedTuple):
    base: ReadShop
    new: ReadShop
    values: ShopValues


class Comparison:
    """Compares the effective settings of shops."""

    def __init__(self, annotations: Annotations) -> None:
        """Bind what the schema says of each setting."""
        self._annotations = annotations
        self._order = {pointer: number for number, pointer in enumerate(annotations.settings)}
        self._masker = Masker(annotations)

    def changes(self, base: ReadShop, new: ReadShop) -> tuple[Change, ...]:
        """Return the settings that change between two readable states of a shop, in the schema's order.

        A value that is the schema's default is no change from none at all.
        """
        before, after = self._leaves(base.root), self._leaves(new.root)
        differing = [
            pointer
            for pointer in {**before, **after}
            if self._differs(pointer, before.get(pointer), after.get(pointer))
        ]
        if not differing:
            return ()
        values = self._masker.shop((*base.documents, *new.documents))
        differing.sort(key=lambda pointer: (self._order.get(pointer, len(self._order)), pointer))
        shop = _Shop(base, new, values)
        return tuple(
            self._change(pointer, before.get(pointer), after.get(pointer), shop) for pointer in differing
        )

    def _leaves(self, root: Node | None) -> dict[str, _Leaf]:
        """Return the settings of a tree: its scalars, lists and mappings that are one value."""
        found: dict[str, _Leaf] = {}
        pending = [("", root)] if root is not None else []
        while pending:
            pointer, holder = pending.pop()
            for key, node in holder.items.items() if isinstance(holder.items, dict) else ():
                place = pointers.child(pointer, key)
                if isinstance(node.items, dict) and place not in self._annotations.atomic:
                    if place != _SOPS:
                        pending.append((place, node))
                else:
                    found[place] = _Leaf(node, holder, key)
        return found

    def _differs(self, pointer: str, before: _Leaf | None, after: _Leaf | None) -> bool:
        if before is not None and after is not None:
            return not _is_same(before.node.data, after.node.data)
        setting = self._annotations.at(pointer)
        only = before or after
        return only is None or setting is None or not _is_same(only.node.data, setting.default)

    def _change(self, pointer: str, before: _Leaf | None, after: _Leaf | None, shop: _Shop) -> Change:
        was = before.place if before is not None else None
        cause = after.place if after is not None else self._removal(pointer, was, shop.new)
        return Change(
            shop.values.pointer(pointer),
            shop.values.plain(before.node) if before is not None else None,
            shop.values.plain(after.node) if after is not None else None,
            cause,
            was,
            after is not None and was is not None and self._is_uncovered(pointer, after, was, shop.base),
        )

    def _removal(self, pointer: str, was: Place | None, new: ReadShop) -> Place:
        """Return the line that removes a setting: a null, a value of another kind, or none at all."""
        said = list(origins(new.documents, pointer, self._annotations.atomic))
        if said and said[-1].removes:
            return _place_of(said[-1].node)
        node, place = new.root, ""
        for token in pointers.tokens(pointer):
            if node is None or not isinstance(node.items, dict) or place in self._annotations.atomic:
                break
            node, place = node.child(token), pointers.child(place, token)
        if node is not None and not isinstance(node.items, dict):
            return _place_of(node)
        return Place(was.path if was is not None else new.path, None)

    def _is_uncovered(self, pointer: str, after: _Leaf, was: Place, base: ReadShop) -> bool:
        path = after.node.document.path
        if path == was.path:
            return False
        for document in base.documents:
            if document.path == path:
                said = document.root.at(pointer) if document.root is not None else None
                return said is not None and _is_same(said.data, after.node.data)
        return False


def _place_of(node: Node) -> Place:
    return Place(node.document.path, node.document.source.position(node.start).line + 1)


def _is_same(one: object, other: object) -> bool:
    """Compare values as YAML and JSON do: 1, 1.0 and true are three values, order of keys is none."""
    if type(one) is not type(other):
        return False
    if isinstance(one, str):
        return one == other
    return one == other and json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
