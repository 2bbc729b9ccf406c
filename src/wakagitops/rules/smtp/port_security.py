"""``smtp/port-security``: a port is set for the other kind of TLS than it speaks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core import pointer as pointers
from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.settings.views import ShopView

_PORTS = "/notifications/smtp/ports"
_KINDS = ("tls", "starttls", "plain")
_SPEAKS = {465: "tls", 587: "starttls"}


def check(shop: ShopView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Compare the two ports that are registered for submission with how they are used."""
    del options
    for security, port in shop.mapping(_PORTS).items():
        if security not in _KINDS:
            continue  # schema/unknown-key's, and what it is meant to say is for people to say
        speaks = _SPEAKS.get(port) if isinstance(port, int) else None
        # 587 without encryption does answer; that it is unencrypted is smtp/plaintext's business.
        if speaks is None or speaks == security or (security, port) == ("plain", 587):
            continue
        if speaks == "tls":
            message = msg(
                "port 465 speaks TLS from its first byte, and {security} waits for a greeting",
                security=security,
            )
        else:
            message = msg("port 587 begins unencrypted, and tls waits for an encrypted answer")
        yield Finding(
            pointers.child(_PORTS, security),
            message,
            help=msg("Write {speaks}: {port}.", speaks=speaks, port=port),
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
        "and no message says why. The two ports are registered, so they mean the same everywhere; "
        "other ports are the provider's choice, and not judged here."
    ),
    authority=("RFC 8314, section 3.3", "RFC 6409"),
    reads=(_PORTS,),
    check=check,
    bad=(
        _ports("{starttls: 465}   # expect: smtp/port-security"),
        _ports(
            "\n      tls: 587        # expect: smtp/port-security"
            "\n      starttls: 465   # expect: smtp/port-security"
        ),
    ),
    good=(
        _ports("{starttls: 587, tls: 465}"),
        _ports("{starttls: 2587, tls: 2465}"),
    ),
    turn_off=msg("Only for a server of your own that speaks implicit TLS on 587 or STARTTLS on 465."),
)
