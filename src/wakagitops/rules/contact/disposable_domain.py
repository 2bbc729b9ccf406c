"""``contact/disposable-domain``: the contact address is at a provider of throw-away addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, Option, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.mail.address import judge
from wakagitops.mail.domains import is_own, is_within
from wakagitops.mail.free_mail import Evidence, disposable
from wakagitops.mail.mistypings import mistyped_provider
from wakagitops.mail.shop_addresses import CONTACT
from wakagitops.settings.views import ShopView


def check(shop: ShopView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Look the contact's domain up, unless it is the shop's own."""
    domain = judge(shop.text(CONTACT) or "").domain.lower()
    if not domain or is_own(domain, shop.text("/url") or "") or mistyped_provider(domain):
        # Of gmial.com it helps more to hear which name was meant: address/unknown-tld says so.
        return
    evidence = disposable(domain)
    if evidence is None or is_within(domain, {name.lower() for name in options["allow"]}):
        return
    if evidence is Evidence.KNOWN:
        message, severity = msg("{domain} hands out throw-away addresses", domain=domain), None
    else:
        message = msg("a public list says that {domain} hands out throw-away addresses", domain=domain)
        severity = Severity.WARNING
    yield Finding(
        CONTACT,
        message,
        help=msg("Use an address at the shop's own domain, which stays."),
        severity=severity,
    )


_BAD = "contact:\n  email: contacto@{domain}   # expect: contact/disposable-domain\n"

RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.SHOP,
    summary=msg("The contact address is at a provider of throw-away addresses"),
    rationale=msg(
        "Such a mailbox lives for minutes or days, and often anybody can read it: what customers write "
        "there, with their data, is lost or public. It usually comes from a test. Well-known services "
        "are an error; a domain that only a public list names is a warning, since such lists hold "
        "mistakes."
    ),
    authority=(
        "the services' own pages",
        "the list of the Python package disposable-email-domains",
    ),
    reads=(CONTACT,),
    options=(
        Option(
            "allow",
            (),
            "texts",
            msg("Domains that are on the list by mistake; those below them too."),
            looser="more",
        ),
    ),
    check=check,
    bad=(
        Example({"imprenta-sol.yaml": _BAD.format(domain="mailinator.com")}),
        Example(
            {"imprenta-sol.yaml": _BAD.format(domain="sol.yopmail.com")},
            why=msg("The service has the domain above."),
        ),
        Example(
            {"imprenta-sol.yaml": _BAD.format(domain="0815.ru")},
            why=msg("Only the list names this domain, so it is a warning."),
        ),
    ),
    good=(
        Example({"imprenta-sol.yaml": "contact:\n  email: contacto@imprenta-sol.com\n"}),
        Example(
            {"imprenta-sol.yaml": "contact:\n  email: contacto@mailinator.com\n"},
            why=msg("With the domain allowed."),
            options={"allow": ["mailinator.com"]},
        ),
    ),
    turn_off=msg("Never for real shops; for test fleets, allow the domains that they use."),
)
