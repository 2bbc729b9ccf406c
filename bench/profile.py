"""Says where a cold run spends its time: by stage and function for a fleet, by import for one file.

    .venv/bin/python -m bench.profile --shops 5000

The fleet is checked in this process while a timer looks, every millisecond of CPU time, which
function of wakagitops is at work (libraries count for the function that called them). Unlike a
tracing profiler that adds next to nothing, so the shares are those of a real run. The kernel may
round the millisecond up to a tick of 4; a large fleet gives samples enough all the same.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from bench import fleet
from wakagitops.cli.app import main as wakagitops

EVERY = 0.001
_IMPORT = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \| ( *)(\S+)")


class Share(NamedTuple):
    """What one function or stage takes of a run."""

    name: str
    samples: int


class Samples:
    """Counts, at every tick of the timer, whose work is being done."""

    def __init__(self, package: str) -> None:
        self._folder = os.sep + package + os.sep
        self.own: Counter[tuple[str, str]] = Counter()
        """By module and function: the innermost function of the package."""
        self.rules: Counter[str] = Counter()
        """By rule: everything that happens below its ``check``."""

    def take(self, _signal: int, frame: FrameType | None) -> None:
        """Count the current stack; this is a signal handler."""
        innermost = None
        while frame is not None:
            file = frame.f_code.co_filename
            if self._folder in file:
                module = file.rpartition(self._folder)[2].removesuffix(".py").replace(os.sep, ".")
                if innermost is None:
                    innermost = (module, frame.f_code.co_qualname)
                if module.startswith("rules.") and frame.f_code.co_name == "check":
                    self.rules[module.removeprefix("rules.")] += 1
                    break
            frame = frame.f_back
        self.own[innermost or ("(start and end)", "")] += 1

    @contextlib.contextmanager
    def during(self) -> Iterator[None]:
        """Take samples while the block runs."""
        before = signal.signal(signal.SIGPROF, self.take)
        signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, before)


def stages(samples: Samples) -> list[Share]:
    """Return the samples by package and module, the largest first."""
    counts: Counter[str] = Counter()
    for (module, _), amount in samples.own.items():
        counts[".".join(module.split(".")[:2])] += amount
    return [Share(*item) for item in counts.most_common()]


def functions(samples: Samples) -> list[Share]:
    """Return the samples by function, the largest first."""
    return [
        Share(f"{module}.{name}", amount) for (module, name), amount in samples.own.most_common() if name
    ]


def imports(folder: Path, path: str) -> list[tuple[str, int, int]]:
    """Return the modules that a clean one-file run imports: name, own and whole microseconds."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "wakagitops", "validate", path],
        cwd=folder,
        check=False,
        text=True,
        capture_output=True,
    )
    found = [
        (match[4], int(match[1]), int(match[2]))
        for line in done.stderr.splitlines()
        if (match := _IMPORT.match(line))
    ]
    return sorted(found, key=lambda item: -item[1])


def table(title: str, shares: Sequence[Share], total: int, per_shop: float) -> str:
    """Return shares as text; ``per_shop`` is what a shop takes in all, in microseconds."""
    lines = [title, f"{'share':>7}{'µs/shop':>9}"]
    for share in shares:
        part = share.samples / total
        lines.append(f"{part:>7.1%}{part * per_shop:>9.1f}  {share.name}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Profile a run, as the command line asks."""
    parser = argparse.ArgumentParser(description="Say where a cold run spends its time.")
    parser.add_argument("--shops", type=int, default=5000)
    parser.add_argument("--mistakes", type=float, default=fleet.DEFAULT_MISTAKES, help="share, 0 to 1")
    parser.add_argument("--most", type=int, default=25, help="lines a table has at most")
    parser.add_argument("--cached", action="store_true", help="a warm run: nothing changed")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="wakagitops-bench-") as work:
        folder = Path(work) / "fleet"
        files = fleet.write(folder, options.shops, mistakes=options.mistakes)
        sound = next(file.path for file in files if "/host-" in file.path and not file.mistake)
        samples = Samples("wakagitops")
        command = ["validate", "--jobs", "1", "-q", *([] if options.cached else ["--no-cache"])]
        with (
            contextlib.chdir(folder),
            Path(os.devnull).open("w", encoding="utf-8") as nowhere,
            contextlib.redirect_stdout(nowhere),
            contextlib.redirect_stderr(nowhere),
        ):
            # The first run pays for the imports, and in a warm run for filling the cache.
            wakagitops(command)
            start = time.process_time()
            with samples.during():
                wakagitops(command)
            seconds = time.process_time() - start
            # A hook's run finds the rest of the fleet in the cache.
            wakagitops(["validate", "-q"])
        total = samples.own.total()
        kind = "unchanged" if options.cached else "new"
        print(f"{options.shops} {kind} shops, one process: {seconds:.2f} s of CPU time, {total} samples")
        for title, shares in (
            ("Modules", stages(samples)),
            ("Functions", functions(samples)),
            ("Rules, all they call included", [Share(*item) for item in samples.rules.most_common()]),
        ):
            print(f"\n{table(title, shares[: options.most], total, seconds * 1e6 / options.shops)}")
        print(f"\nImports of a hook's run on one clean file\n{'own µs':>8}{'whole':>8}")
        for name, own, whole in imports(folder, sound)[: options.most]:
            print(f"{own:>8}{whole:>8}  {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
