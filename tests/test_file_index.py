"""Files of which the system says nothing new are not read again; whatever is done to one is seen."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bench import fleet as fleets
from tests.cache_case import kept_in
from wakagitops.cli.app import main
from wakagitops.sources.trees import WorkingTree
from wakagitops.validate.cache_folder import CacheFolder

SHOPS = 40
INDEX = "files"


@pytest.fixture
def fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a fleet that was checked once: that run keeps no index, the next one begins it."""
    folder = tmp_path / "fleet"
    fleets.write(folder, SHOPS, mistakes=0)
    monkeypatch.chdir(folder)
    assert main(["validate", "-q"]) == 0
    assert not kept_in(folder, INDEX).exists()
    return folder


class Said:
    """What runs say, and how many files they read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.read: list[str] = []
        read = WorkingTree.read

        def counted(tree: WorkingTree, path: str) -> bytes:
            self.read.append(path)
            return read(tree, path)

        monkeypatch.setattr(WorkingTree, "read", counted)

    def __call__(self, *arguments: str) -> str:
        self.read.clear()
        assert main(["validate", "--format", "json", *arguments]) in (0, 1)
        return self._capsys.readouterr().out

    @property
    def is_right(self) -> bool:
        """Tell whether a run says the same as one without the cache."""
        return self() == self("--no-cache")


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Said:
    return Said(monkeypatch, capsys)


def shops(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "configs").rglob("*.yaml") if path.name[0] != "_")


def _wrong(path: Path) -> bytes:
    """Return a file's bytes with a mistake that makes it no longer."""
    data = path.read_bytes()
    wrong = data.replace(b"contact:", b"contatc:")
    assert wrong != data
    return wrong


def _same_size_and_time(path: Path) -> None:
    status = path.stat()
    path.write_bytes(_wrong(path))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def _another_of_the_same_size_and_time(path: Path) -> None:
    status = path.stat()
    beside = path.with_name("beside")
    beside.write_bytes(_wrong(path))
    os.utime(beside, ns=(status.st_atime_ns, status.st_mtime_ns))
    beside.replace(path)


def _from_the_past(path: Path) -> None:
    path.write_bytes(_wrong(path))
    os.utime(path, ns=(1, 1))


def _before_all_time(path: Path) -> None:
    path.write_bytes(_wrong(path))
    os.utime(path, (-1000.0, -1000.0))


CHANGES: dict[str, Callable[[Path], object]] = {
    "edited": lambda path: path.write_bytes(_wrong(path) + b"# more\n"),
    "edited in the same size and time": _same_size_and_time,
    "replaced by one of the same size and time": _another_of_the_same_size_and_time,
    "replaced by one from the past": _from_the_past,
    "replaced by one from before all time": _before_all_time,
    "removed": Path.unlink,
    "emptied": lambda path: path.write_bytes(b""),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_is_done_to_a_file_is_seen(fleet: Path, said: Said, change: str) -> None:
    said()
    before = said()
    assert not said.read
    CHANGES[change](shops(fleet)[7])
    changed = said()
    assert changed != before
    assert changed == said("--no-cache")
    assert said.is_right


def test_two_files_that_change_places_are_seen(fleet: Path, said: Said) -> None:
    before = said()
    one, other = shops(fleet)[3:5]
    beside = one.with_name("beside")
    one.rename(beside)
    other.rename(one)
    beside.rename(other)
    assert said() != before
    assert said.is_right


def test_a_file_that_is_written_through_another_name_of_it_is_seen(fleet: Path, said: Said) -> None:
    path = shops(fleet)[9]
    (fleet / "elsewhere").hardlink_to(path)
    before = said()
    status = path.stat()
    (fleet / "elsewhere").write_bytes(_wrong(path))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert said() != before
    assert said.is_right


def test_edits_of_the_same_size_right_after_a_run_are_seen(fleet: Path, said: Said) -> None:
    """As where a script edits and checks without a pause: files change in one tick of the clock."""
    path = shops(fleet)[2]
    sound, wrong = path.read_bytes(), _wrong(path)
    clean, found = said(), ""
    for _ in range(20):
        for data in (wrong, sound):
            for other in shops(fleet):
                other.write_bytes(data if other == path else other.read_bytes())
            os.utime(path, ns=(1_000_000_000, 1_000_000_000))
            now = said()
            if data == wrong:
                found = found or now
            assert now == (found if data == wrong else clean)
    assert found == said("--no-cache") or clean == said("--no-cache")
    assert json.loads(found)["summary"]["errors"]


def test_what_is_as_young_as_the_clock_is_read_again(
    fleet: Path, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    since = min(path.stat().st_ctime_ns for path in shops(fleet))
    with monkeypatch.context() as patched:
        patched.setattr(CacheFolder, "clock", lambda *_: since)
        expected = said()
    assert said() == expected
    assert len(set(said.read)) >= SHOPS
    assert said() == expected
    assert not said.read


def test_one_changed_file_is_all_that_is_read_with_its_defaults(fleet: Path, said: Said) -> None:
    said()
    path = shops(fleet)[5]
    with path.open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    said()
    assert {Path(name).name for name in said.read} == {path.name, "_defaults.yaml"}


def test_a_damaged_index_costs_nothing_but_reading(fleet: Path, said: Said) -> None:
    expected = said()
    whole = kept_in(fleet, INDEX).read_bytes()
    for data in (b"", whole[:-1], whole + b"\0", whole[:40], whole[:-9] + b"\1" + whole[-8:]):
        kept_in(fleet, INDEX).write_bytes(data)
        assert said() == expected
        assert len(set(said.read)) >= SHOPS
        assert said() == expected
        assert not said.read


def test_an_index_of_other_files_is_none(fleet: Path, said: Said) -> None:
    said()
    path = shops(fleet)[0]
    path.rename(path.with_name(f"a-{path.name}"))
    assert said.is_right
    assert said.is_right


def test_a_cache_that_cannot_be_written_is_none(fleet: Path, said: Said, cache_root: Path) -> None:
    shutil.rmtree(cache_root)
    cache_root.write_text("a file in the way", encoding="utf-8")
    assert said.is_right
