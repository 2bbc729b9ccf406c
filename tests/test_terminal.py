"""What a terminal is shown and a pipe is not: colour, and how far a long run is."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli_case import ERROR, SOL, cli, write

MANY = 1000


def _on_a_terminal(folder: Path, *arguments: str, **environment: str) -> str:
    """Run the tool with its output and errors on one terminal; return all that the terminal got."""
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "wakagitops", *arguments],
        cwd=folder,
        env={**os.environ, "TERM": "xterm", **environment},
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    seen = b""
    while True:
        try:
            part = os.read(controller, 65536)
        except OSError:
            # Linux says so when the last program has left the terminal.
            break
        if not part:
            break
        seen += part
    os.close(controller)
    process.wait()
    return seen.decode().replace("\r\n", "\n")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    write(tmp_path, "configs/imprenta-sol.yaml", ERROR)
    return tmp_path


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fleet")
    for number in range(MANY):
        name = f"imprenta-{number}"
        text = SOL.replace("imprenta-sol", name).replace("IMPRENTA_SOL", f"IMPRENTA_{number}")
        write(folder, f"configs/{name}.yaml", text)
    return folder


# Colour


@pytest.mark.parametrize(
    ("environment", "flags", "is_coloured"),
    [
        ({}, (), True),
        ({"NO_COLOR": "1"}, (), False),
        ({"NO_COLOR": ""}, (), True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, (), False),
        ({"NO_COLOR": "1"}, ("--color", "always"), True),
        ({"NO_COLOR": "1", "WAKAGITOPS_COLOR": "always"}, (), True),
        ({"TERM": "dumb"}, (), False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, (), True),
        ({}, ("--color=never",), False),
        ({"FORCE_COLOR": "1"}, ("--color=never",), False),
    ],
)
def test_colour_on_a_terminal(
    shop: Path, environment: dict[str, str], flags: tuple[str, ...], *, is_coloured: bool
) -> None:
    seen = _on_a_terminal(shop, "validate", *flags, **environment)
    assert "no-reply" in seen
    assert ("\x1b[" in seen) is is_coloured


@pytest.mark.parametrize(
    ("environment", "flags", "is_coloured"),
    [
        ({}, (), False),
        ({"FORCE_COLOR": "1"}, (), True),
        ({"FORCE_COLOR": ""}, (), False),
        ({"CLICOLOR_FORCE": "1"}, (), True),
        ({"CLICOLOR_FORCE": "0"}, (), False),
        ({"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, (), False),
        ({}, ("--color", "always"), True),
        ({"TERM": "xterm-256color"}, (), False),
    ],
)
def test_colour_in_a_pipe(
    shop: Path, environment: dict[str, str], flags: tuple[str, ...], *, is_coloured: bool
) -> None:
    run = cli(shop, "validate", *flags, **environment)
    assert "no-reply" in run.stdout
    assert ("\x1b[" in run.stdout) is is_coloured


@pytest.mark.parametrize(("environment", "is_coloured"), [({}, False), ({"FORCE_COLOR": "1"}, True)])
def test_colour_of_what_ends_a_run(
    shop: Path, environment: dict[str, str], *, is_coloured: bool
) -> None:
    run = cli(shop, "validate", "nope.yaml", **environment)
    assert ("\x1b[" in run.stderr) is is_coloured


@pytest.mark.parametrize("name", ["json", "sarif", "junit", "gitlab", "github", "markdown", "html"])
def test_what_machines_read_has_no_colour_however_it_is_forced(shop: Path, name: str) -> None:
    run = cli(shop, "validate", "--format", name, "--color", "always", FORCE_COLOR="1")
    assert "\x1b" not in run.stdout


# How far a long run is


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("validate", "--no-cache"), f"checked 1 of {MANY} files"),
        (("validate", "--no-cache", "--jobs", "1"), f"checked 990 of {MANY} files"),
        (("fix", "--no-cache", "--check"), f"checked 500 of {MANY} files"),
        (("render", "--out", "../dist", "--no-cache"), f"checked 1 of {MANY} files"),
        (("render", "--out", "../dist", "--check"), f"rendering {MANY} shops"),
    ],
)
def test_a_long_run_says_how_far_it_is_and_leaves_no_trace(
    fleet: Path, command: tuple[str, ...], said: str
) -> None:
    seen = _on_a_terminal(fleet, *command)
    assert f"\r\x1b[K{said}" in seen
    assert seen.count("\x1b[K") > 1
    # Whatever stands on the line when other output comes is taken away first.
    last_status = seen.rpartition("\r\x1b[K")[2]
    assert f"of {MANY} files" not in last_status
    assert f"rendering {MANY}" not in last_status
    assert last_status.strip()


@pytest.mark.parametrize(
    ("flags", "environment"),
    [
        (("-q",), {}),
        ((), {"NO_COLOR": "1"}),
        ((), {"TERM": "dumb"}),
        ((), {"WAKAGITOPS_QUIET": "1"}),
    ],
)
def test_who_wants_it_quiet_or_plain_is_not_told(
    fleet: Path, flags: tuple[str, ...], environment: dict[str, str]
) -> None:
    seen = _on_a_terminal(fleet, "validate", "--no-cache", *flags, **environment)
    assert "\r" not in seen
    assert f"of {MANY} files" not in seen


def test_a_pipe_is_not_told(fleet: Path) -> None:
    run = cli(fleet, "validate", "--no-cache", TERM="xterm", FORCE_COLOR="1")
    assert run.stderr == ""
    assert "\r" not in run.stdout


@pytest.mark.parametrize("command", ["validate", "fix", "render"])
def test_a_short_run_says_nothing(tmp_path: Path, command: str) -> None:
    write(tmp_path, "configs/imprenta-sol.yaml", SOL)
    assert "\x1b[K" not in _on_a_terminal(tmp_path, command, "--no-cache")


def test_what_a_long_run_finds_is_the_same_with_and_without_a_terminal(fleet: Path) -> None:
    seen = _on_a_terminal(fleet, "validate", "--no-cache", "--color", "never")
    assert seen.rpartition("\x1b[K")[2] == cli(fleet, "validate").stdout


# Width


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("arguments", [("rules",), ("explain", "contact/role-account")])
def test_words_are_whole_whatever_the_width_of_the_terminal(
    shop: Path, arguments: tuple[str, ...], language: str, columns: int
) -> None:
    in_a_pipe = cli(shop, *arguments, "--lang", language, COLUMNS=str(columns)).stdout
    seen = _on_a_terminal(shop, *arguments, "--lang", language, COLUMNS=str(columns))
    assert seen.replace("#", "").split() == in_a_pipe.replace("#", "").split()
    assert max(map(len, in_a_pipe.splitlines())) > columns or columns == 120
    for line in seen.splitlines():
        assert len(line) <= columns or line.startswith("  smtp: ")  # code stays as it is


def test_rules_go_on_below_their_own_column(shop: Path) -> None:
    seen = _on_a_terminal(shop, "rules", "contact", COLUMNS="80").splitlines()
    assert seen[:2] == [
        "contact/disposable-domain  error         The contact address is at a provider of",
        "                                         throw-away addresses",
    ]
    assert _on_a_terminal(shop, "rules", COLUMNS="140") == cli(shop, "rules", COLUMNS="40").stdout


def test_where_a_value_comes_from_is_told_in_whole_words(shop: Path) -> None:
    asked = ("explain", "configs/imprenta-sol.yaml", "contact.email")
    seen = _on_a_terminal(shop, *asked, COLUMNS="70")
    assert seen.split() == cli(shop, *asked).stdout.split()
    assert max(map(len, seen.splitlines())) <= 70
