"""The completion script of fish, from version 3.0 on."""

from __future__ import annotations

from collections.abc import Iterator

from wakagitops.cli.completion import Command, Flag, Grammar, Values

_HEAD = """\
# Completion of wakagitops for fish; `wakagitops completion fish` prints it.

# List each rule after the last comma of what was typed.
function __wakagitops_list
    set -l typed (string replace -r '^--[a-z-]+=' '' -- (commandline -ct))
    set -l before (string match -r '^.*,' -- $typed)
    for rule in (__wakagitops_rules)
        echo "$before$rule"
    end
end

# List each format with its =, and files once one is chosen.
function __wakagitops_output
    set -l typed (string replace -r '^--[a-z-]+=' '' -- (commandline -ct))
    if set -l format (string match -r '^[a-z]+=' -- $typed)
        for file in (__fish_complete_path (string replace -r '^[a-z]+=' '' -- $typed))
            echo "$format$file"
        end
    else
        printf '%s=\\n' (__wakagitops_formats)
    end
end

function __wakagitops_refs
    command git for-each-ref --format='%(refname:short)' 2>/dev/null
end

# Tell whether a command is called, and how many arguments that are no flags it has before this one.
function __wakagitops_at -a command place
    set -l words (commandline -opc)
    set -l count 0
    set -l called ''
    set -l skip 0
    for word in $words[2..-1]
        if test $skip = 1
            set skip 0
        else if contains -- "$called $word" $__wakagitops_taking
            set skip 1
        else if string match -q -- '-*' $word
            continue
        else if test -z "$called"
            set called $word
        else
            set count (math $count + 1)
        end
    end
    test "$called" = "$command"; and test -z "$place" -o "$place" = $count
end

complete -c wakagitops -f
"""


def script(grammar: Grammar) -> Iterator[str]:
    """Yield the lines of the script."""
    yield from _HEAD.splitlines()
    yield from _listing("rules", grammar.rules)
    yield from _listing("formats", grammar.formats)
    taking = [
        f"{command} {name}"
        for command, flags in (
            ("", grammar.flags),
            *((each.name, each.flags) for each in grammar.commands),
        )
        for flag in flags
        if flag.values.kind != "none"
        for name in flag.names
    ]
    yield f"set -g __wakagitops_taking {' '.join(map(_quoted, taking))}"
    for flag in grammar.flags:
        yield _flag("__wakagitops_at ''", flag)
    for command in grammar.commands:
        condition = _quoted("__wakagitops_at ''")
        yield f"complete -c wakagitops -n {condition} -a {command.name} -d {_quoted(command.help)}"
    for command in grammar.commands:
        for flag in command.flags:
            yield _flag(f"__wakagitops_at {command.name}", flag)
        yield from _places(command)


def _listing(name: str, words: tuple[str, ...]) -> Iterator[str]:
    yield f"function __wakagitops_{name}"
    yield f"    printf '%s\\n' {' '.join(words)}"
    yield "end"


def _flag(condition: str, flag: Flag) -> str:
    names = " ".join(
        f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in flag.names
    )
    value = "" if flag.values.kind == "none" else f" {_offer(flag.values)}"
    return f"complete -c wakagitops -n {_quoted(condition)} {names} -d {_quoted(flag.help)}{value}"


def _places(command: Command) -> Iterator[str]:
    last = len(command.places) - 1
    for number, values in enumerate(command.places):
        place = "" if number == last and command.repeats else f" {number}"
        condition = _quoted(f"__wakagitops_at {command.name}{place}")
        offer = _offer(values).replace("-x ", "").replace("-r ", "")
        yield f"complete -c wakagitops -n {condition} {offer}"


_OFFERS = {
    "rule": "-x -a '(__wakagitops_rules)'",
    "rules": "-x -a '(__wakagitops_list)'",
    "subject": "-r -F -a '(__wakagitops_rules)'",
    "folder": "-x -a '(__fish_complete_directories)'",
    "ref": "-x -a '(__wakagitops_refs)'",
    "output": "-x -a '(__wakagitops_output)'",
    "file": "-r -F",
    "any": "-x",
}


def _offer(values: Values) -> str:
    if values.kind == "words":
        return f"-x -a {_quoted(' '.join(values.words))}"
    return _OFFERS[values.kind]


def _quoted(text: str) -> str:
    """Return a text in single quotes, as fish reads them."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
