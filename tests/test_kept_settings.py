"""A parsed wakagitops.toml is kept by its text, and never says anything that the file does not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench import fleet as fleets
from tests.cache_case import kept_in

KEPT = "settings"
SETTINGS = '[severity]\n"contact" = "{severity}"\n'


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    folder = tmp_path / "fleet"
    fleets.write(folder, 20, mistakes=0.5)
    (folder / "wakagitops.toml").write_text(SETTINGS.format(severity="error"), encoding="utf-8")
    return folder


def run(folder: Path, *arguments: str) -> tuple[str, bool]:
    """Return what a run says, and whether it loaded a parser of TOML."""
    code = "import sys; from wakagitops.cli.app import main; main(); print('tomllib' in sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", code, "validate", *arguments],
        cwd=folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    *lines, is_loaded = said.stdout.splitlines()
    return "\n".join(lines) + said.stderr, is_loaded == "True"


def test_the_same_text_is_not_parsed_again(fleet: Path) -> None:
    expected, _ = run(fleet)
    run(fleet)
    assert run(fleet) == (expected, False)
    assert run(fleet, "--no-cache") == (expected, True)


def test_every_edit_counts_at_once(fleet: Path) -> None:
    for severity in ("error", "note", "off", "warning", "error"):
        path = fleet / "wakagitops.toml"
        path.write_text(SETTINGS.format(severity=severity), encoding="utf-8")
        for _ in range(3):
            assert run(fleet)[0] == run(fleet, "--no-cache")[0]


@pytest.mark.parametrize(
    "text", ["root = 1979-05-27\n", "lang = nan\n", "root = \n", 'lang = "fr"\n', ""]
)
def test_what_is_wrong_is_told_each_time(fleet: Path, text: str) -> None:
    run(fleet)
    (fleet / "wakagitops.toml").write_text(text, encoding="utf-8")
    expected = run(fleet, "--no-cache")[0]
    assert [run(fleet)[0] for _ in range(3)] == [expected] * 3


def test_damage_costs_nothing_but_parsing(fleet: Path) -> None:
    run(fleet)
    expected = run(fleet)[0]
    whole = kept_in(fleet, KEPT).read_bytes()
    for data in (b"", whole[:-1], whole[:30], whole.replace(b"error", b"notes"), whole + b"{}"):
        kept_in(fleet, KEPT).write_bytes(data)
        assert run(fleet) == (expected, True)
        assert run(fleet) == (expected, False)


def test_a_command_that_keeps_nothing_begins_no_cache(fleet: Path, cache_root: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "wakagitops", "rules"], cwd=fleet, check=True, capture_output=True
    )
    assert not cache_root.exists()


def test_a_file_with_a_credential_is_not_kept(fleet: Path) -> None:
    with (fleet / "wakagitops.toml").open("a", encoding="utf-8") as file:
        file.write('[rules."contact/role-account"]\naccounts = ["AKIAIOSFODNN7EXAMPLE"]\n')
    run(fleet)
    run(fleet)
    assert not kept_in(fleet, KEPT).exists()
