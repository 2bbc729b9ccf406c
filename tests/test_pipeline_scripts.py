"""The scripts of the action and the templates, each run for real in the cases that decide a job."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.cli_case import write
from tests.test_integrations import (
    CHANGED,
    GITLAB,
    MARKER,
    ROOT,
    SHOP,
    Job,
    _git,
    _GitLab,
    _merge_request,
    _pipeline,
    gitlab,
    job,
    shops,
)

__all__ = ["gitlab", "job", "shops"]

GITHUB = ROOT / "integrations" / "github"
LOOSER = '[severity]\n"address/no-reply" = "off"\n'


def _result(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", str(GITHUB / "result.sh")],
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("status", ["", " ", "00", "-1", "256", "1e1", "0 0", "0\n0", "08", "x", "0x0"])
@pytest.mark.parametrize("name", ["VALIDATE", "PLAN"])
def test_a_step_without_a_sound_status_never_passes(name: str, status: str) -> None:
    run = _result(**{"VALIDATE": "0", "PLAN": "0", "EVENT": "pull_request", name: status})
    assert run.returncode == 4
    assert "did not run to its end, so the settings count as not checked." in run.stdout


@pytest.mark.parametrize(
    ("validate", "plan", "wants", "event", "status"),
    [
        ("0", "0", "true", "pull_request", 0),
        ("0", "1", "true", "pull_request", 1),
        ("3", "1", "true", "pull_request", 3),
        ("255", "0", "true", "pull_request", 255),
        ("0", "", "true", "push", 0),
        ("0", "", "True", "pull_request", 4),
        ("0", "", "false", "pull_request", 0),
        ("0", "", "FALSE", "pull_request", 0),
        ("0", "", "no", "pull_request", 2),
        ("0", "", "", "pull_request", 2),
    ],
)
def test_the_first_status_that_fails_is_that_of_the_job(
    validate: str, plan: str, wants: str, event: str, status: int
) -> None:
    run = _result(VALIDATE=validate, PLAN=plan, PLAN_INPUT=wants, EVENT=event)
    assert run.returncode == status, run.stdout


def test_a_result_of_no_step_at_all_fails() -> None:
    assert _result().returncode == 4


# The policy brake of the action


def _loosen(job: Job) -> None:
    write(job.shops, "wakagitops.toml", LOOSER)
    _git(job.shops, "add", "--all")
    _git(job.shops, "commit", "--quiet", "--message", "Switch a rule off")


@pytest.mark.parametrize(("allowed", "status"), [("false", 1), ("", 1), ("TRUE ", 1), ("true", 0)])
def test_a_pull_request_that_switches_a_rule_off_fails_unless_it_is_allowed(
    job: Job, allowed: str, status: int
) -> None:
    _loosen(job)
    job.inputs["allow-policy-change"] = allowed
    assert job.run() == status, job.output
    assert job.steps["plan"]["is-empty"] == "false"
    plan = json.loads((job.temp / "wakagitops-plan.json").read_text(encoding="utf-8"))
    assert plan["brake"]["reasons"] == ["policy-weakened"]
    assert [item["kind"] for item in plan["policy"]] == ["rule-off"]
    assert "address/no-reply" in (job.temp / "gh.log.body").read_text(encoding="utf-8")


def test_a_rule_that_a_pull_request_switches_off_still_checks_it(job: Job) -> None:
    write(job.shops, SHOP, CHANGED.replace("hola@", "no-reply@"))
    _loosen(job)
    job.inputs["allow-policy-change"] = "true"
    assert job.run() == 1
    assert f"::error file={SHOP}," in job.output


def test_the_gitlab_note_appears_for_a_change_of_the_policy_alone(shops: Path, gitlab: _GitLab) -> None:
    environment = _merge_request(shops, gitlab)
    write(shops, "wakagitops.toml", LOOSER)
    assert _pipeline(shops, "wakagitops-plan", **environment).returncode == 1
    ((method, _, body),) = gitlab.written
    assert (method, "address/no-reply" in body) == ("POST", True)


@pytest.mark.parametrize(
    ("labels", "removes", "status"),
    [
        ("", False, 1),
        ("policy-change", False, 0),
        ("a,policy-change,b", False, 0),
        ("no-policy-change,policy-change-2,policy", False, 1),
        ("mass-change", False, 1),
        ("", True, 1),
        ("policy-change", True, 1),
        ("x,mass-change", True, 1),
        ("mass-change,policy-change", True, 0),
    ],
)
def test_gitlab_labels_release_the_brake_that_they_name(
    shops: Path, labels: str, status: int, *, removes: bool
) -> None:
    base = _git(shops, "rev-parse", "HEAD")
    write(shops, "wakagitops.toml", LOOSER)
    if removes:
        (shops / SHOP).unlink()
    run = _pipeline(
        shops,
        "wakagitops-plan",
        CI_MERGE_REQUEST_DIFF_BASE_SHA=base,
        CI_MERGE_REQUEST_LABELS=labels,
        WAKAGITOPS_TOKEN="",
    )
    assert run.returncode == status, run.stdout + run.stderr


# What the runner must not obey


def test_no_text_of_a_program_is_a_workflow_command(tmp_path: Path) -> None:
    text = "::error::x\n::set-output name=status::0\n::stop-commands::guess\n::guess::"
    errors = write(tmp_path, "errors", text)
    script = f'source "{GITHUB}/common.sh"; print_inert "$1"; print_inert "$1"'
    run = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script, "-", str(errors)],
        env={"PATH": "/usr/bin:/bin", "RUNNER_TEMP": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    blocks = run.stdout.split("::stop-commands::")
    tokens = {block.partition("\n")[0] for block in blocks if "guess\n" not in block.partition("\n")[0]}
    tokens -= {"", "guess"}
    assert len(tokens) == 2
    lines = run.stdout.splitlines()
    for token in tokens:
        assert len(token) == 32
        start, end = lines.index(f"::stop-commands::{token}"), lines.index(f"::{token}::")
        assert lines[start + 1 : end] == text.split("\n")
    assert len(lines) == 2 * (len(text.split("\n")) + 2)


# The base of a pull request


def _base(folder: Path, temp: Path, base: str, **environment: str) -> str:
    script = f'source "{GITHUB}/common.sh"; find_base "$1"; printf %s "$base"'
    run = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script, "-", base],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HOME": str(temp), "RUNNER_TEMP": str(temp), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout


def test_the_base_is_the_first_parent_of_the_merge_commit_that_github_made(
    shops: Path, tmp_path: Path
) -> None:
    old = _git(shops, "rev-parse", "main")
    _git(shops, "checkout", "--quiet", "-b", "change")
    write(shops, SHOP, CHANGED)
    _git(shops, "commit", "--quiet", "--all", "--message", "Change")
    head = _git(shops, "rev-parse", "HEAD")
    _git(shops, "checkout", "--quiet", "main")
    write(shops, "README.md", "The base moves on.\n")
    _git(shops, "add", "--all")
    _git(shops, "commit", "--quiet", "--message", "Base")
    tip = _git(shops, "rev-parse", "HEAD")
    _git(shops, "checkout", "--quiet", "--detach")
    _git(shops, "merge", "--quiet", "--no-ff", "--message", "Merge", "change")
    merge = _git(shops, "rev-parse", "HEAD")
    event = {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_SHA": merge}
    assert _base(shops, tmp_path, old, **event) == tip
    # The author's own merge commit proves nothing: its first parent is what the author chose.
    assert _base(shops, tmp_path, old, **{**event, "GITHUB_SHA": head}) == old
    assert _base(shops, tmp_path, old, **{**event, "GITHUB_EVENT_NAME": "push"}) == old
    _git(shops, "checkout", "--quiet", head)
    assert _base(shops, tmp_path, old, **{**event, "GITHUB_SHA": head}) == old


@pytest.mark.parametrize(
    ("config", "flags", "warns"),
    [
        ("", ["--policy-from", "main"], False),
        ("mail/wakagitops.toml", ["--config", "mail/wakagitops.toml", "--policy-from", "main"], False),
        ("new/wakagitops.toml", ["--config", "new/wakagitops.toml"], True),
        ("./new/x.toml", ["--config", "./new/x.toml", "--policy-from", "main"], False),
        ("../x.toml", ["--config", "../x.toml", "--policy-from", "main"], False),
        ("/etc/x.toml", ["--config", "/etc/x.toml", "--policy-from", "main"], False),
    ],
)
def test_the_policy_is_that_of_the_base_where_it_has_the_file(
    shops: Path, tmp_path: Path, config: str, flags: list[str], *, warns: bool
) -> None:
    write(shops, "mail/wakagitops.toml", "")
    _git(shops, "add", "--all")
    _git(shops, "commit", "--quiet", "--message", "Configuration")
    script = f'source "{GITHUB}/common.sh"; policy=(); set_policy main; printf "%s\\n" "${{policy[@]}}"'
    run = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=shops,
        env={"PATH": "/usr/bin:/bin", "RUNNER_TEMP": str(tmp_path), "CONFIG": config},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = run.stdout.splitlines()
    assert lines[warns:] == flags
    assert ("::warning" in run.stdout) is warns


# The cache of the action


@pytest.mark.parametrize(
    ("cache", "event", "ref", "uses"),
    [
        ("default-branch", "push", "refs/heads/main", {"restore", "save"}),
        ("default-branch", "workflow_dispatch", "refs/heads/main", {"restore", "save"}),
        ("default-branch", "schedule", "refs/heads/main", {"restore", "save"}),
        ("default-branch", "push", "refs/heads/change", set()),
        ("default-branch", "push", "refs/tags/main", set()),
        ("default-branch", "workflow_dispatch", "refs/heads/change", set()),
        ("default-branch", "pull_request", "refs/pull/7/merge", set()),
        ("default-branch", "pull_request_target", "refs/heads/main", set()),
        ("default-branch", "merge_group", "refs/heads/main", set()),
        ("pull-requests", "pull_request", "refs/pull/7/merge", {"restore"}),
        ("pull-requests", "push", "refs/heads/main", {"restore", "save"}),
        ("pull-requests", "push", "refs/heads/change", set()),
        ("off", "push", "refs/heads/main", set()),
        ("off", "schedule", "refs/heads/main", set()),
        ("off", "pull_request", "refs/pull/7/merge", set()),
    ],
)
def test_only_the_default_branch_saves_the_cache(
    job: Job, cache: str, event: str, ref: str, uses: set[str]
) -> None:
    job.inputs["cache"] = cache
    job.inputs["plan"] = "false"
    job.environment |= {"GITHUB_EVENT_NAME": event, "GITHUB_REF": ref, "GITHUB_SHA": "c0ffee"}
    job.event = event
    assert job.run() == 0, job.output
    used = {name.split("@")[0].split("/")[-1]: given for name, given in job.used.items()}
    assert {name for name in used if name in {"restore", "save"}} == uses
    for name in uses:
        assert used[name]["path"] == str(job.temp / "wakagitops-cache")
        assert re.fullmatch(r"wakagitops-\w+-c0ffee-.*", used[name]["key"])
    if "restore" in uses:
        assert used["restore"]["key"].startswith(used["restore"]["restore-keys"])


def test_an_unknown_choice_of_cache_fails(job: Job) -> None:
    job.inputs["cache"] = "true"
    assert job.run() == 2
    assert "default-branch, pull-requests or off" in job.output


# The GitLab template


def test_no_line_of_the_gitlab_note_is_a_quick_action(shops: Path, gitlab: _GitLab) -> None:
    plan = f"{MARKER}\n/merge\n  /close\n\t/approve\na/b\n- /label\n"
    changes = {"summary": {"shops": 1, "changed": 1}, "policy": [], "findings": {}, "shared_files": {}}
    write(shops, "made.md", plan)
    write(shops, "made.json", json.dumps(changes))
    fake = "wakagitops() { cp made.md wakagitops-plan.md; cp made.json wakagitops-plan.json; }"
    run = subprocess.run(
        ("bash", "-eo", "pipefail", "-c", "\n".join((fake, *GITLAB["wakagitops-plan"]["script"]))),
        cwd=shops,
        env={**os.environ, **_merge_request(shops, gitlab)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    ((_, _, body),) = gitlab.written
    assert body == f"{MARKER}\n&#47;merge\n  &#47;close\n\t&#47;approve\na/b\n- /label\n"


def test_the_gitlab_policy_is_that_of_the_tip_of_the_target_branch(shops: Path, tmp_path: Path) -> None:
    old = _git(shops, "rev-parse", "HEAD")
    clone = tmp_path / "clone"
    _git(tmp_path, "clone", "--quiet", str(shops), str(clone))
    write(shops, "README.md", "The target moves on.\n")
    _git(shops, "add", "--all")
    _git(shops, "commit", "--quiet", "--message", "Target")
    tip = _git(shops, "rev-parse", "HEAD")
    script = GITLAB[".wakagitops"]["before_script"][1] + '\nprintf %s "$wakagitops_policy"'
    variables = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": old}
    for more, policy in (
        ({"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}, tip),
        ({"CI_MERGE_REQUEST_TARGET_BRANCH_SHA": "c0ffee"}, "c0ffee"),
        ({}, old),
    ):
        run = subprocess.run(
            ("bash", "-eo", "pipefail", "-c", script),
            cwd=clone,
            env={**os.environ, **variables, **more},
            capture_output=True,
            text=True,
            check=True,
        )
        assert run.stdout == policy


def test_the_gitlab_requirements_need_a_hash_each(tmp_path: Path) -> None:
    requirements = write(tmp_path, "requirements", "idna==3.10\n")
    script = GITLAB[".wakagitops"]["before_script"][0]
    run = subprocess.run(
        ("bash", "-eo", "pipefail", "-c", script),
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(tmp_path), "WAKAGITOPS_REQUIREMENTS": str(requirements)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode != 0
    assert "Hashes are required in --require-hashes mode" in run.stderr
