"""What is wrong where libyaml gave up: which case of ``yaml/syntax`` it is, and its place.

libyaml complains where it notices a fault, often a line after it, and in words of its grammar. A
file gets here only once it did not parse, so nothing here needs to be fast.
"""

from __future__ import annotations

from yaml import MarkedYAMLError

from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.patterns import regex
from wakagitops.core.source import Span
from wakagitops.core.typed import Any

_COMPLAINTS = (
    ("maximum nesting depth", "depth"),
    ("\\t", "tab"),
    ("escape character", "escape"),
    ("hexdecimal number", "escape"),
    ("Unicode character escape", "escape"),
    ("quoted scalar", "quote"),
    ("mapping values are not allowed", "colon"),
    ("could not find expected ':'", "colon-missing"),
    ("simple key", "colon-missing"),
    ("flow sequence", "bracket"),
    ("flow mapping", "brace"),
    ("alias", "alias"),
    ("anchor", "alias"),
    ("block mapping", "indent"),
    ("block collection", "indent"),
    ("block sequence entries are not allowed", "dash"),
    ("cannot start any token", "start"),
)
"""What stands in a complaint, and its case. (The spelling of ``hexdecimal`` is libyaml's.)"""
_TIGHT_KEY = regex(r"[ \t]*(?:- +)?[A-Za-z_][\w-]*(:)(?!//)[^\s:]")
_TIGHT_DASH = regex(r"[ \t]*(-)[^\s-]")
_VARIABLE = regex(r"%\w+%")
_BARE_KEY = regex(r"[ \t]*([A-Za-z_][\w-]*)(?=[ \t\r\n])")
_KEY_SIGN = regex(r":(?:\s|\Z)")
_BEHIND_TIGHT_KEY = ("colon", "colon-missing", "indent", "")
"""What is complained of on the line after a key such as ``shop:x``, or an item such as ``-x``."""
_CONFLICT = regex(r"(?m)^[ \t]*(<{7}|={7}|>{7})(?=[ \r\n]|\Z)")
"""What git writes around the two sides of a merge conflict; an editor may have indented it since."""
_UNCLOSED = {"quote": "quote-open", "bracket": "bracket", "brace": "brace"}


class SyntaxFault(NamedTuple):
    """The case, as ``yaml/syntax`` knows it, and where the fault is best shown."""

    detail: str
    offset: int


def fault_of(error: MarkedYAMLError, text: str) -> SyntaxFault:
    """Sort one of libyaml's complaints about a text."""
    mark: Any = error.problem_mark or error.context_mark
    at = min(mark.index, len(text)) if mark else 0
    if text[at : at + 1] == "\t":
        return SyntaxFault("tab", at)
    complaint = f"{error.context or ''} {error.problem or ''}"
    detail = next((case for sign, case in _COMPLAINTS if sign in complaint), "")
    line = text[max(text.rfind(end, 0, at) for end in "\r\n") + 1 : at]
    before = _fault_before(text, at, line, detail) if detail in _BEHIND_TIGHT_KEY else None
    if before is not None:
        return before
    if detail == "indent" and line.strip():
        return SyntaxFault("behind", at)
    if detail == "escape":
        return SyntaxFault(detail, text.rfind("\\", 0, at + 1))
    if detail == "start" and _VARIABLE.match(text, at):
        return SyntaxFault("variable", at)
    if detail == "start" and text[at - 1 : at + 1] == "{%":
        return SyntaxFault("template", at - 1)
    if detail in _UNCLOSED and error.context_mark and not text[at:].strip():
        opening: Any = error.context_mark
        return SyntaxFault(_UNCLOSED[detail], opening.index)
    return SyntaxFault(detail, at)


def conflict_of(text: str) -> Span | None:
    """Return where the first sign of a merge conflict stands; None where there is none.

    Only the sign: the name behind it is a branch's or a commit's, and may be anything.
    """
    match = _CONFLICT.search(text)
    return Span(*match.span(1)) if match is not None else None


def _line_before(text: str, end: int) -> tuple[int, str]:
    """Return the last line with content before an offset, and where it begins; an empty one for none."""
    for line in reversed(text[:end].splitlines(keepends=True)):
        end -= len(line)
        if line.strip() and line.lstrip()[0] != "#":
            return end, line
    return end, ""


def _fault_before(text: str, at: int, line: str, detail: str) -> SyntaxFault | None:
    """Return the fault of the line with content before a complaint, where that one is to blame."""
    start, before = _line_before(text, at - len(line))
    bare = _BARE_KEY.match(before)
    if bare is not None and not _KEY_SIGN.search(before):
        return SyntaxFault("colon-missing", start + bare.end(1))
    dash = _TIGHT_DASH.match(before)
    if dash is not None:
        return SyntaxFault("dash-space", start + dash.start(1))
    if _KEY_SIGN.search(line):
        return None
    tight = colon_of_tight_key(before.rstrip("\r\n"))
    if tight >= 0:
        return SyntaxFault("space", start + tight)
    return SyntaxFault("indent", at) if detail == "colon" else None


def colon_of_tight_key(line: str) -> int:
    """Return where in a line the colon of a key stands that no space follows; -1 for none."""
    match = _TIGHT_KEY.match(line)
    return match.start(1) if match is not None and not _KEY_SIGN.search(line) else -1
