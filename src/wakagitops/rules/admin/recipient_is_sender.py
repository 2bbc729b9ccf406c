"""``admin/recipient-is-sender``: order notices go to the account that sends them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, Place, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.mail.mailboxes import mailbox
from wakagitops.mail.shop_addresses import RECIPIENTS, SENDER
from wakagitops.settings.views import ShopView


def check(shop: ShopView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Compare each recipient's mailbox with the sender's."""
    del options
    recipients = shop.texts(RECIPIENTS)
    if not recipients:
        return
    sender = mailbox(shop.text(SENDER) or "")
    if sender is None:
        return
    for pointer, text in recipients:
        if mailbox(text) == sender:
            yield Finding(
                pointer,
                msg("the account that sends the notifications receives the order notices too"),
                help=msg("Send the notices to an account that somebody reads."),
                related=(Place(SENDER, msg("the notifications come from here"), shop=shop.id),),
            )


_BAD = """\
platform_version: "3.28.1"
admin:
  recipients:
    - ventas@imprenta-sol.es
    - {address}   # expect: admin/recipient-is-sender
"""
_GOOD = """\
platform_version: "3.28.1"
admin:
  recipients: [{address}]
"""

RULE = Rule(
    severity=Severity.WARNING,
    scope=Scope.SHOP,
    summary=msg("Order notices go to the account that sends them"),
    rationale=msg(
        "Bounces and automatic answers come back to the sender; when it also receives the notices, it "
        "answers itself, a loop that fills mailboxes and gets the account blocked. And the sending "
        "account is usually read by nobody."
    ),
    authority=("RFC 3834, automatic responses to mail",),
    reads=(RECIPIENTS, SENDER),
    check=check,
    bad=(
        Example({"imprenta-sol.yaml": _BAD.format(address="pedidos@imprenta-sol.es")}),
        Example({"imprenta-sol.yaml": _BAD.format(address="pedidos+avisos@imprenta-sol.es")}),
    ),
    good=(
        Example({"imprenta-sol.yaml": _GOOD.format(address="ventas@imprenta-sol.es")}),
        Example(
            {"imprenta-sol.yaml": _GOOD.format(address="pedidos@grupo-levante.es")},
            why=msg("The same name at another domain."),
        ),
    ),
    turn_off=msg(
        "Where the sending account is read, answers nothing by itself and filters its own mail."
    ),
)
