"""The dated facts about providers: their form, and that no two of them contradict each other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from wakagitops.mail import free_mail as lists
from wakagitops.mail import mistypings, providers
from wakagitops.mail.domains import special_use
from wakagitops.mail.free_mail import Evidence, disposable, free_mail
from wakagitops.mail.mistypings import mistyped_provider
from wakagitops.mail.providers import (
    owner_of,
    provider_of,
    provider_of_test_sender,
    provider_with_incoming_host,
    provider_with_other_host,
    providers_of_mailbox,
)

_FOLDER = Path(providers.__file__).parent / "data"
_DATA: dict[str, Any] = json.loads((_FOLDER / "providers.json").read_text(encoding="utf-8"))
_ENTRIES = [pytest.param(item, id=item["name"]) for item in _DATA["providers"]]
_WANTED = (
    "Arsys", "IONOS", "Dinahosting", "STRATO", "OVHcloud MX Plan", "OVHcloud Exchange",
    "Raiola Networks", "cdmon", "Nominalia", "acens", "Piensa Solutions", "Hostalia", "Webempresa",
    "SiteGround", "Hostinger", "DonDominio", "DonWeb", "Locaweb", "UOL", "BOL", "KingHost", "Movistar",
    "Orange España", "Vodafone España", "Euskaltel", "Telmex",
)  # fmt: skip
"""The hosters and access providers of Spain and Latin America, who come first."""


def test_the_data_has_the_form_that_its_schema_describes() -> None:
    schema = json.loads((_FOLDER / "providers.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    problems = [error.message for error in Draft202012Validator(schema).iter_errors(_DATA)]
    assert problems == []


def test_the_providers_of_the_shops_are_known() -> None:
    names = [item["name"] for item in _DATA["providers"]]
    assert len(names) == len(set(names)) >= 80
    assert set(_WANTED) <= set(names)


@pytest.mark.parametrize("item", _ENTRIES)
def test_each_fact_has_a_source_that_is_no_younger_than_the_data(item: dict[str, Any]) -> None:
    facts = set(item) - {"name", "kind", "family", "sources"}
    if item["user"] == "any":
        facts.discard("user")  # which says that nothing is known
    named = {fact for source in item["sources"] for fact in source["facts"]}
    assert facts <= named <= set(item)
    assert all(source["date"] <= _DATA["as_of"] for source in item["sources"])


@pytest.mark.parametrize("item", _ENTRIES)
def test_each_host_leads_to_its_provider_and_is_for_one_use(item: dict[str, Any]) -> None:
    for host in item["hosts"]:
        name = host.replace("*", "1")
        found = provider_of(f"{name.upper()}.")
        assert found is not None
        assert found.name == item["name"]
        assert provider_with_incoming_host(name) is None
        assert provider_with_other_host(name) is None
        assert owner_of(name) == found
    for host in item.get("incoming", ()):
        assert provider_of(host.replace("*", "1")) is None
        assert provider_with_incoming_host(host.replace("*", "1")) is not None
    for host in item.get("other_hosts", ()):
        assert provider_of(host) is None
        assert provider_with_incoming_host(host) is None
        assert provider_with_other_host(host) is not None


@pytest.mark.parametrize("item", _ENTRIES)
def test_what_belongs_together_is_there_together(item: dict[str, Any]) -> None:
    ports = item.get("ports", {"tls": [1], "starttls": [2]})
    assert ports["tls"] or ports["starttls"], "advice names the first one"
    assert not set(ports["tls"]) & set(ports["starttls"])
    if item["kind"] == "mailbox":
        assert item.get("sender") != "any"
        assert "test_senders" not in item
    else:
        assert "mailbox_domains" not in item
        assert item.get("sender") in (None, "any", "own-domain")
    if "instead" in item:
        meant = provider_of(item["instead"])
        assert meant is not None
        assert meant.delivers
    if "password" in item:
        assert any("password" in source["facts"] for source in item["sources"])


def _mailbox_domains() -> list[str]:
    return [
        domain.replace("*", ending)
        for item in _DATA["providers"]
        for domain in item.get("mailbox_domains", ())
        for ending in (("com", "es", "com.mx") if "*" in domain else ("",))
    ]


@pytest.mark.parametrize("domain", sorted({*_mailbox_domains(), *lists._FREE_MAIL}))
def test_free_mail_is_nothing_else(domain: str) -> None:
    assert free_mail(domain) is Evidence.KNOWN
    assert disposable(domain) is None
    assert mistyped_provider(domain) is None
    assert special_use(domain) is None
    assert provider_of_test_sender(domain) is None


@pytest.mark.parametrize("domain", sorted(lists._DISPOSABLE))
def test_a_throw_away_domain_is_nothing_else(domain: str) -> None:
    assert disposable(domain) is Evidence.KNOWN
    assert providers_of_mailbox(domain) == ()
    assert domain not in lists._FREE_MAIL | lists._NOT_FREE
    assert mistyped_provider(domain) is None
    assert provider_of_test_sender(domain) is None


@pytest.mark.parametrize("domain", [*sorted(lists._NOT_FREE), "uba.edu.ar", "uab.ac.cr", "buap.edu.mx"])
def test_what_a_list_holds_by_mistake_is_on_no_other(domain: str) -> None:
    assert free_mail(domain) is None
    assert disposable(domain) is None
    assert domain not in lists._DISPOSABLE | lists._FREE_MAIL


def test_a_mistyped_domain_is_no_providers() -> None:
    for wrong, meant in mistypings._MISTYPED_PROVIDERS.items():
        assert providers_of_mailbox(wrong) == ()
        assert free_mail(meant) is Evidence.KNOWN


def test_a_mailbox_domain_has_providers_in_no_more_than_one_entry() -> None:
    domains = [domain for item in _DATA["providers"] for domain in item.get("mailbox_domains", ())]
    assert len(domains) == len(set(domains))


@pytest.mark.parametrize(
    ("domain", "names"),
    [
        ("gmail.com", {"Gmail"}),
        ("hotmail.es", {"Outlook.com"}),
        ("hotmail.com.mx", {"Outlook.com"}),
        ("outlook.cl", {"Outlook.com"}),
        ("yahoo.co.uk", {"Yahoo Mail"}),
        ("live.com.ar", {"Outlook.com"}),
        ("hotmail.tienda", set()),
        ("outlook.io", set()),
        ("live.shop", set()),
        ("hotmail.cm", set()),
        ("imprenta-sol.es", set()),
        ("yahoo.imprenta.sol.es", set()),
    ],
)
def test_a_senders_domain_leads_to_the_provider_of_its_mailboxes(domain: str, names: set[str]) -> None:
    assert {provider.name for provider in providers_of_mailbox(domain)} == names


def test_a_relay_host_is_no_mailbox_domain_and_a_zone_is_nobody_elses() -> None:
    zones = [zone for item in _DATA["providers"] for zone in item.get("zones", ())]
    assert len(zones) == len(set(zones)), "a host in a zone has one owner"
    hosts = [host for item in _DATA["providers"] for host in item["hosts"]]
    assert len(hosts) == len(set(hosts))
