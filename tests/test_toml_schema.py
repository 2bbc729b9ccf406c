"""The schema of ``wakagitops.toml``: it and our own checker judge the same files alike."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.schema_case import ROOT, admits, load
from wakagitops.core.errors import UsageError
from wakagitops.render.target_selection import selected_targets
from wakagitops.rules import all_rules
from wakagitops.settings.config import KEYS, parse
from wakagitops.validate.policy import policy

SCHEMA = "wakagitops-toml.schema.json"

GOOD = {
    "nothing": "",
    "everything": """\
root = "configs"
lang = "es"
baseline = "baseline.json"
exclude = ["configs/drafts", "**/*.old.yaml"]
environments = ["staging", "production"]
targets = ["settings", "public", "env", "kubernetes"]
select = ["contact", "smtp/host"]
ignore = ["contact/free-mail"]

[severity]
smtp = "warning"
"smtp/host" = "error"
"admin/missing-recipients" = "off"

[rules."contact/role-account"]
accounts = ["mostrador"]
unknown = "error"

[rules."admin/too-many-recipients"]
maximum = 3

[rules."contact/shared-account"]
allow_admin_recipient = true

[per_path_ignores]
"configs/migracion/**" = ["contact", "smtp/sender-domain"]

[render.kubernetes]
refresh_interval = "15m"

[render.public]
assets_url = "/mail/"
""",
    "the root itself": 'root = ""\n',
    "a path with dots in a name": 'baseline = "..baseline.json"\n',
}
BAD = {
    "a mistyped key": 'rot = "configs"\n',
    "code allowed from within": "allow_code = true\n",
    "a text where a list belongs": 'exclude = "drafts"\n',
    "a list where a text belongs": 'root = ["configs"]\n',
    "a number in a list of texts": "exclude = [1]\n",
    "another language": 'lang = "fr"\n',
    "a root outside": 'root = "../configs"\n',
    "an absolute root": 'root = "/configs"\n',
    "an environment with a slash": 'environments = ["a/b"]\n',
    "a hidden environment": 'environments = [".git"]\n',
    "no such group": 'select = ["contacts"]\n',
    "no such rule": 'ignore = ["contact/role"]\n',
    "a severity for no rule": '[severity]\n"contact/role" = "off"\n',
    "no such severity": '[severity]\ncontact = "fatal"\n',
    "a severity that is no text": "[severity]\ncontact = 1\n",
    "severity as a list": 'severity = ["contact"]\n',
    "options of no rule": '[rules."contact/role"]\n',
    "options that are no table": '[rules]\n"contact/free-mail" = ["x"]\n',
    "options of a group": "[rules.contact]\n",
    "a mistyped option": '[rules."contact/role-account"]\naccount = ["x"]\n',
    "an option of another kind": '[rules."contact/role-account"]\naccounts = "mostrador"\n',
    "an option with a word it lacks": '[rules."contact/role-account"]\nunknown = "fatal"\n',
    "a true number": '[rules."admin/too-many-recipients"]\nmaximum = true\n',
    "a number in words": '[rules."admin/too-many-recipients"]\nmaximum = "3"\n',
    "an option where there are none": '[rules."platform/version-gate"]\nx = 1\n',
    "a path with one rule": '[per_path_ignores]\n"configs/a" = "contact"\n',
    "a path with no such rule": '[per_path_ignores]\n"configs/a" = ["contacts"]\n',
    "no such target": 'targets = ["nginx"]\n',
    "options of no target": "[render.nginx]\n",
    "options of a target that are no table": "[render]\nkubernetes = 1\n",
    "a mistyped option of a target": '[render.kubernetes]\nrefresh = "1h"\n',
    "a folder outside for a target": '[team_targets]\nmine = "../mine"\n',
    "a folder that is no text": "[team_targets]\nmine = 1\n",
}


def _is_accepted(text: str) -> bool:
    try:
        options = parse("/", "wakagitops.toml", text.encode())
        policy(options, all_rules())
        selected_targets(options)
    except UsageError:
        return False
    return True


@pytest.mark.parametrize("name", GOOD)
def test_the_schema_and_the_checker_accept_a_good_file(name: str) -> None:
    assert _is_accepted(GOOD[name])
    assert admits(SCHEMA, tomllib.loads(GOOD[name]))


@pytest.mark.parametrize("name", BAD)
def test_the_schema_and_the_checker_refuse_a_bad_file(name: str) -> None:
    assert not _is_accepted(BAD[name])
    assert not admits(SCHEMA, tomllib.loads(BAD[name]))


def test_the_schema_knows_each_rule_with_its_options() -> None:
    """An editor completes what stands in ``properties``, so all of it must stand there."""
    properties = load(SCHEMA)["properties"]
    assert set(properties) == set(KEYS)
    assert all(described["description"] for described in properties.values())
    for rule_id, rule in all_rules().items():
        known = properties["rules"]["properties"][rule_id]
        assert set(known["properties"]) == {option.name for option in rule.options}
        assert properties["severity"]["properties"][rule_id]["default"] == rule.severity.value
        for option in rule.options:
            document = {"rules": {rule_id: {option.name: known["properties"][option.name]["default"]}}}
            assert admits(SCHEMA, document)


def test_rules_of_a_team_have_ids_that_the_schema_cannot_know() -> None:
    text = (
        'select = ["casa/dominio"]\n[severity]\n"casa/dominio" = "note"\n[rules."casa/dominio"]\nx = 1\n'
    )
    assert not admits(SCHEMA, tomllib.loads(text))
    assert admits(SCHEMA, tomllib.loads(f'team_rules = "rules"\n{text}'))
    assert not admits(SCHEMA, tomllib.loads('team_rules = "rules"\nselect = ["Casa Dominio"]\n'))


def test_targets_of_a_team_have_names_that_the_schema_cannot_know() -> None:
    text = 'targets = ["nginx"]\n'
    assert admits(SCHEMA, tomllib.loads(f'{text}[team_targets]\nnginx = "targets/nginx"\n'))


@pytest.mark.parametrize(("files", "status"), [(GOOD, 0), (BAD, 1)])
def test_taplo_which_editors_use_judges_alike(
    tmp_path: Path, files: dict[str, str], status: int
) -> None:
    schema = (ROOT / "schema" / SCHEMA).as_uri()
    for name, text in files.items():
        file = tmp_path / "wakagitops.toml"
        file.write_text(text, encoding="utf-8")
        command = ["taplo", "lint", "--no-auto-config", "--schema", schema, file.name]
        run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert run.returncode == status, f"{name}: {run.stderr}"
