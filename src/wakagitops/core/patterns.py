"""Regular expressions that are compiled where they are first used, not where they are written.

Compiling takes Python longer than most of what a commit hook does, and a sound file asks few of them.
"""

from __future__ import annotations

import re

from wakagitops.core.typed import Any, AnyStr


class _Pattern:
    """Stands for a pattern; once it was asked for anything, it has the real one's attributes."""

    def __init__(self, source: str | bytes, flags: int) -> None:
        self._source = source
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        compiled = re.compile(self._source, self._flags)
        self.__dict__.update(
            (known, getattr(compiled, known)) for known in dir(compiled) if not known.startswith("_")
        )
        return getattr(compiled, name)


def regex(source: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return what stands for a regular expression until it is used.

    Args:
        source: the expression, as ``re.compile`` takes it.
        flags: its flags.

    Returns:
        An object with the methods and attributes of ``re.Pattern``; whichever is asked for first
        raises ``re.error`` where the expression is wrong.
    """
    return _Pattern(source, flags)  # type: ignore[return-value]
