"""TOML that a repository holds, read with bounds on its size, its nesting and the length of its keys.

``tomllib`` takes time and memory quadratic in the parts of a dotted key, and recurses into each bracket.
So the text is scanned for both before it is parsed, in one pass.
"""

from __future__ import annotations

from wakagitops.core.messages import Message, msg
from wakagitops.core.patterns import regex
from wakagitops.core.typed import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from re import Match

    from wakagitops.settings.toml_errors import TomlFault

MAX_BYTES = 256 * 1024
"""The largest TOML file that is read, in bytes."""
MAX_DEPTH = 16
"""The most brackets within one another, and the most parts of a dotted key."""
MAX_DIGITS = 100
"""The most digits of a number: Python refuses to convert those of more than 4,300."""
_SCANNED = regex(
    r'"""(?:[^"\\]|\\[\s\S]|"(?!""))*+(?:""")?'
    r"|'''(?:[^']|'(?!''))*+(?:''')?"
    r'|"(?:[^"\\\n]|\\.)*+"?'
    r"|'[^'\n]*+'?"
    r"|#[^\n]*+"
    r"|[][{}.=,\n]"
    rf"|[0-9][0-9_]{{{MAX_DIGITS},}}+"
)


class TomlError(ValueError):
    """A text is no TOML, or is beyond the bounds."""

    def __init__(self, fault: TomlFault) -> None:
        """Keep what is wrong and where."""
        super().__init__()
        self.fault = fault


def read_toml(text: str) -> dict[str, Any]:
    """Return the table of a text in TOML.

    Raises:
        TomlError: it is no TOML, or is larger or nested more deeply than what is read.
    """
    import tomllib  # noqa: PLC0415 - not needed where the table is known

    _check_bounds(text)
    try:
        return tomllib.loads(text)
    except ValueError as error:
        from wakagitops.settings.toml_errors import toml_fault  # noqa: PLC0415 - only for what is none

        raise TomlError(toml_fault(text, str(error))) from None


def _check_bounds(text: str) -> None:
    # A character takes a byte at least, and most of these texts hold nothing else.
    if len(text) > MAX_BYTES or (not text.isascii() and len(text.encode()) > MAX_BYTES):
        _fail(msg("the file has more than {limit} bytes", limit=MAX_BYTES), text, 0)
    depth = parts = 0
    for match in _SCANNED.finditer(text):
        sign = match[0]
        if sign == ".":
            parts += 1
            if parts >= MAX_DEPTH:
                _fail(msg("a key has more than {limit} parts", limit=MAX_DEPTH), text, match)
        elif sign in "[{":
            depth, parts = depth + 1, 0
            if depth > MAX_DEPTH:
                message = msg("more than {limit} brackets stand within one another", limit=MAX_DEPTH)
                _fail(message, text, match)
        elif sign in "]}":
            depth, parts = max(depth - 1, 0), 0
        elif sign in "=,\n":
            parts = 0
        elif sign[0].isdigit():
            _fail(msg("a number has more than {limit} digits", limit=MAX_DIGITS), text, match)


def _fail(message: Message, text: str, at: Match[str] | int) -> None:
    from wakagitops.settings.toml_errors import TomlFault  # noqa: PLC0415 - only for what is none

    offset = at if isinstance(at, int) else at.start()
    line = text.count("\n", 0, offset) + 1
    raise TomlError(TomlFault(message, line, offset - text.rfind("\n", 0, offset)))
