"""The rules on the public contact address, as users meet them: findings, words, options, places."""

from __future__ import annotations

from typing import Any

import pytest

from tests.examples import completed, found, run
from wakagitops.core.diagnostic import Diagnostic, Severity
from wakagitops.core.messages import Translator
from wakagitops.core.rule import Example
from wakagitops.settings.config import Options

_ENGLISH = Translator()
_GROUP = "contact/"


def _findings(address: str, text: str = "", **role_account: Any) -> list[Diagnostic]:
    shop = f"contact:\n  email: {address}\n{text}"
    files = completed(Example({"imprenta-sol.yaml": shop}))
    rules = {"contact/role-account": role_account} if role_account else {}
    result = run(files, Options("/nowhere", rules=rules))
    return [item for item in result.diagnostics if item.rule.startswith(_GROUP)]


def _rules(address: str, text: str = "") -> list[str]:
    return [item.rule for item in _findings(address, text)]


@pytest.mark.parametrize(
    "address",
    [
        "contacto@imprenta-sol.es",
        "info@imprenta-sol.es",
        "hola@imprenta-sol.es",
        "tienda-madrid@imprenta-sol.es",
        "imprentasol@imprenta-sol.es",
        "sol@imprenta-sol.es",
        "contacto@otra-empresa.com",
    ],
)
def test_a_role_or_the_shops_own_name_passes(address: str) -> None:
    assert _rules(address) == []


def test_a_person_is_an_error_on_the_address_and_the_help_has_the_line_to_paste() -> None:
    (item,) = _findings("maria.lopez@imprenta-sol.es")
    assert (item.rule, item.severity) == ("contact/role-account", Severity.ERROR)
    assert (item.range.start.line, item.range.start.column) == (1, 9)
    help_text = _ENGLISH(item.help)
    assert '[rules."contact/role-account"]' in help_text
    assert help_text.endswith('accounts = ["maria.lopez"]')
    assert "contacto@imprenta-sol.es" in help_text


def test_the_line_to_paste_keeps_the_accounts_that_are_there_and_then_works() -> None:
    (item,) = _findings("zaguan@imprenta-sol.es", accounts=["taquilla"])
    assert item.severity is Severity.WARNING
    assert _ENGLISH(item.help).endswith('accounts = ["taquilla", "zaguan"]')
    assert _findings("zaguan@imprenta-sol.es", accounts=["taquilla", "zaguan"]) == []


@pytest.mark.parametrize(("unknown", "severity"), [("error", Severity.ERROR), ("note", Severity.NOTE)])
def test_unknown_roles_are_as_severe_as_the_team_wants(unknown: str, severity: Severity) -> None:
    (item,) = _findings("zaguan@imprenta-sol.es", unknown=unknown)
    assert item.severity is severity
    assert _findings("zaguan@imprenta-sol.es", unknown="off") == []


def test_one_whole_address_can_be_allowed_and_no_other() -> None:
    accounts = ["Carmen@imprenta-sol.es"]
    assert _findings("carmen@imprenta-sol.es", accounts=accounts) == []
    assert len(_findings("carmen@otra-empresa.es", accounts=accounts)) == 1


def test_a_free_mail_contact_by_the_shops_name_is_only_free_mail() -> None:
    assert _rules("imprenta.sol@gmail.com") == ["contact/free-mail"]


def test_a_throw_away_address_is_reported_once() -> None:
    (item,) = _findings("contacto@mailinator.com")
    assert (item.rule, item.severity) == ("contact/disposable-domain", Severity.ERROR)


def test_a_no_reply_contact_is_left_to_its_own_rule() -> None:
    assert _rules("no-reply@imprenta-sol.es") == []


def test_an_account_with_three_uses_is_one_finding_that_shows_them_all() -> None:
    text = (
        'platform_version: "3.28.1"\n'
        "notifications:\n"
        "  email: contacto@imprenta-sol.es\n"
        "  smtp:\n"
        "    host: smtp.imprenta-sol.es\n"
        "    ports: {tls: 465}\n"
        "    username: CONTACTO@imprenta-sol.es\n"
        "    password: {env: IMPRENTA_SOL_SMTP_PASSWORD}\n"
        "admin:\n"
        "  recipients:\n"
        "    - ventas@imprenta-sol.es\n"
        "    - contacto@imprenta-sol.es\n"
    )
    (item,) = _findings("contacto+web@imprenta-sol.es", text)
    assert (item.rule, item.severity) == ("contact/shared-account", Severity.ERROR)
    assert "signs in" in _ENGLISH(item.message)
    assert [place.range.start.line for place in item.related] == [4, 8, 13]


def test_an_inherited_contact_is_one_finding_that_names_its_shops() -> None:
    shop = (
        "shop: {shop}\n"
        'platform_version: "3.27.0"\n'
        "url: https://www.{shop}.es\n"
        "notifications:\n"
        "  email: pedidos@{shop}.es\n"
        "  smtp: {{host: smtp.{shop}.es, ports: {{tls: 465}}}}\n"
    )
    files = {
        "_defaults.yaml": "contact:\n  email: marta.ruiz@grupo-levante.es\n",
        "rotulos-mar.yaml": shop.format(shop="rotulos-mar"),
        "rotulos-sur.yaml": shop.format(shop="rotulos-sur"),
    }
    result = run(files)
    assert found(result) == {("_defaults.yaml", 2, "contact/role-account")}
    assert result.diagnostics[0].shops == ("rotulos-mar", "rotulos-sur")


def test_a_contact_that_is_no_address_is_left_to_the_address_rules() -> None:
    assert _rules("maria.lopez@@imprenta-sol.es") == []


def test_the_sender_may_use_another_domain_than_the_contact() -> None:
    text = (
        "notifications:\n"
        "  email: contacto@envios-sol.com\n"
        "  smtp: {host: smtp.envios-sol.com, ports: {tls: 465}}\n"
    )
    assert _rules("contacto@imprenta-sol.es", text) == []


def test_a_list_of_recipients_that_cannot_be_read_hides_no_shared_account() -> None:
    text = 'admin: {recipients: "ventas@imprenta-sol.es, taller@imprenta-sol.es"}\n'
    assert _rules("pedidos@imprenta-sol.es", text) == ["contact/shared-account"]
