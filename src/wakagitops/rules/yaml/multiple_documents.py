"""``yaml/multiple-documents``: the file holds more than one document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.settings.views import FileView


def check(file: FileView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Report the start of a second document."""
    del options
    for problem in file.document.problems:
        if problem.kind == "multiple-documents":
            yield Finding(
                "",
                msg("a second document begins here, and only the first one is read"),
                help=msg("Write one shop a file; move this document to a file of its own."),
                span=problem.span,
            )


RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.FILE,
    summary=msg("The file holds more than one document"),
    rationale=msg(
        "One file is one shop: its name is the shop's id. Readers that expect one document fail on "
        "the second or drop it in silence."
    ),
    authority=("YAML 1.2.2, section 9.2",),
    check=check,
    upon="problems",
    bad=(
        Example(
            {
                "imprenta-sol.yaml": 'shop: imprenta-sol\nplatform_version: "3.27.0"\n'
                "url: https://www.imprenta-sol.es\ncontact: {email: contacto@imprenta-sol.es}\n"
                "notifications:\n  email: pedidos@imprenta-sol.es\n"
                "  smtp: {host: smtp.imprenta-sol.es, ports: {tls: 465}}\n"
                "---  # expect: yaml/multiple-documents\nshop: rotulos-norte\n"
            },
            complete=False,
        ),
        Example(
            {
                "_defaults.yaml": "contact: {publish: plain}\n---  # expect: yaml/multiple-documents\n"
                "contact: {publish: entities}\n",
                "imprenta-sol.yaml": "shop: imprenta-sol\ncontact: {email: contacto@imprenta-sol.es}\n",
            },
        ),
    ),
    good=(
        Example(
            {"imprenta-sol.yaml": "---\nshop: imprenta-sol\n"},
            why=msg("One mark at the top is fine."),
        ),
        Example({"imprenta-sol.yaml": "shop: imprenta-sol\n"}),
    ),
    turn_off=msg("Never: what follows the first document is not read."),
)
