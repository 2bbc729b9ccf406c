"""The doors of the repository: what the scripts do on machines unlike ours, and what CI holds to."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = [*sorted((ROOT / "script").iterdir()), ROOT / ".ci/run"]
SHELL_SCRIPTS = [path for path in SCRIPTS if path.is_file() and b"sh\n" in path.read_bytes()[:20]]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in which nothing was made yet, with only the standard programs on its PATH."""
    folder = tmp_path / "a checkout"
    shutil.copytree(ROOT / "script", folder / "script", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def bootstrap(checkout: Path, python: str, *purpose: str) -> subprocess.CompletedProcess[str]:
    program = checkout / "python"
    program.write_text(f"#!/bin/sh\n{python}\n", encoding="utf-8")
    program.chmod(0o755)
    return subprocess.run(
        ["sh", "script/bootstrap", *purpose],
        cwd=checkout,
        env={**os.environ, "PYTHON": "./python"},
        check=False,
        text=True,
        capture_output=True,
    )


def test_an_old_python_is_told_apart_from_no_python(checkout: Path) -> None:
    old = 'case "$*" in --version) echo Python 3.9.2 ;; *) exit 1 ;; esac'
    done = bootstrap(checkout, old)
    assert done.returncode == 1
    assert "Python 3.11 or later is needed, and this machine has Python 3.9.2." in done.stderr
    assert "has none." in bootstrap(checkout, "exit 127").stderr
    assert not (checkout / ".venv").exists()


def test_a_python_that_makes_no_environments_names_the_package_it_lacks(checkout: Path) -> None:
    done = bootstrap(checkout, 'case "$*" in *ensurepip*) exit 1 ;; esac')
    assert done.returncode == 1
    assert "python3-venv" in done.stderr


def test_what_is_made_is_not_made_again_until_the_requirements_change(checkout: Path) -> None:
    python = checkout / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\necho "$@" >>"{checkout}/calls"\n', encoding="utf-8")
    python.chmod(0o755)

    def installs() -> int:
        calls = checkout / "calls"
        count = calls.read_text(encoding="utf-8").count("-m pip install") if calls.exists() else 0
        calls.unlink(missing_ok=True)
        return count

    made = subprocess.run(["cksum"], input=_requirements(checkout), check=True, capture_output=True)
    stamp = f"{made.stdout.decode().strip()} in {checkout}\n"
    (checkout / ".venv/made-for-test").write_text(stamp, encoding="utf-8")
    assert bootstrap(checkout, "exit 1").returncode == 0
    assert bootstrap(checkout, "exit 1", "test").returncode == 0
    assert installs() == 0
    assert bootstrap(checkout, "exit 1", "dev").returncode == 0
    assert installs() == 1
    with (checkout / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("# another dependency\n")
    assert bootstrap(checkout, "exit 1", "test").returncode == 0
    assert installs() == 1
    assert bootstrap(checkout, "exit 1", "test").returncode == 0
    assert installs() == 0


def _requirements(checkout: Path) -> bytes:
    return b"".join((checkout / name).read_bytes() for name in ("pyproject.toml", "constraints.txt"))


def test_an_unknown_purpose_is_refused(checkout: Path) -> None:
    done = bootstrap(checkout, "exit 0", "tests")
    assert done.returncode == 2
    assert "there are: run, test, dev" in done.stderr


@pytest.mark.parametrize("script", SHELL_SCRIPTS, ids=lambda path: path.name)
def test_a_script_can_be_started_and_parsed(script: Path) -> None:
    assert os.access(script, os.X_OK)
    first = script.read_text(encoding="utf-8").splitlines()[0]
    shell = "bash" if first.endswith("bash") else "sh"
    subprocess.run([shell, "-n", str(script)], check=True)


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
def test_shellcheck_finds_nothing_in_the_scripts() -> None:
    paths = [str(path) for path in SHELL_SCRIPTS]
    done = subprocess.run(["shellcheck", *paths], check=False, text=True, capture_output=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_zizmor_finds_nothing_unsafe_in_our_workflows() -> None:
    done = subprocess.run(
        [
            "zizmor",
            "--offline",
            "--persona=pedantic",
            "--min-severity=low",
            str(ROOT / ".github/workflows"),
        ],
        check=False,
        text=True,
        capture_output=True,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("ci", "status"), [("", 0), ("true", 1)])
def test_a_skipped_test_fails_in_ci_and_only_there(tmp_path: Path, ci: str, status: int) -> None:
    shutil.copy(ROOT / "tests/conftest.py", tmp_path / "conftest.py")
    (tmp_path / "test_skips.py").write_text(
        "import pytest\n\n@pytest.mark.skip('there is no php')\ndef test_php(): pass\n", encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "CI": ci},
        check=False,
        text=True,
        capture_output=True,
    )
    assert done.returncode == status, done.stdout
    assert ("which CI does not allow" in done.stdout) is bool(status)


def test_ci_runs_what_the_readme_says_with_pinned_actions_and_no_rights() -> None:
    text = (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {}
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert {"run": "bash .ci/run"} in steps
    used = [step["uses"] for step in steps if "uses" in step]
    assert used
    assert [name for name in used if not re.search(r"@[0-9a-f]{40}\Z", name)] == []
    assert "script/test" in (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert "script/test" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_both_pre_commit_files_offer_the_same_checks() -> None:
    offered = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    ours = {hook["id"]: hook for repo in config["repos"] for hook in repo["hooks"]}
    for hook in offered:
        if hook["id"] in ("wakagitops-fix", "wakagitops-schema"):
            # Our own sample fleet is sound, and schema/ is where the schemas come from.
            continue
        mine = ours[hook["id"]]
        for key in ("files", "always_run", "pass_filenames"):
            assert mine.get(key) == hook.get(key), hook["id"]
        assert mine["entry"] == f".venv/bin/{hook['entry']}"
