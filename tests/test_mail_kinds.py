"""The kinds of mistakes behind the reported cases: more of each, and advice that works when pasted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.examples import run
from tests.repository_case import Case, shop
from tests.test_mail_cases import SHOP, Account, Said, said
from wakagitops.core.diagnostic import Severity

_OWN = "pedidos@imprenta-sol.es"
_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTE
_STARTTLS = "{starttls: 587}"


def _of(rule: str, account: Account) -> list[Said]:
    return [item for item in said(account) if item.rule == rule]


def _severities(rule: str, account: Account) -> list[Severity]:
    return [item.severity for item in _of(rule, account)]


# Who takes no password


@pytest.mark.parametrize(
    "user",
    [
        "imprentasol@hotmail.com", "imprentasol@hotmail.es", "imprentasol@hotmail.cl",
        "imprentasol@hotmail.com.ar", "imprentasol@hotmail.com.mx", "imprentasol@outlook.com",
        "imprentasol@outlook.es", "imprentasol@outlook.cl", "imprentasol@outlook.com.ar",
        "imprentasol@live.com", "imprentasol@live.com.mx", "imprentasol@msn.com",
        "Imprenta.Sol@HotMail.es",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "host",
    ["smtp-mail.outlook.com", "smtp.office365.com", "outlook.office365.com", "smtp.live.com",
     "SMTP-MAIL.OUTLOOK.COM."],
)  # fmt: skip
def test_no_personal_account_at_microsoft_signs_in_with_a_password(host: str, user: str) -> None:
    (item,) = _of("smtp/sign-in", Account(host, _STARTTLS, user, user))
    assert item.severity is _E
    assert item.message == "Outlook.com has taken no password since 2024-09-16, only OAuth 2.0"
    assert "outlook.com" not in item.help


@pytest.mark.parametrize(
    ("host", "user"),
    [
        ("smtp.gmail.com", "imprentasol@gmail.com"),
        ("smtp.mail.yahoo.com", "imprentasol@yahoo.es"),
        ("smtp.mail.me.com", "imprentasol@icloud.com"),
        ("smtp.zoho.eu", _OWN),
        ("smtp.ionos.es", _OWN),
        ("smtp-relay.brevo.com", "duena@hotmail.es"),
        ("smtp.elasticemail.com", "duena@outlook.com"),
        ("outlook.imprenta-sol.es", _OWN),
        ("smtp.office365.com.imprenta-sol.es", _OWN),
        ("smtp.hotmail.imprenta-sol.es", _OWN),
    ],
)
def test_nobody_else_is_said_to_take_no_password(host: str, user: str) -> None:
    assert _of("smtp/sign-in", Account(host, _STARTTLS, user)) == []


# Who may be the sender


@pytest.mark.parametrize(
    "host",
    [
        "smtp.office365.com", "smtp.gmail.com", "smtp.mail.yahoo.com", "smtp.mail.me.com",
        "mail.gmx.net", "smtp.web.de", "smtp.zoho.eu", "smtp.zoho.in", "smtp.yandex.com",
        "ex3.mail.ovh.net", "ex12.mail.ovh.net", "smtp.protonmail.ch",
    ],
)  # fmt: skip
def test_an_account_that_is_not_the_sender_is_a_note_where_that_matters(host: str) -> None:
    account = Account(host, _STARTTLS, "jefe.taller@imprenta-sol.es", "tienda@imprenta-sol.es")
    assert _severities("smtp/sender", account) == [_N]
    same = account._replace(user="Tienda@imprenta-sol.es")
    assert _of("smtp/sender", same) == []
    tagged = account._replace(user="tienda+web@imprenta-sol.es")
    assert _of("smtp/sender", tagged) == []


@pytest.mark.parametrize(
    "host",
    [
        "smtp.imprenta-sol.es", "mail.imprenta-sol.es", "smtp.ionos.es", "ssl0.ovh.net",
        "smtp.serviciodecorreo.es", "smtp-relay.brevo.com", "smtp-relay.gmail.com",
        "live.smtp.mailtrap.io", "smtp.correorapido.es", "localhost", "email-ssl.com.br",
    ],
)  # fmt: skip
def test_elsewhere_nothing_is_said_of_two_mailboxes(host: str) -> None:
    account = Account(host, _STARTTLS, "jefe.taller@imprenta-sol.es", "tienda@imprenta-sol.es")
    assert _of("smtp/sender", account) == []


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("smtp.office365.com", [_W]),
        ("smtp.ionos.es", [_W]),
        ("smtp.imprenta-sol.es", [_W]),
        ("smtp.correorapido.es", [_N]),
        ("mail.rotulos-norte.es", [_N]),
        ("live.smtp.mailtrap.io", []),
        ("mail.smtp2go.com", []),
        ("smtp.mandrillapp.com", []),
        ("smtp.elasticemail.com", []),
        ("smtp.mailersend.net", []),
        ("smtp-pulse.com", []),
        ("pro.turbo-smtp.com", []),
        ("smtp.email.eu-madrid-1.oci.oraclecloud.com", []),
    ],
)
def test_an_account_of_another_domain_is_weighed_by_what_is_known(
    host: str, expected: list[Severity]
) -> None:
    account = Account(host, _STARTTLS, "web@rotulos-norte.es")
    assert _severities("smtp/sender-domain", account) == expected


@pytest.mark.parametrize("user", ["api", "smtp@mailtrap.io"])
def test_a_user_that_all_customers_share_is_no_account_of_two_shops(user: str) -> None:
    first = Account("live.smtp.mailtrap.io", _STARTTLS, user)
    second = Account(
        "bulk.smtp.mailtrap.io",
        "{starttls: 2525}",
        user,
        "pedidos@rotulos-norte.es",
        "contacto@rotulos-norte.es",
        "https://www.rotulos-norte.es",
    )
    files = {
        f"{name}.yaml": SHOP.format(**account._asdict())
        .replace("shop: imprenta-sol", f"shop: {name}")
        .replace("IMPRENTA_SOL", name.upper().replace("-", "_"))
        .replace("ventas@imprenta-sol.es", f"ventas@{name}.es")
        for name, account in (("imprenta-sol", first), ("rotulos-norte", second))
    }
    assert [item.rule for item in run(files).diagnostics] == []


# What delivers to nobody


@pytest.mark.parametrize(
    ("host", "severity"),
    [
        ("sandbox.smtp.mailtrap.io", _E),
        ("smtp.mailtrap.io", _E),
        ("mailtrap.io", _E),
        ("SANDBOX.smtp.mailtrap.io.", _E),
        ("smtp.ethereal.email", _E),
        ("sandbox-smtp.mailcatch.app", _E),
        ("mailosaur.net", _E),
        ("debugmail.io", _E),
        ("mailhog", _W),
        ("mailpit", _W),
        ("MailCatcher", _W),
        ("maildev.correo.svc.cluster.local", _W),
        ("smtp4dev", _W),
    ],
)
def test_a_test_inbox(host: str, severity: Severity) -> None:
    assert _severities("smtp/test-inbox", Account(host, "{starttls: 2525}", "a1b2c3")) == [severity]


@pytest.mark.parametrize(
    "host",
    ["live.smtp.mailtrap.io", "bulk.smtp.mailtrap.io", "mailhog.imprenta-sol.es", "smtp.mailpit.es",
     "maildev.es", "correo", "postfix", "smtp.sandbox-imprenta.es"],
)  # fmt: skip
def test_no_test_inbox(host: str) -> None:
    assert _of("smtp/test-inbox", Account(host, "{starttls: 587}", "web")) == []


@pytest.mark.parametrize("ports", ["{starttls: 2525}", "{tls: 465}", "{starttls: 465}"])
def test_advice_on_a_test_inbox_works_when_it_is_pasted(ports: str) -> None:
    (item,) = _of("smtp/test-inbox", Account("sandbox.smtp.mailtrap.io", ports, "a1b2c3"))
    written = re.match(r"Write host: ([\w.]+), (?:and ports: (\{.*\}), )?with", item.help)
    assert written is not None
    assert said(Account(written[1], written[2] or ports, "a1b2c3")) == []


@pytest.mark.parametrize(
    ("sender", "host"),
    [
        ("onboarding@resend.dev", "smtp.resend.com"),
        ("delivered@resend.dev", "smtp.resend.com"),
        ("Onboarding@Resend.Dev", "smtp.resend.com"),
        ("onboarding@resend.dev", "smtp.imprenta-sol.es"),
        ("pedidos@sandbox1a2b3c4d.mailgun.org", "smtp.mailgun.org"),
        ("postmaster@sandbox9f8e7d6c5b4a.mailgun.org", "smtp.eu.mailgun.org"),
        ("pedidos@sparkpostbox.com", "smtp.sparkpostmail.com"),
        ("hello@demomailtrap.com", "live.smtp.mailtrap.io"),
        ("hello@demomailtrap.co", "live.smtp.mailtrap.io"),
        ("MS_1a2b@trial-3z0vkloe1x1g7qrx.mlsender.net", "smtp.mailersend.net"),
        ("MS_1a2b@test-3z0vkloe1x1g7qrx.mlsender.net", "smtp.mailersend.net"),
    ],
)
def test_a_test_sender(sender: str, host: str) -> None:
    (item,) = _of("smtp/test-inbox", Account(host, _STARTTLS, "resend", sender))
    assert (item.severity, item.line) == (_E, 7)


@pytest.mark.parametrize(
    "sender",
    ["pedidos@imprenta-sol.dev", "pedidos@mg.imprenta-sol.es", "pedidos@resend.imprenta-sol.es",
     "pedidos@sandbox.imprenta-sol.es", "pedidos@mailgun.imprenta-sol.es"],
)  # fmt: skip
def test_no_test_sender(sender: str) -> None:
    assert _of("smtp/test-inbox", Account("smtp.resend.com", _STARTTLS, "resend", sender)) == []


# Where mail is read or received


@pytest.mark.parametrize(
    ("host", "meant"),
    [
        ("imap.gmail.com", "smtp.gmail.com"),
        ("gmail-smtp-in.l.google.com", "smtp.gmail.com"),
        ("alt1.aspmx.l.google.com", "smtp.gmail.com"),
        ("pop.ionos.es", "smtp.ionos.es"),
        ("imap.ionos.mx", "smtp.ionos.mx"),
        ("mx00.ionos.es", "smtp.ionos.es"),
        ("imap.1and1.es", "smtp.1and1.es"),
        ("imap.mail.ovh.net", "smtp.mail.ovh.net"),
        ("pop.mail.ovh.ca", "smtp.mail.ovh.ca"),
        ("mx1.mail.ovh.net", "smtp.mail.ovh.net"),
        ("imap.serviciodecorreo.es", "smtp.serviciodecorreo.es"),
        ("mx.serviciodecorreo.es", "smtp.serviciodecorreo.es"),
        ("mx.buzondecorreo.com", "smtp.buzondecorreo.com"),
        ("imap.strato.es", "smtp.strato.es"),
        ("imap.hostinger.com", "smtp.hostinger.com"),
        ("imap.dondominio.com", "smtp.dondominio.com"),
        ("imap.zoho.eu", "smtp.zoho.eu"),
        ("mx2.zoho.com.au", "smtp.zoho.com.au"),
        ("imappro.zoho.in", "smtp.zoho.in"),
        ("imap.uol.com.br", "smtps.uol.com.br"),
        ("pop3.bol.com.br", "smtps.bol.com.br"),
        ("imap.movistar.es", "smtp.movistar.es"),
        ("imap.orange.es", "smtp.orange.es"),
        ("imap.mail.yahoo.com", "smtp.mail.yahoo.com"),
        ("in1-smtp.messagingengine.com", "smtp.messagingengine.com"),
        ("inbound-smtp.eu-west-1.amazonaws.com", ""),
        ("mxa.eu.mailgun.org", "smtp.eu.mailgun.org"),
        ("IMAP.Gmail.com.", "smtp.gmail.com"),
    ],
)
def test_a_host_that_only_hands_out_or_receives_mail(host: str, meant: str) -> None:
    (item,) = _of("smtp/incoming-host", Account(host))
    assert (item.severity, item.line) == (_E, 10)
    if meant:
        written = re.fullmatch(r"Write host: (\S+?)(?:\.|, and ports: (.*)\.)", item.help)
        assert written is not None
        assert written[1] == meant
        after = said(Account(meant, written[2] or "{tls: 465}"))
        assert not [other for other in after if other.rule in ("smtp/incoming-host", *_ABOUT_PORTS[:1])]
        assert not [other for other in after if other.line in (10, 11) and other.severity is not _N]
    assert not [other for other in said(Account(host)) if other.rule == "smtp/provider"]


@pytest.mark.parametrize("host", ["imap-mail.outlook.com", "pop-mail.outlook.com", "imap.live.com"])
def test_nobody_is_sent_to_a_server_that_takes_no_password(host: str) -> None:
    (item,) = _of("smtp/incoming-host", Account(host))
    assert item.severity is _E
    assert item.help.startswith("Send through another provider, which takes a password")


@pytest.mark.parametrize("host", ["imap.imprenta-sol.es", "pop3.imprenta-sol.es", "POP.imprenta-sol.es"])
def test_a_name_alone_is_a_warning(host: str) -> None:
    assert _severities("smtp/incoming-host", Account(host)) == [_W]


@pytest.mark.parametrize(
    "host",
    ["mail.gandi.net", "secure.emailsrvr.com", "ssl0.ovh.net", "mx.imprenta-sol.es", "imap",
     "posteo.de", "imapsync.imprenta-sol.es", "popular.es", "mail.your-server.de",
     "imap.correo.svc.cluster.local", "smtp.imap.es"],
)  # fmt: skip
def test_a_host_that_takes_mail_too(host: str) -> None:
    assert _of("smtp/incoming-host", Account(host)) == []


def test_a_connector_of_microsoft_365_takes_no_sign_in() -> None:
    host = "imprentasol-es.mail.protection.outlook.com"
    assert _severities("smtp/incoming-host", Account(host, "{starttls: 25}")) == [_E]


# What a list says


@pytest.mark.parametrize(
    ("sender", "host", "user", "expected"),
    [
        ("p@gmail.com", "smtp.imprenta-sol.es", "web", [_E]),
        ("p@hotmail.cl", "smtp.imprenta-sol.es", "web", [_E]),
        ("p@telefonica.net", "smtp.imprenta-sol.es", "web", [_E]),
        ("p@yahoo.com.mx", "smtp-relay.brevo.com", "web@x.es", [_E]),
        ("p@gmail.com", "smtp.gmx.es", "p@gmail.com", [_E]),
        ("p@arnet.com.ar", "smtp.imprenta-sol.es", "web", [_W]),
        ("p@terra.cl", "smtp-relay.brevo.com", "web@x.es", [_W]),
        ("p@arnet.com.ar", "smtp.fibertel.com.ar", "p@arnet.com.ar", []),
        ("p@arnet.com.ar", "smtp.arnet.com.ar", "web", []),
        ("p@unican.es", "smtp.imprenta-sol.es", "web", []),
        ("p@unican.es", "smtp-relay.brevo.com", "web@x.es", []),
        ("p@nus.edu.sg", "smtp.office365.com", "p@nus.edu.sg", []),
        ("p@uba.edu.ar", "smtp.imprenta-sol.es", "web", []),
        ("p@hotmail.tienda", "smtp.imprenta-sol.es", "web", []),
        ("p@terra.es", "smtp.terra.es", "web", []),
        ("p@gmail.com", "smtp-relay.gmail.com", "p@gmail.com", []),
        ("p@outlook.es", "smtp.office365.com", "p@outlook.es", []),
        ("p@yahoo.es", "smtp.aol.com", "p@yahoo.es", []),
    ],
)
def test_free_mail_senders_are_weighed_by_what_is_known(
    sender: str, host: str, user: str, expected: list[Severity]
) -> None:
    account = Account(host, _STARTTLS, user, sender)
    assert _severities("smtp/free-mail-sender", account) == expected


@pytest.mark.parametrize(
    ("sender", "advice"),
    [
        ("gmail.com", "Send through smtp.gmail.com, or from an address at the shop's own domain."),
        ("yahoo.es", "Send through smtp.mail.yahoo.com, or from an address at the shop's own domain."),
        ("icloud.com", "Send through smtp.mail.me.com, or from an address at the shop's own domain."),
        ("hotmail.es", "Send from an address at the shop's own domain."),
        ("outlook.com", "Send from an address at the shop's own domain."),
        ("live.com.mx", "Send from an address at the shop's own domain."),
        ("msn.com", "Send from an address at the shop's own domain."),
        ("terra.cl", "Send from an address at the shop's own domain."),
    ],
)
def test_no_advice_leads_to_another_failure(sender: str, advice: str) -> None:
    account = Account("smtp-relay.brevo.com", _STARTTLS, "9a0b1c001@smtp-brevo.com", f"p@{sender}")
    (item,) = _of("smtp/free-mail-sender", account)
    assert item.help == advice


@pytest.mark.parametrize(
    ("domain", "rules"),
    [
        ("hotmail.cl", {"contact/free-mail": _W}),
        ("outlook.com.ar", {"contact/free-mail": _W}),
        ("yahoo.com.pe", {"contact/free-mail": _W}),
        ("live.cl", {"contact/free-mail": _W}),
        ("movistar.es", {"contact/free-mail": _W}),
        ("prodigy.net.mx", {"contact/free-mail": _W}),
        ("uol.com.br", {"contact/free-mail": _W}),
        ("terra.cl", {"contact/free-mail": _W}),
        ("unican.es", {}),
        ("nus.edu.sg", {}),
        ("mailinator.com", {"contact/disposable-domain": _E}),
        ("yopmail.com", {"contact/disposable-domain": _E}),
        ("0815.ru", {"contact/disposable-domain": _W}),
        ("grupo-levante.es", {}),
    ],
)
def test_contacts_are_weighed_by_what_is_known(domain: str, rules: dict[str, Severity]) -> None:
    lists = ("contact/free-mail", "contact/disposable-domain")
    found = {
        item.rule: item.severity
        for item in said(Account(contact=f"contacto@{domain}"))
        if item.rule in lists
    }
    assert found == rules


# Ports, and advice that is pasted

_PORTS = [
    ("ex3.mail.ovh.net", "{tls: 465}", "{starttls: 587}"),
    ("ex.mail.ovh.ca", "{tls: 465}", "{starttls: 587}"),
    ("pro1.mail.ovh.net", "{tls: 465}", "{starttls: 587}"),
    ("pro1.mail.ovh.net", "{starttls: 465}", "{starttls: 587}"),
    ("smtp.office365.com", "{tls: 465}", "{starttls: 587}"),
    ("smtp.office365.com", "{tls: 587}", "{starttls: 587}"),
    ("smtp.office365.com", "{starttls: 465}", "{starttls: 587}"),
    ("smtp.office365.com", "{tls: 993}", "{starttls: 587}"),
    ("smtp.mail.me.com", "{tls: 465}", "{starttls: 587}"),
    ("smtp.dondominio.com", "{tls: 443}", "{tls: 465, starttls: 587}"),
    ("smtps.aruba.it", "{starttls: 587}", "{tls: 465}"),
    ("live.smtp.mailtrap.io", "{tls: 465}", "{starttls: 587}"),
    ("smtp.mailersend.net", "{tls: 465}", "{starttls: 587}"),
    ("smtp.mailersend.net", "{tls: 587, starttls: 587}", "{starttls: 587}"),
    ("smtp.strato.de", "{tls: 587}", "{starttls: 587}"),
    ("smtp.email.eu-madrid-1.oci.oraclecloud.com", "{tls: 587}", "{starttls: 587}"),
    ("mail.smtp2go.com", "{tls: 80}", "{tls: 465, starttls: 2525}"),
    ("mail.smtp2go.com", "{starttls: 443}", "{tls: 465, starttls: 2525}"),
    ("smtp.ionos.es", "{starttls: 143}", "{tls: 465, starttls: 587}"),
    ("smtp.ionos.es", "{plain: 25}", "{tls: 465, starttls: 587}"),
    ("smtp.imprenta-sol.es", "{tls: 587}", "{starttls: 587}"),
    ("smtp.imprenta-sol.es", "{starttls: 465}", "{tls: 465}"),
    ("smtp.imprenta-sol.es", "{tls: 587, starttls: 587}", "{starttls: 587}"),
    ("smtp.imprenta-sol.es", "{tls: 465, starttls: 465}", "{tls: 465}"),
    ("smtp.imprenta-sol.es", "{tls: 587, starttls: 465}", "{starttls: 587, tls: 465}"),
    ("smtp.imprenta-sol.es", "{plain: 465, tls: 465}", "{tls: 465}"),
    ("smtp.imprenta-sol.es", "{plain: 465, starttls: 587}", "{starttls: 587, tls: 465}"),
    ("smtp.imprenta-sol.es", "{plain: 465, starttls: 465}", "{tls: 465}"),
    ("smtp.imprenta-sol.es", "{tls: 587, starttls: 2525}", "{starttls: 2525}"),
]
_ABOUT_PORTS = ("smtp/port-security", "smtp/provider", "smtp/not-submission-port", "smtp/plaintext")


@pytest.mark.parametrize(("host", "ports", "meant"), _PORTS)
def test_advice_on_ports_works_when_it_is_pasted(host: str, ports: str, meant: str) -> None:
    account = Account(host, ports)
    before = said(account)
    found = [item for item in before if item.rule in _ABOUT_PORTS]
    assert found
    for item in found:
        pasted = _pasted(item.help, ports)
        assert pasted == _ports(meant) or (item.rule == "smtp/plaintext" and "plain" not in pasted)
    after = said(account._replace(ports=meant))
    assert [item for item in after if item.rule in _ABOUT_PORTS] == []
    assert {item.rule for item in after} <= {item.rule for item in before}


def _ports(text: str) -> dict[str, int]:
    return {name: int(port) for name, port in re.findall(r"(tls|starttls|plain): (\d+)", text)}


def _pasted(advice: str, ports: str) -> dict[str, int]:
    """Return the ports after doing what advice says, as a person does it."""
    whole = re.fullmatch(r"Write ports: (\{.*\})\.", advice)
    if whole:
        return _ports(whole[1])
    one = re.fullmatch(r"Write (\w+: \d+)\.", advice)
    if one:
        return _ports(one[1])
    gone = re.fullmatch(r"Remove (\w+)(?:: \d+)?; .*\.", advice)
    assert gone is not None, advice
    left = _ports(ports)
    del left[gone[1]]
    return left


@pytest.mark.parametrize(
    ("host", "advice"),
    [
        (
            "smtps://smtp.office365.com:465",
            "Write host: smtp.office365.com, and ports: {starttls: 587}.",
        ),
        ("ssl://smtp.gmail.com", "Write host: smtp.gmail.com, and ports: {tls: 465, starttls: 587}."),
        ("ex3.mail.ovh.net:465", "Write host: ex3.mail.ovh.net, and ports: {starttls: 587}."),
        (
            "smtp.imprenta-sol.es:465",
            "Write host: smtp.imprenta-sol.es, and the port under ports, as tls: 465.",
        ),
    ],
)
def test_advice_on_a_host_fits_its_provider(host: str, advice: str) -> None:
    (item,) = _of("smtp/host", Account(host))
    assert item.help == advice


@pytest.mark.parametrize(
    ("host", "user", "meant"),
    [
        ("smtp.sendgrid.net", "imprentasol", "apikey"),
        ("smtp.resend.com", "pedidos@imprenta-sol.es", "resend"),
        ("smtp.sparkpostmail.com", "imprentasol", "SMTP_Injection"),
        ("smtps.uol.com.br", "pedidos@uol.com.br", "pedidos"),
        ("smtps.bol.com.br", "pedidos@bol.com.br", "pedidos"),
        ("smtp.ionos.es", "pedidos", _OWN),
        ("smtp.hostinger.com", "pedidos", _OWN),
        ("email-ssl.com.br", "pedidos", _OWN),
        ("ex3.mail.ovh.net", "IMPRENTA\\\\pedidos", _OWN),
        ("smtp.kinghost.net", "pedidos", _OWN),
    ],
)
def test_advice_on_a_user_works_when_it_is_pasted(host: str, user: str, meant: str) -> None:
    account = Account(host, _STARTTLS, user)
    (item,) = _of("smtp/provider", account)
    assert item.line == 12
    assert meant in item.help
    assert _of("smtp/provider", account._replace(user=meant)) == []


@pytest.mark.parametrize(("port", "is_error"), [(80, False), (443, False), (993, True), (110, True)])
def test_a_port_of_another_protocol_at_a_relay_that_nobody_knows(port: int, *, is_error: bool) -> None:
    account = Account("smtp.correorapido.es", f"{{tls: {port}}}", "sol-1a2b")
    assert _severities("smtp/not-submission-port", account) == [_E if is_error else _W]


def test_a_test_inbox_is_fine_where_shops_have_no_customers(tmp_path: Path) -> None:
    case = Case(tmp_path / "repository", 'environments = ["staging", "production"]\n')
    text = shop("aaa-sol").replace("smtp.aaa-sol.es", "sandbox.smtp.mailtrap.io")
    for environment in ("staging", "production"):
        case.write(f"{environment}/aaa-sol.yaml", text)
    assert case.validate().places == [("production/aaa-sol.yaml", 9, "smtp/test-inbox")]
    (case.folder / "wakagitops.toml").write_text(
        'environments = ["staging", "production"]\n[rules."smtp/test-inbox"]\nenvironments = []\n'
    )
    assert len(case.validate().places) == 2
