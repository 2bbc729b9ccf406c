"""``fleet/file-name``: a file's name does not fit its shop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import Message, msg
from wakagitops.core.patterns import regex
from wakagitops.core.rule import Example, Finding, Place, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.settings.shop_copies import originals_first
from wakagitops.settings.views import FleetView, ShopFacts

_ID = regex(r"[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?\Z")
"""A shop's id: a label of RFC 1123 of at most 50 characters."""


def check(fleet: FleetView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Compare each file's stem with its shop, and with the other names on a disk without case."""
    del options
    folded: dict[str, ShopFacts] = {}
    by_id = {facts.id: facts for facts in fleet.shops}
    for facts in originals_first(fleet.shops):
        if fleet.environments and not fleet.environment:
            yield Finding(
                "/shop",
                msg("this shop is in no environment"),
                help=msg(
                    "Move its file below the folder of one of them: {names}.",
                    names=", ".join(fleet.environments),
                ),
                shop=facts.path,
            )
        shop = facts.value("/shop")
        if isinstance(shop, str) and shop != facts.id:
            yield Finding(
                "/shop",
                msg("the shop is {shop}, and its file is named {stem}", shop=shop, stem=facts.id),
                help=_advice(shop, facts.id, by_id.get(shop)),
                shop=facts.path,
            )
        earlier = folded.setdefault(_folded_path(facts), facts)
        if earlier is not facts:
            yield Finding(
                "/shop",
                msg("this file's name and that of {path} differ only in case", path=earlier.path),
                help=msg("Rename one of them: on macOS and Windows they are the same file."),
                related=(Place("/shop", msg("the other file is here"), shop=earlier.path),),
                shop=facts.path,
            )


def _folded_path(facts: ShopFacts) -> str:
    return facts.path.casefold()


def _keys(facts: ShopFacts) -> Iterator[str]:
    yield _folded_path(facts)
    # The file that has the name already, which this one had better be given.
    yield from (name for name in (facts.id, facts.value("/shop")) if isinstance(name, str))


def _advice(shop: str, stem: str, other: ShopFacts | None) -> Message:
    if other is not None and _ID.match(stem):
        return msg("Write shop: {stem}, since {path} is there already.", stem=stem, path=other.path)
    if other is not None:
        return msg(
            "{path} is there already: give this shop an id of its own, and name the file after it.",
            path=other.path,
        )
    if _ID.match(stem):
        return msg("Rename the file to {shop}.yaml, or write shop: {stem}", shop=shop, stem=stem)
    return msg("Rename the file to {shop}.yaml", shop=shop)


RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.FLEET,
    summary=msg("A file's name does not fit its shop"),
    rationale=msg(
        "The file's stem is the shop's id: people and hooks find a shop by it. Names that differ only "
        "in case are one file on a disk that ignores case, and one of them is lost in a checkout."
    ),
    authority=("git core.ignoreCase",),
    reads=("/shop",),
    keys=_keys,
    check=check,
    bad=(
        Example({"imprenta-sol.yaml": "shop: imprenta-luna   # expect: fleet/file-name\n"}),
        Example(
            {
                "Imprenta-Sol.yaml": "shop: imprenta-sol   # expect: fleet/file-name\n",
            }
        ),
    ),
    good=(
        Example({"imprenta-sol.yaml": "shop: imprenta-sol\n"}),
        Example({"costa/imprenta-sol.yml": "shop: imprenta-sol\n"}),
    ),
    turn_off=msg("Never: rename the file."),
)
