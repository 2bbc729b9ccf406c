"""Values as a plan may show them: references to secrets by name, and never a secret itself."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from wakagitops.core import pointer as pointers
from wakagitops.core.excerpt import MASK
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.source import Span
from wakagitops.secrets import redaction
from wakagitops.settings.schema import Annotations
from wakagitops.yaml.document import Document, Node
from wakagitops.yaml.scalars import resolve

_FLOW_SIGNS = frozenset("[]{},#&*!|>'\"%@`")


class _Hidden(NamedTuple):
    """What must not be shown of one file."""

    document: Document
    spans: list[Span]
    texts: frozenset[str]


class Masker:
    """Knows what must not be shown of files; keeps that of the defaults, which shops share."""

    def __init__(self, annotations: Annotations) -> None:
        """Bind what the schema says of each setting."""
        self._annotations = annotations
        self._shared: dict[int, _Hidden] = {}

    def shop(self, documents: Iterable[Document]) -> ShopValues:
        """Return the way to show values of one shop, given all its files in both states."""
        hidden = {}
        for document in documents:
            known = self._shared.get(id(document))
            if known is None:
                known = self._hidden(document)
                if document.path.rpartition("/")[2].startswith("_"):
                    # It holds the document, so that the id stays the document's own.
                    self._shared[id(document)] = known
            hidden[id(document)] = known
        return ShopValues(hidden, self._annotations)

    def _hidden(self, document: Document) -> _Hidden:
        return _Hidden(
            document,
            redaction.masks(document, self._annotations),
            redaction.secrets(document, self._annotations),
        )


class ShopValues:
    """Shows values of one shop with the secrets of all its files masked."""

    __slots__ = ("_annotations", "_hidden", "_secrets")

    def __init__(self, hidden: dict[int, _Hidden], annotations: Annotations) -> None:
        self._hidden = hidden
        self._secrets = frozenset[str]().union(*(item.texts for item in hidden.values()))
        self._annotations = annotations

    def plain(self, node: Node) -> Any:
        """Return a value in plain Python that JSON can hold."""
        if isinstance(node.items, dict):
            return {self._key(node, key): self.plain(child) for key, child in node.items.items()}
        if node.items is not None:
            return [self.plain(child) for child in node.items]
        if self._is_masked(node.document, node.start, node.end):
            return MASK
        if isinstance(node.data, str):
            return redaction.clean_text(node.data, self._secrets)
        if str(node.data) in self._secrets:
            return MASK
        # JSON has no word for infinity and for what is no number.
        return str(node.data) if isinstance(node.data, float) else node.data

    def pointer(self, pointer: str) -> str:
        """Return a pointer whose keys give nothing away; the schema's own keys never do."""
        if self._annotations.at(pointer) is not None:
            return pointer
        place = ""
        for token in pointers.tokens(pointer):
            place = pointers.child(place, redaction.clean_text(token, self._secrets))
        return place

    def _key(self, holder: Node, key: str) -> str:
        document, start, end = holder.keys[key]
        if self._is_masked(document, start, end):
            return MASK
        return redaction.clean_text(key, self._secrets)

    def _is_masked(self, document: Document, start: int, end: int) -> bool:
        return any(span.start < end and span.end > start for span in self._hidden[id(document)].spans)


def as_text(value: Any) -> str:
    """Return a plain value as people write it in a settings file, on one line."""
    return _text(value, inside=False)


def _text(value: Any, *, inside: bool) -> str:
    if isinstance(value, dict):
        members = (f"{key}: {_text(item, inside=True)}" for key, item in value.items())
        return "{" + ", ".join(members) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_text(item, inside=True) for item in value) + "]"
    if not isinstance(value, str):
        return json.dumps(value)
    if value == MASK:
        return value
    reads_as_itself = value.strip() == value != "" and isinstance(resolve(value), str)
    if reads_as_itself and not (inside and (": " in value or not _FLOW_SIGNS.isdisjoint(value))):
        return value
    return json.dumps(value, ensure_ascii=False)
