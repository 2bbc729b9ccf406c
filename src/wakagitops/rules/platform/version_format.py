"""``platform/version-format``: the platform version is no version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.settings.platform_version import is_version
from wakagitops.settings.views import ShopView


def check(shop: ShopView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Report a platform version that is none."""
    del options
    version = shop.text("/platform_version")
    if version is not None and not is_version(version):
        yield Finding(
            "/platform_version",
            msg("this is no platform version"),
            help=msg(
                'Write it as the panel shows it, such as "3.28.1" or "V3.28.1"; a pre-release is '
                '"3.28.1rc1".'
            ),
        )


RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.SHOP,
    summary=msg("platform_version is no version"),
    rationale=msg(
        "Which settings a shop may use depends on its version, so it must be one that can be compared: "
        "numbers with dots, and an optional a, b or rc with a number."
    ),
    authority=("Wakaprint product manual: versions are written V3.28.1", "PEP 440"),
    reads=("/platform_version",),
    check=check,
    bad=(
        Example(
            {"imprenta-sol.yaml": 'platform_version: "3.28.x"   # expect: platform/version-format\n'}
        ),
        Example({"imprenta-sol.yaml": "platform_version: latest   # expect: platform/version-format\n"}),
    ),
    good=(
        Example({"imprenta-sol.yaml": "platform_version: V3.27.4\n"}),
        Example({"imprenta-sol.yaml": 'platform_version: "3.28.1-rc1"\n'}),
    ),
    turn_off=msg("Never: without a version no setting can be gated."),
)
