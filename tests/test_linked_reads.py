"""Nothing is read through a link of the repository, and nothing that a reader would wait for."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli_case import ERROR, SOL, cli, write
from wakagitops.core.safe_files import read_below, read_named

_CANARY = "canary-4711"
_TARGET = """\
[[files]]
template = "relay.j2"
path = "shops/{shop}/relay"
escape = "none"
"""
_LINK = "it is a link or lies behind one, and no link is followed"


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """Files that the author of a change would like to be read, all of them sound."""
    folder = tmp_path / "outside"
    write(folder, "wakagitops.toml", f'ignore = ["address/no-reply"] # {_CANARY}\n')
    write(folder, "baseline.json", '{"version": 1, "findings": []}\n')
    write(folder, "configs/imprenta-sol.yaml", SOL)
    write(folder, "rules/team/rule.py", f"raise SystemExit({_CANARY!r})\n")
    write(folder, "targets/relay/target.toml", _TARGET)
    write(folder, "targets/relay/relay.j2", _CANARY)
    return folder


@pytest.fixture
def clone(tmp_path: Path) -> Callable[[Path], Path]:
    """Commit a folder and return a clone of it, as a pipeline has one."""

    def make(source: Path) -> Path:
        _git(source, "init", "--quiet")
        _git(source, "add", "--all")
        _git(source, "-c", "user.name=x", "-c", "user.email=x@x", "commit", "--quiet", "--message", "x")
        made = tmp_path / "clone"
        subprocess.run(["git", "clone", "--quiet", str(source), str(made)], check=True)
        return made

    return make


@pytest.mark.parametrize(
    ("link", "target", "settings", "arguments", "named"),
    [
        ("wakagitops.toml", "wakagitops.toml", None, (), "wakagitops.toml"),
        ("wakagitops.toml", "missing", None, (), "wakagitops.toml"),
        ("policy", "", None, ("--config", "policy/wakagitops.toml"), "policy/wakagitops.toml"),
        ("base.json", "baseline.json", 'baseline = "base.json"\n', (), "base.json"),
        ("base.json", "/dev/zero", 'baseline = "base.json"\n', (), "base.json"),
        ("state", "", 'baseline = "state/baseline.json"\n', (), "state/baseline.json"),
        ("base.json", "baseline.json", None, ("--baseline", "base.json"), "base.json"),
        ("rules", "rules", 'team_rules = "rules"\n', ("--allow-code",), "wakagitops.toml"),
    ],
)
def test_a_committed_link_is_refused(  # noqa: PLR0917 - a table
    tmp_path: Path,
    outside: Path,
    clone: Callable[[Path], Path],
    link: str,
    target: str,
    settings: str | None,
    arguments: tuple[str, ...],
    named: str,
) -> None:
    source = tmp_path / "source"
    write(source, "configs/imprenta-sol.yaml", ERROR)
    if settings is not None:
        write(source, "wakagitops.toml", settings)
    (source / link).symlink_to(os.path.join(outside, target))
    run = cli(clone(source), "validate", *arguments)
    assert (run.returncode, run.stdout) == (2, "")
    assert named in run.stderr
    assert _LINK in run.stderr
    assert _CANARY not in run.stderr


@pytest.mark.parametrize("link", ["targets", "targets/relay", "targets/relay/relay.j2"])
def test_no_template_is_read_behind_a_link(
    tmp_path: Path, outside: Path, clone: Callable[[Path], Path], link: str
) -> None:
    source = tmp_path / "source"
    write(source, "configs/imprenta-sol.yaml", SOL)
    write(source, "wakagitops.toml", 'targets = ["relay"]\nteam_targets = {relay = "targets/relay"}\n')
    shutil.copytree(outside / "targets", source / "targets")
    place = source / link
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink()
    place.symlink_to(outside / link)
    run = cli(clone(source), "render", "--no-cache")
    assert run.returncode == 2
    assert _LINK in run.stderr or "template must be one of" in run.stderr
    assert not (tmp_path / "clone" / "dist").exists()


@pytest.mark.parametrize(
    ("path", "arguments", "status"),
    [
        ("wakagitops.toml", ("validate",), 2),
        ("base.json", ("validate", "--baseline", "base.json"), 2),
        ("schema/mail-settings-file.schema.json", ("schema", "--refresh"), 4),
        ("configs/_defaults.yaml", ("validate",), 1),
    ],
)
def test_a_pipe_is_refused_without_waiting_for_a_writer(
    tmp_path: Path, path: str, arguments: tuple[str, ...], status: int
) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path, "configs/imprenta-sol.yaml", SOL)
    (tmp_path / path).parent.mkdir(exist_ok=True)
    os.mkfifo(tmp_path / path)
    run = cli(tmp_path, *arguments)
    assert run.returncode == status, run.stderr
    assert "not a regular file" in run.stderr or "fleet/stray-file" in run.stdout


def test_a_file_named_outside_of_every_repository_may_be_a_pipe(tmp_path: Path) -> None:
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    write(tmp_path, "repo/configs/imprenta-sol.yaml", ERROR)
    run = cli(
        tmp_path / "repo",
        "validate",
        "--config",
        "/dev/stdin",
        stdin='root = "configs"\nignore = ["address/no-reply"]\n',
    )
    # The folder of that file is the base, so it finds no settings; but it was read.
    assert run.returncode == 3, run.stderr


def test_what_is_read_is_bounded(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    assert read_below(str(tmp_path), "file", 5) == b"12345"
    assert read_named(str(tmp_path / "file"), 5) == b"12345"
    with pytest.raises(OSError, match="File too large"):
        read_below(str(tmp_path), "file", 4)
    with pytest.raises(OSError, match="File too large"):
        read_named("/dev/zero", 1 << 20)


@pytest.mark.parametrize("path", ["", ".", "..", "../file", "a/../../file", "a//b", "a/./b", "\0"])
def test_no_path_leads_out_of_the_trusted_folder(tmp_path: Path, path: str) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(OSError, match="Invalid argument"):
        read_below(str(tmp_path), path)


def test_a_repository_behind_a_link_is_not_taken_for_the_real_one(tmp_path: Path) -> None:
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    (tmp_path / "other" / ".git").mkdir(parents=True)
    (tmp_path / "other" / "file").write_bytes(b"x")
    (tmp_path / "repo" / "link").symlink_to("../other")
    with pytest.raises(OSError, match="symbolic links"):
        read_named(str(tmp_path / "repo" / "link" / "file"))
