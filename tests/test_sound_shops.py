"""Shops that send mail as it works get no error and no warning: a false alarm costs more than a miss."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.test_mail_cases import Account, Said, said
from wakagitops.core.diagnostic import Severity
from wakagitops.mail import providers
from wakagitops.mail.free_mail import Evidence, free_mail

_DATA: dict[str, Any] = json.loads(
    (Path(providers.__file__).parent / "data" / "providers.json").read_text(encoding="utf-8")
)
_OWN = "pedidos@imprenta-sol.es"
_NO_CHOICE = frozenset({"Outlook.com"})
"""Providers through which no shop can send any more."""


def _user(form: str) -> str:
    word = form.removeprefix("exactly:")
    return {"address": _OWN, "any": _OWN, "token": "AKIAIOSFODNN7EXAMPLE", "local-part": "pedidos"}.get(
        form, word
    )


def _documented() -> Iterator[Any]:
    for item in _DATA["providers"]:
        if item["kind"] == "test-inbox" or item["user"] == "none" or item["name"] in _NO_CHOICE:
            continue
        ports = item.get("ports", {"tls": [465], "starttls": [587]})
        for host in item["hosts"]:
            for security, numbers in ports.items():
                for port in numbers:
                    name = host.replace("*", "1")
                    yield pytest.param(
                        Account(name, f"{{{security}: {port}}}", _user(item["user"])),
                        id=f"{name} {security} {port}",
                    )


def _graver_than_notes(account: Account) -> list[Said]:
    return [item for item in said(account) if item.severity is not Severity.NOTE]


@pytest.mark.parametrize("account", [*_documented()])
def test_what_a_provider_documents_is_fine(account: Account) -> None:
    assert _graver_than_notes(account) == []


def test_that_is_a_table_of_many() -> None:
    assert len(list(_documented())) >= 150


_FREE = [
    ("imprentasol@gmail.com", "smtp.gmail.com", "{starttls: 587}"),
    ("imprentasol@googlemail.com", "smtp.gmail.com", "{tls: 465}"),
    ("imprentasol@yahoo.es", "smtp.mail.yahoo.com", "{tls: 465}"),
    ("imprentasol@yahoo.com.mx", "smtp.mail.yahoo.com", "{tls: 465}"),
    ("imprentasol@icloud.com", "smtp.mail.me.com", "{starttls: 587}"),
    ("imprentasol@gmx.es", "mail.gmx.net", "{starttls: 587}"),
    ("imprentasol@web.de", "smtp.web.de", "{starttls: 587}"),
    ("imprentasol@telefonica.net", "smtp.telefonica.net", "{starttls: 587}"),
    ("imprentasol@telefonica.net", "smtp.movistar.es", "{tls: 465}"),
    ("imprentasol@terra.es", "smtp.terra.es", "{starttls: 587}"),
    ("imprentasol@ono.com", "smtp.ono.com", "{starttls: 587}"),
    ("imprentasol@orange.es", "smtp.orange.es", "{tls: 465}"),
    ("imprentasol@wanadoo.es", "smtp.orange.es", "{tls: 465}"),
    ("imprentasol@ya.com", "smtp.ya.com", "{starttls: 587}"),
    ("imprentasol@euskaltel.net", "smtp.euskaltel.es", "{starttls: 587}"),
    ("imprentasol@mundo-r.com", "smtp.mundo-r.com", "{starttls: 587}"),
    ("imprentasol@prodigy.net.mx", "smtp.prodigy.net.mx", "{starttls: 587}"),
    ("imprentasol@proton.me", "smtp.protonmail.ch", "{starttls: 587}"),
    ("imprentasol@yandex.com", "smtp.yandex.ru", "{tls: 465}"),
    ("imprentasol@zohomail.eu", "smtp.zoho.eu", "{tls: 465}"),
    ("imprentasol@terra.com.br", "smtp.terra.com.br", "{starttls: 587}"),
    ("imprentasol@arnet.com.ar", "smtp.fibertel.com.ar", "{starttls: 587}"),
]
_OTHER = {
    "an own server": Account(),
    "both ports": Account(ports="{tls: 465, starttls: 587}"),
    "an own server on another port": Account(ports="{starttls: 2525}"),
    "cPanel's own port": Account("mail.imprenta-sol.es", "{tls: 465}"),
    "a server of Plesk": Account("vps-1a2b3c.vps.ovh.net", "{starttls: 587}"),
    "a university at Microsoft 365": Account(
        "smtp.office365.com", "{starttls: 587}", "pedidos@unican.es", "pedidos@unican.es"
    ),
    "a university at its own server": Account(
        "smtp.uba.edu.ar", "{starttls: 587}", "pedidos@uba.edu.ar", "pedidos@uba.edu.ar"
    ),
    "a domain at Google": Account("smtp.gmail.com", "{starttls: 587}"),
    "an alias at Google": Account("smtp.gmail.com", "{tls: 465}", "web@imprenta-sol.es"),
    "a tenant's first domain": Account(
        "smtp.office365.com", "{starttls: 587}", "pedidos@imprentasol.onmicrosoft.com"
    ),
    "a relay with an account elsewhere": Account(
        "smtp-relay.brevo.com", "{starttls: 587}", "duena@gmail.com"
    ),
    "Elastic Email with an account elsewhere": Account(
        "smtp.elasticemail.com", "{starttls: 2525}", "duena@gmail.com"
    ),
    "Mandrill with a name": Account("smtp.mandrillapp.com", "{starttls: 587}", "Imprenta Sol"),
    "Mailtrap with a token": Account("live.smtp.mailtrap.io", "{starttls: 587}", "api"),
    "SMTP2GO in Europe": Account("mail-eu.smtp2go.com", "{tls: 8465}", "sol-tienda"),
    "SendGrid through a firewall": Account("smtp.sendgrid.net", "{starttls: 2525}", "apikey"),
    "Oracle": Account(
        "smtp.email.eu-madrid-1.oci.oraclecloud.com",
        "{starttls: 587}",
        "ocid1.user.oc1..aaaa@ocid1.tenancy.oc1..bbbb.xx.com",
    ),
    "a relay that nobody knows": Account("smtp.correorapido.es", "{starttls: 2525}", "sol-1a2b"),
    "its account at its own domain": Account(
        "smtp.correorapido.es", "{starttls: 587}", "smtp@correorapido.es"
    ),
    "its account at the owner's mailbox": Account(
        "smtp.correorapido.es", "{starttls: 587}", "duena@gmail.com"
    ),
    "a mail exchanger that also takes mail": Account("mx.imprenta-sol.es", "{starttls: 587}"),
    "a Kubernetes relay": Account("relay.correo.svc.cluster.local", "{starttls: 25}", "web"),
    "a local relay": Account("localhost", "{plain: 25}", "web"),
}


@pytest.mark.parametrize(("sender", "host", "ports"), _FREE)
def test_free_mail_through_its_own_provider_is_fine(sender: str, host: str, ports: str) -> None:
    assert free_mail(sender.partition("@")[2]) is not None
    assert _graver_than_notes(Account(host, ports, sender, sender)) == []


@pytest.mark.parametrize("account", _OTHER.values(), ids=_OTHER)
def test_what_works_in_other_ways_is_fine(account: Account) -> None:
    assert _graver_than_notes(account) == []


def _servers() -> Iterator[Any]:
    with (Path(__file__).parent / "data" / "outgoing_servers.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            domain = row["domain"] or "imprenta-sol.es"
            user = "pedidos" if row["user"] == "local-part" else f"pedidos@{domain}"
            provider = providers.provider_of(row["host"])
            if row["user"] == "other" and provider is not None:
                user = _user(provider.user)
            account = Account(row["host"], f"{{{row['security']}: {row['port']}}}", user)
            yield pytest.param(account, domain, id=f"{row['host']} {row['port']}")


@pytest.mark.parametrize(("account", "domain"), [*_servers()])
def test_a_server_that_mail_programs_use_draws_no_error(account: Account, domain: str) -> None:
    """The table holds outgoing servers of the Mozilla ISPDB and nodemailer (2026-03-12, 2026-08-07)."""
    own = account._replace(sender=f"pedidos@{domain}")
    errors = [item.rule for item in said(own) if item.severity is Severity.ERROR]
    known = providers.provider_of(account.host)
    if known is not None and known.name in _NO_CHOICE:
        errors.remove("smtp/sign-in")
    if known is not None and not known.delivers:
        errors.remove("smtp/test-inbox")
    assert errors == []
    if free_mail(domain) is not Evidence.KNOWN:
        warnings = [item for item in said(own) if item.severity is Severity.WARNING]
        assert [item.rule for item in warnings if item.rule != "smtp/test-inbox"] == []
