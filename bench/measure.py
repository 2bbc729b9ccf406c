"""Runs one command and says what it cost: time, CPU and memory, its child processes included."""

from __future__ import annotations

import os
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

SAMPLE_EVERY = 0.02
MIB = 1024 * 1024


class Cost(NamedTuple):
    """What one run cost."""

    wall: float
    """Seconds from start to end, the start of the process included."""
    cpu: float
    """Seconds of user and system time, children included."""
    memory: int
    """Peak resident bytes of the largest process; Linux counts that of the one that started it too,
    so nothing below some 20 MiB is told apart."""


class Contender(NamedTuple):
    """A command that takes part in a scenario."""

    name: str
    command: tuple[str, ...]
    folder: Path
    """Where it runs."""
    before: Callable[[], object] = lambda: None
    """Untimed, before each run: what makes a cold run cold."""
    statuses: tuple[int, ...] = (0, 1)
    """The exit statuses of a run that did its work; any other ends the measurement."""
    cache: Path | None = None
    """The folder of our cache; the user's own where it is None."""


class Failed(Exception):  # noqa: N818 - it is what happened
    """A contender did not do its work, so that there is nothing to compare."""


def run(contender: Contender) -> Cost:
    """Run a contender once.

    Raises:
        Failed: its exit status is not one of a run that did its work.
    """
    contender.before()
    start = time.perf_counter()
    process = _start(contender)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    _checked(contender, process, status)
    # Linux counts ru_maxrss in KiB (getrusage(2)).
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def peak_of_all_processes(contender: Contender) -> int:
    """Run a contender once and return the peak, in bytes, of what all its processes hold together.

    Pages that processes share count once (the ``Pss`` of proc(5)); sampled every 20 ms, which slows
    the run down a little, so this run is not timed.

    Raises:
        Failed: its exit status is not one of a run that did its work.
    """
    contender.before()
    process = _start(contender)
    peak = 0
    ended = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not ended.wait(SAMPLE_EVERY):
            peak = max(peak, sum(_proportional(pid) for pid in _family(process.pid)))

    watcher = threading.Thread(target=watch)
    watcher.start()
    _, status, _ = os.wait4(process.pid, 0)
    ended.set()
    watcher.join()
    _checked(contender, process, status)
    return peak


def in_turn(contenders: Sequence[Contender], rounds: int) -> dict[str, list[Cost]]:
    """Run contenders one after the other, round by round, after one round that does not count.

    Taking turns spreads what else the machine does over all of them.

    Raises:
        Failed: a contender did not do its work.
    """
    costs: dict[str, list[Cost]] = {contender.name: [] for contender in contenders}
    for number in range(rounds + 1):
        for contender in contenders:
            cost = run(contender)
            if number:
                costs[contender.name].append(cost)
    return costs


def median(costs: Sequence[Cost]) -> Cost:
    """Return the median of each measure on its own."""
    return Cost(
        statistics.median(cost.wall for cost in costs),
        statistics.median(cost.cpu for cost in costs),
        int(statistics.median(cost.memory for cost in costs)),
    )


def environment(cache: Path | None = None) -> dict[str, str]:
    """Return the environment of every run: this one, without what changes output or language.

    Args:
        cache: the folder of our cache.
    """
    changes = ("WAKAGITOPS_", "GITHUB_", "LC_", "LANG", "PYTHON", "NO_COLOR", "FORCE_COLOR")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(changes)}
    named = {"WAKAGITOPS_CACHE_DIR": str(cache)} if cache is not None else {}
    return kept | named | {"LC_ALL": "C.UTF-8"}


def _start(contender: Contender) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        contender.command,
        cwd=contender.folder,
        env=environment(contender.cache),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _checked(contender: Contender, process: subprocess.Popen[bytes], status: int) -> None:
    # The process was waited for here, and Popen has to know.
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in contender.statuses:
        command = " ".join(contender.command)[:200]
        message = f"{contender.name}: exit status {process.returncode} from {command}"
        raise Failed(message)


def _family(pid: int) -> list[int]:
    """Return a process and all below it that still live."""
    family = [pid]
    for member in family:
        try:
            children = Path(f"/proc/{member}/task/{member}/children").read_text(encoding="ascii")
        except OSError:
            continue
        family.extend(int(child) for child in children.split())
    return family


def _proportional(pid: int) -> int:
    """Return a process's proportional set size in bytes, 0 once it is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
