"""``smtp/sender``: the account that signs in is not the mailbox that the mail says it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, Option, Place, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.mail.address import judge
from wakagitops.mail.domains import same_organisation
from wakagitops.mail.mailboxes import mailbox
from wakagitops.mail.providers import provider_of
from wakagitops.mail.shop_addresses import SENDER
from wakagitops.rules._account_example import account_example
from wakagitops.settings.views import ShopView

_HOST = "/notifications/smtp/host"
_USERNAME = "/notifications/smtp/username"


def check(shop: ShopView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Compare the user's mailbox with the sender's, where the provider insists on one's own."""
    provider = provider_of(shop.text(_HOST) or "")
    if provider is None or provider.sender != "own-mailbox":
        return
    username, sender = shop.text(_USERNAME) or "", shop.text(SENDER) or ""
    user_box, sender_box = mailbox(username), mailbox(sender)
    if user_box is None or sender_box is None or user_box == sender_box:
        return
    if not same_organisation(judge(username).domain, judge(sender).domain):
        return  # smtp/sender-domain reports what is graver
    if sender_box in {mailbox(alias) for alias in options["aliases"]}:
        return
    yield Finding(
        SENDER,
        msg(
            "at {provider}, {user} may send as {sender} only where that is an alias or a permission of "
            "it",
            provider=provider.name,
            user=username,
            sender=sender,
        ),
        help=msg(
            "Write email: {user}, or sign in as {sender}, or set up an alias or Send As.",
            user=username,
            sender=sender,
        ),
        related=(Place(_USERNAME, msg("the account is set here"), shop=shop.id),),
        shared=msg(
            "at {provider}, an account may send as {sender} only where that is an alias or a "
            "permission of it",
            provider=provider.name,
            sender=sender,
        ),
    )


def _account(sender: str, host: str, user: str, ports: str = "{starttls: 587}") -> Example:
    return account_example(host, sender=sender, user=user, ports=ports)


RULE = Rule(
    severity=Severity.NOTE,
    scope=Scope.SHOP,
    summary=msg("The account is not the mailbox that the mail says it comes from"),
    rationale=msg(
        "Mailbox providers let an account send as itself and its aliases. Exchange refuses others with "
        "SendAsDenied after the whole message, Postfix with 553, and Gmail puts its own sender in "
        "place. Whether an alias or a permission exists cannot be seen in the settings, so it is a "
        "note. Only providers that are known to insist on it are judged, and never a relay service."
    ),
    authority=(
        "Exchange, SendAsDenied (5.2.252)",
        "Postfix, reject_authenticated_sender_login_mismatch",
        "the providers' own pages, as named in mail/data/providers.json",
    ),
    reads=(SENDER, _USERNAME, _HOST),
    options=(
        Option(
            "aliases",
            (),
            "texts",
            msg("Sender addresses that are set up as aliases or as Send As."),
            looser="more",
        ),
    ),
    check=check,
    bad=(
        _account(
            "tienda@imprenta-sol.es   # expect: smtp/sender",
            "smtp.gmail.com",
            "jefe.taller@imprenta-sol.es",
        ),
        _account(
            "tienda@imprenta-sol.es   # expect: smtp/sender",
            "ex3.mail.ovh.net",
            "jefe.taller@imprenta-sol.es",
        ),
    ),
    good=(
        _account("pedidos@imprenta-sol.es", "smtp.gmail.com", "Pedidos@imprenta-sol.es"),
        _account("tienda@imprenta-sol.es", "smtp.imprenta-sol.es", "web@imprenta-sol.es")._replace(
            why=msg("Nothing is known of this server.")
        ),
        _account("tienda@imprenta-sol.es", "smtp-relay.brevo.com", "9a0b1c001@smtp-brevo.com"),
        _account("tienda@imprenta-sol.es", "smtp.gmail.com", "web@imprenta-sol.es")._replace(
            options={"aliases": ["tienda@imprenta-sol.es"]}
        ),
    ),
    turn_off=msg("Where accounts are set up to send as others; or list these senders in aliases."),
)
