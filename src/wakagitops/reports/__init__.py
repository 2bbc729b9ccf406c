"""Report formats: one module a format, its name the format's name, each with one ``report``."""

import os
from collections.abc import Callable

from wakagitops.core.messages import Translator
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.visible import visible


class Presentation(NamedTuple):
    """How a report is to be shown, decided once by the command line."""

    translate: Translator
    relative: Callable[[str], str]
    """Turn a path relative to the repository's base into one relative to the current directory.

    For programs: it may hold any character; people get ``shown``.
    """
    color: bool = False
    full: bool = False
    """True on a terminal: snippets and carets; False when piped: one line a finding."""
    verbosity: int = 0
    """-1 for ``-q``, 0, 1 and more for ``-v``."""
    version: str = ""
    """The tool's version."""

    def shown(self, path: str) -> str:
        """Return a path of the repository as people see it, relative to the current directory."""
        return visible(self.relative(path))


def format_names() -> list[str]:
    """Return the names of the formats, which are the modules of this package, without importing."""
    names = os.listdir(os.path.dirname(os.path.abspath(__file__)))
    return sorted(name[:-3] for name in names if name.endswith(".py") and name[0] not in "_.")
