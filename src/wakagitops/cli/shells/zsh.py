"""The completion script of zsh, as a file of ``fpath`` or to be sourced."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from shlex import quote

from wakagitops.cli.completion import Command, Flag, Grammar, Values

_HEAD = """\
#compdef wakagitops
# Completion of wakagitops for zsh; `wakagitops completion zsh` prints it.

_wakagitops_rule() {
    compadd -a -- rules
}

_wakagitops_rules() {
    compset -P '*,'
    compadd -q -S , -a -- rules
}

_wakagitops_subject() {
    compadd -a -- rules
    _files
}

_wakagitops_refs() {
    compadd -- ${(f)"$(git for-each-ref --format='%(refname:short)' 2>/dev/null)"}
}

_wakagitops_output() {
    if compset -P '*='; then
        _files
    else
        compadd -S = -a -- formats
    fi
}

_wakagitops() {
    local curcontext=$curcontext state line
    typeset -A opt_args
"""
_TAIL = """\
}

if [[ ${zsh_eval_context[-1]} == loadautofunc ]]; then
    _wakagitops "$@"
else
    compdef _wakagitops wakagitops
fi
"""


def script(grammar: Grammar) -> Iterator[str]:
    """Yield the lines of the script."""
    yield from _HEAD.splitlines()
    yield f"    local -a rules=({' '.join(map(quote, grammar.rules))})"
    yield f"    local -a formats=({' '.join(grammar.formats)})"
    yield "    local -a commands=("
    for command in grammar.commands:
        yield f"        {quote(f'{command.name}:{command.help}')}"
    yield "    )"
    yield f"    _arguments -C -A '-*' {' '.join(_flags(grammar.flags))} \\"
    yield "        '1:command:->command' '*::argument:->argument' && return"
    yield "    case $state in"
    yield "    command) _describe -t commands command commands ;;"
    yield "    argument)"
    yield "        case $words[1] in"
    for command in grammar.commands:
        yield f"        {command.name})"
        yield "            _arguments -S \\"
        specs = [*_flags(command.flags), *_places(command)]
        for spec in specs[:-1]:
            yield f"                {spec} \\"
        yield f"                {specs[-1]}"
        yield "            ;;"
    yield "        esac"
    yield "        ;;"
    yield "    esac"
    yield from _TAIL.splitlines()


def _flags(flags: Sequence[Flag]) -> Iterator[str]:
    for flag in flags:
        others = "" if flag.repeats else f"({' '.join(flag.names)})"
        if "--help" in flag.names or "--version" in flag.names:
            others = "(- *)"
        value = (
            "" if flag.values.kind == "none" else f":{_escaped(flag.values.name)}:{_action(flag.values)}"
        )
        for name in flag.names:
            start = f"*{name}" if flag.repeats else f"{others}{name}"
            sign = "=" if value and name.startswith("--") else ""
            yield quote(f"{start}{sign}[{_escaped(flag.help)}]{value}")


def _places(command: Command) -> Iterator[str]:
    last = len(command.places) - 1
    for number, values in enumerate(command.places):
        start = "*:" if number == last and command.repeats else f"{number + 1}:"
        yield quote(f"{start}{_escaped(values.name)}:{_action(values)}")


def _action(values: Values) -> str:
    match values.kind:
        case "words":
            return f"({' '.join(values.words)})"
        case "file":
            return "_files"
        case "folder":
            return "_files -/"
        case "rule" | "rules" | "subject" | "output":
            return f"_wakagitops_{values.kind}"
        case "ref":
            return "_wakagitops_refs"
        case _:
            return " "


def _escaped(text: str) -> str:
    """Return a text as it may stand inside a specification of ``_arguments``."""
    for sign in "\\[]:":
        text = text.replace(sign, f"\\{sign}")
    return text
