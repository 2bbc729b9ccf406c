"""Columns of a terminal: how many a text takes, and where each character of a source line is shown."""

from __future__ import annotations

from wakagitops.core.visible import characters

_JOINER = "\u200d"
_EMOJI_STYLE = "\ufe0f"
_SKIN_TONES = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
_TAB = 4


def spread(text: str) -> tuple[str, list[int]]:
    """Return a source line as shown, tabs as spaces, and where each of its code points stands.

    The list has one index into the shown text for every code point, and one more for the end.
    """
    if text.isascii() and text.isprintable():
        return text, list(range(len(text) + 1))
    pieces, places, length, column = [], [], 0, 0
    for char, shown in zip(text, characters(text), strict=True):
        places.append(length)
        piece = " " * (_TAB - column % _TAB) if char == "\t" else shown
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
