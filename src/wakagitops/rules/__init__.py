"""The rules: ``<group>/<name>.py`` holds one ``RULE``, and its id is its place."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path

from wakagitops.core.errors import UsageError
from wakagitops.core.messages import msg
from wakagitops.core.rule import Rule

_FOLDER = Path(__file__).parent


@cache
def rule_ids() -> tuple[str, ...]:
    """Return every rule's id in order, from the folder listing, without importing a rule."""
    return tuple(
        sorted(
            f"{path.parent.name}/{path.stem}".replace("_", "-")
            for path in _FOLDER.glob("*/*.py")
            if not path.stem.startswith("_")
        )
    )


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
    import importlib.util  # noqa: PLC0415 - only where a team has rules

    found: dict[str, Rule] = {}
    for path in sorted(Path(folder).glob("*/*.py")):
        if path.stem.startswith("_"):
            continue
        rule_id = f"{path.parent.name}/{path.stem}".replace("_", "-")
        if rule_id in rule_ids():
            raise UsageError(msg("the rule {rule} exists already", rule=rule_id), path=str(path))
        spec = importlib.util.spec_from_file_location(f"wakagitops_team.{path.parent.name}.{path.stem}", path)
        if spec is None or spec.loader is None:
            continue
        module = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
            rule = module.RULE
        except Exception as error:
            problem = msg("this rule cannot be loaded ({kind})", kind=type(error).__name__)
            raise UsageError(problem, path=str(path)) from error
        if not isinstance(rule, Rule):
            raise UsageError(msg("RULE is no wakagitops.core.rule.Rule"), path=str(path))
        found[rule_id] = rule
    if not found:
        raise UsageError(msg("there is no rule below {folder}: <group>/<name>.py", folder=folder))
    return found
