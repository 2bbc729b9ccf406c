"""``github``: ten annotations, the rest in the log and in the summary, and no command from a file."""

from __future__ import annotations

import re
from typing import NamedTuple

from tests.report_case import CLEAN, EVIL_PATH, PLAIN, RESULT, SECRET
from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.visible import visible
from wakagitops.reports import github
from wakagitops.validate.result import CheckResult


class Command(NamedTuple):
    name: str
    properties: dict[str, str]
    data: str


def _command(line: str) -> Command | None:
    """Read a line of a job's log as GitHub's runner does (actions/runner, ActionCommand.cs)."""
    line = line.lstrip()
    if line.startswith("::") and "::" in line[2:]:
        info, _, data = line[2:].partition("::")
        name, _, listed = info.partition(" ")
        pairs = (each.partition("=") for each in listed.split(",") if each)
        return Command(name, {key: _unescaped(value) for key, _, value in pairs}, _unescaped(data))
    old = re.search(r"##\[([a-z-]+)", line)
    return Command(old[1], {}, "") if old else None


def _unescaped(text: str) -> str:
    for escape, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escape, char)
    return text


def _commands(result: CheckResult) -> list[Command]:
    lines = "".join(github.report(result, PLAIN)).splitlines()
    return [found for line in lines if (found := _command(line)) is not None]


def test_the_ten_worst_are_annotations() -> None:
    found = [each for each in _commands(RESULT) if each.name not in {"group", "endgroup"}]
    assert [each.name for each in found] == ["error"] * 7 + ["warning"] * 3


def test_an_annotation_stands_on_its_lines() -> None:
    titles = {each.properties.get("title"): each for each in _commands(RESULT)}
    gate = titles["platform/version-gate"]
    assert gate.properties == {
        "file": "configs/costa/_defaults.yaml",
        "line": "7",
        "endLine": "7",
        "col": "3",
        "endColumn": "13",
        "title": "platform/version-gate",
    }
    assert gate.data.endswith("\nRemove admin, or raise platform_version once the shop is upgraded.")
    assert "col" not in titles["admin/too-many-recipients"].properties


def test_a_hostile_file_gives_no_command_of_its_own() -> None:
    many = RESULT.diagnostics * 3
    commands = _commands(RESULT._replace(diagnostics=many))
    assert {each.name for each in commands} == {"error", "group", "endgroup"}
    assert len(commands) == 10 + 2
    assert visible(EVIL_PATH) in {each.properties.get("file") for each in commands}
    evil = next(each for each in commands if each.properties.get("title") == "value/template-residue")
    assert evil.data.startswith(r"\r\n::error::pwned %0A | `rm`")


def test_the_rest_is_in_the_log_folded() -> None:
    lines = "".join(github.report(RESULT, PLAIN)).splitlines()
    first = lines.index("::group::3 more findings")
    assert lines[first + 4] == "::endgroup::"
    assert lines[first + 1].startswith("- configs/imprenta-sol.yaml:12:7: warning: ")


def test_a_clean_run_annotates_nothing() -> None:
    assert _commands(CLEAN) == []


def test_quiet_leaves_errors_only() -> None:
    shown = "".join(github.report(RESULT, PLAIN._replace(verbosity=-1)))
    assert "::warning" not in shown
    assert shown.count("::error ") == RESULT.count(Severity.ERROR)


def test_the_summary_has_every_finding_and_fits_in_a_step() -> None:
    shown = "".join(github.summary(RESULT, PLAIN))
    assert shown.count("\n| 🔴 error |") == RESULT.count(Severity.ERROR)
    assert shown.count("\n| 🟡 warning |") == RESULT.count(Severity.WARNING)
    assert SECRET not in shown
    item = RESULT.diagnostics[0]._replace(message=msg("{value} is wrong", value="ñ𝄞" * 40))
    many = "".join(github.summary(RESULT._replace(diagnostics=(item,) * 20_000), PLAIN))
    assert len(many.encode()) <= 1024 * 1024
    assert "did not fit here" in many
