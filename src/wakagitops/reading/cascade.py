"""The cascade: a folder chain of ``_defaults.yaml`` and a shop's file become its settings.

Merging follows RFC 7396 (JSON Merge Patch): mappings merge, lists and scalars replace, an explicit
``null`` removes; a mapping whose schema carries ``x-atomic`` is one value and is replaced whole.
Every node of the result is a node of the file that set it, so its origin needs no table.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from wakagitops.core import pointer as pointers
from wakagitops.reading.document import Document, Node


def effective(chain: Sequence[Document], atomic: Sequence[str], base: Node | None = None) -> Node | None:
    """Merge documents, outermost first, into the tree of effective settings.

    Args:
        chain: the ``_defaults.yaml`` documents from the root down, then the shop's own.
        atomic: pointers to the mappings that are replaced whole.
        base: the tree that the chain is merged onto, so that shops can share their defaults' tree.

    Returns:
        The merged tree, or None where no document holds any setting.
    """
    merged = base
    for document in chain:
        root = document.root
        if root is None:
            continue
        if merged is None and not document.has_null:
            merged = root
        else:
            merged = _merge(merged, root, "", atomic)
    return merged


def _merge(target: Node | None, patch: Node, pointer: str, atomic: Sequence[str]) -> Node:
    """Return ``MergePatch(target, patch)`` of RFC 7396, section 2, as a node of the patch."""
    if not isinstance(patch.items, dict) or pointer in atomic:
        return patch
    if target is None and not patch.document.has_null:
        return patch
    items: dict[str, Node] = {}
    keys = {}
    if target is not None and isinstance(target.items, dict):
        items.update(target.items)
        keys.update(target.keys)
    for name, node in patch.items.items():
        if node.data is None and is_removal(node):
            items.pop(name, None)
            keys.pop(name, None)
            continue
        if isinstance(node.items, dict):
            node = _merge(items.get(name), node, pointers.child(pointer, name), atomic)  # noqa: PLW2901
        items[name] = node
        keys[name] = patch.keys[name]
    merged = Node(patch.document, patch.start, patch.end, {k: node.data for k, node in items.items()})
    merged.items = items
    merged.keys = keys
    return merged


def is_removal(node: Node) -> bool:
    """Tell whether a value is the word ``null`` (or an empty value or ``~``, which are findings)."""
    return node.data is None and node.plain


class Origin(NamedTuple):
    """A file's say on one effective value: it set it, overrode it, or removed it."""

    document: Document
    node: Node
    removes: bool


def origins(chain: Sequence[Document], pointer: str, atomic: Sequence[str]) -> Iterator[Origin]:
    """Yield each file's say on the value at a pointer, outermost first; the last one holds.

    A value inside an atomic mapping is set or removed by whoever sets the mapping.
    """
    is_set = False
    for document in chain:
        node = document.root
        place = ""
        for token in pointers.tokens(pointer):
            if node is None or (place and is_removal(node)):
                break
            if place in atomic and node.child(token) is None:
                break
            node = node.child(token)
            place = pointers.child(place, token)
        if node is None:
            continue
        removes = is_removal(node) or (place != pointer and place in atomic)
        if is_set or not removes or node.items is None:
            yield Origin(document, node, removes)
        is_set = not removes
