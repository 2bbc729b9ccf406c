"""Text that becomes more than one value where mail settings end up: line breaks, template marks."""

from __future__ import annotations

from wakagitops.core.patterns import regex

LINE_BREAKS = "\n\r\x00\x0b\x0c\x85\u2028\u2029"
"""What ends a line, or a text, in a header, an env file, an ini file or a C program."""
TEMPLATE_MARKS = ("{{", "{%", "<%", "${", "#{")
"""What opens a hole in the templates of Jinja, Helm, Twig, ERB, shells and Ruby."""

_LINE_BREAK = regex(f"[{LINE_BREAKS}]")
_TEMPLATE_MARK = regex(r"\{\{|\{%|<%|\$\{|#\{")


def line_break(text: str) -> int:
    """Return where the first line break of a text stands (0-based); -1 where it has none."""
    found = _LINE_BREAK.search(text)
    return found.start() if found is not None else -1


def template_mark(text: str) -> str:
    """Return the first template mark in a text; empty where it has none."""
    if "{" not in text and "%" not in text:
        return ""  # which every mark has one of
    found = _TEMPLATE_MARK.search(text)
    return found[0] if found is not None else ""
