"""``junit``: for CI servers that show test results; each finding is a test case, errors fail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from wakagitops.core.diagnostic import Diagnostic, Severity
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.visible import visible
from wakagitops.reports import Presentation
from wakagitops.reports._summary import severity_word
from wakagitops.validate.result import CheckResult


class _Suite(NamedTuple):
    """A settings file and its findings; without one, it is a test that passed."""

    path: str
    items: list[Diagnostic]


def report(result: CheckResult, presentation: Presentation) -> Iterator[str]:
    """Yield the report: a suite for each file, with one test case for each finding.

    Warnings and notes are skipped tests, since a run does not fail for them. No time and no host are
    in it, so the same findings give the same bytes.
    """
    suites = _suites(result)
    tests = sum(max(1, len(suite.items)) for suite in suites)
    totals = _totals(tests, result.diagnostics)
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="wakagitops" {totals}>\n'
    for suite in suites:
        name = _attribute(presentation.shown(suite.path))
        totals = f"{_totals(max(1, len(suite.items)), suite.items)} {_skipped(suite.items)}"
        yield f"  <testsuite name={name} {totals}>\n"
        if not suite.items:
            yield f'    <testcase name="validate" classname={name}/>\n'
        for case, item in _named(suite.items):
            yield f"    <testcase name={_attribute(case)} classname={name}>\n"
            yield f"      {_outcome(item, presentation)}\n    </testcase>\n"
        yield "  </testsuite>\n"
    yield "</testsuites>\n"


def _suites(result: CheckResult) -> list[_Suite]:
    """Return every shop's file, and the others that have findings."""
    files: dict[str, list[Diagnostic]] = {path: [] for path in result.shop_names}
    for item in result.diagnostics:
        files.setdefault(item.path, []).append(item)
    return [_Suite(path, files[path]) for path in sorted(files)]


def _named(items: list[Diagnostic]) -> Iterator[tuple[str, Diagnostic]]:
    """Name each case by rule and pointer, not by line, so that servers follow it across commits."""
    seen: Counter[str] = Counter()
    for item in items:
        name = f"{item.rule} {item.pointer}".rstrip()
        seen[name] += 1
        yield (name if seen[name] == 1 else f"{name} ({seen[name]})"), item


def _outcome(item: Diagnostic, presentation: Presentation) -> str:
    translate = presentation.translate
    message = visible(translate(item.message))
    start = item.range.start
    place = f"{presentation.shown(item.path)}:{start.line + 1}:{start.column + 1}"
    lines = [f"{place}: {translate(severity_word(item.severity))}: {message} [{item.rule}]"]
    if item.help.text:
        lines.append(visible(translate(item.help)))
    for part in item.related:
        place = f"{presentation.shown(part.path)}:{part.range.start.line + 1}"
        lines.append(f"{place}: {visible(translate(part.message))}")
    text = escape("\n".join(lines))
    if item.severity is Severity.ERROR:
        return f"<failure type={_attribute(item.rule)} message={_attribute(message)}>{text}</failure>"
    return f"<skipped>{text}</skipped>"


def _totals(tests: int, items: tuple[Diagnostic, ...] | list[Diagnostic]) -> str:
    failures = sum(1 for item in items if item.severity is Severity.ERROR)
    return f'tests="{tests}" failures="{failures}" errors="0"'


def _skipped(items: list[Diagnostic]) -> str:
    return f'skipped="{sum(1 for item in items if item.severity is not Severity.ERROR)}"'


def _attribute(text: str) -> str:
    """Return a text as a quoted attribute value; what XML 1.0 cannot hold is shown by its number."""
    return quoteattr(visible(text))
