"""References to secrets: the forms that a setting may have, and the names that each form allows."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from functools import cache, lru_cache
from re import ASCII, Pattern

from wakagitops.core import pointer as pointers
from wakagitops.core.injection import template_mark
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.patterns import regex
from wakagitops.core.source import Span
from wakagitops.core.suggest import nearest
from wakagitops.secrets import credentials
from wakagitops.settings.schema import Annotations
from wakagitops.yaml.document import Document, Node

_NO_NAME = regex(r"[^A-Za-z0-9_]")
_NAME_LIMIT = 253
"""The longest name and the longest key of a Kubernetes Secret, in characters (RFC 1123)."""
_ENV = regex(r"[A-Z_][A-Z0-9_]*\Z", ASCII)
_FILE = regex(r"(?!.*/\.\.?(?:/|\Z))(?:/[^/\x00-\x1f\x7f-\x9f\u2028\u2029]+)+\Z")
_SUBDOMAIN = regex(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*\Z", ASCII)
_SECRET_KEY = regex(r"(?!\.\.?\Z|\.\.)[-._a-zA-Z0-9]+\Z", ASCII)
_PATH = regex(r"(?!/)(?!(?:.*/)?\.\.?(?:/|\Z))[^\s\x00-\x1f\x7f-\x9f]+(?<!/)\Z")
_PLAIN_NAME = regex(r"(?! )[^\x00-\x1f\x7f-\x9f\u2028\u2029]+(?<! )\Z")

_FREE_NAMES = ("vault", "external")
"""Forms whose names may hold any sign."""
_STRANGE_IN_NAME = regex(r"[!\"$%^*?<>|\\`]")
"""Signs that passwords hold, and hardly any name in a store."""

ITSELF = ""
"""The member name that stands for a form written as text, such as ``env: NAME``."""
FORMS: Mapping[str, Mapping[str, Pattern[str]]] = {
    "env": {ITSELF: _ENV},
    "file": {ITSELF: _FILE},
    "kubernetes": {"name": _SUBDOMAIN, "key": _SECRET_KEY},
    "external": {"store": _SUBDOMAIN, "key": _PLAIN_NAME, "property": _PLAIN_NAME},
    "vault": {"path": _PATH, "key": _PLAIN_NAME},
}
"""Each form of a reference with its members and what may stand in them."""
_ALSO_CALLED = {
    "environment": "env", "envvar": "env", "env_var": "env", "variable": "env", "var": "env",
    "path": "file", "secret_file": "file", "k8s": "kubernetes", "kube": "kubernetes",
    "secretkeyref": "kubernetes", "secret": "kubernetes", "external_secret": "external",
    "externalsecret": "external", "eso": "external", "hashicorp": "vault", "hcvault": "vault",
}  # fmt: skip
_MEMBERS_ALSO_CALLED = {
    "secret": "name", "secretname": "name", "secret_name": "name", "secretkey": "key",
    "secret_key": "key", "field": "key", "secretstore": "store", "mount": "path",
}  # fmt: skip
_MEMBERS_OF_OTHERS = frozenset({"namespace", "kind", "version", "optional", "engine", "role"})
"""What references of this kind have in other tools; names are no secrets there."""

SOPS_TEXT = regex(
    r"ENC\[AES256_GCM,data:[A-Za-z0-9+/=]*,iv:[A-Za-z0-9+/=]+,tag:[A-Za-z0-9+/=]+,"
    r"type:(?:str|int|float|bool|bytes|comment)\]\Z"
)
"""What SOPS 3 writes in place of a value (as its version 3.11 was seen to do)."""
_OWN_FORM = r"(?:env|ENV)[:=] ?[A-Z_][A-Z0-9_]*|file[:=] ?/[\w./@-]+|vault[:=] ?[\w.-]+(?:/[\w.-]+)+"
_AS_TEXT = regex(rf"(?:{_OWN_FORM}|\{{ ?(?:{_OWN_FORM}) ?\}})\Z")
"""A reference of ours that is written as a text, by quotes or for want of a space."""
_VARIABLE = "[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+"
"""A variable's name that is hardly a password: in capitals, of several words."""
_ATTEMPT = regex(
    r"\$\{[^{}]*\}\Z|\$\([^()]*\)\Z|\$?\{\{[^{}'\"]*\}\}\Z|\{%[^{}'\"]*%\}\Z|<%[^<>'\"]*%>\Z"
    r"|#\{[^{}'\"]*\}\Z|(?:env|ENV)/[A-Z_][A-Z0-9_]*\Z|(?:file|vault|op|ssm|sops)://?[\w./#@-]+\Z"
    rf"|\${_VARIABLE}\Z|%{_VARIABLE}%\Z|(?:process\.)?env\.{_VARIABLE}\Z"
)
"""A text that points to a secret in the manner of another tool."""
_DRESSED_NAME = regex(r"\$[A-Z_][A-Z0-9_]*\Z|\$\{[A-Z_][A-Z0-9_]*\}\Z|%[A-Z_][A-Z0-9_]*%\Z")
"""A variable's name with the signs that make a shell fill it in."""


class Role(Enum):
    """What a single value is, at or under a place where a secret is set."""

    LITERAL = "literal"
    """A value that may be the secret itself."""
    ENCRYPTED = "encrypted"
    """A text that SOPS encrypted."""
    ATTEMPT = "attempt"
    """A reference in the manner of another tool, such as ``${NAME}``, or one of ours as a text."""
    NAME = "name"
    """A name that its form allows."""
    BAD_NAME = "bad name"
    """A value where a name belongs, and that its form does not allow."""
    EMPTY = "empty"
    """No value, or an empty text."""
    ALIAS = "alias"
    """An alias, which settings files may not have anywhere."""
    REMOVAL = "removal"
    """The word ``null`` in place of the whole setting, which removes an inherited one."""


class Part(NamedTuple):
    """A single value at or under a place where a secret is set, and what it is."""

    node: Node
    role: Role
    form: str = ""
    """The form that the value belongs to, also where its key was mistyped."""
    member: str = ""


@cache
def places(annotations: Annotations) -> tuple[str, ...]:
    """Return the pointers to the settings that may be references."""
    return tuple(
        pointer
        for pointer, setting in annotations.settings.items()
        if "object" in setting.types and FORMS.keys() <= set(annotations.keys_of(pointer))
    )


def owns(annotations: Annotations, pointer: str, keyword: str = "") -> bool:
    """Tell whether what is wrong at a place is for the rules on secrets to say, not for the schema's.

    Args:
        annotations: what the schema says of each setting.
        pointer: the place.
        keyword: the keyword of the schema that the value breaks, where it does.
    """
    if annotations.is_secret(pointer):
        return True
    for place in places(annotations):
        if pointer == place:
            return keyword in ("minProperties", "maxProperties")
        if pointers.covers(place, pointer):
            return True
    return False


def suggestion(path: str, place: str) -> str:
    """Return a sound reference to write for a setting, such as ``password: {env: SHOP_SMTP_PASSWORD}``.

    Args:
        path: the settings file, whose name gives the variable its first part.
        place: the pointer to the setting, whose last two tokens give the rest.
    """
    stem = path.rpartition("/")[2].rpartition(".")[0]
    words = pointers.tokens(place)[-2:]
    if not stem.startswith("_") and stem.isascii():
        words.insert(0, stem)
    name = _NO_NAME.sub("_", "_".join(words)).upper().lstrip("0123456789")
    return f"{words[-1]}: {{env: {name}}}"


@lru_cache(maxsize=16)
def is_sound(document: Document, place: str) -> bool:
    """Tell quickly whether a setting is absent or holds one sound reference, and nothing else.

    Where this is true, ``parts`` are all names, and no rule on secrets has anything to say.
    """
    if document.shadowed:
        return False
    node = document.root.at(place) if document.root is not None else None
    return node is None or is_sound_reference(node)


def are_renderable(root: Node, annotations: Annotations) -> bool:
    """Tell whether effective settings hold secrets as names of places alone, or encrypted by SOPS.

    This holds whichever rules were suppressed: no secret may get into a deployment.
    """
    for place in places(annotations):
        node = root.at(place)
        if node is None or (node.is_scalar and not annotations.is_secret(place)):
            continue
        is_encrypted = isinstance(node.data, str) and SOPS_TEXT.match(node.data) is not None
        if not is_encrypted and not is_sound_reference(node):
            return False
    return True


def is_sound_reference(node: Node) -> bool:
    """Tell whether a value is one reference that names a place as its form allows, and no more."""
    if not isinstance(node.items, dict) or len(node.items) != 1:
        return False
    ((form, target),) = node.items.items()
    members = FORMS.get(form)
    if members is None:
        return False
    if ITSELF in members:
        return isinstance(target.data, str) and _is_harmless_name(form, ITSELF, target.data)
    return (
        isinstance(target.items, dict)
        and target.items.keys() == members.keys()
        and all(
            isinstance(child.data, str) and _is_harmless_name(form, member, child.data)
            for member, child in target.items.items()
        )
    )


def parts(document: Document, place: str) -> Iterator[Part]:
    """Yield each single value at or under a pointer, shadowed duplicates included."""
    for pointer, root in _roots(document, place):
        unwrapped = unwrapped_form(root) if pointer == place else None
        for inner, node in root.walk(pointer):
            if not node.is_scalar:
                continue
            path = pointers.tokens(inner[len(place) :])
            if unwrapped is None:
                yield part(node, path)
            else:
                found = part(node, [unwrapped, *path])
                yield found._replace(role=Role.BAD_NAME) if found.role is Role.NAME else found


def values(document: Document, place: str) -> Iterator[Node]:
    """Yield the values at a pointer: the one that holds, and those a later duplicate replaced."""
    for pointer, node in _roots(document, place):
        if pointer == place:
            yield node


def literals(document: Document, place: str) -> Iterator[Span]:
    """Yield where the values at a pointer may be or hold a secret: one place for each value.

    That is the secret where it is alone; else the value's start, since a place behind a secret
    would tell the secret's length.
    """
    shown: list[Span] = []
    foreign = sorted(span for _, span in foreign_keys(document, place))
    found = sorted(item.node.span for item in parts(document, place) if item.role is Role.LITERAL)
    left = set(found)
    for value in values(document, place):
        inside = [span for span in _within(found, value.start, value.end) if span in left]
        left.difference_update(inside)
        has_foreign = bool(_within(foreign, value.start + 1, value.end))
        if len(inside) == 1 and (value.is_scalar or not has_foreign):
            shown += inside
        elif inside:
            shown.append(Span(value.start, value.start))
    # What is left stands in a replaced value below the setting, which ``values`` does not know.
    yield from sorted([*shown, *(span for span in found if span in left)])


def _within(spans: Sequence[Span], start: int, end: int) -> list[Span]:
    """Return those of sorted spans that lie between two offsets."""
    first = bisect_left(spans, (start, 0))
    return [span for span in spans[first : bisect_right(spans, (end, end))] if span.end <= end]


def foreign_keys(document: Document, place: str) -> Iterator[tuple[str, Span]]:
    """Yield the keys at or under a setting that no reference has, and that may hold anything."""
    for root in values(document, place):
        for _, node in root.walk():
            for key, (_, start, end) in node.keys.items():
                if not _is_known_key(key):
                    at = _end_of_tight_key(key) if end - start == len(key) else 0
                    yield key[at:], Span(start + at, end)


def _end_of_tight_key(key: str) -> int:
    """Return where what may be a secret begins in a key such as ``env:NAME``, which lacks its space."""
    name, colon, _ = key.partition(":")
    is_known = name in FORMS or any(name in members for members in FORMS.values())
    return len(name) + 1 if colon and is_known else 0


def _is_known_key(key: str) -> bool:
    return (
        key in _MEMBERS_OF_OTHERS
        or meant_form(key) is not None
        or any(meant_member(form, key) is not None for form in FORMS)
    )


def unwrapped_form(node: Node) -> str | None:
    """Return the form whose members a mapping holds without the form's own key, or None."""
    if not isinstance(node.items, dict):
        return None
    for form, members in FORMS.items():
        if ITSELF not in members and node.items.keys() == members.keys():
            return form
    return None


def meant_form(key: str) -> str | None:
    """Return the form that a key names or was probably meant to name, or None."""
    return _meant(key, FORMS, _ALSO_CALLED)


def meant_member(form: str, key: str) -> str | None:
    """Return the member of a form that a key names or was probably meant to name, or None."""
    return _meant(key, FORMS[form], _MEMBERS_ALSO_CALLED)


def _roots(document: Document, place: str) -> Iterator[tuple[str, Node]]:
    if document.root is not None:
        node = document.root.at(place)
        if node is not None:
            yield place, node
    for pointer, shadowed in document.shadowed:
        if pointers.covers(place, pointer):
            yield pointer, shadowed
        elif pointers.covers(pointer, place):
            node = shadowed.at(place[len(pointer) :])
            if node is not None:
                yield place, node


def part(node: Node, path: Sequence[str]) -> Part:
    """Say what a single value is, by the keys that lead to it from the setting's place."""
    if node.data is None and not node.plain:
        return Part(node, Role.ALIAS)
    if not path:
        return Part(node, _role_of_text(node))
    form = meant_form(path[0]) or ""
    member = _meant_path(form, path) if form else None
    if _is_empty(node):
        return Part(node, Role.EMPTY, form, member or "")
    if member is None:
        is_aside = len(path) == 2 and path[1] in _MEMBERS_OF_OTHERS and _SUBDOMAIN.match(node.raw)
        return Part(node, Role.BAD_NAME if form and is_aside else Role.LITERAL, form)
    allowed = isinstance(node.data, str) and is_name(form, member, node.data)
    if allowed and not _is_harmless_name(form, member, node.raw):
        return Part(node, Role.LITERAL, form, member)
    if path[0] != form or (len(path) > 1 and path[1] != member):
        # Under a mistyped key only what is surely a name is taken for one.
        return Part(node, Role.BAD_NAME if allowed else Role.LITERAL, form, member)
    return Part(node, Role.NAME if allowed else Role.BAD_NAME, form, member)


def _meant_path(form: str, path: Sequence[str]) -> str | None:
    """Return the member of a form that a path leads to, or None."""
    if len(path) == 1:
        return ITSELF if ITSELF in FORMS[form] else None
    return meant_member(form, path[1]) if len(path) == 2 else None


def is_name(form: str, member: str, text: str) -> bool:
    """Tell whether a text may stand in a member of a form (``ITSELF`` where the form is text)."""
    if form == "kubernetes" and len(text) > _NAME_LIMIT:
        return False
    return FORMS[form][member].match(text) is not None and not template_mark(text)


def is_reference_as_text(text: str) -> bool:
    """Tell whether a text spells a reference of ours, such as ``env: NAME`` in quotes."""
    return _AS_TEXT.match(text) is not None


def is_dressed_name(form: str, text: str) -> bool:
    """Tell whether a variable's name has the signs around it that a shell wants, such as ``$NAME``."""
    return form == "env" and _DRESSED_NAME.match(text) is not None


@lru_cache(maxsize=512)
def _is_harmless_name(form: str, member: str, text: str) -> bool:
    """Tell whether a text is a name that its form allows, and looks like no credential."""
    if form in _FREE_NAMES and _STRANGE_IN_NAME.search(text):
        return False
    return bool(text.strip()) and is_name(form, member, text) and not credentials.find(text)


def _role_of_text(node: Node) -> Role:
    if node.data is None and node.plain and node.raw == "null":
        return Role.REMOVAL
    if _is_empty(node):
        return Role.EMPTY
    if isinstance(node.data, str):
        if SOPS_TEXT.match(node.data):
            return Role.ENCRYPTED
        if is_reference_as_text(node.data) or _ATTEMPT.match(node.data):
            return Role.ATTEMPT
    return Role.LITERAL


def _is_empty(node: Node) -> bool:
    return node.data is None or (isinstance(node.data, str) and not node.data.strip())


def _meant(key: str, known: Mapping[str, object], also: Mapping[str, str]) -> str | None:
    if key in known and key != ITSELF:
        return key
    folded = key.casefold().replace("-", "_")
    near = nearest(folded, [name for name in (*known, *also) if name])
    meant = also.get(near, near) if near is not None else None
    return meant if meant in known else None
