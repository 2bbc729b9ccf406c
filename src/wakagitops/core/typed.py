"""The names of ``typing`` that annotations use: to load that module takes a hook four milliseconds.

Type checkers see the real ones; when the program runs, nobody asks an annotation what it means.
"""

TYPE_CHECKING = False
"""What type checkers take to be true, under this name."""

if TYPE_CHECKING:
    from typing import Any, AnyStr, BinaryIO, Literal, NoReturn, Protocol, Self, TextIO
else:
    Any = AnyStr = BinaryIO = Literal = NoReturn = Protocol = Self = TextIO = object

__all__ = (
    "TYPE_CHECKING",
    "Any",
    "AnyStr",
    "BinaryIO",
    "Literal",
    "NoReturn",
    "Protocol",
    "Self",
    "TextIO",
)
