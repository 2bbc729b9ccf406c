"""``yaml/character``: a control, bidirectional or invisible character."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.patterns import regex
from wakagitops.core.rule import Example, Finding, Rule, Scope
from wakagitops.core.source import Span
from wakagitops.core.typed import Any
from wakagitops.settings.views import FileView

_BAD = regex(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u2069\u3164\ufdd0-\ufdef\ufeff\uffa0\ufff9-\ufffb\ufffd\ufffe\uffff"
    "\U000e0000-\U000e007f]"
)
"""Controls, format marks, fillers that show as nothing, and codes that Unicode keeps unassigned."""
_LINE_ENDS = regex("[\x85\u2028\u2029]")
"""What ends a line to readers of YAML 1.1; in a value it is for ``value/line-break``."""
_JOINERS = frozenset("\u200c\u200d\u200e\u200f\u061c")
"""Joiners and direction marks, which names in some scripts and emoji need."""
_NAME = "/notifications/name"
_LOST = "\ufffd"
_UNDECODED = ("utf-8", "wide")
"""Cases of ``yaml/syntax`` in which the characters of the file are not known."""
_MISREAD_SIGNS = ("\u00c3", "\u00c2", "\u00e2", "\u00f0")
"""How the first byte of most characters of two to four bytes in UTF-8 reads in Windows-1252."""
_NOT_ASCII = regex("[^\x00-\x7f]+")
_MOST_PASSES = 3
_MISREAD_PLACES = ("/contact/email", "/notifications/email", _NAME, "/admin/recipients/")


def check(file: FileView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Report control, bidi and invisible characters, in the text and in decoded escapes."""
    del options
    document = file.document
    text = document.source.text
    if not text.isascii() and any(sign in text for sign in _MISREAD_SIGNS):
        yield from _misread(file)
    raw = [problem.span for problem in document.problems if problem.kind == "character"]
    if raw or not document.is_plain:
        yield from _unwelcome(file, raw)


def _unwelcome(file: FileView, raw: list[Span]) -> Iterator[Finding]:
    """Report the characters that no file may hold: those the reader met, and the others."""
    document = file.document
    text = document.source.text
    known = {span.start for span in raw}
    raw += [Span(*match.span()) for match in _BAD.finditer(text) if match.start() not in known]
    if any(problem.detail in _UNDECODED for problem in document.problems):
        raw = [span for span in raw if text[span.start] != _LOST]
    ends = [Span(*match.span()) for match in _LINE_ENDS.finditer(text)]
    found = bool(raw or ends)
    places = sorted((node.start, node.end, pointer) for pointer, node in file.scalars) if found else []
    for span in ends:
        if not _place(places, span.start):
            yield _finding("", text[span.start], span)
    for span in raw:
        pointer = _place(places, span.start)
        if not (pointer == _NAME and text[span.start] in _JOINERS):
            yield _finding(pointer, text[span.start], span)
    if "\\" in text:
        for pointer, node in file.scalars:
            written = text[node.start : node.end]
            if "\\" not in written or not isinstance(node.data, str):
                continue
            for match in _BAD.finditer(node.data):
                allowed = pointer == _NAME and match[0] in _JOINERS
                if match[0] not in written and not allowed:
                    yield _finding(pointer, match[0], None)
                    break


def _place(places: Sequence[tuple[int, int, str]], offset: int) -> str:
    """Return the pointer of the value that an offset lies in; empty for a key or a comment."""
    index = bisect_right(places, offset, key=lambda place: place[0]) - 1
    return places[index][2] if index >= 0 and offset < places[index][1] else ""


def _misread(file: FileView) -> Iterator[Finding]:
    """Report names and addresses whose UTF-8 was read as Windows-1252, with the text meant."""
    for pointer, node in file.scalars:
        if isinstance(node.data, str) and pointer.startswith(_MISREAD_PLACES):
            meant = _NOT_ASCII.sub(lambda run: _reread(run[0]), node.data)
            if meant != node.data:
                yield Finding(
                    pointer,
                    msg(
                        "{written} looks like UTF-8 text that was read in another encoding",
                        written=node.data,
                    ),
                    help=msg("Write `{line}`.", line=meant),
                    severity=Severity.WARNING,
                )


def _reread(run: str) -> str:
    """Return what a run of characters says as UTF-8, once or encoded again; itself where it is none."""
    for _ in range(_MOST_PASSES):
        if run[0] not in _MISREAD_SIGNS or run[1:2] in ("\u00bb", "\u201d"):
            break
        try:
            run = b"".join(_old_bytes(sign) for sign in run).decode("utf-8")
        except UnicodeError:
            break
    return run


def _old_bytes(sign: str) -> bytes:
    """Return a character in Windows-1252, whose five gaps are read as Latin-1."""
    return sign.encode("latin-1") if "\x80" <= sign <= "\x9f" else sign.encode("cp1252")


def _finding(pointer: str, character: str, span: Span | None) -> Finding:
    if character == _LOST:
        return Finding(
            pointer,
            msg("text was lost here: U+FFFD stands for a character that could not be read"),
            help=msg("Write the original character, and save the file as UTF-8."),
            span=span,
        )
    return Finding(
        pointer,
        msg("an invisible or control character, {code}, stands here", code=f"U+{ord(character):04X}"),
        help=msg("Remove it; it was probably pasted from a document or a web page."),
        span=span,
    )


RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.FILE,
    summary=msg("The file holds a control, bidirectional or invisible character"),
    rationale=msg(
        "Such characters make a line read differently from what it says, hide in addresses, and break "
        "headers. U+FFFD marks text that is lost. Text in UTF-8 that was read as another encoding is "
        "a warning. "
        "Joiners and direction marks are fine in a display name, where emoji and some scripts "
        "need them. The check looks at decoded escapes too."
    ),
    authority=("Unicode Technical Report 36", "CWE-1007"),
    check=check,
    bad=(
        Example(
            {
                "imprenta-sol.yaml": "contact:\n"
                "  email: contacto\u200b@imprenta-sol.es   # expect: yaml/character, address/syntax\n"
            }
        ),
        Example(
            {
                "imprenta-sol.yaml": "notifications:\n  email: pedidos@imprenta-sol.es\n"
                '  name: "Imprenta\\u202e Sol"   # expect: yaml/character\n'
                "  smtp: {host: smtp.imprenta-sol.es, ports: {tls: 465}}\n"
            },
            why=msg("An escape is decoded before it is judged."),
        ),
        Example(
            {
                "imprenta-sol.yaml": "notifications:\n  email: pedidos@imprenta-sol.es\n"
                "  name: Dise\u00c3\u00b1o Sol   # expect: yaml/character\n"
                "  smtp: {host: smtp.imprenta-sol.es, ports: {tls: 465}}\n"
            },
            why=msg("An ñ in UTF-8 that was read as Windows-1252: a warning with the text meant."),
        ),
    ),
    good=(
        Example(
            {
                "imprenta-sol.yaml": "notifications:\n  email: pedidos@imprenta-sol.es\n"
                "  name: \U0001f468\u200d\U0001f3a8 Imprenta Sol\n"
                "  smtp: {host: smtp.imprenta-sol.es, ports: {tls: 465}}\n"
            },
            why=msg("A joiner inside an emoji, in a display name."),
        ),
        Example({"imprenta-sol.yaml": "# Peñíscola — «rótulos»\nshop: imprenta-sol\n"}),
    ),
    turn_off=msg("Never: suppress a single line instead."),
)
