"""The errors that end a run, each with the exit status it stands for."""

from enum import IntEnum

from wakagitops.core.messages import Message


class ExitStatus(IntEnum):
    """What a run's exit status says to the hook or the pipeline that called it."""

    CLEAN = 0
    """No errors; with ``--strict`` no warnings either."""
    FINDINGS = 1
    """Errors were found, or ``--check`` found stale output, or the plan's brake holds."""
    USAGE = 2
    """Wrong usage, a wrong ``wakagitops.toml``, an unknown revision."""
    NOTHING = 3
    """A path that does not exist, or no settings file found."""
    FAILED = 4
    """The tool could not finish: disk, git, an internal error."""


class WakagitopsError(Exception):
    """A reason to stop, told to the user as one message and no traceback."""

    status = ExitStatus.FAILED

    def __init__(self, message: Message, *, path: str = "", line: int = 0, column: int = 0) -> None:
        """Keep the message and, where a file is at fault, its place (1-based; 0: none)."""
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line
        self.column = column


class UsageError(WakagitopsError):
    """The command line, ``wakagitops.toml`` or a named git revision is wrong."""

    status = ExitStatus.USAGE
    lang = ""
    """The language that a wrong ``wakagitops.toml`` asks for all the same."""


class NothingToCheckError(WakagitopsError):
    """A named path does not exist, or there is no settings file at all."""

    status = ExitStatus.NOTHING


class ToolError(WakagitopsError):
    """Something outside the settings failed: the disk, git, a lock."""


class UnreadableError(ToolError):
    """One file cannot be read; a check can go on with the others, and say so at its end."""
