"""Shell completion, asked of the real shells: what they offer where somebody presses Tab."""

from __future__ import annotations

import argparse
import os
import pty
import select
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from tests.cli_case import SOL, cli, write
from wakagitops.cli.commands import COMMANDS, flags, parsers
from wakagitops.core.messages import Translator
from wakagitops.reports import format_names
from wakagitops.rules import rule_ids

SHELLS = ("bash", "zsh", "fish")
Offer = Callable[[str], set[str]]

CASES = {
    "wakagitops ": set(COMMANDS),
    "wakagitops val": {"validate"},
    "wakagitops --lang es val": {"validate"},
    "wakagitops --lang e": {"en", "es"},
    "wakagitops validate --write": {"--write-baseline"},
    "wakagitops validate --format ": {"auto", *format_names()},
    "wakagitops validate --format js": {"json"},
    "wakagitops validate --format=js": {"json"},
    "wakagitops validate --select contact/r": {"contact/role-account"},
    "wakagitops validate --select=contact/r": {"contact/role-account"},
    "wakagitops validate --select contact,smtp/ho": {"contact,smtp/host"},
    "wakagitops fix --ignore=contact,smtp/ho": {"contact,smtp/host"},
    "wakagitops validate --output sar": {"sarif="},
    "wakagitops plan --base fea": {"feature"},
    "wakagitops explain platform/version-g": {"platform/version-gate"},
    "wakagitops explain configs/imprenta-sol.yaml contact.p": {"contact.publish", "contact.pages"},
    "wakagitops explain --lang es x.yaml contact.em": {"contact.email"},
    "wakagitops rules contact admin/d": {"admin/duplicate-recipient"},
    "wakagitops schema eff": {"effective"},
    "wakagitops completion f": {"fish"},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A git repository with a shop and a branch."""
    folder = tmp_path_factory.mktemp("shops")
    write(folder, "configs/imprenta-sol.yaml", SOL)
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "Shops"], ["branch", "feature"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    for shell in SHELLS:
        script = cli(folder, "completion", shell)
        assert (script.returncode, script.stderr) == (0, "")
        write(folder, f".{shell}", script.stdout)
    return folder


def _bash(folder: Path) -> Iterator[Offer]:
    def offer(line: str) -> set[str]:
        code = (
            f"source .bash; COMP_LINE='{line}'; COMP_POINT=${{#COMP_LINE}}; COMP_TYPE=9; "
            '_python_argcomplete wakagitops; printf "%s\\n" "${COMPREPLY[@]}"'
        )
        run = subprocess.run(
            ["bash", "--norc", "-c", code], cwd=folder, capture_output=True, text=True, check=True
        )
        return set(run.stdout.split())

    yield offer


def _value(word: str) -> str:
    """Return a completion without the flag before it: zsh and fish complete ``--flag=value`` whole."""
    return word.partition("=")[2] if word.startswith("--") and "=" in word else word


def _fish(folder: Path) -> Iterator[Offer]:
    def offer(line: str) -> set[str]:
        code = f"source .fish; complete -C '{line}'"
        environment = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        run = subprocess.run(
            ["fish", "--no-config", "-c", code],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert run.stderr == ""
        return {_value(answer.partition("\t")[0]) for answer in run.stdout.splitlines()}

    yield offer


class _Terminal:
    """A program on a terminal of its own."""

    def __init__(self, command: list[str], folder: Path, **environment: str) -> None:
        self.child, self.handle = pty.fork()
        if self.child == 0:
            os.chdir(folder)
            os.environ.update(environment, TERM="xterm", PS1="READY> ", HISTFILE="/dev/null")
            os.execvp(command[0], command)  # noqa: S606 - a terminal needs no shell around it
        self.seen = ""

    def type(self, text: str) -> None:
        os.write(self.handle, text.encode())

    def wait_for(self, text: str) -> str:
        """Read until a text appears, and return what came before it."""
        end = time.monotonic() + 60
        while text not in self.seen:
            assert time.monotonic() < end, f"{text!r} never came: {self.seen!r}"
            if select.select([self.handle], [], [], 1)[0]:
                self.seen += os.read(self.handle, 65536).decode(errors="replace")
        before, _, self.seen = self.seen.partition(text)
        return before

    def close(self) -> None:
        os.close(self.handle)
        os.waitpid(self.child, 0)


_RECORD = """\
compadd() {
    local -a found
    if [[ ${argv[(r)-[OAD]]} == -* ]]; then builtin compadd "$@"; return; fi
    builtin compadd -A found "$@"
    local prefix=$IPREFIX
    local -i at=${argv[(i)-S]}
    (( at < $#argv )) && found=(${^found}${${argv[at+1]}:#,})
    print -rl -- ${prefix##*=}${^found} >> $RECORD
    builtin compadd "$@"
}
"""


def _zsh(folder: Path) -> Iterator[Offer]:
    record = folder / ".offered"
    setup = write(
        folder,
        ".setup",
        "autoload -Uz compinit && compinit -D -u\n"
        f"RECORD={record}\n{_RECORD}"
        "source .zsh\nbindkey '^I' complete-word\nzstyle ':completion:*' list-prompt ''\n"
        "dumped() { print -r -- DUMPED; zle kill-buffer; zle reset-prompt }\n"
        "zle -N dumped; bindkey '^X' dumped\nPS1='READY> '\nprint SET''UP\n",
    )

    terminal = _Terminal(["zsh", "-f", "-i"], folder, LISTMAX="10000")
    terminal.type(f"source {setup.name}\n")
    terminal.wait_for("SETUP")

    def offer(line: str) -> set[str]:
        record.write_text("", encoding="utf-8")
        terminal.type(f"{line}\t\x18")
        terminal.wait_for("DUMPED")
        return {_value(word) for word in record.read_text(encoding="utf-8").split()}

    yield offer
    terminal.close()


@pytest.fixture(params=SHELLS, scope="module")
def offer(request: pytest.FixtureRequest, folder: Path) -> Iterator[Offer]:
    shell = request.param
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    makers = {"bash": _bash, "zsh": _zsh, "fish": _fish}
    yield from makers[shell](folder)


@pytest.mark.parametrize("line", CASES)
def test_tab_offers_what_can_stand_there(offer: Offer, line: str) -> None:
    assert offer(line) == CASES[line]


@pytest.mark.parametrize("command", COMMANDS)
def test_tab_offers_every_flag_of_a_command(offer: Offer, command: str) -> None:
    known = flags(_all_parsers()[command])
    offered = offer(f"wakagitops {command} --")
    assert {word.rstrip("=") for word in offered} == set(known)


@cache
def _all_parsers() -> Mapping[str, argparse.ArgumentParser]:
    return parsers(Translator(), COMMANDS)[1]


@pytest.mark.parametrize("line", ["wakagitops rules ", "wakagitops validate --select "])
def test_tab_offers_every_rule_and_group(offer: Offer, line: str) -> None:
    ids = rule_ids()
    assert offer(line) == {*ids, *(rule.partition("/")[0] for rule in ids)}


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("wakagitops val", "wakagitops validate "),
        ("wakagitops validate conf", "wakagitops validate configs/"),
        ("wakagitops validate configs/im", "wakagitops validate configs/imprenta-sol.yaml "),
        ("wakagitops validate --output=sarif=conf", "wakagitops validate --output=sarif=configs/"),
        ("wakagitops validate --format=sar", "wakagitops validate --format=sarif "),
        ("wakagitops render --out conf", "wakagitops render --out configs/"),
        ("wakagitops explain conf", "wakagitops explain configs/"),
    ],
)
def test_tab_completes_the_line_in_an_interactive_bash(folder: Path, typed: str, line: str) -> None:
    terminal = _Terminal(["bash", "--norc", "--noprofile", "-i"], folder)
    show = """bind -x '"\\C-g": printf "LINE<%s>\\n" "$READLINE_LINE"'"""
    terminal.type(f"source .bash; {show}; echo SET''UP\n")
    terminal.wait_for("SETUP")
    terminal.type(f"{typed}\t\x07")
    terminal.wait_for("LINE<")
    assert terminal.wait_for(">") == line
    terminal.close()


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
def test_zsh_loads_the_script_as_a_function_of_fpath(folder: Path, tmp_path: Path) -> None:
    write(tmp_path, "_wakagitops", (folder / ".zsh").read_text(encoding="utf-8"))
    code = "fpath=($PWD $fpath); autoload -Uz compinit; compinit -D -u; print $_comps[wakagitops]"
    run = subprocess.run(
        ["zsh", "-f", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert run.stdout == "_wakagitops\n"


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_parses_in_its_shell_in_both_languages(tmp_path: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    for language in ("en", "es"):
        script = cli(tmp_path, "completion", shell, "--lang", language)
        file = write(tmp_path, f"{language}.{shell}", script.stdout)
        run = subprocess.run([shell, "-n", str(file)], capture_output=True, text=True, check=False)
        assert (run.returncode, run.stderr) == (0, "")


def test_descriptions_are_in_the_readers_language(folder: Path) -> None:
    if shutil.which("fish") is None:
        pytest.skip("fish is not installed")
    for language, described in (("en", "apply safe fixes"), ("es", "aplica las correcciones seguras")):
        run = subprocess.run(
            ["fish", "--no-config", "-c", "source .fish; complete -C 'wakagitops fi'"],
            cwd=folder,
            env={**os.environ, "HOME": str(folder), "WAKAGITOPS_LANG": language},
            capture_output=True,
            text=True,
            check=True,
        )
        assert described in run.stdout


def test_another_shell_is_wrong_usage(tmp_path: Path) -> None:
    run = cli(tmp_path, "completion", "tcsh")
    assert run.returncode == 2
    assert "tcsh" in run.stderr
