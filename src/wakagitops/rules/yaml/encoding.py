"""``yaml/encoding``: the file has a byte order mark, or lines that do not end in LF."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.patterns import regex
from wakagitops.core.rule import Example, Finding, ProposedFix, Rule, Scope, TextEdit
from wakagitops.core.source import Span
from wakagitops.core.typed import Any
from wakagitops.settings.views import FileView

_CARRIAGE_RETURN = regex("\r\n?")
_CASES = {
    "bom": (
        Severity.WARNING,
        msg("the file begins with a byte order mark"),
        msg("Save the file as UTF-8 without a byte order mark."),
    ),
    "mixed": (
        Severity.WARNING,
        msg("the file mixes line ends: some lines end in CRLF or CR, others in LF"),
        msg("Let every line end in LF."),
    ),
    "cr": (
        Severity.WARNING,
        msg("the lines of this file end in CR alone, which most programs read as one long line"),
        msg("Let every line end in LF."),
    ),
    "crlf": (
        Severity.NOTE,
        msg("the lines of this file end in CRLF"),
        msg("Let every line end in LF; `* text=auto eol=lf` in .gitattributes keeps it so."),
    ),
}


def check(file: FileView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Report a byte order mark and line ends other than LF."""
    del options
    cases = {problem.detail for problem in file.document.problems if problem.kind == "encoding"}
    for problem in file.document.problems:
        if problem.kind == "encoding":
            severity, message, advice = _CASES[problem.detail]
            text = file.document.source.text
            yield Finding(
                "",
                message,
                help=advice,
                span=_start_of_line(text, problem.span.start),
                severity=severity,
                fix=_fix(problem.detail, cases, text),
            )


def _start_of_line(text: str, offset: int) -> Span:
    """Return where a line begins: where it ends would tell the length of a secret in it."""
    start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    return Span(start, start)


def _fix(case: str, cases: Collection[str], text: str) -> ProposedFix | None:
    """Return the fix of all that is odd, since two findings on the first line are one diagnostic."""
    edits: list[TextEdit] = []
    if "bom" in cases:
        # The mark is no part of the text: writing a file with this edit leaves it out.
        edits.append(TextEdit(Span(0, 0), ""))
    if "mixed" in cases or "cr" in cases:
        edits.extend(
            TextEdit(Span(match.start(), match.end()), "\n") for match in _CARRIAGE_RETURN.finditer(text)
        )
    if case == "bom":
        return ProposedFix(msg("remove the byte order mark"), tuple(edits))
    if case in ("mixed", "cr"):
        return ProposedFix(msg("let every line end in LF"), tuple(edits))
    return None


RULE = Rule(
    severity=Severity.WARNING,
    scope=Scope.FILE,
    summary=msg("The file has a byte order mark, or lines that do not end in LF"),
    rationale=msg(
        "Both are invisible in an editor and change the bytes: digests differ from one checkout to "
        "the next, and tools that compare lines see every line changed. Where every line ends in CRLF, "
        "as editors on Windows have it, it is a note."
    ),
    authority=("Unicode Standard, section 2.6, byte order mark in UTF-8",),
    check=check,
    upon="problems",
    fixable=True,
    bad=(
        Example({"imprenta-sol.yaml": "\ufeffshop: imprenta-sol   # expect: yaml/encoding\n"}),
        Example(
            {
                "imprenta-sol.yaml": "shop: imprenta-sol   # expect: yaml/encoding\r\n"
                'platform_version: "3.27.0"\n'
            }
        ),
    ),
    good=(
        Example({"imprenta-sol.yaml": "shop: imprenta-sol\n"}),
        Example({"imprenta-sol.yaml": "# ñandú, façade, 日本\nshop: imprenta-sol\n"}),
    ),
    turn_off=msg("Where editors on Windows write CRLF and git does not normalise it."),
)
