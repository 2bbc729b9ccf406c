"""Every rule can be turned off, up and down, ignored by path, and suppressed where that is allowed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cli_case import SOL, cli, write
from tests.examples import completed, run
from wakagitops.core.diagnostic import Severity
from wakagitops.core.rule import Example
from wakagitops.rules import all_rules
from wakagitops.settings.config import Options
from wakagitops.validate.examples import expected
from wakagitops.validate.policy import PROTECTED
from wakagitops.validate.result import CheckResult

RULES = {rule_id: rule for rule_id, rule in all_rules().items() if rule.bad}
"""Those that a settings file can break; ``test_engine.py`` breaks a rule itself."""
SWITCHABLE = sorted(set(RULES) - set(PROTECTED))
SUPPRESSIBLE = sorted(rule_id for rule_id, rule in RULES.items() if rule.suppressible)
FIXED = sorted(set(RULES) - set(SUPPRESSIBLE))
IN_COMMENTS = {"yaml/comment-in-value"}
WITHOUT_LINES = {"yaml/syntax"}
"""Those whose examples have findings on lines that no comment can be read on."""
_LINE_END = re.compile("\r\n|\r|\n")


def options(rule_id: str, example: Example, **settings: Any) -> Options:
    """Return the settings of a team, with an example's own options for its rule."""
    own = {rule_id: dict(example.options)} if example.options else {}
    return Options("/nowhere", rules=own, **settings)


def severities(result: CheckResult, rule_id: str) -> set[Severity]:
    return {item.severity for item in result.diagnostics if item.rule == rule_id}


def first(rule_id: str) -> tuple[dict[str, str], Example]:
    """Return the files of a rule's first bad example."""
    example = RULES[rule_id].bad[0]
    return completed(example), example


@pytest.mark.parametrize("rule_id", SWITCHABLE)
def test_a_rule_can_be_turned_off(rule_id: str) -> None:
    files, example = first(rule_id)
    group = rule_id.partition("/")[0]
    assert severities(run(files, options(rule_id, example)), rule_id)
    ways: list[Mapping[str, Any]] = [
        {"severity": {rule_id: "off"}},
        {"severity": {group: "off"}},
        {"ignore": (rule_id,)},
        {"ignore": (group,)},
        {"select": ("internal",)},
        {"per_path_ignores": {"configs/**": (rule_id,)}},
    ]
    for way in ways:
        result = run(files, options(rule_id, example, **way))
        assert severities(result, rule_id) == set(), way


@pytest.mark.parametrize("rule_id", SWITCHABLE)
def test_a_rule_can_run_alone(rule_id: str) -> None:
    files, example = first(rule_id)
    # A rule on suppressions speaks of a suppression, whose own rule has to run.
    select = (
        (rule_id, "contact", "smtp", "platform") if rule_id.startswith("suppression/") else (rule_id,)
    )
    result = run(files, options(rule_id, example, select=select))
    assert severities(result, rule_id)
    assert {item.rule for item in result.diagnostics} <= {rule_id, *expected_rules(example)}


def expected_rules(example: Example) -> set[str]:
    return {rule for _, _, rule in expected(example)}


@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize("rule_id", SWITCHABLE)
def test_a_rule_can_be_turned_up_and_down(rule_id: str, severity: Severity) -> None:
    files, example = first(rule_id)
    group = rule_id.partition("/")[0]
    # What is said of one rule weighs more than what is said of its group.
    other = "note" if severity is Severity.ERROR else "error"
    for said in ({rule_id: severity.value}, {group: other, rule_id: severity.value}):
        result = run(files, options(rule_id, example, severity=said))
        assert severities(result, rule_id) == {severity}


def with_top(text: str, rule_id: str) -> str:
    """Return a file with a suppression at its top, in the file's own line ends."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    match = _LINE_END.search(text)
    end = match[0] if match else "\n"
    return f"{mark}# wakagitops: ignore-file[{rule_id}] known{end}{text.removeprefix(mark)}"


def on_lines(rule_id: str, *, above: bool) -> tuple[Example, dict[str, str]] | None:
    """Return a bad example with suppressions of the rule instead of its marks, or None if none has any.

    Args:
        rule_id: the rule.
        above: True to write it on a line of its own before the finding's.
    """
    comment = f"# wakagitops: ignore[{rule_id}] known"
    mark = re.compile(
        rf"(?m)^(\ufeff?)([ \t]*)(.*?)"
        rf"# expect:[^\r\n]*?{re.escape(rule_id)}(?![a-z-])[^\r\n]*(?=[\r\n]|\Z)"
    )
    for example in reversed(RULES[rule_id].bad):
        if all(where[2] != rule_id for where in example.marks):
            line = rf"\1\2{comment}\n\2\3" if above else rf"\1\2\3{comment}"
            return example, {name: mark.sub(line, text) for name, text in completed(example).items()}
    return None


def assert_suppressed(rule_id: str, result: CheckResult) -> None:
    assert severities(result, rule_id) == set()
    assert rule_id in {entry.diagnostic.rule for entry in result.suppressed}
    assert {entry.reason for entry in result.suppressed} == {"known"}
    assert severities(result, "suppression/unused") == set()


@pytest.mark.parametrize("rule_id", SUPPRESSIBLE)
def test_a_rule_can_be_suppressed_for_a_file(rule_id: str) -> None:
    files, example = first(rule_id)
    named = {name for name, _, rule in expected(example) if rule == rule_id}
    assert named
    files = {name: with_top(text, rule_id) if name in named else text for name, text in files.items()}
    assert_suppressed(rule_id, run(files, options(rule_id, example)))


@pytest.mark.parametrize("above", [True, False])
@pytest.mark.parametrize("rule_id", SUPPRESSIBLE)
def test_a_rule_can_be_suppressed_on_a_line(rule_id: str, *, above: bool) -> None:
    if rule_id in IN_COMMENTS and not above:
        # The finding is in the comment at the end of the line, which has room for one only.
        return
    found = on_lines(rule_id, above=above)
    if found is None:
        assert rule_id in WITHOUT_LINES
        return
    example, files = found
    assert_suppressed(rule_id, run(files, options(rule_id, example)))


@pytest.mark.parametrize("rule_id", FIXED)
def test_what_guards_the_tool_and_the_secrets_cannot_be_suppressed(rule_id: str) -> None:
    files, example = first(rule_id)
    before = severities(run(files, options(rule_id, example)), rule_id)
    files = {name: with_top(text, rule_id) for name, text in files.items()}
    result = run(files, options(rule_id, example))
    assert before
    assert severities(result, rule_id) >= before
    assert rule_id not in {entry.diagnostic.rule for entry in result.suppressed}


def test_the_rules_that_cannot_be_suppressed_are_these() -> None:
    fixed = {rule_id for rule_id, rule in all_rules().items() if not rule.suppressible}
    groups = {"internal", "render", "suppression"}
    assert {rule_id for rule_id in fixed if rule_id.partition("/")[0] not in groups} == {
        "fleet/stray-file",
        "secret/plaintext",
        "yaml/limit",
    }


@pytest.mark.parametrize("rule_id", PROTECTED)
def test_what_guards_the_tool_and_the_secrets_cannot_be_weakened(rule_id: str) -> None:
    if rule_id not in RULES:
        # No settings file can make these speak.
        assert rule_id in {"internal/rule-crash", "render/refused"}
        return
    files, example = first(rule_id)
    group = rule_id.partition("/")[0]
    ways: list[Mapping[str, Any]] = [
        {"severity": {rule_id: "off"}},
        {"severity": {group: "off"}},
        {"severity": {rule_id: "note"}},
        {"severity": {group: "warning", rule_id: "note"}},
        {"ignore": (rule_id,)},
        {"ignore": (group,)},
        {"ignore": (group,), "severity": {group: "off"}, "select": ("admin",)},
        {"select": ("contact",)},
        {"per_path_ignores": {"configs/**": (rule_id, group)}},
        {"per_path_ignores": {"**": (group,)}},
    ]
    for way in ways:
        result = run(files, options(rule_id, example, **way))
        assert severities(result, rule_id) == {Severity.ERROR}, way


def test_a_secret_in_the_clear_is_an_error_whatever_the_repository_says(tmp_path: Path) -> None:
    clear = SOL.replace("{env: IMPRENTA_SOL_SMTP_PASSWORD}", "girasol7  # wakagitops: ignore[secret] x")
    write(
        tmp_path, "configs/imprenta-sol.yaml", f"# wakagitops: ignore-file[secret/plaintext] x\n{clear}"
    )
    write(
        tmp_path,
        "wakagitops.toml",
        'select = ["admin"]\nignore = ["secret"]\n'
        '[severity]\nsecret = "off"\n"secret/plaintext" = "note"\n'
        '[per_path_ignores]\n"**" = ["secret", "secret/plaintext"]\n',
    )
    found = cli(tmp_path, "validate", "--format", "json")
    assert found.returncode == 1
    rules = [item["rule"] for item in json.loads(found.stdout)["diagnostics"]]
    assert rules == ["secret/plaintext"]
    assert "girasol7" not in found.stdout + found.stderr
    note = "secret/plaintext cannot be switched off or lowered, and runs as an error"
    assert note in found.stderr
    assert cli(tmp_path, "render").returncode == 1
    assert not (tmp_path / "dist").exists()


def test_a_baseline_lists_no_secret_in_the_clear(tmp_path: Path) -> None:
    clear = SOL.replace("{env: IMPRENTA_SOL_SMTP_PASSWORD}", "girasol7")
    write(tmp_path, "configs/imprenta-sol.yaml", clear)
    found = json.loads(cli(tmp_path, "validate", "--format", "json").stdout)["diagnostics"]
    (item,) = [item for item in found if item["rule"] == "secret/plaintext"]
    entries = [
        {"file": item["path"], "rule": item["rule"], "pointer": item["pointer"], "key": key}
        for key in (item["fingerprint"], "0" * 32)
    ]
    write(tmp_path, "baseline.json", json.dumps({"version": 1, "findings": entries}))
    write(tmp_path, "wakagitops.toml", 'baseline = "baseline.json"\n')
    again = cli(tmp_path, "validate", "--format", "json")
    assert again.returncode == 1
    assert "secret/plaintext" in {each["rule"] for each in json.loads(again.stdout)["diagnostics"]}


def test_the_command_line_may_leave_out_what_the_repository_may_not(tmp_path: Path) -> None:
    write(
        tmp_path,
        "configs/imprenta-sol.yaml",
        SOL.replace("{env: IMPRENTA_SOL_SMTP_PASSWORD}", "girasol7"),
    )
    assert cli(tmp_path, "validate", "--ignore", "secret/plaintext").returncode == 0
    assert cli(tmp_path, "validate", "--select", "contact").returncode == 0


@pytest.mark.parametrize("way", ["severity", "ignore", "per_path_ignores", "--ignore"])
def test_who_switches_off_what_guards_the_tool_is_told(tmp_path: Path, way: str) -> None:
    settings = {
        "severity": '[severity]\n"yaml/limit" = "off"\nyaml = "off"\n',
        "ignore": 'ignore = ["yaml", "yaml/limit"]\n',
        "per_path_ignores": '[per_path_ignores]\n"**" = ["yaml/limit"]\n',
        "--ignore": "",
    }
    write(tmp_path, "wakagitops.toml", settings[way])
    write(tmp_path, "configs/imprenta-sol.yaml", f"{SOL}admin: {'[' * 40}\n")
    arguments = ["--ignore", "yaml/limit,yaml/syntax"] if way == "--ignore" else []
    run = cli(tmp_path, "validate", "-q", *arguments)
    assert run.returncode == 1
    assert "[yaml/limit]" in run.stdout
    told = "wakagitops: yaml/limit cannot be switched off or lowered, and runs as an error\n"
    assert cli(tmp_path, "validate", *arguments).stderr.startswith(told)
    assert run.stderr == ""


def group(name: str, *less: str) -> str:
    """Return the rules of a group but for some, as a list."""
    held = (rule_id for rule_id in sorted(all_rules()) if rule_id.startswith(f"{name}/"))
    return ", ".join(rule_id for rule_id in held if rule_id not in less)


def errors(name: str) -> str:
    """Return the rules of a group that are errors."""
    weaker = [
        each for each, rule in all_rules().items() if (rule.worst or rule.severity) != Severity.ERROR
    ]
    return group(name, *weaker)


WEAKENED = {
    '[severity]\nyaml = "off"\n': f"rules off: {group('yaml', 'yaml/limit')}",
    'ignore = ["smtp", "contact/free-mail"]\n': "rules off: contact/free-mail, smtp",
    '[severity]\nsmtp = "off"\n"smtp/provider" = "error"\n': "rules off: "
    f"{group('smtp', 'smtp/provider')}",
    '[severity]\ncontact = "warning"\n': f"lowered: {errors('contact')}",
    '[severity]\n"address/unknown-tld" = "warning"\n': "lowered: address/unknown-tld",
    '[severity]\n"smtp/host" = "note"\n"smtp/provider" = "off"\n': "rules off: smtp/provider; "
    "lowered: smtp/host",
    '[per_path_ignores]\n"configs/old/**" = ["smtp/host", "secret/plaintext"]\n': "ignored in some "
    "paths: smtp/host",
}


@pytest.mark.parametrize("text", WEAKENED)
def test_validate_says_in_one_line_which_rules_are_off(tmp_path: Path, text: str) -> None:
    write(tmp_path, "wakagitops.toml", text)
    write(tmp_path, "configs/imprenta-sol.yaml", SOL)
    for _ in range(2):
        told = cli(tmp_path, "validate").stderr.splitlines()[-1]
        assert told == f"wakagitops: wakagitops.toml: {WEAKENED[text]}"
    assert cli(tmp_path, "validate", "-q").stderr == ""
    assert cli(tmp_path, "render").stderr.count("rules off") == 0


def test_a_selection_leaves_the_other_rules_off(tmp_path: Path) -> None:
    write(tmp_path, "wakagitops.toml", 'select = ["contact"]\n')
    write(tmp_path, "configs/imprenta-sol.yaml", SOL)
    told = cli(tmp_path, "validate").stderr
    assert told.count("\n") == 1
    assert told.startswith(
        "wakagitops: wakagitops.toml: rules off: address, admin, fleet, platform, schema, "
    )
    assert "secret/plaintext" not in told


@pytest.mark.parametrize(
    "text", ['[severity]\nsmtp = "error"\n', '[severity]\n"smtp/provider" = "warning"\n']
)
def test_what_only_strengthens_is_not_told(tmp_path: Path, text: str) -> None:
    write(tmp_path, "wakagitops.toml", text)
    write(tmp_path, "configs/imprenta-sol.yaml", SOL)
    assert cli(tmp_path, "validate").stderr == ""


@pytest.mark.parametrize("rule_id", sorted(RULES))
def test_no_finding_is_worse_than_its_rule_declares(rule_id: str) -> None:
    rule = RULES[rule_id]
    ranks = list(Severity)
    for example in rule.bad:
        for severity in severities(run(completed(example), options(rule_id, example)), rule_id):
            assert ranks.index(severity) >= ranks.index(rule.worst or rule.severity)
