"""``address/unknown-tld``: an address whose domain does not exist, or is a known mistyping."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import Message, msg
from wakagitops.core.rule import Example, Finding, Option, Rule, Scope
from wakagitops.mail.domains import ascii_form, is_known_ending, is_listed, is_own, special_use
from wakagitops.mail.shop_addresses import ADDRESSES, sound_addresses
from wakagitops.reading.views import ShopView

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
_MISTYPED_PROVIDERS = {
    "gamil.com": "gmail.com",
    "gmai.com": "gmail.com",
    "gmail.cm": "gmail.com",
    "gmail.om": "gmail.com",
    "gmailc.om": "gmail.com",
    "gmal.com": "gmail.com",
    "gmali.com": "gmail.com",
    "gmial.com": "gmail.com",
    "gmil.com": "gmail.com",
    "gnail.com": "gmail.com",
    "homail.com": "hotmail.com",
    "hotamil.com": "hotmail.com",
    "hotmai.com": "hotmail.com",
    "hotmail.cm": "hotmail.com",
    "hotmail.om": "hotmail.com",
    "hotmal.com": "hotmail.com",
    "hotmial.com": "hotmail.com",
    "hotnail.com": "hotmail.com",
    "htomail.com": "hotmail.com",
    "icloud.cm": "icloud.com",
    "icluod.com": "icloud.com",
    "iclould.com": "icloud.com",
    "outlok.com": "outlook.com",
    "outlook.cm": "outlook.com",
    "outloo.com": "outlook.com",
    "outloook.com": "outlook.com",
    "otlook.com": "outlook.com",
    "yaho.com": "yahoo.com",
    "yaho.es": "yahoo.es",
    "yahoo.cm": "yahoo.com",
    "yahooo.com": "yahoo.com",
    "yhaoo.com": "yahoo.com",
}
"""Domains that exist and that hardly anybody means: they live on mistyped mail."""


def check(shop: ShopView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Look up each domain's ending, and the domain among the mistypings."""
    for pointer, _, domain in sound_addresses(shop):
        name = ascii_form(domain) or domain
        meant = _MISTYPED_PROVIDERS.get(name)
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
    scope=Scope.SHOP,
    summary=msg("An address's domain cannot exist, or is a common mistyping"),
    rationale=msg(
        "Mail to a domain under an ending that nobody runs comes back; mail to a mistyped provider may "
        "be read by whoever registered that name. The endings are those of the Public Suffix List that "
        "is installed with wakagitops: no network is used, so an ending that is newer than the list is "
        "reported too, and the finding is a warning."
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
