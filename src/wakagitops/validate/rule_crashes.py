"""The finding that stands for a rule that raised."""

from __future__ import annotations

from wakagitops.core.messages import msg
from wakagitops.core.rule import Finding

CRASH = "internal/rule-crash"
CRASH_TEXT = "the rule {rule} failed on this file"


def crash(rule: str, error: BaseException) -> Finding:
    """Return the finding that stands for a rule that raised; it names no value of the file."""
    return Finding(
        "",
        msg("the rule {rule} failed on this file ({kind})", rule=rule, kind=type(error).__name__),
        help=msg(
            "This is a fault of the rule, not of the file. Run again with --debug to see where, and "
            "report it; `--ignore {rule}` goes around it.",
            rule=rule,
        ),
    )
