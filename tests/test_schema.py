"""The schemas: their own soundness, what drives behaviour, what they admit and what they refuse."""

import re
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.examples import completed, found, run
from tests.schema_case import (
    EFFECTIVE,
    FILE,
    REFERENCES,
    SCHEMAS,
    SETTINGS_SCHEMAS,
    SOPS_TEXT,
    VOCABULARY,
    Place,
    admits,
    load,
    places,
    removed,
    replaced,
    sound,
    subschemas,
    value_at,
)
from wakagitops.core.rule import Example
from wakagitops.settings import cascade
from wakagitops.settings.schema import shipped_annotations
from wakagitops.yaml.parser import read

# The schemas themselves


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_sound_by_the_standard_metaschema(name: str) -> None:
    schema = load(name)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"].endswith(f"/{name}")
    Draft202012Validator.check_schema(schema)
    jsonschema_rs.meta.validate(schema)


@pytest.mark.parametrize("name", SETTINGS_SCHEMAS)
def test_the_settings_schemas_follow_our_vocabulary(name: str) -> None:
    assert admits(VOCABULARY, load(name))


@pytest.mark.parametrize(
    "keywords",
    [
        {"x-since": 3.28},
        {"x-since": "soon"},
        {"x-sinse": "3.28.1"},
        {"x-public": "yes"},
        {"x-atomic": 1},
        {"x-panel": ""},
        {"x-secret": True, "x-public": True},
        {"type": "text"},
    ],
)
def test_the_vocabulary_refuses_what_it_does_not_describe_however_deep(keywords: dict[str, Any]) -> None:
    schema = load(EFFECTIVE)
    place = ("properties", "notifications", "properties", "smtp", "properties", "host")
    assert admits(VOCABULARY, replaced(schema, (*place, "x-secret"), value=False))
    for keyword, value in keywords.items():
        schema = replaced(schema, (*place, keyword), value)
    assert not admits(VOCABULARY, schema)


@pytest.mark.parametrize("name", SETTINGS_SCHEMAS)
def test_every_setting_has_a_text_and_examples_that_hold(name: str) -> None:
    schema = load(name)
    settings_seen = 0
    for place, sub in subschemas(schema):
        if place.rpartition("/")[0].rpartition("/")[2] != "properties":
            continue
        settings_seen += 1
        whole = {**sub, "$defs": schema["$defs"]}
        validators = (Draft202012Validator(whole), jsonschema_rs.Draft202012Validator(whole))
        assert sub["title"], place
        assert sub["description"].endswith("."), place
        assert sub["examples"], place
        for value in (*sub["examples"], *([sub["default"]] if "default" in sub else [])):
            assert all(validator.is_valid(value) for validator in validators), place
    assert settings_seen > 30
    assert all(admits(name, value) for value in schema["examples"])


def test_the_text_on_hover_tells_the_panel_and_the_version() -> None:
    hovers = {sub["title"]: sub["description"] for _, sub in subschemas(load(FILE)) if "title" in sub}
    assert hovers["SMTP host"].endswith(". In the panel: Ajustes > Cuentas de correo.")
    assert hovers["Email de contacto"].endswith('Atención al cliente > "Email de contacto".')
    assert hovers["Admin recipients"].endswith(". Platform 3.28.1 and later.")
    assert not any("panel:" in hovers[title] for title in ("Admin recipients", "Sender's display name"))


@pytest.mark.parametrize("name", SETTINGS_SCHEMAS)
def test_the_settings_schemas_stay_where_validators_agree(name: str) -> None:
    for place, sub in subschemas(load(name)):
        assert not {"format", "not", "if", "oneOf", "patternProperties"} & sub.keys(), place
        pattern = sub.get("pattern", "^\\n*$")
        assert not re.search(r"\\[dDwWsSbBpPAzZ]|\(\?[^:]", pattern), place
        assert pattern.startswith("^"), place
        assert pattern.endswith("\\n*$"), place


@pytest.mark.parametrize("name", sorted(set(SCHEMAS) - {VOCABULARY}))
def test_every_mapping_is_closed(name: str) -> None:
    schema = load(name)
    closed_where_used = {
        sub.get("$ref") for _, sub in subschemas(schema) if "unevaluatedProperties" in sub
    }
    for place, sub in subschemas(schema):
        if place == "/properties/sops" or f"#{place}" in closed_where_used:
            continue
        if "properties" in sub or "object" in str(sub.get("type", "")):
            assert "additionalProperties" in sub or "unevaluatedProperties" in sub, place
            assert sub.get("additionalProperties", False) is not True, place


# What drives behaviour


def test_the_annotations_name_the_settings_that_they_drive() -> None:
    found = shipped_annotations()
    smtp = "/notifications/smtp"
    assert found.gated == {"/admin/recipients": "3.28.1"}
    assert set(found.public) == {"/contact/email", "/contact/publish", "/contact/pages", "/url"}
    assert set(found.secret) == {f"{smtp}/password"}
    assert set(found.atomic) == {f"{smtp}/ports", f"{smtp}/password", f"{smtp}/username"}
    account = "Ajustes > Cuentas de correo"
    assert {place: setting.panel for place, setting in found.settings.items() if setting.panel} == {
        "/contact/email": 'Ajustes > Ajustes Generales > Atención al cliente > "Email de contacto"',
        "/notifications/email": account,
        f"{smtp}/host": account,
        f"{smtp}/ports": account,
        f"{smtp}/username": account,
        f"{smtp}/password": account,
    }
    types = {place: set(setting.types) for place, setting in found.settings.items()}
    assert all(types.values())
    assert types[f"{smtp}/username"] == types[f"{smtp}/password"] == {"string", "object"}
    assert types[f"{smtp}/password/vault/path"] == types["/admin/recipients/*"] == {"string"}
    assert types[f"{smtp}/ports/tls"] == {"integer"}


def test_a_reference_for_the_user_replaces_an_inherited_one() -> None:
    text = "notifications: {{smtp: {{username: {{{}: {}}}}}}}\n"
    chain = [
        read("_defaults.yaml", text.format("env", "GROUP_USER").encode()),
        read("imprenta-sol.yaml", text.format("file", "/run/secrets/user").encode()),
    ]
    merged = cascade.effective(chain, shipped_annotations().atomic)
    assert merged is not None
    assert merged.data == {"notifications": {"smtp": {"username": {"file": "/run/secrets/user"}}}}


# What the schema of effective settings admits


def test_all_settings_and_the_least_settings_are_admitted() -> None:
    assert admits(EFFECTIVE, sound())
    least = sound()
    for place in (("contact", "publish"), ("contact", "pages"), ("notifications", "name"), ("admin",)):
        least = removed(least, place)
    for key in ("username", "password"):
        least = removed(least, ("notifications", "smtp", key))
    assert admits(EFFECTIVE, removed(least, ("sops",)))


@pytest.mark.parametrize(
    "place",
    [
        ("shop",),
        ("platform_version",),
        ("url",),
        ("contact", "email"),
        ("notifications", "email"),
        ("notifications", "smtp", "host"),
        ("notifications", "smtp", "ports"),
        ("notifications", "smtp", "username"),
        ("notifications", "smtp", "password"),
    ],
)
def test_what_a_shop_needs_is_required(place: tuple[str, ...]) -> None:
    assert not admits(EFFECTIVE, removed(sound(), place))
    assert admits(FILE, removed(sound(), place))


_OUR_PLACES = [place for place in places(sound()) if place[0] != "sops"]
_OUR_MAPPINGS = [(), *(place for place in _OUR_PLACES if isinstance(value_at(sound(), place), dict))]


@pytest.mark.parametrize("place", _OUR_PLACES)
def test_no_effective_value_is_null(place: Place) -> None:
    assert not admits(EFFECTIVE, replaced(sound(), place, None))


@pytest.mark.parametrize("place", _OUR_MAPPINGS)
@pytest.mark.parametrize("name", SETTINGS_SCHEMAS)
def test_no_mapping_has_other_keys(name: str, place: Place) -> None:
    assert not admits(name, replaced(sound(), (*place, "otro"), "x"))


@pytest.mark.parametrize(
    ("place", "good", "bad"),
    [
        (
            ("shop",),
            ("a", "0", "imprenta-sol", "a--b", "a" * 50),
            ("", "-a", "a-", "a_b", "a.b", "A", "ñ", "a" * 51, "a\r\n", "a\nb", "٣"),
        ),
        (
            ("url",),
            ("https://a.es", "http://localhost:8080", "https://xn--espaa-rta.es", "https://192.0.2.1"),
            (
                "a.es",
                "ftp://a.es",
                "https://a.es/",
                "https://a.es/x",
                "https://a.es?x",
                "https://a.es#x",
                "https://u@a.es",
                "https://u:p@a.es",
                "https://a.es:",
                "https://a.es:0",
                "https://a.es:65536",
                "https://a.es:99999",
                "https://a.es:x",
                "https://a.999",
                "https://1.2.3.256",
                "https://a.1b",
                f"https://{'a' * 64}.es",
                "https://a..es",
                "https://a b.es",
                "https://España.es",
                "https://A.es",
                "https://",
                "https://a.es\r",
            ),
        ),
        (
            ("contact", "pages", 0),
            (
                "/",
                "/x",
                "/x/",
                "/x/y.html",
                "/.well-known/x",
                "/%C3%B1",
                "/a;b=1,2",
                "/~x",
                "/a.",
                "/a%20b",
            ),
            (
                "",
                "x",
                "//x",
                "/x//y",
                "/..",
                "/../x",
                "/x/..",
                "/x/../y",
                "/./x",
                "/%2e%2e/x",
                "/x?y",
                "/x#y",
                "/x y",
                "/x\\y",
                "/x\ty",
                "/x\u2028",
                "/ñ",
                "/%",
                "/%0a",
                "https://a.es/x",
                "/x\r\n",
                "\n",
            ),
        ),
        (("contact", "publish"), ("assembled", "entities", "plain"), ("", "Plain", "plain\n", "hidden")),
        (("contact", "pages"), (["/a"], ["/a", "/b"]), ([], ["/a", "/a"], "/a", {"a": "/a"})),
        (("contact", "email"), ("x", "not an address", "ñ" * 320), ("", "x" * 321, 1, ["a@b.es"])),
        (("notifications", "name"), ("x", "Rótulos «El Ñandú» 日本", "x" * 100), ("", "x" * 101, 3)),
        (
            ("notifications", "smtp", "ports"),
            ({"tls": 1}, {"plain": 65535}),
            ({}, {"ssl": 465}, 465, [465]),
        ),
        (
            ("notifications", "smtp", "ports", "tls"),
            (465, 465.0),
            (0, 65536, -1, "465", 465.5, True, 1e300, float("nan"), float("inf"), 10**30),
        ),
        (("notifications", "smtp", "username"), ("apikey", *REFERENCES), ("", {}, 1, [], {"env": 1})),
        (
            ("notifications", "smtp", "password"),
            (*REFERENCES, SOPS_TEXT, SOPS_TEXT.replace("g4K3UgvU", "")),
            (
                "hunter2",
                "",
                f"x{SOPS_TEXT}",
                f"{SOPS_TEXT}x",
                SOPS_TEXT.replace("AES256_GCM", "ROT13"),
                SOPS_TEXT.replace("str", "text"),
                {},
                {"env": "A", "file": "b"},
                {"env": ""},
                {"env": {"name": "A"}},
                {"sops": True},
                {"kubernetes": "x"},
                {"kubernetes": {"name": "x"}},
                {"external": {"store": "x", "key": "y"}},
                {"vault": {"path": "x", "key": "y", "more": "z"}},
                ["hunter2"],
                1234,
            ),
        ),
        (("admin", "recipients"), (["a@b.es"], ["x", "x"]), ([], [""], "a@b.es, c@d.es", [["a@b.es"]])),
        (("sops",), ({}, {"mac": 1}), ("x", [])),
        (("platform_version",), ("3.28.1", "", "soon"), (3.28, 3)),
    ],
    ids=lambda value: "/".join(map(str, value)) if value and isinstance(value[0], str) else "",
)
def test_values_that_are_admitted_and_that_are_not(
    place: Place, good: tuple[Any, ...], bad: tuple[Any, ...]
) -> None:
    for name in SETTINGS_SCHEMAS:
        assert [value for value in good if not admits(name, replaced(sound(), place, value))] == []
        assert [value for value in bad if admits(name, replaced(sound(), place, value))] == []


# What the schema of one file admits


_INSIDE_ONE_VALUE = (
    ("notifications", "smtp", "ports"),
    ("notifications", "smtp", "password"),
    ("sops",),
)


def _inherited(place: Place) -> bool:
    inside = any(place[: len(outer)] == outer and place != outer for outer in _INSIDE_ONE_VALUE)
    return not inside and place != ("sops",) and not isinstance(place[-1], int)


@pytest.mark.parametrize("place", [place for place in places(sound()) if _inherited(place)])
def test_null_stands_where_a_value_may_be_inherited(place: Place) -> None:
    assert admits(FILE, replaced(sound(), place, None))


@pytest.mark.parametrize(
    "place", [place for place in places(sound()) if not _inherited(place) and place[:1] != ("sops",)]
)
def test_null_does_not_stand_inside_one_value_or_as_an_item(place: Place) -> None:
    assert not admits(FILE, replaced(sound(), place, None))


@given(st.data())
def test_a_file_may_leave_out_anything_that_is_not_inside_one_value(data: st.DataObject) -> None:
    document = sound()
    open_places = [place for place in places(document) if _inherited(place)]
    for place in data.draw(st.sets(st.sampled_from(open_places)), label="left out"):
        if place in set(places(document)):
            document = removed(document, place)
    assert admits(FILE, document)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("imprenta-sol\n", '"imprenta-sol\\n"\n', 1),
        ("https://www.imprenta-sol.es", '"https://www.imprenta-sol.es\\n"', 2),
        ("[/contacto]", "\n    - |\n      /contacto", 5),
    ],
)
def test_a_final_line_feed_that_the_patterns_let_through_is_reported(
    old: str, new: str, line: int
) -> None:
    text = (
        "shop: imprenta-sol\n"
        "url: https://www.imprenta-sol.es\n"
        "contact:\n  pages: [/contacto]\n  email: contacto@imprenta-sol.es\n"
    )
    files = completed(Example({"imprenta-sol.yaml": text.replace(old, new, 1)}))
    assert ("imprenta-sol.yaml", line, "value/line-break") in found(run(files))
