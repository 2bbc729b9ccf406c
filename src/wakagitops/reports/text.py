"""``text``: for people. Snippets with carets on a terminal; one line a finding when piped."""

from __future__ import annotations

from collections.abc import Iterator

from wakagitops.core.diagnostic import Diagnostic, Severity, Suppressed
from wakagitops.core.messages import msg
from wakagitops.core.visible import visible
from wakagitops.reports import Presentation
from wakagitops.reports._style import COLOR, PLAIN, Style
from wakagitops.reports._summary import more, severity_word, verdict
from wakagitops.validate.result import CheckResult


def report(result: CheckResult, presentation: Presentation) -> Iterator[str]:
    """Yield the report, line by line: findings in their order, then what they add up to."""
    style = COLOR if presentation.color else PLAIN
    quiet = presentation.verbosity < 0
    for item in result.diagnostics:
        if quiet and item.severity is not Severity.ERROR:
            continue
        if presentation.full:
            # A run without findings, which a commit waits for, need not know how to draw them.
            from wakagitops.reports._terminal import drawn  # noqa: PLC0415

            yield from drawn(item, result, presentation, style)
        else:
            yield f"{_compact(item, presentation, style)}\n"
    if presentation.verbosity > 0:
        for taken_out in result.suppressed:
            yield f"{_suppressed(taken_out, presentation, style)}\n"
    yield from _closing(result, presentation, style)


def _compact(item: Diagnostic, presentation: Presentation, style: Style) -> str:
    start = item.range.start
    place = f"{presentation.shown(item.path)}:{start.line + 1}:{start.column + 1}"
    word = presentation.translate(severity_word(item.severity))
    message = visible(presentation.translate(item.message))
    return (
        f"{style.bold}{place}{style.end}: "
        f"{style.of(item.severity)}{word}{style.end}: {message} {style.dim}[{item.rule}]{style.end}"
    )


def _suppressed(entry: Suppressed, presentation: Presentation, style: Style) -> str:
    finding = _compact(entry.diagnostic, presentation, style)
    if entry.kind == "baseline":
        state = presentation.translate(msg("suppressed by the baseline"))
    elif entry.reason:
        state = presentation.translate(msg("suppressed: {reason}", reason=entry.reason))
    else:
        state = presentation.translate(msg("suppressed without a reason"))
    return f"{finding} {style.dim}({visible(state)}){style.end}"


def _closing(result: CheckResult, presentation: Presentation, style: Style) -> Iterator[str]:
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
