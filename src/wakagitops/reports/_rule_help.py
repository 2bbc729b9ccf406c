"""A rule's page as Markdown, for readers that show it beside a finding."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

from wakagitops.core.messages import Message, msg
from wakagitops.core.patterns import regex
from wakagitops.core.rule import Example, Rule
from wakagitops.reports._markdown import code, prose

_BACKTICKS = regex("`+")

_LONGEST = 60
"""Lines of an example that are shown; a longer one is there to be too large."""

Translate = Callable[[Message], str]


def rule_help(rule_id: str, rule: Rule, translate: Translate) -> str:
    """Return why a rule is there, what it rests on, its options, an example, and how to live with it."""
    return "\n\n".join(_parts(rule_id, rule, translate)) + "\n"


def _parts(rule_id: str, rule: Rule, translate: Translate) -> Iterator[str]:
    yield f"**{prose(rule.summary, translate)}** ({code(rule_id)})"
    yield from rule_reasons(rule, lambda message: prose(message, translate))
    if rule.bad:
        yield f"{prose(msg('Not like this:'), translate)}\n\n{example_files(rule.bad[0])}"
    if rule.good:
        yield f"{prose(msg('Like this:'), translate)}\n\n{example_files(rule.good[0])}"
    if rule.options:
        title = prose(msg("Options in `wakagitops.toml`:"), translate)
        yield f"{title}\n\n{options_table(rule_id, rule, translate)}"
    if rule.fixable:
        yield prose(msg("`wakagitops fix` mends this."), translate)
    if rule.turn_off.text:
        yield prose(msg("When to turn it off: {when}", when=rule.turn_off), translate)


def rule_reasons(rule: Rule, say: Translate) -> Iterator[str]:
    """Yield why a rule is there and what it rests on, as blocks of Markdown.

    Args:
        rule: the rule.
        say: puts a sentence as the reader is to see it: as markup, or as it is.
    """
    yield say(rule.rationale)
    if rule.authority:
        listed = "\n".join(f"- {say(Message(each))}" for each in rule.authority)
        yield f"{say(msg('It rests on:'))}\n\n{listed}"


def example_files(example: Example) -> str:
    """Return an example's files as blocks of code, long runs of filler shortened."""
    files = (f"# {path}\n{_without_marks(text)}" for path, text in _in_order(example.files))
    return "\n\n".join(_fenced("yaml", text) for text in files)


def _fenced(language: str, text: str) -> str:
    """Return a block of code; its fence is longer than any run of backticks in it."""
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}{fence}"


def _in_order(files: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(files.items())


def _without_marks(text: str) -> str:
    """Take off the marks by which the tests know the lines that findings are expected on."""
    lines = [
        "".join(
            c if c.isprintable() else f"\\u{ord(c):04x}" for c in line.partition("# expect:")[0].rstrip()
        )
        for line in text.splitlines()
    ]
    if len(lines) > _LONGEST:
        lines = [*lines[:2], f"# … {len(lines) - 4} …", *lines[-2:]]
    return "".join(f"{line}\n" for line in lines)


def options_table(rule_id: str, rule: Rule, translate: Translate) -> str:
    """Return a rule's options with their defaults, as they stand in ``wakagitops.toml``."""
    lines = [f'[rules."{rule_id}"]']
    for option in rule.options:
        lines.append(f"# {translate(option.description)}")
        default = list(option.default) if isinstance(option.default, tuple) else option.default
        choices = f"  # {' | '.join(option.choices)}" if option.choices else ""
        lines.append(f"{option.name} = {json.dumps(default, ensure_ascii=False)}{choices}")
    return _fenced("toml", "".join(f"{line}\n" for line in lines))
