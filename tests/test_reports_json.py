"""``json``: valid by the schema we ship, positions that slice back, the same bytes each time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.report_case import CLEAN, EVIL, EVIL_PATH, PLAIN, RESULT, SOURCES
from wakagitops.core.source import Position, Range, SourceText
from wakagitops.reports import json as json_report
from wakagitops.validate.result import CheckResult

SCHEMA = Path(__file__).parent.parent / "schema" / "diagnostics-v1.schema.json"


def _read(result: CheckResult) -> dict[str, Any]:
    data: dict[str, Any] = json.loads("".join(json_report.report(result, PLAIN)))
    return data


@pytest.mark.parametrize("result", [RESULT, CLEAN])
def test_the_report_is_valid_by_the_published_schema(result: CheckResult) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    assert [error.message for error in validator.iter_errors(_read(result))] == []


def test_the_summary_counts_what_is_there() -> None:
    data = _read(RESULT)
    severities = [item["severity"] for item in data["diagnostics"]]
    assert data["summary"] == {
        "files": 12,
        "shops": 10,
        "errors": severities.count("error"),
        "warnings": severities.count("warning"),
        "notes": severities.count("note"),
        "suppressed": len(data["suppressed"]),
    }


def test_positions_count_from_one_in_code_points() -> None:
    found = next(item for item in _read(RESULT)["diagnostics"] if item["rule"] == "yaml/character")
    source = SourceText(SOURCES[found["path"]])
    start, end = (Position(found[key]["line"] - 1, found[key]["column"] - 1) for key in ("start", "end"))
    first, last = source.span(Range(start, end))
    assert source.text[first:last] == "\tSol"


def test_hostile_text_comes_back_as_it_was_and_the_bytes_are_ascii() -> None:
    text = "".join(json_report.report(RESULT, PLAIN))
    assert text.isascii()
    found = next(item for item in _read(RESULT)["diagnostics"] if item["path"] == EVIL_PATH)
    assert found["message"] == f"{EVIL} looks like a template"
    assert found["fix"]["edits"][0]["text"] == EVIL


def test_suppressed_findings_carry_their_reason() -> None:
    assert [item["reason"] for item in _read(RESULT)["suppressed"]] == [f"agreed {EVIL}", ""]


def test_one_finding_a_line() -> None:
    lines = "".join(json_report.report(RESULT, PLAIN)).splitlines()
    assert sum('"fingerprint"' in line for line in lines) == len(RESULT.diagnostics) + 2
