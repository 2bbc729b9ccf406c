"""The table of rules in the README, between its markers: a row a group, a link a rule."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from wakagitops.core.diagnostic import Severity
from wakagitops.rules import all_rules

PAGE = "README.md"
START = "<!-- rules -->\n"
END = "<!-- /rules -->"

_MARKS = {Severity.ERROR: "", Severity.WARNING: " ᵂ", Severity.NOTE: " ᴺ"}


def outputs(root: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the README with the table made anew.

    Raises:
        ValueError: the README has no markers.
    """
    text = (root / PAGE).read_text(encoding="utf-8")
    before, found, rest = text.partition(START)
    _, closed, after = rest.partition(END)
    if not found or not closed:
        message = f"{PAGE} has no place for the rules"
        raise ValueError(message)
    yield PAGE, f"{before}{START}{_table()}{END}{after}".encode()


def _table() -> str:
    rules = all_rules()
    groups: dict[str, list[str]] = {}
    for rule_id, rule in rules.items():
        group, _, name = rule_id.partition("/")
        mark = _MARKS[rule.severity] + (" ᶠ" if rule.fixable else "")
        groups.setdefault(group, []).append(f"[{name}](docs/rules/{rule_id}.md){mark}")
    rows = "".join(f"| `{group}/` | {' · '.join(names)} |\n" for group, names in groups.items())
    return (
        f"{len(rules)} rules. All are errors but ᵂ, warnings, and ᴺ, notes, which never fail\n"
        f"a run; ᶠ has a safe automatic fix. Where some of a rule's findings weigh more or less, its\n"
        f"page says so.\n\n| group | rules |\n| --- | --- |\n{rows}"
    )
