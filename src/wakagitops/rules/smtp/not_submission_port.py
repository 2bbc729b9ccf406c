"""``smtp/not-submission-port``: a port that mail is not submitted on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core import pointer as pointers
from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import Message, msg
from wakagitops.core.rule import Example, Finding, Option, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.mail.hosts import is_in_cluster, is_listed, is_loopback
from wakagitops.mail.providers import Provider, provider_of
from wakagitops.settings.views import ShopView

_PORTS = "/notifications/smtp/ports"
_HOST = "/notifications/smtp/host"
_OTHER_PROTOCOLS = {
    80: "HTTP",
    110: "POP3",
    143: "IMAP",
    443: "HTTPS",
    993: "IMAPS",
    995: "POP3S",
}
_RELAY = 25
_WEB = frozenset({80, 443})
"""Ports that some relays offer for networks that let nothing else out."""


def check(shop: ShopView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Look each port up among those that belong to something else."""
    ports = shop.mapping(_PORTS)
    if not any(port == _RELAY or port in _OTHER_PROTOCOLS for port in ports.values()):
        return
    host = shop.text(_HOST) or ""
    provider = provider_of(host)
    for security, port in ports.items():
        pointer = pointers.child(_PORTS, security)
        if provider is not None and provider.has_port(port):
            continue
        if port == _RELAY:
            if not (is_loopback(host) or is_in_cluster(host) or is_listed(host, options["allow"])):
                yield Finding(
                    pointer,
                    msg("port 25 is for mail between servers, and many networks block it"),
                    help=_help(provider),
                    severity=Severity.WARNING,
                )
        elif port in _OTHER_PROTOCOLS:
            is_known = provider is not None and provider.knows_ports
            yield Finding(
                pointer,
                msg(
                    "port {port} is for {protocol}, not for sending mail",
                    port=port,
                    protocol=_OTHER_PROTOCOLS[port],
                ),
                help=_help(provider),
                severity=Severity.WARNING if port in _WEB and not is_known else None,
            )


def _help(provider: Provider | None) -> Message:
    if provider is not None and provider.ports_to_write:
        return msg("Write ports: {ports}.", ports=provider.ports_to_write)
    return msg("Mail is sent on tls: 465 or starttls: 587.")


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
    summary=msg("A port that mail is not submitted on"),
    rationale=msg(
        "Ports of POP3, IMAP and the web are often copied from the wrong line of a provider's page, "
        "and no mail server listens there. Port 25 is where servers hand mail to each other; cloud and "
        "access providers block it, and what comes in there without a login is treated as suspect, so "
        "it is a warning. So are 80 and 443 at a server that is not known, since some relays offer "
        "them for networks that block all else. A relay on this machine or in its Kubernetes cluster "
        "is fine, and so is a port that a known provider documents."
    ),
    authority=("RFC 6409", "RFC 8314", "IANA service name and port number registry"),
    reads=(_PORTS, _HOST),
    apart=True,
    options=(
        Option(
            "allow",
            (),
            "texts",
            msg("Hosts that take mail on port 25; *.name stands for all below a name."),
            looser="more",
        ),
    ),
    check=check,
    bad=(
        _ports("{tls: 993}      # expect: smtp/not-submission-port"),
        _ports("\n      tls: 465\n      starttls: 25   # expect: smtp/not-submission-port"),
    ),
    good=(
        _ports("{tls: 443}", "mail.smtp2go.com"),
        _ports("{plain: 25}", "localhost"),
        _ports("{starttls: 25}", "relay.correo.svc.cluster.local"),
        _ports("{starttls: 80}", "in-v3.mailjet.com")._replace(
            why=msg("A port that the provider documents, for networks that block the others.")
        ),
        _ports("{starttls: 25}")._replace(
            options={"allow": ["smtp.imprenta-sol.es"]}, why=msg("A relay that listens nowhere else.")
        ),
    ),
    turn_off=msg("Where all shops send through internal relays on port 25; better allow those hosts."),
)
