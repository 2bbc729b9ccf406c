"""``yaml/limit``: the file is too large or too deeply nested to be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.settings.views import FileView
from wakagitops.yaml.limits import MAX_BYTES, MAX_DEPTH


def check(file: FileView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Report a file that is larger or deeper than what is read."""
    del options
    for problem in file.document.problems:
        if problem.kind != "limit":
            continue
        if problem.detail == "depth":
            message = msg("the nesting is deeper than {depth} levels", depth=MAX_DEPTH)
        else:
            message = msg("the file is larger than {size} KiB", size=MAX_BYTES // 1024)
        yield Finding(
            "",
            message,
            help=msg("A shop's settings need neither; is this file a settings file?"),
            span=problem.span,
        )


_DEEP = "contact: " + "[" * 40 + "]" * 40 + "   # expect: yaml/limit\n"
_LARGE = "shop: imprenta-sol   # expect: yaml/limit\n" + "# filler\n" * 30_000

RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.FILE,
    summary=msg("The file is too large or too deeply nested to be read"),
    rationale=msg(
        "Parsers run out of stack or time on hostile input, and one bad file must not stop the check "
        "of a whole repository. So a file has at most 256 KiB and 32 levels."
    ),
    authority=("CWE-674", "CWE-400"),
    check=check,
    upon="problems",
    suppressible=False,
    bad=(
        Example({"imprenta-sol.yaml": _DEEP}, complete=False),
        Example({"imprenta-sol.yaml": _LARGE}, complete=False),
    ),
    good=(
        Example({"imprenta-sol.yaml": "shop: imprenta-sol\n"}),
        Example({"imprenta-sol.yaml": "# filler\n" * 20_000 + "shop: imprenta-sol\n"}),
    ),
    turn_off=msg("It cannot be turned off: it guards the checker itself."),
)
