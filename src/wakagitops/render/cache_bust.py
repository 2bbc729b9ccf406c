"""``cache-bust.json``: whose caches a deployment makes stale, why, and what to empty.

It describes one transition, from the deployment that was applied last to this one. Only what the
public sees counts: the settings that the schema marks ``x-public`` and the public files.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from wakagitops.core import pointer as pointers
from wakagitops.core.messages import Message, msg
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.patterns import regex
from wakagitops.render.context import context_of
from wakagitops.render.escaping import UnfitTextError
from wakagitops.render.files import Refusal, RenderedFile
from wakagitops.render.manifest import PUBLIC_TARGET, canonical
from wakagitops.render.published_address import encoded_address
from wakagitops.settings.model import ShopSettings
from wakagitops.settings.schema import Annotations

VERSION = 1
BUTTON = "Vaciar caché"
_EMAIL = "/contact/email"
_CODES = {_EMAIL: "contact-email-changed"}
_SAID = {
    "first-publication": msg("it is published for the first time"),
    "removed": msg("the shop is removed"),
    "renderer-changed": msg("the same settings give other public files than before"),
}
_NOTE = (
    "After saving, it may be necessary to press this button before the public page shows the change. / "
    "Después de guardar, puede ser necesario pulsar este botón para que la página pública muestre el "
    "cambio."
)
_compact = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
ORIGIN = regex(r"https?://[a-z0-9.:\[\]-]+\Z")
PAGE = regex(r"/[A-Za-z0-9_~!$&'()*+,;=:@%./-]*\Z")


class Artefact(NamedTuple):
    """A public file of a shop."""

    file: str
    """Its path, relative to the folder of the manifests."""
    sha256: str
    size: int
    """In bytes."""


class PublicState(NamedTuple):
    """What the public sees of a shop."""

    values: Mapping[str, Any]
    """Public settings by the last part of their name; the address itself, not encoded."""
    artefacts: Mapping[str, Artefact]
    """Public files by their names without hash."""
    operation_id: str = ""
    """That of the transition that led here; empty where there was none."""

    @property
    def digest(self) -> str:
        """Return a digest of all of it."""
        files = {name: artefact.sha256 for name, artefact in self.artefacts.items()}
        return _digest({"values": self.values, "artefacts": files})


class Previous(NamedTuple):
    """The deployment that was applied last, as far as the public saw it."""

    shops: Mapping[str, PublicState] = {}
    removed: Mapping[str, str] = {}
    """Shops that went, and the ids of those operations: one that comes back must repeat no id."""


class Reason(NamedTuple):
    """Why the caches of a shop are stale."""

    code: str
    pointer: str = ""
    """The setting that changed; empty where it is none."""

    @property
    def message(self) -> Message:
        """Return the reason as people read it."""
        return _SAID.get(self.code) or msg("{setting} changed", setting=pointers.dotted(self.pointer))


class Change(NamedTuple):
    """What a deployment means for the caches of one shop."""

    shop: str
    before: PublicState | None
    after: PublicState | None
    """None for a shop that is removed."""
    reasons: tuple[Reason, ...]
    tags: tuple[str, ...]
    urls: tuple[str, ...]
    operation_id: str

    @property
    def flush(self) -> bool:
        """Tell whether cached pages show something old."""
        return bool(self.reasons)

    @property
    def is_past(self) -> bool:
        """Tell whether the shop went in an earlier deployment."""
        return self.before is None and self.after is None


def refusals(settings: ShopSettings) -> Iterator[Refusal]:
    """Yield what ``cache-bust.json`` cannot carry: programs put its addresses into requests as they are.

    The rules find all of it too; this holds even where they are switched off.
    """
    advice = msg("Write it as the browser's address bar shows it, without spaces or line breaks.")
    if ORIGIN.match(settings.url) is None:
        yield Refusal("/url", msg("caches cannot be asked to drop pages of this address"), advice)
    for index, page in enumerate(settings.contact.pages):
        if PAGE.match(page) is None:
            yield Refusal(
                f"/contact/pages/{index}", msg("caches cannot be asked to drop this page"), advice
            )
    try:
        encoded_address(settings.contact.email, settings.contact.publish)
    except UnfitTextError as error:
        yield Refusal(_EMAIL, error.message, error.advice)


def public_states(
    settings: Iterable[ShopSettings], files: Iterable[RenderedFile], annotations: Annotations
) -> dict[str, PublicState]:
    """Return what the public sees of each shop, by its id.

    A file of the whole fleet counts for the shops whose own public files name it.
    """
    own: dict[str, list[RenderedFile]] = {}
    for file in files:
        if file.target == PUBLIC_TARGET and file.artefact:
            own.setdefault(file.shop, []).append(file)
    shared = [(file.path.rpartition("/")[2].encode(), file) for file in own.pop("", ())]
    states = {}
    for shop in settings:
        mine = own.get(shop.shop, [])
        used = [file for name, file in shared if any(name in one.data for one in mine)]
        artefacts = {
            file.artefact: Artefact(file.path, sha256(file.data).hexdigest(), len(file.data))
            for file in (*mine, *used)
        }
        states[shop.shop] = PublicState(_public_values(shop, annotations), artefacts)
    return states


def changes(
    states: Mapping[str, PublicState],
    previous: Previous,
    annotations: Annotations,
    *,
    environment: str = "",
) -> tuple[Change, ...]:
    """Compare every shop's public state with the one before, in the order of the shops' ids.

    Args:
        states: this deployment's.
        previous: the last applied deployment's.
        annotations: which settings are public.
        environment: the environment of these shops; empty where there are none.
    """
    return tuple(
        _change(shop, previous, states.get(shop), annotations, environment)
        for shop in sorted({*states, *previous.shops, *previous.removed})
    )


def as_previous(
    states: Mapping[str, PublicState], annotations: Annotations, *, environment: str = ""
) -> Previous:
    """Return public states as the deployment that was applied last, each shop published once."""
    first = changes(states, Previous(), annotations, environment=environment)
    ids = {change.shop: change.operation_id for change in first}
    return Previous({shop: state._replace(operation_id=ids[shop]) for shop, state in states.items()})


def encode(changes: Sequence[Change], annotations: Annotations) -> bytes:
    """Return the bytes of ``cache-bust.json``, one line a shop.

    Of a shop that went earlier only its last operation is kept.
    """
    email = annotations.at(_EMAIL)
    action = {"panel": email.panel if email else "", "button": BUTTON, "note": _NOTE}
    shops = {change.shop: _plain(change, action) for change in changes if not change.is_past}
    gone = {change.shop: change.operation_id for change in changes if change.is_past}
    return canonical({"version": VERSION, "shops": shops, **({"gone": gone} if gone else {})})


def cache_tag(shop: str, environment: str = "") -> str:
    """Return the tag that the pages of a shop carry in caches.

    Varnish's xkey, Fastly, Cloudflare and Akamai all accept it: 64 letters, digits and hyphens at
    most. An environment's name may hold anything, so a digest of it takes its place.
    """
    if not environment:
        return f"wk-{shop}-contact"
    return f"wk-{sha256(environment.encode()).hexdigest()[:10]}-{shop}"


def _change(
    shop: str,
    previous: Previous,
    after: PublicState | None,
    annotations: Annotations,
    environment: str,
) -> Change:
    before = previous.shops.get(shop)
    reasons = _reasons(before, after, annotations)
    last = before.operation_id if before is not None else previous.removed.get(shop, "")
    if not reasons:
        return Change(shop, before, after, (), (), (), last)
    digests = [state.digest if state is not None else None for state in (before, after)]
    operation = _digest([environment, shop, last, *digests])
    urls = sorted({url for state in (before, after) if state is not None for url in _urls(state)})
    return Change(shop, before, after, reasons, (cache_tag(shop, environment),), tuple(urls), operation)


def _reasons(
    before: PublicState | None, after: PublicState | None, annotations: Annotations
) -> tuple[Reason, ...]:
    if before is None:
        return (Reason("first-publication"),) if after is not None else ()
    if after is None:
        return (Reason("removed"),)
    reasons = []
    for pointer in annotations.public:
        name = _name(pointer)
        # A setting that the state before did not know of changed only if the files did.
        if name in before.values and before.values[name] != after.values[name]:
            reasons.append(Reason(_CODES.get(pointer, f"{name}-changed"), pointer))
    if not reasons and _digests(before) != _digests(after):
        # The same settings give other bytes: that is the tool's or a template's doing.
        reasons.append(Reason("renderer-changed"))
    return tuple(reasons)


def _digests(state: PublicState) -> dict[str, str]:
    return {name: artefact.sha256 for name, artefact in state.artefacts.items()}


def _urls(state: PublicState) -> Iterable[str]:
    return (f"{state.values['url']}{page}" for page in state.values["pages"])


def _public_values(settings: ShopSettings, annotations: Annotations) -> dict[str, Any]:
    context = context_of(settings)
    values = {}
    for pointer in annotations.public:
        value: Any = context
        for token in pointers.tokens(pointer):
            value = value.get(token) if isinstance(value, dict) else None
        values[_name(pointer)] = value
    return values


def _name(pointer: str) -> str:
    return pointers.tokens(pointer)[-1]


def _plain(change: Change, action: Mapping[str, str]) -> dict[str, Any]:
    public = None
    if change.after is not None:
        values = change.after.values
        public = {**values, "email": encoded_address(values["email"], values["publish"])}
    return {
        "flush_cache": change.flush,
        "reasons": [{"reason": reason.code, "pointer": reason.pointer} for reason in change.reasons],
        "public": public,
        "artefacts": _plain_artefacts(change),
        "purge": {"tags": change.tags, "urls": change.urls},
        "manual_action": action if change.flush else None,
        "operation_id": change.operation_id,
    }


def _plain_artefacts(change: Change) -> dict[str, Any]:
    before = change.before.artefacts if change.before is not None else {}
    after = change.after.artefacts if change.after is not None else {}
    plain = {}
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if new is None:
            kind = "removed"
        elif old is None:
            kind = "added"
        else:
            kind = "unchanged" if old.sha256 == new.sha256 else "modified"
        plain[name] = {
            "file": new.file if new is not None else None,
            "sha256": new.sha256 if new is not None else None,
            "bytes": new.size if new is not None else None,
            "previous": old.sha256 if old is not None else None,
            "change": kind,
        }
    return plain


def _digest(value: object) -> str:
    return sha256(_compact(value).encode()).hexdigest()
