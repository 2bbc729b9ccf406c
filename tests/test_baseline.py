"""``--baseline`` and ``--write-baseline``: known findings wait, and those that are gone are told."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli_case import cli
from tests.repository_case import Case, Outcome, shop
from tests.schema_case import admits
from wakagitops.core.errors import UsageError
from wakagitops.validate.baseline import Entry, encoded, parse

FREE = "contact/free-mail"
UNUSED = "suppression/unused"
EXPIRED = "suppression/expired"
SCHEMA = "baseline-v1.schema.json"
FILE = "baseline.json"


@pytest.fixture
def case(tmp_path: Path) -> Case:
    case = Case(tmp_path / "repository")
    for name in ("aaa-sol", "bbb-sol"):
        case.write(f"{name}.yaml", shop(name, email=f"{name}@gmail.com"))
    return case


def entries(case: Case) -> list[dict[str, Any]]:
    """Return the entries of the case's baseline, which its schema must admit."""
    document = json.loads((case.folder / FILE).read_text())
    assert admits(SCHEMA, document)
    found: list[dict[str, Any]] = document["findings"]
    return found


def set_entry(case: Case, index: int, **members: str) -> None:
    """Write something beside an entry, as people do."""
    document = json.loads((case.folder / FILE).read_text())
    document["findings"][index].update(members)
    (case.folder / FILE).write_text(json.dumps(document, indent=2))


def write(case: Case) -> Outcome:
    return case.validate("--write-baseline", FILE)


def test_what_is_listed_is_suppressed_and_what_is_new_is_not(case: Case) -> None:
    written = write(case)
    assert written.status == 0
    assert f"{FILE} lists 2 findings" in written.errors
    assert written.places == []
    case.write("ccc-sol.yaml", shop("ccc-sol", email="ccc-sol@gmail.com"))
    found = case.validate("--baseline", FILE, "--strict")
    assert found.status == 1
    assert found.places == [("ccc-sol.yaml", 5, FREE)]
    assert found.suppressed == [("aaa-sol.yaml", 5, FREE), ("bbb-sol.yaml", 5, FREE)]
    assert found.report["summary"]["suppressed"] == 2


def test_the_file_has_an_entry_a_line_and_is_the_same_each_time(case: Case) -> None:
    write(case)
    text = (case.folder / FILE).read_text()
    lines = text.splitlines()
    assert [line.count('"file"') for line in lines] == [0, 0, 0, 1, 1, 0, 0]
    assert '"pointer": "/contact/email"' in lines[3]
    write(case)
    assert (case.folder / FILE).read_text() == text
    assert not list(case.folder.glob("*.tmp"))


def test_an_entry_outlives_edits_of_its_file_but_not_another_value(case: Case) -> None:
    write(case)
    case.write("aaa-sol.yaml", "# tienda\n\n" + case.path("aaa-sol.yaml").read_text())
    assert case.validate("--baseline", FILE).places == []
    case.change("aaa-sol.yaml", "@gmail.com", "@hotmail.com")
    found = case.validate("--baseline", FILE)
    assert found.places == [(FILE, 4, UNUSED), ("aaa-sol.yaml", 7, FREE)]


def test_an_entry_that_matches_nothing_is_reported_on_its_line(case: Case) -> None:
    write(case)
    case.change("bbb-sol.yaml", "@gmail.com", "@bbb-sol.es")
    found = case.validate("--baseline", FILE)
    assert found.places == [(FILE, 5, UNUSED)]
    assert FREE in found.report["diagnostics"][0]["message"]
    assert write(case).places == []
    assert [entry["file"] for entry in entries(case)] == ["configs/aaa-sol.yaml"]


def test_an_entry_of_a_deleted_file_is_reported(case: Case) -> None:
    write(case)
    case.path("aaa-sol.yaml").unlink()
    assert case.validate("--baseline", FILE).places == [(FILE, 4, UNUSED)]


def test_a_rule_that_does_not_run_makes_no_entry_unused(case: Case) -> None:
    write(case)
    assert case.validate("--baseline", FILE, "--ignore", FREE).places == []
    assert case.validate("--baseline", FILE, "--select", "yaml,suppression").places == []


def test_a_file_that_cannot_be_read_makes_no_entry_unused(case: Case) -> None:
    write(case)
    case.write("aaa-sol.yaml", "shop: [\n")
    assert {rule for _, _, rule in case.validate("--baseline", FILE).places} == {"yaml/syntax"}


def test_what_people_write_beside_an_entry_stays(case: Case) -> None:
    write(case)
    set_entry(case, 0, reason="migración en primavera", owner="soporte", until="2027-01-31")
    case.write("ccc-sol.yaml", shop("ccc-sol", email="ccc-sol@gmail.com"))
    case.validate("--write-baseline", FILE, "--today", "2026-11-24")
    kept = entries(case)
    assert len(kept) == 3
    assert kept[0]["reason"] == "migración en primavera"
    assert (kept[0]["owner"], kept[0]["until"]) == ("soporte", "2027-01-31")
    assert "migración" in (case.folder / FILE).read_text()
    found = case.validate("--baseline", FILE, "--today", "2026-11-24")
    assert [entry["reason"] for entry in found.report["suppressed"]] == [
        "migración en primavera",
        "",
        "",
    ]


def test_a_credential_in_a_reason_is_not_shown(case: Case) -> None:
    write(case)
    set_entry(case, 0, reason="the key is AKIA" + "QYLPMN5HHHHHHHHH", until="2026-01-31")
    set_entry(case, 1, reason="the key is AKIA" + "QYLPMN5HIIIIIIII")
    case.run(
        "validate", "--baseline", FILE, "--output", "text=found.txt", "--output", "sarif=found.sarif"
    )
    found = case.validate("--baseline", FILE)
    assert [entry["reason"] for entry in found.report["suppressed"]] == ["the key is ********"]
    shown = [(case.folder / name).read_text() for name in ("found.txt", "found.sarif")]
    assert f"{FILE}:4:5" in shown[0]
    assert "QYLPMN5" not in "".join(shown)


def test_what_people_write_goes_along_with_a_renamed_file(case: Case) -> None:
    write(case)
    set_entry(case, 0, reason="spring")
    case.path("costa").mkdir()
    case.path("aaa-sol.yaml").rename(case.path("costa/aaa-sol.yaml"))
    write(case)
    assert [(entry["file"], entry.get("reason")) for entry in entries(case)] == [
        ("configs/bbb-sol.yaml", None),
        ("configs/costa/aaa-sol.yaml", "spring"),
    ]


def test_an_entry_acts_to_the_end_of_its_last_day(case: Case) -> None:
    write(case)
    set_entry(case, 0, until="2027-01-31")
    assert case.validate("--baseline", FILE, "--today", "2027-01-31").places == []
    found = case.validate("--baseline", FILE, "--today", "2027-02-01")
    assert [(path, rule) for path, _, rule in found.places] == [(FILE, EXPIRED), ("aaa-sol.yaml", FREE)]
    assert found.places[0][1] == 4
    again = case.validate("--write-baseline", FILE, "--today", "2027-02-01")
    assert [rule for _, _, rule in again.places] == [EXPIRED, FREE]
    assert entries(case)[0]["until"] == "2027-01-31"


def test_an_inherited_finding_is_listed_once_for_all_shops(case: Case) -> None:
    case.write("_defaults.yaml", "admin:\n  recipients: [ventas@operador-shops.es]\n")
    write(case)
    assert [entry["file"] for entry in entries(case)] == [
        "configs/_defaults.yaml",
        "configs/aaa-sol.yaml",
        "configs/bbb-sol.yaml",
    ]
    case.write("ccc-sol.yaml", shop("ccc-sol"))
    assert case.validate("--baseline", FILE).places == []


def test_what_cannot_be_suppressed_is_not_listed(case: Case) -> None:
    case.change("aaa-sol.yaml", "{env: AAA_SOL_SMTP_PASSWORD}", "geheim-canary-71")
    case.write("bbb-sol.yaml", f"# {'x' * 270_000}\n" + case.path("bbb-sol.yaml").read_text())
    case.write("ccc-sol.yaml", shop("ccc-sol") + "# wakagitops: ignore[smtp/host] nothing\n")
    found = write(case)
    assert found.status == 1
    assert sorted(rule for _, _, rule in found.places) == ["secret/plaintext", UNUSED, "yaml/limit"]
    assert [entry["rule"] for entry in entries(case)] == [FREE]
    assert "geheim" not in (case.folder / FILE).read_text()


def test_no_suppressions_shows_everything_and_reads_no_baseline(case: Case) -> None:
    write(case)
    found = case.validate("--baseline", FILE, "--no-suppressions")
    assert len(found.places) == 2
    assert found.suppressed == []
    (case.folder / FILE).write_text("broken")
    assert case.validate("--baseline", FILE, "--no-suppressions").status == 0


def test_wakagitops_toml_names_the_baseline(case: Case) -> None:
    (case.folder / "wakagitops.toml").write_text('baseline = "baseline.json"\n')
    missing = case.validate()
    assert missing.status == 2
    assert "--write-baseline baseline.json" in missing.errors
    write(case)
    assert case.validate().places == []
    (case.folder / "wakagitops.toml").write_text("")
    assert case.validate(environ={"WAKAGITOPS_BASELINE": FILE}).places == []


def test_entries_of_rules_that_did_not_run_are_kept(case: Case) -> None:
    write(case)
    case.change("bbb-sol.yaml", "@gmail.com", "@@gmail.com")
    case.validate("--write-baseline", FILE, "--ignore", "contact")
    assert [(entry["file"], entry["rule"]) for entry in entries(case)] == [
        ("configs/aaa-sol.yaml", FREE),
        ("configs/bbb-sol.yaml", "address/syntax"),
        ("configs/bbb-sol.yaml", FREE),
    ]


@pytest.mark.parametrize(
    "arguments", [["configs/aaa-sol.yaml"], ["--since", "main"], ["--no-suppressions"]]
)
def test_a_baseline_is_written_of_the_whole_only(case: Case, arguments: list[str]) -> None:
    case.commit()
    outcome = case.validate("--write-baseline", FILE, *arguments)
    assert outcome.status == 2
    assert not (case.folder / FILE).exists()


def test_since_judges_a_revision_by_the_baseline_that_it_had(case: Case) -> None:
    write(case)
    case.commit()
    assert case.validate("--baseline", FILE, "--since", "main").places == []
    document = json.loads((case.folder / FILE).read_text())
    del document["findings"][0]
    (case.folder / FILE).write_text(json.dumps(document))
    # Whoever takes an entry out of the baseline answers for its finding.
    assert case.validate("--baseline", FILE, "--since", "main").places == [("aaa-sol.yaml", 5, FREE)]


def test_a_baseline_that_comes_with_the_change_hides_nothing_old(case: Case) -> None:
    case.commit()
    write(case)
    case.write("ccc-sol.yaml", shop("ccc-sol", email="ccc-sol@gmail.com"))
    assert case.validate("--baseline", FILE, "--since", "main").places == [("ccc-sol.yaml", 5, FREE)]


def test_baselined_errors_do_not_stop_a_deployment(case: Case) -> None:
    case.write("_defaults.yaml", "admin:\n  recipients: [ventas@operador-shops.es]\n")
    assert case.run("render", "--out", "dist").status == 1
    write(case)
    assert case.run("render", "--out", "dist", "--baseline", FILE).status == 0
    assert (case.folder / "dist" / "manifest.json").exists()


def test_the_place_in_the_baseline_is_shown(case: Case) -> None:
    write(case)
    case.change("bbb-sol.yaml", "@gmail.com", "@bbb-sol.es")
    case.run("validate", "--baseline", FILE, "--output", "text=found.txt")
    text = (case.folder / "found.txt").read_text()
    assert f"{FILE}:5:5" in text
    assert '{"file": "configs/bbb-sol.yaml"' in text


GOOD = (
    '{"file": "configs/a.yaml", "rule": "contact/free-mail", "pointer": "/contact/email", "key": "0a"}'
)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "not valid JSON"),
        ("{\n<<<<<<< HEAD\n}", 2, "not valid JSON"),
        ("[" * 100_000, 1, "not valid JSON"),
        ("[]", 1, "an object with version and findings"),
        ('{"version": 1,\n "findings": {}}', 1, "an object with version and findings"),
        ('{\n "version": 2,\n "findings": []}', 2, "not of version 1"),
        ('{\n "version": true,\n "findings": []}', 2, "not of version 1"),
        ('{"version": 1,\n "findings": [],\n "more": 1}', 3, "no more"),
        ('{"version": 1, "findings": [],\n "findings": []}', 1, "twice"),
        ('{"version": 1, "findings": [\n"a"]}', 2, "an object"),
        ('{"version": 1, "findings": [\n' + GOOD + ',\n{"file": "x"}]}', 3, "lacks rule"),
        ('{"version": 1, "findings": [\n' + GOOD.replace("configs/a.yaml", "") + "]}", 2, "lacks file"),
        ('{"version": 1, "findings": [\n' + GOOD[:-1] + ', "reasn": "x"}]}', 2, "did you mean reason"),
        ('{"version": 1, "findings": [\n' + GOOD[:-1] + ', "line": "x"}]}', 2, "has no line"),
        ('{"version": 1, "findings": [\n' + GOOD[:-1] + ', "reason": 1}]}', 2, "must be a text"),
        ('{"version": 1, "findings": [\n' + GOOD[:-1] + ', "until": "2027-02-30"}]}', 2, "2027-01-31"),
        ('{"version": 1, "findings": [\n' + GOOD[:-1] + ', "until": ""}]}', 2, "2027-01-31"),
    ],
)
def test_a_broken_baseline_is_wrong_usage_with_its_line(
    case: Case, text: str, line: int, words: str
) -> None:
    (case.folder / FILE).write_text(text)
    for flag in ("--baseline", "--write-baseline"):
        outcome = case.validate(flag, FILE)
        assert outcome.status == 2
        assert f"{FILE}:{line}:" in outcome.errors
        assert words in outcome.errors
    assert (case.folder / FILE).read_text() == text


@pytest.mark.parametrize(
    "text",
    [
        '{"version": 1, "findings": []}',
        '{"findings": [' + GOOD + '], "version": 1}',
        '{"version": 1, "findings": ['
        + GOOD[:-1]
        + ', "reason": "\\"findings\\": [", "until": "2027-01-31"}]}',
        '{"version": 1, "findings": [' + GOOD + "," + GOOD[:-1] + ', "owner": ""}]}',
        '{"version": 1, "findings": [' + GOOD.replace("/contact/email", "") + "]}",
        '{"version": 1, "findings": [' + GOOD.replace('"0a"', "12") + "]}",
        '{"version": 1, "findings": [' + GOOD[:-1] + ', "until": "soon"}]}',
        '{"version": 1, "findings": [' + GOOD[:-1] + ', "more": ""}]}',
        '{"version": "1", "findings": []}',
        '{"version": 1}',
    ],
)
def test_the_parser_and_the_schema_agree(text: str) -> None:
    try:
        parse(text.encode(), FILE, FILE)
    except UsageError:
        assert not admits(SCHEMA, json.loads(text))
    else:
        assert admits(SCHEMA, json.loads(text))


def test_any_file_name_and_reason_come_back() -> None:
    strange = [
        Entry("configs/papelería \udcff.yaml", FREE, "/contact/email", "0a", "a\nb\u2028\u202e", "ñ"),
        Entry('configs/"\\".yaml', FREE, "", "0b", until="2027-01-31"),
    ]
    text = encoded(strange)
    assert text.isascii() or "papelería" not in text
    assert len(text.splitlines()) == 7
    assert list(parse(text.encode(), FILE, FILE).entries) == strange


def test_a_baseline_that_cannot_be_written_is_told(case: Case) -> None:
    outcome = case.validate("--write-baseline", "no/such/folder.json")
    assert outcome.status == 4
    assert "cannot be written" in outcome.errors


def test_a_baseline_behind_a_link_of_the_repository_is_not_written(case: Case) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=case.folder, check=True)
    real = case.folder / "real.json"
    (case.folder / FILE).symlink_to("real.json")
    real.write_text(encoded([]))
    run = cli(case.folder, "validate", "--write-baseline", FILE)
    assert run.returncode in (2, 4)
    assert FILE in run.stderr
    assert real.read_text() == encoded([])
