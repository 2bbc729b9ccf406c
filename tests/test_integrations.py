"""The ready-made integrations, run as far as they run without the services they are for."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli_case import ERROR, LUNA, SOL, write

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
GITLAB = yaml.safe_load(
    (ROOT / "integrations" / "gitlab" / "wakagitops.gitlab-ci.yml").read_text(encoding="utf-8")
)
PAGE = (ROOT / "docs" / "integrations.md").read_text(encoding="utf-8")
SHOP = "configs/imprenta-sol.yaml"
MARKER = "<!-- wakagitops-plan -->"
SCRIPTS = sorted((ROOT / "integrations").rglob("*.sh"))


def _git(folder: Path, *arguments: str) -> str:
    run = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return run.stdout.strip()


def _run(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{BIN}{os.pathsep}{environment.pop('PATH', os.environ['PATH'])}"
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def shops(tmp_path: Path) -> Path:
    """A git repository with two sound shops in its first commit."""
    folder = tmp_path / "shops"
    write(folder, SHOP, SOL)
    write(folder, "configs/papeleria-luna.yaml", LUNA)
    _git(folder, "init", "--quiet", "--initial-branch", "main")
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", "--message", "Shops")
    return folder


# GitHub

_GH = """\
#!/bin/sh
printf '%s\\n' "$*" >>"$GH_LOG"
for argument; do
    case $argument in body=@*) cp "${argument#body=@}" "$GH_LOG.body" ;; esac
done
case $* in
*--paginate*) [ "$GH_FAILS" = no ] && printf '%s' "$GH_FOUND" || exit 1 ;;
*) [ "$GH_FAILS" = no ] || exit 1 ;;
esac
"""


class Job:
    """A job of GitHub Actions that uses our action on a pull request."""

    def __init__(self, shops: Path, temp: Path) -> None:
        self.shops = shops
        self.temp = temp
        temp.mkdir()
        self.summary = temp / "summary.md"
        self.log = temp / "gh.log"
        fake = write(temp, "bin/gh", _GH)
        fake.chmod(0o755)
        self.inputs = {name: str(item.get("default", "")) for name, item in ACTION["inputs"].items()}
        self.inputs["token"] = "a token"
        self.event = "pull_request"
        self.gh = {"GH_FOUND": "", "GH_FAILS": "no"}
        self.steps: dict[str, dict[str, str]] = {
            "python": {"python-path": sys.executable},
            "install": {"wakagitops": str(BIN / "wakagitops")},
        }
        self.environment: dict[str, str] = {}
        self.action_path = ROOT
        self.output = ""
        self.used: dict[str, dict[str, str]] = {}

    def run(self, *, with_install: bool = False) -> int:
        """Run every step; return the exit status of the first that failed.

        Args:
            with_install: whether the tool is installed too, not only taken from where the tests run.
        """
        skipped = {"python"} if with_install else {"python", "install"}
        for step in ACTION["runs"]["steps"]:
            if step.get("id") in skipped or not self._is_wanted(step.get("if", "")):
                continue
            if "uses" in step:
                self.used[step["uses"]] = {
                    key: self._filled(value) for key, value in step["with"].items()
                }
                continue
            status = self._shell(step)
            if status:
                return status
        return 0

    def _shell(self, step: Mapping[str, Any]) -> int:
        output = self.temp / "output"
        output.write_text("", encoding="utf-8")
        # As the runner starts `shell: bash`.
        script = write(self.temp, "step.sh", step["run"])
        run = _run(
            self.shops,
            *("bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)),
            PATH=f"{self.temp / 'bin'}{os.pathsep}{os.environ['PATH']}",
            GITHUB_ACTIONS="true",
            GITHUB_ACTION_PATH=str(self.action_path),
            GITHUB_OUTPUT=str(output),
            GITHUB_STEP_SUMMARY=str(self.summary),
            GITHUB_REPOSITORY="imprenta/shops",
            RUNNER_TEMP=str(self.temp),
            GH_LOG=str(self.log),
            **self.gh,
            **self.environment,
            **{name: self._filled(value) for name, value in step["env"].items()},
        )
        self.output += run.stdout + run.stderr
        lines = output.read_text(encoding="utf-8").splitlines()
        self.steps[step.get("id", "")] = dict(line.split("=", 1) for line in lines)
        return run.returncode

    def _value(self, name: str) -> str:
        first, *rest = name.strip().split(".")
        match first, rest:
            case "inputs", [key]:
                return self.inputs[key]
            case "steps", [step, "outputs", key]:
                return self.steps.get(step, {}).get(key, "")
            case "runner", ["temp"]:
                return str(self.temp)
            case "github", ["event", "repository", "default_branch"]:
                return "main"
            case "github", ["event_name"]:
                return self.event
            case "github", ["event", "pull_request", "base", "sha"]:
                return _git(self.shops, "rev-parse", "main")
            case "github", ["event", "pull_request", "number"]:
                return "7"
        raise AssertionError(name)

    def _filled(self, text: str) -> str:
        return re.sub(r"\$\{\{(.*?)\}\}", lambda match: self._value(match[1]), text)

    def _is_wanted(self, condition: str) -> bool:
        parts = re.findall(r"(\S+) (==|!=) '(.*?)'", condition)
        assert len(parts) == bool(condition) * (condition.count("&&") + 1)
        return all((self._value(name) == value) == (sign == "==") for name, sign, value in parts)

    @property
    def calls(self) -> list[str]:
        return self.log.read_text(encoding="utf-8").splitlines() if self.log.is_file() else []


@pytest.fixture
def job(shops: Path, tmp_path: Path) -> Job:
    _git(shops, "checkout", "--quiet", "-b", "change")
    return Job(shops, tmp_path / "runner")


def _commit(job: Job, text: str) -> None:
    write(job.shops, SHOP, text)
    _git(job.shops, "commit", "--quiet", "--all", "--message", "Change")


CHANGED = SOL.replace("contacto@", "hola@")


def test_the_action_comments_a_sound_change_and_passes(job: Job) -> None:
    _commit(job, CHANGED)
    assert job.run() == 0, job.output
    read, made = job.calls
    assert "repos/imprenta/shops/issues/7/comments" in read
    assert made.startswith("api --silent --method POST repos/imprenta/shops/issues/7/comments")
    body = (job.temp / "gh.log.body").read_text(encoding="utf-8")
    assert body.startswith(MARKER)
    assert "hola@imprenta-sol.es" in body
    assert body in job.summary.read_text(encoding="utf-8")
    (uses,) = [name for name in job.used if "upload-sarif" in name]
    sarif = json.loads(Path(job.used[uses]["sarif_file"]).read_text(encoding="utf-8"))
    assert sarif["version"] == "2.1.0"


def test_the_action_puts_findings_on_their_lines_and_fails_after_the_comment(job: Job) -> None:
    _commit(job, ERROR)
    assert job.run() == 1
    assert f"::error file={SHOP},line=5," in job.output
    assert "address/no-reply" in job.summary.read_text(encoding="utf-8")
    assert "POST" in job.calls[1]
    sarif = Path(job.steps["validate"]["sarif"]).read_text(encoding="utf-8")
    assert json.loads(sarif)["runs"][0]["results"][0]["ruleId"] == "address/no-reply"


def test_the_action_changes_its_comment_and_makes_no_second(job: Job) -> None:
    _commit(job, CHANGED)
    job.gh["GH_FOUND"] = "4711\n4712\n"
    assert job.run() == 0
    assert job.calls[1].startswith(
        "api --silent --method PATCH repos/imprenta/shops/issues/comments/4711"
    )
    assert len(job.calls) == 2


def test_the_action_looks_for_its_comment_among_those_of_bots_only() -> None:
    script = (ROOT / "integrations" / "github" / "comment.sh").read_text(encoding="utf-8")
    (query,) = re.findall(r"^ours='(.*)'$", script, re.MULTILINE)
    if shutil.which("jq") is None:
        pytest.skip("jq is not installed")
    comments = [
        {"id": 1, "user": {"type": "User"}, "body": f"{MARKER}\nspoofed"},
        {"id": 2, "user": {"type": "Bot"}, "body": "something else"},
        {"id": 3, "user": {"type": "Bot"}, "body": f"{MARKER}\n### plan"},
    ]
    run = subprocess.run(
        ["jq", query], input=json.dumps(comments), capture_output=True, text=True, check=True
    )
    assert run.stdout == "3\n"


def test_the_action_says_nothing_about_a_change_of_nothing(job: Job) -> None:
    write(job.shops, "README.md", "Shops\n")
    _git(job.shops, "add", "--all")
    _git(job.shops, "commit", "--quiet", "--message", "Words")
    assert job.run() == 0
    assert len(job.calls) == 1


def test_the_action_takes_back_what_it_said_when_the_change_is_gone(job: Job) -> None:
    job.gh["GH_FOUND"] = "4711"
    assert job.run() == 0
    assert "PATCH" in job.calls[1]


def test_a_token_that_only_reads_fails_nothing(job: Job) -> None:
    _commit(job, CHANGED)
    job.gh["GH_FAILS"] = "yes"
    assert job.run() == 0
    assert "::notice title=wakagitops::The plan could not be written as a comment" in job.output
    assert "hola@imprenta-sol.es" in job.summary.read_text(encoding="utf-8")


@pytest.mark.parametrize(("allowed", "status"), [("false", 1), ("true", 0)])
def test_the_brake_fails_the_action_unless_it_is_let_go(job: Job, allowed: str, status: int) -> None:
    _git(job.shops, "rm", "--quiet", SHOP)
    _git(job.shops, "commit", "--quiet", "--message", "Remove")
    job.inputs["allow-mass-change"] = allowed
    assert job.run() == status
    assert "imprenta-sol" in (job.temp / "gh.log.body").read_text(encoding="utf-8")


def test_the_inputs_of_the_action_reach_the_tool_as_words_not_as_code(job: Job) -> None:
    _commit(job, SOL.replace("contacto@imprenta-sol.es", "imprentasol@gmail.com"))
    job.inputs["arguments"] = "--strict\n--select contact"
    assert job.run() == 1
    job.inputs["arguments"] = '--select address $(touch "$RUNNER_TEMP/ran"); touch ran'
    assert job.run() == 3
    assert not (job.temp / "ran").exists()
    assert not (job.shops / "ran").exists()


def test_the_action_takes_a_wakagitops_toml_and_shows_paths_from_the_repository(job: Job) -> None:
    write(job.shops, "mail/wakagitops.toml", "")
    write(job.shops, f"mail/{SHOP}", ERROR)
    _git(job.shops, "add", "--all")
    _git(job.shops, "commit", "--quiet", "--message", "Another folder")
    job.inputs["config"] = "mail/wakagitops.toml"
    assert job.run() == 1
    assert f"::error file=mail/{SHOP},line=5," in job.output


def test_without_a_pull_request_there_is_no_plan(job: Job) -> None:
    _commit(job, CHANGED)
    job.event = "push"
    assert job.run() == 0
    assert job.calls == []


@pytest.mark.parametrize(
    ("name", "value"), [("plan", "false"), ("comment", "false"), ("sarif", "false")]
)
def test_each_part_of_the_action_can_be_left_out(job: Job, name: str, value: str) -> None:
    _commit(job, CHANGED)
    job.inputs[name] = value
    assert job.run() == 0
    assert (job.calls == []) is (name != "sarif")
    assert any("upload-sarif" in use for use in job.used) is (name != "sarif")


def test_a_shallow_checkout_fetches_the_base_itself(job: Job, tmp_path: Path) -> None:
    _commit(job, CHANGED)
    _git(job.shops, "config", "uploadpack.allowAnySHA1InWant", "true")
    shallow = tmp_path / "shallow"
    _git(tmp_path, "clone", "--quiet", "--depth=1", "--branch=change", job.shops.as_uri(), str(shallow))
    base = _git(job.shops, "rev-parse", "main")
    original, job.shops = job.shops, shallow
    _git(shallow, "update-ref", "refs/heads/main", _git(shallow, "rev-parse", "HEAD"))
    step = next(step for step in ACTION["runs"]["steps"] if step.get("id") == "plan")
    assert job._shell({**step, "env": {**step["env"], "BASE": base}}) == 0
    assert job.steps["plan"]["status"] == "0", job.output
    _git(shallow, "remote", "set-url", "origin", str(tmp_path / "nowhere"))
    missing = "1234567890123456789012345678901234567890"
    assert job._shell({**step, "env": {**step["env"], "BASE": missing}}) == 0
    assert job.steps["plan"]["status"] == "2"
    assert "give actions/checkout fetch-depth 0" in job.output
    assert original.is_dir()


def test_the_action_installs_itself_apart_from_the_job(tmp_path: Path) -> None:
    step = next(step for step in ACTION["runs"]["steps"] if step.get("id") == "install")
    output = tmp_path / "output"
    copy = tmp_path / "action"
    for name in ("src", "schema"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "constraints.txt"):
        shutil.copy(ROOT / name, copy / name)
    shutil.copytree(ROOT / "integrations", copy / "integrations")
    run = _run(
        tmp_path,
        *("bash", "-eo", "pipefail", "-c", step["run"]),
        PYTHON=sys.executable,
        GITHUB_ACTION_PATH=str(copy),
        GITHUB_OUTPUT=str(output),
        RUNNER_TEMP=str(tmp_path),
    )
    assert run.returncode == 0, run.stderr
    program = output.read_text(encoding="utf-8").strip().removeprefix("wakagitops=")
    assert program.startswith(str(tmp_path))
    version = _run(tmp_path, program, "--version")
    assert version.stdout.startswith("wakagitops ")
    made = _run(tmp_path, program, "init", "new")
    assert made.returncode == 0, made.stderr


# GitLab


class _Notes(BaseHTTPRequestHandler):
    """GitLab's notes on one merge request, two to a page, and the user behind the token."""

    def _answer(self, value: object, following: str = "") -> None:
        data = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("X-Next-Page", following)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, _GitLab)
        assert self.headers["PRIVATE-TOKEN"] == "glpat-made-up"
        if self.path == "/api/v4/user":
            self._answer({"id": 42})
            return
        page = int(re.findall(r"[?&]page=(\d+)", self.path)[0])
        rest = server.notes[page * 2 :]
        self._answer(server.notes[page * 2 - 2 : page * 2], str(page + 1) if rest else "")

    def _write(self) -> None:
        server = self.server
        assert isinstance(server, _GitLab)
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"]
        server.written.append((self.command, self.path.partition("/notes")[2], body))
        self._answer({"id": 1})

    do_POST = do_PUT = _write  # noqa: N815 - the server's names for them

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the server's name
        """Say nothing."""


class _GitLab(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Notes)
        self.notes: list[dict[str, object]] = []
        self.written: list[tuple[str, str, str]] = []


@pytest.fixture
def gitlab() -> Iterator[_GitLab]:
    with _GitLab() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def _note(number: int, author: int, body: str) -> dict[str, object]:
    return {"id": number, "author": {"id": author}, "body": body}


def _pipeline(shops: Path, name: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the script of a GitLab job, as its runner does: all lines in one shell."""
    script = "\n".join(GITLAB[name]["script"])
    return _run(shops, "bash", "-eo", "pipefail", "-c", script, **environment)


def _merge_request(shops: Path, gitlab: _GitLab) -> dict[str, str]:
    return {
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": _git(shops, "rev-parse", "HEAD"),
        "CI_API_V4_URL": f"http://127.0.0.1:{gitlab.server_port}/api/v4",
        "CI_PROJECT_ID": "5",
        "CI_MERGE_REQUEST_IID": "7",
        "WAKAGITOPS_TOKEN": "glpat-made-up",
    }


def test_gitlab_is_handed_its_reports_and_fails_on_an_error(shops: Path) -> None:
    assert _pipeline(shops, "wakagitops-validate").returncode == 0
    write(shops, SHOP, ERROR)
    run = _pipeline(shops, "wakagitops-validate")
    assert run.returncode == 1
    reports = GITLAB["wakagitops-validate"]["artifacts"]["reports"]
    quality = json.loads((shops / reports["codequality"]).read_text(encoding="utf-8"))
    assert quality[0]["check_name"] == "address/no-reply"
    assert "address/no-reply" in (shops / reports["junit"]).read_text(encoding="utf-8")
    for path in GITLAB["wakagitops-validate"]["artifacts"]["paths"]:
        assert (shops / path).is_file()


def test_gitlab_gets_one_note_that_is_kept_up_to_date(shops: Path, gitlab: _GitLab) -> None:
    environment = _merge_request(shops, gitlab)
    write(shops, SHOP, CHANGED)
    first = _pipeline(shops, "wakagitops-plan", **environment)
    assert first.returncode == 0, first.stderr
    ((method, path, body),) = gitlab.written
    assert (method, path) == ("POST", "")
    assert body.startswith(MARKER)
    assert "hola@imprenta-sol.es" in body
    gitlab.notes = [
        _note(1, 7, "Looks good"),
        _note(2, 7, f"{MARKER}\nspoofed"),
        _note(3, 42, "Something else"),
        _note(4, 42, f"{MARKER}\n### plan"),
    ]
    _pipeline(shops, "wakagitops-plan", **environment)
    assert gitlab.written[1][:2] == ("PUT", "/4")


def test_gitlab_gets_no_note_about_nothing_and_none_without_a_token(
    shops: Path, gitlab: _GitLab
) -> None:
    environment = _merge_request(shops, gitlab)
    assert _pipeline(shops, "wakagitops-plan", **environment).returncode == 0
    write(shops, SHOP, CHANGED)
    run = _pipeline(shops, "wakagitops-plan", **{**environment, "WAKAGITOPS_TOKEN": ""})
    assert run.returncode == 0
    assert gitlab.written == []
    assert "hola@imprenta-sol.es" in run.stdout


def test_gitlab_hears_of_the_brake_after_its_note(shops: Path, gitlab: _GitLab) -> None:
    environment = _merge_request(shops, gitlab)
    (shops / SHOP).unlink()
    run = _pipeline(shops, "wakagitops-plan", **environment)
    assert run.returncode == 1
    assert len(gitlab.written) == 1
    assert "glpat-made-up" not in run.stdout + run.stderr


def test_gitlab_keeps_the_deployment(shops: Path) -> None:
    run = _pipeline(shops, "wakagitops-render")
    assert run.returncode == 0
    assert (shops / "dist" / "manifest.json").is_file()


# Any CI


def test_any_ci_gets_reports_a_plan_and_the_deployment(shops: Path) -> None:
    write(shops, SHOP, CHANGED)
    script = str(ROOT / "integrations" / "generic-ci.sh")
    run = _run(shops, "sh", script, BASE="HEAD")
    assert run.returncode == 0, run.stderr
    made = {path.name for path in (shops / "reports").iterdir()}
    assert made == {"findings.json", "findings.sarif", "findings.xml", "findings.html", "plan.md"}
    assert (shops / "dist" / "manifest.json").is_file()


@pytest.mark.parametrize(
    ("text", "base", "status", "told"),
    [
        (ERROR, "HEAD", 1, "no-reply"),
        (CHANGED, "no-such-revision", 2, "no-such-revision"),
        (ERROR, "no-such-revision", 1, "no-such-revision"),
    ],
)
def test_any_ci_hears_of_every_failure_and_renders_nothing(
    shops: Path, text: str, base: str, status: int, told: str
) -> None:
    write(shops, SHOP, text)
    script = str(ROOT / "integrations" / "generic-ci.sh")
    run = _run(shops, "sh", script, BASE=base)
    assert run.returncode == status
    assert told in run.stdout + run.stderr
    assert not (shops / "dist").exists()


# What holds for all of them


def _pins(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "uses":
                yield str(item)
            yield from _pins(item)
    elif isinstance(value, list):
        for item in value:
            yield from _pins(item)


def _workflows() -> Iterator[str]:
    templates = ROOT / "src" / "wakagitops" / "cli" / "init_files"
    for path in (ROOT / "action.yml", *templates.glob("*/dot_github/workflows/*.yml")):
        yield path.read_text(encoding="utf-8")
    yield from _blocks("yaml")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_actions_of_others_are_pinned_to_commits_with_their_version() -> None:
    pinned: dict[str, set[str]] = {}
    for text in _workflows():
        for use in _pins(yaml.safe_load(text)):
            if "your-company" in use:
                continue
            name, _, commit = use.partition("@")
            assert re.fullmatch(r"[0-9a-f]{40}", commit), use
            assert re.search(rf"{re.escape(use)} # v\d+\.\d+\.\d+$", text, re.MULTILINE), use
            pinned.setdefault(name, set()).add(commit)
    assert {name: len(commits) for name, commits in pinned.items()} == dict.fromkeys(pinned, 1)
    assert pinned


@pytest.mark.parametrize(
    ("schema", "path", "options"),
    [
        ("vendor.github-actions", "action.yml", ()),
        (
            "vendor.gitlab-ci",
            "integrations/gitlab/wakagitops.gitlab-ci.yml",
            ("--data-transform", "gitlab-ci"),
        ),
    ],
)
def test_the_files_pass_the_schemas_of_their_services(
    schema: str, path: str, options: tuple[str, ...]
) -> None:
    run = _run(ROOT, "check-jsonschema", "--builtin-schema", schema, *options, path)
    assert run.returncode == 0, run.stdout


def test_zizmor_finds_nothing_unsafe_in_the_action() -> None:
    run = _run(ROOT, "zizmor", "--offline", "--format", "plain", "action.yml")
    assert run.returncode == 0, run.stdout


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_shellcheck_finds_nothing_in_the_scripts(script: Path) -> None:
    run = _run(ROOT, "shellcheck", str(script))
    assert (run.returncode, run.stdout) == (0, "")
    assert os.access(script, os.X_OK)


def test_every_input_of_the_action_is_used_and_explained() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    for name in ACTION["inputs"]:
        assert f"inputs.{name} " in text, name
        assert f"`{name}`" in PAGE, name


# The page


def test_the_workflows_of_the_page_pass_the_schemas_of_their_services(tmp_path: Path) -> None:
    schemas = {"on:": "vendor.github-workflows", "include:": "vendor.gitlab-ci"}
    checked = []
    for number, text in enumerate(_blocks("yaml")):
        yaml.safe_load(text)
        found = [schema for key, schema in schemas.items() if re.search(rf"^{key}", text, re.MULTILINE)]
        if not found:
            continue
        file = write(tmp_path, f"{number}.yml", text)
        run = _run(tmp_path, "check-jsonschema", "--builtin-schema", *found, file.name)
        assert run.returncode == 0, run.stdout
        checked += found
    assert set(checked) == set(schemas.values())


def test_the_workflow_of_the_page_gives_the_action_inputs_that_it_has() -> None:
    (workflow,) = [text for text in _blocks("yaml") if re.search(r"^on:", text, re.MULTILINE)]
    (step,) = [
        step
        for step in yaml.safe_load(workflow)["jobs"]["check"]["steps"]
        if "your-company" in step.get("uses", "")
    ]
    assert set(step.get("with", {})) <= set(ACTION["inputs"])


def test_the_hooks_of_the_page_are_hooks_that_we_offer() -> None:
    offered = {
        hook["id"]
        for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    }
    (config,) = [text for text in _blocks("yaml") if "rev: v" in text]
    used = {hook["id"] for hook in yaml.safe_load(config)["repos"][0]["hooks"]}
    assert used == offered


def test_the_command_lines_of_the_page_are_command_lines(shops: Path) -> None:
    lines = [
        line for block in _blocks("sh") for line in block.splitlines() if line.startswith("wakagitops")
    ]
    assert lines
    for line in lines:
        words = shlex.split(line.partition("  #")[0].partition(" < ")[0].partition(" > ")[0])
        run = _run(shops, *words)
        assert run.returncode in {0, 1}, f"{line}\n{run.stderr}"
