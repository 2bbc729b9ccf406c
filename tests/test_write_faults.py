"""The writer against a hostile folder and a failing disk: a clear error, and nothing lost."""

from __future__ import annotations

import errno
import itertools
import json
import os
import resource
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.deployment_case import assert_manifest_holds, assert_whole, plain_files, tree
from tests.killed_writer import CALLS, want
from tests.want_case import files_of, want_of
from wakagitops.core.errors import ToolError
from wakagitops.core.messages import Translator
from wakagitops.render.files import RenderedFile
from wakagitops.render.transaction import check, write

FILES = plain_files({"shops/a/settings.json": "1", "shops/b/settings.json": "1"})
OTHERS = plain_files({"shops/a/settings.json": "2", "shops/c/settings.json": "2"})
NOBODY = 65534


def _deploy(out: Path, files: tuple[RenderedFile, ...] = FILES) -> dict[str, bytes]:
    write(str(out), [want_of("", files, b"{}\n")])
    return tree(out)


def _error(out: Path, files: tuple[RenderedFile, ...] = OTHERS) -> str:
    with pytest.raises(ToolError) as caught:
        _deploy(out, files)
    return Translator()(caught.value.message)


def test_a_foreign_file_in_the_way_is_not_touched(tmp_path: Path) -> None:
    _deploy(tmp_path)
    stranger = tmp_path / "shops" / "c" / "settings.json"
    stranger.parent.mkdir()
    stranger.write_text("mía")
    before = tree(tmp_path)
    assert f"{stranger} is in the way" in _error(tmp_path)
    assert tree(tmp_path) == before


def test_a_folder_of_somebody_else_s_is_not_taken_over(tmp_path: Path) -> None:
    """Not even where the bytes are the same: a later run would remove what it took over."""
    (tmp_path / "shops" / "a").mkdir(parents=True)
    (tmp_path / "shops" / "a" / "settings.json").write_text("1")
    (tmp_path / "cache-bust.json").write_text("{}\n")
    before = tree(tmp_path)
    text = _error(tmp_path, FILES)
    assert "settings.json is in the way" in text
    assert "(and 1 more like it)" in text
    assert tree(tmp_path) == before


def _entry(path: str) -> dict[str, object]:
    return {"path": path, "sha256": "0" * 64, "bytes": 1, "mode": "0644", "shop": "", "target": "t"}


def _manifest(*paths: str) -> bytes:
    files = [_entry(path) for path in paths]
    return json.dumps({"version": 1, "environment": "", "files": files, "retained": []}).encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b"null",
        b"[]",
        b'{"version": 2, "environment": "", "files": []}',
        b'{"version": 1, "environment": "", "files": [1]}',
        b'{"version": 1, "environment": "", "files": {}}',
        b'{"main.js": "main.abc.js"}',
        _manifest("/etc/passwd"),
        _manifest("../victim"),
        _manifest("shops/../../victim"),
        _manifest("shops/./a"),
        _manifest("shops//a"),
        _manifest(""),
        _manifest("a\x00b"),
        _manifest("a\\..\\b"),
        _manifest("\ud800"),
        _manifest("manifest.json"),
        _manifest("same", "same"),
        b'{"version": 1, "environment": "", "files": [], "pending": ["../victim"]}',
        json.dumps({**json.loads(_manifest("a")), "files": [{**_entry("a"), "sha256": "x"}]}).encode(),
    ],
)
@pytest.mark.parametrize("name", ["manifest.json", ".manifest.pending.json"])
def test_a_manifest_that_is_not_ours_stops_the_run(tmp_path: Path, name: str, data: bytes) -> None:
    out = tmp_path / "dist"
    victim = tmp_path / "victim"
    victim.write_text("mine")
    _deploy(out)
    (out / name).write_bytes(data)
    before = tree(tmp_path)
    assert f"{name} is not a manifest that wakagitops wrote" in _error(out)
    assert tree(tmp_path) == before
    with pytest.raises(ToolError):
        check(str(out), [want_of("", FILES)])


@pytest.mark.parametrize("make", ["symlink", "folder", "pipe"])
def test_a_manifest_that_is_no_regular_file_is_never_followed(tmp_path: Path, make: str) -> None:
    out = tmp_path / "dist"
    _deploy(out)
    real = tmp_path / "manifest.json"
    (out / "manifest.json").rename(real)
    place = out / "manifest.json"
    if make == "symlink":
        place.symlink_to(real)
    elif make == "folder":
        place.mkdir()
    else:
        os.mkfifo(place)
    assert "manifest.json is in the way" in _error(out)
    assert (out / "shops" / "b" / "settings.json").exists()


def test_a_link_in_the_folder_never_leads_a_write_outside(tmp_path: Path) -> None:
    out, outside = tmp_path / "dist", tmp_path / "outside"
    _deploy(out)
    outside.mkdir()
    (outside / "settings.json").write_text("1")
    (out / "shops" / "c").symlink_to(outside)
    before = tree(tmp_path)
    assert f"{out}/shops/c is in the way: it is a link" in _error(out)
    assert tree(tmp_path) == before


def test_a_link_in_the_folder_never_leads_a_removal_outside(tmp_path: Path) -> None:
    out, outside = tmp_path / "dist", tmp_path / "outside"
    _deploy(out)
    (out / "shops" / "b").rename(outside)
    (out / "shops" / "b").symlink_to(outside)
    before = tree(outside)
    _deploy(out, OTHERS)
    assert tree(outside) == before
    assert (out / "shops" / "b").is_symlink()


@pytest.mark.parametrize("target", ["settings.json", "/etc/hostname", "nowhere"])
def test_a_link_in_place_of_a_file_is_not_written_through(tmp_path: Path, target: str) -> None:
    out = tmp_path / "dist"
    _deploy(out)
    place = out / "shops" / "a" / "settings.json"
    place.unlink()
    place.symlink_to(target)
    before = tree(tmp_path)
    assert f"{place} is in the way" in _error(out)
    assert tree(tmp_path) == before


def test_a_link_in_place_of_an_unwanted_file_is_left_alone(tmp_path: Path) -> None:
    out, victim = tmp_path / "dist", tmp_path / "victim"
    victim.write_text("mine")
    _deploy(out)
    place = out / "shops" / "b" / "settings.json"
    place.unlink()
    place.symlink_to(victim)
    _deploy(out, OTHERS)
    assert victim.read_text() == "mine"
    assert place.is_symlink()


def test_a_link_in_place_of_the_cache_bust_is_not_written_through(tmp_path: Path) -> None:
    out, victim = tmp_path / "dist", tmp_path / "victim"
    victim.write_text("mine")
    _deploy(out)
    (out / "cache-bust.json").unlink()
    (out / "cache-bust.json").symlink_to(victim)
    assert "cache-bust.json is in the way" in _error(out)
    assert victim.read_text() == "mine"


def test_a_link_in_place_of_an_environment_is_not_followed(tmp_path: Path) -> None:
    out, outside = tmp_path / "dist", tmp_path / "outside"
    out.mkdir()
    outside.mkdir()
    (out / "staging").symlink_to(outside)
    with pytest.raises(ToolError, match="in the way"):
        write(str(out), [want_of("staging", FILES)])
    assert not tree(outside)


def test_a_file_turned_into_a_folder_stops_the_run(tmp_path: Path) -> None:
    _deploy(tmp_path)
    place = tmp_path / "shops" / "a" / "settings.json"
    place.unlink()
    place.mkdir()
    (place / "nota.txt").write_text("mía")
    before = tree(tmp_path)
    assert f"{place} is in the way: it is a folder or a link" in _error(tmp_path)
    assert tree(tmp_path) == before


def test_a_folder_turned_into_a_file_stops_the_run(tmp_path: Path) -> None:
    _deploy(tmp_path)
    for path in (tmp_path / "shops" / "a" / "settings.json", tmp_path / "shops" / "a"):
        path.unlink() if path.is_file() else path.rmdir()
    (tmp_path / "shops" / "a").write_text("mía")
    before = tree(tmp_path)
    assert f"{tmp_path}/shops/a is in the way" in _error(tmp_path)
    assert tree(tmp_path) == before


def test_the_output_folder_is_a_file(tmp_path: Path) -> None:
    out = tmp_path / "dist"
    out.write_text("mía")
    assert str(out) in _error(out)
    assert out.read_text() == "mía"
    with pytest.raises(ToolError):
        check(str(out), [want_of("", FILES)])


@contextmanager
def _as_nobody() -> Iterator[None]:
    """Give up root's right to write anywhere, for the checks of permissions to mean something."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@contextmanager
def _owned_by_nobody() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, -1)
        try:
            yield folder / "dist"
        finally:
            for path in folder.rglob("*"):
                if path.is_dir():
                    path.chmod(0o755)


@pytest.mark.parametrize("folder", [".", "shops", "shops/a"])
def test_a_read_only_folder_keeps_its_deployment(folder: str) -> None:
    with _owned_by_nobody() as out, _as_nobody():
        before = _deploy(out)
        (out / folder).chmod(0o555)
        assert "Permission denied" in _error(out)
        assert tree(out) == before
        (outcome,) = check(str(out), [want_of("", FILES)])
        assert outcome.comparison.is_current, "comparing needs no right to write"


def test_a_parent_that_may_not_be_written(tmp_path: Path) -> None:
    with _owned_by_nobody() as out, _as_nobody():
        out.parent.chmod(0o555)
        assert "Permission denied" in _error(out)


def _may_mount() -> bool:
    with tempfile.TemporaryDirectory() as folder:
        return _mount(folder) and subprocess.run(["umount", folder], check=True).returncode == 0


def _mount(folder: str) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@contextmanager
def _small_disk(folder: Path) -> Iterator[None]:
    """A real file system that fills up; only root can make one."""
    assert _mount(str(folder))
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@contextmanager
def _no_longer_than(size: int) -> Iterator[None]:
    """A disk that takes no file longer than so many bytes, for everybody else."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


DISKS = ["limited", "mounted"] if _may_mount() else ["limited"]


@pytest.mark.parametrize("disk", DISKS)
def test_a_disk_that_fills_up_keeps_the_deployment(tmp_path: Path, disk: str) -> None:
    out = tmp_path / "dist"
    large = plain_files({f"shops/{name}/settings.json": name * 100_000 for name in "abcd"})
    with _small_disk(tmp_path) if disk == "mounted" else nullcontext():
        before = _deploy(out)
        with nullcontext() if disk == "mounted" else _no_longer_than(8192):
            text = _error(out, large)
        assert ("No space left on device" if disk == "mounted" else "File too large") in text
        assert tree(out) == before
        assert_whole(out, FILES)
        _deploy(out, OTHERS)
        assert_whole(out, OTHERS)


@pytest.mark.parametrize("disk", DISKS)
def test_a_disk_that_takes_not_one_byte_more_keeps_the_deployment(tmp_path: Path, disk: str) -> None:
    out = tmp_path / "dist"
    with _small_disk(tmp_path) if disk == "mounted" else nullcontext():
        before = _deploy(out)
        if disk == "mounted":
            with suppress(OSError), (tmp_path / "filler").open("wb", buffering=0) as filler:
                while True:
                    filler.write(bytes(4096))
        with nullcontext() if disk == "mounted" else _no_longer_than(0):
            text = _error(out)
        assert ("No space left on device" if disk == "mounted" else "File too large") in text
        assert tree(out) == before


def _failing(call: int, code: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return what makes the given one of all calls to the file system fail."""
    count = itertools.count(1)

    def failing(function: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any, **named: Any) -> Any:
            if next(count) == call:
                raise OSError(code, os.strerror(code))
            return function(*arguments, **named)

        return called

    return failing


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_a_failure_of_any_single_call_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """One failure at each place in turn: the old deployment stands, or the next run finishes."""
    intact = 0
    for call in itertools.count(1):
        out = tmp_path / str(call)
        write(str(out), [want("first")])
        before = tree(out)
        wrap = _failing(call, code)
        with monkeypatch.context() as patch:
            for name in CALLS:
                if name != "close":
                    patch.setattr(os, name, wrap(getattr(os, name)))
            try:
                write(str(out), [want("third")])
            except ToolError:
                is_told = True
            else:
                is_told = False
        if (out / "manifest.json").exists():
            assert_manifest_holds(out)
            intact += tree(out) == before
        else:
            assert is_told, "an unfinished folder must not go unnoticed"
        write(str(out), [want("third")])
        assert_whole(out, files_of(want("third")))
        if call > 150 and not is_told:
            break
    assert call > 150
    assert intact > 50
