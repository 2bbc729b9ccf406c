"""``address/special-use-domain``: an address under a name that no mail reaches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, Option, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.mail.domains import is_listed, is_placeholder, special_use
from wakagitops.mail.shop_addresses import ADDRESSES, sound_addresses
from wakagitops.settings.views import ShopView


def check(shop: ShopView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Look up each address's domain among the reserved names."""
    for pointer, _, domain in sound_addresses(shop):
        name = special_use(domain)
        if name is None or is_listed(domain, options["allow"]):
            continue
        if is_placeholder(name):
            message = msg("{name} is the product manual's placeholder, not the shop's domain", name=name)
        else:
            message = msg("{name} is a reserved name, where no mail arrives", name=name)
        yield Finding(pointer, message, help=msg("Write an address at a domain of the shop's own."))


_BAD = """\
platform_version: "3.28.1"
contact: {email: contacto@dominio.com}    # expect: address/special-use-domain
admin:
  recipients:
    - ventas@example.com                  # expect: address/special-use-domain
    - taller@imprenta-sol.local           # expect: address/special-use-domain
    - pruebas@mail.test                   # expect: address/special-use-domain
    - gerencia@localhost                  # expect: address/special-use-domain
"""
_GOOD = """\
platform_version: "3.28.1"
contact: {email: contacto@midominio.com}
admin:
  recipients: [ventas@example.es, taller@imprenta-local.com]
"""
_ALLOWED = """\
contact: {email: contacto@imprenta-sol.example}
"""

RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.SHOP,
    summary=msg("An address lies under a reserved name, where no mail arrives"),
    rationale=msg(
        "Some names are reserved for examples, tests and private networks, so that no mail server on "
        "the internet ever answers for them: example.com, and whatever ends in test, example, invalid, "
        "localhost, local, internal, onion, alt or arpa. dominio.com is what the product manual writes "
        "for the shop's own domain; it belongs to somebody else, who would get the mail. Such an "
        "address is left over from a template."
    ),
    authority=(
        "RFC 2606, sections 2 and 3",
        "RFC 6761, section 6",
        "RFC 6762 (local), RFC 7686 (onion), RFC 8375 (home.arpa), RFC 9476 (alt)",
        "Wakaprint product manual: contacto@dominio.com as the example of a contact address",
    ),
    reads=ADDRESSES,
    apart=True,
    options=(
        Option(
            "allow",
            [],
            "texts",
            msg("Reserved domains that are meant, with everything below them, such as example."),
            looser="more",
        ),
    ),
    check=check,
    bad=(
        Example({"imprenta-sol.yaml": _BAD}),
        Example(
            {"imprenta-sol.yaml": _ALLOWED.rstrip() + "   # expect: address/special-use-domain\n"},
            options={"allow": ["imprenta-luna.example"]},
            why=msg("Another domain is allowed."),
        ),
    ),
    good=(
        Example(
            {"imprenta-sol.yaml": _GOOD},
            why=msg("Names that only look like reserved ones."),
        ),
        Example({"imprenta-sol.yaml": _ALLOWED}, options={"allow": ["example"]}),
    ),
    turn_off=msg("In a repository of samples or tests; better, list its domains in allow."),
)
