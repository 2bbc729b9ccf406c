"""``text``: the plan on one screen; what is the same for many shops is said once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from wakagitops.core.diagnostic import Diagnostic
from wakagitops.core.messages import Message, counted, msg
from wakagitops.core.pointer import dotted
from wakagitops.core.visible import visible
from wakagitops.plan.groups import Bundle, Group, Line, bundled, flush_groups, groups
from wakagitops.plan.model import Plan, ShopPlan
from wakagitops.plan.outputs import _sentences as say
from wakagitops.plan.policy_changes import PolicyChange
from wakagitops.plan.risk import risk
from wakagitops.reports import Presentation
from wakagitops.reports._style import COLOR, PLAIN
from wakagitops.reports._summary import severity_word


def _added(count: int) -> Message:
    return counted("Added: {count} shop", "Added: {count} shops", count)


def _removed(count: int) -> Message:
    return counted("Removed: {count} shop", "Removed: {count} shops", count)


_NAMED = 20
"""How many shops a line names before it counts the rest; ``-v`` names all."""
_LISTED = 15
"""How many files or findings are listed; ``-v`` lists all."""


def report(plan: Plan, presentation: Presentation) -> Iterator[str]:
    """Yield the plan, line by line; with ``-q`` what it comes to, with ``-v`` all of it."""
    text = _Text(presentation)
    yield text.head(plan)
    if presentation.verbosity >= 0:
        yield from text.policy(plan)
        yield from text.shops(plan)
        yield from text.files(plan)
        yield from text.caches(plan)
        yield from text.findings(plan)
    yield from text.closing(plan)


class _Text:
    """One plan's lines under one presentation."""

    def __init__(self, presentation: Presentation) -> None:
        self.style = COLOR if presentation.color else PLAIN
        self.shown = presentation.shown
        self.is_verbose = presentation.verbosity > 0
        self.named = None if self.is_verbose else _NAMED
        self._translate = presentation.translate

    def say(self, message: Message) -> str:
        return visible(self._translate(message))

    def head(self, plan: Plan) -> str:
        versus, headline = self.say(say.versus(plan)), self.say(say.headline(plan))
        first = f"{self.style.bold}{versus}: {headline}{self.style.end}\n"
        quiet = say.quiet(plan)
        return first if quiet is None else f"{first}{self.say(quiet)}\n"

    def policy(self, plan: Plan) -> Iterator[str]:
        title = counted(
            "The policy is weakened: {count} change",
            "The policy is weakened: {count} changes",
            len(plan.policy),
        )
        yield from self.listing(title, [self._policy(change) for change in plan.policy])

    def _policy(self, change: PolicyChange) -> str:
        told = self._translate(change.message)
        place = self.shown(change.path) if change.path else ""
        place = f"{place}:{change.line}" if change.line else place
        return f"{told} ({place})" if place else told

    def shops(self, plan: Plan) -> Iterator[str]:
        for found in bundled(groups(plan.shops)):
            yield from self.bundle(found) if isinstance(found, Bundle) else self.group(found)
        for titled, shops in ((_added, plan.added), (_removed, plan.removed)):
            yield from self.listing(
                titled(len(shops)),
                [f"{shop.pair.name} ({self.shown(shop.pair.path)})" for shop in shops],
            )
        moves = [
            msg("{shop}: from {old} to {new}", shop=shop.pair.name, old=self.shown(shop.moved_from),
                new=self.shown(shop.pair.path))
            for shop in plan.moved
        ]  # fmt: skip
        title = counted("Moved: {count} shop", "Moved: {count} shops", len(moves))
        yield from self.listing(title, [self._translate(move) for move in moves])
        yield from self.troubled(plan.all_shops)

    def bundle(self, bundle: Bundle) -> Iterator[str]:
        settings = ", ".join(dotted(line.pointer) for line in bundle.groups[0].lines)
        title = counted(
            "{count} shop in its own way: {settings}",
            "{count} shops, each in its own way: {settings}",
            len(bundle.shops),
            settings=settings,
        )
        yield f"\n{self.style.bold}{self.say(title)}{self.style.end}\n"
        for group in bundle.groups[: self.named]:
            yield f"  {self.style.bold}{visible(group.shops[0])}{self.style.end}\n"
            for line in group.lines:
                yield from (f"  {part}" for part in self.line(line, group))
        yield from self.more(len(bundle.shops) - len(bundle.groups[: self.named]))

    def group(self, group: Group) -> Iterator[str]:
        shops = self.say(say.names(group.shops, self.named))
        if len(group.shops) > 1:
            count = counted("{count} shop", "{count} shops", len(group.shops))
            shops = f"{self.say(count)}: {shops}"
        yield f"\n{self.style.bold}{shops}{self.style.end}\n"
        for line in group.lines:
            yield from self.line(line, group)

    def line(self, line: Line, group: Group) -> Iterator[str]:
        sign = say.sign(line)
        color = {"+": self.style.good, "-": self.style.error}.get(sign, self.style.warning)
        name = visible(dotted(line.pointer))
        yield f"  {color}{sign}{self.style.end} {name}: {self.change(line, sign)}\n"
        if len(line.olds) > 1:
            for old, shops in line.olds:
                value, who = say.value(old, line.pointer), say.names(shops, self.named)
                yield f"      {self.say(value)} ({self.say(who)})\n"
        cause = self.say(say.cause(line, group, self.shown))
        yield f"      {self.style.dim}{cause}{self.style.end}\n"

    def change(self, line: Line, sign: str) -> str:
        items = say.list_change(line)
        if items is not None:
            return visible(
                ", ".join(
                    [*(f"- {item}" for item in items.removed), *(f"+ {item}" for item in items.added)]
                )
            )
        new = self.say(say.value(line.new, line.pointer))
        if len(line.olds) > 1:
            count = len(line.olds)
            olds = counted("{count} value", "{count} different values", count)
            return f"{self.say(olds)} → {new}"
        old = self.say(say.value(line.olds[0][0], line.pointer))
        if line.is_secret:
            return self.say(msg("{old} → {new} (another secret)", old=old, new=new))
        return {"+": new, "-": old}.get(sign, f"{old} → {new}")

    def troubled(self, shops: Iterable[ShopPlan]) -> Iterator[str]:
        found = say.troubled(shops)
        lines = [f"{self.say(how)}: {self.say(say.names(who, self.named))}" for how, who in found]
        yield from self.listing(msg("Shops with errors, before → now"), lines, limit=None)

    def files(self, plan: Plan) -> Iterator[str]:
        files = say.all_files(plan)
        if not files.total:
            return
        title = msg("Files of the deployment: {counts}", counts=say.file_counts(files))
        lines = [f"{mark} {path}" for mark, paths in zip("+~-", files, strict=True) for path in paths]
        if len(lines) > _LISTED and not self.is_verbose:
            lines = [
                f"{mark} {path}" + (f" ({count})" if "*" in path else "")
                for mark, path, count in say.file_patterns(plan)
            ]
        yield from self.listing(title, lines)

    def caches(self, plan: Plan) -> Iterator[str]:
        lines = []
        for reasons, shops in flush_groups(plan.all_shops):
            why = say.joined([reason.message for reason in reasons])
            lines.append(f"{self.say(why)}: {self.say(say.names(shops, self.named))}")
        count = len(plan.flushed)
        title = counted("Caches to empty: {count} shop", "Caches to empty: {count} shops", count)
        yield from self.listing(title, lines)

    def findings(self, plan: Plan) -> Iterator[str]:
        for title, found in (
            (msg("New findings"), plan.findings.new),
            (msg("Fixed findings"), plan.findings.fixed),
            (msg("Suppressed from now on"), plan.findings.suppressed),
        ):
            if found:
                head = Message(
                    "{title}: {counts}", (("title", title), ("counts", say.severity_counts(found)))
                )
                worst = sorted(found, key=lambda item: item.severity.rank)
                yield from self.listing(head, [self.finding(item) for item in worst])

    def finding(self, item: Diagnostic) -> str:
        start, style = item.range.start, self.style
        place = f"{self.shown(item.path)}:{start.line + 1}:{start.column + 1}"
        word = f"{style.of(item.severity)}{self.say(severity_word(item.severity))}{style.end}"
        return f"{place}: {word}: {self.say(item.message)} {style.dim}[{item.rule}]{style.end}"

    def listing(
        self, title: Message, lines: Sequence[str], limit: int | None = _LISTED
    ) -> Iterator[str]:
        """Yield a titled list; nothing at all where it is empty."""
        if not lines:
            return
        yield f"\n{self.style.bold}{self.say(title)}{self.style.end}\n"
        if self.is_verbose or limit is None:
            limit = len(lines)
        yield from (f"  {line if self._is_styled(line) else visible(line)}\n" for line in lines[:limit])
        yield from self.more(len(lines) - limit)

    def more(self, count: int) -> Iterator[str]:
        if count > 0:
            more = counted("and {count} more; -v lists it", "and {count} more; -v lists them", count)
            yield f"  {self.say(more)}\n"

    def _is_styled(self, line: str) -> bool:
        return bool(self.style.end) and self.style.end in line

    def closing(self, plan: Plan) -> Iterator[str]:
        style, brake = self.style, say.brake(plan)
        yield f"\n{style.bold}{self.say(risk(plan).message)}{style.end}\n"
        if brake is not None:
            yield f"{style.error if plan.brake.holds else style.warning}{self.say(brake)}{style.end}\n"
