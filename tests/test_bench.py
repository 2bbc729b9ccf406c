"""The fleets that the measurements run on, and the measuring, are what they claim to be."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections import Counter
from functools import partial
from pathlib import Path

import pytest
import yaml

from bench import fleet, measure, run, tables
from bench.measure import Contender, Cost
from bench.tables import Scenario


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not() -> None:
    assert list(fleet.generate(300)) == list(fleet.generate(300))
    assert list(fleet.generate(300)) != list(fleet.generate(300, seed=7))


def test_a_larger_fleet_begins_with_the_smaller_one() -> None:
    smaller = {file.path: file for file in fleet.generate(150)}
    larger = {file.path: file for file in fleet.generate(1500)}
    assert smaller.items() <= larger.items()


def test_shops_are_as_many_and_as_long_as_asked() -> None:
    files = list(fleet.generate(2000))
    shops = [file for file in files if file.path.startswith("configs/") and "/_" not in file.path]
    assert len(shops) == 2000
    assert len({file.path for file in files}) == len(files)
    assert len({Path(file.path).stem for file in shops}) == 2000
    lengths = [file.text.count("\n") for file in shops]
    assert min(lengths) >= 30
    assert max(lengths) <= 45


def test_every_chain_of_defaults_is_there_before_its_shops() -> None:
    written: set[str] = set()
    for file in fleet.generate(400):
        if "/_" not in file.path and file.path.endswith(".yaml"):
            for folder in list(Path(file.path).parents)[:3]:
                assert f"{folder.as_posix()}/_defaults.yaml" in written
        written.add(file.path)


@pytest.mark.parametrize(("share", "wrong"), [(0, 0), (0.08, 160), (0.5, 1000), (1, 2000)])
def test_the_share_of_mistakes_is_exact(share: float, wrong: int) -> None:
    kinds = Counter(file.mistake for file in fleet.generate(2000, mistakes=share) if file.mistake)
    assert kinds.total() == wrong
    if wrong:
        assert set(kinds) == set(fleet.MISTAKES)
        assert max(kinds.values()) - min(kinds.values()) <= 1


def test_a_mistake_changes_the_file_and_only_a_broken_quote_breaks_the_yaml() -> None:
    sound = {file.path: file.text for file in fleet.generate(2000, mistakes=0)}
    for file in fleet.generate(2000, mistakes=1):
        if file.mistake:
            assert file.text != sound[file.path], file.mistake
        if file.mistake == "a quote left open":
            with pytest.raises(yaml.YAMLError):
                yaml.safe_load(file.text)
        elif file.path.endswith(".yaml"):
            assert isinstance(yaml.safe_load(file.text), dict), file.mistake


def test_a_readable_fleet_has_as_many_mistakes_and_none_that_breaks_the_yaml() -> None:
    kinds = Counter(file.mistake for file in fleet.generate(2000, readable=True) if file.mistake)
    assert kinds.total() == 160
    assert set(kinds) == set(fleet.MISTAKES) - fleet.UNREADABLE


def test_shop_ids_fit_a_host_name_label() -> None:
    for file in fleet.generate(50_000, mistakes=0):
        if file.path.endswith(".yaml") and "/_" not in file.path:
            stem = Path(file.path).stem
            assert re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])", stem), stem


def test_the_command_writes_the_fleet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "fleet"
    assert fleet.main([str(folder), "--shops", "100"]) == 0
    assert "100 shops, 8 with a mistake" in capsys.readouterr().out
    written = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert written == {file.path: file.text for file in fleet.generate(100)}


def test_wakagitops_finds_every_mistake_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "fleet"
    files = fleet.write(folder, 400)
    done = subprocess.run(
        [sys.executable, "-m", "wakagitops", "validate", "--format", "json", "--no-cache"],
        cwd=folder,
        check=False,
        text=True,
        capture_output=True,
    )
    assert done.returncode == 1, done.stderr
    found = {item["path"] for item in json.loads(done.stdout)["diagnostics"]}
    assert found == {file.path for file in files if file.mistake}


def python(code: str, *, folder: Path, statuses: tuple[int, ...] = (0,)) -> Contender:
    return Contender("python", (sys.executable, "-S", "-c", code), folder, statuses=statuses)


def test_a_run_costs_time_and_the_memory_it_holds(tmp_path: Path) -> None:
    # A process starts from the peak memory of the one that starts it, here that of all tests so far.
    small = measure.run(python("", folder=tmp_path))
    large = measure.run(python("b'x' * (1 << 30)", folder=tmp_path))
    assert small.wall > 0
    assert small.cpu > 0
    assert large.memory - small.memory > 128 * measure.MIB


def test_the_peak_counts_every_process_of_a_run(tmp_path: Path) -> None:
    child = "import time; held = b'x' * (40 << 20); time.sleep(0.5)"
    both = f"import subprocess, sys; {child.replace('time.sleep(0.5)', '')}"
    both += f"subprocess.run([sys.executable, '-S', '-c', {child!r}])"
    peak = measure.peak_of_all_processes(python(both, folder=tmp_path))
    assert peak > 80 * measure.MIB


def test_a_run_that_did_not_do_its_work_is_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(measure.Failed, match="exit status 3"):
        measure.run(python("raise SystemExit(3)", folder=tmp_path))
    measure.run(python("raise SystemExit(3)", folder=tmp_path, statuses=(0, 3)))


def test_contenders_take_turns_and_the_first_round_does_not_count(tmp_path: Path) -> None:
    turns: list[str] = []
    who = [
        python("", folder=tmp_path)._replace(name=name, before=partial(turns.append, name))
        for name in ("one", "two")
    ]
    costs = measure.in_turn(who, 2)
    assert turns == ["one", "two"] * 3
    assert {name: len(taken) for name, taken in costs.items()} == {"one": 2, "two": 2}


def test_the_median_is_taken_of_each_measure() -> None:
    costs = [Cost(1, 9, 20), Cost(3, 7, 30), Cost(2, 8, 10)]
    assert measure.median(costs) == Cost(2, 8, 20)


def test_goals_say_whether_they_are_met() -> None:
    scenario = Scenario("Hook", {"peer": [Cost(0.4, 0, 0)]})
    table = tables.goal_table(
        [
            tables.ratio(scenario, 0.1, "peer", must=0.3, aim=0.15),
            tables.ratio(scenario, 0.1, "another", must=0.3),
            tables.memory(100_000, 150 * measure.MIB, must_mib=400, aim_mib=100),
            tables.growth({1: 2, 10: 10, 50: 55}),
        ]
    )
    assert table.splitlines()[2:] == [
        "| Hook | 100 ms | peer 400 ms | 0.25× | ≤ 0.3×: met | ≤ 0.15×: **missed** |",
        "| Hook | 100 ms | another: not measured | – | ≤ 0.3× |  |",
        "| Memory: 100,000 shops | 150 MiB |  | 150 MiB | ≤ 400 MiB: met | ≤ 100 MiB: **missed** |",
        "| Growth: time a shop in 1, 10, 50 | 2 s, 1 s, 1.1 s | linear | 1.1× | ≤ 1.15×: met |  |",
    ]


def test_only_what_stands_between_the_markers_is_replaced(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Above\n<!-- speed -->\nold\n<!-- /speed -->\nBelow\n", encoding="utf-8")
    tables.fill(page, "speed", "new")
    tables.fill(page, "speed", "newer")
    assert page.read_text(encoding="utf-8") == "Above\n<!-- speed -->\nnewer\n<!-- /speed -->\nBelow\n"
    with pytest.raises(ValueError, match="no place for other"):
        tables.fill(page, "other", "text")


def test_a_tiny_measurement_runs_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = shlex.join([sys.executable, "-m", "wakagitops"])
    arguments = ["--sizes", "5,10,20", "--rounds", "1", "--no-peers", "--program", program]
    assert run.main([*arguments, "--work", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    for work in ("Hook: ", "Cold: 10 shops", "Warm: 10 ", "Render: 10 ", "Memory: 20 ", "Growth: "):
        assert f"| {work}" in out
