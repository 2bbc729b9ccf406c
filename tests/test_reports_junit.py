"""``junit``: valid by the schema of Jenkins, failures for errors only, names that outlive a line."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from tests.report_case import CLEAN, EVIL_PATH, PLAIN, RESULT
from wakagitops.core.diagnostic import Severity
from wakagitops.core.source import Position, Range
from wakagitops.core.visible import visible
from wakagitops.reports import junit
from wakagitops.validate.result import CheckResult

SCHEMA = Path(__file__).parent / "data" / "jenkins-junit.xsd"


def _read(result: CheckResult = RESULT) -> etree._Element:
    return etree.fromstring("".join(junit.report(result, PLAIN)).encode())


@pytest.mark.parametrize("result", [RESULT, CLEAN, CLEAN._replace(shop_names={})])
def test_the_report_is_valid_by_its_schema(result: CheckResult) -> None:
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    assert schema.validate(_read(result)), schema.error_log


def test_errors_fail_and_the_rest_is_skipped() -> None:
    root = _read()
    assert len(root.findall(".//failure")) == RESULT.count(Severity.ERROR)
    assert len(root.findall(".//skipped")) == len(RESULT.diagnostics) - RESULT.count(Severity.ERROR)


def test_the_totals_are_those_of_the_cases() -> None:
    root = _read()
    assert int(root.attrib["tests"]) == len(root.findall(".//testcase"))
    assert int(root.attrib["failures"]) == len(root.findall(".//failure"))
    for suite in root:
        assert int(suite.attrib["tests"]) == len(suite.findall("testcase"))
        assert int(suite.attrib["failures"]) == len(suite.findall(".//failure"))
        assert int(suite.attrib["skipped"]) == len(suite.findall(".//skipped"))


def test_a_sound_shop_is_a_test_that_passed() -> None:
    suite = next(each for each in _read() if each.attrib["name"] == "configs/costa/vinilos-sal.yaml")
    assert len(suite) == 1
    assert len(suite[0]) == 0


def test_cases_are_named_apart_and_not_by_line() -> None:
    moved = tuple(
        item._replace(range=Range(Position(item.range.start.line + 7, 0), Position(99, 0)))
        for item in RESULT.diagnostics
    )

    def names(result: CheckResult) -> list[tuple[str, str]]:
        return [
            (str(case.attrib["classname"]), str(case.attrib["name"]))
            for case in _read(result).iter("testcase")
        ]

    assert names(RESULT._replace(diagnostics=moved)) == names(RESULT)
    assert len(set(names(RESULT))) == len(names(RESULT))


def test_hostile_text_stays_text() -> None:
    suite = next(each for each in _read() if each.attrib["name"] == visible(EVIL_PATH))
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert "<script>alert(1)</script>" in str(failure.attrib["message"])
    assert failure.text is not None
    assert f"{visible(EVIL_PATH)}:1:115: error:" in failure.text
    assert len(failure) == 0
