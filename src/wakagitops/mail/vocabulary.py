"""What other programs call the settings of a mail account, and the settings that they mean.

The names are those that nodemailer, Laravel, Symfony, PHPMailer, WP Mail SMTP, Django, Rails and forms
in Spanish use for an SMTP account. An unknown name costs nothing but better advice.
"""

from __future__ import annotations

import unicodedata

from wakagitops.core.patterns import regex
from wakagitops.mail.providers import provider_of

SMTP = "/notifications/smtp"
_HOST, _PORTS = f"{SMTP}/host", f"{SMTP}/ports"
_USERNAME, _PASSWORD = f"{SMTP}/username", f"{SMTP}/password"
_NAMES = {
    _HOST: "host hostname server servidor smtp_server smtp_host mail_host mail_server email_host"
    " servidor_smtp servidor_de_correo outgoing_server wpms_smtp_host",
    _PORTS: "port puerto smtp_port mail_port email_port puerto_smtp wpms_smtp_port",
    f"{_PORTS}#security": "security encryption secure ssl tls use_tls use_ssl starttls smtp_secure"
    " smtp_security smtp_encryption smtp_ssl smtp_tls enable_ssl enable_tls enable_starttls"
    " enable_starttls_auto require_tls mail_encryption email_use_tls email_use_ssl seguridad cifrado"
    " encriptacion connection_security wpms_ssl start_tls ssl_tls mail_scheme scheme smtp_auto_tls",
    _USERNAME: "username user login usuario user_name smtp_user smtp_username auth_user mail_user"
    " mail_username email_user email_host_user host_user cuenta nombre_de_usuario wpms_smtp_user",
    _PASSWORD: "password pass passwd pwd contrasena clave smtp_pass smtp_password auth_password"
    " mail_pass mail_password email_host_password host_password email_password wpms_smtp_pass",
    "/notifications/email": "from from_address from_email remitente sender sender_email mail_from"
    " mail_from_address default_from_email email_from smtp_from desde wpms_mail_from correo_remitente",
    "/notifications/name": "from_name sender_name mail_from_name nombre_remitente nombre display_name"
    " wpms_mail_from_name",
    "/contact/email": "correo contact_email email_de_contacto correo_de_contacto mail e_mail"
    " contact_address",
    "/admin/recipients": "to recipients destinatarios destinatario admin_recipients admins recipient"
    " notify mail_to admin_email admin_emails",
}
_MEANT = {name: place for place, names in _NAMES.items() for name in names.split()}
SECURITY = f"{_PORTS}#security"
"""How the connection is protected, which other programs set beside the port."""
_USELESS = frozenset(
    ("reply_to", "replyto", "responder_a", "smtp_auth", "auth_mode", "timeout", "mailer",
     "mail_mailer", "mail_driver", "driver", "protocol", "transport", "mail_reply_to")
)  # fmt: skip
_NO_LETTER = regex(r"[\s.-]+")
_HUMP = regex(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SMTP_KEYS = frozenset((_HOST, _PORTS, SECURITY, _USERNAME, _PASSWORD))
_IMPLICIT = frozenset(("ssl", "smtps", "implicit", "tls_wrapper", "ssl_tls"))
_UPGRADED = frozenset(("starttls", "start_tls", "explicit", "false", "none", "no", "off", "null", ""))
_REGISTERED = {465: "tls", 587: "starttls"}
_USUAL = {"tls": 465, "starttls": 587}


def folded(key: str) -> str:
    """Return a key in the form of our own: lower case, without accents, its words joined by ``_``."""
    decomposed = unicodedata.normalize("NFD", key)
    letters = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return _NO_LETTER.sub("_", _HUMP.sub("_", letters)).lower().strip("_")


def setting_meant(key: str, holder: str) -> str | None:
    """Return the pointer of the setting that another program's key means, ``SECURITY``, or None.

    Args:
        key: the key as written.
        holder: the pointer of the mapping that it stands in.
    """
    word = folded(key)
    place = _MEANT.get(word)
    if holder == "/contact" and word in ("from", "to", "address", "correo", "mail", "e_mail"):
        return "/contact/email"
    if holder == "/notifications" and place == "/contact/email":
        return "/notifications/email"
    if holder in (SMTP, f"{SMTP}/ports") and place in (*_SMTP_KEYS, "/notifications/email"):
        return place
    if holder == "/notifications" and place is not None:
        return place
    if holder == "/admin" and (place == "/admin/recipients" or word in ("email", "emails", "correos")):
        return "/admin/recipients"
    if holder == "":
        return SMTP if word in ("smtp", "mail", "mailer", "email_smtp") else place
    return place if holder in ("/admin", SMTP) else None


def is_useless(key: str) -> bool:
    """Return True for a key of other programs that sets nothing here, such as ``reply_to``."""
    return folded(key) in _USELESS


def ports_meant(port: object, security: tuple[tuple[str, object], ...], host: str) -> str | None:
    """Return the ``ports`` that a port and its security mean, as YAML; None where that is not clear.

    A provider's documented ports decide first, then the registered ones (RFC 8314, section 3.3),
    then the words: ``ssl`` is TLS from the start everywhere, ``tls`` often means STARTTLS.

    Args:
        port: the port's value as read, None where there is none.
        security: the other program's keys of security with their values.
        host: the SMTP host, or empty text.
    """
    number = _number(port)
    if port is not None and number is None:
        return None
    words = {_word(key, value) for key, value in security}
    kind = "tls" if "tls" in words else "starttls"
    if number is None:
        return f"{{{kind}: {_USUAL[kind]}}}" if words else None
    provider = provider_of(host) if host else None
    if provider is not None and provider.has_port(number):
        kind = next(name for name, ports in provider.ports.items() if number in ports)
    elif number in _REGISTERED:
        kind = _REGISTERED[number]
    elif not words:
        return None
    elif "either" in words and "tls" not in words:
        kind = "tls" if str(number).endswith(("465", "443")) else "starttls"
    return f"{{{kind}: {number}}}"


def _number(port: object) -> int | None:
    if isinstance(port, str) and port.isascii() and port.isdecimal():
        port = int(port[:6])
    is_port = isinstance(port, int) and not isinstance(port, bool) and 0 < port <= 65_535
    return port if is_port and isinstance(port, int) else None


def _word(key: str, value: object) -> str:
    """Return what a key of security says: ``tls``, ``starttls`` or ``either``."""
    name, said = folded(key), folded(str(value))
    is_on = said in ("true", "yes", "on", "1", "si")
    if said in _UPGRADED:
        return "starttls"
    if said in _IMPLICIT or (is_on and ("ssl" in name or name in ("secure", "smtp_secure"))):
        return "tls"
    return "starttls" if is_on and "start" in name else "either"
