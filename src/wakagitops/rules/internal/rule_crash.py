"""``internal/rule-crash``: a rule failed on a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Finding, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.settings.views import FileView


def check(file: FileView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Find nothing: the engine makes these findings where a rule raises."""
    del file, options
    yield from ()


RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.FILE,
    summary=msg("A rule failed on a file"),
    rationale=msg(
        "A rule that raises must not hide what the other rules find, nor let a file pass unseen. So its "
        "failure is an error on the file, and the run goes on."
    ),
    check=check,
    upon="nothing",
    suppressible=False,
    turn_off=msg("It cannot be turned off; ignore the rule that fails until it is mended."),
)
