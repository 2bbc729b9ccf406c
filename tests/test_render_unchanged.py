"""Where nothing changed, render renders nothing, and says and leaves what it otherwise would."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.cache_case import kept_in
from tests.known_case import NORTE, SOL, Case
from tests.render_case import git, shop_text
from wakagitops.cli import checking_run
from wakagitops.render.shops import ShopReader
from wakagitops.validate.cache_folder import CacheFolder, sealed

SETTINGS = "shops/imprenta-sol/settings.json"


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Case:
    return Case(tmp_path, monkeypatch, capsys)


@pytest.mark.parametrize(
    "arguments",
    [
        [], ["-v"], ["-q"], ["--lang", "es"], ["--format", "json"], ["--format", "github"],
        ["--format", "sarif"], ["--output", "json=report.json"], ["--check"],
        ["--check", "--format", "json"],
    ],
)  # fmt: skip
def test_a_run_that_changes_nothing_renders_nothing_and_says_the_same(
    case: Case, arguments: list[str]
) -> None:
    case.run()
    assert case.is_remembered(*arguments)


def test_a_warning_is_still_reported(case: Case) -> None:
    case.shop(SOL, email="imprenta@gmail.com")
    assert "contact/free-mail" in case.run().out
    assert case.is_remembered()
    assert "contact/free-mail" in case.run().out
    assert case.is_remembered("--strict")
    assert case.run("--strict").status == 1


def test_what_check_found_current_is_remembered(case: Case) -> None:
    case.run("--no-cache")
    assert not case.is_remembered("--check")
    assert case.is_remembered("--check")
    assert case.is_remembered()


def test_what_was_enough_for_check_is_not_enough_to_write_nothing(case: Case) -> None:
    case.run()
    (case.out / "cache-bust.json").unlink()
    assert not case.is_remembered("--check")
    assert case.is_remembered("--check")
    assert not case.is_remembered()
    assert (case.out / "cache-bust.json").exists()


def test_without_the_cache_nothing_is_remembered_or_asked(case: Case) -> None:
    case.run("--no-cache")
    assert not kept_in(case.folder).exists()
    case.run()
    before = case.rendered
    case.run("--no-cache")
    assert case.rendered == before + 1


def _same_size(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[10] ^= 1
    path.write_bytes(data)


def _link(path: Path) -> None:
    """Put a link to the thing itself in its place: nothing else tells it from before."""
    elsewhere = path.parents[len(path.parts) - path.parts.index("dist") - 1] / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(os.path.relpath(elsewhere, path.parent))


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _pending(out: Path) -> None:
    manifest = json.loads((out / "manifest.json").read_text())
    (out / ".manifest.pending.json").write_text(json.dumps({**manifest, "pending": [SETTINGS]}))


def _gone(out: Path) -> None:
    (out / "old").mkdir()
    manifest = {"version": 1, "environment": "old", "files": [], "retained": []}
    (out / "old" / "manifest.json").write_text(json.dumps(manifest))


TOUCHES: dict[str, Callable[[Path], object]] = {
    "edited": lambda out: (out / SETTINGS).write_text("mine"),
    "edited in the same size": lambda out: _same_size(out / SETTINGS),
    "replaced by an older one": lambda out: os.replace(out.parent / "older.json", out / SETTINGS),
    "removed": lambda out: (out / SETTINGS).unlink(),
    "touched": lambda out: (out / SETTINGS).touch(),
    "opened to strangers": lambda out: (out / SETTINGS).chmod(0o666),
    "a link to a file": lambda out: _link(out / SETTINGS),
    "a link to a folder": lambda out: _link(out / "shops" / SOL),
    "a link to a folder of folders": lambda out: _link(out / "shops"),
    "a folder in its place": lambda out: _folder(out / SETTINGS),
    "a stranger's file": lambda out: (out / "shops" / "mine.txt").write_text("mine"),
    "a stranger's file at the top": lambda out: (out / "mine.txt").write_text("mine"),
    "no script": lambda out: shutil.rmtree(out / "public" / "assets"),
    "nothing at all": shutil.rmtree,
    "no manifest": lambda out: (out / "manifest.json").unlink(),
    "another manifest": lambda out: (out / "manifest.json").write_text('{"version": 1}'),
    "no word of caches": lambda out: (out / "cache-bust.json").unlink(),
    "another word of caches": lambda out: _same_size(out / "cache-bust.json"),
    "a run that was killed": _pending,
    "an environment that is no more": _gone,
}


@pytest.mark.parametrize("check", [[], ["--check"]], ids=["render", "check"])
@pytest.mark.parametrize("touch", TOUCHES)
def test_whatever_was_touched_is_looked_at(case: Case, touch: str, check: list[str]) -> None:
    (case.folder / "older.json").write_text("older than the deployment")
    case.run()
    assert case.is_remembered(*check)
    TOUCHES[touch](case.out)
    assert not case.is_remembered(*check)
    case.is_remembered()
    is_well = case.run().status == 0
    assert case.is_remembered() is is_well


def test_an_environment_that_comes_back_in_a_folder_that_was_there_is_found(case: Case) -> None:
    (case.out / "old").mkdir(parents=True)
    case.run()
    assert case.is_remembered()
    manifest = {"version": 1, "environment": "old", "files": [], "retained": []}
    (case.out / "old" / "manifest.json").write_text(json.dumps(manifest))
    assert not case.is_remembered()


def test_an_edit_in_the_same_tick_as_the_render_is_seen(case: Case) -> None:
    for _ in range(20):
        case.run()
        _same_size(case.out / SETTINGS)
        assert case.run("--check").status == 1


def test_where_the_clock_stands_still_nothing_is_remembered(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CacheFolder, "clock", lambda *_: os.stat(case.folder).st_ctime_ns)
    case.run()
    assert not case.is_remembered()


@pytest.mark.parametrize(
    "arguments",
    [["--target", "settings"], ["--out", "./dist"], ["--previous", "applied.json"]],
    ids=lambda arguments: arguments[0],
)
def test_another_command_line_is_another_deployment(case: Case, arguments: list[str]) -> None:
    case.run()
    shutil.copy(case.out / "cache-bust.json", case.folder / "applied.json")
    assert not case.is_remembered(*arguments)
    assert case.is_remembered(*arguments)
    assert not case.is_remembered()


def test_a_state_before_that_changes_is_read_again(case: Case) -> None:
    applied = case.folder / "applied.json"
    case.run()
    shutil.copy(case.out / "cache-bust.json", applied)
    case.run("--previous", "applied.json")
    assert case.is_remembered("--previous", "applied.json")
    text = applied.read_text()
    applied.write_text(text.replace("/aviso-legal", "/aviso-lega1"))
    assert not case.is_remembered("--previous", "applied.json")
    assert "aviso-lega1" in case.run("--previous", "applied.json").out
    applied.write_text("{}")
    assert case.run("--previous", "applied.json").status == 2
    applied.unlink()
    assert case.run("--previous", "applied.json").status == 2


def test_a_revision_that_moves_is_another_state_before(case: Case) -> None:
    git(case.folder, "init", "-q")
    git(case.folder, "config", "user.email", "tests@example.org")
    git(case.folder, "config", "user.name", "tests")
    git(case.folder, "add", "configs")
    git(case.folder, "commit", "-qm", "one")
    case.shop(SOL, email="hola@imprenta-sol.es")
    case.run("--base", "HEAD")
    assert case.is_remembered("--base", "HEAD")
    git(case.folder, "commit", "-qam", "two")
    assert not case.is_remembered("--base", "HEAD")
    assert case.is_remembered("--base", "HEAD")
    assert case.run("--base", "nowhere").status == 2


def test_other_options_are_another_deployment(case: Case) -> None:
    case.run()
    (case.folder / "wakagitops.toml").write_text('targets = ["settings", "public", "env"]\n')
    assert not case.is_remembered()
    assert case.is_remembered()
    (case.folder / "wakagitops.toml").write_text('targets = ["settings", "none"]\n')
    assert case.run().status == 2


def test_another_template_is_another_deployment(case: Case) -> None:
    templates = case.folder / "templates"
    templates.mkdir()
    (templates / "target.toml").write_text(
        '[[files]]\ntemplate = "a.j2"\npath = "a/{shop}.json"\nescape = "json"\n'
    )
    (templates / "a.j2").write_text("[{{ shop }}]\n")
    (case.folder / "wakagitops.toml").write_text(
        'targets = ["mine"]\n[team_targets]\nmine = "templates"\n'
    )
    assert case.run().status == 0
    assert case.is_remembered()
    (templates / "a.j2").write_text("[{{ url }}]\n")
    assert not case.is_remembered()
    assert case.is_remembered()
    (templates / "target.toml").unlink()
    assert case.run().status == 2


def test_another_tool_is_another_deployment(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    case.run()
    monkeypatch.setattr(checking_run, "tool_digest", lambda _: "another")
    assert not case.is_remembered()


def test_settings_that_change_while_they_are_rendered_are_not_taken_for_those_that_were_checked(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = ShopReader.read

    def late(reader: ShopReader, paths: Sequence[str]) -> object:
        case.shop(SOL, sender="Otra")
        return read(reader, paths)

    with monkeypatch.context() as patch:
        patch.setattr(ShopReader, "read", late)
        case.run()
    case.shop(SOL)
    assert not case.is_remembered()


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut": lambda data: data[: len(data) // 2],
    "cut at a line": lambda data: data[: data.rindex(b"\n", 0, -1) + 1],
    "only its head": lambda data: data[:22],
    "noise": lambda _: random.Random(1).randbytes(500),
    "one byte": lambda data: data.replace(b"dist", b"dust"),
    "nothing in it": lambda data: data[:22] + sealed(data[22:54], b"[]"),
    "something else in it": lambda data: data[:22] + sealed(data[22:54], b"[1, 2, 3, 4, 5, 6, 7]"),
    "too deep": lambda data: data[:22] + sealed(data[22:54], b"[" * 100_000),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_record_is_none(case: Case, damage: str) -> None:
    case.run()
    record = kept_in(case.folder, "rendered")
    record.write_bytes(DAMAGES[damage](record.read_bytes()))
    assert not case.is_remembered()
    assert case.is_remembered()


def test_a_record_that_leads_elsewhere_is_not_followed(case: Case, tmp_path: Path) -> None:
    case.run()
    record = kept_in(case.folder, "rendered")
    record.rename(tmp_path / "outside")
    record.symlink_to(tmp_path / "outside")
    outside = (tmp_path / "outside").read_bytes()
    assert not case.is_remembered()
    assert (tmp_path / "outside").read_bytes() == outside


def test_a_cache_that_cannot_be_written_is_no_obstacle(case: Case, cache_root: Path) -> None:
    cache_root.write_text("a file in the way")
    expected, done = case.afresh(), case.run()
    assert done.error.startswith("wakagitops: no cache: ")
    assert done._replace(error=done.error.partition("\n")[2]) == expected


def test_environments_are_remembered_apart(case: Case) -> None:
    shutil.rmtree(case.folder / "configs")
    (case.folder / "wakagitops.toml").write_text('environments = ["staging", "production"]\n')
    for environment in ("staging", "production"):
        (case.folder / "configs" / environment).mkdir(parents=True)
        (case.folder / "configs" / environment / f"{SOL}.yaml").write_text(shop_text(SOL))
    case.run()
    assert case.is_remembered("-v")
    assert case.is_remembered("--format", "json")
    _same_size(case.out / "production" / SETTINGS)
    assert not case.is_remembered()
    assert case.is_remembered()
    _pending(case.out / "staging")
    assert not case.is_remembered()
    assert case.is_remembered()
    _link(case.out / "staging")
    assert not case.is_remembered()


def test_a_run_without_changes_loads_neither_yaml_nor_templates(case: Case) -> None:
    case.run()
    code = "import sys; from wakagitops.cli.app import main; main(['render']); print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=case.folder, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"yaml", "jinja2", "wakagitops.render.pipeline", "wakagitops.render.targets"} & {*loaded}


def _edit(case: Case, chance: random.Random) -> None:
    """Change the settings or the output folder, as people do."""
    files = sorted(path for path in case.out.rglob("*") if path.is_file())
    match chance.randrange(9):
        case 0:
            case.shop(chance.choice([SOL, NORTE, "nueva"]), sender=f"Imprenta {chance.random()}")
        case 1:
            case.shop(SOL, email=f"{chance.choice(['contacto', 'hola', 'info'])}@{SOL}.es")
        case 2:
            (case.folder / "configs" / "nueva.yaml").unlink(missing_ok=True)
        case 3:
            (case.out / f"mine-{chance.randrange(3)}").mkdir(parents=True, exist_ok=True)
        case 4:
            targets = chance.sample(["settings", "public", "env"], 2)
            (case.folder / "wakagitops.toml").write_text(f"targets = {json.dumps(targets)}\n")
        case 5 if (case.out / "cache-bust.json").exists():
            shutil.copy(case.out / "cache-bust.json", case.folder / "applied.json")
        case 6 if files:
            chance.choice(files).unlink()
        case 7 if files:
            file = chance.choice(files)
            file.write_bytes(file.read_bytes()[::-1])
        case _ if files:
            chance.choice(files).touch()


@pytest.mark.parametrize("seed", range(3))
def test_any_edits_leave_what_a_run_without_a_cache_leaves(case: Case, seed: int) -> None:
    """Settings and output are edited in any order, and rendered in different ways."""
    chance = random.Random(seed)
    remembered = 0
    for _ in range(40):
        if chance.random() < 0.6:
            _edit(case, chance)
        arguments = chance.choice([[], ["--format", "json"], ["-v"], ["--check"]])
        if (case.folder / "applied.json").exists() and chance.random() < 0.5:
            arguments = [*arguments, "--previous", "applied.json"]
        remembered += case.is_remembered(*arguments)
    assert remembered > 3
