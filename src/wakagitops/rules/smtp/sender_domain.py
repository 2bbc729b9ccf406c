"""``smtp/sender-domain``: the sender's domain is not the one of the account that sends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, Place, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.mail.address import judge
from wakagitops.mail.domains import same_organisation
from wakagitops.mail.hosts import is_loopback
from wakagitops.mail.providers import provider_of
from wakagitops.mail.shop_addresses import SENDER
from wakagitops.settings.views import ShopView

_USERNAME = "/notifications/smtp/username"
_HOST = "/notifications/smtp/host"
_TENANT = ".onmicrosoft.com"
"""Every Microsoft 365 organisation has a domain below this one beside its own."""


def check(shop: ShopView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Compare the two domains by who registered them."""
    del options
    username = shop.text(_USERNAME)
    sender = judge(shop.text(SENDER) or "")
    if username is None or "@" not in username or not sender.domain:
        return
    user = judge(username)
    if not user.domain or _is_one(user.domain.lower(), sender.domain.lower()):
        return
    host = shop.text(_HOST) or ""
    provider = provider_of(host)
    if (provider is not None and provider.kind != "mailbox") or is_loopback(host):
        return
    if user.domain.lower().endswith(_TENANT) or same_organisation(user.domain, sender.domain):
        return
    # A server that is not known and not the sender's own may be a relay, which sends for any domain.
    may_relay = provider is None and not same_organisation(host, sender.domain)
    yield Finding(
        _USERNAME,
        msg(
            "an account of {user} sends mail that says it comes from {sender}",
            user=user.domain,
            sender=sender.domain,
        ),
        help=msg(
            "Sign in with an account of the sender's domain, or send from an address of the account's "
            "domain; or make sure that the provider lets this account send as the other."
        ),
        related=(Place(SENDER, msg("the sender is set here"), shop=shop.id),),
        shared=msg(
            "an account of {user} sends mail that says it comes from elsewhere", user=user.domain
        ),
        severity=Severity.NOTE if may_relay else None,
    )


def _is_one(user: str, sender: str) -> bool:
    """Tell whether two domains are one, or one is below the other; no list is needed to see that."""
    return user == sender or user.endswith(f".{sender}") or sender.endswith(f".{user}")


_ACCOUNT = """\
notifications:
  email: {sender}
  smtp:
    host: {host}
    ports: {{tls: 465}}
    username: {user}
    password: {{env: IMPRENTA_SOL_SMTP_PASSWORD}}
"""


def _account(sender: str, user: str, host: str = "smtp.imprenta-sol.es") -> Example:
    return Example({"imprenta-sol.yaml": _ACCOUNT.format(sender=sender, user=user, host=host)})


RULE = Rule(
    severity=Severity.WARNING,
    scope=Scope.SHOP,
    summary=msg("The sender's domain is not the one of the account that sends"),
    rationale=msg(
        "Mailbox providers refuse such mail or write their own sender over it, and where they let it "
        "pass, the sender's domain has not authorised it, so that DMARC fails and the order "
        "confirmation lands in spam. Domains are compared by who registered them, so a subdomain is "
        "fine. Relay services, whose users are no mailboxes, are left out. A server that is not known "
        "may be one, so there it is a note. The contact address may be of any domain."
    ),
    authority=(
        "RFC 9989, DMARC identifier alignment",
        "Wakaprint product manual: the notification account is independent of the contact address",
    ),
    reads=(_USERNAME, SENDER),
    check=check,
    bad=(
        _account("pedidos@imprenta-sol.es", "pedidos@rotulos-norte.es   # expect: smtp/sender-domain"),
        _account(
            "pedidos@imprenta-sol.es",
            "imprentasol@gmail.com   # expect: smtp/sender-domain",
            "smtp.gmail.com",
        ),
    ),
    good=(
        _account("pedidos@mail.imprenta-sol.com.es", "web@imprenta-sol.com.es"),
        _account("pedidos@imprenta-sol.es", "sol-web")._replace(why=msg("A user that is no address.")),
        _account("pedidos@imprenta-sol.es", "web@grupo-levante.es", "smtp-relay.brevo.com")._replace(
            why=msg("A relay service; its users are accounts with the service.")
        ),
        _account("pedidos@imprenta-sol.es", "sol@grupo-levante.es", "smtp.mandrillapp.com")._replace(
            why=msg("Any user name of the account does at this relay.")
        ),
        _account("pedidos@imprenta-sol.es", "{env: IMPRENTA_SOL_SMTP_USER}"),
    ),
    turn_off=msg("Where accounts of one domain are set up to send for many."),
)
