"""Suppression comments: reading them, and telling which line each acts on."""

from bisect import bisect_right

from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.patterns import regex
from wakagitops.core.source import Range, SourceText
from wakagitops.yaml.comments import Comment
from wakagitops.yaml.document import Document

_DIRECTIVE = regex(r"\s*wakagitops:\s*([A-Za-z-]*)(.*)\Z")
_MARK = "wakagitops"
_ALMOST = regex(
    r"(?i)\s*wakagitops\s*[^\w\s\[(]?\s*(?:ig[a-z-]*\s*[\[(]|ignore(?:-file)?\s+[a-z]+/[a-z])"
)
"""What was hardly meant as anything else, though its beginning is not the one of a suppression."""
_SECOND_COMMENT = regex(r"[^#]*\w[^#]*[ \t]#\s*wakagitops:\s*ignore(?:-file)?\s*\[")
"""A suppression behind another comment on the line of a value."""
_ARGUMENTS = regex(r"\s*\[([^\]]*)\]\s*(?:until=(\S*)\s*)?(.*?)\s*\Z")
_LATE_DATE = regex(r"(?:\A|\s)until=")
_DATE = regex(r"([0-9]{4})-([0-9]{2})-([0-9]{2})\Z")
_BEFORE_CONTENT = ("#", "%", "---")
WHOLE_FILE = -1
"""The line of a suppression that acts on its whole file."""


class Suppression(NamedTuple):
    """One ``# wakagitops: ignore[...]`` comment."""

    path: str
    range: Range
    """Where the comment itself stands."""
    line: int
    """The 0-based line that it acts on, or ``WHOLE_FILE``. Of a comment that stands alone it is the
    next line with content; it acts on the comments up to that line too, and on its own."""
    names: tuple[str, ...]
    """Rule ids and groups, as written."""
    reason: str
    until: str
    """The last day on which it acts, ``YYYY-MM-DD``; empty where it does not expire."""
    fault: str = ""
    """Why a comment that cannot be read does not act: ``start``, ``word``, ``syntax``, ``date`` or
    ``place``."""

    def is_expired(self, today: str) -> bool:
        """Tell whether the day after ``until`` has come; ``today`` is ``YYYY-MM-DD`` in UTC.

        On no day, the empty text, nothing has expired.
        """
        return is_over(self.until, today)


def stands_for(name: str, rule: str) -> bool:
    """Tell whether a name in a suppression is a rule's id, or the group, ``contact`` or ``contact/``."""
    return name == rule or name.removesuffix("/") == rule.partition("/")[0]


def is_over(until: str, today: str) -> bool:
    """Tell whether a last day has passed; empty texts are no days, and never pass."""
    return bool(until) and until < today


def is_date(text: str) -> bool:
    """Tell whether a text is a day of the calendar, written ``YYYY-MM-DD``."""
    match = _DATE.match(text)
    if match is None:
        return False
    from datetime import date  # noqa: PLC0415 - only where something expires

    try:
        date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return False
    return True


class _Lines:
    """Where the lines with content are, found once for all comments of a file."""

    def __init__(self, source: SourceText) -> None:
        lines = [source.line(number).strip() for number in range(source.line_count)]
        self._content = [number for number, text in enumerate(lines) if text and text[0] != "#"]
        self._top = next(
            (
                number
                for number, text in enumerate(lines)
                if text and not text.startswith(_BEFORE_CONTENT)
            ),
            len(lines),
        )

    def is_at_top(self, line: int) -> bool:
        """Return True if no content stands on or before a line."""
        return line < self._top

    def next(self, line: int) -> int:
        """Return the next line with content after a comment that stands alone; its own where none is."""
        at = bisect_right(self._content, line)
        return self._content[at] if at < len(self._content) else line


def read_suppressions(document: Document) -> tuple[Suppression, ...]:
    """Return the suppressions in a document's comments; text inside a scalar is no comment."""
    text = document.source.text
    # Making all of a file lower case takes longer than to look for a part that is in few of them.
    if not ("akag" in text or "akaG" in text or "AKAG" in text):
        return ()
    found = []
    lines = _Lines(document.source)
    for comment in document.comments:
        if _MARK not in comment.text.lower():
            continue
        match = _DIRECTIVE.match(comment.text)
        if match is not None and is_directive(comment.text):
            found.append(_suppression(document, comment, lines, match[1], match[2]))
        elif _is_almost(comment):
            place = document.source.range(comment.span)
            line = place.start.line
            found.append(Suppression(document.path, place, line, (), "", "", "start"))
    return tuple(found)


def _is_almost(comment: Comment) -> bool:
    """Tell whether a comment would be a suppression, did it begin as one."""
    return _ALMOST.match(comment.text) is not None or (
        not comment.alone and _SECOND_COMMENT.match(comment.text) is not None
    )


def is_directive(comment: str) -> bool:
    """Tell whether a comment's text is a suppression, be it misspelt, and not plain words."""
    match = _DIRECTIVE.match(comment)
    return match is not None and (match[1].lower().startswith("ig") or match[2].lstrip().startswith("["))


def _suppression(
    document: Document, comment: Comment, lines: _Lines, word: str, rest: str
) -> Suppression:
    place = document.source.range(comment.span)
    line = place.start.line
    fault = ""
    if word == "ignore-file":
        fault = "" if lines.is_at_top(line) else "place"
        line = WHOLE_FILE
    elif word != "ignore":
        fault = "word"
    elif comment.alone:
        line = lines.next(line)
    match = _ARGUMENTS.match(rest)
    names = tuple(name.strip() for name in match[1].split(",") if name.strip()) if match else ()
    if match is None or not names:
        return Suppression(document.path, place, line, (), "", "", fault or "syntax")
    until, reason = match[2], match[3]
    if _LATE_DATE.search(reason) or (until is not None and not is_date(until)):
        # A date that is not understood must not become an exception without an end.
        return Suppression(document.path, place, line, names, reason, "", fault or "date")
    return Suppression(document.path, place, line, names, reason, until or "", fault)
