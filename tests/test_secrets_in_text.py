"""What looks like a credential in a text, and what does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli_case import cli
from tests.repository_case import Case, shop
from wakagitops.secrets.credential_words import names_secret
from wakagitops.secrets.credentials import find, is_suspect, redact
from wakagitops.yaml.limits import MAX_BYTES

SENDGRID = "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"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVPmB92K27uhbUJU1p1r"
PRIVATE_KEY = (
    "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjE\n-----END OPENSSH PRIVATE KEY-----"
)

# Each text with the stretch that must be found, and no other.
FOUND = [
    # A keyword with a literal.
    ("password: hunter2", "hunter2"),
    ("Password = hunter2", "hunter2"),
    ("# la contraseña: Sol2024!", "Sol2024!"),
    ("CONTRASEÑA=sesamo", "sesamo"),
    ("contrasen\u0303a: sesamo", "sesamo"),
    ("contrasena: 'abrete sesamo1'", "abrete sesamo1"),
    ("clave: hunter2 (la vieja)", "hunter2"),
    ("clave del SMTP: hunter2", "hunter2"),
    ("la clave es hunter2", "hunter2"),
    ("the password is hunter2", "hunter2"),
    ('"password": "correct-horse"', "correct-horse"),
    ("smtp_pass: s3same", "s3same"),
    ("smtpPassword=s3same", "s3same"),
    ("IMPRENTA_SOL_SMTP_PASSWORD=hunter2", "hunter2"),
    ("pwd:hunter2", "hunter2"),
    ("clave: 123456", "123456"),
    ("password2: hunter2", "hunter2"),
    ("token: abc123def", "abc123def"),
    ("api_key=abc123def", "abc123def"),
    ("API-Key: abc123def", "abc123def"),
    ("secret: hunter2!", "hunter2!"),
    ("password: sesamo # cambiar", "sesamo"),
    ("password: &clave hunter2", "hunter2"),
    ("clave : password: sesamo", "sesamo"),
    ("clave del password: sesamo", "sesamo"),
    ("contraseña: token=abc123", "token=abc123"),
    ("pass: abcd efgh ijkl mnop", "abcd efgh ijkl mnop"),
    # URLs.
    ("smtp://pedidos:hunter2@smtp.imprenta-sol.es:587", "hunter2"),
    ("smtps://pedidos:p@ss@smtp.imprenta-sol.es", "p@ss"),
    ("smtp://user:pass@smtp.imprenta-sol.es", "pass"),
    ("https://:hunter2@imprenta-sol.es/", "hunter2"),
    ("smtp://pedidos:pa/ss@smtp.imprenta-sol.es", "pa/ss"),
    ("https://imprenta-sol.es/?token=abcdef&page=2", "abcdef"),
    ("https://imprenta-sol.es/?page=2&clave=abcdef#top", "abcdef"),
    ("https://imprenta-sol.es/?key=a1b2c3d4e5", "a1b2c3d4e5"),
    # Prefixes of providers' keys.
    (SENDGRID, SENDGRID),
    ("usar AKIAIOSFODNN7EXAMPLE en producción", "AKIAIOSFODNN7EXAMPLE"),
    ("ASIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE"),
    ("xkeysib-" + "0a" * 32 + "-abcdefgh12345678", "xkeysib-" + "0a" * 32 + "-abcdefgh12345678"),
    ("key-" + "0a" * 16, "key-" + "0a" * 16),
    ("ghp_" + "a" * 36, "ghp_" + "a" * 36),
    ("github_pat_" + "a" * 40, "github_pat_" + "a" * 40),
    ("xoxb-123456789012-abcdef", "xoxb-123456789012-abcdef"),
    ("glpat-" + "x" * 20, "glpat-" + "x" * 20),
    ("sk_" + "live_abcdefghijklmnop", "sk_" + "live_abcdefghijklmnop"),
    ("AIza" + "b" * 35, "AIza" + "b" * 35),
    ("ya29.a0AfH6SMBx_abcdefgh-ijkl", "ya29.a0AfH6SMBx_abcdefgh-ijkl"),
    (JWT, JWT),
    (f"authorization: Bearer {JWT}", JWT),
    ("AGE-SECRET-KEY-1" + "Q" * 58, "AGE-SECRET-KEY-1" + "Q" * 58),
    (f"antes\n{PRIVATE_KEY}\ndespués", PRIVATE_KEY),
    ("-----BEGIN RSA PRIVATE KEY-----\nMIIE", "-----BEGIN RSA PRIVATE KEY-----\nMIIE"),
    # The form of Google's app passwords.
    ("abcd efgh ijkl mnop", "abcd efgh ijkl mnop"),
    ("la de Gmail, xkqz wbtr hjdf plmn", "xkqz wbtr hjdf plmn"),
    # Runs that only chance makes.
    ("aHVudGVyMi1jYW5hcnktMTIzNDU2Nzg5MA==", "aHVudGVyMi1jYW5hcnktMTIzNDU2Nzg5MA=="),
    ("9f86d081884c7d659a2feaa0c55ad015", "9f86d081884c7d659a2feaa0c55ad015"),
    ("k7Hq2Lx9Vb4Nz8Wc3Td6Rf", "k7Hq2Lx9Vb4Nz8Wc3Td6Rf"),
    ("x9k2m4q7w1z8v3b6n5c0r4t7y2", "x9k2m4q7w1z8v3b6n5c0r4t7y2"),
    ("https://imprenta-sol.es/?x=k7Hq2Lx9Vb4Nz8Wc3Td6Rf", "k7Hq2Lx9Vb4Nz8Wc3Td6Rf"),
    ("https://k7Hq2Lx9Vb4Nz8Wc3Td6Rf@github.com/imprenta", "k7Hq2Lx9Vb4Nz8Wc3Td6Rf"),
]

SOUND = [
    "",
    "contacto@imprenta-sol.es",
    "https://www.imprenta-sol.es",
    "https://www.imprenta-sol.es:8443/contacto?pagina=2",
    "https://www.imprenta-sol.es:8443/?correo=ventas@imprenta-sol.es",
    "smtp.imprenta-sol.es",
    "IMPRENTA_SOL_SMTP_PASSWORD",
    "/run/secrets/imprenta-sol-smtp",
    "yaml-language-server: $schema=../schema/mail-settings-file.schema.json",
    # Words about a credential, and no credential.
    "# la contraseña está en Vault",
    "# la contraseña está en Vault: equipo de sistemas",
    "token de acceso en 1Password",
    "token: 1Password",
    "password: {env: IMPRENTA_SOL_SMTP_PASSWORD}",
    "password: IMPRENTA_SOL_SMTP_PASSWORD",
    "password: ${SMTP_PASSWORD}",
    "password: $SMTP_PASSWORD",
    "password: {{ smtp_password }}",
    "password: ********",
    "password: <la del gestor>",
    "password: <cambiar>",
    "password: /run/secrets/smtp",
    "password: secret/shops/imprenta-sol/smtp",
    "password: vault:secret/data/imprenta-sol#smtp",
    "password: op://Tiendas/imprenta-sol/smtp",
    "password: ver la wiki de sistemas",
    "password: ninguna",
    "contraseña: pedirla a sistemas@imprenta-sol.es",
    "contraseña: la misma que en Norte",
    "# clave: el puerto 587 es STARTTLS",
    "palabra clave: rotulos",
    "palabras clave: lonas, vinilos, rótulos",
    "secretaría: María de la O",
    "secretaria: ventas2@imprenta-sol.es",
    "secret: imprenta-sol-smtp",
    "secret: imprenta-sol-2",
    "# auth: login",
    "auth: SCRAM-SHA-256",
    "token_url: https://login.imprenta-sol.es/oauth2/token",
    "password_file: /run/secrets/smtp",
    "passwordPolicy: 12chars",
    "la contraseña se cambia el: 2026-12-01",
    "contraseña: 01/12/2026",
    "el proceso bypass: 3hunter",
    "smtp://${USER}:${PASS}@smtp.imprenta-sol.es",
    "smtp://pedidos:****@smtp.imprenta-sol.es",
    "wakagitops: ignore[secret/credential-shape] es un ejemplo",
    "wakagitops: ignore[secret/credential-shape] until=2027-01-31 es un ejemplo",
    # Long, and made by no chance.
    "ENC[AES256_GCM,data:g4K3UgvU,iv:aHVudGVyMi1jYW5hcnk=,tag:k7Hq2Lx9Vb4Nz8Wc3Td6Rf==,type:str]",
    "550e8400-e29b-41d4-a716-446655440000",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "arreglado en el commit 8ccb19f0c55ad015a3bf4f1b2b0b822cd15d6c15",
    "sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC",
    "https://imprenta-sol.es/files/k7Hq2Lx9Vb4Nz8Wc3Td6Rf/logo.png",
    "k7Hq2Lx9Vb4Nz8Wc3Td6Rf@mail.imprenta-sol.es",
    "d9f86d081884c7d659a2feaa0c55ad015.cloudfront.net",
    "mail.k7hq2lx9vb4nz8wc3td6rf5j.imprenta-sol.es",
    "google-site-verification=k7Hq2Lx9Vb4Nz8Wc3Td6RfJp",
    "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kgs5kht6szxr4hg",
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ",
    "ES9121000418450200051332",
    "imprenta-sol-smtp-7f9c8d6b5-x2x4z",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "====================",
    "contentTypeApplicationJsonUtf8Charset",
    "para este caso solo hay",
    "como este caso para todo",
    "Casa Sola Aqui Todo",
]


@pytest.mark.parametrize(("text", "secret"), FOUND)
def test_finds_the_credential_and_nothing_else(text: str, secret: str) -> None:
    assert [text[span.start : span.end] for span in find(text)] == [secret]


@pytest.mark.parametrize(("text", "secret"), FOUND)
def test_what_holds_a_credential_is_suspect(text: str, secret: str) -> None:
    assert is_suspect(text)
    assert is_suspect(f"shop: imprenta-sol\n# {text}\ncontact: null\n")


@pytest.mark.parametrize("text", SOUND)
def test_finds_nothing_in_sound_text(text: str) -> None:
    assert [text[span.start : span.end] for span in find(text)] == []


def test_redacting_replaces_what_is_found_and_keeps_the_rest() -> None:
    text = "antes password: hunter2 y smtp://a:b@c.es después"
    assert redact(text, "***") == "antes password: *** y smtp://a:***@c.es después"


def test_text_without_credentials_is_returned_as_it_is() -> None:
    assert redact("contacto@imprenta-sol.es", "***") == "contacto@imprenta-sol.es"


@pytest.mark.parametrize("token", [SENDGRID, "AKIAIOSFODNN7EXAMPLE", "9f86d081884c7d659a2feaa0c55ad015"])
def test_a_user_name_may_be_a_token(token: str) -> None:
    assert find(token)
    assert not find(token, user_name=True)


def test_a_user_name_may_still_hold_no_password() -> None:
    assert find("smtp://pedidos:hunter2@smtp.imprenta-sol.es", user_name=True)


@pytest.mark.parametrize(
    "key",
    [
        "password", "Password", "smtp_password", "smtpPassword", "smtp_pass", "smtppass", "passwd",
        "pwd", "pass", "clave", "clave_smtp", "contraseña", "CONTRASEÑA", "contrasena", "contrasenha",
        "secreto", "secret", "token", "access_token", "accessToken", "api_key", "apikey", "apiKey",
        "API-KEY", "auth", "credentials", "pin", "password2", "password_prod",
    ],
)  # fmt: skip
def test_keys_named_like_passwords(key: str) -> None:
    assert names_secret(key)


@pytest.mark.parametrize(
    "key",
    [
        "email", "contact", "pages", "passive", "compass", "passport", "key", "keys", "keyboard",
        "author", "password_file", "password_env", "passwordRef", "secretName", "secret_name",
        "token_url", "pinterest", "palabras_clave", "enclave", "clave_publica", "secretaria", "shop",
        "notifications",
    ],
)  # fmt: skip
def test_keys_not_named_like_passwords(key: str) -> None:
    assert not names_secret(key)


PROSE = st.lists(
    st.sampled_from(
        ["la", "tienda", "correo", "de", "contacto@imprenta-sol.es", "587", "ver", "https://imprenta-sol.es",
         "clave", "contraseña", "Vault", "ñandú", "\u0130stanbul", "😀", "—", "…",
         "TLS", "V3.28.1", ":", "="]
    ),
    max_size=8,
).map(" ".join)  # fmt: skip
HARD = st.text("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", min_size=1, max_size=20)
CANARIES = st.one_of(
    HARD.map(lambda tail: ("", f"SG.canary1canary1canary1{tail}.{tail}")),
    HARD.map(lambda tail: ("", f"ghp_canary1canary1canary1{tail}")),
    HARD.map(lambda tail: ("", f"xkeysib-canary1canary1canary1{tail}")),
    HARD.map(lambda tail: ("", f"glpat-canary1canary1canary1{tail}")),
    HARD.map(lambda tail: ("password: ", f"canary1{tail}")),
    HARD.map(lambda tail: ("contraseña=", f"canary1!{tail}")),
    HARD.map(lambda tail: ("clave: ", f"'canary1 {tail}'")),
    HARD.map(lambda tail: ("token=", f"canary1{tail}")),
    HARD.map(lambda tail: ("smtp://pedidos:", f"canary1{tail}@smtp.imprenta-sol.es")),
    HARD.map(lambda tail: ("https://imprenta-sol.es/?a=1&token=", f"canary1{tail}")),
)


@given(before=PROSE, canary=CANARIES, after=PROSE)
def test_redacted_text_holds_no_planted_canary(before: str, canary: tuple[str, str], after: str) -> None:
    lead, secret = canary
    redacted = redact(f"{before} {lead}{secret} {after}", "********")
    assert "canary1" not in redacted


@given(before=PROSE, canary=CANARIES, after=PROSE)
def test_what_is_found_makes_the_whole_file_suspect(
    before: str, canary: tuple[str, str], after: str
) -> None:
    text = f"{before} {canary[0]}{canary[1]} {after}"
    assert find(text)
    assert is_suspect(f"shop: imprenta-sol\n# {text}\r\n")


@given(st.text())
def test_spans_are_ordered_apart_and_inside_the_text(text: str) -> None:
    at = 0
    for span in find(text):
        assert at <= span.start < span.end <= len(text)
        at = span.end


@given(
    st.text(),
    st.sampled_from(["password: ", "SG.", "://a:", "AKIA", "?token=", "-----BEGIN PRIVATE KEY-----"]),
)
def test_a_text_that_is_not_suspect_has_no_credential(text: str, sign: str) -> None:
    for whole in (text, f"{sign}{text}", f"{text}{sign}{text}"):
        if not is_suspect(whole):
            assert find(whole) == []


@pytest.mark.parametrize(
    "unit",
    [
        "password", "password: ", "clave es ", "pass'", "secret.", "://a:", "?a", "eyJ-", "SG.-", "aB3",
        "-----BEGIN ", "-----BEGIN PRIVATE KEY-----", "ENC[AES256_GCM,", "aaaa ",
        "token=", "a/", "\u0130pass",
    ],
)  # fmt: skip
def test_the_largest_file_of_one_repeated_sign_is_judged_like_any_other(unit: str) -> None:
    # A search whose time grows with the square of the text would not come back from this.
    text = unit * (MAX_BYTES // len(unit.encode()))
    assert is_suspect(text) or find(text) == []
    assert "canary1" not in redact(f"{text}\npassword: canary1!", "********")


@pytest.mark.parametrize("token", ["geheimnis", "Geheim12x", "usr:Geheim12x"])
@pytest.mark.parametrize("form", ["{}@smtp.sol.es", '"{}@smtp.sol.es"', "smtp://{}@smtp.sol.es"])
def test_what_stands_before_a_host_is_shown_nowhere(tmp_path: Path, token: str, form: str) -> None:
    case = Case(tmp_path / "repository")
    case.write("sol.yaml", shop("sol"))
    case.commit()
    case.change("sol.yaml", "host: smtp.sol.es", f"host: {form.format(token)}")
    for command in (("validate", "--no-cache"), ("validate",), ("validate", "--format", "json")):
        done = cli(case.folder, *command)
        assert done.returncode == 1
        assert "smtp/host" in done.stdout or "secret/" in done.stdout
        assert token not in done.stdout + done.stderr
    for text_form in ("text", "json", "markdown"):
        done = cli(case.folder, "plan", "--base", "HEAD", "--format", text_form)
        assert token not in done.stdout + done.stderr
