"""At most so many findings of one rule in one file, and one more that counts the others.

A file of 256 KiB may hold a hundred thousand faults of one kind: nobody reads so many, and each takes
time.
"""

from __future__ import annotations

from collections.abc import Iterable

from wakagitops.core.messages import Message, counted, msg
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.rule import Finding
from wakagitops.validate.policy import Active
from wakagitops.validate.unit import Located

MOST_LISTED = 100
"""How many findings of one rule in one file are listed."""
_STABLE = "more"
"""What names the place of a count in its fingerprint: nothing that moves with the file."""
ADVICE = msg(
    "Only the first {limit} are listed. A suppression of one line hides none of these.",
    limit=MOST_LISTED,
)


class Listed(NamedTuple):
    """A finding, or the count of those that are not listed, at the place of the first of them."""

    active: Active
    finding: Finding
    more: int = 0

    def counted(self, place: Located) -> Located:
        """Return the located finding, known by its number where it is a count."""
        if not self.more:
            return place
        return place._replace(more=self.more, stable=_STABLE, digest=str(self.more))


def limited(found: Iterable[tuple[Active, Finding]]) -> list[Listed]:
    """Return the findings of one file that are listed, and a count for each rule that has more."""
    kept: list[Listed] = []
    by_rule: dict[str, list[Finding]] = {}
    rules: dict[str, Active] = {}
    for active, finding in found:
        rules[active.id] = active
        of_rule = by_rule.setdefault(active.id, [])
        of_rule.append(finding)
        if len(of_rule) <= MOST_LISTED:
            kept.append(Listed(active, finding))
    for rule_id, of_rule in by_rule.items():
        rest = of_rule[MOST_LISTED:]
        if rest:
            kept.append(Listed(rules[rule_id], _count(rules[rule_id], rest), len(rest)))
    return kept


def _count(active: Active, rest: list[Finding]) -> Finding:
    """Return the finding that stands for others: as severe as the worst, where the first of them is."""
    severities = [finding.severity or active.rule.severity for finding in rest]
    return Finding(
        rest[0].pointer,
        count_message(len(rest)),
        on=rest[0].on,
        span=rest[0].span,
        severity=min(severities, key=lambda severity: severity.rank),
        help=ADVICE,
    )


def count_message(number: int) -> Message:
    """Return what is said of findings that are not listed."""
    return counted(
        "and {count} more finding of this rule in this file",
        "and {count} more findings of this rule in this file",
        number,
    )
