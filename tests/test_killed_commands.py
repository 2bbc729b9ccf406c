"""Commands killed before each call that changes a file: the next run finishes and cleans up."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli_case import SOL, cli, write
from tests.deployment_case import tree
from wakagitops.core.safe_files import is_temporary, replace_below

ROOT = Path(__file__).parent.parent
SEED = 20261201
BROKEN = SOL.replace("[ventas@imprenta-sol.es]", "ventas@imprenta-sol.es, taller@imprenta-sol.es")
"""``admin/recipient-list``, which ``fix`` repairs."""


def _run(folder: Path, call: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.killed_command", str(call), *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "WAKAGITOPS_NO_CACHE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def _prepared(folder: Path, command: str) -> Path:
    folder.mkdir()
    (folder / ".git").mkdir()
    if command != "init":
        write(folder, "configs/imprenta-sol.yaml", BROKEN)
    return folder


def _left(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if is_temporary(path.name)]


@pytest.mark.parametrize(
    "arguments",
    [
        ("init",),
        ("fix",),
        ("validate", "--exit-zero", "--output", "json=report.json"),
        ("validate", "--exit-zero", "--write-baseline", "base.json"),
    ],
    ids=["init", "fix", "report", "baseline"],
)
def test_a_killed_command_leaves_no_half_file_and_the_next_one_completes(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    command = arguments[0]
    before = tree(_prepared(tmp_path / "before", command))
    whole = _prepared(tmp_path / "whole", command)
    counted = _run(whole, 0, *arguments)
    assert counted.returncode == 0, counted.stderr
    total = int(counted.stderr.rpartition("\n")[2])
    assert total >= 3
    wanted = tree(whole)
    for call in sorted(random.Random(SEED).sample(range(1, total + 1), min(total, 16))):
        folder = _prepared(tmp_path / f"at-{call}", command)
        assert _run(folder, call, *arguments).returncode == -signal.SIGKILL
        for path, data in tree(folder).items():
            is_whole = data in (before.get(path), wanted.get(path))
            assert is_whole or is_temporary(path.rpartition("/")[2]), (call, path)
        if command == "fix":
            strays = cli(folder, "validate", "--select", "fleet/stray-file", "--no-cache")
            assert (strays.returncode, "stray-file" in strays.stdout) == (0, False)
        assert _run(folder, 0, *arguments).returncode == 0
        assert (call, tree(folder), _left(folder)) == (call, wanted, [])


def test_only_what_is_nobody_s_any_more_is_removed(tmp_path: Path) -> None:
    """A file that its writer still holds, one of another name, a link and a folder stay."""
    name = f".wakagitops-{'a' * 32}.tmp"
    others = {
        f".wakagitops-{'A' * 32}.tmp",
        f".wakagitops-{'a' * 31}.tmp",
        f".wakagitops-{'a' * 32}.tmp.yaml",
        f"wakagitops-{'a' * 32}.tmp",
    }
    for other in (name, *others):
        (tmp_path / other).write_text("x")
    held = tmp_path / f".wakagitops-{'b' * 32}.tmp"
    held.write_text("x")
    link = tmp_path / f".wakagitops-{'c' * 32}.tmp"
    link.symlink_to(name)
    inner = tmp_path / f".wakagitops-{'d' * 32}.tmp"
    inner.mkdir()
    holder = (
        "import fcntl, sys\n"
        "file = open(sys.argv[1])\n"
        "fcntl.flock(file, fcntl.LOCK_EX)\n"
        "print(flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(held)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        replace_below(str(tmp_path), "file", b"data")
    assert set(os.listdir(tmp_path)) == {*others, held.name, link.name, inner.name, "file"}


def test_many_reports_at_once_into_one_folder_take_nothing_from_each_other(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path, "configs/imprenta-sol.yaml", SOL)
    command = [sys.executable, "-m", "wakagitops", "validate", "-q", "--no-cache"]
    runs = [
        subprocess.Popen([*command, "--output", f"json=report-{number}.json"], cwd=tmp_path)
        for number in range(6)
    ]
    assert [run.wait() for run in runs] == [0] * 6
    assert len(list(tmp_path.glob("report-*.json"))) == 6
    assert not _left(tmp_path)


@pytest.mark.parametrize("link", [".github", "configs", "schema", "sub"])
def test_init_writes_behind_no_link(tmp_path: Path, link: str) -> None:
    repository, outside = tmp_path / "repo", tmp_path / "outside"
    (repository / ".git").mkdir(parents=True)
    outside.mkdir()
    (repository / link).symlink_to(outside)
    run = cli(repository, "init", *(["sub"] if link == "sub" else []))
    assert run.returncode == 2, run.stderr
    assert "link" in run.stderr
    assert not list(outside.iterdir())
    assert set(os.listdir(repository)) == {".git", link}
