"""``wakagitops rules``: list the rules, or run the examples that they carry."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping

from wakagitops.cli.checking_run import add_output_flags, rules_of
from wakagitops.cli.console import Console
from wakagitops.cli.env import flag
from wakagitops.core.diagnostic import Severity
from wakagitops.core.errors import ExitStatus
from wakagitops.core.messages import Translator, counted, msg
from wakagitops.core.rule import Rule
from wakagitops.core.visible import as_json
from wakagitops.reports._summary import severity_word
from wakagitops.reports._wrapping import wrapped
from wakagitops.rules import all_rules
from wakagitops.settings.config import Options
from wakagitops.validate.examples import Marks, failures
from wakagitops.validate.policy import Policy, expand, policy

_NARROW = 30
"""Fewer columns than these make no readable column of text: it goes on lines of its own."""
_BELOW = "    "


def configure(parser: argparse.ArgumentParser, translate: Translator) -> None:
    """Add the command's arguments."""
    parser.epilog = translate(
        msg(
            "examples:\n"
            "  wakagitops rules contact smtp/host\n"
            "  WAKAGITOPS_ALLOW_CODE=1 wakagitops rules --test"
        )
    )
    parser.add_argument(
        "names", metavar="RULE", nargs="*", help=translate(msg("rules or groups; all where left out"))
    )
    parser.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help=translate(msg("how the rules are listed (default: text)")),
    )
    parser.add_argument(
        "--test",
        action="store_true",
        help=translate(msg("run the examples of the rules, and list failures")),
    )
    parser.add_argument("--config", metavar="FILE", help=translate(msg("the wakagitops.toml to use")))
    parser.add_argument(
        "--allow-code",
        action="store_true",
        help=translate(msg("load the team's own rules, which are Python code of this repository")),
    )
    parser.set_defaults(environment_twins={"allow_code": flag, "config": str})
    add_output_flags(parser, translate)


def run(arguments: argparse.Namespace, console: Console, options: Options) -> int:
    """List the rules with what the policy makes of them, or test them."""
    rules = rules_of(options, allow_code=arguments.allow_code)
    chosen = {
        rule_id: rules[rule_id] for rule_id in sorted(expand(arguments.names, rules) or frozenset(rules))
    }
    if arguments.test:
        return _test(chosen, console)
    active = policy(options, rules)
    if arguments.format == "json":
        console.out(_json(chosen, active, console.translate))
    else:
        console.out_all(_text(chosen, active, console.translate, console.columns))
    return int(ExitStatus.CLEAN)


def _severity(rule_id: str, active: Policy) -> str:
    item = active.rules[rule_id]
    return (item.severity or item.rule.severity).value if item.reported else "off"


def _text(
    chosen: Mapping[str, Rule], active: Policy, translate: Translator, columns: int | None
) -> Iterator[str]:
    """Yield a rule a line; at a terminal, what is longer than its lines goes on below its beginning."""
    fix = translate(msg("fix"))
    words = {each.value: translate(severity_word(each)) for each in Severity} | {
        "off": translate(msg("off"))
    }
    ids, severities = max(map(len, chosen)), max(map(len, words.values()))
    for rule_id, rule in chosen.items():
        severity = words[_severity(rule_id, active)]
        fixable = fix if rule.fixable else ""
        row = f"{rule_id:<{ids}}  {severity:<{severities}}  {fixable:<{len(fix)}}  "
        summary = translate(rule.summary)
        if columns is None:
            yield f"{row}{summary}\n"
            continue
        room = columns - len(row)
        if room < _NARROW:
            yield f"{row.rstrip()}\n"
            row, room = _BELOW, columns - len(_BELOW)
        for line in wrapped(summary, room):
            yield f"{row}{line}\n"
            row = " " * len(row)


def _json(chosen: Mapping[str, Rule], active: Policy, translate: Translator) -> str:
    listed = [
        {
            "rule": rule_id,
            "severity": _severity(rule_id, active),
            "scope": rule.scope.value,
            "fixable": rule.fixable,
            "suppressible": rule.suppressible,
            "summary": translate(rule.summary),
            "options": [
                {
                    "name": option.name,
                    "default": option.default,
                    "description": translate(option.description),
                }
                for option in rule.options
            ],
        }
        for rule_id, rule in chosen.items()
    ]
    return as_json({"version": 1, "rules": listed}, indent=2) + "\n"


def _test(chosen: Mapping[str, Rule], console: Console) -> int:
    """Run the examples of the chosen rules, each under the rules that ship with the tool and itself.

    So a team's rule need not know the team's others, and ours hold whatever a team adds.
    """
    failed = 0
    for rule_id, rule in chosen.items():
        for name, missing, extra in failures(rule_id, rule, {**all_rules(), rule_id: rule}):
            failed += 1
            console.out(f"{rule_id}: {name}\n")
            console.out_all(_marks(missing, "-"))
            console.out_all(_marks(extra, "+"))
    count = sum(len(rule.bad) + len(rule.good) for rule in chosen.values())
    if failed:
        console.note(counted("{count} example does not hold", "{count} examples do not hold", failed))
        return int(ExitStatus.FINDINGS)
    message = counted(
        "{count} example of {rules} holds",
        "{count} examples of {rules} hold",
        count,
        rules=counted("{count} rule", "{count} rules", len(chosen)),
    )
    console.note(message)
    return int(ExitStatus.CLEAN)


def _marks(marks: Marks, sign: str) -> Iterator[str]:
    return (f"  {sign} {file}:{line}: {rule}\n" for file, line, rule in sorted(marks))
