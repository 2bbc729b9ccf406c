"""``smtp/plaintext``: mail and password cross the network unencrypted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, Option, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.mail.hosts import is_listed, is_loopback
from wakagitops.mail.providers import provider_of
from wakagitops.settings.views import ShopView

_PLAIN = "/notifications/smtp/ports/plain"
_HOST = "/notifications/smtp/host"


def check(shop: ShopView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Report a plain port, unless what it reaches never leaves the machine."""
    if shop.node(_PLAIN) is None:
        return
    host = shop.text(_HOST) or ""
    if is_loopback(host) or is_listed(host, options["allow"]):
        return
    if shop.node("/notifications/smtp/username") is not None:
        message = msg("a plain port sends the mail and the password unencrypted")
    else:
        message = msg("a plain port sends the mail unencrypted")
    provider = provider_of(host)
    if not shop.mapping("/notifications/smtp/ports").keys().isdisjoint(("tls", "starttls")):
        help_text = msg("Remove plain; the other port is encrypted.")
    elif provider is not None and provider.ports_to_write:
        help_text = msg("Write ports: {ports}.", ports=provider.ports_to_write)
    else:
        help_text = msg("Use the server's port with TLS, such as tls: 465 or starttls: 587.")
    yield Finding(
        _PLAIN,
        message,
        on="key",
        help=help_text,
        shared=msg("a plain port sends what passes it unencrypted"),
    )


_SMTP = """\
notifications:
  email: pedidos@imprenta-sol.es
  smtp:
    host: {host}
    ports:
      plain: {port}
"""
_BOTH = """\
notifications:
  email: pedidos@imprenta-sol.es
  smtp:
    host: smtp.imprenta-sol.es
    ports:
      tls: 465
      plain: 2525   # expect: smtp/plaintext
    username: pedidos@imprenta-sol.es
    password: {env: IMPRENTA_SOL_SMTP_PASSWORD}
"""


def _smtp(host: str, port: str) -> Example:
    return Example({"imprenta-sol.yaml": _SMTP.format(host=host, port=port)})


RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.SHOP,
    summary=msg("Mail and password cross the network unencrypted"),
    rationale=msg(
        "Whoever is on the way reads the password and the customers' orders. RFC 8314 declares "
        "unencrypted submission obsolete, and every provider offers TLS. Mail to this machine itself "
        "crosses no network."
    ),
    authority=("RFC 8314", "CWE-319, cleartext transmission of sensitive information"),
    reads=(_PLAIN, _HOST),
    apart=True,
    options=(
        Option(
            "allow",
            (),
            "texts",
            msg("Hosts that may be reached without encryption; *.name stands for all below a name."),
            looser="more",
        ),
    ),
    check=check,
    bad=(
        _smtp("smtp.imprenta-sol.es", "2525   # expect: smtp/plaintext"),
        Example({"imprenta-sol.yaml": _BOTH}),
    ),
    good=(
        _smtp("127.0.0.1", "25"),
        _smtp("localhost", "1025"),
        _smtp("relay.red.imprenta-sol.es", "2525")._replace(
            options={"allow": ["*.red.imprenta-sol.es"]},
            why=msg("A relay in the company's own network."),
        ),
    ),
    turn_off=msg(
        "Where all shops send through a relay in a network of their own; better allow that relay."
    ),
)
