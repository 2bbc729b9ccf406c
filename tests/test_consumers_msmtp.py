"""Real msmtp delivers with a rendered ``msmtprc``, to a real server with a real certificate."""

from __future__ import annotations

import email
import email.policy
import shlex
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from email.header import decode_header
from pathlib import Path
from shutil import which
from typing import Any, NamedTuple

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from hypothesis import given, settings

from tests.deployment_case import shop
from tests.target_case import account, reference, refused, rendered, texts
from wakagitops.mail.display_name import header_phrase
from wakagitops.settings.model import Ports, ShopSettings

pytestmark = [
    pytest.mark.skipif(which("msmtp") is None, reason="msmtp is not installed"),
    # The server warns of what some tests want: to take a password without TLS on loopback.
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS"),
]
USER, PASSWORD = "pedidos@imprenta-sol.es", "contraseña con espacio"
NAME = 'Imprenta "Sol" & Ñandú, S.L.'


class Certificate(NamedTuple):
    """A server's certificate for localhost, and the authority that it is from."""

    authority: Path
    certificate: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    if which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("certificates")
    made = Certificate(folder / "authority.pem", folder / "server.pem", folder / "server.key")
    new = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    for command in (
        [*new, "-keyout", "authority.key", "-out", "authority.pem", "-subj", "/CN=Test authority"],
        [*new, "-keyout", "server.key", "-out", "server.pem", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE",
         "-CA", "authority.pem", "-CAkey", "authority.key"],
    ):  # fmt: skip
        subprocess.run(command, cwd=folder, capture_output=True, check=True)
    return made


class Inbox:
    """What a server was told: who signed in, and each mail with its envelope."""

    def __init__(self) -> None:
        self.logins: list[tuple[str, str]] = []
        self.mails: list[Envelope] = []
        self.port = 0

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        del server, session, envelope, mechanism
        if not isinstance(data, LoginPassword):
            return AuthResult(success=False)
        login, password = data.login.decode(), data.password.decode()
        self.logins.append((login, password))
        return AuthResult(success=password == PASSWORD)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        del server, session
        self.mails.append(envelope)
        return "250 OK"


@contextmanager
def _server(**how: Any) -> Iterator[Inbox]:
    inbox = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        inbox.port = probe.getsockname()[1]
    how = {"auth_required": True, "authenticator": inbox.authenticate, **how}
    controller = Controller(inbox, hostname="localhost", port=inbox.port, **how)
    controller.start()
    try:
        yield inbox
    finally:
        controller.stop()


@contextmanager
def _starttls(certificate: Certificate) -> Iterator[Inbox]:
    with _server(tls_context=certificate.context(), require_starttls=True) as inbox:
        yield inbox


@contextmanager
def _implicit_tls(certificate: Certificate) -> Iterator[Inbox]:
    # The server does not know that its own TLS protects the session, so that it must not ask for it.
    with _server(ssl_context=certificate.context(), auth_require_tls=False) as inbox:
        yield inbox


def _shop(ports: Ports, **changes: Any) -> ShopSettings:
    return account(
        **{
            "name": NAME,
            "host": "localhost",
            "ports": ports,
            "username": USER,
            "password": reference("env", env="SOL_SMTP_PASSWORD"),
            **changes,
        }
    )


def _msmtprc(folder: Path, settings: ShopSettings, authority: Path | None = None) -> Path:
    options = {"timeout": 10, "tls_trust_file": str(authority)} if authority else {"timeout": 10}
    (file,) = rendered("msmtp", settings, {"tls_trust_file": "system", **options}).values()
    path = folder / "msmtprc"
    path.write_bytes(file.data)
    path.chmod(file.mode)
    return path


def _send(path: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Send a mail without From header as a program would, in an environment of nothing but PATH."""
    return subprocess.run(
        ["msmtp", "-C", str(path), *arguments, "clienta@cliente.es"],
        input="Subject: Pedido 1001\nTo: clienta@cliente.es\n\nGracias.\n",
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def _full_name(path: Path) -> list[str]:
    """Return the argument that names the sender, where this msmtp is too old for from_full_name."""
    version = subprocess.run(["msmtp", "--version"], capture_output=True, text=True, check=True).stdout
    numbers = tuple(int(part) for part in version.split()[2].split("."))
    if numbers >= (1, 8, 24):
        return []
    told = path.read_text(encoding="utf-8").partition("-F ")[2].partition("\n")[0]
    return ["-F", *shlex.split(told)]


def _sender(envelope: Envelope) -> Any:
    assert isinstance(envelope.content, bytes)
    message = email.message_from_bytes(envelope.content, policy=email.policy.default)
    (address,) = message["From"].addresses
    return address


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_mail_is_delivered_with_the_password_from_the_environment(
    tmp_path: Path, certificate: Certificate, security: str
) -> None:
    serve = _starttls if security == "starttls" else _implicit_tls
    with serve(certificate) as inbox:
        ports = Ports(None, None, None)._replace(**{security: inbox.port})
        path = _msmtprc(tmp_path, _shop(ports), certificate.authority)
        run = _send(path, *_full_name(path), SOL_SMTP_PASSWORD=PASSWORD)
    assert run.returncode == 0, run.stderr
    assert inbox.logins == [(USER, PASSWORD)]
    (envelope,) = inbox.mails
    assert envelope.mail_from == "pedidos@imprenta-sol.es"
    assert envelope.rcpt_tos == ["clienta@cliente.es"]
    sender = _sender(envelope)
    assert (sender.display_name, sender.addr_spec) == (NAME, "pedidos@imprenta-sol.es")


def test_tls_comes_before_starttls(tmp_path: Path, certificate: Certificate) -> None:
    with _implicit_tls(certificate) as inbox:
        path = _msmtprc(tmp_path, _shop(Ports(inbox.port, 1, None)), certificate.authority)
        run = _send(path, SOL_SMTP_PASSWORD=PASSWORD)
    assert run.returncode == 0, run.stderr
    assert len(inbox.mails) == 1


def test_a_server_without_a_trusted_certificate_is_told_nothing(
    tmp_path: Path, certificate: Certificate
) -> None:
    with _implicit_tls(certificate) as inbox:
        path = _msmtprc(tmp_path, _shop(Ports(inbox.port, None, None)))
        run = _send(path, SOL_SMTP_PASSWORD=PASSWORD)
    assert run.returncode != 0
    assert "TLS certificate verification failed" in run.stderr
    assert (inbox.logins, inbox.mails) == ([], [])


def test_a_server_that_offers_no_starttls_is_told_nothing(tmp_path: Path) -> None:
    with _server(auth_require_tls=False) as inbox:
        path = _msmtprc(tmp_path, _shop(Ports(None, inbox.port, None)))
        run = _send(path, SOL_SMTP_PASSWORD=PASSWORD)
    assert run.returncode != 0
    assert (inbox.logins, inbox.mails) == ([], [])


def test_without_its_variable_nothing_is_sent(tmp_path: Path, certificate: Certificate) -> None:
    with _starttls(certificate) as inbox:
        path = _msmtprc(tmp_path, _shop(Ports(None, inbox.port, None)), certificate.authority)
        run = _send(path)
    assert run.returncode != 0
    assert "printenv SOL_SMTP_PASSWORD" in run.stderr
    assert (inbox.logins, inbox.mails) == ([], [])


def test_the_password_may_lie_in_a_file_of_any_name(tmp_path: Path, certificate: Certificate) -> None:
    secret = tmp_path / "it's a $HOME; secret"
    secret.write_text(f"{PASSWORD}\n", encoding="utf-8")
    with _starttls(certificate) as inbox:
        settings = _shop(Ports(None, inbox.port, None), password=reference("file", file=str(secret)))
        run = _send(_msmtprc(tmp_path, settings, certificate.authority))
    assert run.returncode == 0, run.stderr
    assert inbox.logins == [(USER, PASSWORD)]


def test_the_user_may_be_a_reference_too(tmp_path: Path, certificate: Certificate) -> None:
    token = "x  'y' \"z\" $HOME"
    with _starttls(certificate) as inbox:
        settings = _shop(Ports(None, inbox.port, None), username=reference("env", env="SOL_SMTP_USER"))
        path = _msmtprc(tmp_path, settings, certificate.authority)
        run = _send(path, SOL_SMTP_PASSWORD=PASSWORD, SOL_SMTP_USER=token)
        failed = _send(path, SOL_SMTP_PASSWORD=PASSWORD)
    assert run.returncode == 0, run.stderr
    assert inbox.logins == [(token, PASSWORD)]
    assert failed.returncode != 0


def test_a_relay_that_knows_the_shop_asks_for_no_password(
    tmp_path: Path, certificate: Certificate
) -> None:
    with _server(
        tls_context=certificate.context(), require_starttls=True, auth_required=False, authenticator=None
    ) as inbox:
        settings = _shop(Ports(None, inbox.port, None), username=None, password=None)
        run = _send(_msmtprc(tmp_path, settings, certificate.authority))
    assert run.returncode == 0, run.stderr
    assert [envelope.mail_from for envelope in inbox.mails] == ["pedidos@imprenta-sol.es"]


def test_a_plain_port_on_loopback_takes_the_password(tmp_path: Path) -> None:
    with _server(auth_require_tls=False) as inbox:
        path = _msmtprc(tmp_path, _shop(Ports(None, None, inbox.port)))
        run = _send(path, SOL_SMTP_PASSWORD=PASSWORD)
    assert run.returncode == 0, run.stderr
    assert inbox.logins == [(USER, PASSWORD)]


def test_the_file_is_private_and_holds_no_password() -> None:
    (file,) = rendered("msmtp", _shop(Ports(465, None, None))).values()
    assert (file.path, file.mode) == ("shops/imprenta-sol/msmtprc", 0o600)
    assert b"\npassword " not in file.data


def test_international_names_are_written_as_dns_and_smtp_know_them(tmp_path: Path) -> None:
    settings = _shop(Ports(465, None, None), host="smtp.españa.es", email="pedidos@españa.es")
    text = _msmtprc(tmp_path, settings).read_text(encoding="utf-8")
    assert "\nhost smtp.xn--espaa-rta.es\n" in text
    assert "\nfrom pedidos@xn--espaa-rta.es\n" in text


@pytest.mark.parametrize(
    "kind",
    [
        reference("kubernetes", name="sol", key="password"),
        reference("external", store="vault", key="sol", property="password"),
        reference("vault", path="secret/sol", key="password"),
        reference("env", env="NOT A NAME; rm -rf /"),
        reference("sops"),
    ],
)
def test_a_reference_without_a_local_command_is_refused(kind: object) -> None:
    assert list(refused("msmtp", account(password=kind))) == ["/notifications/smtp/password"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"email": "pedidos+%U@imprenta-sol.es"}, "/notifications/email"),
        ({"email": "*@imprenta-sol.es"}, "/notifications/email"),
        ({"email": "josé@imprenta-sol.es"}, "/notifications/email"),
        ({"host": "smtp.\u2603..es"}, "/notifications/smtp/host"),
        ({"host": "smtp\nuser x"}, "/notifications/smtp/host"),
        ({"name": "Sol\r\nBcc: x@y.es"}, "/notifications/name"),
        ({"username": "a\x00b"}, "/notifications/smtp/username"),
        ({"name": "😀" * 100}, "/notifications/name"),
        ({"username": "ñ" * 300}, "/notifications/smtp/username"),
    ],
)
def test_what_msmtp_would_read_otherwise_is_refused(change: dict[str, Any], pointer: str) -> None:
    assert list(refused("msmtp", account(**change))) == [pointer]


@settings(max_examples=40)
@given(texts())
def test_msmtp_reads_any_user_name_back_or_it_is_refused(
    tmp_path_factory: pytest.TempPathFactory, username: str
) -> None:
    shop_with = _shop(Ports(465, None, None), username=username)
    if refused("msmtp", shop_with):
        return
    path = _msmtprc(tmp_path_factory.mktemp("msmtp"), shop_with)
    environment = {"PATH": "/usr/bin:/bin", "SOL_SMTP_PASSWORD": PASSWORD}
    run = subprocess.run(["msmtp", "-C", path, "-P"], env=environment, capture_output=True, check=True)
    told = [line for line in run.stdout.decode().split("\n") if line.startswith("user = ")]
    assert told == [f"user = {username}"]


@given(texts(max_size=100))
def test_a_display_name_survives_its_header(name: str) -> None:
    phrase = header_phrase(name)
    assert phrase.isascii()
    assert phrase.isprintable()
    if "=?" in phrase:
        words = decode_header(phrase)
        assert "".join(word.decode() for word, charset in words if charset == "utf-8") == name
        assert max(len(word) for word in phrase.split(" ")) <= 75
    # Python's parser takes repeated and outer spaces for layout even in encoded words, and shows the
    # space between two of them, which RFC 2047, section 6.2, hides.
    if name.isprintable() and " ".join(name.split()) == name and phrase.count("=?") <= 1:
        message = email.message_from_string(f"From: {phrase} <a@x.es>\n\n", policy=email.policy.default)
        (address,) = message["From"].addresses
        assert address.display_name == name
        assert not message["From"].defects


def test_ordinary_names_are_written_as_they_are() -> None:
    assert header_phrase("Imprenta Sol") == "Imprenta Sol"
    assert header_phrase("Sol, S.L.") == '"Sol, S.L."'
    assert shop().notifications.name == "Imprenta Sol"
