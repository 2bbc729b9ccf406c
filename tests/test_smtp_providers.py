"""The dated facts about providers: their form, and that they hold together."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from wakagitops.mail import providers
from wakagitops.mail.providers import as_of, provider_of, provider_with_other_host, providers_of_sender

_DATA: dict[str, Any] = json.loads(
    (Path(providers.__file__).parent / "data" / "providers.json").read_text(encoding="utf-8")
)
_ENTRIES = [pytest.param(item, id=item["name"]) for item in _DATA["providers"]]


def test_the_facts_are_dated() -> None:
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", as_of())


@pytest.mark.parametrize("item", _ENTRIES)
def test_an_entry_is_whole_and_says_where_it_comes_from(item: dict[str, Any]) -> None:
    assert set(item) <= {
        "name", "kind", "hosts", "zones", "wrong_hosts", "tls", "starttls", "user", "senders", "source"
    }  # fmt: skip
    assert item["kind"] in ("mailbox", "relay")
    assert re.fullmatch(r"address|token|any|exactly:\w+", item["user"])
    assert item["source"]
    assert item["starttls"], "the advice names its first port"
    assert not set(item["tls"]) & set(item["starttls"])
    for host in (*item["hosts"], *item.get("zones", ()), *item.get("wrong_hosts", ())):
        assert host == host.lower()


@pytest.mark.parametrize("item", _ENTRIES)
def test_each_host_leads_to_its_provider_and_is_not_called_wrong(item: dict[str, Any]) -> None:
    for host in item["hosts"]:
        name = host.replace("*", "eu-1")
        found = provider_of(f"{name.upper()}.")
        assert found is not None
        assert found.name == item["name"]
        assert provider_with_other_host(name) is None
    for host in item.get("wrong_hosts", ()):
        assert provider_of(host) is None
        assert provider_with_other_host(host) is not None


@pytest.mark.parametrize(
    ("domain", "names"),
    [
        ("gmail.com", {"Gmail"}),
        ("hotmail.es", {"Outlook.com", "Microsoft 365"}),
        ("yahoo.co.uk", {"Yahoo Mail"}),
        ("imprenta-sol.es", set()),
        ("yahoo.imprenta.sol.es", set()),
    ],
)
def test_a_senders_domain_leads_to_the_providers_that_send_for_it(domain: str, names: set[str]) -> None:
    assert {provider.name for provider in providers_of_sender(domain)} == names
