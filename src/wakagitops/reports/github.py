"""``github``: workflow commands that annotate the changed lines, and the job's step summary."""

from __future__ import annotations

from collections.abc import Iterator

from wakagitops.core.diagnostic import Diagnostic, Severity
from wakagitops.core.messages import counted
from wakagitops.core.visible import WorkflowCommand, visible
from wakagitops.reports import Presentation
from wakagitops.reports._markdown import document, worst_first
from wakagitops.reports._summary import more, severity_word, verdict
from wakagitops.validate.result import CheckResult

ANNOTATIONS = 10
"""GitHub shows no more of a step's annotations of one kind."""
SUMMARY_LIMIT = 250_000
"""In code points, of which GitHub takes 1 MiB a step: enough where each takes four bytes."""

_COMMAND = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def report(result: CheckResult, presentation: Presentation) -> Iterator[str]:
    """Yield the ten worst findings as annotations and the others, folded, as lines of the job's log."""
    translate = presentation.translate
    found = worst_first(result, presentation)
    for item in found[:ANNOTATIONS]:
        yield _annotation(item, presentation)
    rest = found[ANNOTATIONS:]
    if rest:
        title = counted("{count} more finding", "{count} more findings", len(rest))
        yield WorkflowCommand(f"::group::{_data(translate(title))}\n")
        for item in rest:
            yield f"- {_line(item, presentation)}\n"
        yield WorkflowCommand("::endgroup::\n")
    yield " ".join(translate(sentence) for sentence in (verdict(result), *more(result))) + "\n"


def summary(result: CheckResult, presentation: Presentation) -> Iterator[str]:
    """Yield the step summary, in Markdown, for the file that ``GITHUB_STEP_SUMMARY`` names."""
    yield from document(result, presentation, limit=SUMMARY_LIMIT)


def _annotation(item: Diagnostic, presentation: Presentation) -> WorkflowCommand:
    start, end = item.range
    properties = {
        "file": presentation.shown(item.path),
        "line": start.line + 1,
        "endLine": end.line + 1,
        "title": item.rule,
    }
    if start.line == end.line and start != end:
        # Columns of a range of several lines are not taken.
        properties |= {"col": start.column + 1, "endColumn": end.column + 1}
    message = visible(presentation.translate(item.message))
    if item.help.text:
        message = f"{message}\n{visible(presentation.translate(item.help))}"
    listed = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return WorkflowCommand(f"::{_COMMAND[item.severity]} {listed}::{_data(message)}\n")


def _line(item: Diagnostic, presentation: Presentation) -> str:
    translate, start = presentation.translate, item.range.start
    place = f"{presentation.shown(item.path)}:{start.line + 1}:{start.column + 1}"
    word = translate(severity_word(item.severity))
    return f"{place}: {word}: {visible(translate(item.message))} [{item.rule}]"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(visible(text)).replace(":", "%3A").replace(",", "%2C")
