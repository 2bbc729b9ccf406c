"""The writer killed with SIGKILL, which nothing can catch, and two writers at once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.deployment_case import FOREIGN, assert_manifest_holds, assert_whole, manifest, tree
from tests.killed_writer import STATES, want
from tests.want_case import files_of
from wakagitops.render.transaction import write

ROOT = Path(__file__).parent.parent
SEED = 20261124
HOLDER = """\
import fcntl, os, sys
fcntl.flock(os.open(sys.argv[1], os.O_RDONLY), fcntl.LOCK_EX)
print(flush=True)
sys.stdin.read()
"""


def _command(out: Path, state: str, call: int) -> list[str]:
    return [sys.executable, "-m", "tests.killed_writer", str(out), state, str(call)]


def _run(out: Path, state: str, call: int = 0) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        _command(out, state, call), cwd=ROOT, capture_output=True, text=True, check=False
    )


def _calls(tmp_path: Path, before: str | None, after: str) -> int:
    """Return how many calls a whole run makes."""
    out = tmp_path / f"measure-{before}-{after}"
    if before is not None:
        write(str(out), [want(before)])
    return int(_run(out, after).stdout)


def _assert_safe(out: Path) -> None:
    """What a killed run may leave: a whole deployment, or a folder without ``manifest.json``."""
    if not (out / "manifest.json").exists():
        return
    assert_manifest_holds(out)
    paths = [entry["path"] for entry in manifest(out)["files"]]
    deployments = {tuple(sorted(file.path for file in want(state).files)): state for state in STATES}
    state = deployments[tuple(paths)]
    assert (out / "cache-bust.json").read_bytes() == want(state).cache_bust


def _assert_repaired(out: Path, state: str) -> None:
    """Another run leaves exactly its deployment, and the stranger's file as it was."""
    write(str(out), [want(state)])
    assert_whole(out, files_of(want(state)), foreign=[FOREIGN])
    assert (out / FOREIGN).read_text() == "no es nuestro"
    assert (out / "cache-bust.json").read_bytes() == want(state).cache_bust


def _prepared(out: Path, state: str | None) -> Path:
    out.mkdir()
    (out / FOREIGN).write_text("no es nuestro")
    if state is not None:
        write(str(out), [want(state)])
    return out


@pytest.mark.parametrize(
    ("before", "after"), [(None, "first"), ("first", "second"), ("second", "third")]
)
def test_a_run_killed_between_any_two_calls_is_repaired_by_the_next(
    tmp_path: Path, before: str | None, after: str
) -> None:
    total = _calls(tmp_path, before, after)
    assert total > 60
    moments = random.Random(SEED).sample(range(1, total + 1), 30)

    def die(call: int) -> None:
        out = _prepared(tmp_path / f"at-{call}", before)
        assert _run(out, after, call).returncode == -signal.SIGKILL
        _assert_safe(out)
        _assert_repaired(out, STATES[call % 3])

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(die, moments))


def test_killed_again_and_again_at_random_moments_nothing_piles_up(tmp_path: Path) -> None:
    """The same folder through 50 killed runs, each stopped wherever the clock finds it."""
    chance = random.Random(SEED)
    out = _prepared(tmp_path / "dist", None)
    for _ in range(50):
        with subprocess.Popen(_command(out, "loop", 0), cwd=ROOT, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(chance.random() * 0.03)
            process.kill()
        _assert_safe(out)
    _assert_repaired(out, "first")


def test_killed_runs_of_different_deployments_in_a_row_are_repaired_by_one(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    out = _prepared(tmp_path / "dist", "first")
    for _ in range(20):
        _run(out, chance.choice(STATES), chance.randrange(1, 90))
        _assert_safe(out)
    _assert_repaired(out, "second")


def test_two_runs_at_once_do_not_mix(tmp_path: Path) -> None:
    out = _prepared(tmp_path / "dist", None)
    for _ in range(5):
        runs = [
            subprocess.Popen(_command(out, state, 0), cwd=ROOT, stdout=subprocess.DEVNULL)
            for state in STATES
        ]
        assert [run.wait() for run in runs] == [0, 0, 0]
        state = next(
            state
            for state in STATES
            if (out / "shops/imprenta-sol/settings.json").read_bytes() == files_of(want(state))[0].data
        )
        assert_whole(out, files_of(want(state)), foreign=[FOREIGN])
        assert (out / "cache-bust.json").read_bytes() == want(state).cache_bust


def test_a_run_that_waits_says_so_and_a_removed_folder_is_made_anew(tmp_path: Path) -> None:
    """While one run waits for the lock, somebody removes the folder: the run goes on in a new one."""
    out = _prepared(tmp_path / "dist", "first")
    moved = tmp_path / "moved"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(out)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        holder.stdout.readline()
        told = []

        def waiting() -> None:
            told.append(True)
            out.rename(moved)
            assert holder.stdin is not None
            holder.stdin.close()

        before = tree(out)
        write(str(out), [want("second")], waiting)
    assert told == [True]
    assert_whole(out, files_of(want("second")))
    assert tree(moved) == before
