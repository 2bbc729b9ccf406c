"""Folders within folders: many are checked, too many are reported, and none ends the program."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.cli_case import SOL, cli, write
from wakagitops.sources.trees import MAX_FOLDER_BYTES


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder that rm removes: pytest's own removal recurses, and fails on trees as deep as these."""
    folder = Path(mkdtemp(prefix="wakagitops-deep-"))
    yield folder
    subprocess.run(["rm", "-rf", str(folder)], check=True)


def _nest(folder: Path, name: str, number: int) -> None:
    """Make folders within folders, one call each, since their path may be longer than a call takes."""
    place = os.open(folder, os.O_RDONLY)
    for _ in range(number):
        os.mkdir(name, dir_fd=place)
        inner = os.open(name, os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = inner
    os.close(place)


def test_a_thousand_defaults_apply(tmp_path: Path) -> None:
    (tmp_path / "configs").mkdir()
    _nest(tmp_path / "configs", "a", 1_000)
    folder = tmp_path / "configs"
    for _ in range(1_000):
        folder /= "a"
        (folder / "_defaults.yaml").write_text("contact:\n  email: contacto@imprenta-sol.es\n")
    (folder / "imprenta-sol.yaml").write_text(SOL)
    run = cli(tmp_path, "validate")
    assert (run.returncode, run.stderr) == (0, "")
    assert "1 shop in 1001 files" in run.stdout


@pytest.mark.parametrize("name", ["a", "a" * 9, "ñ" * 100])
@pytest.mark.parametrize("command", ["validate", "render"])
def test_a_folder_that_is_too_deep_is_reported(command: str, name: str, tmp_path: Path) -> None:
    write(tmp_path, "configs/imprenta-sol.yaml", SOL)
    _nest(tmp_path / "configs", name, 1_500)
    arguments = ["--format", "json"] if command == "validate" else ["--out", "dist"]
    run = cli(tmp_path, command, *arguments)
    assert run.returncode == 1, run.stderr
    assert "Traceback" not in run.stderr
    message = f"this folder is not checked: its path is longer than {MAX_FOLDER_BYTES} bytes"
    if command == "render":
        assert message in run.stdout + run.stderr
        return
    (found,) = json.loads(run.stdout)["diagnostics"]
    assert (found["rule"], found["message"]) == ("fleet/stray-file", message)
    assert len(os.fsencode(found["path"])) in range(MAX_FOLDER_BYTES, MAX_FOLDER_BYTES + 256)


@pytest.mark.parametrize("name", ["a", "a" * 9])
def test_a_hidden_folder_that_is_too_deep_is_passed_over(name: str, tmp_path: Path) -> None:
    write(tmp_path, "configs/imprenta-sol.yaml", SOL)
    (tmp_path / "configs/.old").mkdir()
    _nest(tmp_path / "configs/.old", name, 1_500)
    assert cli(tmp_path, "validate").returncode == 0
