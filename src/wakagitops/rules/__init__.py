"""The rules: ``<group>/<name>.py`` holds one ``RULE``, and its id is its place."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path

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
