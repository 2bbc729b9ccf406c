"""``smtp/port-security``: a port is set for the other kind of TLS than it speaks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core import pointer as pointers
from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import Message, msg
from wakagitops.core.rule import Example, Finding, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.mail.providers import Provider, provider_of
from wakagitops.settings.views import ShopView

_HOST = "/notifications/smtp/host"
_PORTS = "/notifications/smtp/ports"
_KINDS = ("tls", "starttls", "plain")
_SPEAKS = {465: "tls", 587: "starttls"}


def check(shop: ShopView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Compare the two ports that are registered for submission with how they are used."""
    del options
    ports = shop.mapping(_PORTS)
    provider = provider_of(shop.text(_HOST) or "")
    for security, port in ports.items():
        speaks = _speaks(security, port)
        if not speaks or (provider is not None and provider.offers(security, port)):
            continue
        if speaks == "tls":
            message = msg(
                "port 465 speaks TLS from its first byte, and {security} waits for a greeting",
                security=security,
            )
        else:
            message = msg("port 587 begins unencrypted, and tls waits for an encrypted answer")
        yield Finding(
            pointers.child(_PORTS, security), message, help=_help(ports, security, port, provider)
        )


def _speaks(security: str, port: object) -> str:
    """Return what a port speaks, where it is set for something else; empty where it is not."""
    if security not in _KINDS:
        return ""  # schema/unknown-key's, and what it is meant to say is for people to say
    speaks = _SPEAKS.get(port, "") if isinstance(port, int) else ""
    # 587 without encryption does answer; that it is unencrypted is smtp/plaintext's business.
    return "" if speaks == security or (security, port) == ("plain", 587) else speaks


def _help(
    ports: Mapping[str, object], security: str, port: object, provider: Provider | None
) -> Message:
    """Say what to write so that no port is named twice and the provider, where known, offers each."""
    speaks = _speaks(security, port)
    fits = provider is None or not provider.knows_ports or provider.offers(speaks, port)
    if fits and ports.get(speaks) == port:
        return msg(
            "Remove {security}: {port}; {speaks}: {port} is set already.",
            security=security,
            speaks=speaks,
            port=port,
        )
    if not fits and provider is not None:
        return msg("Write ports: {ports}.", ports=provider.ports_to_write)
    if len(ports) == 1:
        return msg("Write {speaks}: {port}.", speaks=speaks, port=port)
    numbers = {name: value for name, value in ports.items() if isinstance(value, int)}
    right = {
        name: value for name, value in numbers.items() if name != "plain" and not _speaks(name, value)
    }
    for name, value in numbers.items():
        if meant := _speaks(name, value):
            right.setdefault(meant, value)
    return msg(
        "Write ports: {ports}.",
        ports=f"{{{', '.join(f'{name}: {value}' for name, value in right.items())}}}",
    )


_SMTP = """\
notifications:
  email: pedidos@imprenta-sol.es
  smtp:
    host: {host}
    ports: {ports}
"""


def _ports(ports: str, host: str = "smtp.imprenta-sol.es") -> Example:
    return Example({"imprenta-sol.yaml": _SMTP.format(ports=ports, host=host)})


RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.SHOP,
    summary=msg("A port is set for the other kind of TLS than it speaks"),
    rationale=msg(
        "Port 465 is encrypted from its first byte (tls), port 587 begins in the clear and is then "
        "encrypted (starttls). With the wrong pair both sides wait for the other until a time-out, "
        "and no message says why. The two ports are registered, so they mean the same everywhere "
        "but at a provider that documents another use; other ports are the provider's choice, and not "
        "judged here."
    ),
    authority=("RFC 8314, section 3.3", "RFC 6409"),
    reads=(_PORTS, _HOST),
    apart=True,
    check=check,
    bad=(
        _ports("{starttls: 465}   # expect: smtp/port-security"),
        _ports(
            "\n      tls: 587        # expect: smtp/port-security"
            "\n      starttls: 465   # expect: smtp/port-security"
        ),
        _ports("\n      tls: 587        # expect: smtp/port-security\n      starttls: 587")._replace(
            why=msg("The other line says it already; only this one goes.")
        ),
    ),
    good=(
        _ports("{starttls: 587, tls: 465}"),
        _ports("{starttls: 2587, tls: 2465}"),
    ),
    turn_off=msg("Only for a server of your own that speaks implicit TLS on 587 or STARTTLS on 465."),
)
