"""Generated files: fresh in the repository, and told from stale ones."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.schema_case import (
    EFFECTIVE,
    FILE,
    ROOT,
    load,
    replaced,
)
from wakagitops.settings.schema import shipped_annotations
from wakagitops.yaml.parser import read


def _generate(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(root / "script" / "generate"), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("generator", ["file_schema", "reference", "toml_schema"])
def test_what_is_generated_is_not_stale(generator: str) -> None:
    run = _generate(ROOT, "--check", generator)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_a_changed_schema_makes_its_products_stale_until_they_are_made_anew(tmp_path: Path) -> None:
    for folder in ("schema", "script"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    schema = replaced(load(EFFECTIVE), ("properties", "shop", "title"), "Otra cosa")
    (tmp_path / "schema" / EFFECTIVE).write_text(json.dumps(schema), encoding="utf-8")
    names = ("file_schema", "reference")
    stale = _generate(tmp_path, "--check", *names)
    assert stale.returncode == 1
    assert [line.split()[1] for line in stale.stdout.splitlines()] == [
        f"schema/{FILE}",
        "docs/reference.md",
    ]
    assert not (tmp_path / "docs").exists()
    assert _generate(tmp_path, *names).returncode == 0
    assert _generate(tmp_path, "--check", *names).returncode == 0
    assert "Otra cosa" in (tmp_path / "docs" / "reference.md").read_text(encoding="utf-8")
    assert _generate(tmp_path, "--check", "nonsense").returncode == 2


def test_a_generator_removes_what_it_no_longer_makes(tmp_path: Path) -> None:
    generators = tmp_path / "script" / "generators"
    generators.mkdir(parents=True)
    shutil.copy(ROOT / "script" / "generate", tmp_path / "script")
    (generators / "pages.py").write_text(
        'OWNS = ("docs/*.md",)\ndef outputs(root):\n    yield "docs/new.md", b"new"\n', encoding="utf-8"
    )
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "old.md").write_text("old", encoding="utf-8")
    assert _generate(tmp_path, "--check").returncode == 1
    assert _generate(tmp_path).returncode == 0
    assert [path.name for path in (tmp_path / "docs").iterdir()] == ["new.md"]


_REFERENCE_PLACES = ("/notifications/smtp/username/", "/notifications/smtp/password/")


def test_the_reference_page_tells_of_every_setting_in_yaml_that_reads_back() -> None:
    page = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    schema = load(EFFECTIVE)
    (whole,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    document = read("x.yaml", whole.encode())
    assert document.root is not None
    assert document.root.data == schema["examples"][0]
    shown = dict(re.findall(r"^\| pointer \| `(.*?)` \|$(.*?)(?=^#|\Z)", page, re.MULTILINE | re.DOTALL))
    described = {
        place: setting
        for place, setting in shipped_annotations().settings.items()
        if place and "*" not in place and not place.startswith(_REFERENCE_PLACES)
    }
    assert set(shown) == set(described)
    for place, setting in described.items():
        section = shown[place]
        assert setting.description in page
        assert ("| public | yes |" in section) is setting.public
        assert ("| secret | yes |" in section) is setting.secret
        assert (f"| since | platform {setting.since} |" in section) is bool(setting.since)
        assert (f"| panel | {setting.panel} |" in section) is bool(setting.panel)
        name = place.rpartition("/")[2]
        examples = _schema_at(schema, place).get("examples", [])
        for text in re.findall(rf"`({name}: .*?)`", section):
            document = read("x.yaml", text.encode())
            assert document.problems == []
            assert document.root is not None
            assert document.root.data in [{name: value} for value in examples]


def _schema_at(schema: Any, place: str) -> Any:
    found = schema
    for token in place[1:].split("/"):
        found = found["properties"][token]
    return found
