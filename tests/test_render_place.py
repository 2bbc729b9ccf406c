"""Where ``render`` may write and what it removes, in a clone whose author plants links and manifests."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.cli_case import SOL, cli, write
from tests.deployment_case import plain_files
from tests.want_case import want_of
from wakagitops.core.errors import ToolError
from wakagitops.render import transaction
from wakagitops.render.manifest import shape

SETTINGS = "shops/imprenta-sol/settings.json"


def _git(folder: Path, *arguments: str) -> None:
    names = ("-c", "user.name=x", "-c", "user.email=x@x")
    subprocess.run(["git", "-C", str(folder), *names, *arguments], check=True, capture_output=True)


def _everything(folder: Path) -> dict[str, Any]:
    """Return all below a folder, git's files too: bytes, links, modes."""
    found: dict[str, Any] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = os.readlink(path)
        else:
            found[name] = (path.stat().st_mode, path.read_bytes() if path.is_file() else None)
    return found


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    source = tmp_path / "source"
    write(source, "configs/imprenta-sol.yaml", SOL)
    write(source, "wakagitops.toml", "")
    write(source, "schema/mail-settings-file.schema.json", "{}")
    _git(tmp_path, "init", "--quiet", "source")
    _git(source, "add", "--all")
    _git(source, "commit", "--quiet", "--message", "x")
    made = tmp_path / "outer" / "clone"
    made.parent.mkdir()
    subprocess.run(["git", "clone", "--quiet", str(source), str(made)], check=True)
    return made


def _forge(folder: Path, clone: Path, *paths: str, name: str = "manifest.json") -> None:
    """Write a manifest that names files of the clone with their true digests, relative to a folder."""
    entries = []
    for path in paths:
        data = (folder / path).read_bytes()
        entries.append({
            "path": path, "sha256": sha256(data).hexdigest(), "bytes": len(data), "mode": "0644",
            "shop": "", "target": "settings",
        })  # fmt: skip
    document = {"version": 1, "environment": "", "files": entries, "retained": []}
    if name != "manifest.json":
        document["pending"] = sorted(paths)
        document["writing"] = entries
    write(folder, name, json.dumps(document))


PLACES = (
    ".", "./", "..", "../..", "/", "configs", "configs/", "configs/dist", "./dist/../configs", "CONFIGS",
    "Configs/x", ".git", ".git/", ".GIT", ".Git/hooks", ".git/dist", "dist/.git", "sub/.git/x", ".git.",
    "schema", "schema/dist", "configs/..", "dist/..", "../clone", "../CLONE", "git~1",
)  # fmt: skip


@pytest.mark.parametrize("out", PLACES)
@pytest.mark.parametrize("check", [(), ("--check",)], ids=["render", "check"])
def test_a_place_that_is_taken_is_refused(clone: Path, out: str, check: tuple[str, ...]) -> None:
    before = _everything(clone.parent)
    run = cli(clone, "render", "--out", out, *check)
    assert (run.returncode, run.stdout) == (2, ""), run.stderr
    assert "into a folder of its own" in run.stderr
    assert "Traceback" not in run.stderr
    spanish = cli(clone, "render", "--out", out, "--lang", "es")
    assert "una carpeta aparte" in spanish.stderr
    assert _everything(clone.parent) == before


def test_a_place_is_known_by_its_identity_too(clone: Path, tmp_path: Path) -> None:
    (tmp_path / "outer" / "other").symlink_to(clone / "configs")
    before = _everything(clone)
    run = cli(clone, "render", "--out", "../other")
    assert run.returncode == 2
    assert "../other holds configs" in run.stderr
    assert _everything(clone) == before


@pytest.mark.parametrize(
    ("link", "target", "out"),
    [
        ("dist", ".", "dist"),
        ("dist", "..", "dist"),
        ("dist", "configs", "dist"),
        ("dist", ".git", "dist"),
        ("dist", "../free", "dist"),
        ("dist", "missing", "dist"),
        ("site", "../free", "site/dist"),
        ("dist", "web", "dist/"),
    ],
)
@pytest.mark.parametrize("name", ["manifest.json", ".manifest.pending.json"])
def test_a_committed_link_is_no_output_folder(
    clone: Path, link: str, target: str, out: str, name: str
) -> None:
    (clone / "web").mkdir()
    (clone.parent / "free").mkdir()
    _forge(clone, clone, ".git/config", "configs/imprenta-sol.yaml", name=name)
    (clone / link).symlink_to(target)
    _git(clone, "add", "--all")
    _git(clone, "commit", "--quiet", "--message", "x")
    before = _everything(clone.parent)
    run = cli(clone, "render", "--out", out)
    assert (run.returncode, run.stdout) == (2, ""), run.stderr
    assert "no link is followed" in run.stderr
    assert _everything(clone.parent) == before


@pytest.mark.parametrize("folder", ["shops", "shops/imprenta-sol", "public", "public/assets"])
def test_no_folder_inside_may_be_a_link(clone: Path, folder: str) -> None:
    outside = clone.parent / "outside"
    outside.mkdir()
    place = clone / "dist" / folder
    place.parent.mkdir(parents=True)
    place.symlink_to(outside)
    before = _everything(clone)
    run = cli(clone, "render")
    assert run.returncode == 4
    assert f"dist/{folder} is in the way: it is a link" in run.stderr
    assert _everything(clone) == before
    assert not list(outside.iterdir())


@pytest.mark.parametrize("name", ["manifest.json", ".manifest.pending.json"])
def test_a_forged_manifest_removes_nothing_that_no_target_writes(clone: Path, name: str) -> None:
    """The digests are true, and the folder holds files of its own."""
    paths = ("index.html", "nested/.git/config", "app/settings.py", "shops/.git/config")
    for path in paths:
        write(clone / "web", path, "theirs")
    _forge(clone / "web", clone, *paths, name=name)
    run = cli(clone, "render", "--out", "web")
    assert run.returncode == 0, run.stderr
    assert "web/app/settings.py is kept: a manifest names it" in run.stderr
    assert "(and 3 more like it)" in run.stderr
    for path in paths:
        assert (clone / "web" / path).read_text() == "theirs"
    assert (clone / "web" / SETTINGS).exists()
    again = cli(clone, "render", "--out", "web")
    assert "is kept" not in again.stderr, "what is not ours is no longer listed"


def test_a_file_that_somebody_changed_or_linked_is_kept(clone: Path) -> None:
    write(clone, "configs/papeleria-luna.yaml", SOL.replace("imprenta-sol", "papeleria-luna"))
    assert cli(clone, "render", "--ignore", "fleet,secret").returncode == 0
    place = clone / "dist" / "shops" / "papeleria-luna" / "settings.json"
    place.write_text("mine")
    (clone / "configs" / "papeleria-luna.yaml").unlink()
    run = cli(clone, "render")
    assert run.returncode == 0, run.stderr
    assert "dist/shops/papeleria-luna/settings.json is kept" in run.stderr
    assert place.read_text() == "mine"
    spanish = cli(clone, "render", "--check", "--lang", "es")
    assert spanish.returncode == 0


def test_a_path_that_a_target_of_the_team_declares_is_followed(clone: Path) -> None:
    write(clone, "targets/relay/relay.j2", "x")
    write(
        clone,
        "targets/relay/target.toml",
        '[[files]]\ntemplate = "relay.j2"\npath = "relay/{shop}.map"\nescape = "none"\n',
    )
    both = 'targets = ["settings", "relay"]\nteam_targets = {relay = "targets/relay"}\n'
    write(clone, "wakagitops.toml", both)
    write(clone, "configs/papeleria-luna.yaml", SOL.replace("imprenta-sol", "papeleria-luna"))
    assert cli(clone, "render", "--ignore", "fleet,secret").returncode == 0
    (clone / "configs" / "papeleria-luna.yaml").unlink()
    run = cli(clone, "render")
    assert (run.returncode, "is kept" in run.stderr) == (0, False)
    assert os.listdir(clone / "dist" / "relay") == ["imprenta-sol.map"]


@pytest.mark.parametrize(
    ("path", "is_ours"),
    [
        ("shops/a/settings.json", True),
        ("public/assets/x.js", True),
        ("kubernetes/kustomization.yaml", True),
        ("relay/imprenta-sol.map", True),
        ("relay/Imprenta.map", False),
        ("relay/a/b.map", False),
        ("relay/a.map.bak", False),
        ("shops", False),
        ("configs/a.yaml", False),
        (".git/config", False),
        ("shops/.GIT/config", False),
        ("all.txt", True),
        ("allxtxt", False),
    ],
)
def test_the_shape_of_what_targets_write(path: str, *, is_ours: bool) -> None:
    assert shape(["relay/{shop}.map", "all.txt"])(path) is is_ours


def test_a_hard_linked_file_is_replaced_and_never_altered(clone: Path) -> None:
    assert cli(clone, "render").returncode == 0
    outside = clone.parent / "precious"
    outside.write_text("precious")
    place = clone / "dist" / SETTINGS
    data = place.read_bytes()
    place.unlink()
    os.link(outside, place)
    assert cli(clone, "render").returncode == 0
    assert place.read_bytes() == data
    assert outside.read_text() == "precious"


def test_temporary_names_cannot_be_foreseen_and_leftovers_go(clone: Path) -> None:
    assert cli(clone, "render").returncode == 0
    dist = clone / "dist"
    outside = clone.parent / "outside"
    outside.write_text("precious")
    left = dist / f".wakagitops-render-{'0' * 32}.tmp"
    left.write_text("half")
    link = dist / f".wakagitops-render-{'1' * 32}.tmp"
    link.symlink_to(outside)
    like = dist / ".wakagitops-render-mine.tmp"
    like.write_text("mine")
    (dist / SETTINGS).write_text("stale")
    assert cli(clone, "render").returncode == 0
    assert (left.exists(), link.is_symlink(), like.exists()) == (False, True, True)
    assert outside.read_text() == "precious"


def test_a_folder_that_becomes_a_link_between_check_and_use_leads_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each call that follows the comparison may find a link where the folder was."""
    real = transaction._bring
    outside = tmp_path / "outside"
    outside.mkdir()

    def swap(folder: Any, *rest: Any) -> None:
        shutil.rmtree(tmp_path / "dist" / "shops")
        (tmp_path / "dist" / "shops").symlink_to(outside)
        folder.forget()
        real(folder, *rest)

    transaction.write(str(tmp_path / "dist"), [want_of("", plain_files({"shops/a/x": "1"}))])
    monkeypatch.setattr(transaction, "_bring", swap)
    with pytest.raises(ToolError, match="in the way"):
        transaction.write(str(tmp_path / "dist"), [want_of("", plain_files({"shops/a/x": "2"}))])
    assert not list(outside.iterdir())


def test_an_output_folder_that_becomes_a_link_is_not_opened(clone: Path) -> None:
    outside = clone.parent / "free"
    outside.mkdir()
    (clone / "dist").symlink_to(outside)
    with pytest.raises(ToolError, match="cannot be used"):
        transaction.write(str(clone / "dist"), [want_of("", plain_files({"shops/a/x": "1"}))])
    assert not list(outside.iterdir())


def test_the_whole_repository_as_root_needs_an_excluded_output_folder(clone: Path) -> None:
    write(clone, "wakagitops.toml", 'root = "."\n')
    run = cli(clone, "render")
    assert run.returncode == 2
    assert "add it to exclude" in run.stderr
    write(clone, "wakagitops.toml", 'root = "."\nexclude = ["dist/**"]\n')
    assert cli(clone, "render", "--ignore", "fleet").returncode == 0
