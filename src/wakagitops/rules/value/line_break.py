"""``value/line-break``: a value that goes over the end of a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.injection import LINE_BREAKS, line_break
from wakagitops.core.messages import Message, msg
from wakagitops.core.pointer import covers
from wakagitops.core.rule import Example, Finding, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.secrets.references import owns
from wakagitops.settings.views import FileView

_SOPS = "/sops"
_NEXT_LINE = "\x85"
_NAMES = {
    "\n": msg("a line feed"),
    "\r": msg("a carriage return"),
    "\x00": msg("a NUL character"),
    "\x0b": msg("a vertical tab"),
    "\x0c": msg("a form feed"),
    "\x85": msg("a next-line character"),
    "\u2028": msg("a line separator"),
    "\u2029": msg("a paragraph separator"),
}


def check(file: FileView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Look for what ends a line in each value."""
    del options
    document = file.document
    if document.is_ordinary or (
        document.is_plain and "\n" not in "".join([node.raw for node in file.values])
    ):
        return
    text = file.document.source.text
    for pointer, node in file.scalars:
        value = node.data
        if not isinstance(value, str):
            continue
        written = text[node.start : node.end]
        at = line_break(value)
        if at >= 0:
            message = _message(value[at], trailing=not value[at:].strip(LINE_BREAKS))
        elif _NEXT_LINE in written:
            # YAML 1.1 takes it for a line's end and joins the lines with a space; YAML 1.2 does not.
            message = _message(_NEXT_LINE, trailing=False)
        else:
            continue
        if owns(file.annotations, pointer) or covers(_SOPS, pointer):
            # The rules on secrets report what is wrong with references; SOPS writes keys of many lines.
            continue
        yield Finding(
            pointer,
            message,
            help=_help(block=written[:1] in ("|", ">")),
            # A value that a later duplicate of its key replaced has no pointer of its own.
            span=node.span if file.node(pointer) is not node else None,
        )


def _message(character: str, *, trailing: bool) -> Message:
    if trailing:
        return msg("the value ends with {character}", character=_NAMES[character])
    return msg("the value holds {character}", character=_NAMES[character])


def _help(*, block: bool) -> Message:
    if block:
        return msg("Write the value on the key's own line, without | or >, which keep the line's end.")
    return msg("Write the value on one line.")


_BAD = """\
contact:
  email: |                                             # expect: value/line-break
    contacto@imprenta-sol.es
notifications:
  email: pedidos@imprenta-sol.es
  name: "Imprenta Sol\\r\\nBcc: todos@imprenta-sol.es"   # expect: value/line-break
  smtp: {host: smtp.imprenta-sol.es, ports: {tls: 465}}
"""
_LIST = """\
platform_version: "3.28.1"
admin:
  recipients:
    - ventas@imprenta-sol.es
    - "taller@imprenta-sol.es\\u2028"                   # expect: value/line-break
"""
_GOOD = """\
contact:
  email: >-
    contacto@imprenta-sol.es

notifications:
  email: pedidos@imprenta-sol.es
  name: Imprenta Sol,
    rótulos y carteles
  smtp: {host: smtp.imprenta-sol.es, ports: {tls: 465}}
"""

RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.FILE,
    summary=msg("A value goes over the end of a line"),
    rationale=msg(
        "Every setting ends up on one line: of a mail header, an environment file, an ini file, a "
        "list of addresses to purge. A line break in it adds a line of its own there, such as a Bcc "
        "header that copies all mail to somebody. Line feed, carriage return, NUL, vertical tab, form "
        "feed and Unicode's line ends all count, since programs differ in which of them end a line. "
        "YAML's | and > add a line feed at the end."
    ),
    authority=("RFC 5322, section 2.2", "CWE-93"),
    check=check,
    bad=(
        Example({"imprenta-sol.yaml": _BAD}),
        Example(
            {"imprenta-sol.yaml": _LIST},
            why=msg("Some programs end a line at U+2028."),
        ),
    ),
    good=(
        Example(
            {"imprenta-sol.yaml": _GOOD},
            why=msg("YAML joins these lines with a space, and >- drops the last line's end."),
        ),
        Example({"imprenta-sol.yaml": 'shop: "imprenta-sol"\n\n\n# fin\n'}),
    ),
    turn_off=msg("Never."),
)
