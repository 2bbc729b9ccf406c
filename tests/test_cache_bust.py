"""``cache-bust.json``: exactly the shops that the public sees change, why, and what to purge."""

import json
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.deployment_case import rendered, shop
from wakagitops.render.cache_bust import (
    as_previous,
    cache_tag,
    changes,
    encode,
    public_states,
    refusals,
)
from wakagitops.render.previous import BadPreviousError, decode, decoded_address
from wakagitops.render.published_address import encoded_address
from wakagitops.settings.model import Ports, Reference, ShopSettings
from wakagitops.settings.schema import (
    SCHEMA_FILES,
    Annotations,
    schema_folder,
    schema_text,
    shipped_annotations,
)

TAG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?\Z")
"""What Varnish xkey, Fastly, Cloudflare and Akamai all accept."""
SOL, NORTE = "imprenta-sol", "rotulos-norte"


@cache
def _schema() -> jsonschema.Draft202012Validator:
    text = (Path(schema_folder()) / "cache-bust-v1.schema.json").read_text(encoding="utf-8")
    return jsonschema.Draft202012Validator(json.loads(text))


def _transition(
    shops: Sequence[ShopSettings], previous: bytes | None = None, known: Annotations | None = None
) -> bytes:
    """Return the bytes of the manifest from one deployment to the next."""
    known = known or shipped_annotations()
    states = public_states(shops, rendered(*shops), known)
    before = decode(previous) if previous is not None else as_previous({}, known)
    return encode(changes(states, before, known), known)


def _document(data: bytes) -> dict[str, Any]:
    document = json.loads(data)
    _schema().validate(document)
    shops: dict[str, Any] = document["shops"]
    return shops


def _flushed(data: bytes) -> dict[str, list[tuple[str, str]]]:
    return {
        name: [(reason["reason"], reason["pointer"]) for reason in entry["reasons"]]
        for name, entry in _document(data).items()
        if entry["flush_cache"]
    }


def test_the_first_deployment_publishes_every_shop() -> None:
    data = _transition([shop(), shop(NORTE)])
    assert _flushed(data) == {name: [("first-publication", "")] for name in (SOL, NORTE)}
    entry = _document(data)[SOL]
    assert entry["purge"] == {
        "tags": ["wk-imprenta-sol-contact"],
        "urls": ["https://www.imprenta-sol.es/aviso-legal", "https://www.imprenta-sol.es/contacto"],
    }
    assert set(entry["artefacts"]) == {"contact.html", "contact.json", "contact-address.js"}
    for artefact in entry["artefacts"].values():
        assert artefact["change"] == "added"
        assert artefact["previous"] is None
        assert artefact["sha256"][:12] in artefact["file"]
    assert entry["manual_action"]["button"] == "Vaciar caché"
    assert entry["manual_action"]["panel"].startswith(
        "Ajustes > Ajustes Generales > Atención al cliente"
    )
    assert "may be necessary" in entry["manual_action"]["note"]
    assert "puede ser necesario" in entry["manual_action"]["note"]


def test_the_same_again_flushes_nothing_and_keeps_the_operations() -> None:
    shops = [shop(), shop(NORTE)]
    first = _transition(shops)
    second = _transition(shops, first)
    assert _flushed(second) == {}
    for name, entry in _document(second).items():
        assert entry["purge"] == {"tags": [], "urls": []}
        assert entry["manual_action"] is None
        assert entry["operation_id"] == _document(first)[name]["operation_id"]
        assert {artefact["change"] for artefact in entry["artefacts"].values()} == {"unchanged"}
    assert _transition(shops, second) == second


NOT_PUBLIC: dict[str, dict[str, Any]] = {
    "path": {"path": "configs/costa/imprenta-sol.yaml"},
    "environment": {"environment": "production"},
    "platform_version": {"platform_version": "3.29.0"},
    "notifications.email": {"notifications__email": "avisos@imprenta-sol.es"},
    "notifications.name": {"notifications__name": "Otra Imprenta"},
    "notifications.host": {"notifications__host": "smtp2.imprenta-sol.es"},
    "notifications.ports": {"notifications__ports": Ports(None, 587, None)},
    "notifications.username": {"notifications__username": Reference("env", (("env", "SMTP_USER"),))},
    "notifications.password": {"notifications__password": Reference("file", (("file", "/run/x"),))},
    "recipients": {"recipients": ("taller@imprenta-sol.es",)},
}
PUBLIC: dict[str, tuple[dict[str, Any], tuple[str, str]]] = {
    "contact.email": (
        {"contact__email": "hola@imprenta-sol.es"},
        ("contact-email-changed", "/contact/email"),
    ),
    "contact.publish": ({"contact__publish": "entities"}, ("publish-changed", "/contact/publish")),
    "contact.pages": ({"contact__pages": ("/contacto", "/hola")}, ("pages-changed", "/contact/pages")),
    "url": ({"url": "https://imprenta-sol.es"}, ("url-changed", "/url")),
}


def test_every_setting_is_tried_below() -> None:
    """A new setting must be listed as public or not before this file says that all were tried."""
    settings = shop()
    fields = {
        f"{name}.{part}" if hasattr(value, "_fields") else name
        for name, value in settings._asdict().items()
        for part in getattr(value, "_fields", [""])
    }
    assert fields == {*NOT_PUBLIC, *PUBLIC, "shop"}


@pytest.mark.parametrize("field", NOT_PUBLIC)
def test_what_the_public_does_not_see_flushes_nothing(field: str) -> None:
    first = _transition([shop(), shop(NORTE)])
    changed = shop(**NOT_PUBLIC[field])
    assert changed != shop()
    second = _transition([changed, shop(NORTE)], first)
    assert _flushed(second) == {}
    assert _document(second)[SOL]["operation_id"] == _document(first)[SOL]["operation_id"]


@pytest.mark.parametrize("field", PUBLIC)
def test_what_the_public_sees_flushes_exactly_that_shop(field: str) -> None:
    change, reason = PUBLIC[field]
    first = _transition([shop(), shop(NORTE)])
    second = _transition([shop(**change), shop(NORTE)], first)
    assert _flushed(second) == {SOL: [reason]}
    before, after = _document(first), _document(second)
    assert after[SOL]["operation_id"] != before[SOL]["operation_id"]
    assert after[NORTE]["operation_id"] == before[NORTE]["operation_id"]


def test_the_public_settings_are_those_that_the_schema_marks() -> None:
    assert {"/" + field.replace(".", "/") for field in PUBLIC} == set(shipped_annotations().public)


def test_several_changes_are_several_reasons() -> None:
    first = _transition([shop()])
    both = shop(contact__email="hola@imprenta-sol.es", url="https://sol.es")
    assert sorted(_flushed(_transition([both], first))[SOL]) == [
        ("contact-email-changed", "/contact/email"),
        ("url-changed", "/url"),
    ]


def test_old_and_new_addresses_are_purged() -> None:
    first = _transition([shop()])
    moved = shop(url="https://sol.es", contact__pages=("/contacto", "/nuevo"))
    purge = _document(_transition([moved], first))[SOL]["purge"]
    assert purge["urls"] == [
        "https://sol.es/contacto",
        "https://sol.es/nuevo",
        "https://www.imprenta-sol.es/aviso-legal",
        "https://www.imprenta-sol.es/contacto",
    ]


def test_an_artefact_that_changed_names_both_digests() -> None:
    first = _transition([shop()])
    second = _document(_transition([shop(contact__email="hola@imprenta-sol.es")], first))[SOL]
    old = _document(first)[SOL]["artefacts"]
    for name in ("contact.html", "contact.json"):
        assert second["artefacts"][name]["change"] == "modified"
        assert second["artefacts"][name]["previous"] == old[name]["sha256"]
        assert second["artefacts"][name]["sha256"] != old[name]["sha256"]
    assert second["artefacts"]["contact-address.js"]["change"] == "unchanged"


def test_the_script_counts_only_for_shops_whose_pages_name_it() -> None:
    first = _transition([shop()])
    second = _document(_transition([shop(contact__publish="plain")], first))[SOL]["artefacts"]
    script = second["contact-address.js"]
    assert script == {
        "file": None,
        "sha256": None,
        "bytes": None,
        "previous": _document(first)[SOL]["artefacts"]["contact-address.js"]["sha256"],
        "change": "removed",
    }
    third = _transition([shop(contact__publish="plain")], _transition([shop(contact__publish="plain")]))
    assert "contact-address.js" not in _document(third)[SOL]["artefacts"]


def test_other_bytes_of_the_same_settings_are_the_renderers_doing() -> None:
    document = json.loads(_transition([shop(), shop(NORTE)]))
    document["shops"][SOL]["artefacts"]["contact.html"]["sha256"] = "0" * 64
    second = _transition([shop(), shop(NORTE)], json.dumps(document).encode())
    assert _flushed(second) == {SOL: [("renderer-changed", "")]}


def test_back_and_forth_is_four_operations() -> None:
    here, there = shop(), shop(contact__email="hola@imprenta-sol.es")
    data: bytes | None = None
    seen = []
    for settings in (here, there, here, there):
        data = _transition([settings], data)
        assert _flushed(data)
        seen.append(_document(data)[SOL]["operation_id"])
        # What changes nothing in between does not break the chain.
        data = _transition([settings._replace(platform_version="3.29.0")], data)
        assert _document(data)[SOL]["operation_id"] == seen[-1]
    assert len(set(seen)) == 4


def test_a_removed_shop_is_flushed_once_and_may_come_back() -> None:
    first = _transition([shop(), shop(NORTE)])
    gone = _transition([shop()], first)
    assert _flushed(gone) == {NORTE: [("removed", "")]}
    entry = _document(gone)[NORTE]
    assert entry["public"] is None
    assert entry["purge"]["tags"] == ["wk-rotulos-norte-contact"]
    assert entry["purge"]["urls"] == _document(first)[NORTE]["purge"]["urls"]
    assert {artefact["change"] for artefact in entry["artefacts"].values()} == {"removed"}
    later = _transition([shop()], gone)
    assert set(_document(later)) == {SOL}, "a tombstone stands for one generation"
    later = _transition([shop()], later)
    assert json.loads(later)["gone"] == {NORTE: entry["operation_id"]}
    back = _transition([shop(), shop(NORTE)], gone)
    assert _flushed(back) == {NORTE: [("first-publication", "")]}
    ids = [_document(data)[NORTE]["operation_id"] for data in (first, gone, back)]
    assert len(set(ids)) == 3
    back = _transition([shop(), shop(NORTE)], later)
    assert _flushed(back) == {NORTE: [("first-publication", "")]}
    assert _document(back)[NORTE]["operation_id"] not in ids[:2], "however long it was gone"
    assert "gone" not in json.loads(back)


def test_a_revision_counts_as_published_once() -> None:
    """With ``--base`` the state before is rendered from settings, and has no history."""
    known = shipped_annotations()
    before = as_previous(public_states([shop()], rendered(shop()), known), known)
    same = encode(changes(public_states([shop()], rendered(shop()), known), before, known), known)
    assert _flushed(same) == {}
    assert _document(same)[SOL]["operation_id"] == _document(_transition([shop()]))[SOL]["operation_id"]


@pytest.mark.parametrize("publish", ["assembled", "entities"])
def test_the_manifest_shows_harvesters_no_address(publish: str) -> None:
    text = _transition([shop(contact__publish=publish)]).decode()
    assert "contacto@" not in text
    assert "@imprenta-sol" not in text
    assert "@" not in text


def test_another_encoding_of_the_same_address_is_no_other_address() -> None:
    data = _transition([shop(contact__publish="plain")])
    for publish in ("assembled", "entities", "plain"):
        data = _transition([shop(contact__publish=publish)], data)
        assert ("contact-email-changed", "/contact/email") not in _flushed(data).get(SOL, [])


_LOCAL = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="@"), min_size=1)


@given(_LOCAL, _LOCAL, st.sampled_from(["assembled", "entities", "plain"]))
def test_an_encoded_address_comes_back(user: str, domain: str, publish: str) -> None:
    email = f"{user}@{domain}"
    assert decoded_address(encoded_address(email, publish), publish) == email


@given(st.from_regex(r"[a-z0-9]([a-z0-9-]{0,48}[a-z0-9])?", fullmatch=True), st.text(min_size=1))
def test_tags_are_valid_in_every_cache(name: str, environment: str) -> None:
    assert TAG.match(cache_tag(name))
    assert TAG.match(cache_tag(name, environment))


def test_tags_of_different_shops_differ() -> None:
    shops = [("", "b-c"), ("a", "b-c"), ("a-b", "c"), ("b", "c"), ("staging", "x" * 50), ("a", "x" * 50)]
    assert len({cache_tag(name, environment) for environment, name in shops}) == len(shops)


def test_a_setting_that_the_schema_makes_public_counts_at_once() -> None:
    schema = json.loads(schema_text("effective"))
    schema["properties"]["notifications"]["properties"]["name"]["x-public"] = True
    known = Annotations(schema)
    first = _transition([shop(), shop(NORTE)], known=known)
    second = _transition([shop(notifications__name="Otra"), shop(NORTE)], first, known)
    reasons = {
        name: [reason["reason"] for reason in entry["reasons"]]
        for name, entry in json.loads(second)["shops"].items()
    }
    assert reasons == {SOL: ["name-changed"], NORTE: []}


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"url": "https://www.imprenta-sol.es\n"}, "/url"),
        ({"url": "https://x.es/ -o /etc/passwd"}, "/url"),
        ({"url": "javascript:alert(1)"}, "/url"),
        ({"contact__pages": ("/contacto", "/a\r\nPURGE /b")}, "/contact/pages/1"),
        ({"contact__pages": ('/a"; rm -rf',)}, "/contact/pages/0"),
        ({"contact__email": "a\x00@b.es", "contact__publish": "entities"}, "/contact/email"),
    ],
)
def test_what_programs_would_take_for_something_else_is_refused(
    changed: dict[str, Any], pointer: str
) -> None:
    assert [refusal.pointer for refusal in refusals(shop(**changed))] == [pointer]
    assert not list(refusals(shop()))


def _broken(change: Callable[[dict[str, Any]], object]) -> bytes:
    document = json.loads(_transition([shop()]))
    change(document)
    return json.dumps(document).encode()


def _sol(document: dict[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = document["shops"][SOL]
    return entry


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"null",
        b"[]",
        b"{}",
        b"[" * 200_000,
        _broken(lambda document: document.update(version=2)),
        _broken(lambda document: document.update(shops=[])),
        _broken(lambda document: document.update(gone=[])),
        _broken(lambda document: document.update(gone={"../x": "0" * 64})),
        _broken(lambda document: document.update(gone={NORTE: "x"})),
        _broken(lambda document: document["shops"].update({"../x": _sol(document)})),
        _broken(lambda document: document["shops"].update({"x\n": _sol(document)})),
        _broken(lambda document: document["shops"].update({SOL: None})),
        _broken(lambda document: _sol(document).pop("operation_id")),
        _broken(lambda document: _sol(document).update(operation_id="x")),
        _broken(lambda document: _sol(document).update(public=3)),
        _broken(lambda document: _sol(document)["public"].pop("url")),
        _broken(lambda document: _sol(document)["public"].update(email=".%%")),
        _broken(lambda document: _sol(document)["public"].update(email="AAAA")),
        _broken(lambda document: _sol(document)["public"].update(publish="loud")),
        _broken(lambda document: _sol(document)["public"].update(pages=["/a\r\nX: y"])),
        _broken(lambda document: _sol(document)["public"].update(pages=["a"])),
        _broken(lambda document: _sol(document)["public"].update(pages="/a")),
        _broken(lambda document: _sol(document)["public"].update(url="file:///etc/passwd")),
        _broken(lambda document: _sol(document)["artefacts"]["contact.html"].update(sha256="A" * 64)),
        _broken(lambda document: _sol(document)["artefacts"]["contact.html"].update(file="../x")),
    ],
)
def test_a_previous_file_is_not_taken_on_trust(data: bytes) -> None:
    with pytest.raises(BadPreviousError):
        decode(data)


def test_the_bytes_do_not_depend_on_the_order_of_the_shops() -> None:
    shops = [shop(name) for name in (SOL, NORTE, "papeleria-luna")]
    data = _transition(shops)
    assert _transition(shops[::-1]) == data
    assert data.endswith(b"}\n")
    assert b"\r" not in data
    assert "cache-bust-v1" not in SCHEMA_FILES
