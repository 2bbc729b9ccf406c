"""``address/unknown-tld``: an address whose domain does not exist, or is a known mistyping."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import Message, msg
from wakagitops.core.rule import Example, Finding, Option, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.mail.domains import (
    ascii_form,
    is_known_ending,
    is_listed,
    is_own,
    special_use,
)
from wakagitops.mail.free_mail import disposable
from wakagitops.mail.mistypings import mistyped_provider
from wakagitops.mail.shop_addresses import ADDRESSES, CONTACT, sound_addresses
from wakagitops.settings.views import ShopView

_MISTYPED_ENDINGS = {
    "calt": "cat",
    "cmo": "com",
    "coim": "com",
    "comm": "com",
    "con": "com",
    "cpm": "com",
    "ocm": "com",
    "vom": "com",
    "xom": "com",
    "e": "es",
    "ess": "es",
    "ea": "es",
    "rs.es": "es",
    "nte": "net",
    "ner": "net",
    "nett": "net",
    "ogr": "org",
    "orgg": "org",
    "rog": "org",
    "inof": "info",
}


def check(shop: ShopView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Look up each domain's ending, and the domain among the mistypings."""
    for pointer, _, domain in sound_addresses(shop):
        name = ascii_form(domain) or domain
        meant = mistyped_provider(name)
        if meant is None and is_known_ending(name):
            continue
        if special_use(name) is not None or is_listed(name, options["allow"]):
            continue
        if meant is None:
            ending = name.rpartition(".")[2]
            yield Finding(
                pointer,
                msg("no domain ends in .{ending}", ending=ending),
                help=_suggestion(name, ending),
            )
        elif not is_own(name, shop.text("/url") or ""):
            yield Finding(
                pointer,
                msg("{domain} is how {meant} is often mistyped", domain=name, meant=meant),
                help=msg("Write {meant} if that is meant.", meant=meant),
                # Then contact/disposable-domain has no more to say, and this is as grave.
                severity=Severity.ERROR if pointer == CONTACT and disposable(name) else None,
            )


def _suggestion(name: str, ending: str) -> Message:
    meant = _MISTYPED_ENDINGS.get(ending)
    if meant is None:
        return msg("Check the domain. Is it newer than the installed public suffix list? Then allow it.")
    base = name.removesuffix(ending)
    return msg("Write {meant} if that is meant.", meant=f"{base}{meant}")


_BAD = """\
platform_version: "3.28.1"
contact: {email: contacto@imprenta-sol.con}    # expect: address/unknown-tld
admin:
  recipients:
    - ventas@imprenta-sol.e                    # expect: address/unknown-tld
    - taller@imprenta.lan                      # expect: address/unknown-tld
"""
_MISTYPED = """\
platform_version: "3.28.1"
admin:
  recipients:
    - imprentasol@gmial.com                    # expect: address/unknown-tld
    - imprentasol@hotmial.com                  # expect: address/unknown-tld
"""
_GOOD = """\
platform_version: "3.28.1"
contact: {email: contacto@imprenta-sol.barcelona}
admin:
  recipients:
    - ventas@imprenta-sol.tienda
    - taller@imprenta-sol.com.es
    - almacen@почта.рф
"""

RULE = Rule(
    severity=Severity.WARNING,
    worst=Severity.ERROR,
    scope=Scope.SHOP,
    summary=msg("An address's domain cannot exist, or is a common mistyping"),
    rationale=msg(
        "Mail to a domain under an ending that nobody runs comes back; mail to a mistyped provider "
        "may be read by whoever registered that name: for a contact address that is an error where "
        "the name is known to hand out throw-away addresses. The endings are those of the Public "
        "Suffix List that is installed with wakagitops: no network is used, so an ending that is "
        "newer than the list is reported too, and such a finding is a warning."
    ),
    authority=(
        "Public Suffix List (publicsuffix.org), as packaged in publicsuffixlist",
        "RFC 5321, section 2.3.5: only resolvable domain names are used",
    ),
    reads=(*ADDRESSES, "/url"),
    apart=True,
    options=(
        Option(
            "allow",
            [],
            "texts",
            msg("Domains or endings that are meant, with everything below them, such as lan."),
            looser="more",
        ),
    ),
    check=check,
    bad=(Example({"imprenta-sol.yaml": _BAD}), Example({"imprenta-sol.yaml": _MISTYPED})),
    good=(
        Example(
            {"imprenta-sol.yaml": _GOOD},
            why=msg("Long, regional and Cyrillic endings exist."),
        ),
        Example(
            {
                "imprenta-sol.yaml": 'platform_version: "3.28.1"\n'
                "admin: {recipients: [taller@imprenta.lan]}\n"
            },
            options={"allow": ["lan"]},
        ),
    ),
    turn_off=msg("Where mail stays inside a network with endings of its own; better, allow those."),
)
