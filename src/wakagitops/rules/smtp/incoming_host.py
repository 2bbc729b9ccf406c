"""``smtp/incoming-host``: the SMTP host is one that mail is read from, or that only receives it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, Option, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.mail.hosts import is_in_cluster, is_listed
from wakagitops.mail.provider_advice import outgoing_server
from wakagitops.mail.providers import (
    is_named_for_reading,
    owner_of,
    provider_of,
    provider_with_incoming_host,
)
from wakagitops.rules._account_example import ADDRESS, account_example
from wakagitops.settings.views import ShopView

_HOST = "/notifications/smtp/host"
_PORTS = "/notifications/smtp/ports"
_USERNAME = "/notifications/smtp/username"


def check(shop: ShopView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Look the host up among those that take no mail from applications."""
    host = shop.text(_HOST)
    if host is None or is_listed(host, options["allow"]) or is_in_cluster(host):
        return
    provider = provider_with_incoming_host(host)
    if provider is not None:
        yield Finding(
            _HOST,
            msg(
                "{provider} hands out or receives mail at {host}, and sends none there",
                provider=provider.name,
                host=host,
            ),
            help=outgoing_server(provider, host, shop.mapping(_PORTS)),
        )
        return
    known = provider_of(host)
    if known is not None:
        if known.user == "none" and shop.node(_USERNAME) is not None:
            yield Finding(
                _HOST,
                msg("{host} receives mail from other servers, and takes no sign-in", host=host),
                help=msg(
                    "Write the host that the provider names for sending, or remove username and "
                    "password where a connector lets this network send."
                ),
            )
    elif is_named_for_reading(host) and owner_of(host) is None:
        yield Finding(
            _HOST,
            msg("{host} is named like a server that mail is read from", host=host),
            help=msg("Write the host that the provider names for outgoing mail (SMTP)."),
            severity=Severity.WARNING,
        )


def _account(host: str, user: str = ADDRESS, ports: str = "{tls: 465}") -> Example:
    return account_example(host, user=user, ports=ports)


_CONNECTOR = """\
notifications:
  email: pedidos@imprenta-sol.es
  smtp:
    host: imprentasol-es.mail.protection.outlook.com
    ports: {starttls: 25}
"""

RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.SHOP,
    summary=msg("The SMTP host is one that mail is read from or received at"),
    rationale=msg(
        "Providers list the hosts for IMAP and POP3 beside the one for SMTP, and the wrong line is "
        "easily copied; a mail exchanger (MX) takes mail for its own domains from other servers, "
        "without sign-in. Both refuse an application's mail, so no customer gets any. At a known "
        "provider it is an error. A host of an unknown provider that only has such a name, as "
        "imap.imprenta-sol.es has, is a warning, since one machine may do everything."
    ),
    authority=(
        "the providers' own pages and the Mozilla ISPDB, as named in mail/data/providers.json",
        "RFC 5321, section 5, mail exchangers",
        "RFC 6409, section 3, message submission",
    ),
    reads=(_HOST,),
    options=(
        Option(
            "allow",
            (),
            "texts",
            msg("Hosts that do take mail; *.name stands for all below a name."),
            looser="more",
        ),
    ),
    check=check,
    bad=(
        _account("imap.gmail.com            # expect: smtp/incoming-host"),
        _account("pop.ionos.es              # expect: smtp/incoming-host"),
        _account("mx.serviciodecorreo.es    # expect: smtp/incoming-host"),
        _account(
            "imprentasol-es.mail.protection.outlook.com   # expect: smtp/incoming-host",
            ports="{starttls: 25}",
        ),
        _account("imap.imprenta-sol.es      # expect: smtp/incoming-host"),
    ),
    good=(
        _account("smtp.ionos.es"),
        _account("mail.gandi.net")._replace(why=msg("One host for reading and for sending.")),
        Example(
            {"imprenta-sol.yaml": _CONNECTOR},
            why=msg("A Microsoft 365 connector, which lets a network send without sign-in."),
        ),
        _account("imap.imprenta-sol.es")._replace(options={"allow": ["imap.imprenta-sol.es"]}),
    ),
    turn_off=msg("Never; allow the hosts that do take mail."),
)
