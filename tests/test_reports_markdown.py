"""``markdown``: a table that every reader reads alike, within a comment's limit, nothing cut unsaid."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from markdown_it import MarkdownIt

from tests.report_case import CLEAN, EVIL, EVIL_PATH, PLAIN, RESULT
from wakagitops.core.diagnostic import Diagnostic, Severity
from wakagitops.core.messages import Message, Translator, msg
from wakagitops.core.visible import visible
from wakagitops.reports import markdown
from wakagitops.reports._markdown import MARKER, code, prose
from wakagitops.validate.result import CheckResult

GFM = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def _rendered(result: CheckResult) -> html.HtmlElement:
    return html.fragment_fromstring(
        GFM.render("".join(markdown.report(result, PLAIN))), create_parent="div"
    )


def _one(message: Message, advice: str = "") -> CheckResult:
    item = Diagnostic(
        "configs/x.yaml", RESULT.diagnostics[0].range, "yaml/syntax", Severity.ERROR, message, "",
        help=Message(advice),
    )  # fmt: skip
    return CLEAN._replace(diagnostics=(item,))


def test_every_finding_is_a_row_of_four_cells() -> None:
    rows = _rendered(RESULT).findall(".//tbody/tr")
    assert len(rows) == len(RESULT.diagnostics)
    assert all(len(row.findall("td")) == 4 for row in rows)


def test_the_worst_come_first() -> None:
    words = [str(row[0].text_content()).split()[-1] for row in _rendered(RESULT).findall(".//tbody/tr")]
    assert words == sorted(words, key=["error", "warning", "note"].index)


def test_values_are_code_and_our_words_are_text() -> None:
    row = next(
        row for row in _rendered(RESULT).findall(".//tbody/tr") if "role-account" in row.text_content()
    )
    assert [each.text for each in row[2].findall("code")] == [
        "maria.lopez@imprenta-sol.es",
        "contacto@imprenta-sol.es",
    ]


def test_hostile_text_comes_back_as_text() -> None:
    page = _rendered(RESULT)
    allowed = {"div", "h3", "table", "thead", "tbody", "tr", "th", "td", "code", "br", "p"}
    assert {each.tag for each in page.iter() if isinstance(each.tag, str)} <= allowed
    row = next(row for row in page.findall(".//tbody/tr") if "template-residue" in row.text_content())
    assert row[1].text_content() == f"{visible(EVIL_PATH)}:1:115"
    assert row[2][0].text == visible(EVIL)


@pytest.mark.parametrize("text", ["@imprenta/team", "see #12", "https://evil.es", "www.evil.es"])
def test_nobody_is_mentioned_and_nothing_linked(text: str) -> None:
    """Forges look for these in the text as it is written, so it is written in references."""
    assert text not in "".join(markdown.report(_one(Message(text), text), PLAIN))


@given(st.text(min_size=1))
def test_any_value_comes_back_in_its_cell(text: str) -> None:
    page = _rendered(_one(msg("{value} is wrong", value=text)))
    (row,) = page.findall(".//tbody/tr")
    assert len(row) == 4
    shown = row[2][0].text_content()
    assert re.sub(r"\s", " ", shown) == re.sub(r"\s", " ", visible(text))


@given(st.text(alphabet="ab`|*_<>[]()!\\&#@ ~$:/.-=\n", min_size=1))
def test_any_words_stay_in_their_cell(text: str) -> None:
    page = _rendered(_one(Message(f"x{text}")))
    (row,) = page.findall(".//tbody/tr")
    assert len(row) == 4
    assert {each.tag for each in row[2].iter()} <= {"td", "code"}


def test_very_many_findings_fit_in_a_comment_and_the_rest_is_counted() -> None:
    many = RESULT._replace(diagnostics=RESULT.diagnostics * 400)
    shown = "".join(markdown.report(many, PLAIN))
    assert len(shown) <= 65_536
    rows = len(_rendered(many).findall(".//tbody/tr"))
    left = re.search(r"^(\d+) more findings did not fit here \((\d+) errors", shown, re.MULTILINE)
    assert left is not None
    assert rows + int(left[1]) == len(many.diagnostics)
    assert rows + int(left[2]) == many.count(Severity.ERROR), "errors are shown before the rest"


def test_a_bot_finds_its_comment_again() -> None:
    for result in (RESULT, CLEAN):
        assert "".join(markdown.report(result, PLAIN)).startswith(f"{MARKER}\n")


def test_commands_in_our_words_are_code() -> None:
    assert prose(msg("run `wakagitops fix` now"), Translator()) == f"run {code('wakagitops fix')} now"
