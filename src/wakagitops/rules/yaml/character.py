"""``yaml/character``: a control, bidirectional or invisible character."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.patterns import regex
from wakagitops.core.rule import Example, Finding, Rule, Scope
from wakagitops.core.source import Span
from wakagitops.reading.views import FileView

_BAD = regex(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_JOINERS = frozenset("\u200c\u200d\u200e\u200f\u061c")
"""Joiners and direction marks, which names in some scripts and emoji need."""
_NAME = "/notifications/name"


def check(file: FileView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Report control, bidi and invisible characters, in the text and in decoded escapes."""
    del options
    document = file.document
    for problem in document.problems:
        if problem.kind == "character":
            yield _finding("", document.source.text[problem.span.start], problem.span)
    text = document.source.text
    # None of these characters is printable, which is quicker to ask.
    if "\\" not in text and text.replace("\n", "").isprintable():
        return
    raw = {problem.span.start for problem in document.problems if problem.kind == "character"}
    names = [node.span for pointer, node in file.scalars if pointer == _NAME]
    for match in _BAD.finditer(text):
        at = match.start()
        in_name = any(span.start <= at < span.end for span in names)
        if at not in raw and not (in_name and match[0] in _JOINERS):
            yield _finding("", match[0], Span(at, match.end()))
    if "\\" in text:
        for pointer, node in file.scalars:
            written = text[node.start : node.end]
            if "\\" not in written or not isinstance(node.data, str):
                continue
            for match in _BAD.finditer(node.data):
                allowed = pointer == _NAME and match[0] in _JOINERS
                if match[0] not in written and not allowed:
                    yield _finding(pointer, match[0], None)
                    break


def _finding(pointer: str, character: str, span: Span | None) -> Finding:
    return Finding(
        pointer,
        msg("an invisible or control character, {code}, stands here", code=f"U+{ord(character):04X}"),
        help=msg("Remove it; it was probably pasted from a document or a web page."),
        span=span,
    )


RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.FILE,
    summary=msg("The file holds a control, bidirectional or invisible character"),
    rationale=msg(
        "Such characters make a line read differently from what it says, hide in addresses, and break "
        "headers. Joiners and direction marks are fine in a display name, where emoji and some scripts "
        "need them. The check looks at decoded escapes too."
    ),
    authority=("Unicode Technical Report 36", "CWE-1007"),
    check=check,
    bad=(
        Example(
            {
                "imprenta-sol.yaml": "contact:\n"
                "  email: contacto\u200b@imprenta-sol.es   # expect: yaml/character, address/syntax\n"
            }
        ),
        Example(
            {
                "imprenta-sol.yaml": "notifications:\n  email: pedidos@imprenta-sol.es\n"
                '  name: "Imprenta\\u202e Sol"   # expect: yaml/character\n'
                "  smtp: {host: smtp.imprenta-sol.es, ports: {tls: 465}}\n"
            },
            why=msg("An escape is decoded before it is judged."),
        ),
    ),
    good=(
        Example(
            {
                "imprenta-sol.yaml": "notifications:\n  email: pedidos@imprenta-sol.es\n"
                "  name: \U0001f468\u200d\U0001f3a8 Imprenta Sol\n"
                "  smtp: {host: smtp.imprenta-sol.es, ports: {tls: 465}}\n"
            },
            why=msg("A joiner inside an emoji, in a display name."),
        ),
        Example({"imprenta-sol.yaml": "# Peñíscola — «rótulos»\nshop: imprenta-sol\n"}),
    ),
    turn_off=msg("Never: suppress a single line instead."),
)
