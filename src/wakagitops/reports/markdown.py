"""``markdown``: one table of findings, for a comment on a pull request or a job's summary."""

from __future__ import annotations

from collections.abc import Iterator

from wakagitops.reports import Presentation
from wakagitops.reports._markdown import document
from wakagitops.validate.result import CheckResult

LIMIT = 65_000
"""In code points: GitHub takes a comment of 65,536, and a bot may want to add a line."""


def report(result: CheckResult, presentation: Presentation) -> Iterator[str]:
    """Yield the report, worst findings first; it fits in one comment and says what it leaves out."""
    yield from document(result, presentation, limit=LIMIT)
