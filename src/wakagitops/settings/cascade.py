"""The cascade: a folder chain of ``_defaults.yaml`` and a shop's file become its settings.

Merging follows RFC 7396 (JSON Merge Patch): mappings merge, lists and scalars replace, an explicit
``null`` removes; a mapping whose schema carries ``x-atomic`` is one value and is replaced whole.
Every node of the result is a node of the file that set it, so its origin needs no table.
"""

from collections.abc import Iterator, Sequence

from wakagitops.core import pointer as pointers
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.yaml.document import Document, Node


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

    A value inside an atomic mapping, or inside a list, is removed by whoever sets that without it.
    """
    is_set = False
    for document in chain:
        node, place, removes = document.root, "", False
        for token in pointers.tokens(pointer):
            if node is None:
                break
            child = node.child(token)
            if child is None and place and (not isinstance(node.items, dict) or place in atomic):
                removes = True
                break
            node, place = child, pointers.child(place, token)
        if node is not None:
            removes = removes or is_removal(node)
            if is_set or not removes or node.items is None:
                yield Origin(document, node, removes)
            is_set = not removes


def is_merged(pointer: str, origin: Origin, atomic: Sequence[str]) -> bool:
    """Tell whether a file's say on a value adds to what the files above it say, as mappings do."""
    return isinstance(origin.node.items, dict) and not any(
        pointers.covers(place, pointer) for place in atomic
    )
