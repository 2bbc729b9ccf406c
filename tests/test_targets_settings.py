"""The target ``settings``: what a person or a program enters into the panel."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given

from tests.deployment_case import shop
from tests.schema_case import admits
from tests.target_case import account, reference, refused, rendered, texts
from wakagitops.settings.model import Ports, ShopSettings


def _document(settings: ShopSettings) -> dict[str, Any]:
    (file,) = rendered("settings", settings).values()
    document: dict[str, Any] = json.loads(file.data)
    assert admits("shop-settings-v1.schema.json", document)
    return document


def _fields(settings: ShopSettings) -> dict[str, dict[str, Any]]:
    return {field["setting"]: field for field in _document(settings)["fields"]}


def test_every_field_has_its_label_its_place_in_the_panel_and_its_value() -> None:
    fields = _fields(shop())
    assert fields["/contact/email"] == {
        "setting": "/contact/email",
        "label": "Email de contacto",
        "panel": "Ajustes > Ajustes Generales > Atención al cliente",
        "value": "contacto@imprenta-sol.es",
        "note": (
            "Después de guardar, puede ser necesario pulsar «Vaciar caché» para que la página pública "
            "muestre el cambio."
        ),
    }
    assert fields["/notifications/smtp/host"] == {
        "setting": "/notifications/smtp/host",
        "label": "Servidor SMTP",
        "panel": "Ajustes > Cuentas de correo",
        "value": "smtp.imprenta-sol.es",
    }


def test_ports_stand_in_the_order_of_preference_and_only_those_that_are_set() -> None:
    settings = account(ports=Ports(None, 587, 25))
    ports = [field for field in _document(settings)["fields"] if "/ports/" in field["setting"]]
    assert [(field["label"], field["value"]) for field in ports] == [
        ("Puerto (STARTTLS)", "587"),
        ("Puerto (sin cifrar)", "25"),
    ]
    assert {field["panel"] for field in ports} == {"Ajustes > Cuentas de correo"}


def test_recipients_are_joined_as_the_panel_takes_them() -> None:
    settings = shop(recipients=("ventas@imprenta-sol.es", "taller@imprenta-sol.es"))
    field = _fields(settings)["/admin/recipients"]
    assert field["value"] == "ventas@imprenta-sol.es,taller@imprenta-sol.es"
    # Where the panel has them, the manual does not say.
    assert field["panel"] is None


def test_a_recipient_that_the_comma_would_tear_apart_is_refused_at_its_item() -> None:
    settings = shop(recipients=("ventas@imprenta-sol.es", '"ventas, taller"@imprenta-sol.es'))
    assert refused("settings", settings) == {
        "/admin/recipients/1": "the panel separates recipients by commas, and this address holds one"
    }


def test_what_is_not_set_is_no_field() -> None:
    settings = shop(
        recipients=(),
        notifications__name=None,
        notifications__username=None,
        notifications__password=None,
    )
    assert [field["setting"] for field in _document(settings)["fields"]] == [
        "/contact/email",
        "/notifications/email",
        "/notifications/smtp/host",
        "/notifications/smtp/ports/tls",
        "/notifications/smtp/ports/starttls",
    ]


def test_a_secret_is_named_in_the_form_of_the_settings_file() -> None:
    kubernetes = {"kubernetes": {"name": "imprenta-sol-smtp", "key": "password"}}
    for settings, expected in (
        (account(password=reference("env", env="SMTP_PASSWORD")), {"env": "SMTP_PASSWORD"}),
        (account(password=reference("kubernetes", **kubernetes["kubernetes"])), kubernetes),
        (account(password=reference("sops")), {"sops": {"file": "configs/imprenta-sol.yaml"}}),
    ):
        field = _fields(settings)["/notifications/smtp/password"]
        assert field["secret"] == expected
        assert "value" not in field


def test_the_schema_tells_what_is_missing_or_wrong() -> None:
    document = _document(shop())
    changes: tuple[dict[str, Any], ...] = (
        {"version": 2},
        {"fields": []},
        {"fields": [{**document["fields"][0], "secret": {"env": "A"}}]},
        {"fields": [{"setting": "/contact/email", "label": "Email de contacto", "panel": None}]},
        {"extra": 1},
    )
    for change in changes:
        assert not admits("shop-settings-v1.schema.json", {**document, **change})


def test_a_shop_id_that_is_no_folder_name_is_refused_by_every_target() -> None:
    for odd in ("../etc", "imprenta-sol\n", "Imprenta", "a" * 51, ""):
        assert list(refused("settings", shop()._replace(shop=odd))) == ["/shop"]


@given(texts(), texts())
def test_any_text_comes_back_as_it_was(name: str, username: str) -> None:
    fields = _fields(account(name=name, username=username))
    assert fields["/notifications/name"]["value"] == name
    assert fields["/notifications/smtp/username"]["value"] == username
