"""A file that cannot be read ends no check: all else is found, and the run says that it is not whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli_case import ERROR, LUNA, SOL, cli, write

SHOP, OTHER = "configs/imprenta-sol.yaml", "configs/costa/papeleria-luna.yaml"
DEFAULTS = "configs/costa/_defaults.yaml"

# The system refuses, whoever runs the tests: permissions do not stop root.
REFUSED = """\
import errno, os, sys

really_open = os.open

def refusing(path, *arguments, **more):
    if os.fspath(path).endswith(refused):
        raise OSError(errno.EIO, "Input/output error")
    return really_open(path, *arguments, **more)

refused = tuple(sys.argv.pop(1).split(","))
os.open = refusing
from wakagitops.cli.app import main
sys.exit(main())
"""


def _run(folder: Path, refused: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", REFUSED, refused, *arguments],
        cwd=folder, capture_output=True, text=True, check=False, env=os.environ,
    )  # fmt: skip


def _report(run: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(run.stdout)
    return report


def _told(*paths: str) -> str:
    reason = "cannot be read: Input/output error"
    return "".join(f"wakagitops: error: {path} {reason}\n" for path in paths)


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    """Two shops, the one in the folder of defaults with an error, and a third one with an error."""
    (tmp_path / ".git").mkdir()
    write(tmp_path, DEFAULTS, "contact: {publish: plain}\n")
    write(tmp_path, OTHER, LUNA.replace("contacto@", "no-reply@"))
    write(tmp_path, SHOP, SOL)
    wrong = ERROR.replace("imprenta-sol", "rotulos-norte").replace("IMPRENTA_SOL", "ROTULOS_NORTE")
    write(tmp_path, "configs/rotulos-norte.yaml", wrong)
    return tmp_path


@pytest.mark.parametrize("flags", [[], ["--no-cache"], ["--jobs", "2"], ["--exit-zero"]])
def test_what_can_be_read_is_judged_all_the_same(fleet: Path, flags: list[str]) -> None:
    for _ in range(2):
        run = _run(fleet, SHOP, "validate", "--format", "json", *flags)
        assert (run.returncode, run.stderr) == (4, _told(SHOP))
        report = _report(run)
        assert [item["path"] for item in report["diagnostics"]] == [
            OTHER,
            "configs/rotulos-norte.yaml",
        ]
        assert (report["summary"]["files"], report["summary"]["shops"]) == (3, 2)


def test_a_file_is_named_as_seen_from_the_current_directory(fleet: Path) -> None:
    run = _run(fleet / "configs", SHOP, "validate")
    assert (run.returncode, run.stderr) == (4, _told("imprenta-sol.yaml"))


def test_shops_below_defaults_that_cannot_be_read_are_not_judged(fleet: Path) -> None:
    run = _run(fleet, DEFAULTS, "validate", "--format", "json")
    assert (run.returncode, run.stderr) == (4, _told(DEFAULTS))
    assert [item["path"] for item in _report(run)["diagnostics"]] == ["configs/rotulos-norte.yaml"]
    assert _report(run)["summary"]["shops"] == 2


def test_every_file_that_cannot_be_read_is_named(fleet: Path) -> None:
    run = _run(fleet, f"{SHOP},{OTHER}", "validate", "configs/rotulos-norte.yaml")
    assert (run.returncode, run.stderr) == (4, _told(OTHER, SHOP))
    assert "[address/no-reply]" in run.stdout


def test_nothing_is_praised_that_was_not_read(fleet: Path) -> None:
    run = _run(fleet, SHOP, "validate", SHOP)
    assert (run.returncode, run.stdout) == (4, "Nothing was checked.\n")
    run = _run(fleet, OTHER, "validate", SHOP, OTHER)
    assert "All good" not in run.stdout
    suites = _run(fleet, SHOP, "validate", "--format", "junit").stdout
    assert SHOP not in suites


def test_such_a_run_is_not_kept(fleet: Path) -> None:
    _run(fleet, f"{SHOP},{DEFAULTS}", "validate")
    whole = cli(fleet, "validate", "--format", "json", "--no-cache")
    assert cli(fleet, "validate", "--format", "json").stdout == whole.stdout
    assert _run(fleet, DEFAULTS, "validate").returncode == 4
    assert cli(fleet, "validate", "--format", "json").stdout == whole.stdout


@pytest.mark.parametrize(
    "command", [["render"], ["fix"], ["validate", "--write-baseline", "baseline.json"]]
)
def test_what_writes_stops(fleet: Path, command: list[str]) -> None:
    run = _run(fleet, SHOP, *command, *(["--ignore", "address"] if command == ["render"] else []))
    assert (run.returncode, run.stdout, run.stderr) == (4, "", _told(SHOP))
    assert not (fleet / "dist").exists()
    assert not (fleet / "baseline.json").exists()


def test_what_is_new_since_a_revision_is_told_of_the_rest(tmp_path: Path) -> None:
    write(tmp_path, SHOP, SOL)
    write(tmp_path, OTHER, LUNA)
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "one"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    (tmp_path / OTHER).rename(tmp_path / "configs/papeleria-luna.yaml")
    write(tmp_path, SHOP, ERROR)
    run = _run(
        tmp_path, "configs/papeleria-luna.yaml", "validate", "--since", "HEAD", "--format", "html"
    )
    assert run.returncode == 4
    assert "no-reply" in run.stdout
    assert run.stderr == _told("configs/papeleria-luna.yaml")
