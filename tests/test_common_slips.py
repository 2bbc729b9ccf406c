"""Slips of people who write settings by hand: each is told as what it is, where it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cli_case import SOL, cli, write

CONFLICT = "<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> otoño\n"
EMAIL = "  email: contacto@imprenta-sol.es\n"


class Told(NamedTuple):
    """What the tool says of one finding."""

    rule: str
    line: int
    column: int
    message: str
    help: str


def told(folder: Path, text: str) -> list[Told]:
    """Return what is found in a shop's file."""
    write(folder, "configs/imprenta-sol.yaml", text)
    run = cli(folder, "validate", "--no-cache", "--format", "json", "--lang", "en")
    return [
        Told(
            item["rule"],
            item["start"]["line"],
            item["start"]["column"],
            item["message"],
            item["help"] or "",
        )
        for item in json.loads(run.stdout)["diagnostics"]
    ]


def changed(old: str, new: str) -> str:
    """Return a sound shop with one part of it changed."""
    assert old in SOL
    return SOL.replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        (changed(EMAIL, CONFLICT.format(ours=EMAIL, theirs="  email: hola@imprenta-sol.es\n")), 5, 1),
        (CONFLICT.format(ours="shop: a\n", theirs="shop: b\n") + SOL, 1, 1),
        (changed(EMAIL, EMAIL + "=======\n"), 6, 1),
        (changed(EMAIL, EMAIL + ">>>>>>> otoño: rebajas\n"), 6, 1),
        (SOL + "<<<<<<< HEAD\n", 15, 1),
    ],
)
def test_a_merge_conflict_is_all_that_is_said_of_a_file_it_breaks(
    tmp_path: Path, text: str, line: int, column: int
) -> None:
    (item,) = told(tmp_path, text)
    assert item[:3] == ("yaml/syntax", line, column)
    assert item.message.startswith("a merge conflict is left in the file")
    assert "Keep one side" in item.help


def test_a_merge_conflict_in_what_still_parses_hides_nothing_else(tmp_path: Path) -> None:
    name = "  name: |\n    Sol\n    <<<<<<< HEAD\n    Luna\n    =======\n    >>>>>>> otoño\n  smtp:\n"
    found = told(tmp_path, changed("  smtp:\n", name).replace("contacto@", "no-reply@"))
    assert {(item.rule, item.line) for item in found} == {
        ("address/no-reply", 5),
        ("value/line-break", 8),
        ("yaml/syntax", 10),
    }


def test_a_merge_conflict_shows_no_secret(tmp_path: Path) -> None:
    password = "    password: {env: IMPRENTA_SOL_SMTP_PASSWORD}\n"
    ours = "    password: girasol77\n"
    write(
        tmp_path,
        "configs/imprenta-sol.yaml",
        changed(password, CONFLICT.format(ours=ours, theirs=password)),
    )
    run = cli(tmp_path, "validate", "--no-cache", "--format", "text", "--lang", "en", "-v")
    assert "a merge conflict is left" in run.stdout
    assert "girasol77" not in run.stdout + run.stderr


@pytest.mark.parametrize("comment", ["# =======\n", "# <<<<<<< HEAD\n", "#=======\n"])
def test_a_comment_is_no_merge_conflict(tmp_path: Path, comment: str) -> None:
    assert not told(tmp_path, comment + SOL)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("www.imprenta-sol.es", "does not begin with https:// or http://"),
        ("ftp://www.imprenta-sol.es", "does not begin with https:// or http://"),
        ("https://www.imprenta-sol.es:99999", "port in url is no whole number from 1 to 65535"),
        ("https://www.imprenta-sol.es:0", "port in url is no whole number from 1 to 65535"),
        ("https://www.imprenta-sol.es:abc", "port in url is no whole number from 1 to 65535"),
        ("'https://www.imprenta-sol.es:'", "port in url is no whole number from 1 to 65535"),
        ("https://www imprenta-sol.es", "there is space in url"),
        ("https://www.imprenta-sol.es (prueba)", "there is space in url"),
        ("https://www.imprenta-sol.es/", "something stands behind the host's name"),
        ("https://sol@imprenta-sol.es", "a user stands before the host's name"),
        ("https://www.imprenta-sol.es;", "has other signs than a-z, 0-9, hyphens and dots"),
        ("https://WWW.imprenta-sol.es", "has other signs than a-z, 0-9, hyphens and dots"),
        ("https://[::1]:8443", "has other signs than a-z, 0-9, hyphens and dots"),
        ("https://www..es", "has a part that is empty, too long or no name"),
        ("https://", "has a part that is empty, too long or no name"),
        ("https://192.168.1.300", "has a part that is empty, too long or no name"),
        (f"https://{'imprenta' * 8}.es", "has a part that is empty, too long or no name"),
    ],
)
def test_a_url_that_is_no_origin_is_told_why(tmp_path: Path, url: str, words: str) -> None:
    (item,) = told(tmp_path, changed("https://www.imprenta-sol.es", url))
    assert item[:3] == ("schema/value", 3, 6)
    assert words in item.message
    assert "https://www.imprenta-sol.es" in item.help


@pytest.mark.parametrize(
    "url", ["http://localhost:1", "https://192.168.1.30:65535", "https://xn--espaa-rta.es:8443"]
)
def test_a_url_with_a_port_that_exists_is_fine(tmp_path: Path, url: str) -> None:
    found = told(tmp_path, changed("https://www.imprenta-sol.es", url))
    assert "schema/value" not in {item.rule for item in found}


PASSWORD = "{env: IMPRENTA_SOL_SMTP_PASSWORD}"
RECIPIENTS = "[ventas@imprenta-sol.es]\n"
HOST = "    host: smtp.imprenta-sol.es\n"
SMTP = SOL[SOL.index(HOST) : SOL.index("admin:")]


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        (EMAIL, "  email:contacto@imprenta-sol.es\n", ("schema/type", 5, 8)),
        (EMAIL, "  publish: plain\n  email:contacto@imprenta-sol.es\n", ("yaml/syntax", 6, 8)),
        (EMAIL, "  email:contacto@imprenta-sol.es\n  publish: plain\n", ("yaml/syntax", 5, 8)),
        (SMTP, "    host:smtp.imprenta-sol.es\n", ("schema/type", 9, 9)),
        ("{starttls: 587}", "{starttls:587}", ("schema/unknown-key", 10, 21)),
        ("{starttls: 587}", "{starttls: 587, tls:465}", ("schema/unknown-key", 10, 31)),
        ("{starttls: 587}", "\n      starttls:587", ("schema/type", 11, 15)),
        (PASSWORD, "{env:IMPRENTA_SOL_SMTP_PASSWORD}", ("secret/reference", 12, 19)),
        (
            PASSWORD,
            "\n      env:IMPRENTA_SOL_SMTP_PASSWORD",
            ("secret/reference", 13, 7),
        ),  # all of it is masked
        (PASSWORD, "{file:/run/secrets/smtp}", ("secret/reference", 12, 20)),
        (PASSWORD, "{kubernetes: {name:sol, key: smtp}}", ("secret/reference", 12, 33)),
        (RECIPIENTS, "\n    -ventas@imprenta-sol.es\n", ("schema/type", 15, 5)),
        (RECIPIENTS, "\n    -ventas@imprenta-sol.es\n    - a@imprenta-sol.es\n", ("schema/type", 15, 5)),
        (RECIPIENTS, "\n    - a@imprenta-sol.es\n    -ventas@imprenta-sol.es\n", ("yaml/syntax", 16, 5)),
        (
            RECIPIENTS,
            "\n    - a@imprenta-sol.es\n    -b@imprenta-sol.es\n    - c@imprenta-sol.es\n",
            ("yaml/syntax", 16, 5),
        ),
        (EMAIL, EMAIL + "  pages:\n    -/contacto\n", ("schema/type", 7, 5)),
        (EMAIL, "  pages:\n    - /contacto\n    -/aviso\n" + EMAIL, ("yaml/syntax", 7, 5)),
    ],
)
def test_a_missing_space_is_told_at_the_sign_that_it_should_follow(
    tmp_path: Path, old: str, new: str, place: tuple[str, int, int]
) -> None:
    found = told(tmp_path, changed(old, new))
    (item,) = (item for item in found if item[:3] == place)
    sign = "dash" if "-" in item.help else "colon"
    assert item.message.startswith(f"no space follows this {sign}")
    assert item.help.endswith(f"with a space after the {sign}.")
    assert {other.rule for other in found} <= {item.rule, "schema/required"}


def test_what_lacks_its_space_and_may_be_a_password_is_not_shown(tmp_path: Path) -> None:
    write(tmp_path, "configs/imprenta-sol.yaml", changed(PASSWORD, "{env:girasol77}"))
    run = cli(tmp_path, "validate", "--no-cache", "--format", "text", "--lang", "en", "-v")
    assert "no space follows this colon" in run.stdout
    assert "girasol77" not in run.stdout + run.stderr


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (EMAIL, "  https://www.imprenta-sol.es/contacto\n"),
        ("{starttls: 587}", "starttls:587"),
        (RECIPIENTS, "-ventas@imprenta-sol.es\n"),
    ],
)
def test_where_a_space_would_not_do_none_is_asked_for(tmp_path: Path, old: str, new: str) -> None:
    found = told(tmp_path, changed(old, new))
    assert found
    assert not [item for item in found if item.message.startswith("no space follows")]


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ('"env: SMTP_PASSWORD"', "this is a text, and no reference"),
        ("env:SMTP_PASSWORD", "this is a text, and no reference"),
        ("env=SMTP_PASSWORD", "this is a text, and no reference"),
        ("'{env: SMTP_PASSWORD}'", "this is a text, and no reference"),
        ('"file: /run/secrets/smtp"', "this is a text, and no reference"),
        ("vault:secret/shops/sol", "this is a text, and no reference"),
        ('"${SMTP_PASSWORD}"', "another tool's way to name a secret, and no reference"),
        ("$SMTP_PASSWORD", "another tool's way to name a secret, and no reference"),
        ("'%SMTP_PASSWORD%'", "another tool's way to name a secret, and no reference"),
        ("${{ secrets.SMTP_PASSWORD }}", "another tool's way to name a secret, and no reference"),
        ("process.env.SMTP_PASSWORD", "another tool's way to name a secret, and no reference"),
        ("{ENV: SMTP_PASSWORD}", "no such kind of reference; did you mean env?"),
        ('{env: "$SMTP_PASSWORD"}', "with signs around it, and nothing fills it in"),
        ("{env: '${SMTP_PASSWORD}'}", "with signs around it, and nothing fills it in"),
        ("{env: '%SMTP_PASSWORD%'}", "with signs around it, and nothing fills it in"),
    ],
)
def test_what_only_looks_like_a_reference_is_told_so(tmp_path: Path, password: str, words: str) -> None:
    (item,) = told(tmp_path, changed(PASSWORD, password))
    assert (item.rule, item.line) == ("secret/reference", 12)
    assert words in item.message
    assert item.help.startswith("Write ")


@pytest.mark.parametrize(
    "password",
    [
        "$girasol77",
        "$GIRASOL77",
        "'%GIRASOL77%'",
        '"env: girasol77"',
        "env.girasol77",
        '"{env: girasol77}"',
        "vault:girasol77",
        "{ENV: girasol77}",
    ],
)
def test_what_may_be_a_password_after_all_is_one(tmp_path: Path, password: str) -> None:
    (item,) = told(tmp_path, changed(PASSWORD, password))
    assert item.rule == "secret/plaintext"
    text = cli(tmp_path, "validate", "--no-cache", "--format", "text", "-v").stdout
    assert "girasol77" not in text.lower()


@pytest.mark.parametrize(
    "host", ["$SMTP_HOST", "'%SMTP_HOST%'", "$(SMTP_HOST)", "smtp.$DOMAIN", "$smtp.imprenta-sol.es:587"]
)
def test_a_variable_in_place_of_a_host_is_told_as_one(tmp_path: Path, host: str) -> None:
    (item,) = told(tmp_path, changed("smtp.imprenta-sol.es", host))
    assert item[:3] == ("smtp/host", 9, 11)
    assert "variables are not filled in here" in item.message
    assert item.help == "Write the server's name alone, such as smtp.imprenta-sol.es."


@pytest.mark.parametrize(("old", "line"), [("smtp.imprenta-sol.es", 9), (PASSWORD, 12)])
def test_a_variable_that_yaml_cannot_read_is_told_as_one_too(
    tmp_path: Path, old: str, line: int
) -> None:
    (item,) = told(tmp_path, changed(old, "%SMTP_NAME%"))
    assert (item.rule, item.line) == ("yaml/syntax", line)
    assert "variables are not filled in here" in item.message


def test_a_template_s_hole_in_place_of_a_host_is_told_once(tmp_path: Path) -> None:
    (item,) = told(tmp_path, changed("smtp.imprenta-sol.es", "${SMTP_HOST}"))
    assert item.rule == "value/template-residue"


def test_a_mistyped_provider_is_one_finding_and_names_the_right_one(tmp_path: Path) -> None:
    text = changed("contacto@imprenta-sol.es", "contacto@gmial.com")
    (item,) = told(tmp_path, text)
    assert item[:3] == ("address/unknown-tld", 5, 10)
    assert item.help == "Write gmail.com if that is meant."
    assert cli(tmp_path, "validate", "--no-cache").returncode == 1


def _advice_on_name(folder: Path, name: str) -> str:
    run = cli(folder, "validate", "--format", "json", "--lang", "en")
    (item,) = [
        item
        for item in json.loads(run.stdout)["diagnostics"]
        if item["rule"] == "fleet/file-name" and item["path"] == f"configs/{name}"
    ]
    help_text: str = item["help"]
    return help_text


def test_no_name_is_advised_that_another_file_has(tmp_path: Path) -> None:
    write(tmp_path, "configs/rotulos-mar.yaml", SOL)
    rename = "Rename the file to imprenta-sol.yaml, or write shop: rotulos-mar"
    assert _advice_on_name(tmp_path, "rotulos-mar.yaml") == rename
    # Also when the other file comes later, in another folder, and this one is known to the cache.
    write(tmp_path, "configs/costa/imprenta-sol.yaml", SOL)
    advice = "Write shop: rotulos-mar, since configs/costa/imprenta-sol.yaml is there already."
    assert _advice_on_name(tmp_path, "rotulos-mar.yaml") == advice
    write(tmp_path, "configs/Copia de sol.yaml", SOL)
    assert "give this shop an id of its own" in _advice_on_name(tmp_path, "Copia de sol.yaml")
    (tmp_path / "configs/costa/imprenta-sol.yaml").unlink()
    assert _advice_on_name(tmp_path, "rotulos-mar.yaml") == rename
