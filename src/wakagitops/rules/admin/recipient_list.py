"""``admin/recipient-list``: several addresses in one text, where each is an item of a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.patterns import regex
from wakagitops.core.rule import Example, Finding, ProposedFix, Rule, Scope, TextEdit
from wakagitops.core.typed import Any
from wakagitops.mail.address import Fault, is_address, judge
from wakagitops.mail.shop_addresses import RECIPIENTS
from wakagitops.settings.views import FileView
from wakagitops.yaml.document import Node
from wakagitops.yaml.missing_space import tight_dash

_SEPARATORS = regex(r"[,;\s]+")
_PLAIN = regex(r"[^\W_][\w.+=/-]*@[\w.-]+\Z")
"""An address that YAML reads as itself without quotes, in a flow list too."""
_BLOCK_ITEM = regex(r"[ ]*-[ ]+\Z")


def check(file: FileView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Look at the recipients as they are written."""
    del options
    node = file.node(RECIPIENTS)
    if node is None or node.is_alias:
        return
    if isinstance(node.data, str):
        if tight_dash(node) is None:  # else schema/type says so
            yield _text(node, node.data)
    elif isinstance(node.items, list):
        for index, item in enumerate(node.items):
            if isinstance(item.data, str) and judge(item.data).fault is Fault.SEVERAL:
                yield Finding(
                    f"{RECIPIENTS}/{index}",
                    msg("one item holds several addresses"),
                    help=msg("Give each address an item of its own in the list."),
                    fix=_split_item(node, item, item.data),
                )


def _text(node: Node, text: str) -> Finding:
    if len(_parts(text)) > 1:
        message = msg("several addresses stand in one text, and a list is wanted here")
    elif "@" in text:
        message = msg("one address stands alone, and a list is wanted here")
    else:
        message = msg("a list of addresses is wanted here")
    return Finding(
        RECIPIENTS,
        message,
        help=msg("Write a list, such as [ventas@imprenta-sol.es, taller@imprenta-sol.es]."),
        fix=_list(node, text),
    )


def _parts(text: str) -> list[str]:
    return [part for part in _SEPARATORS.split(text) if part]


def _addresses(node: Node, text: str) -> list[str]:
    """Return the addresses that a text consists of; nothing where it says anything else.

    Nothing either where a comment stands inside the text's place, which a fix would lose.
    """
    parts = _parts(text)
    written = node.document.source.text[node.start : node.end]
    if "#" in written or not all(_PLAIN.match(part) and is_address(part) for part in parts):
        return []
    return parts


def _list(node: Node, text: str) -> ProposedFix | None:
    parts = _addresses(node, text)
    if not parts:
        return None
    return ProposedFix(
        msg("write the addresses as a list"), (TextEdit(node.span, f"[{', '.join(parts)}]"),)
    )


def _split_item(recipients: Node, item: Node, text: str) -> ProposedFix | None:
    parts = _addresses(item, text)
    if not parts:
        return None
    source = item.document.source
    if source.text[recipients.start : recipients.start + 1] == "[":
        separator = ", "
    else:
        line = source.position(item.start).line
        before = source.text[source.line_start(line) : item.start]
        if not _BLOCK_ITEM.match(before):
            return None
        line_end = "\r\n" if "\r\n" in source.text else "\n"
        separator = line_end + before
    return ProposedFix(
        msg("give each address an item of its own"), (TextEdit(item.span, separator.join(parts)),)
    )


_TEXT = """\
platform_version: "3.28.1"
admin:
  recipients: {value}   # expect: admin/recipient-list
"""
_LIST = """\
platform_version: "3.28.1"
admin:
  recipients: [ventas@imprenta-sol.es, taller@imprenta-sol.es]
"""
_ITEM = """\
platform_version: "3.28.1"
admin:
  recipients:
    - ventas@imprenta-sol.es
    - taller@imprenta-sol.es; almacen@imprenta-sol.es   # expect: admin/recipient-list
"""


def _text_example(value: str) -> Example:
    return Example({"imprenta-sol.yaml": _TEXT.format(value=value)})


RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.FILE,
    summary=msg("Several addresses in one text, where each is an item of a list"),
    rationale=msg(
        "The panel takes the recipients separated by commas, and that is what render writes for it; "
        "here they are a list, so that each address can be checked, commented on and compared by "
        "itself. A semicolon, as Outlook writes it, would make the panel take all of them as one "
        "address."
    ),
    authority=("Wakaprint product manual: several recipients are separated by commas",),
    reads=(RECIPIENTS,),
    check=check,
    breaks=True,
    fixable=True,
    bad=(
        _text_example("ventas@imprenta-sol.es, taller@imprenta-sol.es"),
        _text_example('"ventas@imprenta-sol.es;taller@imprenta-sol.es"'),
        _text_example("ventas@imprenta-sol.es"),
        Example({"imprenta-sol.yaml": _ITEM}),
    ),
    good=(
        Example({"imprenta-sol.yaml": _LIST}),
        Example(
            {
                "imprenta-sol.yaml": (
                    'platform_version: "3.28.1"\n'
                    "admin:\n"
                    "  recipients:\n"
                    "    - ventas@imprenta-sol.es   # Marta, Luis\n"
                )
            },
            why=msg("A comma in a comment is nothing to the rule."),
        ),
    ),
    turn_off=msg("Never: a text in place of a list cannot be deployed."),
)
