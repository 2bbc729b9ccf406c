"""The policy of a run: which rules run, with which options, at which severity, where."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from wakagitops.core.diagnostic import Severity
from wakagitops.core.errors import UsageError
from wakagitops.core.globs import Globs
from wakagitops.core.messages import Message, msg
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.patterns import regex
from wakagitops.core.rule import Option, Rule, Scope
from wakagitops.core.suggest import nearest
from wakagitops.core.typed import Any
from wakagitops.settings.config import Options, unknown_key

ALWAYS = ("yaml/limit", "internal/rule-crash", "render/refused")
"""Rules that guard the tool itself: nothing switches them off."""
PROTECTED = (*ALWAYS, "secret/plaintext")
"""Rules that nothing in the repository suppresses, ignores, lowers or switches off."""
_OFF = "off"


class Active(NamedTuple):
    """A rule with what this run's policy says of it."""

    id: str
    rule: Rule
    options: Mapping[str, Any]
    severity: Severity | None
    """The severity that the policy sets; None leaves it to the rule and its finding."""
    reported: bool
    """False for a rule that only runs because others depend on what it finds broken."""


class Policy(NamedTuple):
    """Every rule that runs, by scope, and what is ignored where."""

    rules: Mapping[str, Active]
    file: tuple[Active, ...]
    shop: tuple[Active, ...]
    fleet: tuple[Active, ...]
    tree: tuple[Active, ...]
    suppression: tuple[Active, ...]
    ignores: Mapping[str, Globs] = {}
    """Rule id to the patterns of the paths where it is not reported."""

    @property
    def compared(self) -> tuple[str, ...]:
        """Return the pointers to the settings that the rules of the fleet read, in a set order."""
        return tuple(dict.fromkeys(place for active in self.fleet for place in active.rule.reads))

    def is_ignored(self, rule: str, path: str) -> bool:
        """Tell whether a rule's findings in a file are left out by ``per_path_ignores``."""
        globs = self.ignores.get(rule)
        return globs is not None and globs.match(path)

    def severity(self, rule: str, found: Severity | None) -> Severity:
        """Return the severity of a finding of a rule: the policy's, the finding's, the rule's."""
        active = self.rules[rule]
        return active.severity or found or active.rule.severity


def expand(names: Iterable[str], known: Iterable[str]) -> frozenset[str]:
    """Return the ids that rule ids and group names stand for.

    Raises:
        UsageError: a name is neither, with the one that was probably meant.
    """
    ids = tuple(known)
    chosen: set[str] = set()
    for name in names:
        matched = [rule for rule in ids if rule == name or rule.startswith(f"{name.rstrip('/')}/")]
        if not matched:
            raise UsageError(unknown_rule(name, ids))
        chosen.update(matched)
    return frozenset(chosen)


def unknown_rule(name: str, ids: tuple[str, ...], otherwise: Message | None = None) -> Message:
    """Say that there is no such rule, and which one was probably meant; ``otherwise`` where none was."""
    groups = {rule.partition("/")[0] for rule in ids}
    if name in groups:
        held = ", ".join(rule for rule in ids if rule.startswith(f"{name}/"))
        return msg("{name} is a group of rules; name one of them: {rules}", name=name, rules=held)
    by_name = {rule.partition("/")[2]: rule for rule in ids}
    meant = (
        nearest(name, (*ids, *groups)) or by_name.get(name) or by_name.get(nearest(name, by_name) or "")
    )
    if meant:
        return msg("there is no rule {rule}; did you mean {meant}?", rule=name, meant=meant)
    return otherwise or msg("there is no rule {rule}; `wakagitops rules` lists them", rule=name)


def policy(
    options: Options,
    rules: Mapping[str, Rule],
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
) -> Policy:
    """Combine ``wakagitops.toml`` and the command line into the policy of a run.

    Args:
        options: what ``wakagitops.toml`` says.
        rules: every rule by id.
        select: ids and groups of the command line; they replace those of the file.
        ignore: ids and groups of the command line; they add to those of the file.

    Raises:
        UsageError: a rule, an option or a value does not exist.
    """
    ids = tuple(rules)
    select, ignore = expand(select, ids), expand(ignore, ids)
    chosen = select or _named(options, "select", ids)
    if chosen and chosen <= ignore | _named(options, "ignore", ids):
        raise UsageError(msg("no rule is left to run: all that is selected is ignored too"))
    levels = levels_of(options, ids, is_selected=bool(select))
    for name in options.rules:
        if name not in rules:
            options.fail(unknown_rule(name, ids), "rules", name)
    ignored: dict[str, list[str]] = {}
    for pattern, names in options.per_path_ignores.items():
        for rule_id in _checked_all(options, names, ids, "per_path_ignores", pattern):
            if rule_id not in PROTECTED:
                ignored.setdefault(rule_id, []).append(pattern)
    active = {}
    for rule_id, rule in rules.items():
        level = levels.get(rule_id, _OFF)
        is_left_out = rule_id in ignore or (select and rule_id not in select)
        active[rule_id] = Active(
            rule_id,
            rule,
            rule_options(options, rule_id, rule),
            Severity(level) if level != _OFF else None,
            rule_id in ALWAYS or not (is_left_out or levels.get(rule_id) == _OFF),
        )
    running = [item for item in active.values() if item.reported or item.rule.breaks]
    by_scope = {scope: tuple(item for item in running if item.rule.scope is scope) for scope in Scope}
    return Policy(
        active,
        by_scope[Scope.FILE],
        by_scope[Scope.SHOP],
        by_scope[Scope.FLEET],
        by_scope[Scope.TREE],
        by_scope[Scope.SUPPRESSION],
        {rule_id: Globs(patterns) for rule_id, patterns in ignored.items()},
    )


def levels_of(options: Options, ids: tuple[str, ...], *, is_selected: bool = False) -> Mapping[str, str]:
    """Return the severity or ``off`` of each rule of which ``wakagitops.toml`` says one.

    Args:
        options: what ``wakagitops.toml`` says.
        ids: the rules that there are.
        is_selected: True if the command line selects rules, which takes the place of ``select``.

    Raises:
        UsageError: a rule does not exist.
    """
    levels: dict[str, str] = {}
    for name in sorted(options.severity, key=lambda name: "/" in name):
        levels.update(
            dict.fromkeys(_checked(options, name, ids, "severity", name), options.severity[name])
        )
    chosen = _named(options, "select", ids)
    if chosen and not is_selected:
        levels.update(dict.fromkeys(chosen.symmetric_difference(ids), _OFF))
    levels.update(dict.fromkeys(_named(options, "ignore", ids), _OFF))
    for rule in PROTECTED:
        levels.pop(rule, None)
    return levels


def kept_on(options: Options, ignore: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the rules that the policy names to be switched off or lowered, and that run all the same.

    A group that holds one of them is no mistake: it stands for its other rules.

    Args:
        options: what ``wakagitops.toml`` says.
        ignore: ids and groups of the command line.
    """
    lowered = (name for name, severity in options.severity.items() if severity != "error")
    by_path = chain.from_iterable(options.per_path_ignores.values())
    named = {*options.ignore, *lowered, *by_path}
    return tuple(rule for rule in PROTECTED if rule in named or (rule in ignore and rule in ALWAYS))


def rule_options(options: Options, rule_id: str, rule: Rule) -> Mapping[str, Any]:
    """Return a rule's options, those of ``wakagitops.toml`` over the defaults.

    Raises:
        UsageError: an option does not exist or has a value of the wrong kind.
    """
    return option_values(options, rule.options, options.rules.get(rule_id, {}), "rules", rule_id)


def option_values(
    options: Options, known: Sequence[Option], given: Mapping[str, Any], *place: str
) -> Mapping[str, Any]:
    """Return the values of a table of options, those given over the defaults.

    Args:
        options: what ``wakagitops.toml`` says.
        known: the options that there are.
        given: the table.
        place: the keys that lead to the table.

    Raises:
        UsageError: an option does not exist or has a value of the wrong kind.
    """
    by_name = {option.name: option for option in known}
    values = {option.name: option.default for option in known}
    for name, value in given.items():
        if name not in by_name:
            unknown_key(options, name, tuple(by_name), *place)
        option = by_name[name]
        if not _fits(option, value):
            options.fail(_wrong_value(option), *place, name)
        values[name] = tuple(value) if option.kind == "texts" else value
    return values


def _fits(option: Option, value: object) -> bool:
    match option.kind:
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            if not isinstance(value, int) or isinstance(value, bool):
                return False
            return option.bounds is None or option.bounds[0] <= value <= option.bounds[1]
        case "text":
            if not isinstance(value, str):
                return False
            if option.choices:
                return value in option.choices
            return not option.pattern or regex(option.pattern).fullmatch(value) is not None
        case "texts":
            return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _wrong_value(option: Option) -> Message:
    if option.choices:
        choices = ", ".join(f'"{choice}"' for choice in option.choices)
        return msg("{option} must be one of: {choices}", option=option.name, choices=choices)
    if option.form.text:
        example = f'"{option.default}"' if option.kind == "text" else option.default
        return msg(
            "{option} must be {form}; write {option} = {example}",
            option=option.name,
            form=option.form,
            example=example,
        )
    match option.kind:
        case "boolean":
            return msg("{option} must be true or false", option=option.name)
        case "integer":
            return msg("{option} must be a whole number", option=option.name)
        case "text":
            return msg("{option} must be a text", option=option.name)
        case "texts":
            return msg('{option} must be a list of texts, such as ["..."]', option=option.name)


def _named(options: Options, key: str, ids: tuple[str, ...]) -> frozenset[str]:
    names: tuple[str, ...] = getattr(options, key)
    return _checked_all(options, names, ids, key)


def _checked_all(
    options: Options, names: Iterable[str], ids: tuple[str, ...], *place: str
) -> frozenset[str]:
    return frozenset().union(*(_checked(options, name, ids, *place) for name in names))


def _checked(options: Options, name: str, ids: tuple[str, ...], *place: str) -> frozenset[str]:
    try:
        return expand([name], ids)
    except UsageError as error:
        options.fail(error.message, *place)
