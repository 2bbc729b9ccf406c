"""The help of every command: whole, with an example, and complete.

``UPDATE_GOLDENS=1 pytest tests/test_help.py`` writes ``tests/goldens/help`` anew; read the diff.
"""

from __future__ import annotations

import argparse
import os
import re
from pathlib import Path

import pytest

from tests.cli_case import cli
from wakagitops.cli.commands import COMMANDS, parsers
from wakagitops.core.messages import Translator

GOLDENS = Path(__file__).parent / "goldens" / "help"
PARSERS = parsers(Translator(), COMMANDS)[1]


def _help(folder: Path, *arguments: str, **environment: str) -> str:
    run = cli(folder, *arguments, "--help", COLUMNS="100", **environment)
    assert (run.returncode, run.stderr) == (0, "")
    return run.stdout


def _settled(text: str) -> str:
    """Return a help text with its usage on one line, which each Python breaks where it likes."""
    usage, _, rest = text.partition("\n\n")
    return f"{' '.join(usage.split())}\n\n{rest}"


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_the_help_is_the_golden_one(tmp_path: Path, command: str) -> None:
    shown = _settled(_help(tmp_path, *command.split()))
    golden = GOLDENS / f"{command or 'wakagitops'}.txt"
    if os.environ.get("UPDATE_GOLDENS"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(shown, encoding="utf-8")
    assert shown == golden.read_text(encoding="utf-8")


def test_each_golden_is_of_a_command() -> None:
    assert {path.stem for path in GOLDENS.iterdir()} == {"wakagitops", *COMMANDS}


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("command", COMMANDS)
def test_each_help_shows_examples_that_are_command_lines(
    tmp_path: Path, command: str, language: str
) -> None:
    text = _help(tmp_path, command, "--lang", language)
    examples = re.findall(rf"^  ((?:\w+=\w+ )?wakagitops {command}\b.*)", text, re.MULTILINE)
    assert examples
    for example in examples:
        # What follows two spaces says what the example does; what follows > is the shell's.
        line = re.split(r"\s{2,}| > ", example.partition("wakagitops ")[2])[0]
        PARSERS[command].parse_args(_without_words(line).split()[1:])


def _without_words(line: str) -> str:
    """Return an example without an explanation that a single space separates from it."""
    return line.partition(" leave out")[0].partition(" omitir")[0]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_argument_is_explained(command: str) -> None:
    parser = PARSERS[command]
    actions = [action for action in parser._actions if action.help is not argparse.SUPPRESS]
    for action in actions:
        assert action.help, f"{command} {action.dest}"
        assert not action.help.endswith("."), f"{command} {action.dest}"


COMMON = ("config", "select", "ignore", "strict", "since", "jobs", "color", "quiet", "verbose", "output")


@pytest.mark.parametrize("command", COMMANDS)
def test_each_flag_that_commands_share_has_its_variable(command: str) -> None:
    parser = PARSERS[command]
    known = {action.dest for action in parser._actions}
    variables = set(parser.get_default("environment_twins"))
    assert known.intersection(COMMON) <= variables <= known
