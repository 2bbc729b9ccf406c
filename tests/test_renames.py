"""Which file is which after a change: by the shop's id, by the same bytes, by most of its lines."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.repository_case import shop
from wakagitops.settings.renames import renames
from wakagitops.settings.repository import Layout, Repository
from wakagitops.sources.trees import MemoryTree

DEFAULTS = "notifications:\n  smtp:\n    host: smtp.{0}.es\n    ports: {{tls: 465}}\n"


def moved(
    before: Mapping[str, str], after: Mapping[str, str], layout: Layout | None = None
) -> dict[str, str]:
    """Return the renames between two states, with paths below ``configs``."""
    base, new = (
        Repository(
            MemoryTree({f"configs/{name}": text.encode() for name, text in files.items()}),
            layout or Layout(),
        )
        for files in (before, after)
    )
    found = renames(base, new)
    return {old.removeprefix("configs/"): now.removeprefix("configs/") for old, now in found.items()}


def edited(text: str, lines: int) -> str:
    """Return a text of which the last lines are others."""
    kept = text.splitlines()
    return "\n".join(kept[:-lines] + [f"x{number}: {number}" for number in range(lines)])


def test_nothing_moves_where_nothing_is_gone_or_nothing_is_new() -> None:
    assert moved({"aaa.yaml": shop("aaa")}, {"aaa.yaml": shop("bbb")}) == {}
    assert moved({"aaa.yaml": shop("aaa")}, {"aaa.yaml": shop("aaa"), "b/bbb.yaml": shop("aaa")}) == {}
    assert moved({"aaa.yaml": shop("aaa"), "bbb.yaml": shop("aaa")}, {"aaa.yaml": shop("aaa")}) == {}


def test_a_shop_is_known_by_its_id_whatever_its_file_says_now() -> None:
    before = {"costa/aaa.yaml": shop("aaa"), "costa/bbb.yaml": shop("bbb")}
    after = {"norte/aaa.yaml": shop("bbb"), "norte/bbb.yaml": "shop: bbb\n"}
    assert moved(before, after) == {
        "costa/aaa.yaml": "norte/aaa.yaml",
        "costa/bbb.yaml": "norte/bbb.yaml",
    }


def test_the_same_bytes_are_the_same_file() -> None:
    before = {"aaa.yaml": shop("aaa"), "bbb.yaml": shop("bbb")}
    assert moved(before, {"xxx.yaml": shop("bbb"), "yyy.yaml": shop("aaa")}) == {
        "aaa.yaml": "yyy.yaml",
        "bbb.yaml": "xxx.yaml",
    }


@pytest.mark.parametrize(("lines", "same"), [(1, True), (6, True), (7, False), (11, False)])
def test_a_renamed_file_keeps_half_of_its_lines(lines: int, *, same: bool) -> None:
    after = {"bbb.yaml": "# renombrada\n\n" + edited(shop("aaa"), lines)}
    assert moved({"aaa.yaml": shop("aaa")}, after) == ({"aaa.yaml": "bbb.yaml"} if same else {})


def test_of_several_the_likest_is_it() -> None:
    before = {f"{name}.yaml": shop(name) for name in ("aaa", "bbb", "ccc")}
    after = {f"new-{name}.yaml": edited(shop(name), 2) for name in ("ccc", "bbb", "aaa")}
    after["other.yaml"] = edited(shop("bbb"), 4)
    assert moved(before, after) == {f"{name}.yaml": f"new-{name}.yaml" for name in ("aaa", "bbb", "ccc")}


def test_what_all_files_have_in_common_says_nothing() -> None:
    common = "".join(f"common{number}: {number}\n" for number in range(20))
    before = {f"old-{number:02}.yaml": f"{common}shop: old-{number}\n" for number in range(30)}
    after = {"new.yaml": f"{common}shop: new\n"}
    assert moved(before, after) == {}
    after = {"new.yaml": f"{common}shop: old-7\nurl: x\n"}
    assert moved(before, after) == {"old-07.yaml": "new.yaml"}


def test_defaults_move_with_their_folder_by_what_they_say() -> None:
    before = {"costa/_defaults.yaml": DEFAULTS.format("a"), "norte/_defaults.yaml": DEFAULTS.format("b")}
    after = {
        "x/_defaults.yaml": DEFAULTS.format("b"),
        "y/_defaults.yaml": "# y\n" + DEFAULTS.format("a"),
    }
    assert moved(before, after) == {
        "costa/_defaults.yaml": "y/_defaults.yaml",
        "norte/_defaults.yaml": "x/_defaults.yaml",
    }


def test_a_shop_is_no_defaults_file() -> None:
    assert moved({"_defaults.yaml": shop("aaa")}, {"aaa.yaml": shop("aaa")}) == {}


def test_a_shop_is_another_in_another_environment_unless_its_file_moved_there() -> None:
    layout = Layout(environments=("staging", "production"))
    before = {"staging/aaa.yaml": shop("aaa")}
    assert moved(before, {"production/aaa.yaml": "shop: aaa\n"}, layout) == {}
    assert moved(before, {"production/aaa.yaml": shop("aaa")}, layout) == {
        "staging/aaa.yaml": "production/aaa.yaml"
    }


def test_empty_files_are_nobody() -> None:
    assert moved({"aaa.yaml": ""}, {"bbb.yaml": ""}) == {}
