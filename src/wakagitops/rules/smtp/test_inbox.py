"""``smtp/test-inbox``: the shop's mail goes to a test inbox, or comes from a test address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import Message, msg
from wakagitops.core.rule import Example, Finding, Option, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.mail.address import judge
from wakagitops.mail.hosts import is_in_cluster, is_listed
from wakagitops.mail.providers import provider_of, provider_of_test_sender
from wakagitops.mail.shop_addresses import SENDER
from wakagitops.rules._account_example import ADDRESS, account_example
from wakagitops.settings.views import ShopView

_HOST = "/notifications/smtp/host"
_PORTS = "/notifications/smtp/ports"
_CATCHERS = frozenset(
    {"fakesmtp", "greenmail", "inbucket", "mailcatcher", "maildev", "mailhog", "mailpit", "smtp4dev"}
)
"""Programs that keep all mail to themselves, by the names that containers of them usually have."""
_FOR_TESTS = ("dev", "development", "local", "pre", "pruebas", "qa", "staging", "test", "testing")
"""Usual names of environments whose shops have no customers."""


def check(shop: ShopView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Look the host up among test inboxes, and the sender among test addresses."""
    if shop.environment in options["environments"]:
        return
    host = shop.text(_HOST)
    if host is not None and not is_listed(host, options["allow"]):
        yield from _host(host, shop.mapping(_PORTS))
    domain = judge(shop.text(SENDER) or "").domain.lower()
    owner = (
        provider_of_test_sender(domain) if domain and not is_listed(domain, options["allow"]) else None
    )
    if owner is not None:
        yield Finding(
            SENDER,
            msg(
                "{domain} is a test domain of {provider}: its mail does not reach customers",
                domain=domain,
                provider=owner.name,
            ),
            help=msg(
                "Send from an address at the shop's own domain, and verify that domain at {provider}.",
                provider=owner.name,
            ),
        )


def _host(host: str, ports: Mapping[str, object]) -> Iterator[Finding]:
    provider = provider_of(host)
    if provider is not None:
        if not provider.delivers:
            yield Finding(
                _HOST,
                msg("{host} is a test inbox: it delivers mail to nobody", host=host),
                help=_help(provider.instead, ports),
            )
        return
    name, _, rest = host.lower().removesuffix(".").partition(".")
    if name in _CATCHERS and (not rest or is_in_cluster(host)):
        yield Finding(
            _HOST,
            msg("{host} is named like a program that keeps mail for tests and delivers none", host=host),
            help=msg("Write the host of a server or relay that delivers."),
            severity=Severity.WARNING,
        )


def _help(server: str, ports: Mapping[str, object]) -> Message:
    delivering = provider_of(server)
    if delivering is None:
        return msg("Write the host of a server or relay that delivers.")
    if all(delivering.offers(*item) for item in ports.items()):
        return msg("Write host: {server}, with that service's user and password.", server=server)
    return msg(
        "Write host: {server}, and ports: {ports}, with that service's user and password.",
        server=server,
        ports=delivering.ports_to_write,
    )


def _account(
    host: str, sender: str = ADDRESS, user: str = "web", ports: str = "{starttls: 587}"
) -> Example:
    return account_example(host, sender=sender, user=user, ports=ports)


RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.SHOP,
    summary=msg("The shop's mail goes to a test inbox or comes from a test address"),
    rationale=msg(
        "A test inbox accepts every mail and shows it to the developer; a test address of a relay "
        "reaches only the account's owner or the recipients that the account lists. Settings copied "
        "from development look fine, every mail is accepted, and no customer gets one. A host that is "
        "only named like such a program, as containers are, is a warning. "
        "Shops of environments for tests are left out."
    ),
    authority=("the services' own pages, as named in mail/data/providers.json",),
    reads=(_HOST, SENDER),
    apart=True,
    options=(
        Option(
            "allow",
            (),
            "texts",
            msg(
                "Hosts and sender domains that are meant, as in a test fleet; *.name stands for all "
                "below."
            ),
            looser="more",
        ),
        Option(
            "environments",
            _FOR_TESTS,
            "texts",
            msg("Environments whose shops have no customers, by the names in wakagitops.toml."),
            looser="more",
        ),
    ),
    check=check,
    bad=(
        _account("sandbox.smtp.mailtrap.io   # expect: smtp/test-inbox"),
        _account("smtp.ethereal.email        # expect: smtp/test-inbox"),
        _account("mailpit                    # expect: smtp/test-inbox"),
        _account("smtp.resend.com", "onboarding@resend.dev   # expect: smtp/test-inbox", "resend"),
        _account(
            "smtp.mailgun.org",
            "pedidos@sandbox1a2b3c.mailgun.org   # expect: smtp/test-inbox",
            "postmaster@sandbox1a2b3c.mailgun.org",
        ),
    ),
    good=(
        _account("live.smtp.mailtrap.io", user="smtp@mailtrap.io"),
        _account("smtp.resend.com", user="resend"),
        _account("mailpit")._replace(options={"allow": ["mailpit"]}, why=msg("A test fleet.")),
    ),
    turn_off=msg("In folders of test shops, by per_path_ignores; or allow the inbox that they use."),
)
