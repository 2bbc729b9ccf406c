"""``yaml/implicit-type``: YAML reads a plain value as another type than the setting has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from wakagitops.core import pointer as pointers
from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import Message, msg
from wakagitops.core.patterns import regex
from wakagitops.core.rule import Example, Finding, ProposedFix, Rule, Scope, TextEdit
from wakagitops.core.typed import Any
from wakagitops.secrets.references import owns
from wakagitops.settings.implicit_types import Misreading, misreading
from wakagitops.settings.schema import Annotations, Setting
from wakagitops.settings.views import FileView
from wakagitops.yaml.document import Node
from wakagitops.yaml.scalars import SUSPECT, old_reading

_SHOWN = 40
_OCTAL_LOOKING = regex(r"0[0-9]+\Z")


def check(file: FileView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Report plain scalars whose type YAML decides against the setting's."""
    del options
    suspect = [
        node
        for node in file.values
        if node.plain
        and (
            not isinstance(node.data, str)
            or (node.raw[0] in SUSPECT and old_reading(node.raw) is not None)
        )
    ]
    if suspect:
        sound = _sound_numbers(file)
        suspect = [node for node in suspect if node not in sound]
    if not suspect:
        return
    for pointer, node in file.scalars:
        found = misreading(node, file.annotations.at(pointer))
        if found is not None and not owns(file.annotations, pointer):
            yield Finding(
                pointer,
                _message(found, node),
                on="key" if found.reads == "empty" else "value",
                help=_advice(found, node),
                fix=_fix(found, node),
            )


def _sound_numbers(file: FileView) -> list[Node]:
    """Return the numbers that are read as they are meant: in most files all that is suspect."""
    found: list[Node] = []
    for holder, settings in _number_settings(file.annotations).items():
        node = file.node(holder)
        if node is not None and isinstance(node.items, dict):
            found.extend(
                child
                for key, child in node.items.items()
                if key in settings and misreading(child, settings[key]) is None
            )
    return found


@cache
def _number_settings(annotations: Annotations) -> Mapping[str, Mapping[str, Setting]]:
    """Return the settings that are numbers by the mapping that they stand in, and their keys."""
    found: dict[str, dict[str, Setting]] = {}
    for place, setting in annotations.settings.items():
        if "integer" in setting.types:
            found.setdefault(pointers.parent(place), {})[pointers.tokens(place)[-1]] = setting
    return found


def _message(found: Misreading, node: Node) -> Message:
    written = node.raw if len(node.raw) <= _SHOWN else f"{node.raw[:_SHOWN]}…"
    match found.reads:
        case "empty":
            return msg("there is no value here")
        case "null":
            return msg("only the word null removes an inherited value, not {written}", written=written)
        case "date":
            return (
                msg("YAML may read {written} as a date, and a text is wanted", written=written)
                if found.wants == "string"
                else msg("YAML may read {written} as a date, and a number is wanted", written=written)
            )
        case "sign":
            return msg(
                "to some readers of YAML {written} is a sign with a meaning of its own, and a text is "
                "wanted",
                written=written,
            )
        case "boolean":
            return (
                msg(
                    "YAML may read {written} as the truth value {value}, and a text is wanted",
                    written=written,
                    value=found.value,
                )
                if found.wants == "string"
                else msg(
                    "YAML may read {written} as the truth value {value}, and a number is wanted",
                    written=written,
                    value=found.value,
                )
            )
        case _ if found.wants == "string":
            return msg(
                "YAML reads {written} as the number {value}, and a text is wanted",
                written=written,
                value=found.value,
            )
        case "old number":
            return msg(
                "YAML readers disagree on {written}: some read the number {value}",
                written=written,
                value=found.value,
            )
        case _:
            return msg(
                "YAML reads {written} as the number {value}, and plain digits are wanted",
                written=written,
                value=found.value,
            )


def _advice(found: Misreading, node: Node) -> Message:
    if found.reads == "empty":
        return msg("Write a value, or `null` to remove an inherited one, or delete the line.")
    if found.reads == "null":
        return msg("Write `null`.")
    if found.wants == "string":
        return msg('Put the text in quotes: "{written}"', written=node.raw[:_SHOWN])
    return msg("Write the number in decimal digits, without a leading zero.")


def _fix(found: Misreading, node: Node) -> ProposedFix | None:
    if found.reads == "empty":
        return None
    if found.reads == "null":
        return ProposedFix(msg("write null"), (TextEdit(node.span, "null"),))
    if found.wants == "string":
        return ProposedFix(msg("put the text in quotes"), (TextEdit(node.span, f'"{node.raw}"'),))
    if _OCTAL_LOOKING.match(node.raw):
        digits = node.raw.lstrip("0") or "0"
        return ProposedFix(msg("write the number without leading zeros"), (TextEdit(node.span, digits),))
    return None


_SMTP = """\
notifications:
  email: pedidos@imprenta-sol.es
  name: {name}
  smtp:
    host: smtp.imprenta-sol.es
    ports: {{tls: {port}}}{mark}
"""

RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.FILE,
    summary=msg("YAML reads a plain value as another type than the setting has"),
    rationale=msg(
        "Unquoted, 3.30 is the number 3.3, which is an earlier version than 3.28.1; no is false to "
        "many readers; 0465 is 309 in octal; 22:22 is 1342 to a reader of YAML 1.1. An empty value or "
        "a tilde is null. What the file means must not depend on who reads it."
    ),
    authority=("YAML 1.2.2, section 10.3.2", "YAML 1.1, type repository"),
    check=check,
    fixable=True,
    breaks=True,
    bad=(
        Example({"imprenta-sol.yaml": "platform_version: 3.30   # expect: yaml/implicit-type\n"}),
        Example(
            {
                "imprenta-sol.yaml": _SMTP.format(
                    name="no   # expect: yaml/implicit-type",
                    port="0465",
                    mark="   # expect: yaml/implicit-type",
                )
            }
        ),
        Example(
            {
                "imprenta-sol.yaml": "contact:\n  email: contacto@imprenta-sol.es\n"
                "  publish:   # expect: yaml/implicit-type\n"
            }
        ),
    ),
    good=(
        Example({"imprenta-sol.yaml": 'platform_version: "3.27"\n'}),
        Example(
            {"imprenta-sol.yaml": _SMTP.format(name='"2026"', port="465", mark="")},
            why=msg("A quoted number is a text."),
        ),
        Example(
            {
                "_defaults.yaml": "contact: {publish: plain}\n",
                "imprenta-sol.yaml": "contact: {email: contacto@imprenta-sol.es, publish: null}\n",
            },
            why=msg("The word null removes what is inherited."),
        ),
    ),
    turn_off=msg("Never: quote the value."),
)
