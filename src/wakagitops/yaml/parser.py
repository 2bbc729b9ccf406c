"""Strict reading of settings files: the encoding, what may stand in a text, and the YAML in it.

The ordinary file is read line by line (``ordinary``), whatever else people write by libyaml
(``event_reader``), with the same result.
"""

from __future__ import annotations

import re

from wakagitops.core.patterns import regex
from wakagitops.core.source import SourceText, Span
from wakagitops.yaml.document import Document, Problem
from wakagitops.yaml.fast_parser import read_ordinary
from wakagitops.yaml.limits import MAX_BYTES

_UNREADABLE = regex("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")
"""What YAML does not allow in a stream (YAML 1.2.2, section 5.1), and the byte order mark inside;
surrogates are no UTF-8 and never get here."""
_PLAIN = bytes(range(0x20, 0x7F)) + b"\n"
"""What is printable for certain, so that the rest can be asked about: it is little."""
_NO_LINE_ENDS = {0x85: 0xF0085, 0x2028: 0xF2028, 0x2029: 0xF2029}
"""What ends a line to libyaml alone, and the private characters that stand for it while reading."""
_RESTORED = {stand_in: sign for sign, stand_in in _NO_LINE_ENDS.items()}
_MAY_SLIP = regex(
    "[\u00a0\u00ab\u00ad\u00bb\u00b7\u1680\u2000-\u200f\u2010-\u201f\u2022\u202f\u2032\u2033\u205f-\u2064"
    r'\u2212\u2236\u3000\ufe55\uff10-\uff1a\ufeff]|\\"|^[ \t]*[A-Za-z_][\w-]*[ \t]*=',
    re.MULTILINE,
)
"""What a slip of typing in a file that parses has (``yaml.slips``); without it there is none."""
_ZEROS: dict[tuple[bool, ...], str] = {
    (True, True, True, False): "utf-32-be",
    (False, True, True, True): "utf-32-le",
    (True, False, True, False): "utf-16-be",
    (False, True, False, True): "utf-16-le",
}
"""Which of a file's first four bytes are zero where it begins with ASCII in a wider encoding."""


def read(path: str, data: bytes) -> Document:
    """Read the bytes of a settings file, at most ``MAX_BYTES + 1`` of them.

    Never raises for what the file holds: whatever is wrong becomes a ``Problem`` of the document.
    """
    if len(data) > MAX_BYTES:
        document = Document(path, SourceText(""))
        document.fail(Problem("limit", Span(0, 0), detail="bytes"))
        return document
    text, problems = _decode(data)
    document = Document(path, SourceText(text))
    document.problems.extend(problems)
    if not document.whole or any(problem.kind == "syntax" for problem in problems):
        document.whole = False
        return document
    readable, restored = text, None
    odd = data.translate(None, _PLAIN).decode()
    if odd.isprintable():
        # A backslash may be an escape for any character.
        document.is_plain = max(odd, default="") <= "\xff" and "\\" not in text
    else:
        document.problems.extend(
            Problem("character", Span(match.start(), match.end()), detail="raw")
            for match in _UNREADABLE.finditer(text)
        )
        readable = _UNREADABLE.sub("\ufffd", text).translate(_NO_LINE_ENDS)
        restored = _RESTORED
    if document.is_plain and not document.problems and read_ordinary(document):
        return document
    from wakagitops.yaml.event_parser import EventReader  # noqa: PLC0415 - ordinary files need it not

    # The bytes themselves, where they are what is read: libyaml would only be handed them again.
    EventReader(document, readable, restored).run(data if restored is None else readable)
    if _note_conflict(document):
        return document
    is_broken = not document.whole
    if is_broken or _MAY_SLIP.search(text) is not None:
        from wakagitops.yaml.slips import read_without_slips  # noqa: PLC0415 - sound files need it not

        document = read_without_slips(document, readable, restored)
    if document.whole:
        from wakagitops.yaml.lenient import forbidden  # noqa: PLC0415 - as above

        document.problems.extend(forbidden(document))
    return document


def _note_conflict(document: Document) -> bool:
    """Report a merge that was left in the middle, if there is one: all else there is noise."""
    text = document.source.text
    if document.whole and "<<<<<<<" not in text and ">>>>>>>" not in text:
        return False
    from wakagitops.yaml.syntax_errors import conflict_of  # noqa: PLC0415 - sound files need it not

    sign = conflict_of(text)
    if sign is None:
        return False
    problem = Problem("syntax", sign, detail="conflict")
    if document.whole:
        # Inside a text of several lines it is no fault to YAML, and the rest is judged all the same.
        document.problems.append(problem)
    else:
        document.fail(problem)
    return True


def _decode(data: bytes) -> tuple[str, list[Problem]]:
    """Decode UTF-8, dropping a byte order mark, and note what is odd about the encoding."""
    problems = []
    wide = _wide_encoding(data)
    if wide:
        problems.append(Problem("syntax", Span(0, 0), detail="wide"))
        return data.decode(wide, "replace"), problems
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
        problems.append(Problem("encoding", Span(0, 0), detail="bom"))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        text = data.decode("utf-8", "replace")
        place = len(data[: error.start].decode("utf-8", "replace"))
        problems.append(Problem("syntax", Span(place, place + 1), detail="utf-8"))
        return text, problems
    if "\r" in text:
        returns, pairs, feeds = text.count("\r"), text.count("\r\n"), text.count("\n")
        if not feeds:
            case = "cr"
        else:
            case = "crlf" if returns == pairs == feeds else "mixed"
        first = text.index("\r")
        span = Span(first, first + (2 if text.startswith("\r\n", first) else 1))
        problems.append(Problem("encoding", span, detail=case))
    return text, problems


def _wide_encoding(data: bytes) -> str:
    """Return the encoding of a file that is UTF-16 or UTF-32, by its first bytes; empty for others.

    (YAML 1.2.2, section 5.2; a lone NUL at the start is a control character, and no sign.)
    """
    if b"\x00" not in data[:4] and data[:1] not in (b"\xff", b"\xfe"):
        return ""
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return "utf-32"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    zeros = tuple(byte == 0 for byte in data[:4])
    return _ZEROS.get(zeros, "")
