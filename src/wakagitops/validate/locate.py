"""Findings in their places: pointers become files and ranges, and what is secret is taken out."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

from wakagitops.core import pointer as pointers
from wakagitops.core.diagnostic import Edit, Fix, Later, Related
from wakagitops.core.digests import bytes_digest
from wakagitops.core.excerpt import Excerpt
from wakagitops.core.rule import Finding, Place
from wakagitops.core.source import Position, Range, SourceText, Span
from wakagitops.secrets import redaction
from wakagitops.settings.schema import Annotations
from wakagitops.validate.unit import Located
from wakagitops.yaml.document import Document, Node

START = Range(Position(0, 0), Position(0, 0))
_OF_STRETCH = "stretch"
"""A digest that waits for ``cleaned``, which knows what of the text is secret."""


class Resolver:
    """Turns symbolic places in a tree into files and ranges."""

    __slots__ = ("document", "root")

    def __init__(self, root: Node | None, document: Document) -> None:
        self.root = root
        self.document = document
        """The file that stands for what has no place of its own."""

    def __call__(
        self, pointer: str, on: str, span: Span | None = None
    ) -> tuple[str, Range, Node | None]:
        """Return the file, the range and the node of a place.

        For a value that is not there, the place is the key of the nearest mapping around it.
        """
        if span is not None:
            return self.document.path, self.document.source.range(span), None
        node = self.root
        holder: Node | None = None
        key = ""
        for token in pointers.tokens(pointer):
            below = node.child(token) if node is not None else None
            if below is None:
                place = self._key(holder, key) if holder is not None else self._top()
                return (*place, None)
            holder, key, node = node, token, below
        if node is None or holder is None:
            return (*self._top(), node)
        if on == "key" and key in holder.keys:
            return (*self._key(holder, key), node)
        return node.document.path, self.range_of(node), node

    def range_of(self, node: Node) -> Range:
        """Return the range of a node in its own file."""
        return node.document.source.range(Span(node.start, node.end))

    def document_of(self, pointer: str) -> Document:
        """Return the file that set a value; the tree's own file where there is no value."""
        node = self.root.at(pointer) if self.root is not None else None
        return node.document if node is not None else self.document

    def _key(self, holder: Node, key: str) -> tuple[str, Range]:
        if key in holder.keys:
            document, start, end = holder.keys[key]
            return document.path, document.source.range(Span(start, end))
        node = holder.child(key)
        if node is None:
            return self._top()
        return node.document.path, self.range_of(node)

    def _top(self) -> tuple[str, Range]:
        root = self.document.root
        if root is None or not root.keys:
            return self.document.path, START
        _, start, end = next(iter(root.keys.values()))
        return self.document.path, self.document.source.range(Span(start, end))


def locate(
    finding: Finding, rule: str, resolve: Resolver, shop: str, annotations: Annotations
) -> Located:
    """Resolve a finding's places.

    Args:
        finding: what a rule of file or shop scope yielded.
        rule: the id that the finding is reported under.
        resolve: the tree that the rule saw.
        shop: the path of the shop's file; empty for a defaults file on its own.
        annotations: tell which values are secret, and have no digest.
    """
    path, place, node = resolve(finding.pointer, finding.on, finding.span)
    fix = None
    if finding.fix is not None and not resolve.document_of(finding.pointer).is_encrypted:
        source = resolve.document_of(finding.pointer).source
        edits = (Edit(path, source.range(edit.span), edit.text) for edit in finding.fix.edits)
        fix = Fix(finding.fix.description, tuple(edits))
    return Located(
        rule,
        path,
        place,
        finding.pointer,
        finding.message,
        finding.shared,
        finding.help,
        finding.severity.value if finding.severity is not None else "",
        tuple(_related(item, resolve, shop) for item in finding.related),
        fix,
        shop,
        stable_pointer(resolve.root, finding.pointer),
        _digest(finding, node, annotations),
        finding.later,
    )


def _digest(finding: Finding, node: Node | None, annotations: Annotations) -> str:
    """Return the digest of what a finding is about, as far as it can be told yet."""
    if finding.span is not None:
        return _OF_STRETCH
    if finding.on == "key" or node is None or not finding.pointer:
        return ""
    hidden = annotations.is_secret(finding.pointer) or any(
        pointers.covers(finding.pointer, secret) for secret in annotations.secret
    )
    return "" if hidden else value_digest(node.data)


def _related(item: Place, resolve: Resolver, shop: str) -> Related:
    path, place, _ = resolve(item.pointer, item.on, item.span)
    return Related(path, place, item.message, (shop,) if item.shop and shop else ())


def value_digest(value: object) -> str:
    """Return a short digest of a setting's value; callers never pass a secret one."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return "" if redaction.is_suspect(text) else _text_digest(text)


def _text_digest(text: str) -> str:
    return bytes_digest(text.encode("utf-8", "surrogatepass"), size=8)


def stable_pointer(root: Node | None, pointer: str) -> str:
    """Return a pointer with each list index replaced by a digest of the item's value."""
    stable = ""
    node = root
    for token in pointers.tokens(pointer):
        below = node.child(token) if node is not None else None
        if node is not None and isinstance(node.items, list) and below is not None:
            stable += f"/{value_digest(below.data)}"
        else:
            stable = pointers.child(stable, token)
        node = below
    return stable


def cleaned(
    findings: Iterable[Located],
    secrets: frozenset[str],
    documents: Sequence[Document],
    annotations: Annotations,
) -> tuple[Located, ...]:
    """Take every secret out of what findings say, and its length out of their ranges.

    Args:
        findings: the findings of one file or shop.
        secrets: the literal secrets of its files.
        documents: those files.
        annotations: tell where secrets stand.
    """
    listed = list(findings)
    if not listed:
        return ()
    seen = {item.path for item in listed}
    seen.update(place.path for item in listed for place in item.related)
    masks = {
        document.path: mask_ranges(document, annotations)
        for document in documents
        if document.path in seen
    }
    sources = {document.path: document.source for document in documents}
    return tuple(_without_secrets(item, secrets, masks, sources[item.path]) for item in listed)


def place_of_comment(place: Range, masks: Sequence[Range]) -> Range:
    """Return the range of a comment, which tells no length where a secret stands before it.

    Args:
        place: where the comment stands.
        masks: what ``mask_ranges`` returns for its file.
    """
    shown = _shortened(place, masks)
    if shown.start.line == place.start.line:
        return shown
    start = Position(place.start.line, 0)
    return Range(start, start)


def mask_ranges(document: Document, annotations: Annotations) -> list[Range]:
    """Return the stretches of a file that no excerpt shows, in order and apart."""
    return [document.source.range(span) for span in redaction.masks(document, annotations)]


def _without_secrets(
    item: Located, secrets: frozenset[str], masks: Mapping[str, Sequence[Range]], source: SourceText
) -> Located:
    fix = item.fix
    if fix is not None and any(redaction.is_suspect(edit.text, secrets) for edit in fix.edits):
        fix = None
    return item._replace(
        range=_shortened(item.range, masks.get(item.path, ())),
        pointer=redaction.clean_text(item.pointer, secrets),
        message=redaction.clean(item.message, secrets),
        shared=redaction.clean(item.shared, secrets) if item.shared else None,
        help=redaction.clean(item.help, secrets),
        later=_later_without_secrets(item.later, secrets),
        related=tuple(_related_without_secrets(item.related, secrets, masks)),
        fix=fix,
        stable=redaction.clean_text(item.stable, secrets),
        digest=_digest_without_secrets(item, masks.get(item.path, ()), source),
    )


def _later_without_secrets(later: Later | None, secrets: frozenset[str]) -> Later | None:
    if later is None:
        return None
    return later._replace(
        message=redaction.clean(later.message, secrets), help=redaction.clean(later.help, secrets)
    )


def _digest_without_secrets(item: Located, masks: Sequence[Range], source: SourceText) -> str:
    """Return the digest of a finding that no secret has a part in.

    A stretch that is secret is told from others by its line, the secrets in it masked.
    """
    if not item.digest:
        return ""
    is_secret = bool(_over(masks, item.range))
    if item.digest != _OF_STRETCH:
        return "" if is_secret else item.digest
    if not is_secret:
        span = source.span(item.range)
        return _text_digest(source.text[span.start : span.end])
    line = item.range.start.line
    whole = Range(Position(line, 0), Position(line + 1, 0))
    excerpt = Excerpt(source, [source.span(mask) for mask in _over(masks, whole)])
    return _text_digest(excerpt.line(line).strip())


def _related_without_secrets(
    related: Iterable[Related], secrets: frozenset[str], masks: Mapping[str, Sequence[Range]]
) -> Iterator[Related]:
    for place in related:
        yield place._replace(
            range=_shortened(place.range, masks.get(place.path, ())),
            message=redaction.clean(place.message, secrets),
        )


def _shortened(place: Range, masks: Sequence[Range]) -> Range:
    """Return a range that ends where a secret begins, if it would end with or behind the secret."""
    for mask in _over(masks, place):
        if mask.start < place.end and mask.end.line == place.end.line:
            place = Range(min(place.start, mask.start), mask.start)
    return place


def _over(masks: Sequence[Range], place: Range) -> Sequence[Range]:
    """Return the masks that lie over a range; they are in order and apart, so few are looked at."""
    first = bisect_right(masks, place.start, key=_end)
    last = first
    while last < len(masks) and masks[last].start < place.end:
        last += 1
    return masks[first:last]


def _end(mask: Range) -> Position:
    return mask.end
