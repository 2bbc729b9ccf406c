"""Nothing is written through a link of the repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from wakagitops.core.safe_files import replace_below, replace_file


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "file").write_bytes(b"theirs")
    return tmp_path / "repo"


@pytest.mark.parametrize(
    ("link", "target", "path"),
    [
        ("report", "../outside/file", "report"),
        ("report", "../outside/missing", "report"),
        ("folder", "../outside", "folder/file"),
    ],
)
def test_a_link_is_refused(repository: Path, link: str, target: str, path: str) -> None:
    (repository / link).symlink_to(target)
    with pytest.raises(OSError, match=r"symbolic links|Not a directory"):
        replace_file(str(repository / path), b"ours")
    with pytest.raises(OSError, match=r"symbolic links|Not a directory"):
        replace_below(str(repository), path, b"ours")
    assert [each.name for each in (repository.parent / "outside").iterdir()] == ["file"]
    assert (repository.parent / "outside" / "file").read_bytes() == b"theirs"


def test_a_hard_link_is_replaced_and_a_fifo_refused(repository: Path) -> None:
    os.link(repository.parent / "outside" / "file", repository / "hard")
    replace_below(str(repository), "hard", b"ours", 0o4640)
    assert (repository / "hard").read_bytes() == b"ours"
    assert (repository / "hard").stat().st_mode & 0o7777 == 0o640
    assert (repository.parent / "outside" / "file").read_bytes() == b"theirs"
    os.mkfifo(repository / "pipe")
    with pytest.raises(OSError, match="No such device"):
        replace_below(str(repository), "pipe", b"ours")
    assert sorted(os.listdir(repository)) == [".git", "hard", "pipe"]
