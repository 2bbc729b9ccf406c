"""``gitlab``: a Code Quality report, for the merge request's widget and its changed lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wakagitops.core.diagnostic import Diagnostic, Severity
from wakagitops.core.visible import as_json, visible
from wakagitops.reports import Presentation
from wakagitops.reports._fingerprints import distinct
from wakagitops.validate.result import CheckResult

_SEVERITY = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}


def report(result: CheckResult, presentation: Presentation) -> Iterator[str]:
    """Yield the report: a JSON list, one finding a line, each with a fingerprint of its own."""
    yield "["
    lead = "\n  "
    for item, fingerprint in zip(result.diagnostics, distinct(result.diagnostics), strict=True):
        yield lead + as_json(_issue(item, fingerprint, presentation))
        lead = ",\n  "
    yield "]\n" if lead == "\n  " else "\n]\n"


def _issue(item: Diagnostic, fingerprint: str, presentation: Presentation) -> dict[str, Any]:
    message = visible(presentation.translate(item.message))
    return {
        "type": "issue",
        "check_name": item.rule,
        # The widget shows the description alone, so the rule is named in it.
        "description": f"{message} [{item.rule}]",
        "categories": ["Security" if item.rule.startswith("secret/") else "Bug Risk"],
        "severity": _SEVERITY[item.severity],
        "fingerprint": fingerprint,
        "location": {
            "path": presentation.relative(item.path),
            "lines": {"begin": item.range.start.line + 1, "end": _last_line(item) + 1},
        },
    }


def _last_line(item: Diagnostic) -> int:
    """Return the last line (0-based) that holds a character of the finding."""
    start, end = item.range
    return end.line - 1 if end.column == 0 and end.line > start.line else end.line
