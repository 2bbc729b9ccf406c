"""``smtp/sign-in``: the provider takes no password, or will take none from a day on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Later, Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, Option, Place, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.mail.address import judge
from wakagitops.mail.domains import is_listed
from wakagitops.mail.provider_advice import NO_PASSWORD
from wakagitops.mail.providers import (
    Provider,
    as_of,
    owner_of,
    provider_with_incoming_host,
    providers_of_mailbox,
)
from wakagitops.mail.shop_addresses import SENDER
from wakagitops.rules._account_example import account_example
from wakagitops.settings.views import ShopView

_HOST = "/notifications/smtp/host"
_USERNAME = "/notifications/smtp/username"


def check(shop: ShopView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Look up until when the host's provider takes the password that the shop signs in with."""
    host = shop.text(_HOST)
    if host is None or shop.node(_USERNAME) is None or provider_with_incoming_host(host) is not None:
        return
    username = shop.text(_USERNAME) or ""
    provider = _judging(host, username)
    if provider is None:
        return
    if provider.refuses_passwords:
        yield _refused(provider, shop)
        return
    account = judge(username).domain or judge(shop.text(SENDER) or "").domain
    if account and is_listed(account, options["enabled"]):
        return
    yield _off_by_default(provider, shop, is_new=bool(account) and is_listed(account, options["new"]))


def _judging(host: str, username: str) -> Provider | None:
    """Return the provider whose date counts: the account's own, where it is one of the host's kin."""
    owner = owner_of(host)
    if owner is None or not owner.password_ends:
        return None
    for provider in providers_of_mailbox(judge(username).domain.lower()):
        if provider.password_ends and provider.family == owner.family:
            return provider
    return owner


def _refused(provider: Provider, shop: ShopView) -> Finding:
    return Finding(
        _HOST,
        msg(
            "{provider} will take no password from {day} on, only OAuth 2.0",
            provider=provider.name,
            day=provider.password_ends,
        ),
        help=NO_PASSWORD,
        related=(Place(_USERNAME, msg("the account is set here"), shop=shop.id),),
        severity=Severity.WARNING,
        later=Later(
            provider.password_ends,
            as_of(),
            Severity.ERROR,
            msg(
                "{provider} has taken no password since {day}, only OAuth 2.0",
                provider=provider.name,
                day=provider.password_ends,
            ),
            NO_PASSWORD,
        ),
    )


def _off_by_default(provider: Provider, shop: ShopView, *, is_new: bool) -> Finding:
    return Finding(
        _HOST,
        msg(
            "{provider} turns sign-in with a password off on {day}, unless an administrator keeps it on",
            provider=provider.name,
            day=provider.password_ends,
        ),
        help=msg(
            "Ask the administrator to keep SMTP AUTH with a password on, or prepare to send through a "
            "relay service. Organisations created later have no sign-in with a password."
        ),
        related=(Place(_USERNAME, msg("the account is set here"), shop=shop.id),),
        severity=Severity.ERROR if is_new else Severity.NOTE,
        later=Later(
            provider.password_ends,
            as_of(),
            Severity.ERROR if is_new else Severity.WARNING,
            msg(
                "{provider} has had sign-in with a password off since {day}, unless an administrator "
                "turned it on",
                provider=provider.name,
                day=provider.password_ends,
            ),
            msg(
                "Send through a relay service. Where the administrator has turned SMTP AUTH with a "
                "password on, list the account's domain in the option enabled."
            ),
        ),
    )


def _account(sender: str, host: str, user: str) -> Example:
    return account_example(host, sender=sender, user=user, ports="{starttls: 587}")


RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.SHOP,
    summary=msg("The provider takes no password, or will soon take none"),
    rationale=msg(
        "A shop signs in with a password, and some providers accept only OAuth 2.0. Outlook.com, "
        "Hotmail and Live have refused every password since 2024-09-16 (535 5.7.139). Microsoft 365 "
        "turns passwords for SMTP AUTH off at the end of December 2026; an administrator can turn them "
        "on again, except in organisations created later (550 5.7.30). Before its day a fact is a "
        "warning, or a note where an administrator decides; from its day on it is an error, or a "
        "warning there. The day is judged in UTC or by --today. `render` judges by the day of the "
        "data, so that the same settings give the same deployment on any day."
    ),
    authority=(
        "Microsoft, Modern authentication methods for Outlook.com, in force 2024-09-16",
        "Exchange Team Blog, 2026-01-27, SMTP AUTH basic authentication timeline",
    ),
    reads=(_HOST, _USERNAME),
    options=(
        Option(
            "enabled",
            (),
            "texts",
            msg("Domains of accounts whose administrator keeps sign-in with a password on."),
            looser="more",
        ),
        Option(
            "new",
            (),
            "texts",
            msg("Domains of accounts in organisations created after that day: there it is an error."),
            looser="less",
        ),
    ),
    check=check,
    bad=(
        _account(
            "imprentasol@hotmail.es",
            "smtp-mail.outlook.com   # expect: smtp/sign-in",
            "imprentasol@hotmail.es",
        ),
        _account(
            "imprentasol@outlook.com",
            "smtp.office365.com   # expect: smtp/sign-in",
            "imprentasol@outlook.com",
        ),
        _account(
            "pedidos@imprenta-sol.es",
            "smtp.office365.com   # expect: smtp/sign-in",
            "pedidos@imprenta-sol.es",
        ),
    ),
    good=(
        _account("imprentasol@gmail.com", "smtp.gmail.com", "imprentasol@gmail.com")._replace(
            why=msg("Gmail takes an app password.")
        ),
        _account("pedidos@imprenta-sol.es", "smtp.office365.com", "pedidos@imprenta-sol.es")._replace(
            options={"enabled": ["imprenta-sol.es"]}
        ),
    ),
    turn_off=msg("Where something between the shop and the provider speaks OAuth 2.0 for it."),
)
