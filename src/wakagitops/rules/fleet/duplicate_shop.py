"""``fleet/duplicate-shop``: two files hold the same shop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, Place, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.settings.shop_copies import originals_first
from wakagitops.settings.views import FleetView, ShopFacts


def check(fleet: FleetView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Report each shop whose id another file has, which is earlier or named as its shop."""
    del options
    first: dict[str, ShopFacts] = {}
    for facts in originals_first(fleet.shops):
        for name in dict.fromkeys(_keys(facts)):
            earlier = first.setdefault(name, facts)
            if earlier is not facts:
                yield Finding(
                    "/shop",
                    msg("the shop {shop} exists already, in {path}", shop=name, path=earlier.path),
                    help=msg("Give each shop an id of its own, or delete the file that is not used."),
                    related=(Place("/shop", msg("the other file is here"), shop=earlier.path),),
                    shop=facts.path,
                )
                break


def _keys(facts: ShopFacts) -> Iterator[str]:
    yield from (name for name in (facts.id, facts.value("/shop")) if isinstance(name, str))


_OTHER = "shop: imprenta-sol\n"

RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.FLEET,
    summary=msg("Two files hold the same shop"),
    rationale=msg(
        "A shop's id names its files in the deployment, so two shops of one id overwrite each other. "
        "Where the repository has environments, ids are unique in each."
    ),
    authority=("Wakaprint product manual: each shop has its own settings",),
    reads=("/shop",),
    keys=_keys,
    alone=False,
    check=check,
    bad=(
        Example(
            {
                "costa/imprenta-sol.yaml": _OTHER,
                "norte/imprenta-sol.yaml": "shop: imprenta-sol   # expect: fleet/duplicate-shop\n",
            }
        ),
        Example(
            {
                "imprenta-sol.yaml": _OTHER,
                "imprenta-sol.yml": "shop: imprenta-sol   # expect: fleet/duplicate-shop\n",
            }
        ),
        Example(
            {
                "copia.yaml": "shop: imprenta-sol   # expect: fleet/duplicate-shop, fleet/file-name\n",
                "imprenta-sol.yaml": _OTHER,
            },
            why=msg("Of two files, the one that is named otherwise than its shop is the copy."),
        ),
    ),
    good=(
        Example(
            {"costa/imprenta-sol.yaml": _OTHER, "norte/rotulos-norte.yaml": "shop: rotulos-norte\n"}
        ),
        Example({"imprenta-sol.yaml": _OTHER}),
    ),
    turn_off=msg("Never: give the shop another id."),
)
