"""What a run reports: diagnostics, with their severity, related places and fix."""

from enum import Enum

from wakagitops.core.messages import Message
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.source import Range


class Severity(Enum):
    """How much a finding matters; only errors fail a run, warnings too under ``--strict``."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """Return 0 for the most severe, so that sorting puts the worst first."""
        return ("error", "warning", "note").index(self.value)


class Related(NamedTuple):
    """Another place that a diagnostic speaks of, and what it has to do with it."""

    path: str
    """The file, relative to the repository's base, with ``/``."""
    range: Range
    message: Message
    shops: tuple[str, ...] = ()
    """The shops whose fact this is, sorted; empty where it holds for every shop of the diagnostic."""


class Edit(NamedTuple):
    """One replacement of a stretch of a file by other text."""

    path: str
    range: Range
    text: str


class Fix(NamedTuple):
    """A change that mends a finding and loses nothing."""

    description: Message
    edits: tuple[Edit, ...]


class Later(NamedTuple):
    """What a finding becomes on a day, by a dated fact: neither rules nor the cache know a clock."""

    day: str
    """The first day of it, ``YYYY-MM-DD`` in UTC."""
    known: str
    """The day of the facts, which stands for today where a result has to be the same on any day."""
    severity: Severity
    message: Message
    help: Message = Message("")


class Diagnostic(NamedTuple):
    """One finding as people and programs see it, its place resolved to a file and a range."""

    path: str
    """The file, relative to the repository's base, with ``/``."""
    range: Range
    rule: str
    """The rule's id, ``group/name``."""
    severity: Severity
    message: Message
    pointer: str
    """The JSON Pointer of the value; empty where the file did not parse."""
    shops: tuple[str, ...] = ()
    """The ids of the shops that the finding holds for, sorted."""
    related: tuple[Related, ...] = ()
    help: Message = Message("")
    """What to write instead, or what to do."""
    fix: Fix | None = None
    fingerprint: str = ""
    """Stable under moved lines: depends on rule, path and pointer only."""
    key: str = ""
    """What a finding is known by wherever its file lies: rule, place in the document, value digest;
    never a line. The baseline sets the file beside it, and comparisons of two states the shop."""
    later: Later | None = None
    """What it becomes on a day; None once today is known, and in what is reported."""
    more: int = 0
    """How many findings of the rule in the file it stands for, which are not listed; 0 for a finding."""

    def on(self, today: str) -> "Diagnostic":
        """Return the finding as it is on a day.

        Args:
            today: ``YYYY-MM-DD`` in UTC; empty for the day of the facts, so that the result is the
                same on any day.
        """
        later = self.later
        if later is None:
            return self
        if (today or later.known) < later.day:
            return self._replace(later=None)
        return self._replace(severity=later.severity, message=later.message, help=later.help, later=None)


class Suppressed(NamedTuple):
    """A diagnostic that a comment or the baseline took out, and why."""

    diagnostic: Diagnostic
    reason: str
    kind: str = "inline"
    """``inline`` for a comment in the file, ``baseline`` for an entry of the baseline file."""
