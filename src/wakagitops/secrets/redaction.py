"""What no output may show: secrets in excerpts of a file, and in what messages say of it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from wakagitops.core.excerpt import MASK
from wakagitops.core.messages import Message
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.patterns import regex
from wakagitops.core.source import Span, merged
from wakagitops.core.suggest import nearest
from wakagitops.secrets import credential_words as words
from wakagitops.secrets import credentials
from wakagitops.secrets.exposure import (
    Where,
    alias_name,
    exposures,
    is_lone_alias,
    setting_keys,
    unread_from,
)
from wakagitops.secrets.references import (
    Part,
    Role,
    foreign_keys,
    is_sound,
    is_sound_reference,
    parts,
    places,
    values,
)
from wakagitops.secrets.unread import unread_masks, unread_secrets
from wakagitops.settings.schema import Annotations
from wakagitops.yaml.comments import Comment
from wakagitops.yaml.document import Document, Node
from wakagitops.yaml.parser import read

_NOTHING: frozenset[str] = frozenset()
_FEW = 32
_SHORTEST = 4
"""Secrets of fewer characters are not looked for in messages: they would be found in any word."""
_SHOWN = frozenset({Role.NAME, Role.EMPTY, Role.REMOVAL, Role.ALIAS})
"""What may be shown of a setting that is a secret: names of places, and nothing."""
_OPEN = frozenset({Role.LITERAL, Role.BAD_NAME, Role.ATTEMPT, Role.EMPTY})
"""What a comment behind may go on with: a password that a `` #`` cut in two."""
_OUR_WORD = "wakagitops"
"""How a suppression begins, which is no secret."""
_HOST = "/notifications/smtp/host"
_ENCRYPTED = regex(r"ENC\[[^\]\r\n]*\]?")


def masks(document: Document, annotations: Annotations) -> list[Span]:
    """Return the stretches of a file that no excerpt may show, in order and apart."""
    document = _as_readable(document)
    text = document.source.text
    hidden = _hidden_parts(document, annotations)
    spans = [item.node.span for item in hidden]
    for secret in _literals(hidden, annotations):
        # The same text elsewhere in the file would give the secret away.
        spans.extend(_occurrences(text, secret))
    tails = list(_tails(document, annotations))
    spans.extend(tail.hidden for tail in tails)
    for secret in {tail.text for tail in tails if tail.is_joined}:
        if _is_telling(secret, annotations):
            spans.extend(_occurrences(text, secret))
    for place in _reference_places(document, annotations):
        spans.extend(span for _, span in foreign_keys(document, place))
    spans.extend(span for _, span in _displaced(document, annotations))
    spans.extend(found.span for found in exposures(document, annotations))
    for user, span in _before_host(document):
        spans.append(span)
        if _is_telling(user, annotations):
            spans.extend(_occurrences(text, user))
    if credentials.is_suspect(text):
        # Beyond the first stretch of each value and comment: the others, anchors, tags.
        spans.extend(credentials.find(text))
    if "ENC[" in text:
        spans.extend(Span(*match.span()) for match in _ENCRYPTED.finditer(text))
    unread = unread_from(document)
    if unread < len(text):
        spans.extend(unread_masks(document, annotations, unread))
        for secret in frozenset(unread_secrets(document, annotations, unread)):
            if _is_telling(secret, annotations):
                spans.extend(_occurrences(text, secret))
    return merged(spans)


def secrets(document: Document, annotations: Annotations) -> frozenset[str]:
    """Return the texts of a file that no message may show."""
    document = _as_readable(document)
    hidden = _hidden_parts(document, annotations)
    exposed = exposures(document, annotations)
    unread = unread_from(document)
    users = [user for user, _ in _before_host(document)]
    is_sound_whole = unread == len(document.source.text) and not (hidden or exposed or users)
    if is_sound_whole and all(is_sound(document, place) for place in annotations.secret):
        return _NOTHING
    found = _literals(hidden, annotations)
    others = {item.literal for item in exposed}.union(users)
    others.update(tail.text for tail in _tails(document, annotations))
    for place in _reference_places(document, annotations):
        others.update(key for key, _ in foreign_keys(document, place))
    others.update(text for text, _ in _displaced(document, annotations))
    if unread < len(document.source.text):
        others.update(unread_secrets(document, annotations, unread))
    return found | {text for text in others if _is_telling(text, annotations)}


def _as_readable(document: Document) -> Document:
    """Return a file as it reads once it is UTF-8, the bytes in it that are no text replaced.

    Then its structure tells what in it is secret, if nothing else is wrong with it.
    """
    if document.problems and any(
        item.kind == "syntax" and item.detail in ("utf-8", "wide") for item in document.problems
    ):
        return read(document.path, document.source.text.encode())
    return document


def _before_host(document: Document) -> Iterator[tuple[str, Span]]:
    """Yield what stands before an ``@`` in the SMTP host: a user or a token, which no host name has."""
    text = document.source.text
    if document.root is None or "@" not in text:
        return
    nodes = [document.root.at(_HOST), *(node for place, node in document.shadowed if place == _HOST)]
    for node in nodes:
        if node is not None and node.is_scalar and "@" in node.raw:
            scheme, colon, rest = node.raw.partition("://")
            user = (rest if colon else scheme).rpartition("@")[0]
            start = text.find(user, node.start, node.end) if user else -1
            yield user, Span(start, start + len(user)) if start >= 0 else node.span


class _Tail(NamedTuple):
    """A comment behind a secret on its line, which may be the rest of the secret."""

    hidden: Span
    """From the secret's end, where nothing but signs stands between, to the comment's end."""
    text: str
    is_joined: bool
    """No space follows the ``#``: hardly a comment that is meant."""


def _tails(document: Document, annotations: Annotations) -> Iterator[_Tail]:
    """Yield the comments that may be or go on with a secret: on its line, or alone on the next."""
    inline, alone = _comment_lines(document)
    if not inline and not alone:
        return
    for end, role in _ends(document, annotations):
        line = document.source.position(end).line
        comment = inline.get(line)
        if comment is not None and comment.span.start >= end:
            between = document.source.text[end : comment.span.start]
            is_rest = role in _OPEN and role is not Role.EMPTY and not between.strip()
            if role in _OPEN or _is_one_password(comment):
                start = end if is_rest else comment.span.start
                is_joined = bool(comment.text[:1].strip())
                yield _Tail(Span(start, comment.span.end), comment.text.strip(), is_joined)
        below = alone.get(line + 1)
        if below is not None and (role is Role.EMPTY or _is_one_password(below)):
            yield _Tail(below.span, below.text.strip(), is_joined=False)


def _comment_lines(document: Document) -> tuple[dict[int, Comment], dict[int, Comment]]:
    """Return the comments behind content and those alone on a line, by line; no suppressions."""
    inline: dict[int, Comment] = {}
    alone: dict[int, Comment] = {}
    for comment in document.comments:
        line = document.source.position(comment.span.start).line
        if not comment.alone:
            inline[line] = comment
        elif not comment.text.lstrip().startswith(_OUR_WORD):
            alone[line] = comment
    return inline, alone


def _ends(document: Document, annotations: Annotations) -> Iterator[tuple[int, Role]]:
    """Yield where values end that are or may be secrets, and what each is."""
    for place in annotations.secret:
        if is_sound(document, place):
            yield from ((node.end, Role.NAME) for node in values(document, place))
        else:
            yield from (
                (item.node.end, item.role) for item in parts(document, place) if item.role in _OPEN
            )
    for item in exposures(document, annotations):
        if item.where is Where.NAMED:
            yield item.span.end, Role.LITERAL


def _is_one_password(comment: Comment) -> bool:
    """True if a comment is one word that mixes letters with digits or signs, as passwords do."""
    return words.may_be_password(comment.text.strip())


def _hidden_parts(document: Document, annotations: Annotations) -> list[Part]:
    """Return the values of settings that are secrets, but for the names of places."""
    return [
        item
        for place in annotations.secret
        if not is_sound(document, place)
        for item in parts(document, place)
        if item.role not in _SHOWN or is_lone_alias(item.node)
    ] + [
        item
        for place in _reference_places(document, annotations)
        if not annotations.is_secret(place)
        for item in _in_reference(document, place)
    ]


def _reference_places(document: Document, annotations: Annotations) -> list[str]:
    """Return the settings that are secrets, and those that hold an unsound reference to one."""
    return [
        place
        for place in {*annotations.secret, *places(annotations)}
        if annotations.is_secret(place) or _may_be_reference(document, place)
    ]


def _may_be_reference(document: Document, place: str) -> bool:
    """Tell quickly whether a setting that may be a text holds an unsound reference in its place."""
    node = document.root.at(place) if document.root is not None else None
    is_text = node is None or node.is_scalar
    return bool(document.shadowed) or not (is_text or is_sound(document, place))


def _displaced(document: Document, annotations: Annotations) -> Iterator[tuple[str, Span]]:
    """Yield the key, and its value, on the line behind a secret's key without a value.

    There a secret was written in place of a value, with a colon behind it or in it. A setting's key,
    right or mistyped, and one that opens a mapping are shown.
    """
    ends = [
        node.end
        for place in annotations.secret
        for node in values(document, place)
        if node.is_scalar and not node.raw.strip() and node.plain
    ]
    if not ends or document.root is None:
        return
    keys = sorted(
        (start, end, key, node.child(key))
        for _, node in document.root.walk()
        for key, (_, start, end) in node.keys.items()
    )
    known = setting_keys(annotations) | {"sops"}
    for behind in ends:
        start, end, key, value = next((found for found in keys if found[0] >= behind), (0, 0, "", None))
        if not key or key in known or nearest(key, known) or value is None or not value.is_scalar:
            continue
        between = document.source.text[behind:start]
        if any(line.strip() and not line.lstrip().startswith("#") for line in between.splitlines()):
            continue
        yield key, Span(start, end)
        if value.raw.strip():
            yield value.raw, value.span


def _in_reference(document: Document, place: str) -> Iterator[Part]:
    """Yield what is no name in a reference at a setting that may also be a text, as a user name may."""
    alone = {id(value) for value in values(document, place) if value.is_scalar}
    for item in parts(document, place):
        if item.role not in _SHOWN and id(item.node) not in alone:
            yield item


def _literals(hidden: Iterable[Part], annotations: Annotations) -> frozenset[str]:
    return frozenset(
        text for item in hidden for text in _written(item.node) if _is_telling(text, annotations)
    )


def _written(node: Node) -> tuple[str, ...]:
    """Return the forms in which a message may name a value."""
    if is_lone_alias(node):
        return (alias_name(node),)
    return node.raw, str(node.data)


def _is_telling(text: str, annotations: Annotations) -> bool:
    """Tell whether a secret can be looked for: not in any word, and no setting is called so."""
    return len(text) >= _SHORTEST and text not in setting_keys(annotations)


@lru_cache(maxsize=512)
def is_suspect(text: str, secrets: frozenset[str] = frozenset()) -> bool:
    """Tell whether a text holds one of the given secrets, or something that looks like one."""
    return bool(_secrets_in(text, secrets) or credentials.find(text))


def holds_secret(pointer: str, node: Node, secrets: frozenset[str], annotations: Annotations) -> bool:
    """Tell whether some value or key in the node at a pointer is a secret, or looks like one.

    Args:
        pointer: the setting.
        node: its value.
        secrets: the secrets of the files that it may come from.
        annotations: what the schema says of each setting.
    """
    if not secrets and pointer not in places(annotations):
        # Whatever looks like a credential is among the secrets, but for user names.
        return False
    if not secrets and is_sound_reference(node):
        return False
    known = setting_keys(annotations)
    for _, inner in node.walk():
        if isinstance(inner.data, str):
            if is_suspect(inner.data, secrets):
                return True
        elif isinstance(inner.items, dict) and any(
            is_suspect(key, secrets) for key in inner.items.keys() - known
        ):
            return True
    return False


def clean(message: Message, secrets: frozenset[str]) -> Message:
    """Return a message with every secret in its fields masked, and what looks like one."""
    if not message.fields:
        return message
    fields = tuple((name, _cleaned(value, secrets)) for name, value in message.fields)
    return message if fields == message.fields else message._replace(fields=fields)


def _cleaned(value: object, secrets: frozenset[str]) -> object:
    if isinstance(value, Message):
        return clean(value, secrets)
    if isinstance(value, str):
        return clean_text(value, secrets)
    if isinstance(value, bool) or not secrets:
        return value
    return MASK if str(value) in secrets else value


def clean_text(text: str, secrets: frozenset[str]) -> str:
    """Return a text with every secret in it masked, and what looks like one."""
    # The longest first, so that a secret that holds another leaves nothing of itself.
    for secret in sorted(_secrets_in(text, secrets), key=len, reverse=True):
        text = _mask_in(text, secret)
    return credentials.redact(text, MASK)


def _secrets_in(text: str, secrets: frozenset[str]) -> Collection[str]:
    """Return those of the secrets that a text holds."""
    if len(secrets) <= _FEW:
        return [secret for secret in secrets if secret in text]
    starts = _by_start(secrets)
    found: set[str] = set()
    for at in range(len(text) - _SHORTEST + 1):
        for secret in starts.get(text[at : at + _SHORTEST], ()):
            if text.startswith(secret, at):
                found.add(secret)
    return found


@lru_cache(maxsize=4)
def _by_start(secrets: frozenset[str]) -> Mapping[str, Sequence[str]]:
    """Return secrets by their first characters, so that thousands are looked for as fast as one."""
    starts: dict[str, list[str]] = {}
    for secret in secrets:
        starts.setdefault(secret[:_SHORTEST], []).append(secret)
    return starts


def _mask_in(text: str, secret: str) -> str:
    kept, at = [], 0
    for span in _occurrences(text, secret):
        kept += [text[at : span.start], MASK]
        at = span.end
    return "".join((*kept, text[at:]))


def _occurrences(text: str, secret: str) -> Iterator[Span]:
    """Yield where a secret stands in a text; a short one of letters and digits only as a word."""
    only_as_word = len(secret) < 2 * _SHORTEST and secret.isalnum()
    start = text.find(secret)
    while start >= 0:
        end = start + len(secret)
        inside_word = text[max(start - 1, 0) : start].isalnum() or text[end : end + 1].isalnum()
        if not (only_as_word and inside_word):
            yield Span(start, end)
        start = text.find(secret, end)
