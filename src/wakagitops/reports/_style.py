"""The colours of a terminal."""

from wakagitops.core.diagnostic import Severity
from wakagitops.core.named_tuple import NamedTuple


class Style(NamedTuple):
    """The ANSI codes of one report; all empty without colour."""

    error: str = ""
    warning: str = ""
    note: str = ""
    frame: str = ""
    dim: str = ""
    bold: str = ""
    good: str = ""
    end: str = ""

    def of(self, severity: Severity) -> str:
        """Return the code of a severity."""
        return {Severity.ERROR: self.error, Severity.WARNING: self.warning}.get(severity, self.note)


PLAIN = Style()
COLOR = Style(
    error="\x1b[1;31m",
    warning="\x1b[1;33m",
    note="\x1b[1;36m",
    frame="\x1b[34m",
    dim="\x1b[2m",
    bold="\x1b[1m",
    good="\x1b[1;32m",
    end="\x1b[0m",
)
