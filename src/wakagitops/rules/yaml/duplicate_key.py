"""``yaml/duplicate-key``: a key stands twice in one mapping."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, Place, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.settings.views import FileView


def check(file: FileView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Report each later one of two equal keys."""
    del options
    for problem in file.document.problems:
        if problem.kind == "duplicate-key":
            yield Finding(
                problem.pointer,
                msg("the key {key} stands twice in this mapping", key=problem.detail),
                help=msg("Keep one of the two; YAML readers take the last one in silence."),
                span=problem.span,
                related=(Place("", msg("the first one is here"), span=problem.other),),
            )


_BAD = """\
shop: imprenta-sol
contact:
  email: contacto@imprenta-sol.es
contact:                             # expect: yaml/duplicate-key
  email: info@imprenta-sol.es
"""
_INNER = """\
contact:
  email: contacto@imprenta-sol.es
  publish: plain
  publish: entities                  # expect: yaml/duplicate-key
"""
_GOOD = """\
contact:
  email: contacto@imprenta-sol.es
notifications:
  email: pedidos@imprenta-sol.es
  smtp:
    host: smtp.imprenta-sol.es
    ports: {tls: 465}
"""

RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.FILE,
    summary=msg("A key stands twice in one mapping"),
    rationale=msg(
        "YAML requires keys to be unique, yet most readers keep the last value and say nothing: the "
        "first one looks set and is not."
    ),
    authority=("YAML 1.2.2, section 3.2.1.1",),
    check=check,
    upon="problems",
    bad=(Example({"imprenta-sol.yaml": _BAD}), Example({"imprenta-sol.yaml": _INNER})),
    good=(
        Example(
            {"imprenta-sol.yaml": _GOOD},
            why=msg("The same key in different mappings is no duplicate."),
        ),
        Example({"imprenta-sol.yaml": "contact: {email: contacto@imprenta-sol.es}\n"}),
    ),
    turn_off=msg("Never: which of the two values holds depends on the reader."),
)
