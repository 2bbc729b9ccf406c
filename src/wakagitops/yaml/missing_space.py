"""Signs that YAML takes for text, since no space follows them: ``-item`` and ``key:value``.

Where they stand on lines of their own, or in braces, the file parses all the same.
"""

from collections.abc import Callable, Container

from wakagitops.core.messages import msg
from wakagitops.core.source import Span
from wakagitops.yaml.document import Node

TIGHT_COLON = (
    msg("no space follows this colon, so that YAML sees no key before it"),
    msg("Write `key: value`, with a space after the colon."),
)
"""What to say of such a colon, and what to write."""
TIGHT_DASH = (
    msg("no space follows this dash, so that YAML sees no item of a list behind it"),
    msg("Write `- item`, with a space after the dash."),
)
"""The same of such a dash."""


def tight_dash(node: Node) -> Span | None:
    """Return where a text begins with the dash of a list's item; None where it does not."""
    text = node.raw
    if _begins_a_line(node) and text[:1] == "-" and text[1:2].strip("-"):
        return Span(node.start, node.start + 1)
    return None


def tight_colon(node: Node, known: Container[str]) -> Span | None:
    """Return where a text has the colon of one of the keys that may stand in its place, or None."""
    key, colon, rest = node.raw.partition(":")
    if _begins_a_line(node) and key in known and colon and not rest.startswith("//"):
        return _sign(node.start + len(key))
    return None


def tight_colon_of_key(node: Node, key: str, is_known: Callable[[str], bool]) -> Span | None:
    """Return where a member of a mapping, such as ``tls:465`` in braces, has the colon of its key.

    Args:
        node: the mapping.
        key: the key as YAML reads it, the value included.
        is_known: tells whether what stands before the colon is a key.
    """
    value = node.items[key] if isinstance(node.items, dict) else None
    name, colon, _ = key.partition(":")
    document, start, end = node.keys[key]
    is_written_so = document.source.text[start:end] == key
    if (
        value is not None
        and not value.raw
        and value.plain
        and colon
        and is_written_so
        and is_known(name)
    ):
        return _sign(start + len(name))
    return None


def _begins_a_line(node: Node) -> bool:
    """Tell whether a value is a text without quotes, and nothing stands before it on its line."""
    source = node.document.source
    line_start = source.line_start(source.position(node.start).line)
    return node.plain and not source.text[line_start : node.start].strip()


def _sign(offset: int) -> Span:
    return Span(offset, offset + 1)
