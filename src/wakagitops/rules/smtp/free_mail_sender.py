"""``smtp/free-mail-sender``: mail from a free-mail address goes out through somebody else's server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, Place, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.mail.address import judge
from wakagitops.mail.domains import is_free_mail, is_own, same_provider
from wakagitops.mail.hosts import is_loopback
from wakagitops.mail.providers import provider_of, providers_of_sender
from wakagitops.mail.shop_addresses import SENDER
from wakagitops.settings.views import ShopView

_HOST = "/notifications/smtp/host"


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
    known = providers_of_sender(domain)
    if known:
        if provider_of(host) in known:
            return
        help_text = msg(
            "Send through {server}, or from an address at the shop's own domain.", server=known[0].host
        )
    elif is_free_mail(domain) and not same_provider(host, domain):
        help_text = msg(
            "Send through the provider's own server, or from an address at the shop's own domain."
        )
    else:
        return
    yield Finding(
        SENDER,
        msg("mail from {domain} goes out through {host}", domain=domain, host=host),
        help=help_text,
        related=(Place(_HOST, msg("the server is set here"), shop=shop.id),),
        shared=msg("mail from {domain} goes out through another server", domain=domain),
    )


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
        "the world to reject or quarantine the rest: to every receiver this is a forgery."
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
        _account("pedidos@imprenta-sol.es", "smtp.gmail.com", "web@imprenta-sol.es")._replace(
            why=msg("The shop's own domain at Google Workspace.")
        ),
    ),
    turn_off=msg("Never: such mail is not delivered."),
)
