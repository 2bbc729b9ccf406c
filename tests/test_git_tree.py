"""Reading a git revision: exactly its files, without touching the working tree."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from wakagitops.core.errors import ToolError, UsageError
from wakagitops.reading.git import RevisionTree
from wakagitops.reading.yaml_reader import MAX_BYTES


def _git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repo"
    configs = root / "sub" / "configs"
    (configs / "costa").mkdir(parents=True)
    (configs / ".git-ish").mkdir()
    (configs / "imprenta-sol.yaml").write_text("shop: imprenta-sol\n")
    (configs / "costa" / "papelería ñ.yaml").write_bytes(b"shop: x\r\n\xff")
    (configs / "large.yaml").write_bytes(b"x" * (MAX_BYTES * 3))
    (configs / "empty.yaml").write_bytes(b"")
    (configs / "link.yaml").symlink_to("imprenta-sol.yaml")
    (configs / ".git-ish" / "hidden.yaml").write_text("shop: hidden\n")
    (root / "other.yaml").write_text("shop: other\n")
    _git(root, "init", "-q", "-b", "main")
    _git(root, "add", ".")
    _git(root, "-c", "core.autocrlf=false", "commit", "-q", "-m", "one")
    return root


def test_it_has_the_files_of_the_revision_and_no_others(repository: Path) -> None:
    (repository / "sub" / "configs" / "imprenta-sol.yaml").write_text("shop: changed\n")
    (repository / "sub" / "configs" / "new.yaml").write_text("shop: new\n")
    with RevisionTree(str(repository / "sub"), "main") as tree:
        assert sorted(tree.walk("configs")) == [
            "configs/costa/papelería ñ.yaml",
            "configs/empty.yaml",
            "configs/imprenta-sol.yaml",
            "configs/large.yaml",
        ]
        assert tree.read("configs/imprenta-sol.yaml") == b"shop: imprenta-sol\n"
        assert len(tree.read("configs/large.yaml")) == MAX_BYTES + 1
        assert tree.read("configs/empty.yaml") == b""
        assert tree.read("configs/costa/papelería ñ.yaml") == b"shop: x\r\n\xff"
        with pytest.raises(FileNotFoundError):
            tree.read("configs/new.yaml")
    assert (repository / "sub" / "configs" / "imprenta-sol.yaml").read_text() == "shop: changed\n"


def test_the_whole_repository_and_older_revisions(repository: Path) -> None:
    first = _git(repository, "rev-parse", "HEAD")
    (repository / "other.yaml").write_text("shop: later\n")
    _git(repository, "commit", "-q", "-am", "two")
    for name in ("main~1", first, first[:8]):
        with RevisionTree(str(repository), name) as tree:
            assert tree.read("other.yaml") == b"shop: other\n"
            assert "sub/configs/imprenta-sol.yaml" in set(tree.walk(""))


def test_a_folder_that_the_revision_does_not_have_is_empty(repository: Path) -> None:
    (repository / "later").mkdir()
    with RevisionTree(str(repository / "later"), "main") as tree:
        assert list(tree.walk("configs")) == []


@pytest.mark.parametrize("revision", ["nowhere", "", "--help", "main:sub", "main^9", "a b", "-q"])
def test_a_revision_that_does_not_exist_is_wrong_usage(repository: Path, revision: str) -> None:
    with pytest.raises(UsageError):
        RevisionTree(str(repository), revision)


def test_a_folder_outside_git_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(ToolError):
        RevisionTree(str(tmp_path), "main")


def test_no_git_at_all_is_told(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(ToolError):
        RevisionTree(str(repository), "main")


def test_a_hook_s_variables_do_not_lead_astray(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", "nowhere")
    with RevisionTree(str(repository / "sub"), "main") as tree:
        assert tree.read("configs/imprenta-sol.yaml") == b"shop: imprenta-sol\n"
