"""Reading the ``cache-bust.json`` of the last applied deployment, which may be anybody's file."""

from __future__ import annotations

import html
import json
from base64 import b64decode
from binascii import Error as BadBase64Error
from typing import Any

from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.patterns import regex
from wakagitops.render.cache_bust import ORIGIN, PAGE, VERSION, Artefact, Previous, PublicState
from wakagitops.render.manifest import is_safe_path

_SHOP = regex(r"[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?\Z")
_DIGEST = regex(r"[0-9a-f]{64}\Z")
_MODES = ("assembled", "entities", "plain")


class BadPreviousError(ValueError):
    """The bytes are no ``cache-bust.json`` of version 1."""

    def __init__(self, shop: str = "") -> None:
        """Keep the shop whose part is wrong; empty where it is the whole file."""
        super().__init__(shop)
        self.shop = shop


class PreviousFile(NamedTuple):
    """A file that stands for the state before, as it was read."""

    path: str
    """As it was named."""
    data: bytes


def decode(data: bytes) -> Previous:
    """Return the public state that a ``cache-bust.json`` leads to.

    What ends up in this run's own file, such as addresses to purge, is held to the same grammar.

    Raises:
        BadPreviousError: the bytes are no such file.
    """
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadPreviousError from error
    match document:
        case {"version": version, "shops": dict(shops)} if version == VERSION:
            removed = _gone(document.get("gone", {}))
        case _:
            raise BadPreviousError
    states: dict[str, PublicState] = {}
    for shop, plain in shops.items():
        if not _SHOP.match(shop):
            raise BadPreviousError
        match plain:
            case {"public": None, "operation_id": str(last)} if _DIGEST.match(last):
                removed[shop] = last
            case {
                "public": dict(public),
                "artefacts": dict(artefacts),
                "operation_id": str(last),
            } if _DIGEST.match(last):
                states[shop] = PublicState(_values(shop, public), _artefacts(shop, artefacts), last)
            case _:
                raise BadPreviousError(shop)
    return Previous(states, removed)


def _gone(plain: object) -> dict[str, str]:
    """Return the last operations of shops that went earlier."""
    if not isinstance(plain, dict):
        raise BadPreviousError
    for shop, last in plain.items():
        if not _SHOP.match(shop) or not isinstance(last, str) or not _DIGEST.match(last):
            raise BadPreviousError(shop)
    return plain


def decoded_address(text: str, publish: str) -> str:
    """Return the address that ``published_address.encoded_address`` encoded.

    Raises:
        ValueError: the text is no such encoding.
    """
    if publish != "assembled":
        return html.unescape(text) if publish == "entities" else text
    user, dot, domain = text.partition(".")
    if not dot:
        message = "one part"
        raise ValueError(message)
    return "@".join(_decoded(part) for part in (user, domain))


def _decoded(part: str) -> str:
    try:
        return b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True).decode()
    except BadBase64Error as error:
        message = "no base64url"
        raise ValueError(message) from error


def _values(shop: str, public: dict[str, Any]) -> dict[str, Any]:
    match public:
        case {
            "email": str(email),
            "publish": str(publish),
            "pages": list(pages),
            "url": str(url),
        } if (
            publish in _MODES
            and ORIGIN.match(url)
            and all(isinstance(page, str) and PAGE.match(page) for page in pages)
        ):
            try:
                return {**public, "email": decoded_address(email, publish)}
            except ValueError as error:
                raise BadPreviousError(shop) from error
    raise BadPreviousError(shop)


def _artefacts(shop: str, artefacts: dict[str, Any]) -> dict[str, Artefact]:
    found = {}
    for name, plain in artefacts.items():
        match plain:
            case {"change": "removed"}:
                continue
            case {"file": str(file), "sha256": str(digest), "bytes": int(size)} if (
                is_safe_path(file) and _DIGEST.match(digest) and size >= 0
            ):
                found[name] = Artefact(file, digest, size)
            case _:
                raise BadPreviousError(shop)
    return found
