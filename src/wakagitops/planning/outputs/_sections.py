"""The parts of a plan in Markdown, each as long as the room that it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from re import compile as regex
from typing import NamedTuple

from wakagitops.core.diagnostic import Diagnostic
from wakagitops.core.messages import Message, counted, msg
from wakagitops.core.pointer import dotted
from wakagitops.planning.groups import Group, Line, flush_groups, groups
from wakagitops.planning.outputs import _sentences as say
from wakagitops.planning.plan import Plan, ShopPlan
from wakagitops.reports import Presentation
from wakagitops.reports._markdown import code, finding_row, prose
from wakagitops.reports._visible import visible

_NAMED = (None, 2000, 1000, 500, 200, 100, 50, 20, 8, 3)
"""How many shops a line names: all of them, or fewer where there is no room."""
_OPEN = 4
"""So many groups of changes are shown at once; of more, one is opened by a click."""
_LISTED = 30
"""More files than this are told by patterns."""
_REST = 120
"""Room for the line that counts what did not fit."""
_FENCES = regex("`{3,}")


class Section(NamedTuple):
    """A part of the comment: a heading and items, of which the last may be left out."""

    title: Message
    weight: int
    """Its share of the room, where there is not enough for all."""
    items: Callable[[int | None], list[str]]
    """Returns the items in Markdown, given how many shops a line may name."""
    frame: Callable[[str], str]
    """Returns the part from its items together."""
    rest: Callable[[int], str]
    """Returns the line that says how many items were left out."""


def size(text: str) -> int:
    """Return the length of a text in UTF-16 code units, the most that any forge counts."""
    return len(text) + sum(1 for character in text if character > "\uffff")


def fit(parts: Sequence[Section], room: int) -> list[tuple[str, bool]]:
    """Return each part as text, and whether it is whole.

    Where the parts do not fit together, each has its share; what one does not need, others get.
    """
    whole = [part.frame("".join(part.items(None))) for part in parts]
    needs = [size(text) for text in whole]
    if sum(needs) <= room:
        return [(text, True) for text in whole]
    shares = _shares(needs, [part.weight for part in parts], room)
    return [
        (text, True) if need <= share else (_shortened(part, share), False)
        for part, text, need, share in zip(parts, whole, needs, shares, strict=True)
    ]


def _shares(needs: list[int], weights: list[int], room: int) -> list[int]:
    """Share room out by weight, nobody getting more than is needed."""
    shares = [0] * len(needs)
    rest = sum(weights)
    for index in sorted(range(len(needs)), key=lambda index: needs[index] / weights[index]):
        shares[index] = min(needs[index], room * weights[index] // rest)
        room -= shares[index]
        rest -= weights[index]
    return shares


def _shortened(part: Section, room: int) -> str:
    """Return a part that names fewer shops, or leaves out its last items, but says how many."""
    frame = size(part.frame(""))
    items: list[str] = []
    for limit in _NAMED[1:]:
        items = part.items(limit)
        if frame + sum(size(item) for item in items) <= room:
            return part.frame("".join(items))
    used, kept = frame + _REST, 0
    for item in items:
        used += size(item)
        if used > room:
            break
        kept += 1
    return part.frame("".join(items[:kept]) + part.rest(len(items) - kept))


def sections(plan: Plan, presentation: Presentation) -> list[Section]:
    """Return the parts that have something to say, the most important first."""
    made = _Sections(presentation)
    found = [
        made.findings(msg("New findings"), plan.findings.new, 20),
        made.changes(plan),
        made.shops(msg("Removed shops"), plan.removed, 10),
        made.shops(msg("Added shops"), plan.added, 8),
        made.moved(plan.moved),
        made.troubled(plan.all_shops),
        made.caches(plan),
        made.files(plan),
        made.findings(msg("Fixed findings"), plan.findings.fixed, 6),
        made.findings(msg("Suppressed from now on"), plan.findings.suppressed, 8),
    ]
    return [part for part in found if part is not None]


class _Sections:
    """Makes the parts of one plan."""

    def __init__(self, presentation: Presentation) -> None:
        self._presentation = presentation
        self._shown = presentation.shown

    def say(self, message: Message) -> str:
        return prose(message, self._presentation.translate)

    def names(self, shops: Sequence[str], limit: int | None) -> str:
        """Return names as code, and how many more there are."""
        if limit is None or len(shops) <= limit:
            return ", ".join(code(shop) for shop in shops)
        shown = ", ".join(code(shop) for shop in shops[:limit])
        rest = counted("and {count} other", "and {count} others", len(shops) - limit)
        return f"{shown} {self.say(rest)}"

    def findings(self, title: Message, found: Sequence[Diagnostic], weight: int) -> Section | None:
        if not found:
            return None
        words = (msg("Severity"), msg("Place"), msg("Finding"), msg("Rule"))
        header = f"\n| {' | '.join(self.say(word) for word in words)} |\n|---|---|---|---|\n"
        worst = sorted(found, key=lambda item: item.severity.rank)
        heading = self._heading(title)
        return Section(
            title,
            weight,
            lambda _: [finding_row(item, self._presentation) for item in worst],
            lambda items: f"{heading}{header}{items}",
            lambda count: f"\n{self._more(count)}\n",
        )

    def changes(self, plan: Plan) -> Section | None:
        found = groups(plan.shops)
        if not found:
            return None
        title = msg("Changes")
        is_open = len(found) <= _OPEN
        heading = self._heading(title)

        def rest(count: int) -> str:
            shops = len({name for group in found[-count:] for name in group.shops})
            more = counted(
                "… and {count} more group of changes, in {shops}, which did not fit here.",
                "… and {count} more groups of changes, in {shops}, which did not fit here.",
                count,
                shops=counted("{count} shop", "{count} shops", shops),
            )
            return f"\n{self.say(more)}\n"

        return Section(
            title,
            40,
            lambda limit: [self._group(group, limit, is_open=is_open) for group in found],
            lambda items: f"{heading}{items}",
            rest,
        )

    def shops(self, title: Message, shops: Sequence[ShopPlan], weight: int) -> Section | None:
        return self._list(
            title, weight,
            [f"{code(shop.pair.name)} ({code(self._shown(shop.pair.path))})" for shop in shops],
        )  # fmt: skip

    def moved(self, shops: Sequence[ShopPlan]) -> Section | None:
        moves = [
            msg("{shop}: from {old} to {new}", shop=shop.pair.name, old=self._shown(shop.moved_from),
                new=self._shown(shop.pair.path))
            for shop in shops
        ]  # fmt: skip
        return self._list(msg("Moved shops"), 5, [self.say(move) for move in moves])

    def troubled(self, shops: Iterable[ShopPlan]) -> Section | None:
        found = say.troubled(shops)
        return self._named(
            msg("Not sound, before or now"), 5, [(self.say(how), names) for how, names in found]
        )

    def caches(self, plan: Plan) -> Section | None:
        found = [
            (self.say(say.joined([say.flush_reason(reason) for reason in reasons])), names)
            for reasons, names in flush_groups(plan.all_shops)
        ]
        return self._named(msg("Caches to empty"), 10, found)

    def files(self, plan: Plan) -> Section | None:
        files = say.all_files(plan)
        if not files.total:
            return None
        if files.total <= _LISTED:
            lines = [
                f"{mark} {path}" for mark, paths in zip("+~-", files, strict=True) for path in paths
            ]
        else:
            lines = [
                f"{mark} {path}" + (f"  ({count})" if count > 1 else "")
                for mark, path, count in say.file_patterns(plan)
            ]
        title = msg("Files of the deployment")
        summary = f"{self.say(title)}: {self.say(say.file_counts(files))}"
        shown = [visible(line) + "\n" for line in lines]
        fence = _fence("".join(shown))
        return Section(
            title,
            8,
            lambda _: shown,
            lambda items: _details(summary, f"{fence}diff\n{items}{fence}\n", is_open=False),
            lambda count: f"  {visible(self._presentation.translate(_more(count)))}\n",
        )

    def _group(self, group: Group, limit: int | None, *, is_open: bool) -> str:
        settings = ", ".join(code(dotted(line.pointer)) for line in group.lines)
        if len(group.shops) == 1:
            summary = f"{code(group.shops[0])}: {settings}"
            shops = ""
        else:
            count = counted("{count} shop", "{count} shops", len(group.shops))
            summary = f"<b>{self.say(count)}</b>: {settings}"
            shops = f"\n{self.names(group.shops, limit)}\n"
        lines = [text for line in group.lines for text in self._diff(line, group, limit)]
        fence = _fence("\n".join(lines))
        diff = "\n".join((f"{fence}diff", *lines, fence))
        return _details(summary, f"{diff}\n{shops}", is_open=is_open)

    def _diff(self, line: Line, group: Group, limit: int | None) -> list[str]:
        """Return one setting's change as lines of a diff, under the line that causes it."""
        translate = self._presentation.translate
        name = dotted(line.pointer)
        lines = [f"@@ {translate(say.cause(line, group, self._shown))} @@"]
        items = say.list_change(line)
        if items is not None:
            lines.append(f" {name}:")
            lines += [f"     - {item}" for item in items.kept]
            lines += [f"-    - {item}" for item in items.removed]
            lines += [f"+    - {item}" for item in items.added]
            return [visible(text) for text in lines]
        sign = say.sign(line)
        for old, shops in line.olds if sign != "+" else ():
            who = f"  # {translate(say.names(shops, limit))}" if len(line.olds) > 1 else ""
            lines.append(f"-{name}: {translate(say.value(old, line.pointer))}{who}")
        if sign != "-":
            secret = f"  # {translate(msg('another secret'))}" if line.is_secret else ""
            lines.append(f"+{name}: {translate(say.value(line.new, line.pointer))}{secret}")
        return [visible(text) for text in lines]

    def _named(
        self, title: Message, weight: int, found: Sequence[tuple[str, Sequence[str]]]
    ) -> Section | None:
        if not found:
            return None
        heading = self._heading(title)

        def items(limit: int | None) -> list[str]:
            return [f"- {what}: {self.names(names, limit)}\n" for what, names in found]

        return Section(
            title,
            weight,
            items,
            lambda text: f"{heading}\n{text}",
            lambda count: f"- {self._more(count)}\n",
        )

    def _list(self, title: Message, weight: int, lines: Sequence[str]) -> Section | None:
        if not lines:
            return None
        heading = self._heading(title)
        return Section(
            title,
            weight,
            lambda _: [f"- {line}\n" for line in lines],
            lambda items: f"{heading}\n{items}",
            lambda count: f"- {self._more(count)}\n",
        )

    def _heading(self, title: Message) -> str:
        return f"\n#### {self.say(title)}\n"

    def _more(self, count: int) -> str:
        return self.say(_more(count))


def _more(count: int) -> Message:
    return counted(
        "… and {count} more, which did not fit here.",
        "… and {count} more, which did not fit here.",
        count,
    )


def _details(summary: str, body: str, *, is_open: bool) -> str:
    opened = " open" if is_open else ""
    return f"\n<details{opened}><summary>{summary}</summary>\n\n{body}\n</details>\n"


def _fence(text: str) -> str:
    """Return a fence that nothing in a text closes."""
    longest = max((len(found) for found in _FENCES.findall(text)), default=2)
    return "`" * (longest + 1)
