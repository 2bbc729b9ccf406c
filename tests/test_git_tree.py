"""Reading a git revision: exactly its files, without touching the working tree."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from wakagitops.core.errors import ToolError, UsageError
from wakagitops.sources.git import RevisionTree
from wakagitops.yaml.limits import MAX_BYTES


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


def test_every_process_has_its_own_answers(repository: Path) -> None:
    with RevisionTree(str(repository / "sub"), "main") as tree:
        tree.read("configs/imprenta-sol.yaml")
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            # Asking in both processes at once must not mix the answers.
            os.write(writer, tree.read("configs/costa/papelería ñ.yaml"))
            os._exit(0)
        os.close(writer)
        assert tree.read("configs/imprenta-sol.yaml") == b"shop: imprenta-sol\n"
        assert os.read(reader, 100) == b"shop: x\r\n\xff"
        os.close(reader)
        os.waitpid(child, 0)


def test_a_path_that_looks_like_a_pattern_is_itself(repository: Path) -> None:
    odd = repository / "sub[1]*" / ":(top)configs"
    odd.mkdir(parents=True)
    (odd / "imprenta-sol.yaml").write_text("shop: odd\n")
    _git(repository, "add", ".")
    _git(repository, "commit", "-q", "-m", "odd")
    with RevisionTree(str(repository / "sub[1]*"), "main") as tree:
        assert list(tree.walk(":(top)configs")) == [":(top)configs/imprenta-sol.yaml"]
        assert tree.read(":(top)configs/imprenta-sol.yaml") == b"shop: odd\n"


def test_settings_of_git_s_that_change_what_it_prints_do_not_matter(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config"
    config.write_text(
        "[core]\n\tquotePath = true\n\tautocrlf = true\n\tpager = false\n[color]\n\tui = always\n"
        "[alias]\n\tls-tree = !false\n\tcat-file = !false\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_ICASE_PATHSPECS", "1")
    with RevisionTree(str(repository / "sub"), "main") as tree:
        assert "configs/costa/papelería ñ.yaml" in set(tree.walk("configs"))
        assert tree.read("configs/imprenta-sol.yaml") == b"shop: imprenta-sol\n"


def test_filters_of_the_repository_do_not_run(repository: Path, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    _git(repository, "config", "filter.evil.smudge", f"touch {ran}; cat")
    (repository / ".gitattributes").write_text("*.yaml filter=evil text eol=crlf\n")
    _git(repository, "add", ".gitattributes")
    _git(repository, "commit", "-q", "-m", "attributes")
    with RevisionTree(str(repository / "sub"), "main") as tree:
        assert tree.read("configs/imprenta-sol.yaml") == b"shop: imprenta-sol\n"
    assert not ran.exists()


def test_the_working_tree_and_the_index_stay_as_they_are(repository: Path) -> None:
    (repository / "sub" / "configs" / "imprenta-sol.yaml").write_text("shop: staged\n")
    _git(repository, "add", ".")
    index = (repository / ".git" / "index").read_bytes()
    with RevisionTree(str(repository / "sub"), "HEAD") as tree:
        assert list(tree.walk("configs"))
        assert tree.read("configs/imprenta-sol.yaml") == b"shop: imprenta-sol\n"
    assert (repository / ".git" / "index").read_bytes() == index
    assert _git(repository, "diff", "--cached", "--name-only") == "sub/configs/imprenta-sol.yaml"


def test_a_partial_clone_fetches_nothing(repository: Path, tmp_path: Path) -> None:
    _git(repository, "config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "partial"
    _git(tmp_path, "clone", "-q", "--no-checkout", "--filter=blob:none", repository.as_uri(), str(clone))
    with RevisionTree(str(clone), "origin/main") as tree:
        assert "sub/configs/imprenta-sol.yaml" in set(tree.walk(""))
        with pytest.raises(ToolError, match="partial clone"):
            tree.read("sub/configs/imprenta-sol.yaml")
    assert len(list((clone / ".git" / "objects" / "pack").glob("*.pack"))) == 1


def test_a_shallow_clone_says_why_it_lacks_a_revision(repository: Path, tmp_path: Path) -> None:
    (repository / "other.yaml").write_text("shop: later\n")
    _git(repository, "commit", "-q", "-am", "two")
    clone = tmp_path / "shallow"
    _git(tmp_path, "clone", "-q", "--depth=1", repository.as_uri(), str(clone))
    with pytest.raises(UsageError, match="fetch-depth"):
        RevisionTree(str(clone), "HEAD~1")
