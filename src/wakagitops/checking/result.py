"""The outcome of a check: what every report, the plan and the exit status are made from."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from wakagitops.core.diagnostic import Diagnostic, Severity, Suppressed
from wakagitops.core.excerpt import Excerpt
from wakagitops.core.rule import Rule


class CheckResult(NamedTuple):
    """All findings of one run, in their total order, and how much was looked at."""

    diagnostics: tuple[Diagnostic, ...]
    suppressed: tuple[Suppressed, ...]
    files: int
    """Settings files that findings were wanted of, ``_defaults.yaml`` files included."""
    shops: int
    shop_versions: Mapping[str, str]
    """The platform version of each shop's file, where it is known."""
    excerpt: Callable[[str], Excerpt]
    """The masked source of a file, read again when a report asks for it."""
    rules: Callable[[], Mapping[str, Rule]]
    """Every rule by id; loading them costs time, so it waits for a report that shows them."""

    def count(self, severity: Severity) -> int:
        """Return how many diagnostics have a severity."""
        return sum(1 for item in self.diagnostics if item.severity is severity)
