"""``schema/type``: a value has the wrong type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.secrets.references import owns
from wakagitops.settings.implicit_types import misreading
from wakagitops.settings.views import FileView
from wakagitops.yaml.document import Node
from wakagitops.yaml.missing_space import TIGHT_COLON, TIGHT_DASH, tight_colon, tight_dash

_WANTED = {
    "string": msg("a text is wanted here"),
    "integer": msg("a whole number is wanted here"),
    "number": msg("a number is wanted here"),
    "boolean": msg("true or false is wanted here"),
    "object": msg("a mapping is wanted here"),
    "array": msg("a list is wanted here"),
}
_ADVICE = {
    "string": msg("Write a text, in quotes where YAML would read something else."),
    "integer": msg("Write decimal digits without quotes, such as 465."),
    "number": msg("Write a number without quotes."),
    "boolean": msg("Write true or false."),
    "object": msg("Write its members below it, each indented by two spaces: `key: value`."),
    "array": msg("Write a list: `[first, second]`, or one `- item` a line."),
}
_ORDER = ("string", "integer", "number", "boolean", "array", "object")
_RECIPIENTS = "/admin/recipients"
"""A text in this place is what ``admin/recipient-list`` reports, with a fix of its own."""


def check(file: FileView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Report each value whose type is not the setting's."""
    del options
    for item in file.violations:
        if item.keyword != "type" or owns(file.annotations, item.pointer):
            continue
        node = file.node(item.pointer)
        if (
            node is None
            or node.is_alias
            or misreading(node, file.annotations.at(item.pointer)) is not None
        ):
            continue
        types = item.expected if isinstance(item.expected, tuple) else (item.expected,)
        wanted = min((name for name in types if name in _ORDER), key=_ORDER.index, default="object")
        tight = _tight(file, item.pointer, node, wanted)
        if tight is not None:
            yield tight
        elif item.pointer != _RECIPIENTS or not isinstance(node.data, str):
            yield Finding(item.pointer, _WANTED[wanted], help=_ADVICE[wanted])


def _tight(file: FileView, pointer: str, node: Node, wanted: str) -> Finding | None:
    """Say that a space is missing, where that is all that is wrong."""
    if wanted == "array" and (sign := tight_dash(node)) is not None:
        message, advice = TIGHT_DASH
        return Finding(pointer, message, help=advice, span=sign)
    known = file.annotations.keys_of(pointer) if wanted == "object" else ()
    if (sign := tight_colon(node, known)) is not None:
        message, advice = TIGHT_COLON
        return Finding(pointer, message, help=advice, span=sign)
    return None


_PORTS = "notifications:\n  email: pedidos@imprenta-sol.es\n  smtp:\n    host: smtp.imprenta-sol.es\n"

RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.FILE,
    summary=msg("A value has the wrong type"),
    rationale=msg("The schema gives every setting one type, and what is deployed relies on it."),
    authority=("JSON Schema 2020-12, type",),
    check=check,
    upon="violations",
    breaks=True,
    bad=(
        Example({"imprenta-sol.yaml": _PORTS + '    ports: {tls: "465"}   # expect: schema/type\n'}),
        Example({"imprenta-sol.yaml": "contact: contacto@imprenta-sol.es   # expect: schema/type\n"}),
        Example(
            {
                "imprenta-sol.yaml": "contact:\n"
                "  email:contacto@imprenta-sol.es   # expect: schema/type\n"
            },
            why=msg("Without the space after the colon, this is one text."),
        ),
    ),
    good=(
        Example({"imprenta-sol.yaml": _PORTS + "    ports: {tls: 465}\n"}),
        Example(
            {"imprenta-sol.yaml": "contact: {email: contacto@imprenta-sol.es, pages: [/contacto]}\n"}
        ),
    ),
    turn_off=msg("Never: a value of another type cannot be deployed."),
)
