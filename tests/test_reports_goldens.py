"""Every report format, whole, for one fixed result: the files of ``tests/goldens`` are what people get.

``UPDATE_GOLDENS=1 pytest tests/test_reports_goldens.py`` writes them anew; read the diff.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest

from tests.report_case import CLEAN, PLAIN, RESULT, SECRET, Marking
from wakagitops.reports import Presentation, format_names
from wakagitops.validate.result import CheckResult

GOLDENS = Path(__file__).parent / "goldens"
Report = Callable[[CheckResult, Presentation], Iterator[str]]

FULL = PLAIN._replace(full=True)
CASES = {
    "text.txt": ("text", RESULT, PLAIN),
    "text-full.txt": ("text", RESULT, FULL),
    "text-full-color.ansi": ("text", RESULT, FULL._replace(color=True)),
    "text-full-verbose.txt": ("text", RESULT, FULL._replace(verbosity=1)),
    "text-quiet.txt": ("text", RESULT, PLAIN._replace(verbosity=-1)),
    "text-clean.txt": ("text", CLEAN, PLAIN),
    "json.json": ("json", RESULT, PLAIN),
    "json-clean.json": ("json", CLEAN, PLAIN),
    "sarif.sarif": ("sarif", RESULT, PLAIN),
    "junit.xml": ("junit", RESULT, PLAIN),
    "gitlab.json": ("gitlab", RESULT, PLAIN),
    "github.txt": ("github", RESULT, PLAIN),
    "markdown.md": ("markdown", RESULT, PLAIN),
    "markdown-clean.md": ("markdown", CLEAN, PLAIN),
    "html.html": ("html", RESULT, PLAIN),
}


def _text(name: str) -> str:
    module, result, presentation = CASES[name]
    report: Report = import_module(f"wakagitops.reports.{module}").report
    return "".join(report(result, presentation))


@pytest.mark.parametrize("name", CASES)
def test_the_report_is_the_golden_one(name: str) -> None:
    shown = _text(name)
    golden = GOLDENS / name
    if os.environ.get("UPDATE_GOLDENS"):
        golden.write_text(shown, encoding="utf-8", newline="")
    assert shown == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CASES)
def test_no_report_shows_a_secret(name: str) -> None:
    assert SECRET not in _text(name)


def test_every_format_has_a_golden() -> None:
    assert {module for module, _, _ in CASES.values()} == set(format_names())


@pytest.mark.parametrize(
    "name",
    ["text.txt", "text-full.txt", "text-quiet.txt", "text-clean.txt", "github.txt", "markdown.md"],
)
def test_no_sentence_stays_untranslated(name: str) -> None:
    """With a translator that marks what it translates, no English word is left outside its marks."""
    module, result, presentation = CASES[name]
    report: Report = import_module(f"wakagitops.reports.{module}").report
    shown = "".join(report(result, presentation._replace(translate=Marking())))
    left = _without_marks(re.sub(r"<!--.*?-->|</?code>|<br>", "", shown))
    left = re.sub(r"^ *\d+ \|.*$", "", left, flags=re.MULTILINE)  # source lines are what they are
    left = re.sub(
        r"(?m)^ *(-->|:::) .*$|^(- )?\S.*?:\d+:\d+:|\| \S[^|]*:\d+:\d+ \|", "", left
    )  # and paths
    left = re.sub(r"\[?[a-z-]+/[a-z-]+\]?|::[a-z]+( file=.*,title=[^:]*)?::|%0A", "", left)  # and ids
    left = re.sub(r",col=\d+,endColumn=\d+::", "", left)
    assert not re.search(r"[A-Za-z]{2,}", left), left


def _without_marks(text: str) -> str:
    before = ""
    while before != text:
        before, text = text, re.sub(r"«[^«»]*»", "", text)
    return text
