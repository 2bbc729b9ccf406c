"""No output shows a secret that stands in what steers the tool: its settings, baseline and targets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cli_case import SOL
from tests.hostile import git, write
from wakagitops.cli.app import main
from wakagitops.settings.config import LANGUAGES

TOKEN = "ghp_c4naryAbCdEf0123456789abcdefghij"
"""A secret that is known by its shape."""
SIGN = "c4nary"
"""What every planted secret holds."""
_TARGET = """\
summary = "ours"
[[files]]
template = "x.j2"
path = "shops/{shop}/x"
escape = "none"
"""
_TEAM = 'targets = ["ours"]\n[team_targets]\nours = "t"\n'
_COMMANDS = (
    ("validate", "-vv", "--debug"),
    ("validate", "--format", "json"),
    ("validate", "--format", "sarif"),
    ("validate", "--format", "github"),
    ("fix", "--diff"),
    ("render", "--out", "out", "--debug"),
    ("plan", "--base", "HEAD"),
    ("plan", "--base", "HEAD", "--format", "markdown"),
    ("explain", "configs/imprenta-sol.yaml", "contact.email"),
    ("rules",),
)


class Place(NamedTuple):
    """Where the secret stands: the text of ``wakagitops.toml``, and other files."""

    name: str
    toml: str
    files: tuple[tuple[str, str], ...] = ()


def _in_toml() -> list[Place]:
    forms = (
        "{x} = 1", "lang = {x}", "root = {x}", "exclude = [{x}]", "select = [{x}]", "ignore = [{x}]",
        "targets = [{x}]", "environments = [{x}]", "baseline = {x}", "[rules]\n{x} = 1",
        "[rules.{x}]\nx = 1", '[rules."contact/role-account"]\n{x} = 1',
        '[rules."contact/role-account"]\naccounts = {x}',
        '[rules."contact/role-account"]\nunknown = {x}',
        '[severity]\n{x} = "error"', '[severity]\n"contact/role-account" = {x}',
        '[per_file_ignores]\n{x} = ["contact"]', '[per_file_ignores]\n"*" = [{x}]',
        "[render.{x}]\nx = 1",
        "[render.settings]\n{x} = 1", "[[{x}]]", "x = {x} {x}", "{x} = 1\n{x} = 2", "{x}", "x = [{x}",
        "[a.{x}]\n[a.{x}]", "{x}.a = 1\n{x} = 2", "[team_targets]\n{x} = {x}", "# {x}\nx",
    )  # fmt: skip
    whole = (
        'password = "c4nary"', "password = c4nary", "clave = c4naria", "api_key = Xc4nary",
        'baseline = "https://c4nary@imprenta-sol.es/b.json"', 'lang = "clave: c4nary!"',
        'root = "https://x:c4nary@imprenta-sol.es"', 'exclude = ["?token=c4nary9"]\nlang = 5',
    )  # fmt: skip
    return [
        *(Place(form, form.format(x=f'"{TOKEN}"')) for form in forms),
        *(Place(form, form) for form in whole),
    ]


def _in_baseline() -> list[Place]:
    entry = {"file": f"configs/{TOKEN}", "rule": TOKEN, "path": TOKEN, "value": TOKEN, "reason": TOKEN}
    texts = {
        "entries": json.dumps({"version": 1, "findings": [entry]}),
        "key": json.dumps({"version": 1, TOKEN: 1}),
        "entry key": json.dumps({"version": 1, "findings": [{TOKEN: 1}]}),
        "version": json.dumps({"version": TOKEN}),
        "broken": f"{{{TOKEN}",
        "twice": f'{{"{TOKEN}": 1, "{TOKEN}": 2}}',
    }
    return [
        Place(f"baseline {name}", 'baseline = "b.json"\n', (("b.json", text),))
        for name, text in texts.items()
    ]


def _in_targets() -> list[Place]:
    definitions = {
        "key": f"{TOKEN} = 1\n{_TARGET}",
        "file key": f"{_TARGET}{TOKEN} = 1\n",
        "escape": _TARGET.replace('"none"', f'"{TOKEN}"'),
        "scope": f'{_TARGET}scope = "{TOKEN}"\n',
        "mode": f'{_TARGET}mode = "{TOKEN}"\n',
        "template": _TARGET.replace("x.j2", TOKEN),
        "path": _TARGET.replace("shops/{shop}/x", f"../{TOKEN}"),
        "placeholder": _TARGET.replace("{shop}/x", f"{{{TOKEN}}}"),
        "broken": f"{_TARGET}x = {TOKEN}",
        "password": f"{_TARGET}password = c4naria",
    }
    templates = {
        "name": f"{{{{ {TOKEN} }}}}",
        "attribute": f"{{{{ notifications.{TOKEN} }}}}",
        "filter": f'{{{{ "x"|{TOKEN} }}}}',
        "include": f'{{% include "{TOKEN}" %}}',
        "tag": f"{{% {TOKEN} %}}",
        "open": f'{{{{ "{TOKEN} }}}}',
        "index": f'{{{{ {{}}["{TOKEN}"] }}}}',
    }
    return [
        Place(
            "target's name",
            f'targets = ["{TOKEN}"]\n[team_targets]\n{TOKEN} = "t"\n',
            (("t/target.toml", _TARGET), ("t/x.j2", "{{ nothing }}")),
        ),
        Place("target's folder", f'targets = ["ours"]\n[team_targets]\nours = "{TOKEN}"\n'),
        Place(
            "template's name",
            _TEAM,
            (("t/target.toml", _TARGET.replace("x.j2", TOKEN)), (f"t/{TOKEN}", "{{ nothing }}")),
        ),
        *(
            Place(f"target.toml {name}", _TEAM, (("t/target.toml", text), ("t/x.j2", "x")))
            for name, text in definitions.items()
        ),
        *(
            Place(f"template {name}", _TEAM, (("t/target.toml", _TARGET), ("t/x.j2", text)))
            for name, text in templates.items()
        ),
    ]


@pytest.mark.parametrize(
    "place", [*_in_toml(), *_in_baseline(), *_in_targets()], ids=lambda place: place.name
)
def test_no_output_shows_a_secret_of_the_tools_own_files(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, "configs/imprenta-sol.yaml", SOL)
    write(tmp_path, "wakagitops.toml", place.toml)
    for path, text in place.files:
        write(tmp_path, path, text)
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "first")
    monkeypatch.chdir(tmp_path)
    for number, command in enumerate(_COMMANDS):
        status = main([*command, "--lang", LANGUAGES[number % 2]])
        out, err = capfd.readouterr()
        assert status in (0, 1, 2, 3, 4)
        assert "Traceback" not in err
        assert SIGN not in out + err, command
        assert SIGN.upper() not in out + err, command


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "arguments",
    [
        ("validate", "--since", TOKEN),
        ("plan", "--base", "https://c4nary@imprenta-sol.es/r.git"),
        ("explain", TOKEN),
        ("validate", "--select", TOKEN),
        (TOKEN,),
    ],
)
def test_no_wrong_usage_shows_a_secret(
    arguments: tuple[str, ...],
    lang: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    write(tmp_path, "configs/imprenta-sol.yaml", SOL)
    git(tmp_path, "init", "-q")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WAKAGITOPS_LANG", lang)
    assert main(list(arguments)) == 2
    out, err = capfd.readouterr()
    assert SIGN not in out + err


def test_a_commit_is_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, "configs/imprenta-sol.yaml", SOL)
    git(tmp_path, "init", "-q")
    monkeypatch.chdir(tmp_path)
    commit = "3f2504e04f8911d39a0c0305e82c3301aabbccdd"
    assert main(["validate", "--since", commit]) == 2
    assert commit in capfd.readouterr().err
