"""``fleet/shared-contact``: two shops publish the same contact address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, Place, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.settings.shop_copies import originals_first
from wakagitops.settings.views import FleetView, ShopFacts


def check(fleet: FleetView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Report each contact address that several shops' own files set."""
    del options
    shops: dict[str, list[ShopFacts]] = {}
    for facts in originals_first(fleet.shops):
        for email in _keys(facts):
            shops.setdefault(email, []).append(facts)
    for sharing in shops.values():
        first, *others = sharing
        for facts in others:
            inherited = facts.place("/contact/email") == first.place("/contact/email")
            if inherited or facts.id == first.id:
                continue
            yield Finding(
                "/contact/email",
                msg("the shop {shop} has the same contact address", shop=first.id),
                help=msg("Fine for one inbox for several shops; else give each shop its own address."),
                related=(Place("/contact/email", msg("the same address is here"), shop=first.path),),
                shop=facts.path,
            )


def _keys(facts: ShopFacts) -> Iterator[str]:
    email = facts.value("/contact/email")
    if isinstance(email, str):
        yield email.casefold()


_ONE = "contact: {{email: contacto@{0}.es}}   {1}\n"

RULE = Rule(
    severity=Severity.NOTE,
    scope=Scope.FLEET,
    summary=msg("Two shops publish the same contact address"),
    rationale=msg(
        "One inbox for several shops may be meant, as with a holding. Often it is a copied file whose "
        "address was forgotten, and one shop's customers write to another."
    ),
    authority=("Wakaprint product manual: each shop has a contact address of its own",),
    reads=("/shop", "/contact/email"),
    keys=_keys,
    alone=False,
    check=check,
    bad=(
        Example(
            {
                "imprenta-sol.yaml": _ONE.format("imprenta-sol", ""),
                "rotulos-norte.yaml": _ONE.format("imprenta-sol", "# expect: fleet/shared-contact"),
            }
        ),
        Example(
            {
                "costa/imprenta-sol.yaml": _ONE.format("imprenta-sol", ""),
                "norte/imprenta-luna.yaml": _ONE.format(
                    "IMPRENTA-SOL", "# expect: fleet/shared-contact, address/not-canonical"
                ),
            },
            why=msg("Case does not matter."),
        ),
    ),
    good=(
        Example(
            {
                "_defaults.yaml": "contact: {email: contacto@operador-shops.es}\n",
                "imprenta-sol.yaml": "shop: imprenta-sol\ncontact: {publish: assembled}\n",
                "rotulos-norte.yaml": "shop: rotulos-norte\ncontact: {publish: assembled}\n",
            },
            why=msg("An address that shops inherit is shared on purpose."),
        ),
        Example({"imprenta-sol.yaml": _ONE.format("imprenta-sol", "")}),
    ),
    turn_off=msg("Where one team answers for all shops."),
)
