"""``schema/required``: a setting that every shop needs is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core import pointer as pointers
from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import Message, msg
from wakagitops.core.rule import Example, Finding, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.settings.views import ShopView


def check(shop: ShopView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Report each setting that no file of the chain makes.

    Each is a finding of its own, so that setting one of two does not turn the other into a new one.
    """
    del options
    missing = sorted(
        {
            pointers.child(item.pointer, item.key)
            for item in shop.violations
            if item.keyword in ("required", "dependentRequired")
        }
    )
    for pointer in missing:
        setting = pointers.dotted(pointer)
        yield Finding(
            pointer, msg("{setting} is missing", setting=setting), on="key", help=_advice(setting)
        )


def _advice(setting: str) -> Message:
    if setting in ("notifications.smtp.password", "notifications.smtp.username"):
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
    upon="violations",
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
