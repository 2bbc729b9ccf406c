"""``smtp/free-mail-sender``: mail from a free-mail address goes out through somebody else's server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import Message, msg
from wakagitops.core.rule import Example, Finding, Place, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.mail.address import judge
from wakagitops.mail.domains import is_own
from wakagitops.mail.free_mail import Evidence, free_mail, sends_for
from wakagitops.mail.hosts import is_loopback
from wakagitops.mail.providers import as_of, providers_of_mailbox
from wakagitops.mail.shop_addresses import SENDER
from wakagitops.settings.views import ShopView

_HOST = "/notifications/smtp/host"
_USERNAME = "/notifications/smtp/username"


def check(shop: ShopView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Compare a free-mail sender's provider with whose server sends."""
    del options
    domain = judge(shop.text(SENDER) or "").domain.lower()
    host = shop.text(_HOST)
    if not domain or host is None or is_own(domain, shop.text("/url") or ""):
        return
    # What a relay on this machine does with the mail is not to be seen here.
    if is_loopback(host):
        return
    evidence = free_mail(domain)
    if evidence is None or sends_for(host, domain):
        return
    if evidence is Evidence.LISTED and _user_domain(shop) == domain:
        return  # the server has accounts of that domain, so it is no stranger's
    yield Finding(
        SENDER,
        msg("mail from {domain} goes out through {host}", domain=domain, host=host),
        help=_help(domain, evidence),
        related=(Place(_HOST, msg("the server is set here"), shop=shop.id),),
        shared=msg("mail from {domain} goes out through another server", domain=domain),
        severity=None if evidence is Evidence.KNOWN else Severity.WARNING,
    )


def _user_domain(shop: ShopView) -> str:
    return judge(shop.text(_USERNAME) or "").domain.lower()


def _help(domain: str, evidence: Evidence) -> Message:
    """Name the provider's server only where a shop can send through it."""
    providers = providers_of_mailbox(domain)
    for provider in providers:
        if provider.host and provider.takes_password(as_of()):
            return msg(
                "Send through {server}, or from an address at the shop's own domain.",
                server=provider.host,
            )
    if providers or evidence is Evidence.LISTED:
        return msg("Send from an address at the shop's own domain.")
    return msg("Send through the provider's own server, or from an address at the shop's own domain.")


_ACCOUNT = """\
notifications:
  email: {sender}
  smtp:
    host: {host}
    ports: {{starttls: 587}}
    username: {user}
    password: {{env: IMPRENTA_SOL_SMTP_PASSWORD}}
"""


def _account(sender: str, host: str, user: str) -> Example:
    return Example({"imprenta-sol.yaml": _ACCOUNT.format(sender=sender, host=host, user=user)})


RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.SHOP,
    summary=msg("Mail from a free-mail address goes out through somebody else's server"),
    rationale=msg(
        "Gmail, Yahoo, Outlook.com and others publish which servers send for their domains, and tell "
        "the world to reject or quarantine the rest: to every receiver this is a forgery. Where only a "
        "public list calls the domain free mail, it is a warning: such lists hold universities too."
    ),
    authority=("RFC 9989, DMARC policies of the free-mail providers", "Gmail's guidelines for senders"),
    reads=(SENDER, _HOST),
    check=check,
    bad=(
        _account(
            "imprentasol@gmail.com   # expect: smtp/free-mail-sender",
            "smtp.imprenta-sol.es",
            "web",
        ),
        _account(
            "imprentasol@hotmail.es   # expect: smtp/free-mail-sender",
            "smtp-relay.brevo.com",
            "web@imprenta-sol.es",
        ),
        _account(
            "imprentasol@telefonica.net   # expect: smtp/free-mail-sender",
            "smtp.imprenta-sol.es",
            "web",
        ),
    ),
    good=(
        _account("imprentasol@gmail.com", "smtp.gmail.com", "imprentasol@gmail.com"),
        _account("imprentasol@telefonica.net", "smtp.telefonica.net", "imprentasol@telefonica.net"),
        _account("pedidos@unican.es", "smtp.rotulos-norte.es", "web")._replace(
            why=msg("A university that public lists of free mail hold by mistake.")
        ),
        _account("pedidos@imprenta-sol.es", "smtp.gmail.com", "pedidos@imprenta-sol.es")._replace(
            why=msg("The shop's own domain at Google Workspace.")
        ),
    ),
    turn_off=msg("Never: such mail is not delivered."),
)
