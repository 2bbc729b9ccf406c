"""``yaml/alias``: the file uses an anchor, an alias or a merge key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.settings.views import FileView

_MESSAGES = {
    "alias": msg("settings files may hold no aliases"),
    "anchor": msg("settings files may hold no anchors"),
    "merge": msg("settings files may hold no merge keys"),
}


def check(file: FileView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Report each anchor, alias and merge key."""
    del options
    for problem in file.document.problems:
        if problem.kind == "alias":
            yield Finding(
                problem.pointer,
                _MESSAGES[problem.detail],
                help=msg("Write the value out; what shops share belongs in `_defaults.yaml`."),
                span=problem.span,
            )


_BAD = """\
platform_version: "3.28.1"
contact:
  email: &contact contacto@imprenta-sol.es   # expect: yaml/alias
  publish: plain
  pages: [/contacto]
admin:
  recipients: [*contact]                     # expect: yaml/alias
"""
_MERGE = """\
contact:
  email: contacto@imprenta-sol.es
  <<: {publish: plain}                       # expect: yaml/alias
"""

RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.FILE,
    summary=msg("The file uses an anchor, an alias or a merge key"),
    rationale=msg(
        "An alias hides in a review what a change touches, and a few lines of nested aliases grow to "
        "millions of values. The cascade of `_defaults.yaml` files shares settings in plain sight."
    ),
    authority=("CWE-776",),
    check=check,
    upon="problems",
    breaks=True,
    bad=(Example({"imprenta-sol.yaml": _BAD}), Example({"imprenta-sol.yaml": _MERGE})),
    good=(
        Example({"imprenta-sol.yaml": "url: https://www.imprenta-sol.es\n"}),
        Example(
            {"imprenta-sol.yaml": 'contact:\n  email: contacto@imprenta-sol.es\n  pages: ["/a&b"]\n'},
            why=msg("An ampersand inside a text is no anchor."),
        ),
    ),
    turn_off=msg("Never: settings files are read without aliases."),
)
