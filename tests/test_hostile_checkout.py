"""The pipelines in the checkout of a pull request whose author wants to run code: nothing of it runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from tests.cli_case import write
from tests.test_integrations import CHANGED, GITLAB, ROOT, SHOP, Job, _git, _run, shops

__all__ = ["shops"]

_MODULE = """\
with open({marker!r}, "a") as file:
    file.write(__name__ + "\\n")
"""
_PROGRAM = """\
#!/bin/sh
printf '%s\\n' "$0 $*" >>'{marker}'
exit 1
"""
_SETUP = """\
from setuptools import setup
with open({marker!r}, "a") as file:
    file.write("setup.py\\n")
setup(name="wakagitops", version="99")
"""


def plant(folder: Path, marker: Path) -> None:
    """Fill a checkout with whatever Python, pip, git or a shell could run or read, each leaving a mark.

    The modules have every name that Python itself and the installed packages have, so that they hide
    whichever one a script imports.
    """
    names = {*sys.stdlib_module_names, *metadata.packages_distributions()}
    for name in (*names, "wakagitops", "sitecustomize", "usercustomize"):
        if name.isidentifier():
            write(folder, f"{name}.py", _MODULE.format(marker=str(marker)))
    program = write(folder, "hostile-program", _PROGRAM.format(marker=str(marker)))
    program.chmod(0o755)
    for name in (*os.listdir("/usr/bin"), "gh", "pip", "python", "python3", "wakagitops"):
        if not os.path.lexists(folder / name):
            (folder / name).symlink_to(program.name)
    write(folder, "hostile/setup.py", _SETUP.format(marker=str(marker)))
    for name in ("setup.py", "tool/setup.py"):
        write(folder, name, _SETUP.format(marker=str(marker)))
    write(folder, "requirements.txt", "./hostile\n")
    write(folder, "constraints.txt", "wakagitops @ file:./hostile\n")
    write(folder, "pip.conf", "[global]\nno-index = true\nfind-links = ./hostile\n")
    write(folder, "setup.cfg", "[install]\nprefix = hostile\n[global]\ncommand-packages = hostile\n")
    write(folder, "pyproject.toml", '[build-system]\nrequires = ["./hostile"]\n')
    write(folder, "pyvenv.cfg", "home = .\ninclude-system-site-packages = true\n")
    write(folder, ".netrc", "machine pypi.org login a password b\n")
    for name in (".env", ".bashrc", ".bash_profile", ".profile", ".envrc"):
        write(folder, name, f"touch '{marker}'\n")


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    return tmp_path / "marker"


@pytest.fixture
def hostile(shops: Path, marker: Path) -> Path:
    """The checkout of a pull request: a sound change, and hostile files beside it."""
    _git(shops, "checkout", "--quiet", "-b", "change")
    write(shops, SHOP, CHANGED)
    _git(shops, "commit", "--quiet", "--all", "--message", "Change")
    plant(shops, marker)
    return shops


def _marks(marker: Path) -> str:
    return marker.read_text(encoding="utf-8") if marker.exists() else ""


def _copy_of_the_tool(folder: Path) -> Path:
    for name in ("src", "schema"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "constraints.txt"):
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / "integrations", folder / "integrations")
    return folder


def test_the_planted_files_would_run(hostile: Path, marker: Path) -> None:
    """The trap works: a plain `python -m`, and a PATH that begins in the checkout, leave marks."""
    subprocess.run([sys.executable, "-m", "venv", "x"], cwd=hostile, check=False, capture_output=True)
    assert _marks(marker) != ""
    marker.unlink()
    subprocess.run([sys.executable, "-"], cwd=hostile, check=False, input=b"import json")
    assert "json" in _marks(marker)
    marker.unlink()
    _run(hostile, "sh", "-c", "PATH=.:$PATH; jq")
    assert "jq" in _marks(marker)


def test_the_action_runs_nothing_of_the_checkout(hostile: Path, marker: Path, tmp_path: Path) -> None:
    job = Job(hostile, tmp_path / "runner")
    job.environment["PYTHONPATH"] = "."
    job.action_path = _copy_of_the_tool(tmp_path / "action")
    assert job.run(with_install=True) == 0, job.output
    assert "hola@imprenta-sol.es" in job.summary.read_text(encoding="utf-8")
    assert job.steps["install"]["wakagitops"] == str(tmp_path / "runner/wakagitops/bin/wakagitops")
    assert _marks(marker) == ""


def test_the_gitlab_template_runs_nothing_of_the_checkout(
    hostile: Path, marker: Path, tmp_path: Path
) -> None:
    tool = _copy_of_the_tool(tmp_path / "tool")
    base = _git(hostile, "rev-parse", "main")
    for name in ("wakagitops-validate", "wakagitops-plan", "wakagitops-render"):
        script = "\n".join((*GITLAB[".wakagitops"]["before_script"], *GITLAB[name]["script"]))
        run = subprocess.run(
            ("bash", "-eo", "pipefail", "-c", script),
            cwd=hostile,
            env={
                **os.environ,
                **{key: str(value) for key, value in GITLAB[".wakagitops"]["variables"].items()},
                "PATH": f"{_bin_with_python_only(tmp_path)}{os.pathsep}{os.environ['PATH']}",
                "PYTHONPATH": ".",
                "TMPDIR": str(tmp_path),
                "WAKAGITOPS_PACKAGE": str(tool),
                "CI_MERGE_REQUEST_DIFF_BASE_SHA": base if name != "wakagitops-render" else "",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stdout + run.stderr
    assert "hola@imprenta-sol.es" in (hostile / "wakagitops-plan.md").read_text(encoding="utf-8")
    assert (hostile / "dist" / "manifest.json").is_file()
    assert _marks(marker) == ""


def _bin_with_python_only(folder: Path) -> Path:
    """Return a folder for PATH that has the Python of the tests, and no wakagitops."""
    path = folder / "bin"
    path.mkdir(exist_ok=True)
    if not (path / "python3").exists():
        (path / "python3").symlink_to(Path(sys.executable).resolve())
    return path


def test_any_ci_runs_nothing_of_the_checkout(hostile: Path, marker: Path) -> None:
    script = str(ROOT / "integrations" / "generic-ci.sh")
    run = _run(hostile, "sh", script, BASE="main", PYTHONPATH=".")
    assert run.returncode == 0, run.stdout + run.stderr
    assert (hostile / "dist" / "manifest.json").is_file()
    assert _marks(marker) == ""


def test_any_ci_refuses_a_program_of_the_checkout(hostile: Path, marker: Path) -> None:
    script = str(ROOT / "integrations" / "generic-ci.sh")
    for path in (str(hostile), ".", ""):
        run = subprocess.run(
            ("/bin/sh", script),
            cwd=hostile,
            env={**os.environ, "PATH": f"/usr/bin:/bin:{path}", "BASE": "main"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (run.returncode, "lies in the checkout" in run.stderr) == (2, True), path
    assert _marks(marker) == ""
