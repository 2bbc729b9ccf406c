"""``contact/role-account``: the public contact address is a person's, or of an unknown role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import Message, msg
from wakagitops.core.rule import Example, Finding, Option, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.mail.address import judge
from wakagitops.mail.domains import is_own, unicode_label
from wakagitops.mail.names import Kind, kind_of
from wakagitops.mail.shop_addresses import CONTACT
from wakagitops.settings.views import ShopView

_GENERIC_LABELS = frozenset({"co", "com", "correo", "edu", "gob", "mail", "net", "nom", "org", "www"})
"""Labels of a domain that say nothing of whose it is."""


def check(shop: ShopView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Say whose account the contact address is."""
    verdict = judge(shop.text(CONTACT) or "")
    if verdict.fault is not None:
        return
    accounts, addresses = _allowed(options["accounts"])
    if addresses and f"{verdict.local}@{verdict.domain}".casefold() in addresses:
        return
    kind = kind_of(verdict.local, _names(shop, verdict.domain), accounts)
    if kind is Kind.PERSON:
        yield _finding(
            shop,
            msg(
                "{account}@ looks like a person's account, and everybody sees the contact address",
                account=verdict.local,
            ),
            options,
        )
    elif kind is Kind.UNKNOWN and options["unknown"] != "off":
        yield _finding(
            shop, msg("{account}@ is no role account that is known", account=verdict.local), options
        )._replace(severity=Severity(options["unknown"]))


def _finding(shop: ShopView, message: Message, options: Mapping[str, Any]) -> Finding:
    verdict = judge(shop.text(CONTACT) or "")
    host = _host(shop).removeprefix("www.")
    domain = verdict.domain if is_own(verdict.domain, shop.text("/url") or "") or not host else host
    account = verdict.local.partition("+")[0] or verdict.local
    accounts = ", ".join(f'"{name}"' for name in (*options["accounts"], account))
    return Finding(
        CONTACT,
        message,
        help=msg(
            "Publish a role's account, such as contacto@{domain}. If this is one here, write in "
            'wakagitops.toml under [rules."contact/role-account"]: accounts = [{accounts}]',
            domain=domain,
            accounts=accounts,
        ),
    )


def _allowed(accounts: tuple[str, ...]) -> tuple[tuple[str, ...], frozenset[str]]:
    """Split the option into account names and whole addresses."""
    if not any("@" in account for account in accounts):
        return accounts, frozenset()
    names = tuple(account for account in accounts if "@" not in account)
    return names, frozenset(account.casefold() for account in accounts if "@" in account)


def _names(shop: ShopView, domain: str) -> Iterator[str]:
    """Yield what the shop is called: by its id, its domains and as a sender."""
    yield shop.id
    yield shop.text("/shop") or ""
    yield from _labels(domain)
    yield from _labels(_host(shop))
    yield shop.text("/notifications/name") or ""


def _host(shop: ShopView) -> str:
    url = shop.text("/url") or ""
    return url.partition("://")[2].partition("/")[0].partition(":")[0]


def _labels(domain: str) -> Iterator[str]:
    """Yield the labels of a domain that name somebody."""
    for label in domain.lower().split(".")[:-1]:
        if label not in _GENERIC_LABELS:
            yield unicode_label(label)


def _contact(line: str) -> Example:
    return Example({"imprenta-sol.yaml": f"contact:\n  email: {line}\n"})


_BY_THE_OWN_NAME = """\
shop: imprenta-carmen
url: https://www.imprenta-carmen.es
contact:
  email: carmen@imprenta-carmen.es
notifications:
  email: pedidos@imprenta-carmen.es
  name: Imprenta Carmen
  smtp: {host: smtp.imprenta-carmen.es, ports: {tls: 465}}
"""

RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.SHOP,
    summary=msg("The contact address is a person's, or of an unknown role"),
    rationale=msg(
        "The contact address is public, and what is public draws spam. A person's account published "
        "there cannot be given up when the spam comes or the person leaves, and a name is personal "
        "data. The product manual advises an account of its own, such as contacto@dominio.com. "
        "Names are known from lists, and compared without case, accents, separators, digits and "
        "+tag; the shop's own words, in its id, its domain or its sender name, are fine."
    ),
    authority=(
        "Wakaprint product manual: the contact address is public, a dedicated account is recommended",
        "RFC 2142, mailbox names for common services, roles and functions",
    ),
    reads=(CONTACT,),
    options=(
        Option(
            "accounts",
            (),
            "texts",
            msg(
                "More role accounts, as the part before the @. With an @ it is one address, which is "
                "accepted whatever it looks like."
            ),
            looser="more",
        ),
        Option(
            "unknown",
            "warning",
            "text",
            msg("How severe an account is that is neither a known role nor a person's."),
            ("error", "warning", "note", "off"),
            looser="more",
        ),
    ),
    check=check,
    bad=(
        _contact("maria.lopez@imprenta-sol.es   # expect: contact/role-account"),
        _contact("jgarcia@imprenta-sol.es       # expect: contact/role-account"),
        _contact("Jose-Luis+web@imprenta-sol.es # expect: contact/role-account"),
        _contact("rosario@imprenta-sol.es       # expect: contact/role-account")._replace(
            why=msg("A name that a town or a quarter has too, and so a branch: a warning.")
        ),
        _contact("zaguan@imprenta-sol.es     # expect: contact/role-account")._replace(
            why=msg("Neither a known role nor a name: a warning, and the line to paste.")
        ),
    ),
    good=(
        _contact("contacto@imprenta-sol.es"),
        _contact("cotizar@imprenta-sol.es"),
        _contact("tienda-madrid@imprenta-sol.es")._replace(why=msg("A role with a suffix.")),
        _contact("imprentasol@imprenta-sol.es")._replace(why=msg("The domain's own words.")),
        Example(
            {"imprenta-carmen.yaml": _BY_THE_OWN_NAME},
            why=msg("A shop that is named after a person."),
        ),
        _contact("zaguan-bcn@imprenta-sol.es")._replace(
            options={"accounts": ["zaguan"]}, why=msg('With accounts = ["zaguan"].')
        ),
    ),
    turn_off=msg(
        "Where shops are one-person businesses that want to be written to by name; to accept single "
        "accounts, use the option accounts."
    ),
)
