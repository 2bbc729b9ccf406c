"""How to write another text in a scalar's place, keeping the quotes that it has."""

from __future__ import annotations

from wakagitops.core.patterns import regex
from wakagitops.core.rule import TextEdit
from wakagitops.yaml.document import Node

_SAFE_PLAIN = regex(r"[^\W\d_][\w.+@/-]*\Z")
"""Text that YAML reads as itself without quotes, if it is no word such as ``no``."""


def respelled(node: Node, text: str) -> TextEdit | None:
    """Return the edit that makes a scalar say ``text``, in the file that the scalar stands in.

    The edit keeps single or double quotes and adds double ones where a plain text needs them.

    Args:
        node: the scalar.
        text: the new text: one line, with an ``@`` or a dot in it where it is to stay plain.

    Returns:
        The edit, or None for a block scalar and for text that needs escapes.
    """
    old = node.document.source.text[node.start : node.end]
    if not text.isprintable() or old[:1] in ("|", ">"):
        return None
    if old[:1] == "'":
        return TextEdit(node.span, "'" + text.replace("'", "''") + "'")
    if old[:1] != '"' and _SAFE_PLAIN.match(text) and ("@" in text or "." in text):
        return TextEdit(node.span, text)
    if '"' in text or "\\" in text:
        return None
    return TextEdit(node.span, f'"{text}"')
