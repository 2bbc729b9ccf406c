"""``markdown``: the plan as one comment on a pull request, within its limit, nothing cut unsaid."""

from __future__ import annotations

from collections.abc import Iterator

from wakagitops.core.messages import Message, counted, msg
from wakagitops.plan.model import Plan
from wakagitops.plan.outputs import _sentences as say
from wakagitops.plan.outputs._fitting import fit, size
from wakagitops.plan.outputs._sections import sections
from wakagitops.plan.risk import Level, risk
from wakagitops.reports import Presentation
from wakagitops.reports._markdown import prose

MARKER = "<!-- wakagitops-plan -->"
"""The first line, by which a bot finds the comment that it wrote last time."""
LIMIT = 65_000
"""In UTF-16 code units: forges take 65,536 characters, and a bot may want to add a line."""
_BADGES = {Level.HIGH: "🔴", Level.MEDIUM: "🟡", Level.LOW: "🔵", Level.NONE: "✅"}
_CLOSING = 700
"""Room kept for what is said of what did not fit."""


def report(plan: Plan, presentation: Presentation) -> Iterator[str]:
    """Yield the comment: what it comes to first, then each part with as much as fits."""
    head = _head(plan, presentation)
    yield head
    if plan.is_empty:
        return
    fitted = fit(sections(plan, presentation), LIMIT - size(head) - _CLOSING)
    yield from (part.text for part in fitted)
    left = [part.missing for part in fitted if part.missing is not None]
    if left:
        sentence = msg(
            "Left out for want of room: {parts}. {command} shows the whole plan.",
            parts=say.joined(left),
            command=say.command(plan),
        )
        yield f"\n{prose(sentence, presentation.translate)}\n"


def _head(plan: Plan, presentation: Presentation) -> str:
    def written(message: Message) -> str:
        return prose(message, presentation.translate)

    stake = risk(plan)
    title = msg("wakagitops plan: {headline}", headline=say.headline(plan))
    lines = [MARKER, f"### {_BADGES[stake.level]} {written(title)}", "", f"**{written(stake.message)}**"]
    brake = say.brake(plan)
    if brake is not None:
        lines += ["", f"> {'🛑' if plan.brake.holds else '⚠️'} {written(brake)}"]
    quiet = say.quiet(plan)
    if quiet is not None:
        lines += ["", written(quiet)]
    if not plan.is_empty:
        lines += ["", *_numbers(plan, presentation)]
    lines += ["", f"<sub>{written(say.versus(plan))}</sub>", ""]
    return "\n".join(lines)


def _numbers(plan: Plan, presentation: Presentation) -> list[str]:
    """Return the table of what follows, in numbers."""
    files = say.all_files(plan)
    cells = [
        (msg("Files of the deployment"), say.file_counts(files) if files.total else msg("none")),
        (msg("Caches to empty"), counted("{count} shop", "{count} shops", len(plan.flushed))),
        (msg("New findings"), say.severity_counts(plan.findings.new)),
        (msg("Fixed findings"), say.severity_counts(plan.findings.fixed)),
    ]
    titles, values = (
        " | ".join(prose(cell[row], presentation.translate) for cell in cells) for row in (0, 1)
    )
    return [f"| {titles} |", "|" + "---|" * len(cells), f"| {values} |"]
