"""``platform/version-gate``: a setting is newer than the shop's platform."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core import pointer as pointers
from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, Place, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.settings.platform_version import is_version, order
from wakagitops.settings.views import ShopView


def check(shop: ShopView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Compare each gated setting that is present with the version that introduced it."""
    del options
    version = shop.platform_version
    if version is None or not is_version(version):
        return
    runs = order(version)
    for pointer, since in shop.annotations.gated.items():
        if order(since) <= runs or shop.root.at(pointer) is None:
            continue
        yield (
            _assumed(shop, pointer, since, version)
            if shop.version
            else _set(shop, pointer, since, version)
        )


def _set(shop: ShopView, pointer: str, since: str, version: str) -> Finding:
    setting = pointers.dotted(pointer)
    return Finding(
        pointer,
        msg(
            "{setting} needs platform {since} or later, and this shop runs {version}",
            setting=setting,
            since=since,
            version=version,
        ),
        on="key",
        shared=msg("{setting} needs platform {since} or later", setting=setting, since=since),
        help=msg(
            "Remove {setting}, or raise platform_version once the shop is upgraded.",
            setting=setting,
        ),
        related=(
            Place("/platform_version", msg("{version} is set here", version=version), shop=shop.id),
        ),
    )


def _assumed(shop: ShopView, pointer: str, since: str, version: str) -> Finding:
    """Say what would be wrong on the platform version that ``--assume-version`` names."""
    setting = pointers.dotted(pointer)
    runs = shop.text("/platform_version")
    related: tuple[Place, ...] = ()
    if runs is not None:
        what = msg("{version} is set here, and {assumed} is assumed", version=runs, assumed=version)
        related = (Place("/platform_version", what, shop=shop.id),)
    return Finding(
        pointer,
        msg(
            "{setting} needs platform {since} or later, and {version} is assumed",
            setting=setting,
            since=since,
            version=version,
        ),
        on="key",
        help=msg("A shop that runs {version} ignores {setting}.", version=version, setting=setting),
        related=related,
    )


_BAD = """\
shop: imprenta-sol
platform_version: "3.28.0"
admin:
  recipients:            # expect: platform/version-gate
    - ventas@imprenta-sol.es
"""
_PRE_RELEASE = _BAD.replace("3.28.0", "3.28.1rc1")
_GOOD = """\
shop: imprenta-sol
platform_version: "3.28.1"
admin:
  recipients:
    - ventas@imprenta-sol.es
"""

RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.SHOP,
    summary=msg("A setting is newer than the shop's platform"),
    rationale=msg(
        "The platform ignores a setting that its version does not know, in silence: recipients "
        "that never get an order notice look configured. The schema says for each setting which "
        "version introduced it. Versions compare by their numbers, so 3.28.10 is later than "
        "3.28.1, and a pre-release such as 3.28.1rc1 is earlier than 3.28.1."
    ),
    authority=(
        "Wakaprint product manual: the addresses that are told of each order exist from V3.28.1 on",
        "PEP 440, order of versions",
    ),
    reads=("/platform_version",),
    check=check,
    bad=(
        Example({"imprenta-sol.yaml": _BAD}),
        Example({"imprenta-sol.yaml": _PRE_RELEASE}, why=msg("A pre-release comes before its release.")),
    ),
    good=(
        Example({"imprenta-sol.yaml": _GOOD}),
        Example({"imprenta-sol.yaml": _GOOD.replace("3.28.1", "V3.28.10")}),
    ),
    turn_off=msg("Never, unless the platform backports settings to older versions."),
)
