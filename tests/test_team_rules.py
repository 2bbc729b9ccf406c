"""A team's own rules, as the page on configuration shows them, and only where code is allowed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli_case import LUNA, SOL, cli, write

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
(RULE,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
*_, COMMANDS = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
SHOP = "configs/imprenta-sol.yaml"
PATH = "rules/casa/relay.py"
ALLOWED = {"WAKAGITOPS_ALLOW_CODE": "1"}
CHECKING = [["validate"], ["fix", "--check"], ["render"], ["rules"], ["rules", "--test"],
            ["explain", "contact/role-account"], ["validate", SHOP]]  # fmt: skip


@pytest.fixture
def team(tmp_path: Path) -> Path:
    """A repository with the page's rule and a shop that breaks it."""
    (tmp_path / ".git").mkdir()
    write(tmp_path, "wakagitops.toml", 'team_rules = "rules"\n')
    write(tmp_path, PATH, RULE)
    write(tmp_path, SHOP, SOL)
    return tmp_path


def _found(folder: Path, *arguments: str) -> list[tuple[str, str, str, int]]:
    run = cli(folder, "validate", "--format", "json", *arguments, **ALLOWED)
    assert run.stderr == ""
    return [
        (item["rule"], item["severity"], item["path"], item["start"]["line"])
        for item in json.loads(run.stdout)["diagnostics"]
    ]


@pytest.mark.parametrize("way", ["flag", "variable"])
def test_it_finds_with_its_own_id_where_code_is_allowed(team: Path, way: str) -> None:
    run = cli(team, "validate", "--allow-code") if way == "flag" else cli(team, "validate", **ALLOWED)
    assert run.returncode == 1
    assert run.stdout.startswith(
        f"{SHOP}:9:11: error: smtp.imprenta-sol.es is none of our relays [casa/relay]\n"
    )


@pytest.mark.parametrize("command", CHECKING, ids=" ".join)
@pytest.mark.parametrize("value", [None, "0", "false", "off", ""])
def test_without_leave_the_run_ends_with_2_and_says_why(
    team: Path, command: list[str], value: str | None
) -> None:
    write(team, PATH, f"open('ran', 'w').close()\n{RULE}")
    environment = {} if value is None else {"WAKAGITOPS_ALLOW_CODE": value}
    run = cli(team, *command, **environment)
    assert (run.returncode, run.stdout) == (2, "")
    assert "wakagitops.toml:1:1: team_rules names Python code" in run.stderr
    assert "--allow-code or WAKAGITOPS_ALLOW_CODE=1, set outside the repository" in run.stderr
    assert not (team / "ran").exists()


def test_a_run_with_leave_gives_none_to_the_next(team: Path) -> None:
    """The results cache answers a second run without a rule; that is no way around."""
    for _ in range(2):
        assert cli(team, "validate", **ALLOWED).returncode == 1
    assert cli(team, "validate").returncode == 2


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".env", "WAKAGITOPS_ALLOW_CODE=1\n"),
        (".envrc", "export WAKAGITOPS_ALLOW_CODE=1\n"),
        ("configs/.env", "WAKAGITOPS_ALLOW_CODE=1\n"),
        ("pyproject.toml", "[tool.wakagitops]\nallow_code = true\n"),
        ("setup.cfg", "[wakagitops]\nallow_code = true\n"),
        ("configs/wakagitops.toml", "allow_code = true\n"),
        ("sitecustomize.py", "import os\nos.environ['WAKAGITOPS_ALLOW_CODE'] = '1'\n"),
        ("rules/__init__.py", "open('ran', 'w').close()\n"),
        ("rules/conftest.py", "open('ran', 'w').close()\n"),
    ],
)
def test_no_file_of_the_repository_gives_leave(team: Path, path: str, text: str) -> None:
    write(team, path, text)
    write(team, PATH, f"open('ran', 'w').close()\n{RULE}")
    run = cli(team, "validate")
    assert run.returncode == 2
    assert not (team / "ran").exists()


@pytest.mark.parametrize(
    "line",
    [
        "allow_code = true",
        "allow-code = true",
        "WAKAGITOPS_ALLOW_CODE = 1",
        "[env]",
        "[rules]\nallow_code = 1",
    ],
)
def test_no_key_of_wakagitops_toml_gives_leave(team: Path, line: str) -> None:
    write(team, "wakagitops.toml", f'team_rules = "rules"\n{line}\n')
    write(team, PATH, f"open('ran', 'w').close()\n{RULE}")
    assert cli(team, "validate").returncode == 2
    assert not (team / "ran").exists()


def test_the_folder_lies_inside_the_repository(team: Path) -> None:
    for folder in ("../rules", "/rules"):
        write(team, "wakagitops.toml", f'team_rules = "{folder}"\n')
        run = cli(team, "validate", **ALLOWED)
        assert run.returncode == 2
        assert "team_rules must be a path below" in run.stderr


def test_the_folder_has_to_be_there(team: Path) -> None:
    cli(team, "validate", **ALLOWED)
    (team / "rules").rename(team / "regeln")
    for command in CHECKING:
        run = cli(team, *command, **ALLOWED)
        assert (run.returncode, run.stdout) == (2, "")
        assert "there is no rule below rules" in run.stderr


# A rule like any other


def test_it_lands_on_the_line_that_set_an_inherited_value(team: Path) -> None:
    write(team, "configs/_defaults.yaml", "notifications:\n  smtp: {host: smtp.imprenta-sol.es}\n")
    for text in (SOL, LUNA):
        name = text.split()[1]
        write(team, f"configs/{name}.yaml", re.sub(r"\n    host: \S+", "", text))
    assert ("casa/relay", "error", "configs/_defaults.yaml", 2) in _found(team)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("", [("casa/relay", "error", SHOP, 9)]),
        ('[severity]\n"casa/relay" = "warning"\n', [("casa/relay", "warning", SHOP, 9)]),
        ('[severity]\ncasa = "off"\n', []),
        ('[rules."casa/relay"]\nhosts = ["smtp.imprenta-sol.es"]\n', []),
        ('[per_path_ignores]\n"configs" = ["casa"]\n', []),
    ],
)
def test_wakagitops_toml_sets_it_up(
    team: Path, settings: str, expected: list[tuple[str, str, str, int]]
) -> None:
    write(team, "wakagitops.toml", f'team_rules = "rules"\n{settings}')
    assert _found(team, "-q") == expected


def test_validate_names_a_rule_of_the_team_that_is_off(team: Path) -> None:
    write(team, "wakagitops.toml", 'team_rules = "rules"\nignore = ["casa"]\n')
    run = cli(team, "validate", **ALLOWED)
    assert run.stderr == "wakagitops: wakagitops.toml: rules off: casa/relay\n"


def test_flags_choose_it_and_a_comment_suppresses_it(team: Path) -> None:
    assert _found(team, "--select", "contact") == []
    assert _found(team, "--ignore", "casa/relay") == []
    assert _found(team, "--select", "casa") == [("casa/relay", "error", SHOP, 9)]
    host = "    host: smtp.imprenta-sol.es"
    write(team, SHOP, SOL.replace(host, f"{host}  # wakagitops: ignore[casa/relay] until they move"))
    assert _found(team) == []


def test_a_wrong_option_of_it_is_told_with_its_line(team: Path) -> None:
    write(team, "wakagitops.toml", 'team_rules = "rules"\n[rules."casa/relay"]\nhost = ["x"]\n')
    run = cli(team, "validate", **ALLOWED)
    assert run.returncode == 2
    assert "wakagitops.toml:3:1: there is no setting host; did you mean hosts?" in run.stderr


def test_a_changed_rule_is_not_answered_from_the_cache(team: Path) -> None:
    assert _found(team) == [("casa/relay", "error", SHOP, 9)]
    write(team, PATH, RULE.replace("severity=Severity.ERROR", "severity=Severity.NOTE"))
    assert _found(team) == [("casa/relay", "note", SHOP, 9)]


def test_its_findings_reach_every_format(team: Path) -> None:
    for name in ("json", "sarif", "junit", "github", "gitlab", "markdown", "html"):
        run = cli(team, "validate", "--format", name, **ALLOWED)
        assert run.returncode == 1, run.stderr
        assert "casa/relay" in run.stdout


def test_the_commands_of_the_page_work(team: Path) -> None:
    lines = [
        line.partition("#")[0].split() for line in COMMANDS.splitlines() if line.startswith("wakagitops")
    ]
    assert [line[1] for line in lines] == ["rules", "explain", "validate"]
    tested, explained, validated = (cli(team, *line[1:], **ALLOWED) for line in lines)
    assert tested.returncode == 0
    assert tested.stderr == "wakagitops: 2 examples of 1 rule hold\n"
    assert "# casa/relay" in explained.stdout
    assert "is none of our relays" in explained.stdout
    assert validated.returncode == 1
    listed = cli(team, "rules", "casa", **ALLOWED).stdout
    assert listed.split()[:2] == ["casa/relay", "error"]


# Rules that are wrong


def test_its_examples_are_run_and_a_wrong_one_is_shown(team: Path) -> None:
    write(team, PATH, RULE.replace('"relay.casa-madre.es")', '"relay.otra-casa.es")'))
    run = cli(team, "rules", "--test", "casa", **ALLOWED)
    assert run.returncode == 1
    assert run.stdout == "casa/relay: good 1\n  + imprenta-sol.yaml:4: casa/relay\n"
    assert "1 example does not hold" in run.stderr


def test_our_rules_hold_whatever_a_team_adds(team: Path) -> None:
    """The page's rule finds something in most of our examples; that is not what is tested."""
    assert cli(team, "rules", "--test", "contact", "casa", **ALLOWED).returncode == 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("def check(:\n", f"{PATH}:1:1: this rule cannot be loaded (SyntaxError)"),
        (
            "import nowhere_to_be_found\n",
            f"{PATH}:1:1: this rule cannot be loaded (ModuleNotFoundError)",
        ),
        ("\n\nboom\n", f"{PATH}:3:1: this rule cannot be loaded (NameError)"),
        ("import sys\nsys.exit(0)\n", f"{PATH}:2:1: this rule cannot be loaded (SystemExit)"),
        ("RULES = []\n", f"{PATH}:1:1: this rule cannot be loaded (AttributeError)"),
        ("RULE = 1\n", f"{PATH}: RULE is no wakagitops.core.rule.Rule"),
        (
            RULE.replace('summary=msg("Mail leaves through one of our relays")', 'summary="Mail"'),
            f"{PATH}: summary of RULE is no wakagitops.core.messages.Message",
        ),
        (
            RULE.replace("severity=Severity.ERROR", 'severity="error"'),
            f"{PATH}: severity of RULE is no wakagitops.core.diagnostic.Severity",
        ),
        (
            RULE.replace("    check=check,\n", "    check=None,\n"),
            f"{PATH}: check of RULE is no function",
        ),
        (
            RULE.replace("reads=(HOST,)", "reads=(HOST)"),
            f"{PATH}: reads of RULE is no tuple[str, ...]",
        ),
        (
            RULE.replace("    options=(Option(", "    options=((").replace(
                '"texts", msg(', '"texts", ('
            ),
            f"{PATH}: options of RULE is no tuple[wakagitops.core.rule.Option, ...]",
        ),
        (
            RULE.replace('bad=(Example({"imprenta-sol.yaml": SHOP}),)', "bad=({},)"),
            f"{PATH}: bad of RULE is no tuple[wakagitops.core.rule.Example, ...]",
        ),
    ],
)
def test_a_rule_that_cannot_be_loaded_is_2_with_its_file(team: Path, text: str, told: str) -> None:
    write(team, PATH, text)
    for command in (["validate"], ["rules", "--test"], ["render"]):
        run = cli(team, *command, **ALLOWED)
        assert run.returncode == 2
        assert f"wakagitops: error: {told}" in run.stderr
        assert "Traceback" not in run.stderr
    assert f"../{PATH}" in cli(team / "configs", "validate", **ALLOWED).stderr


def test_a_rule_that_takes_the_id_of_ours_is_2(team: Path) -> None:
    write(team, "rules/contact/role_account.py", RULE)
    run = cli(team, "validate", **ALLOWED)
    assert run.returncode == 2
    assert "rules/contact/role_account.py: the rule contact/role-account exists already" in run.stderr


def test_a_folder_without_a_rule_is_2(team: Path) -> None:
    (team / PATH).unlink()
    run = cli(team, "validate", **ALLOWED)
    assert run.returncode == 2
    assert "there is no rule below rules" in run.stderr


def test_a_rule_that_fails_at_work_is_a_finding_and_the_run_goes_on(team: Path) -> None:
    write(team, PATH, RULE.replace("    host = shop.text(HOST)\n", "    host = shop.no_such(HOST)\n"))
    write(team, SHOP, SOL.replace("contacto@", "no-reply@"))
    rules = {rule for rule, *_ in _found(team)}
    assert rules == {"internal/rule-crash", "address/no-reply"}


def _with_body(body: str, scope: str) -> str:
    """Return the page's rule, with another check."""
    first, last = RULE.index("    host = shop.text(HOST)\n"), RULE.index("\n\n\nSHOP = ")
    return f"{RULE[:first]}    {body}\n{RULE[last:]}".replace("Scope.SHOP", f"Scope.{scope}")


@pytest.mark.parametrize(
    "body",
    [
        "raise SystemExit(0); yield",
        "import sys; sys.exit(0); yield",
        "yield 'contact.email'",
        "yield",
        "return None",
        "yield Finding('/contact/email', 'a text')",
        "yield Finding(3, msg('x'))",
        "yield Finding('/contact/email', msg('x'), related=('/url',))",
        "yield Finding('/contact/email', msg('x'), fix='y')",
    ],
)
@pytest.mark.parametrize("scope", ["SHOP", "FILE", "FLEET"])
def test_a_rule_that_ends_the_program_or_yields_no_finding_fails_by_itself(
    team: Path, body: str, scope: str
) -> None:
    write(team, PATH, _with_body(body, scope))
    write(team, SHOP, SOL.replace("contacto@", "no-reply@"))
    rules = {rule for rule, *_ in _found(team)}
    assert rules == {"internal/rule-crash", "address/no-reply"}


def test_a_rule_of_the_fleet_names_a_shop_or_fails_by_itself(team: Path) -> None:
    write(team, PATH, _with_body("yield Finding('/contact/email', msg('x'))", "FLEET"))
    assert {rule for rule, *_ in _found(team)} == {"internal/rule-crash"}


def test_what_a_rule_prints_does_not_stand_among_the_findings(team: Path) -> None:
    write(team, PATH, RULE.replace("    host = ", "    print('looking')\n    host = "))
    run = cli(team, "validate", "--format", "json", **ALLOWED)
    assert [item["rule"] for item in json.loads(run.stdout)["diagnostics"]] == ["casa/relay"]
    assert run.stderr == "looking\n"


def _with_keys(body: str) -> str:
    """Return the page's rule as one of the fleet that finds a shop by the domain of its contact."""
    keyed = _with_body(body, "FLEET").replace(
        "    check=check,",
        '    check=check,\n    keys=lambda facts: [facts.value("/contact/email").rpartition("@")[2]],',
    )
    return keyed.replace("reads=(HOST,)", 'reads=("/contact/email",)')


@pytest.mark.parametrize("cache", [[], ["--no-cache"]])
def test_a_rule_of_the_fleet_sees_together_the_shops_that_share_a_key(
    team: Path, cache: list[str]
) -> None:
    body = """for one in shop.shops:
        yield Finding("/contact/email", msg("seen with {n}", n=len(shop.shops)), shop=one.path)"""
    write(team, PATH, _with_keys(body))
    write(team, "configs/papeleria-luna.yaml", LUNA)
    run = cli(team, "validate", "--format", "json", "--select", "casa", *cache, **ALLOWED)
    assert [item["message"] for item in json.loads(run.stdout)["diagnostics"]] == ["seen with 1"] * 2
    write(
        team, "configs/papeleria-luna.yaml", LUNA.replace("contacto@papeleria-luna", "info@imprenta-sol")
    )
    run = cli(team, "validate", "--format", "json", "--select", "casa", *cache, **ALLOWED)
    assert [item["message"] for item in json.loads(run.stdout)["diagnostics"]] == ["seen with 2"] * 2


@pytest.mark.parametrize("cache", [[], ["--no-cache"]])
def test_a_rule_of_the_fleet_that_fails_is_told_once_for_all_shops(team: Path, cache: list[str]) -> None:
    write(team, PATH, _with_keys("raise ValueError; yield"))
    write(team, "configs/papeleria-luna.yaml", LUNA)
    assert [rule for rule, *_ in _found(team, *cache)] == ["internal/rule-crash"]
