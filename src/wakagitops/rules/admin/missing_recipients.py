"""``admin/missing-recipients``: the platform could tell somebody of each order, and tells nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.mail.shop_addresses import RECIPIENTS
from wakagitops.settings.platform_version import is_version, order
from wakagitops.settings.views import ShopView

_VERSION = "/platform_version"
_ADMIN = "/admin"


def check(shop: ShopView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Look for recipients where the schema says that the platform knows them."""
    del options
    if shop.root.at(RECIPIENTS) is not None:
        return
    since = shop.annotations.gated.get(RECIPIENTS)
    version = shop.platform_version
    if since is None or version is None or not is_version(version) or order(version) < order(since):
        return
    message = msg(
        "the platform can tell people of every order from {since} on, and nobody is named", since=since
    )
    advice = msg("Name who is told under admin.recipients.")
    if shop.version is not None:
        message = msg(
            "platform {version}, which is assumed, can tell people of every order, and nobody is named",
            version=version,
        )
        advice = msg("Name who is told under admin.recipients once the shop runs {since}.", since=since)
    place = _ADMIN if shop.root.at(_ADMIN) is not None else _VERSION
    yield Finding(place, message, on="key", help=advice)


_BAD = """\
shop: imprenta-sol
platform_version: "3.28.1"   # expect: admin/missing-recipients
"""
_EMPTY = """\
platform_version: "V3.30.0"
admin: {}   # expect: admin/missing-recipients
"""
_GOOD = """\
platform_version: "3.28.1"
admin: {recipients: [ventas@imprenta-sol.es]}
"""

RULE = Rule(
    severity=Severity.NOTE,
    scope=Scope.SHOP,
    summary=msg("Nobody is told of the shop's orders, though the platform could"),
    rationale=msg(
        "From version 3.28.1 on the platform tells the admin recipients of every completed purchase. "
        "After an upgrade it is easily forgotten to name them. The version comes from the schema, "
        "which knows when each setting was introduced."
    ),
    authority=(
        "Wakaprint product manual: the addresses that are told of each order exist from V3.28.1 on",
    ),
    reads=(_VERSION, RECIPIENTS),
    check=check,
    bad=(
        Example({"imprenta-sol.yaml": _BAD}),
        Example({"imprenta-sol.yaml": _EMPTY}),
    ),
    good=(
        Example({"imprenta-sol.yaml": _GOOD}),
        Example(
            {"imprenta-sol.yaml": 'platform_version: "3.28"\n'},
            why=msg("A platform that knows no recipients yet: 3.28 is 3.28.0."),
        ),
        Example(
            {
                "_defaults.yaml": "admin: {recipients: [ventas@grupo-levante.es]}\n",
                "imprenta-sol.yaml": 'platform_version: "3.28.1"\n',
            },
            why=msg("Recipients that the shop inherits."),
        ),
    ),
    turn_off=msg("Where orders reach people by another way, such as an ERP that collects them."),
)
