"""``--output`` writes over nothing that is wanted still, and says so before it writes anything."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli_case import SOL, cli, write
from tests.render_case import git

SHOP = "configs/imprenta-sol.yaml"
TOML = 'baseline = "known.json"\n'
TEAM = """\
team_rules = "rules"
team_targets = {relay = "relay"}
"""
FILES = {
    "wakagitops.toml": TOML,
    "known.json": '{"version": 1, "findings": []}\n',
    "schema/mail-settings-file.schema.json": "{}\n",
    "other.json": '{"version": 1, "findings": []}\n',
    "applied.json": "{}\n",
    SHOP: SOL,
    "configs/_defaults.yaml": "notifications:\n  name: Sol\n",
}


@pytest.fixture
def shops(tmp_path: Path) -> Path:
    """A repository that has all that a run may read."""
    for path, text in FILES.items():
        write(tmp_path, path, text)
    (tmp_path / "configs" / "costa").mkdir()
    (tmp_path / "link.json").symlink_to(SHOP)
    (tmp_path / "linked").symlink_to("configs")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "shops")
    return tmp_path


def _contents(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def _refused(folder: Path, *arguments: str, **environment: str) -> str:
    """Return what is said where a run is wrong usage and changes nothing."""
    before = _contents(folder)
    run = cli(folder, *arguments, **environment)
    assert (run.returncode, run.stdout) == (2, ""), run.stderr
    assert _contents(folder) == before
    return run.stderr


@pytest.mark.parametrize("command", [["validate"], ["render"], ["plan", "--base", "HEAD"]])
@pytest.mark.parametrize("path", [SHOP, "wakagitops.toml"])
def test_no_command_writes_a_report_over_what_it_reads(
    shops: Path, command: list[str], path: str
) -> None:
    said = _refused(shops, *command, "--output", f"json={path}")
    assert f"error: {path} " in said
    assert said.endswith("a report would replace it; write the report to another file\n")
    spanish = _refused(shops, *command, "--lang", "es", "--output", f"json={path}")
    assert spanish.endswith("escribe el informe en otro fichero\n")


@pytest.mark.parametrize(
    "path",
    [
        "./configs/../configs/imprenta-sol.yaml", "link.json", "linked/imprenta-sol.yaml",
        "configs/Imprenta-Sol.yaml", "configs/imprenta-sol.YAML", "configs/costa/new.yml",
        "configs/_defaults.yaml", "Wakagitops.toml", "configs/wakagitops.toml", "known.json",
        "schema/mail-settings-file.schema.json", "dist/manifest.json",
        "dist/cache-bust.json", "dist/shops/imprenta-sol/settings.json",
    ],
)  # fmt: skip
def test_a_report_is_no_input_whatever_its_path_is_called(shops: Path, path: str) -> None:
    assert path in _refused(shops, "validate", "--output", f"text={path}")
    assert path in _refused(shops, "validate", WAKAGITOPS_OUTPUT=f"json=x.json, text={path}")


def test_what_a_team_adds_is_kept(shops: Path) -> None:
    write(shops, "wakagitops.toml", TOML + TEAM)
    for path in (write(shops, "rules/ours.py", ""), write(shops, "relay/target.toml", "")):
        assert str(path) in _refused(shops, "validate", "--output", f"json={path}")


def test_files_that_flags_name_are_kept_too(shops: Path) -> None:
    output = ("--output", "json=other.json")
    assert "other.json" in _refused(shops, "validate", "--baseline", "other.json", *output)
    assert "other.json" in _refused(shops, "validate", "--write-baseline", "./other.json", *output)
    output = ("--output", "json=applied.json")
    assert "applied.json" in _refused(shops, "render", "--previous", "applied.json", *output)
    output = ("--output", "json=public/manifest.json")
    assert "public/manifest.json" in _refused(shops, "render", "--out", "public", *output)


def test_a_file_is_kept_from_a_folder_below_as_well(shops: Path) -> None:
    before = _contents(shops)
    for path in ("imprenta-sol.yaml", "../wakagitops.toml", str(shops / "known.json")):
        run = cli(shops / "configs", "validate", "--output", f"json={path}")
        assert run.returncode == 2, path
    assert _contents(shops) == before


@pytest.mark.parametrize("other", ["a.json", "./a.json", "A.json", "configs/../a.json", "b.json"])
def test_two_reports_are_not_written_to_one_file(shops: Path, other: str) -> None:
    (shops / "b.json").symlink_to("a.json")
    said = _refused(shops, "validate", "--output", "json=a.json", "--output", f"sarif={other}")
    assert f"two reports would be written to {other}; give each its own file" in said


def test_reports_beside_what_is_read_are_written(shops: Path) -> None:
    paths = ("configs.yaml", "configs/report.json", "schemas.yml")
    outputs = [part for path in paths for part in ("--output", f"json={path}")]
    assert cli(shops, "validate", *outputs).returncode == 0
    for path in paths:
        assert json.loads((shops / path).read_bytes())["version"] == 1


def test_several_reports_go_to_a_device(shops: Path) -> None:
    flags = ("-q", "--output", "sarif=/dev/null", "--output", "text=/dev/null")
    assert cli(shops, "validate", *flags).returncode == 0


@pytest.mark.parametrize("command", ["validate", "render --out out", "plan --base HEAD"])
@pytest.mark.parametrize("path", ["/dev/stdout", "/dev/fd/1"])
def test_a_report_follows_what_is_shown_where_that_goes_to_a_file(
    shops: Path, tmp_path: Path, command: str, path: str
) -> None:
    shown = cli(shops, *command.split()).stdout
    program = f"{sys.executable} -m wakagitops {command} --output json={path} > shown.txt"
    subprocess.run(["sh", "-c", program], cwd=shops, check=True, capture_output=True)
    text = (tmp_path / "shown.txt").read_text(encoding="utf-8")
    start = text.index("\n{\n") + 1
    assert json.loads(text[start:])
    if "render" not in command:
        assert text[:start] == shown


@pytest.mark.parametrize("target", ["/dev/null", "../pipe", "../folder"])
def test_a_link_of_the_repository_to_what_takes_more_is_refused(tmp_path: Path, target: str) -> None:
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    write(tmp_path / "repo", "configs/imprenta-sol.yaml", SOL)
    (tmp_path / "repo" / "report.json").symlink_to(target)
    run = cli(tmp_path / "repo", "validate", "--output", "json=report.json")
    assert run.returncode == 4
    assert "report.json cannot be written: it is a link or lies behind one" in run.stderr
