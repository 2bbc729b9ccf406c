"""The target ``public``: what harvesters find in it, what its names depend on, what it refuses."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.deployment_case import shop
from tests.schema_case import admits
from tests.target_case import public_file, refused, rendered, shared, texts
from wakagitops.render.published_address import encoded_address
from wakagitops.settings.model import ShopSettings

ADDRESS = "contacto+web@imprenta-sol.es"
MODES = ("assembled", "entities", "plain")


def _shop(publish: str, email: str = ADDRESS) -> ShopSettings:
    return shop(contact__email=email, contact__publish=publish)


class _Page(HTMLParser):
    """The tags of a page with their attributes, and its text, as a parser of HTML reads them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def attributes(self, tag: str) -> dict[str, str | None]:
        return next(attributes for name, attributes in self.tags if name == tag)


def _page(settings: ShopSettings) -> _Page:
    return _Page(public_file("contact.html", settings).data.decode())


def _decoded(part: str | None) -> str:
    assert part
    return urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()


@pytest.mark.parametrize("publish", ["assembled", "entities"])
def test_no_public_file_holds_the_address_or_a_mail_link(publish: str) -> None:
    files = [*rendered("public", _shop(publish)).values(), *shared("public", "imprenta-sol").values()]
    assert len(files) == 3
    for file in files:
        text = file.data.decode().lower()
        assert ADDRESS not in text
        assert "contacto+web" not in text
        assert "@imprenta-sol.es" not in text
        assert "mailto:" not in text


def test_a_harvester_that_reads_character_references_finds_no_assembled_address() -> None:
    page = _page(_shop("assembled"))
    assert ADDRESS not in page.text
    assert "@" not in page.text
    assert not [tag for tag, _ in page.tags if tag == "a"]


def test_without_scripts_a_person_reads_the_assembled_address_in_words() -> None:
    words = " ".join(_page(_shop("assembled")).text.split())
    assert words == (
        "contacto+web [arroba] imprenta-sol.es (escriba el signo de arroba en lugar de [arroba])"
    )


@pytest.mark.parametrize("publish", ["entities", "plain"])
def test_a_browser_reads_a_link_to_the_address(publish: str) -> None:
    page = _page(_shop(publish))
    assert page.text.strip() == ADDRESS
    href = page.attributes("a")["href"]
    # RFC 6068: a plus sign in a mailto link is percent-encoded.
    assert href == "mailto:contacto%2Bweb@imprenta-sol.es"


def test_no_page_has_an_inline_script_or_style() -> None:
    for publish in MODES:
        for tag, attributes in _page(_shop(publish)).tags:
            assert not [name for name in attributes if name.startswith("on") or name == "style"]
            assert tag != "style"
            if tag == "script":
                assert attributes["src"]


def test_names_are_made_from_the_bytes() -> None:
    files = [*rendered("public", shop()).values(), *shared("public", "imprenta-sol").values()]
    assert sorted(file.artefact for file in files) == [
        "contact-address.js",
        "contact.html",
        "contact.json",
    ]
    for file in files:
        stem, _, ending = file.artefact.rpartition(".")
        digest = sha256(file.data).hexdigest()[:12]
        assert file.path.rpartition("/")[2] == f"{stem}.{digest}.{ending}"


def test_a_page_names_the_script_that_is_there() -> None:
    (script,) = shared("public", "imprenta-sol")
    expected = f"../assets/{script.rpartition('/')[2]}"
    assert _page(_shop("assembled")).attributes("script")["src"] == expected
    data = json.loads(public_file("contact.json", _shop("assembled")).data)
    assert data["script"] == expected


@pytest.mark.parametrize("publish", MODES)
def test_the_data_is_as_its_schema_says(publish: str) -> None:
    document = json.loads(public_file("contact.json", _shop(publish)).data)
    assert admits("contact-v1.schema.json", document)
    for other in set(MODES) - {publish}:
        assert not admits("contact-v1.schema.json", {**document, "publish": other})
    assert not admits("contact-v1.schema.json", {**document, "email": ADDRESS})


def test_the_place_of_the_script_can_be_set() -> None:
    options = {"assets_url": 'https://cdn.imprenta-sol.es/"wk"/'}
    (page,) = (
        file.data.decode()
        for file in rendered("public", _shop("assembled"), options).values()
        if file.artefact == "contact.html"
    )
    source = _Page(page).attributes("script")["src"]
    assert source is not None
    assert source.startswith('https://cdn.imprenta-sol.es/"wk"/contact-address.')


def test_what_is_not_public_changes_no_public_byte() -> None:
    before = rendered("public", shop())
    after = rendered(
        "public",
        shop(
            platform_version="3.30.0",
            recipients=("otra@imprenta-sol.es",),
            notifications__email="otra@imprenta-sol.es",
            notifications__host="otro.imprenta-sol.es",
            notifications__name="Otra",
        ),
    )
    assert before == after


@pytest.mark.parametrize(
    "change",
    [
        {"contact__email": "hola@imprenta-sol.es"},
        {"contact__publish": "entities"},
        {"contact__pages": ("/hola",)},
        {"url": "https://imprenta-sol.es"},
    ],
)
def test_what_is_public_changes_a_public_name(change: dict[str, Any]) -> None:
    assert rendered("public", shop()).keys() != rendered("public", shop(**change)).keys()


@pytest.mark.parametrize("publish", MODES)
@given(texts(), texts())
def test_any_address_comes_back_as_it_was_or_is_refused(publish: str, user: str, domain: str) -> None:
    settings = _shop(publish, f"{user}@{domain}")
    if refused("public", settings):
        return
    email = settings.contact.email
    user, _, domain = email.rpartition("@")
    page = _page(settings)
    address = json.loads(public_file("contact.json", settings).data)["address"]
    if publish == "assembled":
        held = page.attributes("p")
        assert (_decoded(held["data-wk-user"]), _decoded(held["data-wk-domain"])) == (user, domain)
        assert (_decoded(address["user"]), _decoded(address["domain"])) == (user, domain)
        assert page.text.split("[arroba]")[0].strip() == user.strip()
    else:
        href = page.attributes("a")["href"]
        assert href is not None
        assert unquote(href) == f"mailto:{email}"
        assert page.text == f"{email}\n"
        told = _Page(address["entities"]).text if publish == "entities" else address["plain"]
        assert told == email


@pytest.mark.parametrize(
    "email",
    [
        "contacto",
        "@imprenta-sol.es",
        "contacto@",
        "a\x00b@imprenta-sol.es",
        "a\x80@imprenta-sol.es",
        "a\r@x.es",
    ],
)
def test_what_no_page_can_hold_is_refused_at_the_address(email: str) -> None:
    for publish in MODES:
        assert list(refused("public", _shop(publish, email))) == ["/contact/email"]


@given(st.emails())
def test_the_encoded_address_tells_no_more_than_the_page(email: str) -> None:
    assert "@" not in encoded_address(email, "assembled")
    assert _Page(encoded_address(email, "entities")).text == email
    assert encoded_address(email, "plain") == email
