"""``gitlab``: what GitLab's Code Quality parser asks of a report, and a fingerprint for each finding."""

from __future__ import annotations

import json
from typing import Any

import jsonschema

from tests.report_case import CLEAN, PLAIN, RESULT
from wakagitops.core.diagnostic import Severity
from wakagitops.core.source import Position, Range
from wakagitops.reports import gitlab
from wakagitops.validate.result import CheckResult

# GitLab's documentation of the Code Quality report format, and the check that its parser makes
# (app/validators/json_schemas/codeclimate.json), with the severities that it knows.
CONTRACT = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": r"^(?!\./)"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {
                            "begin": {"type": "integer", "minimum": 1},
                            "end": {"type": "integer", "minimum": 1},
                        },
                    },
                },
            },
        },
    },
}


def _read(result: CheckResult = RESULT) -> list[dict[str, Any]]:
    text = "".join(gitlab.report(result, PLAIN))
    assert not text.startswith("\ufeff"), "GitLab takes no byte order mark"
    issues: list[dict[str, Any]] = json.loads(text)
    return issues


def test_the_report_keeps_gitlabs_contract() -> None:
    jsonschema.Draft202012Validator(CONTRACT).validate(_read())
    assert _read(CLEAN) == []


def test_each_finding_has_a_fingerprint_of_its_own() -> None:
    prints = [issue["fingerprint"] for issue in _read()]
    assert len(prints) == len(RESULT.diagnostics)
    assert len(set(prints)) == len(prints)


def test_a_fingerprint_does_not_move_with_its_line() -> None:
    moved = tuple(
        item._replace(range=Range(Position(item.range.start.line + 7, 0), Position(99, 0)))
        for item in RESULT.diagnostics
    )
    now = _read(RESULT._replace(diagnostics=moved))
    assert [issue["fingerprint"] for issue in now] == [issue["fingerprint"] for issue in _read()]


def test_severities_are_gitlabs() -> None:
    wanted = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}
    assert [issue["severity"] for issue in _read()] == [
        wanted[item.severity] for item in RESULT.diagnostics
    ]


def test_the_description_names_the_rule_and_the_lines_are_those_of_the_finding() -> None:
    found = next(issue for issue in _read() if issue["check_name"] == "admin/too-many-recipients")
    assert found["description"] == "3 recipients are too many [admin/too-many-recipients]"
    assert found["location"] == {"path": "configs/imprenta-sol.yaml", "lines": {"begin": 12, "end": 15}}
