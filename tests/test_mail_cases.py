"""Real mail settings from public reports: the whole finding that each gets, or none."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from tests.examples import run
from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import Translator
from wakagitops.settings.config import Options

_ENGLISH = Translator()
_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTE
_NO_RULES: Mapping[str, Mapping[str, Any]] = MappingProxyType({})
_OWN = "pedidos@imprenta-sol.es"
SHOP = """\
shop: imprenta-sol
platform_version: "3.28.1"
url: {url}
contact:
  email: {contact}
notifications:
  email: {sender}
  name: Imprenta Sol
  smtp:
    host: {host}
    ports: {ports}
    username: {user}
    password: {{env: IMPRENTA_SOL_SMTP_PASSWORD}}
admin:
  recipients: [ventas@imprenta-sol.es]
"""


class Account(NamedTuple):
    """What differs from a sound shop."""

    host: str = "smtp.imprenta-sol.es"
    ports: str = "{tls: 465}"
    user: str = _OWN
    sender: str = _OWN
    contact: str = "contacto@imprenta-sol.es"
    url: str = "https://www.imprenta-sol.es"


class Said(NamedTuple):
    """One finding as people see it."""

    severity: Severity
    rule: str
    line: int
    message: str
    help: str


def said(
    account: Account,
    today: str = "2026-12-01",
    rules: Mapping[str, Mapping[str, Any]] = _NO_RULES,
) -> list[Said]:
    """Return all that is said of a shop."""
    text = SHOP.format(**account._asdict())
    result = run({"imprenta-sol.yaml": text}, Options("/nowhere", rules=rules), today=today)
    return [
        Said(
            item.severity,
            item.rule,
            item.range.start.line + 1,
            _ENGLISH(item.message),
            _ENGLISH(item.help),
        )
        for item in result.diagnostics
    ]


_CONTACT, _SENDER, _HOST, _PORTS, _USER = 5, 7, 10, 11, 12
_OWN_DOMAIN = "Send from an address at the shop's own domain."
_NO_PASSWORD = (
    "Send through another provider, which takes a password, from an address at the shop's own domain."
)
_TURNED_OFF = Said(
    _N,
    "smtp/sign-in",
    _HOST,
    "Microsoft 365 turns sign-in with a password off on 2026-12-31, unless an administrator keeps it on",
    "Ask the administrator to keep SMTP AUTH with a password on, or prepare to send through a relay "
    "service. Organisations created later have no sign-in with a password.",
)

_CASES = {
    "SMTP2GO takes TLS on 443": (Account("mail.smtp2go.com", "{tls: 443}", "sol-tienda"), []),
    "SMTP2GO takes STARTTLS on 80": (Account("mail.smtp2go.com", "{starttls: 80}", "sol-tienda"), []),
    "one user for all customers of Mailtrap": (
        Account("live.smtp.mailtrap.io", "{starttls: 587}", "smtp@mailtrap.io"),
        [],
    ),
    "a university on a list of free mail": (
        Account(
            "smtp.office365.com",
            "{starttls: 587}",
            "pedidos@unican.es",
            "pedidos@unican.es",
            url="https://www.editorial-cantabro.es",
        ),
        [_TURNED_OFF],
    ),
    "Outlook.com takes no password": (
        Account(
            "smtp-mail.outlook.com",
            "{starttls: 587}",
            "imprentasol@hotmail.es",
            "imprentasol@hotmail.es",
        ),
        [
            Said(
                _E,
                "smtp/sign-in",
                _HOST,
                "Outlook.com has taken no password since 2024-09-16, only OAuth 2.0",
                _NO_PASSWORD,
            )
        ],
    ),
    "user and sender are two mailboxes": (
        Account(
            "smtp.office365.com",
            "{starttls: 587}",
            "jefe.taller@imprenta-sol.es",
            "tienda@imprenta-sol.es",
        ),
        [
            Said(
                _N,
                "smtp/sender",
                _SENDER,
                "at Microsoft 365, jefe.taller@imprenta-sol.es may send as tienda@imprenta-sol.es only "
                "where that is an alias or a permission of it",
                "Write email: jefe.taller@imprenta-sol.es, or sign in as tienda@imprenta-sol.es, or set "
                "up an alias or Send As.",
            ),
            _TURNED_OFF,
        ],
    ),
    "OVH Exchange takes STARTTLS only": (
        Account("ex3.mail.ovh.net", "{tls: 465}"),
        [
            Said(
                _W,
                "smtp/provider",
                _PORTS,
                "OVHcloud Exchange does not offer tls on port 465",
                "Write ports: {starttls: 587}.",
            )
        ],
    ),
    "a test inbox in production": (
        Account("sandbox.smtp.mailtrap.io", "{starttls: 2525}", "a1b2c3d4e5f6a7"),
        [
            Said(
                _E,
                "smtp/test-inbox",
                _HOST,
                "sandbox.smtp.mailtrap.io is a test inbox: it delivers mail to nobody",
                "Write host: live.smtp.mailtrap.io, with that service's user and password.",
            )
        ],
    ),
    "a test sender": (
        Account("smtp.resend.com", "{tls: 465}", "resend", "onboarding@resend.dev"),
        [
            Said(
                _E,
                "smtp/test-inbox",
                _SENDER,
                "resend.dev is a test domain of Resend: its mail does not reach customers",
                "Send from an address at the shop's own domain, and verify that domain at Resend.",
            )
        ],
    ),
    "a national domain of Hotmail": (
        Account(contact="imprentasol@hotmail.cl"),
        [
            Said(
                _W,
                "contact/free-mail",
                _CONTACT,
                "anybody can get an address at hotmail.cl",
                "Customers trust an address at the shop's own domain more, and it moves with the shop.",
            )
        ],
    ),
    "a password at Microsoft 365": (Account("smtp.office365.com", "{starttls: 587}"), [_TURNED_OFF]),
    "a Hotmail sender is not sent to Outlook.com": (
        Account(
            "smtp-relay.brevo.com",
            "{starttls: 587}",
            "9a0b1c001@smtp-brevo.com",
            "imprentasol@hotmail.es",
        ),
        [
            Said(
                _E,
                "smtp/free-mail-sender",
                _SENDER,
                "mail from hotmail.es goes out through smtp-relay.brevo.com",
                _OWN_DOMAIN,
            )
        ],
    ),
    "tls and starttls both on 587": (
        Account("smtp.mailersend.net", "{tls: 587, starttls: 587}", "MS_a1b2c3@imprenta-sol.es"),
        [
            Said(
                _E,
                "smtp/port-security",
                _PORTS,
                "port 587 begins unencrypted, and tls waits for an encrypted answer",
                "Remove tls: 587; starttls: 587 is set already.",
            )
        ],
    ),
}


@pytest.mark.parametrize(("account", "expected"), _CASES.values(), ids=_CASES)
def test_a_case_from_a_public_report(account: Account, expected: list[Said]) -> None:
    assert said(account) == expected
