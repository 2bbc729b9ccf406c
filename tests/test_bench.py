"""The fleets that the measurements run on are what they claim to be."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from bench import fleet


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not() -> None:
    assert list(fleet.generate(300)) == list(fleet.generate(300))
    assert list(fleet.generate(300)) != list(fleet.generate(300, seed=7))


def test_a_larger_fleet_begins_with_the_smaller_one() -> None:
    smaller = {file.path: file for file in fleet.generate(150)}
    larger = {file.path: file for file in fleet.generate(1500)}
    assert smaller.items() <= larger.items()


def test_shops_are_as_many_and_as_long_as_asked() -> None:
    files = list(fleet.generate(2000))
    shops = [file for file in files if file.path.startswith("configs/") and "/_" not in file.path]
    assert len(shops) == 2000
    assert len({file.path for file in files}) == len(files)
    assert len({Path(file.path).stem for file in shops}) == 2000
    lengths = [file.text.count("\n") for file in shops]
    assert min(lengths) >= 30
    assert max(lengths) <= 45


def test_every_chain_of_defaults_is_there_before_its_shops() -> None:
    written: set[str] = set()
    for file in fleet.generate(400):
        if "/_" not in file.path and file.path.endswith(".yaml"):
            for folder in list(Path(file.path).parents)[:3]:
                assert f"{folder.as_posix()}/_defaults.yaml" in written
        written.add(file.path)


@pytest.mark.parametrize(("share", "wrong"), [(0, 0), (0.08, 160), (0.5, 1000), (1, 2000)])
def test_the_share_of_mistakes_is_exact(share: float, wrong: int) -> None:
    kinds = Counter(file.mistake for file in fleet.generate(2000, mistakes=share) if file.mistake)
    assert kinds.total() == wrong
    if wrong:
        assert set(kinds) == set(fleet.MISTAKES)
        assert max(kinds.values()) - min(kinds.values()) <= 1


def test_a_mistake_changes_the_file_and_only_a_broken_quote_breaks_the_yaml() -> None:
    sound = {file.path: file.text for file in fleet.generate(2000, mistakes=0)}
    for file in fleet.generate(2000, mistakes=1):
        if file.mistake:
            assert file.text != sound[file.path], file.mistake
        if file.mistake == "a quote left open":
            with pytest.raises(yaml.YAMLError):
                yaml.safe_load(file.text)
        elif file.path.endswith(".yaml"):
            assert isinstance(yaml.safe_load(file.text), dict), file.mistake


def test_a_readable_fleet_has_as_many_mistakes_and_none_that_breaks_the_yaml() -> None:
    kinds = Counter(file.mistake for file in fleet.generate(2000, readable=True) if file.mistake)
    assert kinds.total() == 160
    assert set(kinds) == set(fleet.MISTAKES) - fleet.UNREADABLE


def test_shop_ids_fit_a_host_name_label() -> None:
    for file in fleet.generate(50_000, mistakes=0):
        if file.path.endswith(".yaml") and "/_" not in file.path:
            stem = Path(file.path).stem
            assert re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])", stem), stem


def test_the_command_writes_the_fleet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "fleet"
    assert fleet.main([str(folder), "--shops", "100"]) == 0
    assert "100 shops, 8 with a mistake" in capsys.readouterr().out
    written = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert written == {file.path: file.text for file in fleet.generate(100)}
