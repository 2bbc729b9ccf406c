"""``--policy-from``: a change is judged by the policy of a revision that its author cannot write."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.repository_case import Case, Outcome, shop

FREE = "contact/free-mail"
NO_REPLY = "address/no-reply"
ERROR = ("sol.yaml", 5, NO_REPLY)
POLICY = (
    'root = "configs"\nselect = ["address", "contact", "yaml", "secret"]\nbaseline = "baseline.json"\n'
)
EMPTY = '{"version": 1, "findings": []}\n'


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """Return a repository whose base is sound, and whose branch brings an error."""
    case = Case(tmp_path / "repository", POLICY)
    (case.folder / "baseline.json").write_text(EMPTY)
    case.write("sol.yaml", shop("sol"))
    case.commit()
    case.git("checkout", "-q", "-b", "change")
    case.write("sol.yaml", shop("sol", email="no-reply@sol.es"))
    return case


def settings(case: Case, text: str) -> None:
    (case.folder / "wakagitops.toml").write_text(text)


def run_in(case: Case, folder: str, *arguments: str) -> Outcome:
    done = subprocess.run(
        [sys.executable, "-m", "wakagitops", *arguments],
        cwd=case.folder / folder,
        env=dict(os.environ),
        check=False,
        capture_output=True,
        text=True,
    )
    report = json.loads(done.stdout) if done.stdout.startswith("{") else {}
    return Outcome(done.returncode, report, done.stderr)


WEAKENED = {
    "severity of the rule": '[severity]\n"address/no-reply" = "note"\n',
    "severity of the group": '[severity]\naddress = "off"\n',
    "ignore": 'ignore = ["address"]\n',
    "select without it": 'select = ["yaml"]\n',
    "exclude": 'exclude = ["configs/sol.yaml"]\n',
    "exclude of all": 'exclude = ["**"]\n',
    "root": 'root = "decoy"\n',
    "path": '[per_path_ignores]\n"**" = ["address/no-reply"]\n',
    "environments": 'environments = ["configs"]\nroot = ""\n',
}


@pytest.mark.parametrize("text", WEAKENED.values(), ids=WEAKENED.keys())
def test_a_weakened_policy_of_the_change_does_not_act(case: Case, text: str) -> None:
    decoy = case.folder / "decoy" / "mar.yaml"
    decoy.parent.mkdir()
    decoy.write_text(shop("mar"))
    settings(case, text)
    case.commit()
    found = case.validate("--policy-from", "main", "--strict")
    assert (found.status, found.places) == (1, [ERROR])
    assert "wakagitops.toml differs from main, whose policy is used" in found.errors
    twin = case.validate("--strict", environ={"WAKAGITOPS_POLICY_FROM": "main"})
    assert (twin.status, twin.places) == (1, [ERROR])


def test_the_keys_that_differ_are_named_and_a_comment_is_no_difference(case: Case) -> None:
    settings(case, POLICY.replace('"configs"', '"."') + '[severity]\nsmtp = "note"\n')
    assert "what differs: root, severity" in case.validate("--policy-from", "main").errors
    settings(case, f"# a comment\n{POLICY}")
    assert "differs" not in case.validate("--policy-from", "main").errors


def test_a_deleted_file_still_holds(case: Case) -> None:
    settings(case, POLICY)
    case.git("rm", "-q", "wakagitops.toml")
    found = case.validate("--policy-from", "main", "--ignore", "address")
    assert (found.status, found.places) == (0, [])
    assert "the working tree has no wakagitops.toml; the one of main is used" in found.errors
    assert case.validate("--policy-from", "main").places == [ERROR]


def test_a_second_file_in_a_folder_does_not_act(case: Case) -> None:
    (case.folder / "configs" / "wakagitops.toml").write_text('root = ""\nselect = ["yaml"]\n')
    found = run_in(case, "configs", "validate", "--format", "json", "--policy-from", "main")
    assert (found.status, found.places) == (1, [ERROR])
    assert "wakagitops.toml is not used; the policy is ../wakagitops.toml as main has it" in found.errors


def test_a_link_in_place_of_the_file_does_not_act(case: Case) -> None:
    (case.folder / "other.toml").write_text('select = ["yaml"]\n')
    (case.folder / "wakagitops.toml").unlink()
    (case.folder / "wakagitops.toml").symlink_to("other.toml")
    found = case.validate("--policy-from", "main")
    assert found.status == 2
    assert "no link is followed" in found.errors


def test_a_link_in_the_revision_is_refused(case: Case) -> None:
    case.git("checkout", "-q", "-f", "main")
    (case.folder / "other.toml").write_text(POLICY)
    (case.folder / "wakagitops.toml").unlink()
    (case.folder / "wakagitops.toml").symlink_to("other.toml")
    case.commit()
    (case.folder / "wakagitops.toml").unlink()
    (case.folder / "wakagitops.toml").write_text(POLICY)
    found = case.validate("--policy-from", "main")
    assert found.status == 2
    assert "wakagitops.toml is a symlink in main" in found.errors


def test_without_a_file_in_the_revision_the_defaults_hold(tmp_path: Path) -> None:
    case = Case(tmp_path / "repository")
    case.write("sol.yaml", shop("sol"))
    case.commit()
    settings(case, 'ignore = ["address"]\n')
    case.write("sol.yaml", shop("sol", email="no-reply@sol.es"))
    found = case.validate("--policy-from", "HEAD", "--select", "address")
    assert (found.status, found.places) == (1, [ERROR])
    assert "HEAD has no wakagitops.toml, so the defaults apply" in found.errors


def test_the_baseline_comes_from_the_revision(case: Case) -> None:
    written = case.validate("--write-baseline", "baseline.json")
    assert written.status == 0
    case.commit()
    assert case.validate().status == 0
    found = case.validate("--policy-from", "main")
    assert (found.status, found.places) == (1, [ERROR])
    assert "baseline.json differs from main, whose baseline is used: 1 entry added" in found.errors
    named = case.validate("--policy-from", "main", "--baseline", "baseline.json")
    assert (named.status, named.places) == (1, [ERROR])


def test_a_baseline_of_the_revision_acts_when_the_change_deletes_it(case: Case) -> None:
    case.validate("--write-baseline", "baseline.json")
    case.commit()
    (case.folder / "baseline.json").unlink()
    found = case.validate("--policy-from", "change", "--strict")
    assert (found.status, found.places, found.suppressed) == (0, [], [ERROR])
    assert "baseline.json is missing or wrong in the working tree" in found.errors


def test_an_entry_that_the_change_withdraws_is_not_reported_as_unused(case: Case) -> None:
    case.validate("--write-baseline", "baseline.json")
    case.commit()
    case.write("sol.yaml", shop("sol"))
    stale = case.validate("--policy-from", "change", "--select", "address,suppression")
    assert [item[2] for item in stale.places] == ["suppression/unused"]
    (case.folder / "baseline.json").write_text(EMPTY)
    found = case.validate("--policy-from", "change", "--strict", "--select", "address,suppression")
    assert (found.status, found.places) == (0, [])


def test_a_baseline_that_the_revision_lacks_is_wrong_usage(case: Case, tmp_path: Path) -> None:
    case.validate("--write-baseline", "known.json")
    case.commit()
    found = case.validate("--policy-from", "main", "--baseline", "known.json")
    assert found.status == 2
    assert "main has no baseline known.json" in found.errors
    outside = tmp_path / "known.json"
    outside.write_bytes((case.folder / "known.json").read_bytes())
    assert case.validate("--policy-from", "main", "--baseline", str(outside)).status == 0


def test_config_names_the_same_path_in_the_revision(case: Case, tmp_path: Path) -> None:
    settings(case, POLICY)
    (case.folder / "configs" / "policy.toml").write_text('root = ""\nselect = ["contact"]\n')
    case.commit()
    path = "configs/policy.toml"
    (case.folder / path).write_text('root = ""\nselect = ["address"]\n')
    assert case.validate("--config", path).places == [ERROR]
    assert case.validate("--config", path, "--policy-from", "change").status == 0
    lacking = case.validate("--config", path, "--policy-from", "main")
    assert lacking.status == 2
    assert f"main has no {path}, which --config names" in lacking.errors
    outside = tmp_path / "outside.toml"
    outside.write_text("")
    assert case.validate("--config", str(outside), "--policy-from", "main").status == 2


@pytest.mark.parametrize("revision", ["nowhere", "-p", "^main", "--all", "main..change", ""])
def test_a_revision_that_is_none_is_wrong_usage(case: Case, revision: str) -> None:
    case.commit()
    found = case.validate(f"--policy-from={revision}")
    assert found.status == 2


def test_a_wrong_file_is_told_with_its_revision(case: Case) -> None:
    settings(case, "selekt = []\n")
    case.commit()
    assert case.validate("--policy-from", "main").status == 2
    settings(case, POLICY)
    found = case.validate("--policy-from", "change")
    assert found.status == 2
    assert "change:wakagitops.toml:1:1: there is no setting selekt; did you mean select?" in found.errors


def test_the_cache_keeps_the_policies_apart(case: Case) -> None:
    settings(case, 'ignore = ["address"]\n')
    for _ in range(2):
        assert case.validate().status == 0
        assert case.validate("--policy-from", "main").places == [ERROR]


def test_the_language_is_that_of_the_revision(case: Case) -> None:
    settings(case, f'{POLICY}lang = "es"\n')
    case.commit()
    settings(case, POLICY)
    assert "differs from main" not in case.validate("--policy-from", "main").errors
    assert (
        "wakagitops.toml no es igual que en change, cuya política se usa; cambia: lang"
        in case.validate("--policy-from", "change").errors
    )


def test_render_plan_and_fix_are_held_to_it(case: Case) -> None:
    settings(case, 'ignore = ["address"]\n')
    case.commit()
    rendered = case.run("render", "--policy-from", "main", "--format", "json")
    assert (rendered.status, rendered.places) == (1, [ERROR])
    assert not (case.folder / "dist").exists()
    assert case.run("render").status == 0
    planned = case.run("plan", "--base", "main", "--policy-from", "main", "--format", "json")
    assert planned.status == 1
    assert [item["rule"] for item in planned.report["findings"]["new"]] == [NO_REPLY]
    headed = case.run(
        "plan", "--base", "main", "--head", "change", "--policy-from", "main", "--format", "json"
    )
    assert [item["rule"] for item in headed.report["findings"]["new"]] == [NO_REPLY]
    assert case.run("fix", "--policy-from", "main").status == 1


def test_the_teams_own_rules_come_from_the_revision(case: Case) -> None:
    case.git("checkout", "-q", "-f", "main")
    settings(case, POLICY + 'team_rules = "rules"\n')
    rule = case.folder / "rules" / "casa" / "host.py"
    rule.parent.mkdir(parents=True)
    rule.write_text(TEAM_RULE)
    case.commit()
    rule.write_text(TEAM_RULE.replace("yield Finding", "if False: yield Finding"))
    arguments = ("--select", "casa/host", "--allow-code")
    assert case.validate(*arguments).status == 0
    found = case.validate(*arguments, "--policy-from", "main")
    assert (found.status, found.places) == (1, [("sol.yaml", 9, "casa/host")])
    rule.unlink()
    assert case.validate(*arguments, "--policy-from", "main").status == 1


TEAM_RULE = """
from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Finding, Rule, Scope

HOST = "/notifications/smtp/host"


def check(shop, options):
    yield Finding(HOST, msg("not this host"))


RULE = Rule(Severity.ERROR, Scope.SHOP, msg("a rule"), msg("a reason"), check, reads=(HOST,))
"""
