"""The cache lies outside the repository, is private, and is found again by content."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bench import fleet as fleets
from tests.cache_case import all_kept, kept_in
from tests.cli_case import ERROR, SOL, cli, write
from wakagitops.cache import location, tool
from wakagitops.cache.folders import remove_old
from wakagitops.cache.location import cache_root as root_of
from wakagitops.sources.trees import WorkingTree

SHOP = "configs/imprenta-sol.yaml"
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


@pytest.fixture
def shops(tmp_path: Path) -> Path:
    """A git repository with one shop that has one error."""
    folder = tmp_path / "shops"
    write(folder, SHOP, ERROR)
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    return folder


def rules(folder: Path, **environment: str) -> tuple[list[str], str]:
    """Return the rules that a run reports, and what it writes to standard error."""
    run = cli(folder, "validate", "--format", "json", **environment)
    assert run.returncode in (0, 1), run.stderr
    return [item["rule"] for item in json.loads(run.stdout)["diagnostics"]], run.stderr


def test_nothing_is_written_into_the_repository(shops: Path, cache_root: Path) -> None:
    for _ in range(2):
        assert rules(shops) == (["address/no-reply"], "")
    cli(shops, "plan", "--base", "HEAD")
    assert sorted(path.name for path in shops.iterdir()) == [".git", "configs"]
    assert all_kept()
    for path in (cache_root, *cache_root.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_the_folder_is_the_platforms(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    platformdirs = pytest.importorskip("platformdirs")
    for name, classes in (("linux", "unix.Unix"), ("darwin", "macos.MacOS")):
        module, _, kind = classes.partition(".")
        dirs = getattr(__import__(f"platformdirs.{module}", fromlist=[kind]), kind)
        monkeypatch.setattr(sys, "platform", name)
        for environ in ({}, {"XDG_CACHE_HOME": str(tmp_path)}, {"XDG_CACHE_HOME": ""}):
            monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
            for variable, value in environ.items():
                monkeypatch.setenv(variable, value)
            if name == "darwin" and environ:
                continue
            assert root_of(os.environ | {location.VARIABLE: ""}) == dirs("wakagitops").user_cache_dir
    assert platformdirs


def test_a_relative_xdg_folder_is_ignored() -> None:
    assert root_of({"XDG_CACHE_HOME": "caches"}) == root_of({})


def test_on_windows_the_folder_is_the_local_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert root_of({"LOCALAPPDATA": "/users/sol/local"}) == "/users/sol/local/wakagitops/Cache"


def _in_the_repository(shops: Path, root: Path) -> str:
    return str(shops / ".cache")


def _relative(shops: Path, root: Path) -> str:
    return "caches/wakagitops"


def _above(shops: Path, root: Path) -> str:
    """The repository is the git root, also where wakagitops runs below it."""
    (shops / "wakagitops.toml").unlink(missing_ok=True)
    return str(shops)


def _through_a_link(shops: Path, root: Path) -> str:
    (shops.parent / "link").symlink_to(shops, target_is_directory=True)
    return str(shops.parent / "link" / "cache")


def _a_link(shops: Path, root: Path) -> str:
    (shops.parent / "elsewhere").mkdir()
    (shops.parent / "link").symlink_to(shops.parent / "elsewhere", target_is_directory=True)
    return str(shops.parent / "link")


def _through_a_committed_link(shops: Path, root: Path) -> str:
    """Lead out of the repository, where whoever wrote the link knows of a folder."""
    root.mkdir(mode=0o700)
    (shops / ".cache").symlink_to(root, target_is_directory=True)
    return ".cache/results"


def _a_file(shops: Path, root: Path) -> str:
    root.write_text("in the way")
    return str(root)


def _writable(mode: int) -> Callable[[Path, Path], str]:
    def make(shops: Path, root: Path) -> str:
        root.mkdir()
        root.chmod(mode)
        return str(root)

    return make


REFUSED: dict[str, tuple[Callable[[Path, Path], str], str]] = {
    "in the repository": (_in_the_repository, "lies in the repository"),
    "relative": (_relative, "lies in the repository"),
    "the git root itself": (_above, "lies in the repository"),
    "in the repository through a link": (_through_a_link, "lies in the repository"),
    "out of the repository through its link": (_through_a_committed_link, "lies in the repository"),
    "a link": (_a_link, "is a symlink or a file"),
    "a file": (_a_file, "is a symlink or a file"),
    "writable for all": (_writable(0o777), "other users may write"),
    "sticky, as /tmp": (_writable(0o1777), "other users may write"),
    "writable for the group": (_writable(0o770), "other users may write"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_unsafe_folder_is_refused_and_said_once(shops: Path, cache_root: Path, case: str) -> None:
    make, expected = REFUSED[case]
    named = make(shops, cache_root)
    before = sorted(shops.rglob("*"))
    for _ in range(2):
        found, said = rules(shops, WAKAGITOPS_CACHE_DIR=named)
        assert found == ["address/no-reply"]
        assert said.startswith("wakagitops: no cache: ")
        assert expected in said
        assert len(said.splitlines()) == 1
    assert cli(shops, "plan", "--base", "HEAD", WAKAGITOPS_CACHE_DIR=named).stderr.count("no cache") <= 1
    assert cli(shops, "validate", "--no-cache", WAKAGITOPS_CACHE_DIR=named).stderr == ""
    assert sorted(shops.rglob("*")) == before
    assert not [path for path in Path(shops, named).glob("*-*/*") if path.is_file()]
    refused = cli(shops, "cache", "clean", WAKAGITOPS_CACHE_DIR=named)
    assert (refused.returncode, refused.stdout) == (4, "")
    assert expected in refused.stderr


def test_advice_on_a_writable_folder_helps(shops: Path, cache_root: Path) -> None:
    cache_root.mkdir()
    cache_root.chmod(0o777)
    _, said = rules(shops)
    command = said.partition("`")[2].partition("`")[0]
    subprocess.run(command.split(), check=True)
    assert rules(shops) == (["address/no-reply"], "")
    assert all_kept()


@pytest.mark.skipif(not IS_ROOT, reason="only root can give a folder away")
@pytest.mark.parametrize("below", [False, True])
def test_a_folder_of_another_user_is_refused(shops: Path, cache_root: Path, *, below: bool) -> None:
    rules(shops)
    kept = kept_in(shops)
    os.chown(kept if below else cache_root, 12345, 12345)
    before = {path: path.read_bytes() for path in all_kept()}
    found, said = rules(shops)
    assert found == ["address/no-reply"]
    assert "belongs to another user" in said
    assert {path: path.read_bytes() for path in all_kept()} == before


def test_a_folder_that_others_may_read_is_closed(shops: Path, cache_root: Path) -> None:
    cache_root.mkdir(mode=0o755)
    rules(shops)
    assert stat.S_IMODE(kept_in(shops).stat().st_mode) == 0o700


def test_a_cache_that_is_a_link_is_not_used(shops: Path, tmp_path: Path) -> None:
    rules(shops)
    kept = kept_in(shops)
    kept.rename(tmp_path / "outside")
    kept.symlink_to(tmp_path / "outside", target_is_directory=True)
    before = {path: path.read_bytes() for path in (tmp_path / "outside").iterdir()}
    write(shops, SHOP, SOL)
    found, said = rules(shops)
    assert (found, "is a symlink or a file" in said) == ([], True)
    assert {path: path.read_bytes() for path in (tmp_path / "outside").iterdir()} == before


def test_a_home_in_the_repository_with_a_link_out_of_it_holds_no_cache(
    shops: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir(mode=0o700)
    (shops / ".cache").symlink_to(outside, target_is_directory=True)
    found, said = rules(shops, HOME=str(shops), WAKAGITOPS_CACHE_DIR="", XDG_CACHE_HOME="")
    assert (found, "lies in the repository" in said) == (["address/no-reply"], True)
    assert list(outside.iterdir()) == []


def test_a_former_cache_in_the_repository_is_neither_read_nor_written(shops: Path) -> None:
    """It may have been committed by whoever wants findings to go."""
    forged = shops.parent / "forger"
    write(forged, SHOP, SOL)
    rules(forged)
    shutil.copytree(kept_in(forged), shops / ".wakagitops_cache")
    for name in ("settings", "units", "whole", "last", "files"):
        (shops / ".wakagitops_cache" / name).touch()
    before = {path: path.read_bytes() for path in (shops / ".wakagitops_cache").iterdir()}
    for _ in range(2):
        found, said = rules(shops)
        assert found == ["address/no-reply"]
        assert said == "wakagitops: .wakagitops_cache is not used any more; delete it\n"
    assert {path: path.read_bytes() for path in (shops / ".wakagitops_cache").iterdir()} == before


@pytest.mark.parametrize("home", ["", "home", "~"])
def test_a_home_that_is_no_absolute_path_gives_no_cache(shops: Path, home: str) -> None:
    environ = {"WAKAGITOPS_CACHE_DIR": "", "HOME": home, "XDG_CACHE_HOME": ""}
    assert root_of(environ) == ""
    found, said = rules(shops, **environ)
    assert found == rules(shops)[0]
    assert said.count("no cache: HOME is not an absolute path") == said.count("no cache") == 1
    assert not Path("/.cache").exists()
    assert not list(shops.rglob(".cache"))
    done = cli(shops, "cache", "dir", **environ)
    assert (done.returncode, done.stdout) == (4, "")
    assert "HOME is not an absolute path" in done.stderr


def test_a_home_that_cannot_be_written_is_said(shops: Path, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("no folder")
    found, said = rules(shops, WAKAGITOPS_CACHE_DIR="", HOME=str(tmp_path / "home"), XDG_CACHE_HOME="")
    assert found == ["address/no-reply"]
    assert said.startswith("wakagitops: no cache: ")
    assert len(said.splitlines()) == 1


def test_repositories_do_not_mix(tmp_path: Path) -> None:
    names = ["one", "two"]
    for name, text in zip(names, (ERROR, SOL), strict=True):
        write(tmp_path / name, SHOP, text)
    for _ in range(3):
        assert [rules(tmp_path / name)[0] for name in names] == [["address/no-reply"], []]


class Reads:
    """Counts the files that runs check, which none does where the cache answers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        from wakagitops.validate.file_checker import UnitChecker  # noqa: PLC0415

        self._monkeypatch, self._capsys = monkeypatch, capsys
        self.checked: list[str] = []
        self.read: list[str] = []
        check, read = UnitChecker.check, WorkingTree.read

        def checked(checker: UnitChecker, path: str) -> object:
            self.checked.append(path)
            return check(checker, path)

        def counted(tree: WorkingTree, path: str) -> bytes:
            self.read.append(path)
            return read(tree, path)

        monkeypatch.setattr(UnitChecker, "check", checked)
        monkeypatch.setattr(WorkingTree, "read", counted)

    def __call__(self, folder: Path, *arguments: str) -> str:
        from wakagitops.cli.app import main  # noqa: PLC0415

        self._monkeypatch.chdir(folder)
        self.checked.clear()
        self.read.clear()
        assert main(["validate", "--format", "json", "--jobs", "1", *arguments]) in (0, 1)
        return self._capsys.readouterr().out


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Reads:
    return Reads(monkeypatch, capsys)


def test_another_checkout_of_the_same_files_hits(tmp_path: Path, reads: Reads) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    fleets.write(first, 40, mistakes=0.2)
    expected = reads(first)
    assert len(reads.checked) > 30
    shutil.copytree(first, second)
    shutil.rmtree(first)
    assert reads(second) == expected
    assert not reads.checked
    assert reads(second) == expected
    assert not reads.read


def test_a_restored_cache_hits_in_another_checkout(
    tmp_path: Path, reads: Reads, monkeypatch: pytest.MonkeyPatch, cache_root: Path
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    fleets.write(first, 40, mistakes=0.2)
    expected = reads(first)
    shutil.copytree(first, second)
    shutil.copytree(cache_root, tmp_path / "restored")
    monkeypatch.setenv(location.VARIABLE, str(tmp_path / "restored"))
    path = next((second / "configs").rglob("imprenta*.yaml"))
    path.write_text(path.read_text() + "# changed\n")
    assert reads(second) == reads(second, "--no-cache")
    assert reads(second) == expected
    path.write_text(path.read_text() + "# changed again\n")
    reads(second)
    assert [Path(name).name for name in reads.checked] == [path.name]


def test_another_checkout_with_other_settings_does_not_hit(tmp_path: Path, reads: Reads) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder, severity in ((first, "off"), (second, "error")):
        write(folder, SHOP, ERROR)
        write(folder, "wakagitops.toml", f'[severity]\n"address/no-reply" = "{severity}"\n')
    for _ in range(2):
        for folder, count in ((first, 0), (second, 1)):
            assert json.loads(reads(folder))["summary"]["errors"] == count


def _info(folder: Path, name: str, *lines: str) -> Path:
    info = folder / name
    info.mkdir(parents=True, exist_ok=True)
    (info / "RECORD").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return info


def test_the_record_of_an_installed_package_is_the_same_in_every_environment(tmp_path: Path) -> None:
    own = ("wakagitops/a.py,sha256=abc,1", "wakagitops/b.json,sha256=def,2")
    name = "wakagitops-1.0.dist-info"
    one = _info(
        tmp_path / "one", name, *own, f"{name}/RECORD,,", f"{name}/direct_url.json,sha256=1,1",
        "../../../bin/wakagitops,sha256=xyz,200", "wakagitops/__pycache__/a.cpython-311.pyc,,",
    )  # fmt: skip
    two = _info(tmp_path / "two", name, *reversed(own), f"{name}/INSTALLER,sha256=uv,2")
    other = _info(tmp_path / "other", name, own[0], own[1].replace("def", "dee"))
    assert tool.record_digest(str(one)) == tool.record_digest(str(two)) != ""
    assert tool.record_digest(str(other)) not in ("", tool.record_digest(str(one)))
    assert not tool.record_digest(str(tmp_path / "none"))


def test_every_dependency_that_decides_is_in_the_digest() -> None:
    from importlib.metadata import requires  # noqa: PLC0415
    from re import match  # noqa: PLC0415

    needed = [text for text in requires("wakagitops") or () if "extra ==" not in text]
    names = {match(r"[A-Za-z0-9._-]+", text)[0].lower() for text in needed}  # type: ignore[index]
    assert names - {"argcomplete"} <= set(tool.DECIDING)  # which only completes command lines


def test_old_caches_go(shops: Path, cache_root: Path) -> None:
    rules(shops)
    kept = kept_in(shops)
    (cache_root / "somebody's").mkdir()
    old = cache_root / f"{'0' * 32}-{'1' * 32}"
    old.mkdir(mode=0o700)
    os.utime(old, (1, 1))
    os.utime(cache_root / "somebody's", (1, 1))
    remove_old(str(cache_root))
    assert sorted(cache_root.iterdir()) == sorted([kept, cache_root / "somebody's"])


def test_the_command_prints_the_folder_and_the_key_and_cleans(shops: Path, cache_root: Path) -> None:
    assert cli(shops, "cache", "dir").stdout == f"{cache_root}\n"
    key = cli(shops, "cache", "key").stdout
    assert len(key) == 33
    assert cli(shops.parent, "cache", "key").stdout == key
    assert not cache_root.exists()
    rules(shops)
    (cache_root / "precious").write_text("not ours")
    cleaned = cli(shops, "cache", "clean")
    assert (cleaned.returncode, cleaned.stderr) == (0, "")
    assert cleaned.stdout == f"removed the cache of 1 checkout from {cache_root}\n"
    assert [path.name for path in cache_root.iterdir()] == ["precious"]
    again = cli(shops, "cache", "clean", "--lang", "es")
    assert again.stdout == f"se han eliminado las cachés de 0 copias de trabajo de {cache_root}\n"


def test_the_command_needs_no_sound_settings(shops: Path, cache_root: Path) -> None:
    write(shops, "wakagitops.toml", "root = \n")
    assert cli(shops, "cache", "dir").stdout == f"{cache_root}\n"
    assert cli(shops, "cache", "empty").returncode == 2
    assert cli(shops, "cache").returncode == 2
