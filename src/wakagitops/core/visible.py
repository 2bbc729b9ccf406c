r"""The one door for text that people see: terminals, logs, comments and pages.

Values from a repository, from git or from the command line may hold characters that steer a terminal,
reorder a line or give the log of a CI server a command. Such text passes here:

- ``visible`` turns a value into text for one line: a line feed becomes ``\n``, an escape ``\x1b``. The
  translator calls it for every field of a message.
- ``Guard`` is the last step before a stream: of control characters it lets through only line ends and
  our own colours, and no line that a CI server would take for a command.
- ``as_json`` writes JSON, which keeps the true values, in characters that no log acts on.
"""

from __future__ import annotations

from wakagitops.core.patterns import regex
from wakagitops.core.typed import Any

# Controls, surrogates, private use, noncharacters, and what Unicode lets a renderer show as nothing
# (Default_Ignorable_Code_Point), bidirectional marks and fillers among it.
_HIDDEN = regex(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    "\u2028-\u202e\u2060-\u206f\u2800\u3164\ud800-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0d\ufeff\uffa0"
    "\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff]"
    # A joiner joins emoji, and letters of the scripts from Arabic on; beside any other it hides.
    "|[\u200c\u200d](?![\u0600-\u1fff\u2100-\ud7ff\uf900-\ufeff\U00010000-\U0001ffff])"
    "|(?<![\u0600-\u1fff\u2100-\ud7ff\uf900-\ufeff\U00010000-\U0001ffff])[\u200c\u200d]"
    # A style makes an emoji of a sign, as in a heart or a keycap.
    "|(?<![0-9#*\xa9\xae\u2000-\u3299\U0001f000-\U0001faff])[\ufe0e\ufe0f]"
)
_NAMED = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
_FUTURE_EMOJI = range(0x1F000, 0x1FB00)
"""Where Unicode adds emoji each year, which this Python's tables may not know yet (UTS #51)."""
_LOG_SIGN = regex(r"##\w*\[")
"""``##[command]``, ``##vso[…]``, ``##teamcity[…]``: CI servers act on these anywhere in a line."""
_COLOR = regex("(\x1b\\[[0-9;]*m)")
_COMMAND = regex(r"((?:\s|\x1b\[[0-9;]*m)*):(?=:)")
"""GitHub's runner acts on ``::`` at the start of a line, blanks before it left out."""


class Visible(str):
    """A text that passed ``visible`` piece by piece; in a message it stays as it is."""

    __slots__ = ()


class WorkflowCommand(str):
    """A line of our own for the runner of GitHub Actions; its values are escaped already."""

    __slots__ = ()


def visible(text: str) -> str:
    r"""Return a text for one line: what is invisible or acts on a terminal or log becomes ``\x1b``.

    A text that passed once stays the same. Letters, emoji and the joiners that they need stay.
    """
    if isinstance(text, Visible):
        return text
    if "##" not in text and (text.isprintable() if text.isascii() else _is_plain(text)):
        return text
    return "".join(characters(text))


def characters(text: str) -> list[str]:
    """Return what shows each code point of a text for one line."""
    shown = list(text)
    for found in _HIDDEN.finditer(text):
        shown[found.start()] = _escape(found[0])
    for found in _LOG_SIGN.finditer(text):
        shown[found.end() - 1] = r"\x5b"
    if not text.isprintable():
        # Imported where a character is odd: hardly any text has one.
        from unicodedata import category  # noqa: PLC0415

        for index, sign in enumerate(text):
            if not sign.isprintable() and category(sign) == "Cn" and ord(sign) not in _FUTURE_EMOJI:
                shown[index] = _escape(sign)
    return shown


def as_json(value: Any, *, indent: int | None = None, separators: tuple[str, str] | None = None) -> str:
    """Return a value as JSON in ASCII, which any locale prints and no log acts on.

    Args:
        value: what JSON has a form for.
        indent: spaces a level; on one line where it is left out.
        separators: of members, and of a key and its value.
    """
    from json import dumps  # noqa: PLC0415 - a commit hook writes none

    text = dumps(value, indent=indent, separators=separators)
    return _LOG_SIGN.sub(lambda found: f"{found[0][:-1]}\\u005b", text) if "##" in text else text


class Guard:
    """What stands before one stream: it knows where the stream's lines begin."""

    __slots__ = ("_is_line_start",)

    def __init__(self) -> None:
        """Begin at the start of a line."""
        self._is_line_start = True

    def __call__(self, text: str, *, color: bool) -> str:
        """Return a part of an output as it may be written.

        Args:
            text: any part, of several lines or of less than one.
            color: our own colours may be in it.
        """
        is_line_start, self._is_line_start = self._is_line_start, text[-1:] == "\n"
        if isinstance(text, WorkflowCommand):
            return text
        if not text:
            self._is_line_start = is_line_start
            return text
        first, *others = text.split("\n")
        return "\n".join(
            [
                _line(first, color=color, is_whole=is_line_start),
                *(_line(line, color=color, is_whole=True) for line in others),
            ]
        )


def _line(text: str, *, color: bool, is_whole: bool) -> str:
    if text.isascii() and text.isprintable() and "##" not in text and "::" not in text:
        return text
    if color and "\x1b" in text:
        pieces = _COLOR.split(text)
        pieces[::2] = map(visible, pieces[::2])
        text = "".join(pieces)
    else:
        text = visible(text)
    return _COMMAND.sub(r"\1\\x3a", text, count=1) if is_whole and _COMMAND.match(text) else text


def _is_plain(text: str) -> bool:
    return text.isprintable() and _HIDDEN.search(text) is None


def _escape(character: str) -> str:
    code = ord(character)
    if character in _NAMED:
        return _NAMED[character]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
