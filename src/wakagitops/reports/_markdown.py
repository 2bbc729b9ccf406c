"""Findings as GitHub-flavoured Markdown, for comments and job summaries, within a budget."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from re import Match

from wakagitops.core.diagnostic import Diagnostic, Severity
from wakagitops.core.messages import Message, counted, msg
from wakagitops.core.patterns import regex
from wakagitops.core.visible import visible
from wakagitops.reports import Presentation
from wakagitops.reports._summary import more, severity_word, tally, verdict
from wakagitops.reports._wording import pieces
from wakagitops.validate.result import CheckResult

MARKER = "<!-- wakagitops: findings -->"
"""The first line, by which a bot finds the comment that it wrote last time."""

# What Markdown reads, and the mentions, references, mathematics and autolinks of GitHub and GitLab.
_SPECIAL = regex(r"[\\`*_\[\]<>|~&@#$]|:(?=/)|(?<=[Ww]{3})\.")
_BADGES = {Severity.ERROR: "🔴", Severity.WARNING: "🟡", Severity.NOTE: "🔵"}
_CLOSING = 600
"""Room kept for what follows the table."""

Translate = Callable[[Message], str]


def document(result: CheckResult, presentation: Presentation, *, limit: int) -> Iterator[str]:
    """Yield a report of at most ``limit`` characters: worst findings first, and what is left out.

    Args:
        result: the findings.
        presentation: how to show them; ``-q`` leaves out all but errors.
        limit: the most code points.
    """
    translate = presentation.translate
    wanted = worst_first(result, presentation)
    worst = wanted[0].severity if wanted else None
    badge = "✅" if worst is None else _BADGES[worst]
    head = f"{MARKER}\n### {badge} {prose(verdict(result), translate)}\n"
    used = len(head) + _CLOSING
    yield head
    left: list[Diagnostic] = []
    if wanted:
        titles = (msg("Severity"), msg("Place"), msg("Finding"), msg("Rule"))
        header = f"\n| {' | '.join(prose(title, translate) for title in titles)} |\n|---|---|---|---|\n"
        used += len(header)
        yield header
        for item in wanted:
            row = finding_row(item, presentation)
            used += len(row)
            if used > limit or left:
                left.append(item)
            else:
                yield row
    for sentence in (*_left_out(left), *more(result)):
        yield f"\n{prose(sentence, translate)}\n"


def worst_first(result: CheckResult, presentation: Presentation) -> list[Diagnostic]:
    """Return the findings that are wanted: errors, warnings, notes, each in their total order."""
    found = sorted(result.diagnostics, key=lambda item: item.severity.rank)
    if presentation.verbosity < 0:
        return [item for item in found if item.severity is Severity.ERROR]
    return found


def prose(message: Message, translate: Translate) -> str:
    """Return a message as Markdown: our words as text, values as code, neither read as markup."""
    return "".join(
        code(piece.text) if piece.value else escape(piece.text) for piece in pieces(message, translate)
    )


def code(text: str) -> str:
    """Return a text as code that any table cell can hold.

    An element, as a code span has no way to write a bar that every reader of tables agrees on.
    """
    return f"<code>{escape(visible(text))}</code>"


def fenced(text: str) -> str:
    """Return a text as a line of a fenced block, where no comment's marker can be forged."""
    return visible(text).replace("<!--", r"<!\x2d-")


def escape(text: str) -> str:
    """Return a text with all that Markdown would read as markup written as character references."""
    return _SPECIAL.sub(_reference, text)


def finding_row(item: Diagnostic, presentation: Presentation) -> str:
    """Return a finding as a table's row: severity, place, what was found, rule."""
    translate, start = presentation.translate, item.range.start
    severity = f"{_BADGES[item.severity]} {prose(severity_word(item.severity), translate)}"
    place = code(f"{presentation.shown(item.path)}:{start.line + 1}:{start.column + 1}")
    finding = prose(item.message, translate)
    if item.help.text:
        finding = f"{finding}<br>{prose(item.help, translate)}"
    return f"| {severity} | {place} | {finding} | {code(item.rule)} |\n"


def _reference(found: Match[str]) -> str:
    return f"&#{ord(found[0])};"


def _left_out(left: list[Diagnostic]) -> Iterator[Message]:
    """Say what did not fit, and where to see it: nothing is cut in silence."""
    if left:
        counts = {each: sum(1 for item in left if item.severity is each) for each in Severity}
        yield counted(
            "{count} more finding did not fit here ({errors}, {warnings}, {notes}); "
            "`wakagitops validate` shows it.",
            "{count} more findings did not fit here ({errors}, {warnings}, {notes}); "
            "`wakagitops validate` shows them all.",
            len(left),
            errors=tally(Severity.ERROR, counts[Severity.ERROR]),
            warnings=tally(Severity.WARNING, counts[Severity.WARNING]),
            notes=tally(Severity.NOTE, counts[Severity.NOTE]),
        )
