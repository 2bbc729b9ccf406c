"""``smtp/provider``: a known provider's server is used in another way than it works."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core import pointer as pointers
from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import Message, msg
from wakagitops.core.rule import Example, Finding, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.mail.address import judge
from wakagitops.mail.provider_advice import outgoing_server
from wakagitops.mail.providers import Provider, provider_of, provider_with_other_host
from wakagitops.mail.shop_addresses import SENDER
from wakagitops.rules._account_example import account_example
from wakagitops.settings.views import ShopView

_HOST = "/notifications/smtp/host"
_PORTS = "/notifications/smtp/ports"
_USERNAME = "/notifications/smtp/username"
_OTHER_RULES = frozenset({25, 80, 110, 143, 443, 993, 995})
"""Ports that ``smtp/not-submission-port`` judges."""
_PAIRS = {("tls", 587), ("starttls", 465)}
"""What ``smtp/port-security`` reports."""


def check(shop: ShopView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Compare host, ports and user with what is known of the host's provider."""
    del options
    host = shop.text(_HOST)
    if host is None:
        return
    provider = provider_of(host)
    if provider is not None:
        if provider.delivers:  # a test inbox is smtp/test-inbox's
            yield from _ports(shop, provider)
            yield from _user(shop, provider)
        return
    meant = provider_with_other_host(host)
    if meant is not None:
        yield Finding(
            _HOST,
            msg("{host} is not where {provider} takes mail", host=host, provider=meant.name),
            help=outgoing_server(meant, host, shop.mapping(_PORTS)),
        )


def _ports(shop: ShopView, provider: Provider) -> Iterator[Finding]:
    if not provider.knows_ports:
        return
    for security, port in shop.mapping(_PORTS).items():
        if security not in provider.ports or provider.offers(security, port):
            continue
        if (security, port) in _PAIRS or (port in _OTHER_RULES and not provider.has_port(port)):
            continue
        yield Finding(
            pointers.child(_PORTS, security),
            msg(
                "{provider} does not offer {security} on port {port}",
                provider=provider.name,
                security=security,
                port=port,
            ),
            help=msg("Write ports: {ports}.", ports=provider.ports_to_write),
        )


def _user(shop: ShopView, provider: Provider) -> Iterator[Finding]:
    """Compare the user's form; a user that may be a token is never shown."""
    username = shop.text(_USERNAME)
    if username is None:
        return
    form, _, word = provider.user.partition(":")
    if form == "address" and "@" not in username:
        yield Finding(
            _USERNAME,
            msg("at {provider} the user is a whole mail address", provider=provider.name),
            help=_address(shop),
        )
    elif form == "local-part" and "@" in username:
        yield Finding(
            _USERNAME,
            msg(
                "at {provider} the user is the part of the address before the @", provider=provider.name
            ),
            help=msg("Write username: {user}.", user=username.rpartition("@")[0]),
        )
    elif form == "exactly" and username != word:
        yield Finding(
            _USERNAME,
            msg("at {provider} the user is always {word}", provider=provider.name, word=word),
            help=msg("Write username: {word}; the key is the password.", word=word),
        )
    elif form == "token" and "@" in username:
        yield Finding(
            _USERNAME,
            msg("at {provider} the user is no mail address but a key", provider=provider.name),
            help=msg("Write the SMTP user that the provider's console shows, or a reference to it."),
        )


def _address(shop: ShopView) -> Message:
    sender = shop.text(SENDER)
    if sender is None or judge(sender).fault is not None:
        return msg("Write the account's whole mail address.")
    return msg("Write the account's address, such as {sender}.", sender=sender)


def _account(host: str, ports: str, user: str) -> Example:
    return account_example(host, user=user, ports=ports)


RULE = Rule(
    severity=Severity.WARNING,
    scope=Scope.SHOP,
    summary=msg("A known provider's server is used in another way than it works"),
    rationale=msg(
        "What a provider offers is known: which hosts take mail, on which ports, and what its users "
        "look like: an address, the name of a key, or one word for all customers, such as SendGrid's "
        "apikey. The facts are in a dated file with their sources, and providers change them, so it "
        "is a warning. What is not known of a provider is not judged."
    ),
    authority=("the providers' own pages and the Mozilla ISPDB, as named in mail/data/providers.json",),
    reads=(_HOST, _PORTS, _USERNAME),
    apart=True,
    check=check,
    bad=(
        _account("mail.google.com   # expect: smtp/provider", "{tls: 465}", "pedidos@imprenta-sol.es"),
        _account("ex3.mail.ovh.net", "{tls: 465}   # expect: smtp/provider", "pedidos@imprenta-sol.es"),
        _account("smtp.mail.me.com", "{tls: 465}   # expect: smtp/provider", "pedidos@imprenta-sol.es"),
        _account("smtp.sendgrid.net", "{starttls: 587}", "imprentasol   # expect: smtp/provider"),
        _account("smtp.ionos.es", "{tls: 465}", "pedidos   # expect: smtp/provider"),
    ),
    good=(
        _account("smtp.gmail.com", "{tls: 465, starttls: 587}", "pedidos@imprenta-sol.es"),
        _account("email-smtp.eu-west-1.amazonaws.com", "{tls: 2465}", "{env: IMPRENTA_SOL_SMTP_USER}"),
        _account("smtp.sendgrid.net", "{starttls: 2525}", "apikey"),
        _account("correo.imprenta-sol.es", "{tls: 1465}", "pedidos")._replace(
            why=msg("Nothing is known of this server, so nothing is judged.")
        ),
    ),
    turn_off=msg("When a provider has changed and the data has not; please report it."),
)
