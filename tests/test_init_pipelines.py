"""The pipelines that ``init`` writes, their scripts run for real, in sound and in hostile checkouts."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli_case import write
from tests.test_hostile_checkout import _copy_of_the_tool, _marks, plant
from tests.test_integrations import BIN, _git

SHOP = "configs/imprenta-sol.yaml"
LANGUAGES = ("en", "es")
SWITCH_OFF = '\n[severity]\n"address/no-reply" = "off"\n'


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A requirement that names a commit of a git repository that holds this tool."""
    folder = _copy_of_the_tool(tmp_path_factory.mktemp("tool"))
    _git(folder, "init", "--quiet")
    _git(folder, "add", "--all", "--force")
    _git(folder, "commit", "--quiet", "--message", "The tool")
    return f"git+file://localhost{folder}@{_git(folder, 'rev-parse', 'HEAD')}"


def _new(folder: Path, language: str, *flags: str) -> Path:
    """Make a repository with ``init``, on the branch main of a remote, and check out a change."""
    remote = folder / "remote"
    shops = folder / "shops"
    command = (sys.executable, "-m", "wakagitops", "init", str(shops), "--lang", language, *flags)
    subprocess.run(command, check=True, capture_output=True)
    _git(shops, "init", "--quiet", "--initial-branch", "main")
    _git(shops, "add", "--all")
    _git(shops, "commit", "--quiet", "--message", "New")
    _git(folder, "clone", "--quiet", "--bare", str(shops), str(remote))
    _git(shops, "remote", "add", "origin", str(remote))
    _git(shops, "checkout", "--quiet", "-b", "change")
    return shops


def _change(shops: Path) -> None:
    text = (shops / SHOP).read_text(encoding="utf-8").replace("contacto@", "hola@")
    write(shops, SHOP, text)
    _git(shops, "commit", "--quiet", "--all", "--message", "Change")


def _merge(shops: Path) -> None:
    """Check out the merge commit, as GitHub makes it for a pull request."""
    _git(shops, "checkout", "--quiet", "--detach", "main")
    _git(shops, "merge", "--quiet", "--no-ff", "--message", "Merge", "change")


class Workflow:
    """A run of the written GitHub workflow; actions are not run."""

    def __init__(self, shops: Path, temp: Path, *, labels: tuple[str, ...] = ()) -> None:
        temp.mkdir()
        self.shops, self.temp, self.labels = shops, temp, labels
        text = (shops / ".github/workflows/wakagitops.yml").read_text(encoding="utf-8")
        self.document = yaml.safe_load(text)
        self.outputs: dict[str, dict[str, str]] = {"python": {"python-path": _python()}}
        self.path: list[str] = []
        self.environment: dict[str, str] = {}
        self.output = ""
        self.uploaded: list[str] = []

    def run(self, *, event: str = "pull_request", with_install: bool) -> int:
        job = self.document["jobs"]["check"]
        shell = self.document["defaults"]["run"]["shell"]
        assert shell == "bash"
        if not with_install:
            self.path = [str(BIN)]
        for step in job["steps"]:
            condition = step.get("if")
            assert condition in {None, "github.event_name == 'pull_request'"}
            if condition and event != "pull_request":
                continue
            if "upload-artifact" in step.get("uses", ""):
                self.uploaded.append(self._filled(step["with"]["path"]))
            if "run" not in step or (not with_install and "working-directory" in step):
                continue
            if status := self._step(step, job["env"], event):
                return status
        return 0

    def _step(self, step: Mapping[str, Any], job: Mapping[str, str], event: str) -> int:
        files = {
            name: self.temp / name.lower() for name in ("GITHUB_PATH", "GITHUB_ENV", "GITHUB_OUTPUT")
        }
        for file in files.values():
            file.write_text("", encoding="utf-8")
        script = write(self.temp, "step.sh", step["run"])
        run = subprocess.run(
            ("bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)),
            cwd=self._filled(step.get("working-directory", str(self.shops))),
            env={
                **os.environ,
                "PATH": os.pathsep.join((*self.path, _without_tool())),
                "RUNNER_TEMP": str(self.temp),
                "GITHUB_ACTIONS": "true",
                "GITHUB_EVENT_NAME": event,
                "GITHUB_SHA": _git(self.shops, "rev-parse", "HEAD"),
                "GITHUB_STEP_SUMMARY": str(self.temp / "summary.md"),
                **{name: str(file) for name, file in files.items()},
                **self.environment,
                **{name: self._filled(value) for name, value in (job | step.get("env", {})).items()},
            },
            capture_output=True,
            text=True,
            check=False,
        )
        self.output += run.stdout + run.stderr
        self.path[:0] = files["GITHUB_PATH"].read_text(encoding="utf-8").splitlines()
        self.environment |= _pairs(files["GITHUB_ENV"])
        self.outputs[step.get("id", "")] = _pairs(files["GITHUB_OUTPUT"])
        return run.returncode

    def _filled(self, text: str) -> str:
        def value(match: re.Match[str]) -> str:
            name = match[1].strip()
            label = re.fullmatch(
                r"contains\(github\.event\.pull_request\.labels\.\*\.name, '(.+)'\)", name
            )
            if label:
                return "true" if label[1] in self.labels else "false"
            if name == "runner.temp":
                return str(self.temp)
            _, step, _, key = name.split(".")
            return self.outputs.get(step, {}).get(key, "")

        return re.sub(r"\$\{\{(.*?)\}\}", value, text)


def _pairs(file: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in file.read_text(encoding="utf-8").splitlines())


def _python() -> str:
    return str(Path(sys.executable).resolve())


def _without_tool() -> str:
    return os.pathsep.join(part for part in os.environ["PATH"].split(os.pathsep) if part != str(BIN))


def _gitlab(
    shops: Path, temp: Path, *, with_install: bool, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the written GitLab job, as its runner does: all lines in one shell."""
    (job,) = yaml.safe_load((shops / ".gitlab-ci.yml").read_bytes()).values()
    before = list(job["before_script"])
    if not with_install:
        before[0] = f'wakagitops_home=$(mktemp -d); PATH="{BIN}:$PATH"'
    (temp / "bin").mkdir(parents=True, exist_ok=True)
    if not (temp / "bin/python3").exists():
        (temp / "bin/python3").symlink_to(_python())
    return subprocess.run(
        ("bash", "-eo", "pipefail", "-c", "\n".join((*before, *job["script"]))),
        cwd=shops,
        env={
            **os.environ,
            **job["variables"],
            "PATH": f"{temp / 'bin'}{os.pathsep}{_without_tool()}",
            "TMPDIR": str(temp),
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def _merge_request(shops: Path) -> dict[str, str]:
    return {
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": _git(shops, "rev-parse", "main"),
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_pipelines_check_plan_and_render_a_change(tmp_path: Path, language: str) -> None:
    shops = _new(tmp_path, language)
    _change(shops)
    _merge(shops)
    job = Workflow(shops, tmp_path / "runner")
    assert job.run(with_install=False) == 0, job.output
    assert "hola@imprenta-sol.example" in (job.temp / "summary.md").read_text(encoding="utf-8")
    assert job.uploaded == [str(job.temp / "dist")]
    assert (job.temp / "dist/manifest.json").is_file()
    assert not (shops / "dist").exists()
    run = _gitlab(shops, tmp_path / "gitlab", with_install=False, **_merge_request(shops))
    assert run.returncode == 0, run.stdout + run.stderr
    assert "hola@imprenta-sol.example" in run.stdout
    assert (shops / "dist/manifest.json").is_file()
    assert (shops / "junit.xml").is_file()


def test_a_push_to_the_default_branch_has_no_plan(tmp_path: Path) -> None:
    shops = _new(tmp_path, "en")
    job = Workflow(shops, tmp_path / "runner")
    assert job.run(event="push", with_install=False) == 0, job.output
    assert "wakagitops-plan" not in (job.temp / "summary.md").read_text(encoding="utf-8")
    run = _gitlab(shops, tmp_path / "gitlab", with_install=False)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize(("labels", "status"), [((), 1), (("mass-change",), 1), (("policy-change",), 0)])
def test_a_weaker_policy_needs_its_label(tmp_path: Path, labels: tuple[str, ...], status: int) -> None:
    shops = _new(tmp_path, "en")
    with (shops / "wakagitops.toml").open("a", encoding="utf-8") as file:
        file.write(SWITCH_OFF)
    _git(shops, "commit", "--quiet", "--all", "--message", "Looser")
    _merge(shops)
    job = Workflow(shops, tmp_path / "runner", labels=labels)
    assert job.run(with_install=False) == status, job.output
    variables = {**_merge_request(shops), "CI_MERGE_REQUEST_LABELS": ",".join(labels)}
    run = _gitlab(shops, tmp_path / "gitlab", with_install=False, **variables)
    assert run.returncode == status, run.stdout + run.stderr


def test_a_change_is_held_to_the_policy_of_its_base(tmp_path: Path) -> None:
    shops = _new(tmp_path, "en")
    text = (shops / SHOP).read_text(encoding="utf-8").replace("contacto@", "no-reply@")
    write(shops, SHOP, text)
    with (shops / "wakagitops.toml").open("a", encoding="utf-8") as file:
        file.write(SWITCH_OFF)
    _git(shops, "commit", "--quiet", "--all", "--message", "Looser, and a mistake")
    _merge(shops)
    labels = ("policy-change", "mass-change")
    job = Workflow(shops, tmp_path / "runner", labels=labels)
    assert job.run(with_install=False) == 1
    assert f"::error file={SHOP}," in job.output
    assert not (job.temp / "dist").exists()
    variables = {**_merge_request(shops), "CI_MERGE_REQUEST_LABELS": ",".join(labels)}
    run = _gitlab(shops, tmp_path / "gitlab", with_install=False, **variables)
    assert (run.returncode, "address/no-reply" in run.stdout) == (1, True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_source_the_pipelines_fail_and_name_the_line_to_fill(
    tmp_path: Path, language: str
) -> None:
    shops = _new(tmp_path, language)
    _change(shops)
    _merge(shops)
    job = Workflow(shops, tmp_path / "runner")
    assert job.run(with_install=True) == 2
    assert "::error::WAKAGITOPS_INSTALL" in job.output
    assert ".github/workflows/wakagitops.yml" in job.output
    run = _gitlab(shops, tmp_path / "gitlab", with_install=True, **_merge_request(shops))
    assert run.returncode == 2
    assert ".gitlab-ci.yml" in run.stderr
    assert not (shops / "dist").exists()


def test_the_workflow_runs_nothing_of_the_checkout(tmp_path: Path, source: str) -> None:
    shops, marker = _new(tmp_path, "en", "--install-from", source), tmp_path / "marker"
    _change(shops)
    _merge(shops)
    plant(shops, marker)
    (shops / "dist").symlink_to(tmp_path)
    job = Workflow(shops, tmp_path / "runner")
    assert job.run(with_install=True) == 0, job.output
    assert job.path == [str(job.temp / "wakagitops/bin")]
    assert (job.temp / "dist/manifest.json").is_file()
    assert not [path for path in (job.temp / "dist").rglob("*") if path.is_symlink()]
    assert _marks(marker) == ""


def test_the_gitlab_job_runs_nothing_of_the_checkout(tmp_path: Path, source: str) -> None:
    shops, marker = _new(tmp_path, "en", "--install-from", source), tmp_path / "marker"
    _change(shops)
    _merge(shops)
    plant(shops, marker)
    victim = tmp_path / "victim"
    victim.mkdir()
    (shops / "dist").symlink_to(victim)
    (shops / "junit.xml").symlink_to(victim / "junit.xml")
    variables = {**_merge_request(shops), "PYTHONPATH": "."}
    run = _gitlab(shops, tmp_path / "gitlab", with_install=True, **variables)
    assert run.returncode == 0, run.stdout + run.stderr
    assert not (shops / "dist").is_symlink()
    assert (shops / "dist/manifest.json").is_file()
    assert not [path for path in (shops / "dist").rglob("*") if path.is_symlink()]
    assert list(victim.iterdir()) == []
    assert _marks(marker) == ""
