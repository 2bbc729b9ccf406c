"""The completion script of bash, from version 3.2 on, without the package bash-completion."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import quote

from wakagitops.cli.completion import Command, Flag, Grammar, Values

_HEAD = """\
# Completion of wakagitops for bash; `wakagitops completion bash` prints it.

_wakagitops_words() {
    local IFS=$'\\n'
    COMPREPLY=($(compgen -W "${1// /$'\\n'}" -- "$cur"))
}

# Complete what stands after the last comma.
_wakagitops_list() {
    local before=""
    case $cur in *,*) before="${cur%,*}," ;; esac
    COMPREPLY=($(compgen -P "$before" -W "$1" -- "${cur##*,}"))
    compopt -o nospace 2>/dev/null
}

_wakagitops_folders() {
    local IFS=$'\\n'
    COMPREPLY=($(compgen -d -- "$cur"))
    compopt -o filenames 2>/dev/null
}

_wakagitops_refs() {
    COMPREPLY=($(compgen -W "$(git for-each-ref --format='%(refname:short)' 2>/dev/null)" -- "$cur"))
}

# After FORMAT= the file is completed by readline itself.
_wakagitops_output() {
    COMPREPLY=($(compgen -S = -W "$1" -- "$cur"))
    compopt -o nospace 2>/dev/null
}

# Where nothing is offered, readline completes files (complete -o default).
_wakagitops() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
    local command="" place=0 word before="" i
    COMPREPLY=()
    # Readline takes the = of --flag=value for a word.
    if [ "$cur" = "=" ]; then
        cur=""
    elif [ "$prev" = "=" ] && [ "$COMP_CWORD" -ge 2 ]; then
        prev=${COMP_WORDS[COMP_CWORD-2]}
    fi
"""
_TAIL = """\
}

complete -o default -F _wakagitops wakagitops
"""


def script(grammar: Grammar) -> Iterator[str]:
    """Yield the lines of the script."""
    names = " ".join(command.name for command in grammar.commands)
    yield from _HEAD.splitlines()
    yield f"    local rules={quote(' '.join(grammar.rules))}"
    yield f"    local formats={quote(' '.join(grammar.formats))}"
    yield "    for ((i = 1; i < COMP_CWORD; i++)); do"
    yield "        word=${COMP_WORDS[i]}"
    yield '        if [ -z "$command" ]; then'
    yield f'            case " {names} " in *" $word "*) command=$word ;; esac'
    yield '            before=""'
    yield "            continue"
    yield "        fi"
    yield '        case "$command $before" in'
    taking = [
        f'"{command.name} {name}"'
        for command in grammar.commands
        for flag in command.flags
        if flag.values.kind != "none"
        for name in flag.names
    ]
    yield f"        {' | '.join(taking)}) ;;"
    yield '        *) case $word in -* | =) ;; *) [ "$before" = "=" ] || place=$((place + 1)) ;; esac ;;'
    yield "        esac"
    yield "        before=$word"
    yield "    done"
    yield '    case "$command $prev" in'
    yield from _values(" ", grammar.flags)
    for command in grammar.commands:
        yield from _values(f"{command.name} ", command.flags)
    yield "    esac"
    yield '    if [ "$prev" = "=" ]; then return; fi'
    yield "    case $cur in"
    yield "    -*)"
    yield '        case "$command" in'
    yield f"        '') _wakagitops_words {quote(_names(grammar.flags))} ;;"
    for command in grammar.commands:
        yield f"        {command.name}) _wakagitops_words {quote(_names(command.flags))} ;;"
    yield "        esac"
    yield "        return"
    yield "        ;;"
    yield "    esac"
    yield '    case "$command $place" in'
    yield f"    ' '*) _wakagitops_words {quote(names)} ;;"
    for command in grammar.commands:
        yield from _places(command)
    yield "    esac"
    yield from _TAIL.splitlines()


def _names(flags: tuple[Flag, ...]) -> str:
    return " ".join(name for flag in flags for name in flag.names if name.startswith("--"))


def _values(start: str, flags: tuple[Flag, ...]) -> Iterator[str]:
    """Yield what stands after each flag that takes a value."""
    for flag in flags:
        if flag.values.kind != "none":
            patterns = " | ".join(quote(start + name) for name in flag.names)
            yield f"    {patterns}) {_offer(flag.values)} return ;;"


def _places(command: Command) -> Iterator[str]:
    last = len(command.places) - 1
    for number, values in enumerate(command.places):
        pattern = (
            f"'{command.name} '*" if number == last and command.repeats else f"'{command.name} {number}'"
        )
        yield f"    {pattern}) {_offer(values)} ;;"


def _offer(values: Values) -> str:
    match values.kind:
        case "words":
            return f"_wakagitops_words {quote(' '.join(values.words))};"
        case "rule" | "subject":
            return '_wakagitops_words "$rules";'
        case "rules":
            return '_wakagitops_list "$rules";'
        case "folder":
            return "_wakagitops_folders;"
        case "ref":
            return "_wakagitops_refs;"
        case "output":
            return '_wakagitops_output "$formats";'
        case _:
            return ":;"
