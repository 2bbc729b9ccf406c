"""Suppression comments: reading them, and taking out the findings that they name."""

from __future__ import annotations

from re import compile as regex
from typing import NamedTuple

from wakagitops.core.source import Range, Span
from wakagitops.reading.document import Document

_DIRECTIVE = regex(r"\s*wakagitops:\s*(ignore(?:-file)?)\b(.*)\Z")
_ARGUMENTS = regex(r"\s*\[([^\]]*)\]\s*(?:until=(\S+)\s*)?(.*?)\s*\Z")
_DATE = regex(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])\Z")


class Suppression(NamedTuple):
    """One ``# wakagitops: ignore[...]`` comment."""

    path: str
    range: Range
    """Where the comment itself stands."""
    line: int
    """The 0-based line that it acts on; -1 for the whole file."""
    names: tuple[str, ...]
    """Rule ids and groups, as written."""
    reason: str
    until: str
    """The last day on which it acts, ``YYYY-MM-DD``; empty where it does not expire."""
    fault: str = ""
    """``syntax`` or ``date`` for a directive that cannot be read, and does not act."""

    def names_rule(self, rule: str) -> bool:
        """Tell whether the comment names a rule, or the group that it is in."""
        return rule in self.names or rule.partition("/")[0] in self.names

    def is_expired(self, today: str) -> bool:
        """Tell whether the day after ``until`` has come; ``today`` is ``YYYY-MM-DD`` in UTC."""
        return bool(self.until) and self.until < today


def read_suppressions(document: Document) -> tuple[Suppression, ...]:
    """Return the suppressions in a document's comments; text inside a scalar is no comment."""
    found = []
    for comment in document.comments:
        if "wakagitops:" not in comment.text:
            continue
        match = _DIRECTIVE.match(comment.text)
        if match is not None:
            place = document.source.range(comment.span)
            line = -1
            if match[1] == "ignore":
                line = _target(document, comment.span) if comment.alone else place.start.line
            found.append(_parse(document.path, place, line, match[2]))
    return tuple(found)


def _parse(path: str, place: Range, line: int, rest: str) -> Suppression:
    match = _ARGUMENTS.match(rest)
    names = tuple(name.strip() for name in match[1].split(",") if name.strip()) if match else ()
    if match is None or not names:
        return Suppression(path, place, line, (), "", "", "syntax")
    until = match[2] or ""
    fault = "date" if until and not _DATE.match(until) else ""
    return Suppression(path, place, line, names, match[3], until, fault)


def _target(document: Document, span: Span) -> int:
    """Return the next line with content after a comment that stands alone."""
    source = document.source
    line = source.position(span.start).line + 1
    while line < source.line_count:
        text = source.line(line).strip()
        if text and not text.startswith("#"):
            return line
        line += 1
    return source.position(span.start).line
