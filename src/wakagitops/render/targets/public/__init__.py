"""The target ``public``: the contact address as the shop's pages show it, as spam-safe as asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from wakagitops.core.messages import msg
from wakagitops.core.rule import Option
from wakagitops.render.escaping import html_text
from wakagitops.render.files import PUBLIC_MODE, Fleet, Refusal, RenderedFile, Target
from wakagitops.render.jinja import builtin_template
from wakagitops.render.manifest import canonical
from wakagitops.render.published_address import address_parts, encoded_address
from wakagitops.render.refusals import unfit_values
from wakagitops.settings.model import ShopSettings

_SCRIPT = "contact-address.js"
_ASSETS_URL = "../assets/"
# What JavaScript's encodeURIComponent leaves as it is, so that both ways to the link agree.
_UNRESERVED = "!*'()"


def hashed_name(name: str, data: bytes) -> str:
    """Return a file's name with the first twelve hexadecimal digits of its SHA-256 before the ending."""
    stem, _, ending = name.rpartition(".")
    return f"{stem}.{sha256(data).hexdigest()[:12]}.{ending}"


@cache
def _script() -> bytes:
    return (Path(__file__).parent / _SCRIPT).read_bytes()


def _public_file(folder: str, name: str, data: bytes, shop: str) -> RenderedFile:
    path = f"public/{folder}/{hashed_name(name, data)}"
    return RenderedFile(path, data, PUBLIC_MODE, shop, "public", artefact=name)


def _shared(fleet: Fleet) -> Iterator[RenderedFile]:
    del fleet
    yield _public_file("assets", _SCRIPT, _script(), "")


def _refuse(settings: ShopSettings) -> Iterator[Refusal]:
    email = settings.contact.email
    user, at, domain = email.rpartition("@")
    if not (user and at and domain):
        yield Refusal(
            "/contact/email",
            msg("a page cannot link to this: it is no email address"),
            msg("Write an address such as contacto@imprenta-sol.es."),
        )
        return
    yield from unfit_values([("/contact/email", email)], html_text)


def _render(settings: ShopSettings, assets_url: str) -> Iterator[RenderedFile]:
    contact = settings.contact
    user, _, domain = contact.email.rpartition("@")
    script = assets_url + hashed_name(_SCRIPT, _script())
    parts = address_parts(contact.email)
    # RFC 6068, section 2: what may not stand in the address of a mailto link is percent-encoded.
    link = f"mailto:{quote(user, safe=_UNRESERVED)}@{quote(domain, safe=_UNRESERVED)}"
    page = builtin_template("public/contact.html.j2", "html")(
        publish=contact.publish,
        email=contact.email,
        user=user,
        domain=domain,
        link=link,
        parts=parts,
        script=script,
    )
    yield _public_file(settings.shop, "contact.html", page.encode(), settings.shop)
    facts: dict[str, Any] = {
        "version": 1,
        "shop": settings.shop,
        "url": settings.url,
        "pages": list(contact.pages),
        "publish": contact.publish,
        "address": parts._asdict()
        if contact.publish == "assembled"
        else {contact.publish: encoded_address(contact.email, contact.publish)},
    }
    if contact.publish == "assembled":
        facts["script"] = script
    yield _public_file(settings.shop, "contact.json", canonical(facts), settings.shop)


def _configured(options: Mapping[str, Any]) -> Target:
    assets_url = str(options["assets_url"])
    return TARGET._replace(render=lambda settings: _render(settings, assets_url))


TARGET = Target(
    summary=msg("The contact address for each shop's pages, as HTML and JSON, and one script for all."),
    render=lambda settings: _render(settings, _ASSETS_URL),
    refuse=_refuse,
    shared=_shared,
    options=(
        Option(
            "assets_url",
            _ASSETS_URL,
            "text",
            msg("What pages write before the script's name; it ends in a slash."),
            form=msg("a path or an https:// address that ends in a slash"),
            pattern="(?:https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?)?[A-Za-z0-9._~%/-]*/",
        ),
    ),
    configure=_configured,
)
