"""Where a settings file shows what looks like a credential, outside the settings that are secrets."""

from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache, lru_cache

from wakagitops.core import pointer as pointers
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.patterns import regex
from wakagitops.core.source import Span, merged
from wakagitops.core.suggest import nearest
from wakagitops.secrets import credential_words as words
from wakagitops.secrets.credentials import find, is_suspect
from wakagitops.secrets.references import FORMS, ITSELF, Role, part, places
from wakagitops.settings.schema import Annotations
from wakagitops.settings.views import contents
from wakagitops.yaml.document import Document, Node

_SOPS = "/sops"
_MEMBERS = frozenset(member for members in FORMS.values() for member in members if member != ITSELF)
_OPENED = regex(
    r"""(?P<key>[\w-]{1,64})["']?[ \t]*:[ \t]*[\[{][\[{ \t]*(?P<line_end>[\r\n]\s*)?["']?"""
    r"""(?P<literal>[^\s\[\]{},#:"'](?:[^\s\],:"']|:(?!\s))*)["']?(?P<sign>[ \t]*:(?=\s))?"""
)
"""A key, the list or mapping that opens behind it, and the first word in there."""
_BEHIND_SIGN = regex(r"""[ \t]+["']?([^\s\[\]{},#"'][^\s\],"']*)""")
_LENGTHS_BESIDE = (0, 2)
"""How much longer than its text a value is in the file: nothing, or by two quotes."""


class Where(Enum):
    """What kind of place it is."""

    VALUE = "value"
    NAMED = "named"
    """A value that looks like nothing, under a key that is named like a password."""
    KEY = "key"
    COMMENT = "comment"
    UNREAD = "unread"
    """A part of the file that could not be read as YAML."""


class Exposure(NamedTuple):
    """A stretch of a file that looks like a credential."""

    where: Where
    pointer: str
    """The nearest place whose own keys give nothing away; empty for a comment."""
    span: Span
    literal: str
    """What stands there, escapes resolved; for redaction alone."""


@lru_cache(maxsize=1)
def exposures(document: Document, annotations: Annotations) -> tuple[Exposure, ...]:
    """Return what looks like a credential: one stretch of each value, key and comment.

    Settings that are secrets are left out, and so is what holds no secret by its nature: a user
    name that is a token, the public keys and encrypted data of a ``sops`` block.
    """
    if is_unremarkable(document, annotations):
        return ()
    return tuple(_exposures(document, annotations, suspect=is_suspect(document.source.text)))


@lru_cache(maxsize=1)
def is_unremarkable(document: Document, annotations: Annotations) -> bool:
    """Tell quickly whether nothing in a file looks like a credential, a user name neither.

    What is written in place of a secret is not looked at.
    """
    text = document.source.text
    return (
        unread_from(document) == len(text)
        and not document.shadowed
        and not is_suspect(text)
        and _is_plainly_written(document, annotations)
    )


def _exposures(document: Document, annotations: Annotations, *, suspect: bool) -> Iterator[Exposure]:
    text = document.source.text
    if document.root is not None:
        walk = _Walk(document, annotations, suspect=suspect)
        yield from walk.under("", document.root)
        for pointer, shadowed in document.shadowed:
            yield from walk.at(pointer, shadowed)
    unread = unread_from(document)
    opened = list(_in_unclosed(text, unread, annotations)) if unread < len(text) else []
    if not suspect and not opened:
        return
    for comment in document.comments:
        if comment.span.start < unread:
            for span in find(comment.text)[:1]:
                start = comment.span.end - len(comment.text)
                place = Span(start + span.start, start + span.end)
                yield Exposure(Where.COMMENT, "", place, _cut(comment.text, span))
    for span in find(text[unread:]) if unread < len(text) else ():
        opened.append(Span(unread + span.start, unread + span.end))
    for place in merged(opened):
        yield Exposure(Where.UNREAD, "", place, _cut(text, place))


def _in_unclosed(text: str, start: int, annotations: Annotations) -> Iterator[Span]:
    """Yield the literals that open a list or mapping behind a password's key, in what was not read.

    What stands in brackets is mostly a blank to fill in, so ``find`` passes it by.
    """
    secret = {pointers.tokens(place)[-1] for place in annotations.secret}
    for match in _OPENED.finditer(text, start):
        key, first = match["key"], match["literal"]
        if key not in secret and not words.names_secret(key):
            continue
        line = max(text.rfind(end, 0, match.start()) for end in "\r\n") + 1
        if "#" in text[line : match.start()]:
            continue  # a comment, which ``find`` looks through
        place = Span(*match.span("literal"))
        if match["sign"] is not None:
            behind = _BEHIND_SIGN.match(text, match.end())
            if first in FORMS or first in _MEMBERS or match["line_end"] or behind is None:
                continue  # a reference, or the next setting
            place = Span(*behind.span(1))
        literal = _cut(text, place)
        if len(literal) > 1 and words.may_be_value(key, literal):
            yield Span(place.start, place.start + len(literal.rstrip("}")))


def unread_from(document: Document) -> int:
    """Return the offset from which on a file was not read as settings; its length where all was."""
    if not document.whole:
        return 0
    if not document.problems:
        return len(document.source.text)
    starts = (item.span.start for item in document.problems if item.kind == "multiple-documents")
    return min(starts, default=len(document.source.text))


@cache
def setting_keys(annotations: Annotations) -> frozenset[str]:
    """Return every key that some setting has."""
    return frozenset(
        pointers.tokens(place)[-1] for place in annotations.settings if place and place[-2:] != "/*"
    )


@cache
def _unremarkable_keys(annotations: Annotations) -> frozenset[str]:
    """Return the keys of settings that are not named like a password."""
    return frozenset(key for key in setting_keys(annotations) if not words.names_secret(key))


def _is_plainly_written(document: Document, annotations: Annotations) -> bool:
    """Tell whether all keys are settings' and no value hides behind escapes: nothing to look at."""
    root = document.root
    if root is None:
        return True
    keys = _unremarkable_keys(annotations)
    found = contents(document)
    strange = [node for node in found.collections if not keys.issuperset(node.keys)]
    if strange:
        secret = [root.at(place) for place in annotations.secret]
        for node in strange:
            if any(node.child(key) not in secret for key in node.keys.keys() - keys):
                return False
    # What is written in place of a secret is not looked at, and need not be told apart here.
    return document.is_ordinary or not [
        node for node in found.scalars if node.end - node.start - len(node.raw) not in _LENGTHS_BESIDE
    ]


class _Walk:
    """One pass over a file's nodes."""

    __slots__ = ("annotations", "document", "secret", "suspect", "unremarkable", "user_names")

    def __init__(self, document: Document, annotations: Annotations, *, suspect: bool) -> None:
        self.document = document
        self.annotations = annotations
        self.suspect = suspect
        self.secret = annotations.secret
        self.unremarkable = _unremarkable_keys(annotations)
        self.user_names = frozenset(places(annotations)).difference(annotations.secret)

    def at(self, pointer: str, node: Node) -> Iterator[Exposure]:
        """Look at a value that stands at a pointer."""
        if not self.annotations.is_secret(pointer):
            holder, _, _ = pointer.rpartition("/")
            key = pointers.tokens(pointer)[-1]
            yield from self._member(holder, key, pointer, node)

    def under(self, pointer: str, node: Node) -> Iterator[Exposure]:
        """Look at the members of a collection, or at a single value."""
        items = node.items
        if items is None:
            if self.suspect or self._is_rewritten(node.start, node.end, node.raw):
                yield from self._value(pointer, node)
        elif isinstance(items, dict):
            for key, child in items.items():
                place = (
                    f"{pointer}/{key}"
                    if "/" not in key and "~" not in key
                    else pointers.child(pointer, key)
                )
                if place in self.secret:
                    continue
                if key in self.unremarkable:
                    yield from self.under(place, child)
                else:
                    yield from self._key(pointer, key, node.keys)
                    yield from self._member(pointer, key, place, child)
        else:
            for index, child in enumerate(items):
                yield from self.under(f"{pointer}/{index}", child)

    def _key(
        self, pointer: str, key: str, keys: Mapping[str, tuple[Document, int, int]]
    ) -> Iterator[Exposure]:
        _, start, end = keys[key]
        if self.suspect or self._is_rewritten(start, end, key):
            for span in find(key)[:1]:
                yield Exposure(Where.KEY, pointer, self._stretch(start, end, key, span), _cut(key, span))

    def _member(self, holder: str, key: str, place: str, node: Node) -> Iterator[Exposure]:
        """Look at a member whose key is no setting's, or is named like a password."""
        shown = holder if find(key) else place
        if self._is_named_secret(key, place):
            for inner, scalar in node.walk():
                if is_lone_alias(scalar):
                    yield Exposure(Where.NAMED, shown, scalar.span, alias_name(scalar))
                elif self._may_be_secret(key, inner, scalar):
                    yield Exposure(Where.NAMED, shown, scalar.span, scalar.raw)
        else:
            yield from self.under(shown, node)

    def _is_named_secret(self, key: str, place: str) -> bool:
        if self.annotations.at(place) is not None:
            return False
        if words.names_secret(key):
            return True
        meant = nearest(words.folded(key), [pointers.tokens(secret)[-1] for secret in self.secret])
        return meant is not None

    def _may_be_secret(self, key: str, inner: str, node: Node) -> bool:
        if (
            not node.is_scalar
            or node.data is None
            or isinstance(node.data, bool)
            or not node.raw.strip()
        ):
            return False
        if part(node, pointers.tokens(inner)).role not in (Role.LITERAL, Role.BAD_NAME):
            return False
        return words.may_be_value(key, node.raw)

    def _value(self, pointer: str, node: Node) -> Iterator[Exposure]:
        user_name = pointer in self.user_names or pointer.startswith(f"{_SOPS}/")
        for span in find(node.raw, user_name=user_name)[:1]:
            place = self._stretch(node.start, node.end, node.raw, span)
            yield Exposure(Where.VALUE, pointer, place, _cut(node.raw, span))

    def _is_rewritten(self, start: int, end: int, raw: str) -> bool:
        """Tell whether escapes or folded lines make a value another text than the file has."""
        return end - start - len(raw) not in _LENGTHS_BESIDE

    def _stretch(self, start: int, end: int, raw: str, span: Span) -> Span:
        """Return where a stretch of a value stands in the file; the whole value where unclear."""
        written = self.document.source.text[start:end]
        if written == raw:
            return Span(start + span.start, start + span.end)
        if written[1:-1] == raw:
            return Span(start + 1 + span.start, start + 1 + span.end)
        return Span(start, end)


def alias_name(node: Node) -> str:
    """Return the name that an alias has in the file."""
    return node.document.source.text[node.start + 1 : node.end].strip()


def is_lone_alias(node: Node) -> bool:
    """True if a node reads as an alias and nothing has its name: a text that begins with ``*``."""
    return node.is_scalar and node.is_alias and f"&{alias_name(node)}" not in node.document.source.text


def _cut(text: str, span: Span) -> str:
    return text[span.start : span.end]
