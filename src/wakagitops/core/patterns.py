"""Regular expressions that are compiled where they are first used, not where they are written.

Compiling takes Python longer than most of what a commit hook does, and a sound file asks few of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from wakagitops.core.typed import Any, AnyStr

_compile = re.compile


class _Pattern:
    """Stands for a pattern; once it was asked for anything, it has the real one's attributes."""

    def __init__(self, source: str | bytes, flags: int) -> None:
        self._source = source
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        compiled = _compile(self._source, self._flags)
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


@contextmanager
def deferred() -> Iterator[None]:
    """Let modules that are imported meanwhile compile their patterns where they are first used, too.

    For PyYAML and tomllib: the half of PyYAML that is written in Python compiles classes of characters
    that cover all of Unicode, and reading by libyaml uses none. Not for modules that hand their patterns
    to the functions of ``re``, as gettext does: those take real ones alone.
    """
    re.compile = regex  # type: ignore[assignment]
    try:
        yield
    finally:
        re.compile = _compile
