"""``text``: for people. Snippets with carets on a terminal; one line a finding when piped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from wakagitops.checking.result import CheckResult
from wakagitops.core.diagnostic import Diagnostic, Severity, Suppressed
from wakagitops.core.messages import Message, counted, msg
from wakagitops.reports import Presentation
from wakagitops.reports._snippet import Line, Snippet, snippets
from wakagitops.reports._summary import more, severity_word, verdict
from wakagitops.reports._visible import visible, width

_RELATED = 3
"""How many related places are shown; ``-v`` shows all."""


class _Style(NamedTuple):
    """The ANSI codes of one report; all empty without colour."""

    error: str = ""
    warning: str = ""
    note: str = ""
    related: str = ""
    dim: str = ""
    bold: str = ""
    good: str = ""
    end: str = ""

    def of(self, severity: Severity) -> str:
        """Return the code of a severity."""
        return {Severity.ERROR: self.error, Severity.WARNING: self.warning}.get(severity, self.note)


class _Look(NamedTuple):
    """How one finding's snippets are shown."""

    presentation: Presentation
    style: _Style
    accent: str
    """The code of the finding's severity."""

    def line(self, text: str) -> str:
        """Return a part of the frame in its colour."""
        return f"{self.style.related}{text}{self.style.end}"


_COLOR = _Style(
    error="\x1b[1;31m",
    warning="\x1b[1;33m",
    note="\x1b[1;36m",
    related="\x1b[34m",
    dim="\x1b[2m",
    bold="\x1b[1m",
    good="\x1b[1;32m",
    end="\x1b[0m",
)


def report(result: CheckResult, presentation: Presentation) -> Iterator[str]:
    """Yield the report, line by line: findings in their order, then what they add up to."""
    style = _COLOR if presentation.color else _Style()
    quiet = presentation.verbosity < 0
    for item in result.diagnostics:
        if quiet and item.severity is not Severity.ERROR:
            continue
        if presentation.full:
            yield from _full(item, result, presentation, style)
        else:
            yield f"{_compact(item, presentation, style)}\n"
    if presentation.verbosity > 0:
        for taken_out in result.suppressed:
            yield f"{_suppressed(taken_out, presentation, style)}\n"
    yield from _closing(result, presentation, style)


def _compact(item: Diagnostic, presentation: Presentation, style: _Style) -> str:
    word = presentation.translate(severity_word(item.severity))
    message = visible(presentation.translate(item.message))
    return (
        f"{style.bold}{_place(item, presentation)}{style.end}: "
        f"{style.of(item.severity)}{word}{style.end}: {message} {style.dim}[{item.rule}]{style.end}"
    )


def _suppressed(entry: Suppressed, presentation: Presentation, style: _Style) -> str:
    finding = _compact(entry.diagnostic, presentation, style)
    if entry.kind == "baseline":
        state = presentation.translate(msg("suppressed by the baseline"))
    elif entry.reason:
        state = presentation.translate(msg("suppressed: {reason}", reason=entry.reason))
    else:
        state = presentation.translate(msg("suppressed without a reason"))
    return f"{finding} {style.dim}({visible(state)}){style.end}"


def _full(
    item: Diagnostic, result: CheckResult, presentation: Presentation, style: _Style
) -> Iterator[str]:
    translate, chatty = presentation.translate, presentation.verbosity > 0
    look = _Look(presentation, style, style.of(item.severity))
    yield (
        f"{look.accent}{translate(severity_word(item.severity))}[{item.rule}]{style.end}"
        f"{style.bold}: {visible(translate(item.message))}{style.end}\n"
    )
    limit = len(item.related) if chatty else _RELATED
    found = snippets(item, result.excerpt, translate, related=limit)
    margin = " " * max((len(str(line.number)) for part in found for line in part.lines), default=1)
    below = f"{margin} {look.line('|')}\n" if found[0].lines else ""
    for index, part in enumerate(found):
        if index:
            yield below
        yield from _snippet(part, "-->" if index == 0 else ":::", margin, look)
    for label, text in _notes(item, result, presentation, len(item.related) - limit):
        yield below
        below = ""
        head = f"{margin} {look.line('=')} {style.bold}{translate(label)}{style.end}"
        yield f"{head}: {visible(translate(text))}\n"
    yield "\n"


def _notes(
    item: Diagnostic, result: CheckResult, presentation: Presentation, hidden: int
) -> Iterator[tuple[Message, Message]]:
    """Yield what is said below the snippets, each with its label."""
    if hidden > 0:
        yield (
            msg("note"),
            counted(
                "{count} more place is related; -v shows it",
                "{count} more places are related; -v shows them",
                hidden,
            ),
        )
    if item.help.text:
        yield msg("help"), item.help
    if item.fix is not None:
        yield msg("fix"), msg("{change} (`wakagitops fix` does it)", change=item.fix.description)
    if presentation.verbosity > 0:
        if item.shops:
            yield msg("shops"), Message(", ".join(item.shops))
        rule = result.rules().get(item.rule)
        if rule is not None:
            yield msg("why"), rule.rationale


def _snippet(part: Snippet, arrow: str, margin: str, look: _Look) -> Iterator[str]:
    shown, (start, bar) = visible(look.presentation.shown(part.path)), (part.start, look.line("|"))
    yield f"{margin}{look.line(arrow)} {shown}:{start.line + 1}:{start.column + 1}\n"
    if not part.lines:
        return
    yield f"{margin} {bar}\n"
    due = part.lines[0].number
    for line in part.lines:
        if line.number != due:
            yield f"{look.line('...')}\n"
        due = line.number + 1
        text = line.text if line.marks else f"{look.style.dim}{line.text}{look.style.end}"
        yield f"{look.line(str(line.number).rjust(len(margin)))} {bar} {text}".rstrip() + "\n"
        for under in _underlines(line, look):
            yield f"{margin} {bar} {under}\n"


def _underlines(line: Line, look: _Look) -> Iterator[str]:
    for mark in line.marks:
        lead = " " * width(line.text[: mark.start])
        length = max(1, width(line.text[mark.start : mark.end]))
        color = look.accent if mark.primary else look.style.related
        label = f" {mark.label}" if mark.label else ""
        yield f"{lead}{color}{('^' if mark.primary else '-') * length}{label}{look.style.end}"


def _place(item: Diagnostic, presentation: Presentation) -> str:
    start = item.range.start
    return f"{visible(presentation.shown(item.path))}:{start.line + 1}:{start.column + 1}"


def _closing(result: CheckResult, presentation: Presentation, style: _Style) -> Iterator[str]:
    translate = presentation.translate
    worst = min((item.severity for item in result.diagnostics), key=lambda one: one.rank, default=None)
    color = style.good if worst is None else style.of(worst)
    yield f"{color}{translate(verdict(result))}{style.end}"
    for sentence in more(result):
        yield f" {translate(sentence)}"
    yield "\n"
    if presentation.full and worst is not None and presentation.verbosity == 0:
        first = next(item.rule for item in result.diagnostics if item.severity is worst)
        hint = msg("`wakagitops explain {rule}` says why that rule is there.", rule=first)
        yield f"{style.dim}{translate(hint)}{style.end}\n"
