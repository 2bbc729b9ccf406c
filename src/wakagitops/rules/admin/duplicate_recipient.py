"""``admin/duplicate-recipient``: one mailbox is named more than once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.patterns import regex
from wakagitops.core.rule import Example, Finding, Place, ProposedFix, Rule, Scope, TextEdit
from wakagitops.core.source import Span
from wakagitops.core.typed import Any
from wakagitops.mail.mailboxes import spelled
from wakagitops.mail.shop_addresses import RECIPIENTS
from wakagitops.settings.views import ShopView
from wakagitops.yaml.document import Node

_BLOCK_ITEM = regex(r"[ ]*-[ ]+\Z")
_COMMA = regex(r"\s*,\s*\Z")


def check(shop: ShopView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Compare each recipient with those before it."""
    del options
    recipients = shop.texts(RECIPIENTS)
    if len(recipients) < 2:
        return
    exact: dict[tuple[str, str], str] = {}
    alike: dict[tuple[str, str], str] = {}
    for pointer, text in recipients:
        parts = spelled(text)
        if parts is None:
            continue
        folded = (parts[0].casefold(), parts[1])
        if parts in exact:
            yield Finding(
                pointer,
                msg("{address} is in the list already", address=text),
                help=msg("Remove it: the address gets every notice twice."),
                related=(Place(exact[parts], msg("it is named here first")),),
                fix=_removal(shop, pointer),
            )
        elif folded in alike:
            yield Finding(
                pointer,
                msg("{address} differs from another recipient only in capital letters", address=text),
                help=msg("Keep one of them: hardly any mail server tells them apart."),
                related=(Place(alike[folded], msg("the other one is here")),),
            )
        exact.setdefault(parts, pointer)
        alike.setdefault(folded, pointer)


def _removal(shop: ShopView, pointer: str) -> ProposedFix | None:
    """Offer to take an item out, where no comment goes with it."""
    recipients, item = shop.node(RECIPIENTS), shop.node(pointer)
    if recipients is None or item is None or not isinstance(recipients.items, list):
        return None
    before = recipients.items[recipients.items.index(item) - 1]
    source = item.document.source
    if source.text[recipients.start : recipients.start + 1] == "[":
        between = source.text[before.end : item.start]
        span = Span(before.end, item.end) if _COMMA.match(between) else None
    else:
        span = _line(item)
    if span is None:
        return None
    return ProposedFix(msg("remove the repeated address"), (TextEdit(span, ""),))


def _line(item: Node) -> Span | None:
    """Return the span of an item's whole line; None where anything else stands on it."""
    source = item.document.source
    line = source.position(item.start).line
    start = source.line_start(line)
    end = source.line_start(line + 1) if line + 1 < source.line_count else len(source.text)
    if not _BLOCK_ITEM.match(source.text[start : item.start]) or source.text[item.end : end].strip():
        return None
    return Span(start, end)


_BLOCK = """\
platform_version: "3.28.1"
admin:
  recipients:
    - ventas@imprenta-sol.es
    - taller@imprenta-sol.es
    - ventas@imprenta-sol.es   # expect: admin/duplicate-recipient
"""
_CAPITALS = """\
platform_version: "3.28.1"
admin:
  recipients:
    - ventas@imprenta-sol.es
    - Ventas@imprenta-sol.es   # expect: admin/duplicate-recipient
"""
_GOOD = """\
platform_version: "3.28.1"
admin:
  recipients: [ventas@imprenta-sol.es, ventas@rotulos-norte.es]
"""

RULE = Rule(
    severity=Severity.WARNING,
    scope=Scope.SHOP,
    summary=msg("A recipient is named more than once"),
    rationale=msg(
        "The mailbox gets every order notice twice, and who removes one of the two believes it gone. "
        "Domains know no capital letters, so addresses that differ only there are equal. Capitals "
        "before the @ may matter to a server by the standard, though hardly any cares: such a pair is "
        "reported, but not mended."
    ),
    authority=("RFC 5321, section 2.4",),
    reads=(RECIPIENTS,),
    check=check,
    fixable=True,
    bad=(
        Example({"imprenta-sol.yaml": _BLOCK}),
        Example({"imprenta-sol.yaml": _CAPITALS}, why=msg("Capital letters before the @.")),
    ),
    good=(
        Example({"imprenta-sol.yaml": _GOOD}),
        Example(
            {"imprenta-sol.yaml": _GOOD.replace("ventas@rotulos", "ventas+web@rotulos")},
            why=msg("A +tag may sort the notices into another folder."),
        ),
    ),
    turn_off=msg("Hardly ever: two equal recipients say no more than one."),
)
