"""What a change takes away from the policy: rules, options, paths, suppressions, checked shops."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from wakagitops.core.errors import ToolError, UsageError
from wakagitops.core.globs import Globs
from wakagitops.core.messages import Message, msg
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.rule import Option, Rule
from wakagitops.core.typed import Any
from wakagitops.plan.pairs import pairs
from wakagitops.render.targets import target_names
from wakagitops.secrets import redaction
from wakagitops.settings.config import Options
from wakagitops.settings.renames import renames
from wakagitops.settings.repository import Repository
from wakagitops.settings.suppression_comments import WHOLE_FILE, Suppression, read_suppressions
from wakagitops.sources.trees import Tree
from wakagitops.validate.baseline import Baseline
from wakagitops.validate.policy import PROTECTED, expand, levels_of, rule_options
from wakagitops.validate.weakened import rank
from wakagitops.yaml.parser import read

_FOR_EVER = "9999-12-31"


class PolicyChange(NamedTuple):
    """One way in which a change makes the checks find less."""

    kind: str
    """Such as ``rule-off``; the schema of the plan lists them."""
    message: Message
    path: str = ""
    """The file that it is about, relative to the base; empty for ``wakagitops.toml``."""
    line: int = 0
    """The 1-based line in it; 0 where it has none."""


class PolicyState(NamedTuple):
    """The policy and the files of one state."""

    options: Options
    repository: Repository
    baseline: Baseline | None


def policy_changes(
    base: PolicyState, new: PolicyState, rules: Mapping[str, Rule]
) -> tuple[PolicyChange, ...]:
    """Return what the new state's policy takes away from the base's; what it adds is not listed.

    Args:
        base: the state before.
        new: the state after.
        rules: every rule by id.

    Raises:
        ToolError: a file cannot be read.
    """
    moved = renames(base.repository, new.repository)
    found = (
        *_rules(base.options, new.options, rules),
        *_options(base.options, new.options, rules),
        *_paths(base.options, new.options, tuple(rules)),
        *_moves(base, new, tuple(rules)),
        *_layout(base.options, new.options),
        *_team_rules(base, new),
        *_unchecked(base.repository, new.repository),
        *_suppressions(base.repository, new.repository, moved),
        *_entries(base.baseline, new.baseline, moved),
    )
    # Patterns and names are text of the repository, which may hold anything.
    return tuple(
        change._replace(message=redaction.clean(change.message, frozenset())) for change in found
    )


def _rules(base: Options, new: Options, rules: Mapping[str, Rule]) -> Iterator[PolicyChange]:
    before, after = (_levels(options, tuple(rules)) for options in (base, new))
    for rule_id, rule in rules.items():
        old, level = before.get(rule_id, ""), after.get(rule_id, "")
        if rank(level, rule) >= rank(old, rule):
            continue
        if level == "off":
            yield PolicyChange("rule-off", msg("{rule} is switched off", rule=rule_id))
        else:
            message = msg(
                "{rule} is lowered to {severity}", rule=rule_id, severity=level or rule.severity.value
            )
            yield PolicyChange("rule-lowered", message)


def _levels(options: Options, ids: tuple[str, ...]) -> Mapping[str, str]:
    try:
        return levels_of(options, ids)
    except UsageError:
        # A revision may name rules that this version does not have: what it says of others is not known.
        return {}


def _options(base: Options, new: Options, rules: Mapping[str, Rule]) -> Iterator[PolicyChange]:
    for rule_id in sorted({*base.rules, *new.rules} & rules.keys()):
        rule = rules[rule_id]
        try:
            before = rule_options(base, rule_id, rule)
        except UsageError:
            before = rule_options(Options(base.base), rule_id, rule)
        after = rule_options(new, rule_id, rule)
        for option in rule.options:
            loosened = loosening(option, before[option.name], after[option.name])
            if loosened is not None:
                message = msg(
                    "{option} of {rule} is loosened: {change}",
                    option=option.name,
                    rule=rule_id,
                    change=loosened,
                )
                yield PolicyChange("option-loosened", message)


def loosening(option: Option, old: Any, new: Any) -> str | None:
    """Return how an option's change makes its rule find less, as text; None where it does not.

    Args:
        option: the option, which says what loosens it.
        old: its value before.
        new: its value after.
    """
    if option.kind == "texts":
        added = [f"+{item}" for item in sorted({*new} - {*old})] if option.looser != "less" else []
        gone = [f"-{item}" for item in sorted({*old} - {*new})] if option.looser != "more" else []
        return ", ".join([*added, *gone]) or None
    if old == new:
        return None
    before, after = old, new
    if option.choices:
        before, after = option.choices.index(old), option.choices.index(new)
    is_looser = option.looser == "any" or (after > before) == (option.looser == "more")
    return f"{_shown(old)} → {_shown(new)}" if is_looser else None


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _paths(base: Options, new: Options, ids: tuple[str, ...]) -> Iterator[PolicyChange]:
    for pattern in sorted({*new.layout.exclude} - {*base.layout.exclude}):
        yield PolicyChange("exclude-added", msg("{pattern} is excluded", pattern=pattern))
    for pattern, names in sorted(new.per_path_ignores.items()):
        added = expand(names, ids) - _expanded(base.per_path_ignores.get(pattern, ()), ids)
        added = added.difference(PROTECTED)
        if added:
            message = msg(
                "ignored in {pattern}: {rules}", rules=", ".join(sorted(added)), pattern=pattern
            )
            yield PolicyChange("path-ignored", message)


def _moves(base: PolicyState, new: PolicyState, ids: tuple[str, ...]) -> Iterator[PolicyChange]:
    """Yield the shops that move to a folder in which fewer rules are checked."""
    ignores = [
        (Globs((pattern,)), expand(names, ids))
        for pattern, names in new.options.per_path_ignores.items()
    ]
    if not ignores:
        return
    for pair in pairs(base.repository, new.repository):
        if not (pair.base and pair.new) or pair.base == pair.new:
            continue
        before, after = (
            frozenset[str]().union(*(rules for globs, rules in ignores if globs.match(path)))
            for path in (pair.base, pair.new)
        )
        lost = sorted((after - before).difference(PROTECTED))
        if lost:
            message = msg(
                "the shop {shop} moves to a path in which {rules} are ignored",
                shop=pair.name,
                rules=", ".join(lost),
            )
            yield PolicyChange("path-ignored", message, pair.new)


def _expanded(names: Iterable[str], ids: tuple[str, ...]) -> frozenset[str]:
    try:
        return expand(names, ids)
    except UsageError:
        return frozenset()


def _layout(base: Options, new: Options) -> Iterator[PolicyChange]:
    if base.layout.root != new.layout.root:
        message = msg(
            "the root changes: {old} → {new}", old=base.layout.root or ".", new=new.layout.root or "."
        )
        yield PolicyChange("root-changed", message)
    old, now = base.layout.environments, new.layout.environments
    if {*old} != {*now}:
        message = msg(
            "the environments change: {old} → {new}",
            old=", ".join(old) or "-",
            new=", ".join(now) or "-",
        )
        yield PolicyChange("environments-changed", message)
    known = {*target_names(), *base.team_targets}
    for target in sorted(({*base.targets} - {*new.targets}) & known):
        yield PolicyChange("target-removed", msg("the target {target} is removed", target=target))


def _team_rules(base: PolicyState, new: PolicyState) -> Iterator[PolicyChange]:
    folder = base.options.team_rules
    if not folder:
        return
    if new.options.team_rules != folder:
        message = msg("the team's own rules in {folder} are no longer used", folder=folder)
        yield PolicyChange("team-rules-changed", message)
        return
    after = new.repository.tree
    for path in sorted(base.repository.tree.walk(folder)):
        if _bytes(base.repository.tree, path) != _bytes(after, path):
            message = msg("{path}, a rule of the team, changes", path=path)
            yield PolicyChange("team-rules-changed", message, path)


def _bytes(tree: Tree, path: str) -> bytes | None:
    with suppress(FileNotFoundError, ToolError):
        return tree.read(path)
    return None


def _unchecked(base: Repository, new: Repository) -> Iterator[PolicyChange]:
    """Yield the shops that are no longer checked though a file of theirs is still there."""
    strays = {shop_stem(stray.path): stray.path for stray in new.strays}
    for pair in pairs(base, new):
        if pair.new:
            continue
        path = strays.get(pair.id, "")
        if not path and _bytes(new.tree, pair.base) is not None:
            path = pair.base
        if path:
            message = msg("the shop {shop} is no longer checked", shop=pair.name)
            yield PolicyChange("shop-unchecked", message, path)


def shop_stem(path: str) -> str:
    """Return the id that a misnamed or hidden file would have as a shop."""
    return path.rpartition("/")[2].lstrip("._").partition(".")[0].strip()


def _suppressions(base: Repository, new: Repository, moved: Mapping[str, str]) -> Iterator[PolicyChange]:
    """Yield the suppressions that are new, or that act longer, by file, rule and key."""
    former = {there: here for here, there in moved.items()}
    for path in new.files:
        data = _bytes(new.tree, path)
        if data is None or b"wakagitops" not in data.lower():
            continue
        old = _bytes(base.tree, former.get(path, path))
        if old == data:
            continue
        before = _ends(path, old) if old is not None else {}
        for key, found in _ends(path, data).items():
            known = [until for until, _ in before.get(key, ())]
            for index, (until, item) in enumerate(found):
                if index >= len(known) or until > known[index]:
                    message = msg("{rule} is suppressed in {path}", rule=key[0], path=path)
                    yield PolicyChange("suppression-added", message, path, item.range.start.line + 1)


def _ends(path: str, data: bytes) -> dict[tuple[str, str], list[tuple[str, Suppression]]]:
    """Return the last days of a file's suppressions, the latest first, by rule and key."""
    document = read(path, data)
    found: dict[tuple[str, str], list[tuple[str, Suppression]]] = {}
    for item in read_suppressions(document):
        if item.fault:
            continue
        line = "" if item.line == WHOLE_FILE else document.source.line(item.line)
        place = "*" if item.line == WHOLE_FILE else line.partition("#")[0].partition(":")[0].strip()
        for name in item.names:
            found.setdefault((name, place), []).append((item.until or _FOR_EVER, item))
    for ends in found.values():
        ends.sort(key=lambda end: end[0], reverse=True)
    return found


def _entries(
    base: Baseline | None, new: Baseline | None, moved: Mapping[str, str]
) -> Iterator[PolicyChange]:
    if new is None:
        return
    known = {
        (moved.get(entry.file, entry.file), entry.rule, entry.key): entry.until or _FOR_EVER
        for entry in (base.entries if base is not None else ())
    }
    added: Counter[tuple[str, str]] = Counter()
    for entry in new.entries:
        until = known.get((entry.file, entry.rule, entry.key), "")
        if entry.rule not in PROTECTED and (entry.until or _FOR_EVER) > until:
            added[entry.file, entry.rule] += 1
    for (file, rule), count in sorted(added.items()):
        message = msg("the baseline lists {rule} in {path} ({count})", rule=rule, path=file, count=count)
        yield PolicyChange("baseline-entry-added", message, new.path)
