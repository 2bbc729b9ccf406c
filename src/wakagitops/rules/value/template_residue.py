"""``value/template-residue``: a template's hole that nobody filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.injection import TEMPLATE_MARKS, template_mark
from wakagitops.core.messages import msg
from wakagitops.core.pointer import covers
from wakagitops.core.rule import Example, Finding, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.secrets.references import owns
from wakagitops.settings.views import FileView

_SOPS = "/sops"


def check(file: FileView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Look for a template's marks in each value.

    A key that holds one is an unknown key, which ``schema/unknown-key`` reports.
    """
    del options
    text = file.document.source.text
    # An escape may hide a mark; without one, a file that holds none is done at once. Every mark has
    # one of two signs, which are found faster than two together.
    if "\\" not in text and (
        ("{" not in text and "%" not in text) or not any(mark in text for mark in TEMPLATE_MARKS)
    ):
        return
    for pointer, node in file.scalars:
        value = node.data
        if not isinstance(value, str) or not (mark := template_mark(value)):
            continue
        if owns(file.annotations, pointer) or covers(_SOPS, pointer):
            # The rules on secrets report what is wrong with references.
            continue
        yield Finding(
            pointer,
            msg("{mark} opens a template's hole that was never filled in", mark=mark),
            help=msg(
                "Settings files are no templates: write the value itself. Where files are generated, "
                "run the generator before wakagitops."
            ),
            # A value that a later duplicate of its key replaced has no pointer of its own.
            span=node.span if file.node(pointer) is not node else None,
        )


_BAD = """\
contact: {email: "contacto@{{ dominio }}"}             # expect: value/template-residue
notifications:
  email: pedidos@imprenta-sol.es
  name: Imprenta ${TIENDA}                             # expect: value/template-residue
  smtp:
    host: "<%= host %>"                                # expect: value/template-residue
    ports: {tls: 465}
"""
_REFERENCE = """\
notifications:
  email: pedidos@imprenta-sol.es
  smtp:
    host: smtp.imprenta-sol.es
    ports: {tls: 465}
    username: "#{usuario}"                             # expect: value/template-residue
    password: {env: IMPRENTA_SOL_SMTP_PASSWORD}
"""
_GOOD = """\
notifications:
  email: pedidos@imprenta-sol.es
  name: Imprenta {Sol} & 100 % Rótulos nº1 $
  smtp:
    host: smtp.imprenta-sol.es
    ports: {tls: 465}
    username: imprenta{sol}
    password: {vault: {path: secret/shops/imprenta-sol, key: smtp}}
"""

RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.FILE,
    summary=msg("A value holds a template's mark"),
    rationale=msg(
        "What reads {{, {%, <%, ${ or #{ came out of a template whose value was missing, or was put "
        "there to be run by the next template on the way. Either way the shop would send mail as "
        "written, or run it. Mail programs take ${USER}@imprenta-sol.es for a sound address, so no "
        "other check finds it. Settings files are read as they are: nothing fills in such marks."
    ),
    authority=("CWE-1336",),
    check=check,
    bad=(Example({"imprenta-sol.yaml": _BAD}), Example({"imprenta-sol.yaml": _REFERENCE})),
    good=(
        Example({"imprenta-sol.yaml": _GOOD}, why=msg("Single braces, percent and dollar signs.")),
        Example(
            {"imprenta-sol.yaml": "# Made from a template: {{ shop }}\nshop: imprenta-sol\n"},
            why=msg("A comment reaches nothing."),
        ),
    ),
    turn_off=msg("Never: run the generator first, and let wakagitops check what it made."),
)
