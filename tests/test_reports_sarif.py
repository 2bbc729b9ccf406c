"""``sarif``: valid by the official schema, read by a consumer, nothing hidden in its messages."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from sarif import loader

from tests.report_case import CLEAN, EVIL_PATH, NOWHERE, PLAIN, RESULT, RULES, SOURCES
from wakagitops.core.diagnostic import Related
from wakagitops.core.messages import msg
from wakagitops.core.source import Position, Range, SourceText
from wakagitops.reports import sarif as sarif_report
from wakagitops.validate.result import CheckResult

SCHEMA = Path(__file__).parent / "data" / "sarif-schema-2.1.0.json"


def _run(result: CheckResult = RESULT) -> dict[str, Any]:
    log = json.loads("".join(sarif_report.report(result, PLAIN)))
    run: dict[str, Any] = log["runs"][0]
    return run


@pytest.mark.parametrize("result", [RESULT, CLEAN])
def test_the_log_is_valid_by_the_official_schema(result: CheckResult) -> None:
    log = json.loads("".join(sarif_report.report(result, PLAIN)))
    validator = jsonschema.Draft7Validator(
        json.loads(SCHEMA.read_text(encoding="utf-8")),
        format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER,
    )
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(log)] == []


def test_a_public_consumer_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "wakagitops.sarif"
    path.write_text("".join(sarif_report.report(RESULT, PLAIN)), encoding="utf-8")
    read = loader.load_sarif_file(str(path))
    assert read.get_distinct_tool_names() == ["wakagitops"]
    records = read.get_records()
    assert len(records) == len(RESULT.diagnostics) + len(RESULT.suppressed)
    gate = next(record for record in records if record["Code"] == "platform/version-gate")
    assert (gate["Severity"], gate["Location"], gate["Line"]) == (
        "error",
        "configs/costa/_defaults.yaml",
        7,
    )


def test_every_rule_has_its_page() -> None:
    rules = {rule["id"]: rule for rule in _run()["tool"]["driver"]["rules"]}
    assert set(rules) == set(RULES)
    page = rules["contact/role-account"]["help"]["markdown"]
    assert "accounts = []" in page
    assert "email: maria@sol.es\n" in page, "the marks of the tests are no part of an example"
    assert rules["contact/role-account"]["helpUri"] == "https://www.rfc-editor.org/rfc/rfc2142"
    assert rules["platform/version-gate"]["defaultConfiguration"]["level"] == "error"


def test_results_point_at_their_rule() -> None:
    run = _run()
    rules = run["tool"]["driver"]["rules"]
    indexed = [item for item in run["results"] if "ruleIndex" in item]
    assert indexed
    assert all(rules[item["ruleIndex"]]["id"] == item["ruleId"] for item in indexed)


def test_regions_count_code_points_and_end_behind_the_last_character() -> None:
    run = _run()
    assert run["columnKind"] == "unicodeCodePoints"
    found = next(item for item in run["results"] if item["ruleId"] == "yaml/character")
    place = found["locations"][0]["physicalLocation"]
    source = SourceText(SOURCES[place["artifactLocation"]["uri"]])
    region = place["region"]
    start = Position(region["startLine"] - 1, region["startColumn"] - 1)
    end = Position(region["endLine"] - 1, region["endColumn"] - 1)
    first, last = source.span(Range(start, end))
    assert source.text[first:last] == "\tSol"


def test_a_finding_without_a_place_is_on_the_first_line() -> None:
    found = next(item for item in _run()["results"] if item["ruleId"] == "yaml/limit")
    assert found["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "configs/enorme.yaml", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 1},
            }
        }
    ]


def test_fingerprints_are_distinct() -> None:
    prints = [item["partialFingerprints"]["wakagitops/v1"] for item in _run()["results"]]
    assert len(set(prints)) == len(prints)


def test_suppressed_results_stay_and_say_why() -> None:
    hidden = [item["suppressions"] for item in _run()["results"] if "suppressions" in item]
    assert [entries[0]["kind"] for entries in hidden] == ["inSource", "external"]
    assert hidden[0][0]["justification"].startswith("agreed ")


def test_fixes_replace_exactly_the_range() -> None:
    found = next(item for item in _run()["results"] if item["ruleId"] == "address/not-canonical")
    change = found["fixes"][0]["artifactChanges"][0]["replacements"][0]
    assert change == {
        "deletedRegion": {"startLine": 7, "startColumn": 18, "endLine": 7, "endColumn": 33},
        "insertedContent": {"text": "imprenta-sol.es"},
    }


def test_paths_are_relative_references() -> None:
    uris = {item["location"]["uri"] for item in _run()["artifacts"]}
    assert "configs/imprenta-sol.yaml" in uris
    assert "%3Cstdin%3E" in uris
    assert all(re.fullmatch(r"[A-Za-z0-9._~/%-]+", uri) for uri in uris), uris
    assert any("%0A" in uri for uri in uris), EVIL_PATH


def test_a_message_holds_no_placeholder_and_no_link() -> None:
    for item in _run()["results"]:
        text = item["message"]["text"]
        assert "](" not in text
        assert not re.search(r"(?<!\{)\{\d+\}(?!\})", text)


def test_very_many_related_places_are_cut_and_counted() -> None:
    item = RESULT.diagnostics[0]
    related = tuple(Related("configs/x.yaml", NOWHERE, msg("{n}", n=n)) for n in range(250))
    found = _run(RESULT._replace(diagnostics=(item._replace(related=related),)))["results"][0]
    assert len(found["relatedLocations"]) == 100
    assert found["properties"]["relatedLeftOut"] == 150
