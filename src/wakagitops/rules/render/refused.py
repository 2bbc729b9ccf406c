"""``render/refused``: a target cannot carry a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Finding, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.settings.views import ShopView


def check(shop: ShopView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Find nothing: ``render`` makes these findings, from the targets that it is asked for."""
    del shop, options
    yield from ()


RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.SHOP,
    summary=msg("A target cannot carry a value"),
    rationale=msg(
        "Each format has texts that it cannot hold: an env file no line break, a configuration of "
        "msmtp no reference to a Kubernetes Secret. To drop or bend such a value would configure a "
        "shop wrongly and in silence, so render stops before it writes anything and names the setting. "
        "Only the targets that wakagitops.toml names are asked, and validate asks none."
    ),
    check=check,
    upon="nothing",
    suppressible=False,
    turn_off=msg("It cannot be turned off; leave the target out of wakagitops.toml instead."),
)
