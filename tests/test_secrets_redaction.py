"""What redaction keeps out of excerpts and messages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wakagitops.core.excerpt import MASK, Excerpt
from wakagitops.core.messages import Translator, msg
from wakagitops.core.rule import Example
from wakagitops.rules import all_rules
from wakagitops.secrets import redaction
from wakagitops.settings.schema import shipped_annotations
from wakagitops.validate.examples import run_example
from wakagitops.yaml.parser import read

ANNOTATIONS = shipped_annotations()
SMTP = """\
notifications:
  email: pedidos@imprenta-sol.es
  smtp:
    host: smtp.imprenta-sol.es
    ports: {tls: 465}
    username: pedidos@imprenta-sol.es
"""
ENCRYPTED = "ENC[AES256_GCM,data:bm90aGluZw==,iv:bm90aGluZw==,tag:bm90aGluZw==,type:str]"


def excerpt(text: str) -> str:
    """What a report may show of a file."""
    document = read("configs/imprenta-sol.yaml", text.encode())
    shown = Excerpt(document.source, redaction.masks(document, ANNOTATIONS))
    return "\n".join(map(shown.line, range(shown.line_count)))


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("    password: hunter2   # la nueva", f"    password: {MASK}"),
        ("    password: pa #ss-w0rd-9Staple", f"    password: {MASK}"),
        ('    password: "correct-Horse" #battery9Staple', f"    password: {MASK}"),
        ("    password: [pa] #ss-w0rd-9Staple", f"    password: [{MASK}] {MASK}"),
        ("    password: #ss-w0rd-9Staple", f"    password: {MASK}"),
        ("    clave: pa #ss-w0rd-9Staple", f"    clave: {MASK}"),
        (
            "    password: {env: SMTP_PASSWORD} # en Vault",
            "    password: {env: SMTP_PASSWORD} # en Vault",
        ),
        ("    password: {env: SMTP_PASSWORD}", "    password: {env: SMTP_PASSWORD}"),
        ("    password: {env: hunter2-canary}", f"    password: {{env: {MASK}}}"),
        ("    password: {value: hunter2}", f"    password: {{value: {MASK}}}"),
        (f"    password: {ENCRYPTED}", f"    password: {MASK}"),
        ("    password: &ancla hunter2", f"    password: {MASK}"),
        ("    clave: x", f"    clave: {MASK}"),
        ("    # smtp://a:hunter2@b.es", f"    # smtp://a:{MASK}@b.es"),
        ("    host: &ghp_0123456789abcdef0123456789abcdef0123 x", f"    host: &{MASK} x"),
    ],
)
def test_an_excerpt_masks_secrets_and_nothing_else(line: str, shown: str) -> None:
    smtp = SMTP.replace("    host: smtp.imprenta-sol.es\n", "") if "host:" in line else SMTP
    assert excerpt(f"{smtp}{line}\n").splitlines()[-1] == shown


def test_an_excerpt_masks_every_line_of_a_secret() -> None:
    shown = excerpt(f"{SMTP}    password: |\n      hunter2\n      hunter3\nadmin: null\n")
    assert "hunter" not in shown
    assert shown.endswith("\nadmin: null\n")


def test_an_excerpt_masks_a_secret_wherever_the_file_repeats_it() -> None:
    text = f"# pedidos y sesamo\n{SMTP}    password: sesamo\n".replace(
        "email: pedidos@", "email: sesamo@"
    )
    assert excerpt(text).count(MASK) == 3
    assert "sesamo" not in excerpt(text)


def test_an_excerpt_masks_a_secret_that_a_later_key_replaces() -> None:
    shown = excerpt(f"{SMTP}    password: hunter2\n    password: {{env: SMTP}}\n")
    assert "hunter2" not in shown
    assert "{env: SMTP}" in shown


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('    password: "hunter2', f"    password: {MASK}"),
        ("password: hunter2", f"password: {MASK}"),
        ("  - hunter2", f"  - {MASK}"),
        ("  pasword: hunter2", f"  {MASK}"),
        ("hunter2", MASK),
        ("# hunter2", MASK),
        ("  pages: [", "  pages: ["),
        ("smtp: {password: hunter2", f"smtp: {MASK}"),
        ("  name: |", "  name: |"),
        ("notifications:", "notifications:"),
        ("---", "---"),
    ],
)
def test_an_excerpt_of_a_broken_file_shows_keys_alone(line: str, shown: str) -> None:
    assert excerpt(f"contact: {{{{\n{line}\n").split("\n")[1] == shown


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("shop:imprenta-sol", "shop:imprenta-sol"),
        ("password:hunter2", f"password:{MASK}"),
        ("name: Imprenta: Sol", f"name: Imprenta: {MASK}"),
        ("name: Imprenta Sol # hunter2", f"name: Imprenta Sol {MASK}"),
        ("url: https: //www.imprenta-sol.es", f"url: https: {MASK}"),
        ("url: https://pedidos:hunter2@imprenta-sol.es", f"url: https://pedidos:{MASK}@imprenta-sol.es"),
        ("email: a@imprenta-sol.es, clave: hunter2", f"email: a@imprenta-sol.es, clave: {MASK}"),
        ("host: {clave: hunter2", f"host: {MASK}"),
        ("host: hunter2\npassword: hunter2", f"host: {MASK}"),
        ("pasword: hunter2\nhost: hunter3", f"{MASK}\nhost: {MASK}"),
        ("password: |\n  host: hunter2", f"password: |\n  host: {MASK}"),
        ("username: pedidos\nhost: hunter3", f"username: {MASK}\nhost: {MASK}"),
    ],
)
def test_an_excerpt_of_a_broken_file_shows_what_is_above_its_secrets(line: str, shown: str) -> None:
    assert excerpt(f"contact: {{{{\n{line}\n").split("\n", 1)[1].startswith(shown)


@pytest.mark.parametrize(
    "line",
    [
        "<<<<<<< HEAD",
        "=======",
        ">>>>>>> feature/otoño-2026",
        "||||||| merged common ancestors",
        "email: @pedidos",
        "username: @pedidos",
        "username: pedidos@imprenta-sol.es  # el de siempre",
        "recipients:\n  - @pedidos\n  - ventas@imprenta-sol.es",
        "host: smtp.imprenta-sol.es\t# el servidor de siempre",
        "ports: {starttls: 587}\t# desde 2024",
        "pages: [/contacto, /aviso-legal]",
        "# los avisos de la tienda",
        "password: {env: IMPRENTA_SOL_SMTP_PASSWORD}\nemail: @pedidos",
        "password: {file: /run/secrets/smtp}\nrecipients: [ventas@imprenta-sol.es]",
    ],
)
def test_an_excerpt_of_a_broken_file_shows_what_is_no_secret(line: str) -> None:
    assert excerpt(f"contact: {{{{\n{line}\n").split("\n", 1)[1].rstrip("\n") == line


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("ports: {starttls: 587, password: hunter2}", f"ports: {MASK}"),
        ("recipients:\n  - hunter2", f"recipients:\n  - {MASK}"),
        ("password: {env: hunter2}", f"password: {MASK}"),
        ("password: {env: SMTP} hunter2", f"password: {MASK}"),
        ("password: {env: SMTP}  # hunter2", f"password: {{env: SMTP}}  {MASK}"),
        ("username: {env: hunter2!}\nhost: hunter3", f"username: {MASK}\nhost: {MASK}"),
        ("<<<<<<< HEAD\npassword: hunter2\n=======", f"<<<<<<< HEAD\npassword: {MASK}\n======="),
        ("<<<<<<< clave: hunter2!", f"<<<<<<< clave: {MASK}"),
    ],
)
def test_an_excerpt_of_a_broken_file_hides_what_may_be_a_secret(line: str, shown: str) -> None:
    assert excerpt(f"contact: {{{{\n{line}\n").split("\n", 1)[1].rstrip("\n") == shown


def test_a_byte_that_is_no_utf_8_hides_only_what_is_secret() -> None:
    text = f"# configuraci\xf3n\n{SMTP}    password: hunter2\n  name: Copi\xf1a\n"
    document = read("configs/imprenta-sol.yaml", text.encode("latin-1"))
    shown = Excerpt(document.source, redaction.masks(document, ANNOTATIONS))
    lines = [shown.line(number) for number in range(shown.line_count)]
    assert lines[0] == "# configuraci\ufffdn"
    assert lines[-3:-1] == [f"    password: {MASK}", "  name: Copi\ufffda"]
    assert "hunter2" in redaction.secrets(document, ANNOTATIONS)


def test_an_excerpt_masks_all_of_a_second_document() -> None:
    assert (
        excerpt("shop: imprenta-sol\n---\npassword: hunter2\n")
        == f"shop: imprenta-sol\n---\npassword: {MASK}\n"
    )


def test_an_ordinary_file_has_no_masks() -> None:
    text = f"# la contraseña está en Vault\n{SMTP}    password: {{env: SMTP_PASSWORD}}\n"
    document = read("configs/imprenta-sol.yaml", text.encode())
    assert redaction.masks(document, ANNOTATIONS) == []
    assert redaction.secrets(document, ANNOTATIONS) == frozenset()


def secrets_of(text: str) -> frozenset[str]:
    return redaction.secrets(read("configs/imprenta-sol.yaml", text.encode()), ANNOTATIONS)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"{SMTP}    password: hunter2\n", "hunter2"),
        (f"{SMTP}    password: 0x1234567\n", "0x1234567"),
        (f"{SMTP}    password: {{env: hunter2}}\n", "hunter2"),
        (f"{SMTP}    clave: sesamo\n", "sesamo"),
        ("# clave: sesamo\n", "sesamo"),
        ('password: "sesamo\n', "sesamo"),
        (f"{SMTP}    password: pa #sesamo\n", "sesamo"),
        ("contact: {{\n    password: pa #sesamo\n", "sesamo"),
        ("contact: {{\n    password: sesamo   # nueva\n", "sesamo"),
    ],
)
def test_the_secrets_of_a_file_are_known(text: str, secret: str) -> None:
    assert secret in secrets_of(text)


def test_a_message_shows_no_secret_in_any_field() -> None:
    message = msg(
        "{inner} {value} {count}", inner=msg("{a}", a="x hunter2 y"), value="sesamo", count=20271131
    )
    cleaned = redaction.clean(message, frozenset({"hunter2", "sesamo", "20271131"}))
    assert Translator()(cleaned) == f"x {MASK} y {MASK} {MASK}"


def test_a_message_shows_no_credential_of_known_shape() -> None:
    message = msg("{value}", value="AKIAIOSFODNN7EXAMPLE es la clave")
    assert Translator()(redaction.clean(message, frozenset())) == f"{MASK} es la clave"


def test_a_message_without_secrets_is_the_same() -> None:
    message = msg("{setting} is {value}", setting="notifications.smtp.password", value=587)
    assert redaction.clean(message, frozenset({"hunter2"})) is message


def test_one_of_thousands_of_secrets_is_masked_too() -> None:
    secrets = frozenset(f"hunter{number}-canary" for number in range(2000))
    assert redaction.clean_text("x hunter1234-canary y hunter77-canary", secrets) == f"x {MASK} y {MASK}"
    assert redaction.is_suspect("hunter1999-canary", secrets)
    assert not redaction.is_suspect("hunter2000-canary", secrets)


def test_a_short_secret_does_not_eat_into_words() -> None:
    cleaned = redaction.clean_text("notifications.smtp.password is pass", frozenset({"pass"}))
    assert cleaned == f"notifications.smtp.password is {MASK}"


def test_the_longest_secret_goes_first() -> None:
    assert redaction.clean_text("hunter2-canary", frozenset({"hunter2-", "hunter2-canary"})) == MASK


LITERALS = st.text(
    st.characters(
        exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\ufeff\ufffe\uffff\x85"
    ),
    min_size=1,
    max_size=20,
).map(lambda tail: f"canary{tail}")


@given(LITERALS)
def test_no_literal_password_is_ever_shown(literal: str) -> None:
    quoted = literal.replace("'", "''")
    for text in (
        f"{SMTP}    password: '{quoted}'\n",
        f"{SMTP}    password: ['{quoted}']\n",
        f"{SMTP}    password: {{other: '{quoted}'}}\n",
        f"{SMTP}    password: '{quoted}'\n    password: {{env: SMTP}}\n",
        f"{SMTP}    contraseña: '{quoted}'\n    extra: ]\n",
    ):
        assert "canary" not in excerpt(text)
        result = run_example("secret/plaintext", Example({"imprenta-sol.yaml": text}), all_rules())
        for item in result.diagnostics:
            assert "canary" not in repr(item)


@pytest.mark.parametrize(
    "line",
    [
        "recipients: " + "a" * 200_000,
        "recipients: " + "a-" * 100_000,
        "recipients: " + "a: " * 60_000,
        "ports: {" + " " * 200_000,
        "email: " + "@a.a" * 50_000,
        "email: " + "/a" * 100_000,
        "<<<<<<< " + "x@" * 100_000,
    ],
)
def test_a_long_line_of_a_broken_file_is_read_once(line: str) -> None:
    # A pattern that looks at each part of the line again takes minutes, not seconds.
    assert excerpt(f"contact: {{{{\n{line}\n").count("\n") == 2
