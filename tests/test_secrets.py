"""The rules on secrets: what they find, where, and that one mistake is one finding."""

from __future__ import annotations

import pytest

from wakagitops.core.diagnostic import Diagnostic
from wakagitops.core.messages import Translator
from wakagitops.core.rule import Example
from wakagitops.rules import all_rules
from wakagitops.secrets.references import is_name
from wakagitops.validate.examples import run_example

SMTP = """\
notifications:
  email: pedidos@imprenta-sol.es
  smtp:
    host: smtp.imprenta-sol.es
    ports: {tls: 465}
    username: pedidos@imprenta-sol.es
"""
ENCRYPTED = "ENC[AES256_GCM,data:bm90aGluZw==,iv:bm90aGluZw==,tag:bm90aGluZw==,type:str]"
PASSWORD_LINE = 7


def diagnostics(text: str, name: str = "imprenta-sol.yaml") -> list[Diagnostic]:
    result = run_example("secret/plaintext", Example({name: text}), all_rules())
    return list(result.diagnostics)


def found(text: str) -> list[tuple[str, int]]:
    """The rules on secrets that speak, and on which lines."""
    return [
        (item.rule.removeprefix("secret/"), item.range.start.line + 1)
        for item in diagnostics(text)
        if item.rule.startswith("secret/")
    ]


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        # The secret itself, or what may be.
        ("hunter2", "plaintext"),
        ("20271131", "plaintext"),
        ("true", "plaintext"),
        ("[hunter2]", "plaintext"),
        ("{value: hunter2}", "plaintext"),
        ("{env: SMTP_PASSWORD, note: hunter2}", "plaintext"),
        ("{kubernetes: hunter2}", "plaintext"),
        ("{env: [hunter2]}", "plaintext"),
        ("ENC[hunter2]", "plaintext"),
        ("{env: AKIAIOSFODNN7EXAMPLE}", "plaintext"),
        ("IMPRENTA_SOL_SMTP_PASSWORD", "plaintext"),
        ("|\n      hunter2", "plaintext"),
        # No value, or another tool's reference.
        ('""', "reference"),
        ("~", "reference"),
        ("", "reference"),
        ("[]", "reference"),
        ("{}", "reference"),
        ("${SMTP_PASSWORD}", "reference"),
        ("${smtp pass}", "reference"),
        ('"{{ smtp_password }}"', "reference"),
        ("env:SMTP_PASSWORD", "reference"),
        ("op://Tiendas/imprenta-sol/smtp", "reference"),
        # One known kind, with all of its names.
        ("{env: SMTP_PASSWORD, file: /run/secrets/smtp}", "reference"),
        ("{enviroment: SMTP_PASSWORD}", "reference"),
        ("{k8s: {name: imprenta-sol, key: smtp}}", "reference"),
        ("{name: imprenta-sol, key: smtp}", "reference"),
        ("{kubernetes: {name: imprenta-sol}}", "reference"),
        ("{kubernetes: {secret: imprenta-sol, key: smtp}}", "reference"),
        ("{kubernetes: {name: imprenta-sol, key: smtp, namespace: tiendas}}", "reference"),
        ("{kubernetes: {}}", "reference"),
        ("{external: {store: vault, key: imprenta-sol}}", "reference"),
        ("{env: }", "reference"),
        ('{env: ""}', "reference"),
        # Names that their targets cannot have.
        ("{env: smtp-password}", "reference"),
        ("{env: 1SMTP_PASSWORD}", "reference"),
        ('{env: "SMTP_PASSWORD "}', "reference"),
        ("{env: 5}", "reference"),
        ("{env: '${SMTP_PASSWORD}'}", "reference"),
        ("{file: run/secrets/smtp}", "reference"),
        ("{file: /run/../etc/passwd}", "reference"),
        ("{file: /run/secrets/}", "reference"),
        ("{kubernetes: {name: Imprenta_Sol, key: smtp}}", "reference"),
        ("{kubernetes: {name: imprenta-sol, key: a/b}}", "reference"),
        ("{external: {store: Vault, key: a, property: b}}", "reference"),
        ("{vault: {path: /secret/shops, key: smtp}}", "reference"),
        ("{vault: {path: secret/../shops, key: smtp}}", "reference"),
        ("{vault: {path: 'secret/{{shop}}', key: smtp}}", "reference"),
        # Encrypted, and nothing to decrypt it with.
        (ENCRYPTED, "sops"),
    ],
)
def test_one_mistake_in_a_password_is_one_finding(value: str, rule: str) -> None:
    given = diagnostics(f"{SMTP}    password: {value}\n")
    assert [item.rule for item in given] == [f"secret/{rule}"]
    assert given[0].range.start.line + 1 == PASSWORD_LINE


@pytest.mark.parametrize(
    "value",
    [
        "{env: SMTP_PASSWORD}",
        "{env: _A1}",
        "{file: /run/secrets/imprenta-sol}",
        "{file: /run/Secretos de la tienda/smtp..txt}",
        "{kubernetes: {name: imprenta.sol-2, key: SMTP_PASSWORD.txt}}",
        "{external: {store: vault, key: shops/imprenta-sol/smtp, property: password}}",
        "{vault: {path: secret/shops/imprenta-sol/smtp, key: contraseña}}",
        "null\n    username: null",
    ],
)
def test_sound_references_are_left_alone(value: str) -> None:
    smtp = SMTP.replace("    username: pedidos@imprenta-sol.es\n", "") if "username" in value else SMTP
    assert diagnostics(f"{smtp}    password: {value}\n") == []


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("{env: smtp-user}", "secret/reference"),
        ("{env: SMTP_USER, file: /run/secrets/user}", "secret/reference"),
        ("{}", "secret/reference"),
        ("{kubernetes: {name: imprenta-sol}}", "secret/reference"),
        ("{other: SMTP_USER}", "secret/reference"),
        ("{env: 5}", "secret/reference"),
        ("{env: no}", "secret/reference"),
        ("{env: }", "secret/reference"),
        ("[pedidos]", "schema/type"),
        ("5", "yaml/implicit-type"),
        ("smtp://pedidos:hunter2@smtp.imprenta-sol.es", "secret/credential-shape"),
    ],
)
def test_one_mistake_in_a_user_name_is_one_finding(value: str, rule: str) -> None:
    smtp = SMTP[: SMTP.index("    username")] + f"    username: {value}\n"
    given = diagnostics(f"{smtp}    password: {{env: SMTP_PASSWORD}}\n")
    assert [item.rule for item in given if not item.rule.startswith("smtp/")] == [rule]
    assert {item.range.start.line + 1 for item in given} == {6}


def test_a_literal_says_what_to_write_and_to_rotate_it() -> None:
    (item,) = diagnostics(f"{SMTP}    password: hunter2\n")
    advice = Translator()(item.help)
    assert "password: {env: IMPRENTA_SOL_SMTP_PASSWORD}" in advice
    assert "rotate" in advice
    assert "git history" in advice


def test_a_literal_under_defaults_is_found_where_it_stands_even_when_overridden() -> None:
    files = {
        "_defaults.yaml": "notifications:\n  smtp:\n    password: hunter2\n",
        "imprenta-sol.yaml": SMTP + "    password: {env: SMTP_PASSWORD}\n",
    }
    result = run_example("secret/plaintext", Example(files), all_rules())
    assert [(item.path, item.range.start.line, item.rule) for item in result.diagnostics] == [
        ("configs/_defaults.yaml", 2, "secret/plaintext")
    ]


def test_every_literal_of_a_repeated_key_is_found() -> None:
    text = (
        f"{SMTP}    password: hunter2\n    password: {{value: hunter3}}\n    password: {{env: SMTP}}\n"
    )
    assert found(text) == [("plaintext", 7), ("plaintext", 8)]


def test_a_literal_is_found_in_a_repeated_section() -> None:
    text = f"notifications: {{smtp: {{password: hunter2}}}}\n{SMTP}    password: {{env: SMTP}}\n"
    assert found(text) == [("plaintext", 1)]


def test_a_literal_cannot_be_suppressed() -> None:
    assert found(
        f"{SMTP}    password: hunter2   # wakagitops: ignore[secret/plaintext] es de prueba\n"
    ) == [("plaintext", 7)]


def test_a_credential_in_a_comment_can_be_suppressed() -> None:
    line = "contact: {email: contacto@imprenta-sol.es}   # clave: hunter2\n"
    above = "# wakagitops: ignore[secret/credential-shape] es de prueba\n"
    assert found(line) == [("credential-shape", 1)]
    assert found(above + line) == []


@pytest.mark.parametrize(
    ("line", "stretch"),
    [
        ("# la clave: hunter2", "hunter2"),
        ("contact: {email: contacto@imprenta-sol.es}   # token=a1b2c3d4", "a1b2c3d4"),
        ('contact: {email: "SG.ngeVfQFYQlKU0ufo8x5d1A@x.es"}', "SG.ngeVfQFYQlKU0ufo8x5d1A"),
        ("url: https://admin:hunter2@www.imprenta-sol.es", "hunter2"),
        ("contact: {pages: ['/?token=a1b2c3d4']}", "a1b2c3d4"),
        ("ghp_0123456789abcdef0123456789abcdef0123: 1", "ghp_0123456789abcdef0123456789abcdef0123"),
        ("notifications: {smtp: {clave: x}}", "x"),
        ("notifications: {smtp: {contraseña: 1234}}", "1234"),
        ("notifications: {smtp: {smtp_pass: [x]}}", "x"),
        ("notifications: {smtp: {pasword: hunter2}}", "hunter2"),
        ("contact: {password: hunter2}", "hunter2"),
        ("admin: {credentials: {user: x, password: hunter2}}", "x"),
        ('contact: {email: "AK\\x49AIOSFODNN7EXAMPLE"}', '"AK\\x49AIOSFODNN7EXAMPLE"'),
        ("contact: {email: 'clave: it''s3cret'}", "'clave: it''s3cret'"),
    ],
)
def test_a_credential_is_found_where_it_begins_and_its_length_is_not_told(
    line: str, stretch: str
) -> None:
    items = [item for item in diagnostics(f"{line}\n") if item.rule == "secret/credential-shape"]
    place = items[0].range
    assert place.start == place.end
    assert place.start.line == 0
    assert line[place.start.column :].startswith(stretch)


def test_a_credential_in_lines_that_yaml_joins_is_found() -> None:
    text = "notifications:\n  name: >-\n    la\n    clave:\n    hunter2\n"
    assert ("credential-shape", 2) in found(text)


@pytest.mark.parametrize(
    "line",
    [
        "contact: {email: contacto@imprenta-sol.es, token: null}",
        "notifications: {smtp: {auth: login}}",
        "notifications: {smtp: {clave: {env: SMTP_PASSWORD}}}",
        "notifications: {smtp: {clave: '${SMTP_PASSWORD}'}}",
        "notifications: {smtp: {password_file: /run/secrets/smtp}}",
    ],
)
def test_keys_that_name_no_literal_are_no_credentials(line: str) -> None:
    assert ("credential-shape", 1) not in found(f"{line}\n")


@pytest.mark.parametrize(
    "name", ["AKIAIOSFODNN7EXAMPLE", "SG.ngeVfQFYQlKU0ufo8x5d1A", "0123456789abcdef" * 2]
)
def test_a_user_name_may_be_a_token(name: str) -> None:
    smtp = SMTP[: SMTP.index("    username")] + f"    username: {name}\n"
    assert found(f"{smtp}    password: {{env: SMTP_PASSWORD}}\n") == []


def test_a_broken_file_still_shows_its_credentials() -> None:
    text = 'shop: imprenta-sol\ncontact: {email: "\npassword: hunter2\n# SG.ngeVfQFYQlKU0ufo8x5d1A\n'
    assert ("credential-shape", 3) in found(text)
    assert ("credential-shape", 4) in found(text)


def test_a_second_document_still_shows_its_credentials() -> None:
    assert ("credential-shape", 3) in found("shop: imprenta-sol\n---\npassword: hunter2\n")


SOPS = f"sops:\n  age: []\n  mac: {ENCRYPTED}\n  version: 3.11.0\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{SMTP}    password: {ENCRYPTED}\n{SOPS}", []),
        (f"{SMTP}    password: hunter2\n{SOPS}", [("plaintext", 7), ("sops", 8)]),
        (f"{SMTP}    password: {ENCRYPTED}\nsops: {{version: 3.11.0}}\n", [("sops", 8)]),
        (f"{SMTP}    password: {ENCRYPTED}\nsops: {{mac: hecho a mano}}\n", [("sops", 8)]),
        (f"{SMTP}    password: {ENCRYPTED[:-1]}\n{SOPS}", [("plaintext", 7), ("sops", 8)]),
        (
            f"{SMTP}    password: {{env: SMTP}}\n#{ENCRYPTED.replace('str', 'comment')}\n{SOPS}",
            [],
        ),
    ],
)
def test_what_sops_encrypted_needs_its_block(text: str, expected: list[tuple[str, int]]) -> None:
    assert found(text) == expected


def test_an_encrypted_value_that_is_no_secret_is_found() -> None:
    assert found(f"contact: {{email: '{ENCRYPTED}'}}\n{SOPS}") == [("sops", 1)]


@pytest.mark.parametrize("name", [".", "..", "..data", "a/b", "a b", "x" * 254])
def test_keys_that_kubernetes_refuses(name: str) -> None:
    assert not is_name("kubernetes", "key", name)
