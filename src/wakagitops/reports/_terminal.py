"""One finding as a terminal shows it: its source lines with carets, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

from wakagitops.core.diagnostic import Diagnostic
from wakagitops.core.messages import Message, counted, msg
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.visible import visible
from wakagitops.reports import Presentation
from wakagitops.reports._columns import width
from wakagitops.reports._snippet import Line, Snippet, snippets
from wakagitops.reports._style import Style
from wakagitops.reports._summary import severity_word
from wakagitops.validate.result import CheckResult

_RELATED = 3
"""How many related places are shown; ``-v`` shows all."""


class _Look(NamedTuple):
    """How one finding's snippets are shown."""

    presentation: Presentation
    style: Style
    accent: str
    """The code of the finding's severity."""

    def frame(self, text: str) -> str:
        """Return a part of the frame in its colour."""
        return f"{self.style.frame}{text}{self.style.end}"


def drawn(
    item: Diagnostic, result: CheckResult, presentation: Presentation, style: Style
) -> Iterator[str]:
    """Yield a finding, line by line, and an empty line after it."""
    translate, chatty = presentation.translate, presentation.verbosity > 0
    look = _Look(presentation, style, style.of(item.severity))
    yield (
        f"{look.accent}{translate(severity_word(item.severity))}[{item.rule}]{style.end}"
        f"{style.bold}: {visible(translate(item.message))}{style.end}\n"
    )
    limit = len(item.related) if chatty else _RELATED
    found = snippets(item, result.excerpt, translate, related=limit)
    margin = " " * max((len(str(line.number)) for part in found for line in part.lines), default=1)
    below = f"{margin} {look.frame('|')}\n" if found[0].lines else ""
    for index, part in enumerate(found):
        if index:
            yield below
        yield from _snippet(part, "-->" if index == 0 else ":::", margin, look)
    for label, text in _notes(item, result, presentation, len(item.related) - limit):
        yield below
        below = ""
        head = f"{margin} {look.frame('=')} {style.bold}{translate(label)}{style.end}"
        yield f"{head}: {visible(translate(text))}\n"
    yield "\n"


def _notes(
    item: Diagnostic, result: CheckResult, presentation: Presentation, hidden: int
) -> Iterator[tuple[Message, Message]]:
    """Yield what is said below the snippets, each with its label."""
    if hidden > 0:
        yield (
            msg("note"),
            counted(
                "{count} more place is related; -v shows it",
                "{count} more places are related; -v shows them",
                hidden,
            ),
        )
    if item.help.text:
        yield msg("help"), item.help
    if item.fix is not None:
        yield msg("fix"), msg("{change} (`wakagitops fix` does it)", change=item.fix.description)
    if presentation.verbosity > 0:
        if item.shops:
            yield msg("shops"), Message("{shops}", (("shops", ", ".join(item.shops)),))
        rule = result.rules().get(item.rule)
        if rule is not None:
            yield msg("why"), rule.rationale


def _snippet(part: Snippet, arrow: str, margin: str, look: _Look) -> Iterator[str]:
    shown, start, bar = look.presentation.shown(part.path), part.start, look.frame("|")
    yield f"{margin}{look.frame(arrow)} {shown}:{start.line + 1}:{start.column + 1}\n"
    if not part.lines:
        return
    yield f"{margin} {bar}\n"
    due = part.lines[0].number
    for line in part.lines:
        if line.number != due:
            yield f"{look.frame('...')}\n"
        due = line.number + 1
        text = line.text if line.marks else f"{look.style.dim}{line.text}{look.style.end}"
        yield f"{look.frame(str(line.number).rjust(len(margin)))} {bar} {text}".rstrip() + "\n"
        for under in _underlines(line, look):
            yield f"{margin} {bar} {under}\n"


def _underlines(line: Line, look: _Look) -> Iterator[str]:
    for mark in line.marks:
        lead = " " * width(line.text[: mark.start])
        length = max(1, width(line.text[mark.start : mark.end]))
        color = look.accent if mark.primary else look.style.frame
        label = f" {mark.label}" if mark.label else ""
        yield f"{lead}{color}{('^' if mark.primary else '-') * length}{label}{look.style.end}"
