"""The rules: ``<group>/<name>.py`` holds one ``RULE``, and its id is its place."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from functools import cache
from importlib import import_module
from types import ModuleType

from wakagitops.core.diagnostic import Later, Severity
from wakagitops.core.errors import UsageError
from wakagitops.core.messages import Message, msg
from wakagitops.core.rule import Example, Finding, Option, Place, ProposedFix, Rule, Scope
from wakagitops.core.safe_files import read_below
from wakagitops.core.source import Span
from wakagitops.core.typed import Any

_FOLDER = os.path.dirname(os.path.abspath(__file__))


@cache
def rule_ids() -> tuple[str, ...]:
    """Return every rule's id in order, from the folder listing, without importing a rule."""
    return tuple(sorted(f"{group}/{name}".replace("_", "-") for group, name in _modules(_FOLDER)))


def _modules(folder: str) -> Iterator[tuple[str, str]]:
    """Yield the group and the name of each rule's module below a folder."""
    for group in os.listdir(folder):
        inner = os.path.join(folder, group)
        if os.path.isdir(inner):
            for name in os.listdir(inner):
                if name.endswith(".py") and not name.startswith(("_", ".")):
                    yield group, name.removesuffix(".py")


@cache
def load(rule_id: str) -> Rule:
    """Return one rule.

    Raises:
        ModuleNotFoundError: there is no such rule.
    """
    module = import_module(f"{__name__}.{rule_id.replace('-', '_').replace('/', '.')}")
    rule: Rule = module.RULE
    return rule


@cache
def all_rules() -> Mapping[str, Rule]:
    """Return every rule by id, in the order of the ids."""
    return {rule_id: load(rule_id) for rule_id in rule_ids()}


def team_rules(folder: str) -> Mapping[str, Rule]:
    """Load a team's own rules: ``<group>/<name>.py`` below a folder, each with a ``RULE``.

    This runs the code in that folder; whoever calls it was told that it may.

    Raises:
        UsageError: the folder or a rule in it cannot be loaded, or takes the id of one of ours.
    """
    found: dict[str, Rule] = {}
    for group, name in sorted(_modules(folder)) if os.path.isdir(folder) else ():
        path = os.path.join(folder, group, f"{name}.py")
        rule_id = f"{group}/{name}".replace("_", "-")
        if rule_id in rule_ids():
            raise UsageError(msg("the rule {rule} exists already", rule=rule_id), path=path)
        module = ModuleType(f"wakagitops_team.{group}.{name}")
        module.__file__ = path
        try:
            text = read_below(folder, f"{group}/{name}.py")
            with redirect_stdout(sys.stderr):
                # No import, which would write bytecode beside the rule, or run what lies there.
                code = compile(text, os.path.abspath(path), "exec", dont_inherit=True)
                exec(code, vars(module))  # noqa: S102 - the caller allowed it
            rule = module.RULE
        except (Exception, SystemExit) as error:
            # Whatever a team's code does, it must not end a check as if all were well.
            kind = type(error).__name__
            problem = msg("this rule cannot be loaded ({kind})", kind=kind)
            raise UsageError(problem, path=path, line=_line(error, path), column=1) from error
        _refuse_unfit(rule, path)
        found[rule_id] = _guarded(rule)
    if not found:
        raise UsageError(msg("there is no rule below {folder}: <group>/<name>.py", folder=folder))
    return found


_END = object()


def _guarded(rule: Rule) -> Rule:
    """Return a team's rule of which nothing but findings comes back: what it prints goes elsewhere."""

    def check(view: Any, options: Mapping[str, Any]) -> Iterator[Finding]:
        with redirect_stdout(sys.stderr):
            findings = iter(rule.check(view, options))
        while True:
            with redirect_stdout(sys.stderr):
                finding = next(findings, _END)
            if finding is _END:
                return
            yield _sound(finding)

    return rule._replace(check=check)


_PARTS: Mapping[str, type | tuple[type, ...]] = {
    "pointer": str,
    "message": Message,
    "on": str,
    "help": Message,
    "related": tuple,
    "fix": (ProposedFix, type(None)),
    "span": (Span, type(None)),
    "shared": (Message, type(None)),
    "severity": (Severity, type(None)),
    "shop": str,
    "later": (Later, type(None)),
}
"""What the parts of a finding are."""


def _sound(finding: object) -> Finding:
    """Return a finding; raise where a rule yields none, so that it fails by itself and not the run.

    Raises:
        TypeError: it is none, or a part of it is of another kind.
    """
    if (
        isinstance(finding, Finding)
        and all(isinstance(getattr(finding, name), kind) for name, kind in _PARTS.items())
        and all(isinstance(place, Place) for place in finding.related)
    ):
        return finding
    raise TypeError


def _line(error: BaseException, path: str) -> int:
    """Return the line of a rule's file that an error came from; 1 where it came from elsewhere."""
    if isinstance(error, SyntaxError):
        return error.lineno or 1
    trace, line = error.__traceback__, 1
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == os.path.abspath(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _refuse_unfit(rule: object, path: str) -> None:
    """Stop where a team's rule is not made of what a rule is made of.

    Raises:
        UsageError: it is no rule, or one of its parts is of another kind.
    """
    if not isinstance(rule, Rule):
        raise UsageError(msg("RULE is no wakagitops.core.rule.Rule"), path=path)
    kinds = {
        "severity": Severity,
        "scope": Scope,
        "summary": Message,
        "rationale": Message,
        "turn_off": Message,
    }
    for name, kind in kinds.items():
        if not isinstance(getattr(rule, name), kind):
            raise UsageError(
                msg("{part} of RULE is no {kind}", part=name, kind=f"{kind.__module__}.{kind.__name__}"),
                path=path,
            )
    lists = {"authority": str, "reads": str, "options": Option, "bad": Example, "good": Example}
    for name, kind in lists.items():
        value = getattr(rule, name)
        if not (isinstance(value, (tuple, list)) and all(isinstance(item, kind) for item in value)):
            what = kind.__name__ if kind is str else f"{kind.__module__}.{kind.__name__}"
            raise UsageError(
                msg("{part} of RULE is no {kind}", part=name, kind=f"tuple[{what}, ...]"), path=path
            )
    if not callable(rule.check):
        raise UsageError(msg("check of RULE is no function"), path=path)
