"""``wakagitops completion``: a shell's completion script, made from the parsers of all commands."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from importlib import import_module

from wakagitops.cli.checking_run import add_output_flags
from wakagitops.cli.console import Console
from wakagitops.core import pointer as pointers
from wakagitops.core.errors import ExitStatus
from wakagitops.core.messages import Translator, msg
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.reports import format_names
from wakagitops.rules import rule_ids
from wakagitops.settings.config import Options
from wakagitops.settings.schema import shipped_annotations

SHELLS = ("bash", "zsh", "fish")


class Values(NamedTuple):
    """What can stand in one place of a command line."""

    kind: str
    """``none``, ``any``, ``words``, ``rule``, ``rules``, ``subject``, ``file``, ``folder``, ``ref`` or
    ``output``; ``rules`` is a list with commas, ``subject`` a rule or a file, ``output`` FORMAT=FILE."""
    words: tuple[str, ...] = ()
    """The words of ``words``."""
    name: str = ""
    """How help texts call the value."""


class Flag(NamedTuple):
    """One flag of a command."""

    names: tuple[str, ...]
    help: str
    values: Values
    repeats: bool


class Command(NamedTuple):
    """One command."""

    name: str
    help: str
    flags: tuple[Flag, ...]
    places: tuple[Values, ...]
    """Its arguments that are no flags, in order."""
    repeats: bool
    """Whether the last of them may be repeated."""


class Grammar(NamedTuple):
    """All that a script completes."""

    commands: tuple[Command, ...]
    flags: tuple[Flag, ...]
    """The flags that stand before a command."""
    rules: tuple[str, ...]
    """The ids and groups of the rules that ship with the tool."""
    formats: tuple[str, ...]


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
    """Print the script."""
    del options
    module = import_module(f"wakagitops.cli.shells.{arguments.shell}")
    console.out_all(f"{line}\n" for line in module.script(grammar(console.translate)))
    return int(ExitStatus.CLEAN)


def grammar(translate: Translator) -> Grammar:
    """Return the grammar of the command line, its help texts in a language."""
    from wakagitops.cli.commands import COMMANDS, parsers  # noqa: PLC0415 - it imports every command

    # What a value is shows in its English name; help texts may show it in another language.
    whole, plain = parsers(Translator(), COMMANDS)
    shown, translated = parsers(translate, COMMANDS)
    ids = rule_ids()
    groups = sorted({rule.partition("/")[0] for rule in ids})
    return Grammar(
        tuple(
            _command(name, translate(summary), plain[name], translated[name])
            for name, summary in COMMANDS.items()
        ),
        tuple(_flags(whole, shown)),
        (*groups, *ids),
        tuple(format_names()),
    )


def _command(
    name: str, summary: str, plain: argparse.ArgumentParser, translated: argparse.ArgumentParser
) -> Command:
    places = [action for action in plain._actions if not action.option_strings]  # noqa: SLF001
    return Command(
        name,
        summary,
        tuple(_flags(plain, translated)),
        tuple(map(_values, places)),
        bool(places) and places[-1].nargs in ("*", "+"),
    )


def _flags(plain: argparse.ArgumentParser, translated: argparse.ArgumentParser) -> Iterator[Flag]:
    for action, shown in zip(plain._actions, translated._actions, strict=True):  # noqa: SLF001
        if action.option_strings:
            repeats = type(action).__name__ in ("_AppendAction", "_ExtendAction", "_CountAction")
            help_text = (shown.help or "").replace("%%", "%")
            yield Flag(tuple(action.option_strings), help_text, _values(action), repeats)


def _values(action: argparse.Action) -> Values:
    name = action.metavar if isinstance(action.metavar, str) else action.dest
    if action.nargs == 0:
        return Values("none")
    if action.choices is not None:
        return Values("words", tuple(map(str, action.choices)), name)
    if name == "POINTER":
        return Values("words", tuple(_pointers()), name)
    kinds = {
        "RULE": "rule",
        "RULE,…": "rules",
        "RULE|FILE": "subject",
        "FILE": "file",
        "PATH": "file",
        "[ENVIRONMENT=]FILE": "file",
        "DIR": "folder",
        "REF": "ref",
        "FORMAT=FILE": "output",
    }
    return Values(kinds.get(name, "any"), (), name)


def _pointers() -> Iterator[str]:
    """Yield the settings as messages name them, without the forms that one value may take."""
    settings = shipped_annotations().settings
    for place in settings:
        above = place.rpartition("/")[0]
        if place and "*" not in place and "string" not in settings[above].types:
            yield pointers.dotted(place)
