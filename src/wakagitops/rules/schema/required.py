"""``schema/required``: a setting that every shop needs is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wakagitops.core import pointer as pointers
from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import Message, counted, msg
from wakagitops.core.rule import Example, Finding, Rule, Scope
from wakagitops.reading.views import ShopView


def check(shop: ShopView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Report, for each mapping, the settings that no file of the chain makes."""
    del options
    missing: dict[str, list[str]] = {}
    for item in shop.violations:
        if item.keyword in ("required", "dependentRequired"):
            missing.setdefault(item.pointer, []).append(item.key)
    for pointer, keys in missing.items():
        names = sorted({pointers.dotted(pointers.child(pointer, key)) for key in keys})
        place = pointers.child(pointer, keys[0]) if len(keys) == 1 else pointer
        yield Finding(
            place,
            counted(
                "{settings} is missing",
                "{settings} are missing",
                len(names),
                settings=", ".join(names),
            ),
            on="key",
            help=_advice(names),
        )


def _advice(names: list[str]) -> Message:
    if names in (["notifications.smtp.password"], ["notifications.smtp.username"]):
        return msg("Write username and password together, or neither for a relay that needs no login.")
    return msg("Set it in the shop's file, or in a `_defaults.yaml` above it.")


_BAD = """\
notifications:
  email: pedidos@imprenta-sol.es
  smtp:                              # expect: schema/required
    host: smtp.imprenta-sol.es
"""
_LOGIN = """\
notifications:
  email: pedidos@imprenta-sol.es
  smtp:                              # expect: schema/required
    host: smtp.imprenta-sol.es
    ports: {tls: 465}
    username: pedidos@imprenta-sol.es
"""

RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.SHOP,
    summary=msg("A setting that every shop needs is missing"),
    rationale=msg(
        "Without these settings the platform cannot send a shop's mail or show its address. It does not "
        "matter which file of the chain sets them."
    ),
    authority=("Wakaprint product manual: mail accounts of a shop",),
    check=check,
    bad=(Example({"imprenta-sol.yaml": _BAD}), Example({"imprenta-sol.yaml": _LOGIN})),
    good=(
        Example(
            {
                "_defaults.yaml": "notifications:\n  smtp:\n    host: smtp.imprenta-sol.es\n"
                "    ports: {tls: 465}\n",
                "imprenta-sol.yaml": "notifications:\n  email: pedidos@imprenta-sol.es\n",
            },
            why=msg("What the shop does not set, it inherits."),
        ),
        Example({"imprenta-sol.yaml": "shop: imprenta-sol\n"}),
    ),
    turn_off=msg("Never: a shop without them cannot be rendered."),
)
