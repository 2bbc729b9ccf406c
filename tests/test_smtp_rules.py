"""The rules on the SMTP server, as users meet them: which, on which line, with which advice."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest

from tests.examples import completed, run
from wakagitops.core.diagnostic import Diagnostic, Severity
from wakagitops.core.messages import Translator
from wakagitops.core.rule import Example
from wakagitops.mail.hosts import HostFault, host_of, is_loopback, is_unreachable
from wakagitops.settings.config import Options

_ENGLISH = Translator()
_ACCOUNT = """\
notifications:
  email: {sender}
  smtp:
    host: {host}
    ports: {ports}
    username: {user}
    password: {{env: IMPRENTA_SOL_SMTP_PASSWORD}}
"""


def _findings(
    host: str = "smtp.imprenta-sol.es",
    ports: str = "{tls: 465}",
    user: str = "pedidos@imprenta-sol.es",
    sender: str = "pedidos@imprenta-sol.es",
    rules: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
) -> list[Diagnostic]:
    shop = _ACCOUNT.format(host=host, ports=ports, user=user, sender=sender)
    files = completed(Example({"imprenta-sol.yaml": shop}))
    result = run(files, Options("/nowhere", rules=rules))
    return [item for item in result.diagnostics if item.rule.startswith("smtp/")]


def _rules(**account: Any) -> list[str]:
    return [item.rule for item in _findings(**account)]


@pytest.mark.parametrize(
    ("written", "fault", "advice"),
    [
        ("smtps://smtp.imprenta-sol.es", HostFault.SCHEME, "as tls: 465"),
        ("ssl://smtp.imprenta-sol.es:465", HostFault.SCHEME, "as tls: 465"),
        ("smtp.imprenta-sol.es:587", HostFault.PORT, "as starttls: 587"),
        ("smtp.imprenta-sol.es/mail", HostFault.PATH, "Write host: smtp.imprenta-sol.es."),
        ("pedidos@smtp.imprenta-sol.es", HostFault.USER, "Write host: smtp.imprenta-sol.es."),
        ('" smtp.imprenta-sol.es"', HostFault.SPACE, "Write host: smtp.imprenta-sol.es."),
        ("smtp imprenta-sol.es", HostFault.SPACE, "alone"),
        ("smtp_sol.imprenta-sol.es", HostFault.UNDERSCORE, "alone"),
        ('"[192.0.2.7]"', HostFault.BRACKETS, "Write host: 192.0.2.7."),
        ("smtp;imprenta-sol.es", HostFault.CHARACTER, "alone"),
        ("192.0.2.700", HostFault.NUMBERS, "alone"),
        ("smtp..imprenta-sol.es", HostFault.LABEL, "alone"),
    ],
)  # fmt: skip
def test_a_host_that_is_more_than_a_name_gets_its_parts_told(
    written: str, fault: HostFault, advice: str
) -> None:
    (item,) = _findings(host=written)
    assert (item.rule, item.severity) == ("smtp/host", Severity.ERROR)
    assert item.range.start.line == 3
    assert host_of(written.strip('"')).fault is fault
    assert advice in _ENGLISH(item.help)


@pytest.mark.parametrize(
    "written",
    [
        "smtps://pedidos:Ab12-secreta@smtp.imprenta-sol.es:465/x",
        "smtp://pedidos:p/Ab12-secreta@smtp.imprenta-sol.es",
        "pedidos:Ab12-secreta@smtp.imprenta-sol.es",
        "smtps://u:Ab12-secreta@",
    ],
)
def test_a_password_in_a_host_is_never_repeated(written: str) -> None:
    items = [item for item in _findings(host=f'"{written}"') if item.rule == "smtp/host"]
    assert items
    assert "secreta" not in "".join(_ENGLISH(item.message) + _ENGLISH(item.help) for item in items)


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "127.0.0.1", "127.9.9.9", '"::1"', "relay.correo.svc.cluster.local", "192.0.2.7",
        '"2001:db8::25"', "correo", "smtp.imprenta-sol.es.", "SMTP.IMPRENTA-SOL.ES", "correo.españa.es",
        "xn--correo-zwa.es", "smtp.red.internal",
    ],
)  # fmt: skip
def test_a_host_that_can_be_meant_passes(host: str) -> None:
    assert "smtp/host" not in _rules(host=host)


@pytest.mark.parametrize(
    "host", ["correo.local", "CORREO.LOCAL.", "smtp.localhost", "relay.cluster.local"]
)
def test_a_name_that_is_known_on_one_network_only_is_an_error(host: str) -> None:
    assert _rules(host=host) == ["smtp/host"]
    assert _findings(host=host, rules={"smtp/host": {"allow": [host.lower()]}}) == []


def test_what_is_this_machine_and_what_only_looks_like_it() -> None:
    assert all(map(is_loopback, ("localhost", "LOCALHOST.", "127.0.0.1", "::1", "[::1]")))
    assert not any(map(is_loopback, ("127.0.0.1.es", "127.0.0.256", "localhost.es", "10.0.0.1")))
    assert not any(map(is_unreachable, ("local.es", "localhost", "x.svc.cluster.local")))


def test_a_plain_port_is_an_error_and_says_what_it_sends() -> None:
    (item,) = _findings(ports="{plain: 2525}")
    assert (item.rule, item.severity) == ("smtp/plaintext", Severity.ERROR)
    assert "password" in _ENGLISH(item.message)


def test_a_plain_port_beside_a_good_one_is_reported_on_its_own_line() -> None:
    (item,) = _findings(ports="\n      tls: 465\n      plain: 2525")
    assert (item.rule, item.range.start.line) == ("smtp/plaintext", 6)


def test_a_local_relay_on_port_25_is_fine() -> None:
    assert _rules(host="127.0.0.1", ports="{plain: 25}") == []


@pytest.mark.parametrize(
    ("ports", "advice"),
    [
        ("{starttls: 465}", "Write tls: 465."),
        ("{tls: 587}", "Write starttls: 587."),
        ("{plain: 465}", "Write tls: 465."),
    ],
)
def test_the_registered_ports_speak_one_kind_of_tls_each(ports: str, advice: str) -> None:
    (item,) = (item for item in _findings(ports=ports) if item.rule == "smtp/port-security")
    assert item.severity is Severity.ERROR
    assert _ENGLISH(item.help) == advice


@pytest.mark.parametrize("port", [110, 143, 993, 995])
def test_a_port_of_another_protocol_is_an_error_at_the_number(port: int) -> None:
    (item,) = _findings(ports=f"{{starttls: {port}}}")
    assert (item.rule, item.severity) == ("smtp/not-submission-port", Severity.ERROR)
    assert (item.range.start.line, item.range.start.column) == (4, 22)


@pytest.mark.parametrize("port", [80, 443])
def test_a_port_of_the_web_is_a_warning_where_the_server_is_not_known(port: int) -> None:
    (item,) = _findings(ports=f"{{tls: {port}}}")
    assert (item.rule, item.severity) == ("smtp/not-submission-port", Severity.WARNING)
    (item,) = _findings(ports=f"{{tls: {port}}}", host="smtp.ionos.es")
    assert (item.rule, item.severity) == ("smtp/not-submission-port", Severity.ERROR)
    assert _ENGLISH(item.help) == "Write ports: {tls: 465, starttls: 587}."


def test_port_25_is_a_warning() -> None:
    (item,) = _findings(ports="{starttls: 25}")
    assert (item.rule, item.severity) == ("smtp/not-submission-port", Severity.WARNING)


def test_the_contact_is_never_compared_with_the_sender_and_a_subdomain_is_the_same_organisation() -> (
    None
):
    assert _rules(sender="pedidos@envios-sol.com", user="web@mail.envios-sol.com") == []


def test_an_account_of_another_domain_is_a_warning_that_shows_the_sender() -> None:
    (item,) = _findings(user="pedidos@imprenta-sol.com")
    assert (item.rule, item.severity) == ("smtp/sender-domain", Severity.WARNING)
    assert item.range.start.line == 5
    assert [place.range.start.line for place in item.related] == [1]


def test_two_shops_under_one_public_suffix_are_not_one_organisation() -> None:
    assert _rules(sender="pedidos@sol.com.es", user="pedidos@luna.com.es") == ["smtp/sender-domain"]


def test_a_microsoft_tenant_domain_belongs_to_the_shop() -> None:
    account = {"host": "smtp.office365.com", "ports": "{starttls: 587}"}
    assert _rules(user="pedidos@imprentasol.onmicrosoft.com", **account) == ["smtp/sign-in"]


def test_a_gmail_sender_through_another_server_is_an_error() -> None:
    (item,) = _findings(sender="imprentasol@gmail.com", user="web")
    assert (item.rule, item.severity) == ("smtp/free-mail-sender", Severity.ERROR)
    assert "smtp.gmail.com" in _ENGLISH(item.help)


def test_a_free_mail_sender_whose_servers_are_not_known_is_an_error_too() -> None:
    (item,) = _findings(sender="imprentasol@telefonica.net", user="web")
    assert (item.rule, item.severity) == ("smtp/free-mail-sender", Severity.ERROR)


@pytest.mark.parametrize(
    ("sender", "host"),
    [
        ("telefonica.net", "smtp.telefonica.net"),
        ("telefonica.net", "smtp.movistar.es"),
        ("wanadoo.es", "smtp.orange.es"),
        ("euskaltel.net", "smtp.euskaltel.es"),
        ("yandex.com", "smtp.yandex.ru"),
        ("proton.me", "smtp.protonmail.ch"),
    ],
)
def test_a_provider_s_server_may_have_another_of_its_names(sender: str, host: str) -> None:
    account = f"imprentasol@{sender}"
    assert _rules(sender=account, user=account, host=host) == []


def test_a_token_as_user_is_never_shown() -> None:
    (item,) = _findings(host="smtp.sendgrid.net", ports="{starttls: 587}", user="SG-1234-ficha")
    assert item.rule == "smtp/provider"
    assert "ficha" not in _ENGLISH(item.message) + _ENGLISH(item.help)
    assert "apikey" in _ENGLISH(item.help)


@pytest.mark.parametrize("ports", ["{starttls: 465}", "{tls: 993}", "{starttls: 25}"])
def test_a_port_that_another_rule_reports_is_reported_once(ports: str) -> None:
    assert "smtp/provider" not in _rules(host="smtp.ionos.es", ports=ports)


@pytest.mark.parametrize(
    ("host", "port", "server"),
    [
        ("imap.ionos.es", "{tls: 465}", "smtp.ionos.es"),
        ("imap.ionos.mx", "{tls: 465}", "smtp.ionos.mx"),
        ("POP.gmail.com", "{tls: 465}", "smtp.gmail.com"),
    ],
)
def test_a_host_for_reading_mail_is_told_from_the_one_for_sending(
    host: str, port: str, server: str
) -> None:
    (item,) = _findings(host=host, ports=port)
    assert (item.rule, item.severity) == ("smtp/incoming-host", Severity.ERROR)
    assert _ENGLISH(item.help) == f"Write host: {server}."
