"""``fleet/stray-file``: a shop that is misnamed, hidden or linked is an error, never a silence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.plan_case import plan
from tests.repository_case import Case, shop
from wakagitops.sources.git import RevisionTree

RULE = "fleet/stray-file"
STRAYS = [
    "tienda.YAML",
    "tienda.Yml",
    "tienda.yalm",
    "tienda.ymal",
    "tienda.yaml1",
    "tienda.json",
    "tienda.toml",
    "tienda.yaml.bak",
    "tienda.yaml~",
    "tienda.yaml.orig",
    "tienda.yml.txt",
    "tienda.yaml.md",
    "tienda",
    "tienda.yaml.disabled",
    "_tienda.yaml",
    "_tienda.yml",
    "__defaults.yaml",
    "_defaults.YAML",
    "_defaults.json",
    ".tienda.yaml",
    ".tienda.YAML",
    ".tienda.yaml.bak",
    ".old/tienda.yaml",
    "costa/.old/norte/tienda.yml",
    ".old/_defaults.yaml",
    "costa/tienda.YAML",
    "tienda.yaml\u00a0",
    "tienda.y\u0430ml",
    "tienda.yaml ",
    "tienda.\uff59aml",
    "tienda.yaml\u200b",
    "list.py",
]
FINE = [
    "README.md", "notas.txt", "LICENSE", ".gitkeep", ".gitattributes", ".gitignore", ".editorconfig",
    ".DS_Store", ".sol.yaml.swp", ".sol.yaml.swo", ".sops.yaml", ".old/README.md", "costa/README.rst",
    "mail.schema.json",
    "logo.png", "_defaults.yaml", "costa/_defaults.yml",
]  # fmt: skip


@pytest.fixture
def case(tmp_path: Path) -> Case:
    case = Case(tmp_path / "repository")
    case.write("sol.yaml", shop("sol"))
    case.commit()
    return case


@pytest.mark.parametrize("name", STRAYS)
def test_a_stray_is_an_error_at_its_start(case: Case, name: str) -> None:
    case.write(name, shop("tienda"))
    for arguments in ((), (), ("--no-cache",), (f"configs/{name}",)):
        found = case.validate(*arguments)
        assert (found.status, found.places) == (1, [(name, 1, RULE)]), arguments
        (item,) = found.report["diagnostics"]
        assert (item["start"], item["end"], item["pointer"]) == (
            {"line": 1, "column": 1},
            {"line": 1, "column": 1},
            "",
        )
        assert item["severity"] == "error"
    assert case.run("render").status == 1
    assert not (case.folder / "dist").exists()


@pytest.mark.parametrize("name", FINE)
def test_what_is_plainly_something_else_is_fine(case: Case, name: str) -> None:
    case.write(name, "")
    found = case.validate("--ignore", "yaml")
    assert (found.status, found.places) == (0, [])


def test_links_and_special_files_are_strays(case: Case) -> None:
    configs = case.folder / "configs"
    (case.folder / "elsewhere").mkdir()
    (case.folder / "elsewhere" / "mar.yaml").write_text(shop("mar"))
    (configs / "mar.yaml").symlink_to("../elsewhere/mar.yaml")
    (configs / "costa").symlink_to("../elsewhere")
    (configs / "gone.yaml").symlink_to("nowhere")
    (configs / ".rio.yaml").symlink_to("sol.yaml")
    (configs / ".#sol.yaml").symlink_to("user@host.1234")
    (configs / "NOTES.md").symlink_to("README.md")
    os.mkfifo(configs / "pipe.yaml")
    (configs / "norte.yaml").mkdir()
    (configs / "v1.2").mkdir()
    names = [".rio.yaml", "costa", "gone.yaml", "mar.yaml", "norte.yaml", "pipe.yaml"]
    found = case.validate()
    assert (found.status, found.places) == (1, [(name, 1, RULE) for name in names])


def test_a_revision_has_the_same_strays(case: Case) -> None:
    for name in ("luna.YAML", "_mar.yaml", ".old/rio.yaml", "norte.yaml/rio.yaml"):
        case.write(name, shop("rio"))
    (case.folder / "configs" / "enlace.yaml").symlink_to("sol.yaml")
    case.commit()
    here = case.validate("--select", "fleet/stray-file")
    assert [place[0] for place in here.places] == [
        ".old/rio.yaml", "_mar.yaml", "enlace.yaml", "luna.YAML", "norte.yaml",
    ]  # fmt: skip
    assert case.validate("--select", "fleet", "--since", "HEAD").places == []
    case.write("nueva.YAML", shop("nueva"))
    assert case.validate("--select", "fleet", "--since", "HEAD").places == [("nueva.YAML", 1, RULE)]


_COMMIT = "1" * 40


def _add_submodule(case: Case, path: str) -> None:
    """Add a submodule as a plain checkout has it: an entry of mode 160000, an empty folder."""
    case.git("update-index", "--add", "--cacheinfo", f"160000,{_COMMIT},{path}")
    (case.folder / path).mkdir(parents=True)


@pytest.mark.parametrize("name", ["x", "costa/x", "x.yaml", ".x/y", ".x", "costa ñ/[x]"])
def test_a_submodule_is_a_stray_in_the_working_tree_and_in_revisions(case: Case, name: str) -> None:
    _add_submodule(case, f"configs/{name}")
    found = case.validate()
    assert (found.status, found.places) == (1, [(name, 1, RULE)])
    (item,) = found.report["diagnostics"]
    assert item["message"] == (
        f"configs/{name} is a git repository of its own (a submodule or a clone): git keeps only the id "
        "of its commit, and none of its shops"
    )
    planned = plan(case).json
    assert [item["path"] for item in planned["findings"]["new"]] == [f"configs/{name}"]
    case.git("commit", "-q", "-m", "a submodule")
    with RevisionTree(str(case.folder), "HEAD") as tree:
        assert list(tree.others("configs")) == [(f"configs/{name}", "repository")]
    assert case.validate("--since", "HEAD").places == []
    assert case.validate("--since", "HEAD~1").places == [(name, 1, RULE)]


def test_an_empty_folder_is_no_submodule(case: Case) -> None:
    case.path("costa").mkdir()
    assert case.validate().places == []


def test_a_submodule_counts_in_a_repository_without_a_commit(tmp_path: Path) -> None:
    case = Case(tmp_path / "repository")
    case.write("sol.yaml", shop("sol"))
    case.git("init", "-q")
    _add_submodule(case, "configs/x")
    assert case.validate().places == [("x", 1, RULE)]


@pytest.mark.parametrize("kind", ["folder", "file", "link", "hidden"])
def test_a_nested_repository_is_a_stray(case: Case, kind: str) -> None:
    name = ".old/x" if kind == "hidden" else "costa/x"
    place = case.path(name)
    place.mkdir(parents=True)
    if kind == "file":
        (place / ".git").write_text("gitdir: ../../../.git/modules/x\n")
    elif kind == "link":
        (place / ".git").symlink_to("../../../.git")
    else:
        (place / ".git").mkdir()
        (place / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    for arguments in ((), (), ("--no-cache",)):
        found = case.validate(*arguments)
        assert (found.status, found.places) == (1, [(name, 1, RULE)])
    settings = case.folder / "wakagitops.toml"
    for text in (
        f'exclude = ["configs/{name}"]\n',
        f'exclude = ["configs/{name}/**"]\n',
        f'[rules."{RULE}"]\nallow = ["configs/{name}"]\n',
        f'[rules."{RULE}"]\nallow = ["configs/{name}/**"]\n',
    ):
        settings.write_text(text)
        assert case.validate().places == [], text


def test_the_repository_of_the_settings_is_no_stray(case: Case) -> None:
    (case.folder / "wakagitops.toml").write_text('root = ""\n')
    assert case.validate().places == []
    _add_submodule(case, "x")
    found = case.validate()
    assert [item["path"] for item in found.report["diagnostics"]] == ["x"]


@pytest.mark.parametrize("folder", ["", "costa/"])
def test_a_second_file_of_defaults_in_a_folder_is_an_error(case: Case, folder: str) -> None:
    case.write(f"{folder}_defaults.yaml", "contact: {publish: plain}\n")
    case.write("norte/_defaults.yml", "contact: {publish: plain}\n")
    assert case.validate().places == []
    case.write(f"{folder}_defaults.yml", "contact: {publish: entities}\n")
    for arguments in ((), (), ("--no-cache",), (f"configs/{folder}_defaults.yml",)):
        found = case.validate(*arguments)
        assert (found.status, found.places) == (1, [(f"{folder}_defaults.yml", 1, RULE)])
        (item,) = found.report["diagnostics"]
        assert item["message"] == (
            "_defaults.yml is beside _defaults.yaml: a folder has one file of defaults"
        )
    (case.folder / "wakagitops.toml").write_text(f'[rules."{RULE}"]\nallow = ["configs/**"]\n')
    assert case.validate().places == [(f"{folder}_defaults.yml", 1, RULE)]
    (case.folder / "wakagitops.toml").write_text(f'exclude = ["configs/{folder}_defaults.yml"]\n')
    assert case.validate().places == []


def test_a_shop_in_a_file_of_either_ending_is_a_duplicate(case: Case) -> None:
    case.write("sol.yml", shop("sol"))
    assert case.validate().places == [("sol.yml", 1, "fleet/duplicate-shop")]


def test_what_is_allowed_or_excluded_is_no_stray(case: Case) -> None:
    case.write("tools/list.py", "print()\n")
    case.write("luna.yaml.bak", shop("luna"))
    settings = case.folder / "wakagitops.toml"
    settings.write_text('[rules."fleet/stray-file"]\nallow = ["configs/tools/**"]\n')
    assert case.validate().places == [("luna.yaml.bak", 1, RULE)]
    settings.write_text('exclude = ["configs/tools", "configs/*.bak"]\n')
    assert case.validate().places == []


def test_what_the_settings_name_is_no_stray(case: Case) -> None:
    case.write("known.json", '{"version": 1, "findings": []}')
    case.write("templates/erp/target.toml", "")
    settings = case.folder / "wakagitops.toml"
    settings.write_text(
        'baseline = "configs/known.json"\n[team_targets]\nerp = "configs/templates/erp"\n'
    )
    assert case.validate().places == []


def test_where_the_root_is_the_whole_repository_only_what_is_like_settings_counts(case: Case) -> None:
    (case.folder / "wakagitops.toml").write_text('root = ""\n')
    for name in (".github/workflows/ci.yml", ".pre-commit-config.yaml", "a.json", "Makefile", "b.xml"):
        path = case.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    assert case.validate().places == []
    (case.folder / ".old").mkdir()
    (case.folder / ".old" / "rio.yaml").write_text(shop("rio"))
    (case.folder / "mar.YAML").write_text(shop("mar"))
    assert case.validate().places == [(".old/rio.yaml", 1, RULE), ("mar.YAML", 1, RULE)]


def test_a_copy_beside_its_shop_is_to_be_removed(case: Case) -> None:
    case.write("sol.yaml.bak", shop("sol"))
    case.write("_luna.yaml", shop("luna"))
    helps = [item["help"] for item in case.validate().report["diagnostics"]]
    keep = "To keep it, add configs/{} to `allow` of this rule."
    assert helps == [
        f"Rename it to configs/luna.yaml if it is a shop. {keep.format('_luna.yaml')}",
        f"Remove it, since configs/sol.yaml is there. {keep.format('sol.yaml.bak')}",
    ]


def test_its_content_is_not_shown_and_nothing_but_the_settings_turn_it_off(case: Case) -> None:
    case.write("luna.YAML", "# wakagitops: ignore-file[fleet/stray-file] x\npassword: girasol7\n")
    assert case.validate().places == [("luna.YAML", 1, RULE)]
    text = case.run("validate", "--color", "never")
    assert text.status == 1
    (case.folder / "wakagitops.toml").write_text('[severity]\n"fleet/stray-file" = "off"\n')
    assert case.validate().places == []


@pytest.mark.parametrize(
    "kind", ["defaults", "excluded", "wrong root", "missing root", "stray", "hidden", "empty"]
)
@pytest.mark.parametrize("command", ["validate", "fix", "render"])
def test_no_shop_at_all_is_status_3(tmp_path: Path, kind: str, command: str) -> None:
    case = Case(tmp_path / "repository")
    settings = case.folder / "wakagitops.toml"
    (case.folder / "README.md").write_text("Shops\n")
    if kind == "defaults":
        case.write("_defaults.yaml", "contact: {email: no-reply@sol.es}\n")
    elif kind != "empty":
        case.write({"stray": "sol.YAML", "hidden": ".sol.yaml"}.get(kind, "sol.yaml"), shop("sol"))
    if kind == "excluded":
        settings.write_text('exclude = ["**"]\n')
    elif kind.endswith("root"):
        settings.write_text('root = "other"\n')
        if kind == "wrong root":
            (case.folder / "other").mkdir()
    case.commit()
    assert case.run(command).status == 3
    if command == "validate":
        assert case.run(command, "--exit-zero").status == 3
        assert case.run(command, "configs").status == 3


def test_what_is_found_without_a_shop_is_reported_all_the_same(tmp_path: Path) -> None:
    case = Case(tmp_path / "repository")
    case.write("sol.YAML", shop("sol"))
    case.commit()
    found = case.validate()
    assert (found.status, found.places) == (3, [("sol.YAML", 1, RULE)])
    assert "there is no settings file below configs" in found.errors
