"""``text``: carets under the exact characters, nothing that steers the terminal, lines for grep."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report_case import CLEAN, EVIL_PATH, NOWHERE, PLAIN, RESULT
from wakagitops.core.diagnostic import Diagnostic, Related, Severity
from wakagitops.core.excerpt import Excerpt
from wakagitops.core.messages import msg
from wakagitops.core.source import Position, Range, SourceText
from wakagitops.core.visible import visible
from wakagitops.reports import Presentation
from wakagitops.reports import text as text_report
from wakagitops.reports._columns import width
from wakagitops.validate.result import CheckResult

FULL = PLAIN._replace(full=True)


def _shown(result: CheckResult, presentation: Presentation = PLAIN) -> str:
    return "".join(text_report.report(result, presentation))


def _one(source: str, place: Range, related: tuple[Related, ...] = ()) -> CheckResult:
    item = Diagnostic(
        "configs/x.yaml", place, "yaml/syntax", Severity.ERROR, msg("it is wrong"), "", (), related
    )
    return CLEAN._replace(diagnostics=(item,), excerpt=lambda _path: Excerpt(SourceText(source)))


def _on_line(start: int, end: int, line: int = 0) -> Range:
    return Range(Position(line, start), Position(line, end))


@pytest.mark.parametrize(
    ("source", "marked", "lead", "carets"),
    [
        ("email: maria@sol.es", "maria@sol.es", 7, 12),
        ("name: 日本 Sol", "Sol", 11, 3),
        ("name: 日本 Sol", "日本", 6, 4),
        ("name: 👩\u200d🚀 Sol", "Sol", 9, 3),
        ("name: ❤\ufe0f Sol", "Sol", 9, 3),
        ("name: 👍🏽 Sol", "Sol", 9, 3),
        ("name: jose\u0301 Sol", "Sol", 11, 3),
        ("a:\tb: Sol", "Sol", 7, 3),
        ("日:\tSol", "Sol", 4, 3),
        ("\tname: Sol", "Sol", 10, 3),
        ("a: \x1b[31m Sol", "Sol", 12, 3),
        ("a: \u202e Sol", "\u202e", 3, 6),
    ],
)
def test_carets_stand_under_what_they_mean(source: str, marked: str, lead: int, carets: int) -> None:
    start = source.index(marked)
    shown = _shown(_one(source, _on_line(start, start + len(marked))), FULL)
    assert f"\n  | {' ' * lead}{'^' * carets}\n" in shown


def test_a_place_without_length_gets_one_caret() -> None:
    assert "\n  |      ^\n" in _shown(_one("a: [1", _on_line(5, 5)), FULL)


def test_a_finding_without_a_place_shows_no_source() -> None:
    shown = _shown(_one("a: 1\n", NOWHERE), FULL)
    assert " --> configs/x.yaml:1:1\n" in shown
    assert "a: 1" not in shown


def test_a_place_behind_the_end_of_a_changed_file_does_no_harm() -> None:
    shown = _shown(_one("a: 1\n", _on_line(3, 9, line=40)), FULL)
    assert " --> configs/x.yaml:41:4\n" in shown


def test_every_line_of_a_longer_range_is_marked() -> None:
    shown = _shown(_one("a:\n  - b\n\n  - cc\nd: 1\n", Range(Position(1, 2), Position(3, 6))), FULL)
    assert shown.splitlines()[2:10] == [
        "  |",
        "1 | a:",
        "2 |   - b",
        "  |   ^^^",
        "3 |",
        "4 |   - cc",
        "  |   ^^^^",
        "5 | d: 1",
    ]


def test_a_range_of_very_many_lines_is_shown_in_part() -> None:
    shown = _shown(_one("- x\n" * 10_000, Range(Position(0, 0), Position(9_999, 3))), FULL)
    assert shown.count("^^^") < 10


def test_a_very_long_line_is_cut_around_its_mark() -> None:
    source = "a: " + "x" * 200_000 + "HERE" + "y" * 50_000
    start = source.index("HERE")
    shown = _shown(_one(source, _on_line(start, start + 4)), FULL)
    line, carets = shown.splitlines()[3:5]
    assert len(line) < 200
    assert line[carets.index("^") : carets.rindex("^") + 1] == "HERE"


def test_only_three_related_places_are_shown_until_asked_for_more() -> None:
    related = tuple(
        Related("configs/x.yaml", _on_line(0, 1, line), msg("here: {line}", line=line))
        for line in range(2, 9)
    )
    result = _one("abc\n" * 10, _on_line(0, 1), related)
    shown = _shown(result, FULL)
    assert "here: 4" in shown
    assert "here: 5" not in shown
    assert "note: 4 more places are related; -v shows them" in shown
    assert "here: 8" in _shown(result, FULL._replace(verbosity=1))


def test_a_piped_report_has_one_line_a_finding_and_one_for_the_sum() -> None:
    lines = _shown(RESULT).splitlines()
    assert len(lines) == len(RESULT.diagnostics) + 1
    pattern = re.compile(r"(.+?):(\d+):(\d+): (error|warning|note): .+ \[[a-z-]+/[a-z-]+\]$")
    assert all(pattern.match(line) for line in lines[:-1])


def test_quiet_shows_errors_only_and_still_counts_all() -> None:
    shown = _shown(RESULT, PLAIN._replace(verbosity=-1))
    assert ": warning:" not in shown
    assert ": note:" not in shown
    assert shown.count(": error:") == RESULT.count(Severity.ERROR)
    assert "5 warnings and 1 note" in shown


def test_verbose_shows_what_was_suppressed_and_why() -> None:
    shown = _shown(RESULT, PLAIN._replace(verbosity=1))
    assert "[contact/free-mail] (suppressed: agreed " in shown
    assert "(suppressed by the baseline)" in shown


def test_paths_are_shown_from_the_current_folder() -> None:
    shown = _shown(RESULT, PLAIN._replace(relative=lambda path: f"../{path}"))
    assert "\n../configs/imprenta-sol.yaml:5:10: error:" in shown


@pytest.mark.parametrize("presentation", [PLAIN, FULL, FULL._replace(verbosity=1)])
def test_nothing_in_a_file_or_its_name_steers_the_terminal(presentation: Presentation) -> None:
    shown = _shown(RESULT, presentation)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)
    assert "\n::" not in shown
    assert visible(EVIL_PATH) in shown


@given(st.text())
def test_visible_text_has_nothing_hidden_and_keeps_ordinary_text(text: str) -> None:
    shown = visible(text)
    assert "\n" not in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    shown.encode("utf-8")
    if text.isprintable() and text.isascii():
        assert shown == text
        assert width(shown) == len(text)
