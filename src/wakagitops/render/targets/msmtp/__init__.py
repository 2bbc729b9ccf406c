"""The target ``msmtp``: an ``msmtprc`` that sends as the shop; the password comes from a command."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from re import ASCII
from typing import Any

from wakagitops.core.errors import UsageError
from wakagitops.core.messages import msg
from wakagitops.core.patterns import regex
from wakagitops.core.rule import Option
from wakagitops.mail.display_name import header_phrase
from wakagitops.render.ascii_names import ascii_host
from wakagitops.render.escaping import UnfitTextError, msmtp_argument, shell_word
from wakagitops.render.files import PRIVATE_MODE, Refusal, RenderedFile, Target
from wakagitops.render.jinja import builtin_template
from wakagitops.render.refusals import sops_password, unfit_values
from wakagitops.settings.model import Reference, ShopSettings

_EMAIL, _NAME = "/notifications/email", "/notifications/name"
_HOST, _USERNAME = "/notifications/smtp/host", "/notifications/smtp/username"
_PASSWORD = "/notifications/smtp/password"  # noqa: S105 - a pointer
_MAX_LINE = 499
"""The longest line in bytes that msmtp reads; its buffer holds 500 with the line feed."""
_SETTING_OF_LINE = {
    "#": _NAME,
    "host": _HOST,
    "domain": _EMAIL,
    "from": _EMAIL,
    "user": _USERNAME,
    "passwordeval": _PASSWORD,
}
_VARIABLE = regex(r"[A-Za-z_][A-Za-z0-9_]*\Z", ASCII)
# msmtp takes a sender with one of the first three for a pattern, and %U and the like for a variable.
_NO_SENDER = "?*[%"


def _command(reference: Reference) -> str | None:
    """Return the shell command that prints a credential, or None where there is no local one."""
    name = reference.field(reference.kind)
    if reference.kind == "env" and _VARIABLE.match(name):
        # Unlike the shell's own "$NAME", printenv fails where the variable is not set.
        return f"printenv {name}"
    if reference.kind == "file":
        return f"cat {shell_word(f'./{name}' if name.startswith('-') else name)}"
    return None


def _sender(email: object) -> str:
    """Return the envelope sender as SMTP without extensions carries it (RFC 5321, section 4.1.2)."""
    local, _, domain = str(email).rpartition("@")
    if not local.isascii():
        raise UnfitTextError(msg("msmtp sends no address with letters outside ASCII before the @"))
    special = next((character for character in _NO_SENDER if character in local), None)
    if special:
        raise UnfitTextError(
            msg("msmtp gives {character} in a sender a meaning of its own", character=special)
        )
    return f"{local}@{ascii_host(domain)}"


def _refuse(settings: ShopSettings) -> Iterator[Refusal]:
    refused = [*sops_password(settings), *_refused_values(settings)]
    if not refused:
        for line in _text(settings, _DEFAULTS).splitlines():
            if len(line.encode()) > _MAX_LINE:
                word = line.partition(" ")[0]
                pointer = (
                    _USERNAME if line.startswith("eval user=") else _SETTING_OF_LINE.get(word, _NAME)
                )
                refused.append(
                    Refusal(
                        pointer, msg("msmtp reads no line longer than {limit} bytes", limit=_MAX_LINE)
                    )
                )
    # A value that stands on several lines is refused once.
    yield from dict.fromkeys(refused)


def _refused_values(settings: ShopSettings) -> Iterator[Refusal]:
    account = settings.notifications
    yield from unfit_values([(_HOST, account.host)], lambda host: msmtp_argument(ascii_host(host)))
    yield from unfit_values([(_EMAIL, account.email)], lambda email: msmtp_argument(_sender(email)))
    if account.name is not None:
        yield from unfit_values([(_NAME, account.name)], msmtp_argument)
    for pointer, credential in ((_USERNAME, account.username), (_PASSWORD, account.password)):
        if isinstance(credential, str):
            yield from unfit_values([(pointer, credential)], msmtp_argument)
        elif credential is not None and credential.kind != "sops":
            command = _command(credential)
            if command is None:
                yield Refusal(
                    pointer,
                    msg("msmtp asks a local command for this, and no command reads such a reference"),
                    msg("Use {env: NAME} or {file: /run/secrets/name}, or leave out the target msmtp."),
                )
            else:
                yield from unfit_values([(f"{pointer}/{credential.kind}", command)], msmtp_argument)


def _text(settings: ShopSettings, options: Mapping[str, Any]) -> str:
    account = settings.notifications
    sender = _sender(account.email)
    phrase = "" if account.name is None else header_phrase(account.name)
    security, port = account.ports.preferred
    username, password = account.username, account.password
    return builtin_template("msmtp/msmtprc.j2", "msmtp")(
        **options,
        account=settings.shop,
        host=ascii_host(account.host),
        port=port,
        security=security,
        sender=sender,
        domain=sender.rpartition("@")[2],
        phrase=phrase,
        full_name=f"from_full_name {msmtp_argument(phrase)}",
        user=None if isinstance(username, Reference) else username,
        user_command=_command(username) if isinstance(username, Reference) else None,
        password_command=None if password is None else _command(password),
    )


def _render(settings: ShopSettings, options: Mapping[str, Any]) -> Iterator[RenderedFile]:
    yield RenderedFile(
        f"shops/{settings.shop}/msmtprc",
        _text(settings, options).encode(),
        PRIVATE_MODE,
        settings.shop,
        "msmtp",
    )


def _configured(options: Mapping[str, Any]) -> Target:
    try:
        msmtp_argument(options["tls_trust_file"])
    except UnfitTextError as error:
        raise UsageError(error.message) from error
    return TARGET._replace(render=lambda settings: _render(settings, options))


_DEFAULTS = {"tls_trust_file": "system", "timeout": 30}

TARGET = Target(
    summary=msg(
        "A configuration with which msmtp sends as the shop; the password comes from a command."
    ),
    render=lambda settings: _render(settings, _DEFAULTS),
    refuse=_refuse,
    options=(
        Option(
            "tls_trust_file",
            _DEFAULTS["tls_trust_file"],
            "text",
            msg("The certificate authorities to trust: system, or a file of certificates in PEM form."),
            form=msg('"system" or the path of a file that begins with / or ~/'),
            pattern='system|(?:/|~/)[^\u0000-\u001f\u007f"]+',
        ),
        Option(
            "timeout",
            _DEFAULTS["timeout"],
            "integer",
            msg("How long to wait for the server, in seconds."),
            form=msg("a whole number of seconds from 1 to 3600"),
            bounds=(1, 3600),
        ),
    ),
    configure=_configured,
)
