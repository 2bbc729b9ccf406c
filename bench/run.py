"""Measures wakagitops beside its peers, on the same files, in turn, and prints Markdown tables.

script/bench                  print the tables (about a quarter of an hour)
script/bench --quick          a tenth of the shops: minutes, and rougher
script/bench --write          and put them into docs/performance.md and README.md
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import count
from pathlib import Path
from typing import IO

from bench import contenders, fleet, tables
from bench.measure import Contender, Failed, environment, in_turn, median, peak_of_all_processes
from bench.tables import Goal, Scenario

ROOT = contenders.ROOT
FEW_ROUNDS = 3


class Bench:
    """One measurement: our command, the peers and the fleets on disk."""

    def __init__(
        self,
        program: Sequence[str],
        peers: Sequence[contenders.Peer],
        work: Path,
        rounds: int,
        reinstall: Callable[[], object] | None = None,
    ) -> None:
        self.program = tuple(program)
        self.peers = peers
        self.work = work
        self.rounds = rounds
        self.reinstall = reinstall
        """Installs our command again; None where somebody else has installed it."""
        self.cache = work / "cache"
        self.schema = contenders.equivalent_schema(work / "schema.json")

    def fleet(self, shops: int, mistakes: float = fleet.DEFAULT_MISTAKES) -> Path:
        """Return the folder of a fleet, made once; a git repository, as a user's is."""
        folder = self.work / f"{shops}-shops-{mistakes}"
        if not folder.exists():
            # In a process of its own: a process that is measured starts from this one's peak memory.
            subprocess.run(
                [
                    *(sys.executable, "-m", "bench.fleet", str(folder), "--readable"),
                    *("--shops", str(shops), "--mistakes", str(mistakes)),
                ],
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
                check=True,
            )
            subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
            self._check_that_all_is_seen(folder, shops, mistakes)
        return folder

    def ours(self, name: str, folder: Path, *arguments: str, cold: bool = False) -> Contender:
        """Return our command as a contender; a cold one has lost its cache before each run."""
        return Contender(
            name,
            (*self.program, *arguments),
            folder,
            before=lambda: shutil.rmtree(self.cache, ignore_errors=True) if cold else None,
            cache=self.cache,
        )

    def hook(self, shops: int) -> Scenario:
        """One changed shop in a fleet, as a commit hook sees it."""
        folder = self.fleet(shops)
        path = _a_sound_shop(shops)
        text = (folder / path).read_text(encoding="utf-8")
        change = count()

        def edit() -> None:
            (folder / path).write_text(f"{text}# {next(change)}\n", encoding="utf-8")

        one = self.ours("wakagitops", folder, "validate", path)._replace(before=edit)
        others = [
            Contender(peer.name, peer.on_files(self.schema, [path]), folder, edit, peer.statuses)
            for peer in self.peers
        ]
        title = f"Hook: one changed shop in a repository of {shops:,}, the rest unchanged"
        return Scenario(title, in_turn([one, *others], self.rounds * 2))

    def cold(self, shops: int, *, whole: bool) -> Scenario:
        """Every shop, nothing cached; ``whole`` lets those take part who need minutes for 100,000."""
        folder = self.fleet(shops)
        files = sorted(
            path.relative_to(folder).as_posix() for path in (folder / "configs").rglob("*.yaml")
        )
        who = [
            self.ours("wakagitops", folder, "validate", cold=True),
            *(
                [self.ours("wakagitops, one job", folder, "validate", "--jobs", "1", cold=True)]
                if whole
                else []
            ),
            *(
                Contender(peer.name, peer.on_all(self.schema, files), folder, statuses=peer.statuses)
                for peer in self.peers
                if whole or peer.name in {"ajv-cli", "jsonschema (C++)"}
            ),
        ]
        rounds = min(self.rounds, FEW_ROUNDS)
        return Scenario(f"Cold: {shops:,} shops, every rule, no cache", in_turn(who, rounds))

    def warm(self, shops: int) -> Scenario:
        """Every shop again, none changed."""
        folder = self.fleet(shops)
        who = [
            self.ours("wakagitops", folder, "validate"),
            Contender(
                "reading the bytes from Python",
                (sys.executable, "-S", "-E", str(ROOT / "bench/read_bytes.py"), "configs"),
                folder,
            ),
        ]
        return Scenario(f"Warm: {shops:,} unchanged shops", in_turn(who, self.rounds))

    def found_again(self, shops: int) -> Scenario:
        """The same files after a reinstall, and in another checkout that has the cache restored.

        Before each run of the second, the checkout and the cache are new copies, whose files have
        another path, inode and time.
        """
        folder = self.fleet(shops)
        self._run(folder, "validate")
        other, restored = self.work / "another-checkout", self.work / "restored-cache"

        def check_out() -> None:
            for source, target in ((folder, other), (self.cache, restored)):
                shutil.rmtree(target, ignore_errors=True)
                shutil.copytree(source, target, copy_function=shutil.copy)

        who = [self.ours("validate, nothing changed", folder, "validate")]
        if self.reinstall is not None:
            again = self.ours("validate after a reinstall", folder, "validate")
            who.append(again._replace(before=self.reinstall))
        who.append(
            self.ours("validate in another checkout", other, "validate")._replace(
                before=check_out, cache=restored
            )
        )
        scenario = Scenario(f"Found again: {shops:,} unchanged shops", in_turn(who, self.rounds))
        for path in (other, restored):
            shutil.rmtree(path)
        return scenario

    def render(self, shops: int) -> Scenario:
        """A sound fleet whose deployment is there already."""
        folder = self.fleet(shops, mistakes=0)
        self._run(folder, "render", "--out", "dist")
        shutil.copy(folder / "dist/cache-bust.json", folder / "applied.json")
        again = ("render", "--out", "dist", "--previous", "applied.json")
        who = [
            self.ours("render, nothing changed", folder, *again)._replace(statuses=(0,)),
            self.ours("validate, nothing changed", folder, "validate")._replace(statuses=(0,)),
        ]
        return Scenario(f"Render: {shops:,} shops, nothing changed", in_turn(who, self.rounds))

    def render_one(self, shops: int) -> Scenario:
        """The same fleet, of which one shop sends its mail under another name each time."""
        folder = self.fleet(shops, mistakes=0)
        file = folder / _a_sound_shop(shops)
        text = file.read_text(encoding="utf-8")
        change = count()

        def edit() -> None:
            file.write_text(text.replace(" name: ", f" name: {next(change)} ", 1), encoding="utf-8")

        who = [
            self.ours(f"{command}, one changed", folder, command)._replace(before=edit, statuses=(0,))
            for command in ("render", "validate")
        ]
        scenario = Scenario(f"Render: {shops:,} shops, one changed", in_turn(who, self.rounds))
        file.write_text(text, encoding="utf-8")
        return scenario

    def memory(self, shops: int) -> int:
        """Return the peak of all our processes together, in bytes, on a cold run."""
        return peak_of_all_processes(self.ours("wakagitops", self.fleet(shops), "validate", cold=True))

    def _check_that_all_is_seen(self, folder: Path, shops: int, mistakes: float) -> None:
        with tempfile.TemporaryFile() as report:
            self._run(folder, "validate", "--format", "json", "--no-cache", stdout=report)
            report.seek(0)
            # The summary comes before the diagnostics, which may be megabytes.
            head = report.read(4096).decode("ascii", "replace")
        _, _, text = head.partition('"summary":')
        summary, _ = json.JSONDecoder().raw_decode(text.lstrip())
        wrong = int(shops * mistakes + 1e-9)
        if summary["shops"] != shops or (summary["errors"] > 0) != (wrong > 0):
            message = f"a fleet of {shops} shops with {wrong} mistakes gave {summary}"
            raise Failed(message)

    def _run(self, folder: Path, *arguments: str, stdout: IO[bytes] | int = subprocess.DEVNULL) -> None:
        done = subprocess.run(
            [*self.program, *arguments],
            cwd=folder,
            env=environment(self.cache),
            check=False,
            stdout=stdout,
            stderr=subprocess.PIPE,
        )
        if done.returncode not in {0, 1}:
            told = done.stderr.decode("utf-8", "replace")[-500:]
            message = f"{' '.join(arguments)}: exit status {done.returncode}: {told}"
            raise Failed(message)


def _a_sound_shop(shops: int) -> str:
    """Return the path of the first shop of a fleet that is sound whatever the share of mistakes."""
    return next(
        file.path
        for file in fleet.generate(shops, readable=True)
        if file.path.endswith(".yaml") and "/_" not in file.path and not file.mistake
    )


def measured(bench: Bench, sizes: tuple[int, int, int]) -> Iterator[Scenario | Goal]:
    """Yield the scenarios of the goals as they are measured, and the goals they decide."""
    small, medium, large = sizes

    hook = bench.hook(small)
    yield hook
    ours = median(hook.costs["wakagitops"]).wall
    yield tables.ratio(hook, ours, "check-jsonschema", must=0.30, aim=0.15)
    yield tables.ratio(hook, ours, "yamllint", must=1)

    cold = bench.cold(medium, whole=True)
    yield cold
    ours = median(cold.costs["wakagitops"]).wall
    yield tables.ratio(cold, ours, "check-jsonschema", must=0.08)
    yield tables.ratio(cold, ours, "jsonschema (C++)", aim=1)

    warm = bench.warm(medium)
    yield warm
    ours = median(warm.costs["wakagitops"]).wall
    beside = warm._replace(costs={**cold.costs, **warm.costs})
    yield tables.ratio(beside, ours, "check-jsonschema", must=0.01)
    yield tables.ratio(warm, ours, "reading the bytes from Python", aim=4)

    again = bench.found_again(medium)
    yield again
    beside = again._replace(costs={**cold.costs, **again.costs})
    for name in ("validate after a reinstall", "validate in another checkout"):
        if name in again.costs:
            ours = median(again.costs[name]).wall
            goal = tables.ratio(beside, ours, "check-jsonschema", must=0.01)
            yield goal._replace(work=f"{again.title}, {name.removeprefix('validate ')}")

    render = bench.render(medium)
    yield render
    ours = median(render.costs["render, nothing changed"]).wall
    yield tables.ratio(render, ours, "validate, nothing changed", must=2)

    yield bench.render_one(medium)

    small_cold = bench.cold(small, whole=True)
    yield small_cold
    large_cold = bench.cold(large, whole=False)
    yield large_cold
    yield tables.memory(large, bench.memory(large), must_mib=400, aim_mib=200)
    yield tables.growth(
        {
            shops: median(scenario.costs["wakagitops"]).wall
            for shops, scenario in ((small, small_cold), (medium, cold), (large, large_cold))
        }
    )


def machine(peers: Sequence[contenders.Peer]) -> str:
    """Return a sentence on where and against what was measured."""
    versions = ", ".join(f"{peer.name} {peer.version}" for peer in peers)
    cores = len(os.sched_getaffinity(0))
    sentence = (
        f"Measured on {date.today().isoformat()} with {cores} cores ({platform.machine()}), "  # noqa: DTZ011
        f"Linux, Python {platform.python_version()}"
    )
    return f"{sentence}; beside {versions}." if versions else f"{sentence}."


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print, as the command line asks."""
    parser = argparse.ArgumentParser(description="Measure wakagitops beside its peers.")
    parser.add_argument(
        "--sizes", default="1000,10000,100000", help="shops of the small, medium and large fleet"
    )
    parser.add_argument("--quick", action="store_true", help="a tenth of those shops")
    parser.add_argument("--rounds", type=int, default=5, help="counted runs of each contender")
    parser.add_argument("--no-peers", action="store_true", help="measure wakagitops alone")
    parser.add_argument("--program", help="our command, instead of installing this checkout")
    parser.add_argument("--work", type=Path, help="a folder for the fleets, kept; else a temporary one")
    parser.add_argument("--write", action="store_true", help="update docs/performance.md and README.md")
    options = parser.parse_args(arguments)
    small, medium, large = (
        int(size) // (10 if options.quick else 1) for size in options.sizes.split(",")
    )

    program = shlex.split(options.program or str(contenders.wakagitops()))
    peers = [] if options.no_peers else contenders.peers()
    with contextlib.ExitStack() as stack:
        work = options.work or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="wakagitops-bench-"))
        )
        work.mkdir(parents=True, exist_ok=True)
        goals: list[Goal] = []
        details: list[str] = []
        try:
            reinstall = None if options.program else contenders.wakagitops
            bench = Bench(program, peers, work, options.rounds, reinstall)
            for result in measured(bench, (small, medium, large)):
                if isinstance(result, Goal):
                    goals.append(result)
                else:
                    details.append(tables.scenario_table(result))
                    print(f"{details[-1]}\n", file=sys.stderr, flush=True)
        except Failed as failed:
            print(f"Not measured: {failed}", file=sys.stderr)
            return 1
    summary = f"{tables.goal_table(goals)}\n\n{machine(peers)}"
    print(summary)
    print("\n\n".join(["", *details]))
    if options.write:
        tables.fill(ROOT / "docs/performance.md", "goals", summary)
        tables.fill(ROOT / "docs/performance.md", "details", "\n\n".join(details))
        tables.fill(ROOT / "README.md", "speed", tables.short_table(goals))
    return 0


if __name__ == "__main__":
    sys.exit(main())
