"""Slips that change what YAML reads: each is reported once, where it is."""

from __future__ import annotations

import json
import re
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
  pages: [/contacto]
notifications:
  email: pedidos@NAME.es
  name: Imprenta Sol
  smtp:
    host: smtp.NAME.es
    ports: {tls: 465}
    username: pedidos@NAME.es
    password: {env: IMPRENTA_SOL_SMTP_PASSWORD}
admin:
  recipients:
    - ventas@NAME.es
    - taller@NAME.es
"""
NB, NNB, IDEO, BOM = "\u00a0", "\u202f", "\u3000", "\ufeff"

Found = tuple[str, int, int, str]
"""Rule, line, column and severity of a finding."""


class Case(NamedTuple):
    """A change to the sound shop and all that is found in it."""

    old: str
    new: str
    found: set[Found]


def syntax(line: int, column: int) -> set[Found]:
    return {("yaml/syntax", line, column, "error")}


HOST = "    host: smtp.NAME.es\n"
RECIPIENTS = "    - ventas@NAME.es\n    - taller@NAME.es\n"
CONTACT = "  email: contacto@NAME.es\n  pages: [/contacto]\n"

INDENTATION = (
    Case(HOST, HOST.replace("    ", f"{NB} {NB} "), syntax(11, 1)),
    Case(HOST, HOST.replace("    ", NB * 4), syntax(11, 1)),
    Case(HOST, HOST.replace("    ", f"   {NB}"), syntax(11, 4)),
    Case(HOST, HOST.replace("    ", NNB * 4), syntax(11, 1)),
    Case(HOST, HOST.replace("    ", "\u2007" * 4), syntax(11, 1)),
    Case(HOST, HOST.replace("    ", "\u2003" * 4), syntax(11, 1)),
    Case(HOST, HOST.replace("    ", "\u205f" * 4), syntax(11, 1)),
    Case(HOST, HOST.replace("    ", IDEO * 4), syntax(11, 1)),
    Case(CONTACT, CONTACT.replace("  ", NB * 2), syntax(5, 1)),
    Case(CONTACT, CONTACT.replace("  email", f"{NB} email"), syntax(5, 1)),
    Case(RECIPIENTS, RECIPIENTS.replace("    ", NB * 4), syntax(17, 1)),
    Case(HOST, f"{NB}{NB}\n{HOST}", syntax(11, 1)),
    Case(HOST, f"{NB}{NB}# el servidor\n{HOST}", syntax(11, 1)),
    Case(
        HOST,
        HOST.replace("    ", BOM + "    "),
        {("yaml/character", 11, 1, "error")},
    ),
    Case(
        HOST,
        HOST.replace("    ", "  \u200b  "),
        {("yaml/character", 11, 3, "error")},
    ),
)
SEPARATION = (
    Case("  email: contacto", f"  email:{NB}contacto", syntax(5, 9)),
    Case("host: ", f"host:{NNB}", syntax(11, 10)),
    Case("host: ", f"host:{NB} ", syntax(11, 10)),
    Case("contact:\n", f"contact:{NB}\n", syntax(4, 9)),
    Case("- ventas", f"-{NB}ventas", syntax(17, 6)),
    Case("- taller", f"-{IDEO}taller", syntax(18, 6)),
    Case("{tls: 465}", f"{{tls:{NB}465}}", syntax(12, 17)),
    Case("{tls: 465}", f"{{tls: 465,{NB}starttls: 587}}", syntax(12, 22)),
    Case("{tls: 465}", f"{{tls: 465{NB}}}", syntax(12, 21)),
    Case("host:", f"host{NB}:", syntax(11, 9)),
    Case("host:", f"{NB}host:", syntax(11, 5)),
    Case("465}\n", f"465}}{NB}# TLS\n", syntax(12, 22)),
    Case("smtp.NAME.es\n", f"smtp.NAME.es{NB}# el servidor\n", syntax(11, 23)),
    Case("smtp.NAME.es\n", f"smtp.NAME.es {NB}# el servidor\n", syntax(11, 24)),
    Case("smtp.NAME.es\n", f"smtp.NAME.es{NB}\n", syntax(11, 23)),
    Case('"3.28.1"\n', f'"3.28.1"{NB}\n', syntax(2, 27)),
    Case("465}\n", f"465}}{NB}\n", syntax(12, 22)),
    Case("{env: ", f"{{env:{NB}", syntax(14, 20)),
    Case(
        "contacto@NAME.es\n",
        f"contacto@NAME.es{NB}\n",
        {("address/syntax", 5, 10, "error")},
    ),
)
QUOTES = (
    Case("contacto@NAME.es", "“contacto@NAME.es”", syntax(5, 10)),
    Case("contacto@NAME.es", "‘contacto@NAME.es’", syntax(5, 10)),
    Case("contacto@NAME.es", "«contacto@NAME.es»", syntax(5, 10)),
    Case("contacto@NAME.es", "„contacto@NAME.es“", syntax(5, 10)),
    Case("contacto@NAME.es", "‚contacto@NAME.es‘", syntax(5, 10)),
    Case("contacto@NAME.es", "″contacto@NAME.es″", syntax(5, 10)),
    Case("contacto@NAME.es", '"contacto@NAME.es”', syntax(5, 27)),
    Case('"3.28.1"', "“3.28.1”", syntax(2, 19)),
    Case("https://www.NAME.es", "“https://www.NAME.es”", syntax(3, 6)),
    Case("- ventas@NAME.es", "- “ventas@NAME.es”", syntax(17, 7)),
    Case("host: smtp.NAME.es", "“host”: “smtp.NAME.es”", syntax(11, 5)),
    Case("Imprenta Sol", '“Imprenta Sol"', syntax(9, 9)),
    Case("Imprenta Sol", "“Imprenta Sol”", set()),
    Case("Imprenta Sol", "«Imprenta Sol»", set()),
    Case("Imprenta Sol", "L’Atelier “Sol”", set()),
    Case("contacto@NAME.es", '\\"contacto@NAME.es\\"', syntax(5, 10)),
)
SIGNS = (
    Case(RECIPIENTS, RECIPIENTS.replace("-", "–"), syntax(17, 5)),
    Case(RECIPIENTS, RECIPIENTS.replace("-", "—"), syntax(17, 5)),
    Case(RECIPIENTS, RECIPIENTS.replace("-", "•"), syntax(17, 5)),
    Case(RECIPIENTS, RECIPIENTS.replace("-", "\u2212"), syntax(17, 5)),
    Case("    - taller", "    – taller", syntax(18, 5)),
    Case("host: ", "host\uff1a", syntax(11, 9)),
    Case("host: ", "host\uff1a ", syntax(11, 9)),
    Case("contact:\n", "contact\uff1a\n", syntax(4, 8)),
    Case("{tls: 465}", "\n      tls: \uff14\uff16\uff15", syntax(13, 12)),
    Case("host: ", "host = ", syntax(11, 9)),
    Case("host: ", "host=", syntax(11, 9)),
    Case(HOST, HOST.replace(":", " ="), syntax(11, 9)),
    Case(CONTACT, "  email = contacto@NAME.es\n", syntax(5, 8)),
    Case("host: ", "host :", syntax(11, 9)),
    Case("  email: contacto", "  email :contacto", syntax(5, 8)),
    Case("Imprenta Sol", "Imprenta – Sol = 1", set()),
    Case("Imprenta Sol", f"Rótulos n.º{NB}1", set()),
)
FORBIDDEN = (
    Case('"3.28.1"', '"3.28.1"#versión', syntax(2, 27)),
    Case("{tls: 465}", "{tls: 465}# TLS", syntax(12, 22)),
    Case("[/contacto]", "[/contacto]#páginas", syntax(6, 21)),
    Case("pages: [/contacto]", "pages: ['/contacto']#x", syntax(6, 23)),
    Case("shop: NAME", "%YAML 1.2\n---\nshop: NAME", syntax(1, 1)),
    Case("shop: NAME", "# tienda\n%YAML 1.1\n---\nshop: NAME", syntax(2, 1)),
    Case("pages: [/contacto]", "pages: [\n  /contacto]", syntax(7, 3)),
    Case("pages: [/contacto]", "pages: [\n/contacto,\n/aviso]", syntax(7, 1)),
    Case("{tls: 465}", "{\n    tls: 465}", syntax(13, 5)),
    Case("{tls: 465}", "{\n      tls: 465,\n  starttls: 587\n    }", syntax(14, 3)),
    Case("pages: [/contacto]", "pages: [\n    /contacto\n  ]", set()),
    Case("Imprenta Sol", '"Sol"   # "x"#y', set()),
    Case("Imprenta Sol", "'Foto \"#1\"#2'", set()),
)
LOST = (
    Case("Imprenta Sol", "Dise\ufffdo Sol", {("yaml/character", 9, 13, "error")}),
    Case("Imprenta Sol", '"Dise\\ufffdo Sol"', {("yaml/character", 9, 9, "error")}),
    Case("shop: NAME", "# Dise\ufffdo\nshop: NAME", {("yaml/character", 1, 7, "error")}),
    *(
        Case("Imprenta Sol", text, {("yaml/character", 9, 9, "warning")})
        for text in (
            "Dise\u00c3\u00b1o Sol",
            "Impresi\u00c3\u00b3n",
            "R\u00c3\u00b3tulos y m\u00c3\u00a1s",
            "L\u00e2\u20ac\u2122Atelier",
            "Dise\u00c3\u0192\u00c2\u00b1o",
            "Sol \u00e2\u20ac\u201c Luna",
            "n.\u00c2\u00ba 1",
            "Espa\u00c3\u00b1a",
            "\u00c2\u00a1Hola!",
            "Caf\u00c3\u00a9",
        )
    ),
    Case("Imprenta Sol", "«CAFÉ» São Âmbar", set()),
    Case("Imprenta Sol", "IRMÃ», Diseño", set()),
)
ALL = INDENTATION + SEPARATION + QUOTES + SIGNS + FORBIDDEN + LOST


def text_of(case: Case, name: str) -> str:
    assert case.old in SHOP
    return SHOP.replace(case.old, case.new, 1).replace("NAME", name)


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[dict[str, Any]]]:
    """The findings of all cases by the name of their shop, each a shop of one repository."""
    folder = tmp_path_factory.mktemp("slips")
    found: dict[str, list[dict[str, Any]]] = {}
    for number, case in enumerate(ALL):
        name = f"s{number:03}"
        found[name] = []
        text = text_of(case, name).replace("IMPRENTA_SOL", f"IMPRENTA_{number}")
        write(folder, f"configs/{name}.yaml", text)
    run = cli(folder, "validate", "--no-cache", "--format", "json", "--lang", "en")
    for item in json.loads(run.stdout)["diagnostics"]:
        found[Path(item["path"]).stem].append(item)
    return found


@pytest.mark.parametrize("number", range(len(ALL)))
def test_a_slip_is_found_where_it_is_and_nothing_else(
    number: int, reports: Mapping[str, list[dict[str, Any]]]
) -> None:
    items = reports[f"s{number:03}"]
    assert [
        (item["rule"], item["start"]["line"], item["start"]["column"], item["severity"])
        for item in items
    ] == sorted(ALL[number].found), items


@pytest.mark.parametrize(
    "line",
    [
        "password: “girasol77”",
        "password = girasol77",
        f"password:{NB}girasol77",
        f"{NB}password: girasol77",
        "pass: ‘girasol77’",
        "password :girasol77",
        "clave\uff1agirasol77",
    ],
)
def test_no_secret_is_shown(tmp_path: Path, line: str) -> None:
    text = SHOP.replace("password: {env: IMPRENTA_SOL_SMTP_PASSWORD}", line).replace("NAME", "sol")
    write(tmp_path, "configs/sol.yaml", text)
    for shape in ("text", "json", "html"):
        run = cli(tmp_path, "validate", "--no-cache", "--format", shape, "-v")
        assert run.returncode == 1
        assert "girasol" not in run.stdout + run.stderr


def test_the_advice_passes_when_it_is_taken(
    tmp_path: Path, reports: Mapping[str, list[dict[str, Any]]]
) -> None:
    names = []
    for number, case in enumerate(ALL):
        name = f"s{number:03}"
        text = text_of(case, name).replace("IMPRENTA_SOL", f"IMPRENTA_{number}")
        for item in reports[name]:
            made = taken(text, item)
            lines = re.search(r"likewise: (.*)\.$", item["help"] or "")
            if made is not None and lines is None:
                write(tmp_path, f"configs/{name}.yaml", made)
                names.append(name)
    assert len(names) > 50
    run = cli(tmp_path, "validate", "--no-cache", "--format", "json", "--lang", "en")
    assert json.loads(run.stdout)["diagnostics"] == []
