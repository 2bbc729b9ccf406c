"""From settings to files: every target's, in order, and nothing that cannot lie side by side."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.deployment_case import rendered, shop
from wakagitops.core.errors import UsageError
from wakagitops.core.messages import Translator, msg
from wakagitops.render.files import Fleet, Refusal, RenderedFile, Target
from wakagitops.render.pipeline import refused, render
from wakagitops.render.targets import load


def _target(name: str, *paths: str, shared: Sequence[str] = ()) -> Target:
    def files(names: Sequence[str]) -> list[RenderedFile]:
        return [RenderedFile(path, b"x", 0o644, "", name) for path in names]

    return Target(msg("a target"), lambda _: files(paths), shared=lambda _: files(shared))


def test_files_come_sorted_whatever_the_order_of_shops_and_targets() -> None:
    shops = [shop("rotulos-norte"), shop("imprenta-sol")]
    files = rendered(*shops)
    assert [file.path for file in files] == sorted(file.path for file in files)
    assert rendered(*shops[::-1], targets=["public", "settings"]) == files


def test_an_environment_without_shops_has_no_files() -> None:
    assert render([], {"public": load("public")}) == ()


def test_shared_files_know_the_environment_and_its_shops() -> None:
    seen: list[Fleet] = []

    def shared(fleet: Fleet) -> list[RenderedFile]:
        seen.append(fleet)
        return []

    target = Target(msg("a target"), lambda _: (), shared=shared)
    render([shop("b"), shop("a")], {"list": target}, "staging")
    assert seen == [Fleet("staging", ["a", "b"])]


@pytest.mark.parametrize(
    ("mine", "yours"),
    [
        ("shops/a/x", "shops/a/x"),
        ("shops/a/X", "shops/a/x"),
        ("shops/a", "shops/a/x"),
        ("shops/a/x", "SHOPS/A"),
        ("shops/Ñ", "shops/ñ"),
    ],
)
def test_two_files_that_cannot_be_on_every_disk_stop_the_run(mine: str, yours: str) -> None:
    targets = {"mine": _target("mine", mine), "yours": _target("yours", shared=[yours])}
    with pytest.raises(UsageError) as caught:
        render([shop()], targets)
    text = Translator()(caught.value.message)
    assert mine in text
    assert yours in text
    assert "mine" in text
    assert "yours" in text


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "../x", "a/../../x", "a//b", "", "./a", "a/", "a\nb", "a\\b", "manifest.json",
     "cache-bust.json", ".manifest.pending.json", "\ud800"],
)  # fmt: skip
def test_a_path_that_leads_out_or_is_ours_stops_the_run(path: str) -> None:
    with pytest.raises(UsageError, match="may not write"):
        render([shop()], {"mine": _target("mine", path)})


def test_each_value_is_refused_once_and_names_the_first_target() -> None:
    def refuse(_: object) -> list[Refusal]:
        return [Refusal("/url", msg("not this one"))]

    targets = {name: _target(name)._replace(refuse=refuse) for name in ("one", "two")}
    found = refused([shop(), shop("rotulos-norte")], targets)
    assert [(item.path, item.refusal.pointer) for item in found] == [
        ("configs/imprenta-sol.yaml", "/url"),
        ("configs/rotulos-norte.yaml", "/url"),
    ]
    assert Translator()(found[0].refusal.message) == "the target one cannot carry this: not this one"


def test_an_id_that_is_no_label_is_refused_by_every_target() -> None:
    found = refused([shop("../fuera")], {"settings": load("settings")})
    assert "/shop" in [item.refusal.pointer for item in found]
