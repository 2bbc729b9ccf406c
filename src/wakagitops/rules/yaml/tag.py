"""``yaml/tag``: the file uses a YAML tag."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.settings.views import FileView


def check(file: FileView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Report each tag."""
    del options
    for problem in file.document.problems:
        if problem.kind == "tag":
            yield Finding(
                problem.pointer,
                msg("settings files may hold no YAML tags"),
                help=msg("Remove the tag; put a value that must stay text in quotes."),
                span=problem.span,
            )


RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.FILE,
    summary=msg("The file uses a YAML tag"),
    rationale=msg(
        "A tag tells the reader to build a value of another type, in some readers an object of the "
        "program. The schema alone says what type a setting has."
    ),
    authority=("CWE-502",),
    check=check,
    upon="problems",
    bad=(
        Example({"imprenta-sol.yaml": "platform_version: !!str 3.27.0   # expect: yaml/tag\n"}),
        Example(
            {
                "imprenta-sol.yaml": "contact:\n"
                "  email: !env CONTACT   # expect: yaml/tag, address/syntax\n"
            }
        ),
    ),
    good=(
        Example({"imprenta-sol.yaml": 'platform_version: "3.27.0"\n'}),
        Example(
            {
                "imprenta-sol.yaml": "notifications:\n  email: pedidos@imprenta-sol.es\n"
                '  name: "¡Imprenta Sol!"\n'
                "  smtp: {host: smtp.imprenta-sol.es, ports: {tls: 465}}\n"
            },
            why=msg("An exclamation mark inside a text is no tag."),
        ),
    ),
    turn_off=msg("Never: settings files are read without tags."),
)
