"""What ``wakagitops.toml`` takes away from the checks: rules off, lowered, or ignored in some paths."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import Message, msg
from wakagitops.core.rule import Rule
from wakagitops.settings.config import Options
from wakagitops.validate.policy import PROTECTED, expand, levels_of

RANKS: Mapping[str, int] = {"off": 0, "note": 1, "warning": 2, "error": 3}
"""How much each level of a rule weighs."""


def rank(level: str, rule: Rule) -> int:
    """Return how much a rule's worst finding weighs.

    Args:
        level: the severity that is set for it, ``off``, or empty where none is set.
        rule: the rule.
    """
    return RANKS[level or worst(rule).value]


def worst(rule: Rule) -> Severity:
    """Return the severity of a rule's worst findings."""
    return rule.worst or rule.severity


def weakened(options: Options, ids: tuple[str, ...], rule_of: Callable[[str], Rule]) -> Message | None:
    """Return one line on what ``wakagitops.toml`` takes away from the checks; None where it is nothing.

    Args:
        options: what the file says, which names existing rules only.
        ids: the rules that there are.
        rule_of: returns a rule by its id; asked only for rules whose severity is set.
    """
    by_path = [name for names in options.per_path_ignores.values() for name in names]
    if not (options.severity or options.select or options.ignore or by_path):
        return None
    levels = levels_of(options, ids)
    off = [rule for rule, level in levels.items() if level == "off"]
    lowered = [
        rule
        for rule, level in levels.items()
        if level in ("note", "warning") and RANKS[level] < rank("", rule_of(rule))
    ]
    ignored = expand(by_path, ids).difference(PROTECTED, off)
    parts = []
    if off:
        parts.append(msg("rules off: {rules}", rules=_listed(off, ids)))
    if lowered:
        parts.append(msg("lowered: {rules}", rules=_listed(lowered, ids)))
    if ignored:
        parts.append(msg("ignored in some paths: {rules}", rules=_listed(ignored, ids)))
    if not parts:
        return None
    effects = parts[0]
    for part in parts[1:]:
        effects = Message("{first}; {next}", (("first", effects), ("next", part)))
    return Message("{path}: {effects}", (("path", options.shown), ("effects", effects)))


def _listed(rules: Iterable[str], ids: tuple[str, ...]) -> str:
    """Return rules in order, a whole group by its name."""
    left = set(rules)
    names = []
    for group in sorted({rule.partition("/")[0] for rule in left}):
        held = {rule for rule in ids if rule.startswith(f"{group}/")}
        names += [group] if held <= left and len(held) > 1 else sorted(held & left)
    return ", ".join(names)
