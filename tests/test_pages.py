"""The pages that people read: nothing they name is missing, and nothing they should name is."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt

from tests.cli_case import cli
from wakagitops.cli.commands import COMMANDS
from wakagitops.reports import format_names
from wakagitops.settings.config import KEYS, parse

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def links(page: Path) -> list[str]:
    tokens = MarkdownIt().enable("table").parse(page.read_text(encoding="utf-8"))
    inner = [child for token in tokens for child in token.children or ()]
    return [str(token.attrs["href"]) for token in inner if token.type == "link_open"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    targets = [link.partition("#")[0] for link in links(page) if ":" not in link]
    assert [target for target in targets if target and not (page.parent / target).exists()] == []


def test_the_readme_has_links_and_its_own_headings_behind_them() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    headings = {
        title.lower().replace(" ", "-") for title in re.findall(r"^## (.+)$", text, re.MULTILINE)
    }
    inside = [link.removeprefix("#") for link in links(ROOT / "README.md") if link.startswith("#")]
    assert inside
    assert set(inside) <= headings


def test_the_readme_names_every_command_and_format() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"`wakagitops {name}" not in text] == []
    assert [name for name in format_names() if f"`{name}`" not in text] == []


def test_the_sample_of_wakagitops_toml_is_right_and_has_every_key() -> None:
    text = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    sample = text.partition("```toml\n")[2].partition("```")[0]
    table = tomllib.loads(sample)
    assert sorted(table) == sorted(KEYS)
    parse(str(ROOT), "wakagitops.toml", sample.encode())
    schema = json.loads((ROOT / "schema/wakagitops-toml.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(table)


def test_the_pages_give_every_rule_the_severity_that_it_has(tmp_path: Path) -> None:
    run = cli(tmp_path, "rules", "--format", "json", "--lang", "en")
    rules = {item["rule"]: item["severity"] for item in json.loads(run.stdout)["rules"]}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    marks = {"": "error", " ᵂ": "warning", " ᴺ": "note"}
    named = re.findall(r"\(docs/rules/([a-z/-]+)\.md\)( [ᵂᴺ])?", readme)
    assert {rule: marks[mark] for rule, mark in named} == rules
    listed = (ROOT / "docs/rules/README.md").read_text(encoding="utf-8")
    assert dict(re.findall(r"^\| \[([a-z/-]+)\]\S+ \| (\w+) \|", listed, re.MULTILINE)) == rules
    pages = {rule: (ROOT / f"docs/rules/{rule}.md").read_text(encoding="utf-8") for rule in rules}
    assert [rule for rule in rules if f"\nSeverity: {rules[rule]}" not in pages[rule]] == []


def test_a_rule_s_page_tells_of_the_other_severities_that_its_findings_have() -> None:
    for page in (ROOT / "docs/rules").glob("*/*.md"):
        text = page.read_text(encoding="utf-8")
        rule = page.relative_to(ROOT / "docs/rules").with_suffix("").as_posix()
        found = set(re.findall(rf": (error|warning|note): .*\[{rule}\]$", text, re.MULTILINE))
        told = text.partition("## Not like this")[0]
        assert [word for word in found if word not in told] == [], rule
