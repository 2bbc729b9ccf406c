"""``wakagitops completion``: Tab completion in bash, zsh and fish, by argcomplete."""

from __future__ import annotations

import argparse
import os
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress

from wakagitops.cli.checking_run import add_output_flags
from wakagitops.cli.console import Console
from wakagitops.core import pointer as pointers
from wakagitops.core.errors import ExitStatus, ToolError
from wakagitops.core.messages import Translator, msg
from wakagitops.reports import format_names
from wakagitops.rules import rule_ids
from wakagitops.settings.config import Options
from wakagitops.settings.schema import shipped_annotations

SHELLS = ("bash", "zsh", "fish")

Candidates = Callable[[str], Iterable[str]]
"""From what is typed of a word to the words that can stand there."""


def configure(parser: argparse.ArgumentParser, translate: Translator) -> None:
    """Add the command's arguments."""
    parser.epilog = translate(
        msg(
            "examples:\n"
            "  wakagitops completion bash > ~/.local/share/bash-completion/completions/wakagitops\n"
            "  wakagitops completion zsh > ~/.zfunc/_wakagitops      with fpath+=~/.zfunc in .zshrc\n"
            "  wakagitops completion fish > ~/.config/fish/completions/wakagitops.fish"
        )
    )
    parser.add_argument(
        "shell", metavar="SHELL", choices=SHELLS, help=translate(msg("bash, zsh or fish"))
    )
    add_output_flags(parser, translate)


def run(arguments: argparse.Namespace, console: Console, options: Options) -> int:
    """Print the script that a shell loads; it asks this program for each completion."""
    from argcomplete.shell_integration import shellcode  # noqa: PLC0415 - no other command needs it

    del options
    console.out(shellcode(["wakagitops"], shell=arguments.shell).strip() + "\n")
    return int(ExitStatus.CLEAN)


def complete(translate: Translator) -> None:
    """Answer the shell that asks for completions, and exit.

    Args:
        translate: the language of the descriptions that zsh and fish show.
    """
    from argcomplete import autocomplete  # noqa: PLC0415 - only a shell that asks needs it

    from wakagitops.cli.commands import COMMANDS, parsers  # noqa: PLC0415 - it imports every command

    # Help texts show a value's name in the reader's language; its kind is known by the English name.
    _, plain = parsers(Translator(), COMMANDS)
    whole, shown = parsers(translate, COMMANDS)
    for name, parser in shown.items():
        pairs = zip(plain[name]._actions, parser._actions, strict=True)  # noqa: SLF001 - argparse has no other way to list them
        for english, action in pairs:
            _assign(action, english.metavar)
    autocomplete(whole, always_complete_options=False)


def _assign(action: argparse.Action, metavar: str | tuple[str, ...] | None) -> None:
    """Set what argcomplete offers for one argument; files where nothing is set."""
    if action.choices is not None or action.nargs == 0:
        return
    if isinstance(metavar, str) and metavar in _KINDS:
        candidates = _KINDS[metavar]
        action.completer = lambda prefix, **_: list(candidates(prefix))  # type: ignore[attr-defined]


def _rules(_prefix: str) -> Iterator[str]:
    ids = rule_ids()
    yield from sorted({rule.partition("/")[0] for rule in ids})
    yield from ids


def _rule_list(prefix: str) -> Iterator[str]:
    """Yield what can follow the last comma, with what stands before it."""
    before = prefix.rpartition(",")[0]
    yield from (f"{before},{rule}" if before else rule for rule in _rules(prefix))


def _rule_or_file(prefix: str) -> Iterator[str]:
    yield from rule_ids()
    yield from _files(prefix)


def _report(prefix: str) -> Iterator[str]:
    """Yield ``FORMAT=``, and behind it files."""
    name, sign, path = prefix.partition("=")
    yield from (
        (f"{name}={file}" for file in _files(path)) if sign else (f"{each}=" for each in format_names())
    )


def _files(prefix: str) -> Iterable[str]:
    from argcomplete.completers import FilesCompleter  # noqa: PLC0415 - only a shell that asks needs it

    return FilesCompleter()(prefix)


def _folders(prefix: str) -> Iterable[str]:
    from argcomplete.completers import DirectoriesCompleter  # noqa: PLC0415 - as above

    return DirectoriesCompleter()(prefix)


def _references(_prefix: str) -> Iterator[str]:
    """Yield the branches and tags of the repository, none outside of one or without git."""
    from wakagitops.sources.git import git_command, git_environment  # noqa: PLC0415 - as above

    with suppress(OSError, ToolError):
        environ = git_environment(os.getcwd())
        found = subprocess.run(  # noqa: S603 - the arguments are ours
            [*git_command(environ), "for-each-ref", "--format=%(refname:short)"],
            env=environ,
            capture_output=True,
            check=False,
        )
        yield from found.stdout.decode(errors="replace").split()


def _pointers(_prefix: str) -> Iterator[str]:
    """Yield the settings as messages name them, without the forms that one value may take."""
    settings = shipped_annotations().settings
    for place in settings:
        above = place.rpartition("/")[0]
        if place and "*" not in place and "string" not in settings[above].types:
            yield pointers.dotted(place)


def _nothing(_prefix: str) -> Iterator[str]:
    yield from ()


_KINDS: Mapping[str, Candidates] = {
    "RULE": _rules,
    "RULE,…": _rule_list,
    "RULE|FILE": _rule_or_file,
    "POINTER": _pointers,
    "DIR": _folders,
    "REF": _references,
    "FORMAT=FILE": _report,
    "N": _nothing,
    "DATE": _nothing,
    "VERSION": _nothing,
}
"""What can stand in an argument, by the name that its help text shows."""
