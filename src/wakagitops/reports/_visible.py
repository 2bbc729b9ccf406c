"""Text made safe to show: nothing invisible, nothing that steers a terminal, columns that line up."""

from __future__ import annotations

from functools import cache
from re import Match, Pattern

from wakagitops.core.patterns import regex

# Control characters, bidi marks, zero-width and tag characters, what is no character at all. The joiners
# U+200C and U+200D stay: emoji and several scripts are written with them.
_HIDDEN = (
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_JOINER = "\u200d"
_EMOJI_STYLE = "\ufe0f"
_SKIN_TONES = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
_TAB = 4


def visible(text: str) -> str:
    """Return a text for one line: what is invisible or acts on a terminal becomes ``<U+001B>``."""
    if text.isascii() and text.isprintable():
        return text
    return _hidden().sub(_named, text)


def spread(text: str) -> tuple[str, list[int]]:
    """Return a source line as shown, tabs as spaces, and where each of its code points stands.

    The list has one index into the shown text for every code point, and one more for the end.
    """
    if text.isascii() and text.isprintable():
        return text, list(range(len(text) + 1))
    pieces, places, length, column = [], [], 0, 0
    for char in text:
        places.append(length)
        piece = " " * (_TAB - column % _TAB) if char == "\t" else _hidden().sub(_named, char)
        pieces.append(piece)
        length += len(piece)
        column += width(piece)
    places.append(length)
    return "".join(pieces), places


def width(text: str) -> int:
    """Return how many terminal columns a shown text takes.

    Wide East Asian characters and emoji take two (Unicode Standard Annex 11), combining marks and skin
    tones none, and a character that a joiner ties to the one before it makes no glyph of its own.
    """
    if text.isascii():
        return len(text)
    # Most runs show plain ASCII, or nothing at all.
    from unicodedata import category, east_asian_width  # noqa: PLC0415

    total, last, joined = 0, 0, False
    for char in text:
        if joined:
            joined = False
        elif char == _JOINER:
            joined = True
        elif char == _EMOJI_STYLE:
            # The style makes an emoji of a narrow sign, as in a heart.
            total, last = total + (last == 1), 2
        elif category(char) not in {"Mn", "Mc", "Me", "Cf"} and not (last == 2 and char in _SKIN_TONES):
            last = 2 if east_asian_width(char) in "WF" else 1
            total += last
    return total


@cache
def _hidden() -> Pattern[str]:
    """Compile the pattern when a text first needs it: a run without findings never does."""
    return regex(_HIDDEN)


def _named(found: Match[str]) -> str:
    return f"<U+{ord(found[0]):04X}>"
