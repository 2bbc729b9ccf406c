"""The command line as hooks and pipelines call it: exit statuses, paths, flags and their variables."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.cli_case import ERROR, LUNA, NOTE, SOL, WARNING, cli, write
from tests.render_case import git

SHOP = "configs/imprenta-sol.yaml"


@pytest.fixture
def shops(tmp_path: Path) -> Path:
    """A repository with one sound shop."""
    (tmp_path / ".git").mkdir()
    write(tmp_path, SHOP, SOL)
    return tmp_path


def _rules(folder: Path, *arguments: str, **environment: str) -> list[str]:
    run = cli(folder, "validate", "--format", "json", *arguments, **environment)
    return [item["rule"] for item in json.loads(run.stdout)["diagnostics"]]


# Exit statuses


@pytest.mark.parametrize(
    ("text", "flags", "status"),
    [
        (SOL, (), 0),
        (NOTE, (), 0),
        (NOTE, ("--strict",), 0),
        (WARNING, (), 0),
        (WARNING, ("--strict",), 1),
        (WARNING, ("--strict", "--exit-zero"), 0),
        (ERROR, (), 1),
        (ERROR, ("--exit-zero",), 0),
        (ERROR, ("-q",), 1),
        (ERROR, ("--ignore", "address"), 0),
        ("shop: [", (), 1),
    ],
)
def test_findings_decide_between_0_and_1(
    shops: Path, text: str, flags: tuple[str, ...], status: int
) -> None:
    write(shops, SHOP, text)
    run = cli(shops, "validate", *flags)
    assert run.returncode == status
    assert run.stderr == ""


@pytest.mark.parametrize(
    "name", ["text", "json", "sarif", "junit", "github", "gitlab", "markdown", "html"]
)
def test_an_error_is_1_in_every_format(shops: Path, name: str) -> None:
    write(shops, SHOP, ERROR)
    run = cli(shops, "validate", "--format", name)
    assert run.returncode == 1
    assert "no-reply" in run.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["validat"], "there is no command validat; did you mean validate?"),
        (["check"], "there is no command check; there are: validate, fix"),
        (["validate", "--formt", "json"], "there is no flag --formt; did you mean --format?"),
        (["validate", "--frobnicate"], "there is no flag --frobnicate"),
        (["--jobs", "2", "validate"], "--jobs goes after the command: wakagitops validate --jobs"),
        (["-v", "validate"], "-v goes after the command: wakagitops validate -v"),
        (["validate", "--format", "xml"], "'xml'"),
        (["validate", "--output", "sarif"], "--output takes FORMAT=FILE"),
        (["validate", "--output", "xml=f"], "--output takes FORMAT=FILE"),
        (["validate", "--output", "json="], "--output takes FORMAT=FILE"),
        (["validate", "--select", "contact/role-acount"], "did you mean contact/role-account?"),
        (["validate", "--ignore", "role-account"], "did you mean contact/role-account?"),
        (["validate", "--ignore", "contacts"], "did you mean contact?"),
        (["validate", "--jobs", "many"], "--jobs takes a whole number, 0 or more"),
        (["validate", "--jobs", "-1"], "--jobs takes a whole number, 0 or more"),
        (["validate", "--today", "tomorrow"], "--today takes a day such as 2027-01-31"),
        (["validate", "--assume-version", "new"], "--assume-version takes a platform version"),
        (["validate", "--config", "nope.toml"], "nope.toml cannot be read"),
        (["validate", "-"], "--stdin-filename"),
        (["validate", "-", "--stdin-filename", ""], "needs --stdin-filename"),
        (["fix", "-"], "`wakagitops fix` reads no standard input"),
        (["schema", "file", "effective"], "effective is one argument too many"),
        (["explain", "contact/role"], "there is no rule contact/role"),
        (["explain", SHOP, "contact.mail"], "did you mean contact.email?"),
        (["rules", "contacts"], "did you mean contact?"),
    ],
)
def test_wrong_usage_is_2_and_says_what_was_meant(shops: Path, arguments: list[str], told: str) -> None:
    run = cli(shops, *arguments)
    assert run.returncode == 2
    assert run.stdout == ""
    assert run.stderr.startswith("wakagitops: error: ")
    assert told in run.stderr


def test_no_command_shows_the_help_and_is_2(shops: Path) -> None:
    run = cli(shops)
    assert run.returncode == 2
    assert "wakagitops validate" in run.stdout


def _unquoted(place: str, right: str) -> str:
    problem = "this is not valid TOML: a key with such characters goes in quotes; write"
    return f"wakagitops.toml:{place}: {problem} {right}\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            'root = "configs"\nrot = 1\n',
            "wakagitops.toml:2:1: there is no setting rot; did you mean root?",
        ),
        ("root = \n", "wakagitops.toml:1:8: this is not valid TOML\n"),
        (
            '[severity]\n  contact/role-account = "off"\n',
            _unquoted("2:3", '"contact/role-account" = …'),
        ),
        (
            '[per_path_ignores]\r\nconfigs/a.yaml = ["contact"]\r\n',
            _unquoted("2:1", '"configs/a.yaml" = …'),
        ),
        (
            "[rules.contact/role-account]\naccounts = []\n",
            _unquoted("1:2", '[rules."contact/role-account"]'),
        ),
        (
            'severity.contact/free-mail = "off"\n',
            _unquoted("1:1", 'severity."contact/free-mail" = …'),
        ),
        (
            '[severity]\n"contact/free-mail" = off  # for now\n',
            'wakagitops.toml:2:23: this is not valid TOML: a text goes in quotes; write "off"\n',
        ),
        ("root = 1\n", "wakagitops.toml:1:1: root must be a text"),
        ('[severity]\n"contact/role-acount" = "off"\n', "wakagitops.toml:2:1: there is no rule"),
        ('[rules."contact/role-account"]\nacounts = []\n', "wakagitops.toml:2:1: there is no setting"),
        ('root = "../other"\n', "wakagitops.toml:1:1: root must be a path below"),
    ],
)
def test_a_wrong_wakagitops_toml_is_2_with_its_place(shops: Path, text: str, told: str) -> None:
    write(shops, "wakagitops.toml", text)
    for command in (["validate"], ["fix", "--check"], ["render"], ["rules"]):
        run = cli(shops, *command)
        assert run.returncode == 2, command
        assert told in run.stderr
    below = cli(shops / "configs", "validate")
    assert f"../{told}" in below.stderr


@pytest.mark.parametrize("named", ["schema", "rules", "init"])
def test_a_path_named_like_a_command_hides_no_wrong_wakagitops_toml(shops: Path, named: str) -> None:
    write(shops, "wakagitops.toml", "rot = 1\n")
    write(shops, named, "")
    assert cli(shops, "validate", named).returncode == 2


@pytest.mark.parametrize("command", [["--help"], ["validate", "--help"], ["--version"], ["schema"]])
def test_help_works_in_spite_of_a_wrong_wakagitops_toml(shops: Path, command: list[str]) -> None:
    write(shops, "wakagitops.toml", "rot = 1\n")
    assert cli(shops, *command).returncode == 0


@pytest.mark.parametrize(
    ("paths", "told"),
    [
        (["nope.yaml"], "nope.yaml does not exist"),
        ([SHOP, "configs/nope.yaml"], "configs/nope.yaml does not exist"),
        (["empty"], "there is no settings file below empty"),
        (["empty", "empty"], "there is no settings file below empty"),
    ],
)
def test_a_path_that_is_not_there_or_holds_nothing_is_3(
    shops: Path, paths: list[str], told: str
) -> None:
    (shops / "empty").mkdir()
    run = cli(shops, "validate", *paths)
    assert (run.returncode, run.stdout) == (3, "")
    assert told in run.stderr


@pytest.mark.parametrize("command", ["validate", "fix", "render"])
def test_a_repository_without_settings_is_3(tmp_path: Path, command: str) -> None:
    (tmp_path / ".git").mkdir()
    run = cli(tmp_path, command)
    assert (run.returncode, run.stdout) == (3, "")
    assert "below configs" in run.stderr


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["validate"], 3),
        (["validate", "imprenta-sol.yaml"], 3),
        (["fix"], 3),
        (["render"], 3),
        (["explain", "imprenta-sol.yaml", "contact.email"], 2),
    ],
)
def test_from_a_folder_that_nothing_ties_to_a_repository_it_says_where_it_looked(
    tmp_path: Path, arguments: list[str], status: int
) -> None:
    write(tmp_path, SHOP, SOL)
    run = cli(tmp_path / "configs", *arguments)
    assert (run.returncode, run.stdout) == (status, "")
    assert f"no settings file below {tmp_path}/configs/configs: neither git nor" in run.stderr
    assert "Run from the repository's folder, or give its wakagitops.toml with --config." in run.stderr
    write(tmp_path, "wakagitops.toml", "")
    assert cli(tmp_path / "configs", *arguments).returncode == 0


def test_where_no_file_is_a_settings_file_a_named_one_does_not_pass(shops: Path) -> None:
    write(shops, "wakagitops.toml", 'root = "tiendas"\n')
    run = cli(shops, "validate", SHOP)
    assert (run.returncode, run.stdout) == (3, "")
    assert f"{SHOP} is skipped: it is not below tiendas" in run.stderr
    assert "there is no settings file below tiendas" in run.stderr


@pytest.mark.parametrize("root", ["configs", "settings/configs"])
def test_a_root_that_a_symlink_leads_to_is_not_followed(shops: Path, root: str) -> None:
    (shops / "configs").rename(shops / "real")
    write(shops, "wakagitops.toml", f'root = "{root}"\n')
    (shops / "real" / "configs").mkdir()
    write(shops, "real/configs/imprenta-sol.yaml", SOL)
    (shops / root.partition("/")[0]).symlink_to("real")
    for command in ("validate", "fix", "render"):
        run = cli(shops, command)
        assert (run.returncode, run.stdout) == (3, "")
        assert f"{root} is reached by a symlink, and symlinks are not followed" in run.stderr


def test_what_cannot_be_written_is_4_and_leaves_nothing_half(shops: Path) -> None:
    write(shops, SHOP, ERROR)
    run = cli(shops, "validate", "--output", "json=no/such/folder/x.json")
    assert run.returncode == 4
    assert "[address/no-reply]" in run.stdout, "it hides no finding"
    assert "no/such/folder/x.json cannot be written: No such file or directory" in run.stderr
    with open("/dev/full", "w", encoding="utf-8") as full:
        command = [sys.executable, "-m", "wakagitops", "rules"]
        done = subprocess.run(
            command, cwd=shops, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 4
    assert done.stderr == "wakagitops: error: the system refuses: No space left on device\n"


def test_a_reader_that_goes_away_ends_the_run_in_silence(shops: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "wakagitops", "rules"]
    with open(writing, "wb") as pipe:
        run = subprocess.run(command, cwd=shops, stdout=pipe, stderr=subprocess.PIPE, check=False)
    assert (run.returncode, run.stderr) == (4, b"")


def test_fixes_are_written_though_nobody_reads_of_them(shops: Path) -> None:
    file = write(shops, SHOP, f"\ufeff{SOL}")
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "wb") as pipe:
        command = [sys.executable, "-m", "wakagitops", "fix"]
        run = subprocess.run(command, cwd=shops, stdout=pipe, stderr=subprocess.PIPE, check=False)
    assert (run.returncode, file.read_text(encoding="utf-8")) == (0, SOL)


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["validate"], 1),
        (["validate", "--exit-zero"], 0),
        (["validate", "--format", "github"], 1),
        (["validate", "--format", "json"], 1),
        (["render"], 1),
        (["render", "--ignore", "address"], 0),
        (["fix", "--diff", "--check"], 0),
    ],
)
def test_what_was_found_decides_though_nobody_reads_it_to_its_end(
    shops: Path, arguments: list[str], status: int
) -> None:
    write(shops, SHOP, ERROR)
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "wb") as pipe:
        run = subprocess.run(
            [sys.executable, "-m", "wakagitops", *arguments],
            cwd=shops,
            env={**os.environ, "GITHUB_STEP_SUMMARY": str(shops / "summary.md")},
            stdout=pipe,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert run.returncode == status
    assert b"error" not in run.stderr
    assert (shops / "dist" / "manifest.json").exists() == (arguments[:2] == ["render", "--ignore"])
    if "github" in arguments:
        assert "no-reply" in (shops / "summary.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("closed", "status"), [("validate >&-", 1), ("validate 2>&-", 1), ("validate nope 2>&-", 3)]
)
def test_a_stream_that_the_caller_closed_changes_no_status(
    shops: Path, closed: str, status: int
) -> None:
    write(shops, SHOP, ERROR)
    command = f'"{sys.executable}" -m wakagitops {closed}'
    assert subprocess.run(["sh", "-c", command], cwd=shops, check=False).returncode == status


def test_standard_input_that_the_caller_closed_is_told(shops: Path) -> None:
    command = f'"{sys.executable}" -m wakagitops validate - --stdin-filename {SHOP} <&-'
    run = subprocess.run(["sh", "-c", command], cwd=shops, capture_output=True, check=False)
    assert (run.returncode, run.stderr) == (2, b"wakagitops: error: standard input is closed\n")


# Paths


def test_only_what_is_named_is_reported(shops: Path) -> None:
    write(shops, SHOP, ERROR)
    write(shops, "configs/papeleria-luna.yaml", LUNA)
    assert cli(shops, "validate", "configs/papeleria-luna.yaml").returncode == 0
    assert cli(shops, "validate", "configs").returncode == 1
    assert cli(shops, "validate", ".").returncode == 1
    assert cli(shops, "validate", str(shops / SHOP)).returncode == 1


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("configs/notes.txt", "configs/notes.txt is skipped: it is no settings file"),
        ("configs/logo.png", "configs/logo.png is skipped: it is no settings file"),
        ("docs/shop.yaml", "docs/shop.yaml is skipped: it is not below configs"),
    ],
)
def test_a_named_file_that_is_no_settings_file_is_skipped_aloud(
    shops: Path, path: str, told: str
) -> None:
    write(shops, "wakagitops.toml", 'exclude = ["configs/drafts"]\n')
    write(shops, path, ERROR)
    run = cli(shops, "validate", path)
    assert (run.returncode, run.stdout) == (3, "")
    nothing = "wakagitops: error: no file that is named is a settings file\n"
    assert run.stderr == f"wakagitops: {told}\n{nothing}"
    write(shops, SHOP, ERROR)
    both = cli(shops, "validate", path, SHOP)
    assert (both.returncode, both.stderr) == (1, f"wakagitops: {told}\n")


def test_a_hook_that_is_given_an_excluded_file_lets_its_commit_pass(shops: Path) -> None:
    write(shops, "wakagitops.toml", 'exclude = ["configs/drafts"]\n')
    write(shops, "configs/drafts/new.yaml", ERROR)
    run = cli(shops, "validate", "configs/drafts/new.yaml")
    assert (run.returncode, run.stdout) == (0, "Nothing was checked.\n")
    told = "configs/drafts/new.yaml is skipped: wakagitops.toml excludes it"
    assert run.stderr == f"wakagitops: {told}\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--stdin-filename", SHOP), "--stdin-filename names what - stands for: give - as a path too"),
        (
            ("--select", "contact", "--ignore", "contact"),
            "no rule is left to run: all that is selected is ignored too",
        ),
    ],
)
def test_flags_that_would_do_nothing_are_refused(
    shops: Path, arguments: tuple[str, ...], told: str
) -> None:
    run = cli(shops, "validate", *arguments)
    assert (run.returncode, run.stderr) == (2, f"wakagitops: error: {told}\n")


def test_explain_names_the_rules_of_a_group_and_finds_no_tenth_of_one_recipient(shops: Path) -> None:
    group = cli(shops, "explain", "contact")
    assert group.returncode == 2
    assert "contact is a group of rules; name one of them: contact/" in group.stderr
    tenth = cli(shops, "explain", SHOP, "admin.recipients.9")
    assert tenth.stdout.startswith("admin.recipients[9] is not set\n")
    assert "removed" not in tenth.stdout


def test_standard_input_stands_for_the_file_it_is_named_as(shops: Path) -> None:
    run = cli(shops, "validate", "-", "--stdin-filename", SHOP, stdin=ERROR)
    assert run.returncode == 1
    assert run.stdout.startswith(f"{SHOP}:5:10: error:")
    assert cli(shops, "validate", "-", "--stdin-filename", SHOP, stdin=SOL).returncode == 0
    # A file that is new in the editor takes its place in the fleet.
    new = cli(shops, "validate", "-", "--stdin-filename", "configs/otra/imprenta-sol.yaml", stdin=SOL)
    assert new.returncode == 1
    assert "[fleet/duplicate-shop]" in new.stdout


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["validate", "PATH"], 3),
        (["fix", "PATH"], 3),
        (["validate", "-", "--stdin-filename", "PATH"], 3),
        (["explain", "PATH", "contact.email"], 2),
    ],
)
def test_a_path_of_another_repository_is_said_to_be_one(
    tmp_path: Path, arguments: list[str], status: int
) -> None:
    write(tmp_path, f"a/{SHOP}", SOL)
    write(tmp_path, f"b/{SHOP}", SOL)
    for name in ("a", "b"):
        (tmp_path / name / ".git").mkdir()
    path = f"../b/{SHOP}"
    run = cli(tmp_path / "a", *(path if part == "PATH" else part for part in arguments), stdin=SOL)
    assert (run.returncode, run.stdout) == (status, "")
    advice = f"{path} lies outside {tmp_path}/a, where this run looks for settings; `cd ../b` and run it"
    assert run.stderr == f"wakagitops: error: {advice} there\n"


def test_a_folder_outside_the_repository_is_said_to_be_one(shops: Path) -> None:
    below = shops / "configs"
    run = cli(below, "validate", "../..", "--lang", "es")
    assert (run.returncode, run.stdout) == (3, "")
    assert (
        f"../.. está fuera de {shops}, donde esta ejecución busca ajustes; haz `cd ../..`" in run.stderr
    )
    # What else is named is checked all the same.
    both = cli(below, "validate", "../..", "imprenta-sol.yaml")
    assert both.returncode == 0
    assert "../.. lies outside" in both.stderr
    assert "../../no does not exist" in cli(below, "validate", "../../no").stderr


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("docs/shop.yaml", "it is not below configs"),
        ("configs/drafts/new.yaml", "wakagitops.toml excludes it"),
        ("configs/shop.json", "it is no settings file"),
        ("configs/shop.YAML", "it is no settings file"),
        ("configs/_notes.yaml", "it is no settings file"),
        ("configs/.hidden/shop.yaml", "it is no settings file"),
        ("configs", "it is no settings file"),
    ],
)
def test_standard_input_that_stands_for_no_settings_file_is_3(shops: Path, path: str, why: str) -> None:
    write(shops, "wakagitops.toml", 'exclude = ["configs/drafts"]\n')
    run = cli(shops, "validate", "-", "--stdin-filename", path, stdin=ERROR)
    assert (run.returncode, run.stdout) == (3, "")
    assert f"wakagitops: {path} is skipped: {why}\n" in run.stderr
    assert run.stderr.endswith(
        "wakagitops: error: standard input stands for no settings file; name one with --stdin-filename, "
        f"such as {SHOP}\n"
    )
    spanish = cli(shops, "validate", "-", "--stdin-filename", path, "--lang", "es", stdin=ERROR)
    assert "la entrada estándar no representa ningún fichero de ajustes" in spanish.stderr
    # What else is named is checked all the same.
    both = cli(shops, "validate", "-", SHOP, "--stdin-filename", path, stdin=ERROR)
    assert (both.returncode, both.stdout[:9]) == (0, "All good:")


def test_standard_input_inherits_what_its_folder_sets(shops: Path) -> None:
    write(shops, "configs/_defaults.yaml", 'platform_version: "3.27.0"\n')
    text = SOL.replace('platform_version: "3.28.1"\n', "")
    run = cli(shops, "validate", "-", "--stdin-filename", SHOP, stdin=text)
    assert run.returncode == 1
    assert "[platform/version-gate]" in run.stdout


def test_paths_are_shown_relative_to_the_current_directory(shops: Path) -> None:
    write(shops, SHOP, ERROR)
    write(shops, "elsewhere/x", "")
    assert cli(shops, "validate").stdout.startswith("configs/imprenta-sol.yaml:5:10:")
    assert cli(shops / "configs", "validate").stdout.startswith("imprenta-sol.yaml:5:10:")
    assert cli(shops / "elsewhere", "validate").stdout.startswith("../configs/imprenta-sol.yaml:5:10:")
    below = cli(shops / "configs", "validate", "imprenta-sol.yaml", "--format", "json")
    assert json.loads(below.stdout)["diagnostics"][0]["path"] == "imprenta-sol.yaml"


# Where wakagitops.toml is looked for


def test_the_nearest_wakagitops_toml_upward_holds(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path, "wakagitops.toml", 'root = "shops"\n')
    write(tmp_path, "shops/imprenta-sol.yaml", SOL)
    write(tmp_path, "inner/wakagitops.toml", 'root = "tiendas"\n')
    write(tmp_path, "inner/tiendas/imprenta-sol.yaml", ERROR)
    assert cli(tmp_path, "validate").returncode == 0
    assert cli(tmp_path / "shops", "validate").returncode == 0
    assert cli(tmp_path / "inner" / "tiendas", "validate").returncode == 1


def test_no_wakagitops_toml_above_the_git_root_holds(tmp_path: Path) -> None:
    write(tmp_path, "wakagitops.toml", 'root = "shops"\n')
    inner = tmp_path / "inner"
    write(inner, SHOP, ERROR)
    (inner / ".git").mkdir()
    run = cli(inner / "configs", "validate")
    assert run.returncode == 1
    assert run.stdout.startswith("imprenta-sol.yaml:5:10:")


def test_the_root_of_a_git_worktree_is_a_git_root_too(tmp_path: Path) -> None:
    write(tmp_path, "wakagitops.toml", 'root = "shops"\n')
    write(tmp_path, f"inner/{SHOP}", ERROR)
    write(tmp_path, "inner/.git", "gitdir: ../elsewhere\n")
    assert cli(tmp_path / "inner", "validate").returncode == 1


@pytest.mark.parametrize("way", ["flag", "variable"])
def test_a_named_wakagitops_toml_holds_and_its_folder_is_the_base(tmp_path: Path, way: str) -> None:
    write(tmp_path, "a/wakagitops.toml", "")
    write(tmp_path, f"a/{SHOP}", SOL)
    write(tmp_path, "b/other.toml", 'root = "shops"\n')
    write(tmp_path, "b/shops/imprenta-sol.yaml", ERROR)
    if way == "flag":
        run = cli(tmp_path / "a", "validate", "--config", "../b/other.toml")
    else:
        run = cli(tmp_path / "a", "validate", WAKAGITOPS_CONFIG="../b/other.toml")
    assert run.stdout.startswith("../b/shops/imprenta-sol.yaml:5:10:")


# Outputs


def test_several_outputs_are_written_in_one_run(shops: Path) -> None:
    write(shops, SHOP, ERROR)
    names = ("json", "sarif", "junit", "gitlab", "markdown", "html", "text")
    flags = [flag for name in names for flag in ("--output", f"{name}=out.{name}")]
    run = cli(shops, "validate", *flags)
    assert run.returncode == 1
    assert run.stdout.startswith(f"{SHOP}:5:10: error:")
    for name in ("json", "sarif", "gitlab"):
        assert "address/no-reply" in json.dumps(json.loads((shops / f"out.{name}").read_bytes()))
    assert ET.parse(shops / "out.junit").getroot().tag == "testsuites"  # noqa: S314 - our own output
    for name in ("markdown", "html", "text"):
        assert "address/no-reply" in (shops / f"out.{name}").read_text(encoding="utf-8")
    # No file is left beside them, and none holds what only a terminal understands.
    assert {path.name for path in shops.glob("out*")} == {f"out.{name}" for name in names}
    assert not any(b"\x1b" in path.read_bytes() for path in shops.glob("out*"))


def test_an_output_goes_into_a_pipe_and_through_a_link_outside_the_repository_only(
    shops: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    write(shops, "real.json", "old")
    (shops / "link.json").symlink_to("real.json")
    run = cli(shops, "validate", "--output", "json=link.json")
    assert (run.returncode, (shops / "real.json").read_bytes()) == (4, b"old")
    assert "link.json cannot be written: it is a link or lies behind one" in run.stderr
    outside = tmp_path_factory.mktemp("outside")
    (outside / "link.json").symlink_to("real.json")
    cli(shops, "validate", "--output", f"json={outside}/link.json")
    assert (outside / "link.json").is_symlink()
    assert json.loads((outside / "real.json").read_bytes())["version"] == 1
    run = cli(shops, "validate", "-q", "--output", "json=/dev/stderr")
    assert json.loads(run.stderr)["version"] == 1


def test_the_format_is_that_of_github_where_it_runs_there(shops: Path, tmp_path: Path) -> None:
    write(shops, SHOP, ERROR)
    summary = tmp_path / "summary.md"
    run = cli(shops, "validate", GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))
    assert run.stdout.startswith(f"::error file={SHOP},line=5,")
    assert "no-reply" in summary.read_text(encoding="utf-8")
    plain = cli(shops, "validate", "--format", "text", GITHUB_ACTIONS="true")
    assert plain.stdout.startswith(SHOP)


# Variables, and what goes before what


@pytest.mark.parametrize(
    ("variable", "value", "rules"),
    [
        ("SELECT", "contact", ["contact/free-mail"]),
        ("SELECT", "admin, smtp", ["admin/missing-recipients"]),
        ("IGNORE", "contact,smtp", ["admin/missing-recipients"]),
        ("ASSUME_VERSION", "3.27.0", ["contact/free-mail"]),
        ("NO_SUPPRESSIONS", "1", ["contact/free-mail", "admin/missing-recipients"]),
        ("NO_CACHE", "true", ["contact/free-mail", "admin/missing-recipients"]),
        ("JOBS", "2", ["contact/free-mail", "admin/missing-recipients"]),
        ("TODAY", "2027-01-31", ["contact/free-mail", "admin/missing-recipients"]),
        ("SELECT", "", ["contact/free-mail", "admin/missing-recipients"]),
    ],
)
def test_a_variable_acts_as_its_flag(shops: Path, variable: str, value: str, rules: list[str]) -> None:
    text = WARNING.replace("admin:\n  recipients: [ventas@imprenta-sol.es]\n", "")
    write(shops, SHOP, text)
    assert sorted(_rules(shops, **{f"WAKAGITOPS_{variable}": value})) == sorted(rules)


@pytest.mark.parametrize(
    ("variable", "value", "status", "start"),
    [
        ("STRICT", "1", 1, f"{SHOP}:5:10"),
        ("STRICT", "0", 0, f"{SHOP}:5:10"),
        ("FORMAT", "json", 0, "{"),
        ("LANG", "es", 0, f"{SHOP}:5:10: advertencia"),
        ("COLOR", "always", 0, "\x1b["),
        ("QUIET", "1", 0, "Found"),
    ],
)
def test_a_variable_acts_on_the_report_too(
    shops: Path, variable: str, value: str, status: int, start: str
) -> None:
    write(shops, SHOP, WARNING)
    run = cli(shops, "validate", **{f"WAKAGITOPS_{variable}": value})
    assert run.returncode == status
    assert run.stdout.startswith(start)


def test_the_variable_for_outputs_lists_them(shops: Path) -> None:
    cli(shops, "validate", WAKAGITOPS_OUTPUT="json=a.json, markdown=b.md")
    assert (shops / "a.json").is_file()
    assert (shops / "b.md").is_file()


def test_the_variable_for_exit_zero_acts(shops: Path) -> None:
    write(shops, SHOP, ERROR)
    assert cli(shops, "validate", WAKAGITOPS_EXIT_ZERO="1").returncode == 0


@pytest.mark.parametrize(
    ("variable", "value"),
    [("STRICT", "maybe"), ("FORMAT", "xml"), ("JOBS", "many"), ("TODAY", "soon"), ("LANG", "fr"),
     ("COLOR", "red"), ("OUTPUT", "xml=f"), ("QUIET", "very"), ("ASSUME_VERSION", "new")],
)  # fmt: skip
def test_a_variable_with_a_wrong_value_is_2(shops: Path, variable: str, value: str) -> None:
    run = cli(shops, "validate", **{f"WAKAGITOPS_{variable}": value})
    assert run.returncode == 2
    assert variable in run.stderr or variable.lower().replace("_", "-") in run.stderr


@pytest.mark.parametrize(
    ("command", "variable", "value", "choices"),
    [
        ("validate", "FORMAT", "xml", "auto, github, gitlab, html, json, junit, markdown, sarif, text"),
        ("plan", "FORMAT", "xml", "json, markdown, text"),
        ("render", "OUTPUT", "xml=f", "github=FILE, gitlab=FILE, html=FILE, json=FILE, junit=FILE,"),
        ("rules", "COLOR", "red", "auto, always, never"),
        ("fix", "STRICT", "maybe", "1, true, yes, on, 0, false, no, off"),
        ("validate", "LANG", "fr", "en, es"),
    ],
)
def test_a_variable_with_a_wrong_value_says_which_there_are(
    shops: Path, command: str, variable: str, value: str, choices: str
) -> None:
    run = cli(shops, command, **{f"WAKAGITOPS_{variable}": value})
    assert run.returncode == 2
    assert f"WAKAGITOPS_{variable} " in run.stderr
    assert f"one of: {choices}" in run.stderr


@pytest.mark.parametrize(
    ("command", "variable", "value", "told"),
    [
        ("validate", "TODAY", "2027-02-31", " takes a day such as 2027-01-31"),
        ("validate", "JOBS", "-1", " takes a whole number, 0 or more"),
        ("fix", "QUIET", "very", " takes a whole number, 0 or more"),
        ("validate", "ASSUME_VERSION", "new", " takes a platform version such as 3.28.1, not new"),
        ("validate", "STRICT", "maybe", " takes one of: 1, true, yes, on, 0, false, no, off"),
        ("validate", "SINCE", "nowhere", ": git knows no revision nowhere"),
        ("fix", "SINCE", "nowhere", ": git knows no revision nowhere"),
        ("plan", "BASE", "nowhere", ": git knows no revision nowhere"),
        ("plan --base HEAD", "HEAD", "nowhere", ": git knows no revision nowhere"),
        ("validate", "SELECT", "contact,nope", ": there is no rule nope; `wakagitops rules` lists them"),
        ("validate", "IGNORE", "nope", ": there is no rule nope; `wakagitops rules` lists them"),
        ("validate", "BASELINE", "no.json", ": the baseline no.json cannot be read: "),
        ("validate", "CONFIG", "no.toml", ": no.toml cannot be read: "),
        ("validate", "OUTPUT", f"json={SHOP}", f": {SHOP} has the name and the place of a settings"),
    ],
)
def test_what_is_wrong_in_a_variable_names_it_and_no_flag(
    shops: Path, command: str, variable: str, value: str, told: str
) -> None:
    (shops / ".git").rmdir()
    git(shops, "init", "-q")
    git(shops, "commit", "-q", "--allow-empty", "-m", "nothing")
    name = f"WAKAGITOPS_{variable}"
    run = cli(shops, *command.split(), **{name: value})
    assert (run.returncode, run.stdout) == (2, "")
    start = run.stderr.removeprefix("wakagitops: error: ").removeprefix("in ")
    assert start.startswith(f"{name}{told}")
    assert f"--{variable.lower().replace('_', '-')} " not in run.stderr
    assert name in cli(shops, *command.split(), "--lang", "es", **{name: value}).stderr
    # A flag that is wrong is not put down to a variable.
    flag = cli(shops, "validate", "--since", "elsewhere", WAKAGITOPS_SELECT="contact").stderr
    assert flag == "wakagitops: error: git knows no revision elsewhere\n"


def test_the_command_line_goes_before_variables_and_those_before_the_file(shops: Path) -> None:
    write(shops, SHOP, ERROR.replace("ventas@imprenta-sol.es", "imprentasol@gmail.com"))
    write(shops, "wakagitops.toml", 'select = ["admin"]\nlang = "es"\n')
    assert _rules(shops) == []
    assert _rules(shops, WAKAGITOPS_SELECT="address") == ["address/no-reply"]
    assert _rules(shops, "--select", "smtp", WAKAGITOPS_SELECT="address") == []
    for flags, environment, word in (
        ((), {}, "Todo"),
        ((), {"WAKAGITOPS_LANG": "en"}, "All good"),
        (("--lang", "es"), {"WAKAGITOPS_LANG": "en"}, "Todo"),
        (("--lang=en",), {"LC_ALL": "es_ES.UTF-8"}, "All good"),
    ):
        assert cli(shops, "validate", *flags, **environment).stdout.startswith(word)


def test_a_wrong_wakagitops_toml_is_told_in_the_language_that_it_asks_for(shops: Path) -> None:
    write(shops, "wakagitops.toml", 'raiz = "configs"\nlang = "es"\n')
    assert "no existe el ajuste raiz" in cli(shops, "validate").stderr
    assert "there is no setting raiz" in cli(shops, "validate", "--lang", "en").stderr
    write(shops, "wakagitops.toml", 'lang = ["es"]\n')
    assert "lang must be" in cli(shops, "validate").stderr


@pytest.mark.parametrize("flags", [("-vq",), ("-qv",), ("-q", "-v"), ("--quiet", "--verbose")])
def test_joined_flags_go_before_their_variables_too(shops: Path, flags: tuple[str, ...]) -> None:
    write(shops, SHOP, WARNING)
    run = cli(shops, "validate", *flags, WAKAGITOPS_QUIET="2", WAKAGITOPS_VERBOSE="0")
    assert "[contact/free-mail]" in run.stdout


def test_what_the_command_line_ignores_adds_to_the_file(shops: Path) -> None:
    text = WARNING.replace("admin:\n  recipients: [ventas@imprenta-sol.es]\n", "")
    write(shops, SHOP, text)
    write(shops, "wakagitops.toml", 'ignore = ["contact/free-mail"]\n')
    assert _rules(shops) == ["admin/missing-recipients"]
    assert _rules(shops, "--ignore", "admin") == []


# Streams and letters


def test_findings_go_to_standard_output_and_nothing_else_does(shops: Path) -> None:
    write(shops, SHOP, ERROR)
    write(shops, "NOTES.md", "")
    run = cli(shops, "validate", "--format", "json", SHOP, "NOTES.md")
    assert json.loads(run.stdout)["summary"]["errors"] == 1
    assert run.stderr == "wakagitops: NOTES.md is skipped: it is not below configs\n"


@pytest.mark.parametrize("locale", ["C", "POSIX", "es_ES.ISO-8859-1"])
def test_any_locale_shows_any_name(shops: Path, locale: str) -> None:
    name = "señalización-ñandú"
    write(shops, f"configs/{name}.yaml", SOL)
    run = cli(shops, "validate", LC_ALL=locale)
    assert run.returncode == 1
    assert f"configs/{name}.yaml" in run.stdout


@pytest.mark.parametrize(
    "command", [["-m", "wakagitops"], [str(Path(sys.executable).parent / "wakagitops")]]
)
def test_a_locale_of_another_encoding_names_the_same_files(shops: Path, command: list[str]) -> None:
    write(shops, "wakagitops.toml", 'environments = ["producción"]\n')
    (shops / "configs" / "producción").mkdir()
    (shops / SHOP).rename(shops / "configs" / "producción" / "imprenta-sol.yaml")
    environ = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    run = subprocess.run(
        [sys.executable, *command, "validate", "configs/producción", "--no-cache"],
        cwd=shops, env=environ, capture_output=True, check=False,
    )  # fmt: skip
    assert (run.returncode, run.stderr) == (0, b"")
    assert run.stdout == b"All good: 1 shop in 1 file, and nothing to report.\n"


def test_the_same_input_gives_the_same_bytes(shops: Path) -> None:
    write(shops, SHOP, ERROR)
    write(shops, "configs/papeleria-luna.yaml", LUNA.replace("contacto@", "maria.lopez@"))
    outputs = {
        cli(shops, "validate", "--format", "json", "--jobs", jobs, *cache, PYTHONHASHSEED=seed).stdout
        for jobs in ("1", "2")
        for cache in ((), ("--no-cache",))
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


def test_explain_shows_a_mapping_merged_and_what_a_mapping_of_one_value_took_away(shops: Path) -> None:
    write(
        shops,
        "configs/_defaults.yaml",
        "notifications:\n  name: Sol\n  smtp:\n    ports: {plain: 25, tls: 465}\n",
    )
    write(shops, SHOP, SOL.replace("{starttls: 587}", "{tls: 465}"))
    whole = cli(shops, "explain", SHOP, "notifications").stdout
    assert "email: pedidos@imprenta-sol.es" in whole.partition("\n")[0]
    assert "name: Sol" in whole.partition("\n")[0]
    assert whole.count("  set in part at ") == 2
    assert "contact.pages is not set; its default is [/contacto]\n" in (
        cli(shops, "explain", SHOP, "contact.pages").stdout
    )
    gone = cli(shops, "explain", SHOP, "notifications.smtp.ports.plain").stdout
    assert gone.startswith("notifications.smtp.ports.plain is not set\n")
    assert (
        "  overridden: configs/_defaults.yaml:4:20: 25\n  removed at configs/imprenta-sol.yaml:" in gone
    )


def test_explain_knows_that_a_list_is_replaced_whole(shops: Path) -> None:
    write(
        shops, "configs/_defaults.yaml", "admin:\n  recipients: [a@imprenta-sol.es, b@imprenta-sol.es]\n"
    )
    gone = cli(shops, "explain", SHOP, "/admin/recipients/1").stdout
    assert gone.startswith("admin.recipients[1] is not set\n")
    assert "  overridden: configs/_defaults.yaml:2:35: b@" in gone
    assert "  removed at configs/imprenta-sol.yaml:14:15\n" in gone
