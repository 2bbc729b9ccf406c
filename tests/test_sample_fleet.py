"""The sample fleet: what it shows, and that it is sound."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.schema_case import (
    EFFECTIVE,
    FILE,
    ROOT,
    admits,
)
from wakagitops.settings import cascade
from wakagitops.settings.schema import shipped_annotations
from wakagitops.yaml.parser import read


def _fleet() -> list[Path]:
    return sorted((ROOT / "configs").rglob("*.yaml"))


def _chain(shop: Path) -> list[Path]:
    folders = [folder for folder in reversed(shop.parents) if folder.is_relative_to(ROOT / "configs")]
    return [*(path for folder in folders if (path := folder / "_defaults.yaml").exists()), shop]


def test_the_sample_fleet_shows_what_settings_can_say() -> None:
    effective = {}
    for shop in _fleet():
        if shop.name.startswith("_"):
            continue
        documents = [read(path.name, path.read_bytes()) for path in _chain(shop)]
        assert all(document.root is not None and not document.problems for document in documents)
        merged = cascade.effective(documents, shipped_annotations().atomic)
        assert merged is not None
        assert admits(EFFECTIVE, merged.data), shop
        effective[shop.stem] = merged.data
    shops: list[Any] = list(effective.values())
    assert len(shops) >= 10
    assert {shop["shop"] for shop in shops} == set(effective)
    assert {path.parent.name for path in _fleet() if path.name == "_defaults.yaml"} >= {"costa", "norte"}
    accounts = [shop["notifications"]["smtp"] for shop in shops]
    kinds = {kind for account in accounts for kind in account.get("password", {})}
    assert kinds == {"env", "file", "kubernetes", "external", "vault"}
    assert any("password" not in account for account in accounts)
    assert any(isinstance(account.get("username"), dict) for account in accounts)
    assert {shop["contact"]["publish"] for shop in shops} == {"assembled", "entities", "plain"}


@pytest.mark.parametrize("path", _fleet(), ids=lambda path: path.name)
def test_a_sample_file_passes_the_schema_that_its_first_line_names(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
    assert named is not None
    assert (path.parent / named[1]).resolve() == ROOT / "schema" / FILE
    document = read(path.name, text.encode())
    assert document.root is not None
    assert admits(FILE, document.root.data)


def test_the_sample_fleet_is_sound_under_every_rule() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "wakagitops", "validate", "--strict", "--no-cache", "--format", "json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )
    assert run.stderr == ""
    report = json.loads(run.stdout)
    assert report["diagnostics"] == report["suppressed"] == []
    assert report["summary"]["files"] == len(_fleet())
    assert run.returncode == 0
