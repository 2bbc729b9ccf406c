"""Suppression comments: reading them, and telling which line each acts on."""

from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.patterns import regex
from wakagitops.core.source import Range, Span
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

    def acts_on(self, line: int) -> bool:
        """Tell whether a 0-based line of its file is one that it acts on."""
        return self.line in (line, WHOLE_FILE) or self.range.start.line <= line <= self.line

    def names_of(self, rule: str) -> tuple[str, ...]:
        """Return those of the names that stand for a rule: its id, or the group that it is in."""
        return tuple(name for name in self.names if stands_for(name, rule))

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


def read_suppressions(document: Document) -> tuple[Suppression, ...]:
    """Return the suppressions in a document's comments; text inside a scalar is no comment."""
    text = document.source.text
    # Making all of a file lower case takes longer than to look for a part that is in few of them.
    if not ("akag" in text or "akaG" in text or "AKAG" in text):
        return ()
    found = []
    for comment in document.comments:
        if _MARK not in comment.text.lower():
            continue
        match = _DIRECTIVE.match(comment.text)
        if match is not None and is_directive(comment.text):
            found.append(_suppression(document, comment.span, match[1], match[2], alone=comment.alone))
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


def _suppression(document: Document, span: Span, word: str, rest: str, *, alone: bool) -> Suppression:
    place = document.source.range(span)
    line = place.start.line
    fault = ""
    if word == "ignore-file":
        line = WHOLE_FILE
        fault = "" if _is_at_top(document, place.start.line) else "place"
    elif word != "ignore":
        fault = "word"
    elif alone:
        line = _next_line(document, line)
    match = _ARGUMENTS.match(rest)
    names = tuple(name.strip() for name in match[1].split(",") if name.strip()) if match else ()
    if match is None or not names:
        return Suppression(document.path, place, line, (), "", "", fault or "syntax")
    until, reason = match[2], match[3]
    if _LATE_DATE.search(reason) or (until is not None and not is_date(until)):
        # A date that is not understood must not become an exception without an end.
        return Suppression(document.path, place, line, names, reason, "", fault or "date")
    return Suppression(document.path, place, line, names, reason, until or "", fault)


def _is_at_top(document: Document, line: int) -> bool:
    """Tell whether no content stands on or before a line."""
    lines = (document.source.line(number).strip() for number in range(line + 1))
    return all(not text or text.startswith(_BEFORE_CONTENT) for text in lines)


def _next_line(document: Document, line: int) -> int:
    """Return the next line with content after a comment that stands alone; its own where none is."""
    source = document.source
    for number in range(line + 1, source.line_count):
        text = source.line(number).strip()
        if text and not text.startswith("#"):
            return number
    return line
