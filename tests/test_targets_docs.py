"""The page on targets says what the targets do: its examples are run, its table is theirs."""

from __future__ import annotations

import json
from pathlib import Path
from re import DOTALL, MULTILINE
from re import compile as regex

import pytest
import yaml

from tests.deployment_case import shop
from wakagitops.render.files import Fleet
from wakagitops.render.target_selection import selected_targets
from wakagitops.render.targets import load, target_names
from wakagitops.settings import config as reading_options

PAGE = (Path(__file__).parent.parent / "docs" / "targets.md").read_text(encoding="utf-8")
_BLOCK = regex(r"^(?:`(?P<name>[^`\n]+)`:\n\n)?```(?P<kind>\w+)\n(?P<text>.*?)^```$", DOTALL | MULTILINE)


def _blocks(kind: str) -> list[tuple[str, str]]:
    return [
        (match["name"] or "", match["text"]) for match in _BLOCK.finditer(PAGE) if match["kind"] == kind
    ]


def test_every_target_and_every_option_is_told_with_its_default() -> None:
    rows = {
        tuple(cell.strip().strip("`") for cell in line.strip("|").split("|"))
        for line in PAGE.splitlines()
        if line.startswith("| `")
    }
    assert {name for name in target_names() if (name,) in {row[:1] for row in rows}} == set(
        target_names()
    )
    told = {row for row in rows if len(row) == 4 and row[0] in target_names() and row[0] != row[1]}
    known = {
        (name, option.name, json.dumps(option.default))
        for name in target_names()
        for option in load(name).options
    }
    assert {row[:3] for row in told} == known


def test_the_example_of_a_target_of_ones_own_works(tmp_path: Path) -> None:
    (settings,) = (text for _, text in _blocks("toml") if "[team_targets]" in text)
    for name, text in (*_blocks("toml"), *_blocks("jinja")):
        if name:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    options = reading_options.parse(str(tmp_path), "wakagitops.toml", settings.encode())
    target = selected_targets(options)["postfix"]
    (relay,) = target.render(shop())
    assert (relay.path, relay.data.decode()) == (
        "shops/imprenta-sol/relay",
        "pedidos@imprenta-sol.es [smtp.imprenta-sol.es]:465\n# the password is in $SMTP_PASSWORD\n",
    )
    (shops,) = target.shared(Fleet("", ["imprenta-sol", "rotulos-norte"]))
    assert json.loads(shops.data) == ["imprenta-sol", "rotulos-norte"]


@pytest.mark.parametrize(
    ("kind", "version"),
    [
        ("ApplicationSet", "argoproj.io/v1alpha1"),
        ("Kustomization", "kustomize.toolkit.fluxcd.io/v1"),
    ],
)
def test_the_manifests_lead_to_what_is_rendered(kind: str, version: str) -> None:
    documents = [yaml.safe_load(text) for _, text in _blocks("yaml")]
    (document,) = (item for item in documents if item.get("kind") == kind)
    assert document["apiVersion"] == version
    shops = {file.path for file in load("kubernetes").render(shop())}
    fleet = {file.path for file in load("kubernetes").shared(Fleet("", ["imprenta-sol"]))}
    if kind == "ApplicationSet":
        (directory,) = document["spec"]["generators"][0]["git"]["directories"]
        folder = directory["path"].removeprefix("dist/").replace("*", "imprenta-sol")
        assert f"{folder}/kustomization.yaml" in shops
        assert directory["path"].split("/")[2] == "*"
    else:
        folder = document["spec"]["path"].removeprefix("./dist/")
        assert f"{folder}/kustomization.yaml" in fleet


def test_the_toml_of_the_first_example_is_accepted(tmp_path: Path) -> None:
    first = _blocks("toml")[0][1]
    options = reading_options.parse(str(tmp_path), "wakagitops.toml", first.encode())
    assert list(selected_targets(options)) == ["settings", "public", "env", "msmtp"]
