"""``admin/too-many-recipients``: a list of recipients that has outgrown a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, Option, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.mail.shop_addresses import RECIPIENTS
from wakagitops.settings.views import ShopView


def check(shop: ShopView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Count the recipients."""
    node = shop.node(RECIPIENTS)
    if node is None or not isinstance(node.items, list):
        return
    count, maximum = len(node.items), options["maximum"]
    if count > maximum:
        yield Finding(
            RECIPIENTS,
            msg(
                "{count} recipients are told of every order; at most {maximum} is sensible",
                count=count,
                maximum=maximum,
            ),
            on="key",
            help=msg("Name one distribution list, and keep its members where people come and go."),
        )


def _recipients(count: int, mark: str = "") -> Example:
    items = "".join(f"    - taller{number}@imprenta-sol.es\n" for number in range(1, count + 1))
    text = f'platform_version: "3.28.1"\nadmin:\n  recipients:{mark}\n{items}'
    return Example({"imprenta-sol.yaml": text})


_MARK = "   # expect: admin/too-many-recipients"

RULE = Rule(
    severity=Severity.WARNING,
    scope=Scope.SHOP,
    summary=msg("More recipients than a list is good for"),
    rationale=msg(
        "Every order sends one mail to each of them, and providers limit how many recipients an "
        "account may write to in an hour. Long lists also outlive their people: nobody takes out who "
        "has left. A distribution list at the mail server does both better."
    ),
    authority=("RFC 5321, section 4.5.3.1.8, recipients that a server has to take",),
    reads=(RECIPIENTS,),
    options=(Option("maximum", 10, "integer", msg("How many recipients are fine."), looser="more"),),
    check=check,
    bad=(
        _recipients(11, _MARK),
        _recipients(4, _MARK)._replace(options={"maximum": 3}, why=msg("With maximum = 3.")),
    ),
    good=(
        _recipients(10),
        _recipients(12)._replace(options={"maximum": 20}, why=msg("With maximum = 20.")),
    ),
    turn_off=msg("Where the mail server has no distribution lists; or raise maximum."),
)
