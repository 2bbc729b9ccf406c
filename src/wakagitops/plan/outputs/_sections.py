"""The parts of a plan in Markdown, each as long as the room that it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from textwrap import wrap

from wakagitops.core.diagnostic import Diagnostic
from wakagitops.core.messages import Message, counted, msg
from wakagitops.core.patterns import regex
from wakagitops.core.pointer import dotted
from wakagitops.plan.groups import Bundle, Group, Line, bundled, flush_groups, groups
from wakagitops.plan.model import Plan, ShopPlan
from wakagitops.plan.outputs import _sentences as say
from wakagitops.plan.outputs._fitting import Section
from wakagitops.plan.policy_changes import PolicyChange
from wakagitops.reports import Presentation
from wakagitops.reports._markdown import code, fenced, finding_row, prose

_OPEN = 4
"""So many groups of changes are shown at once; of more, one is opened by a click."""
_LISTED = 30
"""More files than this are told by patterns."""
_INLINE = 20
"""So many names stand in a line; more are opened by a click."""
_FENCES = regex("`{3,}")


def sections(plan: Plan, presentation: Presentation) -> list[Section]:
    """Return the parts that have something to say, the most important first."""
    made = _Sections(presentation)
    found = [
        made.policy(plan.policy),
        made.new_findings(plan.findings.new),
        made.removed(plan.removed),
        made.changes(plan),
        made.added(plan.added),
        made.moved(plan.moved),
        made.troubled(plan.all_shops),
        made.caches(plan),
        made.files(plan),
        made.fixed_findings(plan.findings.fixed),
        made.hidden_findings(plan.findings.suppressed),
    ]
    return [part for part in found if part is not None]


class _Sections:
    """Makes the parts of one plan."""

    def __init__(self, presentation: Presentation) -> None:
        self._presentation = presentation
        self._shown = presentation.shown

    def say(self, message: Message) -> str:
        return prose(message, self._presentation.translate)

    def shops(self, names: Sequence[str], limit: int | None) -> str:
        """Return the names of shops: a few as code in a line, many as a list that a click opens."""
        shown = names[:limit]
        rest = ""
        if len(shown) < len(names):
            left = len(names) - len(shown)
            rest = self.say(counted("and {count} other", "and {count} others", left))
        if len(shown) <= _INLINE:
            return f"{', '.join(code(name) for name in shown)} {rest}".rstrip() + "\n"
        lines = wrap(", ".join(fenced(name) for name in shown), 110, break_on_hyphens=False)
        count = counted("{count} shop", "{count} shops", len(names))
        body = _fenced("text", lines) + (f"\n{rest}\n" if rest else "")
        return _details(self.say(count), body, is_open=False).lstrip()

    def new_findings(self, found: Sequence[Diagnostic]) -> Section | None:
        def missing(left: int) -> Message:
            return counted("{count} new finding", "{count} new findings", left)

        return self._findings(msg("New findings"), found, 20, missing)

    def fixed_findings(self, found: Sequence[Diagnostic]) -> Section | None:
        def missing(left: int) -> Message:
            return counted("{count} fixed finding", "{count} fixed findings", left)

        return self._findings(msg("Fixed findings"), found, 6, missing)

    def hidden_findings(self, found: Sequence[Diagnostic]) -> Section | None:
        def missing(left: int) -> Message:
            return counted("{count} suppressed finding", "{count} suppressed findings", left)

        return self._findings(msg("Suppressed from now on"), found, 8, missing)

    def policy(self, changes: Sequence[PolicyChange]) -> Section | None:
        def missing(left: int) -> Message:
            return counted("{count} change of the policy", "{count} changes of the policy", left)

        lines = []
        for change in changes:
            place = self._shown(change.path) if change.path else ""
            place = f"{place}:{change.line}" if change.line else place
            lines.append(
                f"{self.say(change.message)} ({code(place)})" if place else self.say(change.message)
            )
        return self._list(msg("The policy is weakened"), 20, lines, missing)

    def removed(self, shops: Sequence[ShopPlan]) -> Section | None:
        def missing(left: int) -> Message:
            return counted("{count} removed shop", "{count} removed shops", left)

        return self._list(msg("Removed shops"), 10, self._places(shops), missing)

    def added(self, shops: Sequence[ShopPlan]) -> Section | None:
        def missing(left: int) -> Message:
            return counted("{count} added shop", "{count} added shops", left)

        return self._list(msg("Added shops"), 8, self._places(shops), missing)

    def moved(self, shops: Sequence[ShopPlan]) -> Section | None:
        def missing(left: int) -> Message:
            return counted("{count} moved shop", "{count} moved shops", left)

        moves = [
            msg("{shop}: from {old} to {new}", shop=shop.pair.name, old=self._shown(shop.moved_from),
                new=self._shown(shop.pair.path))
            for shop in shops
        ]  # fmt: skip
        return self._list(msg("Moved shops"), 5, [self.say(move) for move in moves], missing)

    def troubled(self, shops: Iterable[ShopPlan]) -> Section | None:
        def missing(left: int) -> Message:
            return counted("{count} shop with errors", "{count} shops with errors", left)

        found = [(self.say(how), names) for how, names in say.troubled(shops)]
        return self._named(msg("Shops with errors, before → now"), 5, found, missing)

    def caches(self, plan: Plan) -> Section | None:
        def missing(left: int) -> Message:
            return counted(
                "{count} shop with a cache to empty", "{count} shops with a cache to empty", left
            )

        found = [
            (self.say(say.joined([reason.message for reason in reasons])), names)
            for reasons, names in flush_groups(plan.all_shops)
        ]
        return self._named(msg("Caches to empty"), 8, found, missing)

    def changes(self, plan: Plan) -> Section | None:
        found = bundled(groups(plan.shops))
        if not found:
            return None
        is_open = len(found) <= _OPEN
        heading = self._heading(msg("Changes"))

        def rest(count: int) -> str:
            shops = len({name for group in found[-count:] for name in group.shops})
            more = counted(
                "… and {count} more group of changes, in {shops}, which did not fit here.",
                "… and {count} more groups of changes, in {shops}, which did not fit here.",
                count,
                shops=counted("{count} shop", "{count} shops", shops),
            )
            return f"\n{self.say(more)}\n"

        def missing(limit: int | None, kept: int) -> Message | None:
            every = {name for group in found for name in group.shops}
            named = {name for group in found[:kept] for name in group.shops[:limit]}
            left = len(every - named)
            return counted("{count} changed shop", "{count} changed shops", left) if left else None

        return Section(
            40,
            lambda limit: [self._change(one, limit, is_open=is_open) for one in found],
            lambda items: f"{heading}{items}",
            rest,
            missing,
        )

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
        shown = [fenced(line) + "\n" for line in lines]
        fence = _fence("".join(shown))

        def missing(_: int | None, kept: int) -> Message | None:
            left = len(shown) - kept
            return counted("{count} line of files", "{count} lines of files", left) if left else None

        return Section(
            6,
            lambda _: shown,
            lambda items: _details(summary, f"{fence}diff\n{items}{fence}\n", is_open=False),
            lambda count: f"  {self._presentation.translate(_more(count))}\n",
            missing,
        )

    def _change(self, found: Group | Bundle, limit: int | None, *, is_open: bool) -> str:
        if isinstance(found, Group):
            return self._group(found, limit, is_open=is_open)
        settings = ", ".join(code(dotted(line.pointer)) for line in found.groups[0].lines)
        count = counted(
            "{count} shop in its own way", "{count} shops, each in its own way", len(found.shops)
        )
        shown = found.groups[:limit]
        lines = [
            text for group in shown for line in group.lines for text in self._diff(line, group, limit)
        ]
        left = len(found.groups) - len(shown)
        rest = counted("and {count} other", "and {count} others", left)
        body = _fenced("diff", lines) + (f"\n{self.say(rest)}\n" if left else "")
        is_short = is_open and len(found.shops) <= _INLINE
        return _details(f"<b>{self.say(count)}</b>: {settings}", body, is_open=is_short)

    def _group(self, group: Group, limit: int | None, *, is_open: bool) -> str:
        settings = ", ".join(code(dotted(line.pointer)) for line in group.lines)
        if len(group.shops) == 1:
            summary = f"{code(group.shops[0])}: {settings}"
            shops = ""
        else:
            count = counted("{count} shop", "{count} shops", len(group.shops))
            summary = f"<b>{self.say(count)}</b>: {settings}"
            shops = self.shops(group.shops, limit)
        lines = [text for line in group.lines for text in self._diff(line, group, limit)]
        body = f"{_fenced('diff', lines)}\n{shops}".rstrip()
        return _details(summary, f"{body}\n", is_open=is_open)

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
            return [fenced(text) for text in lines]
        sign = say.sign(line)
        for old, shops in line.olds if sign != "+" else ():
            who = f"  # {translate(say.names(shops, limit))}" if len(line.olds) > 1 else ""
            lines.append(f"-{name}: {translate(say.value(old, line.pointer))}{who}")
        if sign != "-":
            secret = f"  # {translate(msg('another secret'))}" if line.is_secret else ""
            lines.append(f"+{name}: {translate(say.value(line.new, line.pointer))}{secret}")
        return [fenced(text) for text in lines]

    def _places(self, shops: Iterable[ShopPlan]) -> list[str]:
        return [f"{code(shop.pair.name)} ({code(self._shown(shop.pair.path))})" for shop in shops]

    def _findings(
        self,
        title: Message,
        found: Sequence[Diagnostic],
        weight: int,
        missing: Callable[[int], Message],
    ) -> Section | None:
        words = (msg("Severity"), msg("Place"), msg("Finding"), msg("Rule"))
        header = f"\n| {' | '.join(self.say(word) for word in words)} |\n|---|---|---|---|\n"
        worst = sorted(found, key=lambda item: item.severity.rank)
        rows = [finding_row(item, self._presentation) for item in worst]
        return self._simple(f"{self._heading(title)}{header}", weight, rows, "\n", missing)

    def _list(
        self, title: Message, weight: int, lines: Sequence[str], missing: Callable[[int], Message]
    ) -> Section | None:
        items = [f"- {line}\n" for line in lines]
        return self._simple(f"{self._heading(title)}\n", weight, items, "- ", missing)

    def _simple(
        self,
        heading: str,
        weight: int,
        items: Sequence[str],
        lead: str,
        missing: Callable[[int], Message],
    ) -> Section | None:
        """Return a part of which each item is of use by itself; None where there is none."""
        if not items:
            return None
        return Section(
            weight,
            lambda _: list(items),
            lambda text: f"{heading}{text}",
            lambda count: f"{lead}{self.say(_more(count))}\n",
            lambda _, kept: missing(len(items) - kept) if kept < len(items) else None,
        )

    def _named(
        self,
        title: Message,
        weight: int,
        found: Sequence[tuple[str, Sequence[str]]],
        missing: Callable[[int], Message],
    ) -> Section | None:
        """Return a part of which each item is about some shops; None where there is none."""
        if not found:
            return None
        heading = self._heading(title)

        def left_out(limit: int | None, kept: int) -> Message | None:
            left = sum(len(names) for _, names in found)
            left -= sum(len(names[:limit]) for _, names in found[:kept])
            return missing(left) if left else None

        return Section(
            weight,
            lambda limit: [f"\n{what}: {self.shops(names, limit)}" for what, names in found],
            lambda text: f"{heading}{text}",
            lambda count: f"\n{self.say(_more(count))}\n",
            left_out,
        )

    def _heading(self, title: Message) -> str:
        return f"\n#### {self.say(title)}\n"


def _more(count: int) -> Message:
    return counted(
        "… and {count} more, which did not fit here.",
        "… and {count} more, which did not fit here.",
        count,
    )


def _details(summary: str, body: str, *, is_open: bool) -> str:
    opened = " open" if is_open else ""
    return f"\n<details{opened}><summary>{summary}</summary>\n\n{body}\n</details>\n"


def _fenced(language: str, lines: Iterable[str]) -> str:
    text = "\n".join(lines)
    fence = _fence(text)
    return f"{fence}{language}\n{text}\n{fence}\n"


def _fence(text: str) -> str:
    """Return a fence that nothing in a text closes."""
    longest = max((len(found) for found in _FENCES.findall(text)), default=2)
    return "`" * (longest + 1)
