"""Git is asked for the real repository, for commits alone, and for names that a checkout can have."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli_case import ERROR, SOL, cli, write
from wakagitops.core.errors import UsageError
from wakagitops.plan.revisions import copy_folder
from wakagitops.sources.git import RevisionTree, is_safe_name

INSTALLED = str(Path(sys.executable).with_name("wakagitops"))


def _git(folder: Path, *arguments: str, stdin: bytes = b"") -> str:
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        input=stdin,
        check=True,
        capture_output=True,
    )
    return done.stdout.decode().strip()


def _commit(folder: Path, message: str = "a change") -> None:
    _git(folder, "add", "-A")
    _git(folder, "commit", "-q", "-m", message)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    folder = tmp_path / "clone"
    write(folder, "mail/wakagitops.toml", "")
    write(folder, "mail/configs/imprenta-sol.yaml", SOL)
    _git(folder, "init", "-q", "-b", "main")
    _commit(folder)
    return folder


def _embed(folder: Path, config: str) -> None:
    """Make a folder look like a bare repository whose ``main`` holds what the folder holds now."""
    _git(folder, "init", "-q", "-b", "main", "--separate-git-dir", str(folder / "bare"))
    (folder / ".git").unlink()
    for part in (folder / "bare").iterdir():
        part.rename(folder / part.name)
    (folder / "bare").rmdir()
    named = (f"--git-dir={folder}", f"--work-tree={folder}")
    _git(folder, *named, "add", "configs", "wakagitops.toml")
    _git(folder, *named, "commit", "-q", "-m", "forged")
    (folder / "config").write_text(config, encoding="utf-8")


@pytest.mark.parametrize(
    "config", ["[core]\n\tbare = true\n", "[core]\n\tbare = false\n\tworktree = .\n"]
)
def test_a_bare_repository_in_the_tree_does_not_answer_for_the_real_one(
    clone: Path, config: str
) -> None:
    mail = clone / "mail"
    write(clone, "mail/configs/imprenta-sol.yaml", ERROR)
    _embed(mail, config)
    since = cli(mail, "validate", "--since", "main", "--format", "json")
    assert since.returncode == 1, since.stderr
    assert "address/no-reply" in since.stdout
    plan = cli(mail, "plan", "--base", "main", "--format", "json")
    assert '"shop":"imprenta-sol"' in plan.stdout.replace(": ", ":"), (plan.stdout, plan.stderr)
    policy = cli(mail, "validate", "--policy-from", "main")
    assert "address/no-reply" in policy.stdout


def test_a_repository_without_a_working_tree_in_no_checkout_is_none_beside_settings(
    tmp_path: Path,
) -> None:
    """As in a checkout that was downloaded as an archive."""
    write(tmp_path, "mail/wakagitops.toml", "")
    write(tmp_path, "mail/configs/imprenta-sol.yaml", ERROR)
    _embed(tmp_path / "mail", "[core]\n\tbare = true\n")
    done = cli(tmp_path / "mail", "validate", "--since", "main")
    assert (done.returncode, done.stdout) == (4, "")


@pytest.mark.parametrize(
    "revision",
    [
        "-q", "--help", "^main", "main..main", "main...main", "main@{0}", "@{-1}", "@{upstream}",
        "main:mail", ":0:mail/wakagitops.toml", ":/change", "main\n", "a\nb", "", "nowhere", "blob",
        "tree", "tag-of-tree", "main^{tree}", "main^{blob}",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "command",
    [
        ("validate", "--since={}"),
        ("validate", "--policy-from={}"),
        ("plan", "--base={}"),
        ("plan", "--base=main", "--head={}"),
        ("render", "--base={}"),
    ],
    ids=" ".join,
)
def test_what_names_no_commit_is_wrong_usage(
    clone: Path, revision: str, command: tuple[str, ...], capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from wakagitops.cli.app import main  # noqa: PLC0415

    _git(clone, "tag", "blob", _git(clone, "rev-parse", "main:mail/wakagitops.toml"))
    _git(clone, "tag", "tree", _git(clone, "rev-parse", "main^{tree}"))
    _git(clone, "tag", "-a", "-m", "x", "tag-of-tree", "tree")
    monkeypatch.chdir(clone / "mail")
    status = main([part.replace("{}", revision) for part in command])
    told = capfd.readouterr().err
    assert status == 2, told
    assert "revision" in told or "is no commit" in told


@pytest.mark.parametrize("revision", ["main", "HEAD", "HEAD~1", "HEAD^", "v1", "feature/a.b", "main^0"])
def test_the_usual_names_of_commits_are_taken(clone: Path, revision: str) -> None:
    _git(clone, "commit", "-q", "--allow-empty", "-m", "two")
    _git(clone, "tag", "-a", "-m", "x", "v1")
    _git(clone, "branch", "feature/a.b")
    with RevisionTree(str(clone / "mail"), revision) as tree:
        assert list(tree.walk("configs")) == ["configs/imprenta-sol.yaml"]


def _entry(mode: str, name: bytes, digest: str) -> bytes:
    return mode.encode() + b" " + name + b"\0" + bytes.fromhex(digest)


def _forge(clone: Path, *entries: bytes) -> str:
    """Return a commit whose folder ``configs`` holds the entries, sorted or not."""
    literally = ("hash-object", "-t", "tree", "--literally", "-w", "--stdin")
    inner = _git(clone, *literally, stdin=b"".join(entries))
    outer = _git(clone, *literally, stdin=_entry("40000", b"configs", inner))
    return _git(clone, "commit-tree", "-m", "forged", outer)


@pytest.mark.parametrize(
    "name", [b"..", b".", b".git", b".GIT", b"/etc/x.yaml", b"a/b.yaml", b"../../x.yaml", b"", b"a/"]
)
@pytest.mark.parametrize("mode", ["100644", "40000", "120000"])
def test_a_name_that_no_checkout_can_have_is_refused(
    clone: Path, tmp_path: Path, name: bytes, mode: str
) -> None:
    blob = _git(clone, "hash-object", "-w", "--stdin", stdin=SOL.encode())
    tree = _git(clone, "rev-parse", "main:mail/configs")
    commit = _forge(clone, _entry(mode, name, tree if mode == "40000" else blob))
    target = tmp_path / "out" / "copy"
    target.mkdir(parents=True)
    with RevisionTree(str(clone), commit) as forged, pytest.raises(UsageError):
        copy_folder(forged, "configs", str(target))
    assert sorted((tmp_path / "out").rglob("*")) == [target]


def test_links_and_submodules_of_a_revision_are_left_out(clone: Path, tmp_path: Path) -> None:
    blob = _git(clone, "hash-object", "-w", "--stdin", stdin=b"/etc")
    commit = _forge(
        clone,
        _entry("120000", b"folder", blob),
        _entry("120000", b"link.yaml", blob),
        _entry("160000", b"module", _git(clone, "rev-parse", "main")),
        _entry("100644", b"sol\nluna\\.yaml", blob),
    )
    with RevisionTree(str(clone), commit) as tree:
        assert list(tree.walk("configs")) == ["configs/sol\nluna\\.yaml"]
        assert tree.is_link("configs/link.yaml")
        with pytest.raises(FileNotFoundError):
            tree.read("configs/folder/passwd")
        copy_folder(tree, "configs", str(tmp_path / "copy"))
    assert [path.name for path in (tmp_path / "copy/configs").iterdir()] == ["sol\nluna\\.yaml"]


def test_an_entry_of_another_kind_and_a_name_that_stands_twice_are_refused(clone: Path) -> None:
    blob = _git(clone, "hash-object", "-w", "--stdin", stdin=SOL.encode())
    tree = _git(clone, "rev-parse", "main:mail/configs")
    for entries in (
        (_entry("40000", b"a", blob),),
        (_entry("100644", b"a", blob), _entry("40000", b"a", tree)),
    ):
        with RevisionTree(str(clone), _forge(clone, *entries)) as forged, pytest.raises(UsageError):
            list(forged.walk("configs"))
    commit = _forge(clone, _entry("100644", b"a.yaml", tree))
    with RevisionTree(str(clone), commit) as forged, pytest.raises(UsageError):
        forged.read("configs/a.yaml")


def test_a_tree_that_repeats_itself_without_end_is_refused(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wakagitops.sources.git._MAX_FILES", 1000)
    tree = _git(clone, "rev-parse", "main:mail/configs")
    for _ in range(20):
        entries = b"".join(_entry("40000", b"%d" % number, tree) for number in range(10))
        tree = _git(clone, "hash-object", "-t", "tree", "-w", "--stdin", stdin=entries)
    commit = _forge(clone, _entry("40000", b"bomb", tree))
    with RevisionTree(str(clone), commit) as bomb, pytest.raises(UsageError):
        list(bomb.walk("configs"))


def test_windows_has_more_names_that_lead_elsewhere() -> None:
    for name in (b"a\\b", b"..\\x", b"C:x", b"x.yaml:stream"):
        assert is_safe_name(name, windows=False)
        assert not is_safe_name(name, windows=True)


HOOK = f"#!/bin/sh\nenv | grep ^GIT_ > \"$SEEN\"\ncd mail\nexec '{INSTALLED}' validate --since main\n"


@pytest.mark.parametrize("kind", ["clone", "worktree", "submodule"])
def test_a_real_hook_judges_the_repository_of_its_commit(clone: Path, tmp_path: Path, kind: str) -> None:
    folder = clone
    if kind == "worktree":
        folder = tmp_path / "linked"
        _git(clone, "worktree", "add", "-q", "-b", "other", str(folder))
    elif kind == "submodule":
        outer = tmp_path / "outer"
        outer.mkdir()
        _git(outer, "init", "-q")
        allow = ("-c", "protocol.file.allow=always")
        _git(outer, *allow, "submodule", "add", "-q", str(clone), "inner")
        folder = outer / "inner"
    hooks = tmp_path / "hooks"
    write(hooks, "pre-commit", HOOK).chmod(0o755)
    _git(folder, "config", "core.hooksPath", str(hooks))
    variables = {**os.environ, "SEEN": str(tmp_path / "seen")}

    def commit(text: str) -> subprocess.CompletedProcess[str]:
        write(folder, "mail/configs/imprenta-sol.yaml", text)
        return subprocess.run(
            ["git", "commit", "-q", "-a", "-m", "x"],
            cwd=folder, env=variables, capture_output=True, text=True, check=False,
        )  # fmt: skip

    bad = commit(ERROR)
    assert bad.returncode == 1
    assert "address/no-reply" in bad.stdout + bad.stderr
    assert "GIT_INDEX_FILE=" in (tmp_path / "seen").read_text()
    good = commit(SOL.replace("contacto@", "info@"))
    assert good.returncode == 0, good.stderr


def test_variables_of_another_repository_do_not_act(
    clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    write(other, "x", "")
    _git(other, "init", "-q", "-b", "main")
    _commit(other)
    ran = tmp_path / "ran"
    program = write(tmp_path, "program", f"#!/bin/sh\n: > '{ran}'\n")
    program.chmod(0o755)
    for name in ("GIT_DIR", "GIT_COMMON_DIR"):
        monkeypatch.setenv(name, str(other / ".git"))
    for name in ("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"):
        monkeypatch.setenv(name, str(other / ".git/objects"))
    for name in ("GIT_EXTERNAL_DIFF", "GIT_PAGER", "GIT_SSH_COMMAND", "GIT_ASKPASS", "GIT_EDITOR"):
        monkeypatch.setenv(name, str(program))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", "nowhere")
    monkeypatch.setenv("GIT_NAMESPACE", "nowhere")
    for setting in ("core.fsmonitor", "core.pager", "core.sshCommand", "diff.external"):
        subprocess.run(
            ["git", "config", "--file", str(clone / ".git/config"), setting, str(program)], check=True
        )
    with RevisionTree(str(clone / "mail"), "main") as tree:
        assert list(tree.walk("configs")) == ["configs/imprenta-sol.yaml"]
        assert tree.read("configs/imprenta-sol.yaml") == SOL.encode()
    assert not ran.exists()


def test_a_server_s_hook_names_a_bare_repository(
    clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = tmp_path / "bare.git"
    _git(tmp_path, "clone", "-q", "--bare", str(clone), str(bare))
    monkeypatch.chdir(bare)
    monkeypatch.setenv("GIT_DIR", ".")
    with RevisionTree(str(bare), "main") as tree:
        assert tree.is_bare
        assert list(tree.walk("mail/configs")) == ["mail/configs/imprenta-sol.yaml"]


def test_a_folder_below_an_empty_git_folder_belongs_to_the_repository_above(clone: Path) -> None:
    (clone / "mail/.git").mkdir()
    with RevisionTree(str(clone / "mail"), "main") as tree:
        assert list(tree.walk("configs")) == ["configs/imprenta-sol.yaml"]


@pytest.mark.parametrize("place", [".", "..", "../..", "/"])
def test_a_working_tree_set_elsewhere_moves_no_file(clone: Path, place: str) -> None:
    _git(clone, "config", "core.worktree", place)
    with RevisionTree(str(clone / "mail"), "main") as tree:
        assert list(tree.walk("configs")) == ["configs/imprenta-sol.yaml"]
