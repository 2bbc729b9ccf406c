"""The words of other programs: one finding for what belongs together, with all there is to write."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.advice_case import taken
from tests.cli_case import cli, write

SHOP = """\
shop: NAME
platform_version: "3.28.1"
url: https://www.NAME.es
contact:
  email: contacto@NAME.es
notifications:
  email: pedidos@NAME.es
  smtp:
    host: smtp.NAME.es
    ports: {tls: 465}
    username: pedidos@NAME.es
    password: {env: NAME_SMTP_PASSWORD}
admin:
  recipients: [ventas@NAME.es]
"""
HOST = "    host: smtp.NAME.es\n"
PORTS = "    ports: {tls: 465}\n"
USER = "    username: pedidos@NAME.es\n"
PASSWORD = "    password: {env: NAME_SMTP_PASSWORD}\n"
LOGIN = USER + PASSWORD
SMTP = f"  smtp:\n{HOST}{PORTS}{LOGIN}"
KEY = "schema/unknown-key"


class Case(NamedTuple):
    """A change to the sound shop, where the one finding stands, and its advice."""

    old: str
    new: str
    line: int
    column: int
    advice: str
    others: tuple[tuple[str, int], ...] = ()
    """Rule and line of other faults, such as a password in the clear."""


def port(new: str, ports: str) -> Case:
    keys = ", ".join(line.split(":")[0].strip() for line in new.splitlines())
    return Case(PORTS, new, 10, 5, f"Write `ports: {ports}` instead of {keys}.")


def word(  # noqa: PLR0917 - a table reads best without the names
    old: str, new: str, line: int, written: str, keys: str, others: tuple[tuple[str, int], ...] = ()
) -> Case:
    column = 5 if new.startswith("    ") else 3
    return Case(old, new, line, column, f"Write `{written}` instead of {keys}.", others)


PORT_CASES = (
    port("    port: 465\n    security: tls\n", "{tls: 465}"),
    port("    port: 465\n    secure: true\n", "{tls: 465}"),
    port("    port: 587\n    secure: false\n", "{starttls: 587}"),
    port("    port: 587\n    encryption: tls\n", "{starttls: 587}"),
    port("    port: 465\n    encryption: ssl\n", "{tls: 465}"),
    port("    encryption: ssl\n    port: 465\n", "{tls: 465}"),
    port("    Port: 465\n    SMTPSecure: ssl\n", "{tls: 465}"),
    port("    Port: 587\n    SMTPSecure: 'tls'\n", "{starttls: 587}"),
    port("    MAIL_PORT: 2525\n    MAIL_ENCRYPTION: tls\n", "{starttls: 2525}"),
    port("    EMAIL_PORT: 587\n    EMAIL_USE_TLS: true\n", "{starttls: 587}"),
    port("    EMAIL_PORT: 465\n    EMAIL_USE_SSL: true\n", "{tls: 465}"),
    port('    smtpPort: "587"\n', "{starttls: 587}"),
    port("    port: 465\n", "{tls: 465}"),
    port("    puerto: 587\n    seguridad: STARTTLS\n", "{starttls: 587}"),
    port("    port: 587\n    enable_starttls_auto: true\n", "{starttls: 587}"),
    port("    port: 8465\n    security: SSL/TLS\n", "{tls: 8465}"),
    port("    security: ssl\n", "{tls: 465}"),
    port("    starttls: 587\n", "{starttls: 587}")._replace(
        advice="Write `ports: {starttls: 587}` instead of starttls."
    ),
    Case(
        PORTS, PORTS + "    port: 465\n", 11, 5, "Remove port; notifications.smtp.ports is set already."
    ),
)
CLEAR = (("secret/credential-shape", 12),)
BOTH = "username: pedidos@NAME.es` and `password: {env: NAME_SMTP_PASSWORD}"
RECIPIENTS = "  recipients: [ventas@NAME.es]"
FLAT = "  server: smtp.NAME.es\n  port: 465\n  user: pedidos@NAME.es\n"
WHOLE = (
    "smtp: {host: smtp.NAME.es, ports: {tls: 465}, username: pedidos@NAME.es, "
    "password: {env: NAME_SMTP_PASSWORD}}"
)
IS_SET = tuple(
    Case(
        PORTS,
        PORTS + f"    {key}: {value}\n",
        11,
        5,
        f"Remove {key}; notifications.smtp.ports is set already.",
    )
    for key, value in (("security", "tls"), ("port", "465"), ("secure", "true"))
)
NAME_CASES = (
    *(
        word(HOST, HOST.replace("host", key), 9, "host: smtp.NAME.es", key)
        for key in ("server", "hostname", "servidor", "smtp_host", "smtp-server", "smtpHost")
    ),
    *(
        word(USER, USER.replace("username", key), 11, "username: pedidos@NAME.es", key)
        for key in ("user", "usuario", "login", "smtp_user")
    ),
    word(LOGIN, "    user: pedidos@NAME.es\n    pass: girasol77\n", 11, BOTH, "user, pass", CLEAR),
    word(
        LOGIN,
        "    usuario: pedidos@NAME.es\n    contraseña: girasol77\n",
        11,
        BOTH,
        "usuario, contraseña",
        CLEAR,
    ),
    word(
        PASSWORD,
        "    pwd: {file: /run/secrets/sol}\n",
        12,
        "password: {file: /run/secrets/sol}",
        "pwd",
    ),
    *(
        word("  email: pedidos", f"  {key}: pedidos", 7, "email: pedidos@NAME.es", key)
        for key in ("from", "from_address", "remitente", "From", "mailFromAddress")
    ),
    word("  smtp:\n", "  fromName: Imprenta Sol\n  smtp:\n", 8, 'name: "Imprenta Sol"', "fromName"),
    word(RECIPIENTS, "  to: ventas@NAME.es", 14, "recipients: [ventas@NAME.es]", "to"),
    word(
        RECIPIENTS,
        "  destinatarios: ventas@NAME.es, taller@NAME.es",
        14,
        "recipients: [ventas@NAME.es, taller@NAME.es]",
        "destinatarios",
    ),
    Case("  smtp:\n", "  reply_to: hola@NAME.es\n  smtp:\n", 8, 3, "Remove reply_to."),
    word("  email: contacto", "  correo: contacto", 5, "email: contacto@NAME.es", "correo"),
    Case("  email: contacto", "  Email: contacto", 5, 3, "Write email."),
    Case("platform_version", "platformVersion", 2, 1, "Write platform_version."),
    Case("platform_version", "PLATFORM-VERSION", 2, 1, "Write platform_version."),
    word(SMTP, FLAT, 8, WHOLE, "server, port, user"),
    Case(
        SMTP,
        "smtp:\n  host: smtp.NAME.es\n  ports: {tls: 465}\n",
        8,
        1,
        "Indent smtp below `notifications:`.",
    ),
)
ALL = PORT_CASES + IS_SET + NAME_CASES


def text_of(case: Case, name: str) -> str:
    assert case.old in SHOP
    text = SHOP.replace(case.old, case.new, 1)
    return text.replace("NAME_", f"{name.upper()}_").replace("NAME", name)


def reported(folder: Path, texts: Mapping[str, str]) -> dict[str, list[dict[str, Any]]]:
    """Return the findings of some shops by their names."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in texts}
    for name, text in texts.items():
        write(folder, f"configs/{name}.yaml", text)
    run = cli(folder, "validate", "--no-cache", "--format", "json", "--lang", "en")
    assert "girasol" not in run.stdout + run.stderr
    for item in json.loads(run.stdout)["diagnostics"]:
        found[Path(item["path"]).stem].append(item)
    return found


TEXTS = {f"s{number:03}": text_of(case, f"s{number:03}") for number, case in enumerate(ALL)}


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """The findings of all cases, each a shop of one repository."""
    return reported(tmp_path_factory.mktemp("words"), TEXTS)


@pytest.mark.parametrize("number", range(len(ALL)))
def test_what_belongs_together_is_one_finding(
    number: int, reports: dict[str, list[dict[str, Any]]]
) -> None:
    case, name = ALL[number], f"s{number:03}"
    items = reports[name]
    places = [(item["rule"], item["start"]["line"], item["start"]["column"]) for item in items]
    own = [item for item in items if item["rule"] == KEY]
    assert [place for place in places if place[0] == KEY] == [(KEY, case.line, case.column)], items
    assert {(rule, line) for rule, line, _ in places if rule != KEY} == set(case.others), items
    advice = case.advice.replace("NAME_", f"{name.upper()}_").replace("NAME", name)
    assert own[0]["help"] == advice


def test_the_advice_passes_when_it_is_taken(
    tmp_path: Path, reports: dict[str, list[dict[str, Any]]]
) -> None:
    pasted = {}
    for name, text in TEXTS.items():
        item = next(item for item in reports[name] if item["rule"] == KEY)
        made = taken(text, item)
        if made is not None:
            pasted[name] = made
    assert len(pasted) > len(ALL) - 6
    after = reported(tmp_path, pasted)
    assert {name: found for name, found in after.items() if found} == {}
