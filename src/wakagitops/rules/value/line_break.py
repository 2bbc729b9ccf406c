"""``value/line-break``: a value that goes over the end of a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import Message, msg
from wakagitops.core.pointer import covers
from wakagitops.core.rule import Example, Finding, Rule, Scope
from wakagitops.mail.injection import LINE_BREAKS, line_break
from wakagitops.reading.views import FileView

_SOPS = "/sops"
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
    roots = [node for _, node in document.shadowed]
    if document.root is not None:
        roots.append(document.root)
    # The plain data is walked first: it is quick, and in most files holds no such character.
    if all(_is_printable(node.data) for node in roots):
        return
    text = document.source.text
    secrets = file.annotations.secret
    for pointer, node in file.scalars:
        value = node.data
        if not isinstance(value, str) or (at := line_break(value)) < 0:
            continue
        if pointer in secrets or covers(_SOPS, pointer):
            # A literal secret is secret/plaintext's to report; SOPS writes keys of many lines.
            continue
        trailing = not value[at:].strip(LINE_BREAKS)
        block = text[node.start : node.start + 1] in ("|", ">")
        yield Finding(pointer, _message(value[at], trailing=trailing), help=_help(block=block))


def _is_printable(value: object) -> bool:
    """Tell whether no text in a value holds a control character or a line's end."""
    if isinstance(value, str):
        return value.isprintable()
    if isinstance(value, dict):
        return all(map(_is_printable, value.values()))
    return all(map(_is_printable, value)) if isinstance(value, list) else True


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
