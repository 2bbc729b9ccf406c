"""The sentences that sum a run up, worded once for every format that people read."""

from __future__ import annotations

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import Message, counted, msg
from wakagitops.validate.result import CheckResult


def severity_word(severity: Severity) -> Message:
    """Return a severity as people read it."""
    return {
        Severity.ERROR: msg("error"),
        Severity.WARNING: msg("warning"),
        Severity.NOTE: msg("note"),
    }[severity]


def tally(severity: Severity, number: int) -> Message:
    """Return how many findings of a severity there are."""
    if severity is Severity.ERROR:
        return counted("{count} error", "{count} errors", number)
    if severity is Severity.WARNING:
        return counted("{count} warning", "{count} warnings", number)
    return counted("{count} note", "{count} notes", number)


def verdict(result: CheckResult) -> Message:
    """Return the run in one sentence: what was found, and in how much."""
    files = counted("{count} file", "{count} files", result.files)
    shops = counted("{count} shop", "{count} shops", result.shops)
    if not result.files:
        return msg("Nothing was checked.")
    if not result.diagnostics and not result.unread:
        return msg("All good: {shops} in {files}, and nothing to report.", shops=shops, files=files)
    return msg(
        "Found {errors}, {warnings} and {notes}; checked {shops} in {files}.",
        errors=tally(Severity.ERROR, result.count(Severity.ERROR)),
        warnings=tally(Severity.WARNING, result.count(Severity.WARNING)),
        notes=tally(Severity.NOTE, result.count(Severity.NOTE)),
        shops=shops,
        files=files,
    )


def more(result: CheckResult) -> list[Message]:
    """Return what else there is to know of a run: fixes that wait, findings that were suppressed."""
    found = []
    fixable = sum(1 for item in result.diagnostics if item.fix is not None)
    if fixable:
        found.append(
            counted(
                "`wakagitops fix` mends {count} of them.",
                "`wakagitops fix` mends {count} of them.",
                fixable,
            )
        )
    if result.suppressed:
        found.append(
            counted(
                "{count} finding is suppressed.",
                "{count} findings are suppressed.",
                len(result.suppressed),
            )
        )
    return found
