"""Writes what was measured as Markdown, and puts it between the markers of a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from bench.measure import MIB, Cost, median


class Scenario(NamedTuple):
    """Contenders that did the same work in turn."""

    title: str
    costs: Mapping[str, Sequence[Cost]]


class Goal(NamedTuple):
    """One measure against its bounds; a bound that does not exist is ``None``."""

    work: str
    ours: str
    beside: str
    measure: float | None
    """``None`` where what it is measured against is missing."""
    unit: str
    must: float | None = None
    aim: float | None = None


def ratio(
    scenario: Scenario, ours: float, name: str, *, must: float | None = None, aim: float | None = None
) -> Goal:
    """Return the goal that our time, in seconds, be a fraction of another's in the same scenario."""
    work = scenario.title.partition(", ")[0] if scenario.title.startswith("Cold") else scenario.title
    if name not in scenario.costs:
        return Goal(work, duration(ours), f"{name}: not measured", None, "×", must, aim)
    theirs = median(scenario.costs[name]).wall
    return Goal(work, duration(ours), f"{name} {duration(theirs)}", ours / theirs, "×", must, aim)


def memory(shops: int, peak: int, *, must_mib: int, aim_mib: int) -> Goal:
    """Return the goal on peak memory, all processes together."""
    return Goal(f"Memory: {shops:,} shops", size(peak), "", peak / MIB, " MiB", must_mib, aim_mib)


def growth(seconds: Mapping[int, float]) -> Goal:
    """Return the goal that time grows with the number of shops and no faster.

    The measure is the time a shop takes in the largest fleet over that in the medium one: the
    smallest fleet's holds mostly the start of the process.
    """
    sizes = sorted(seconds)
    per_shop = {shops: seconds[shops] / shops for shops in sizes}
    ours = ", ".join(duration(per_shop[shops]) for shops in sizes)
    work = "Growth: time a shop in " + ", ".join(f"{shops:,}" for shops in sizes)
    return Goal(work, ours, "linear", per_shop[sizes[-1]] / per_shop[sizes[-2]], "×", 1.15)


def goal_table(goals: Sequence[Goal]) -> str:
    """Return the goals as a table, each bound with the word whether it is met."""
    rows = [
        (
            goal.work,
            goal.ours,
            goal.beside,
            _measure(goal),
            _bound(goal, goal.must),
            _bound(goal, goal.aim),
        )
        for goal in goals
    ]
    return _table(("Work", "wakagitops", "Beside", "Measure", "Must", "Aim"), rows)


def short_table(goals: Sequence[Goal]) -> str:
    """Return the goals without their bounds, for a reader who asks only how fast it is."""
    rows = [(goal.work, goal.ours, goal.beside, _measure(goal)) for goal in goals]
    return _table(("Work", "wakagitops", "Beside", "Measure"), rows)


def scenario_table(scenario: Scenario) -> str:
    """Return everything that was measured in one scenario."""
    rows = []
    for name, costs in scenario.costs.items():
        middle = median(costs)
        walls = sorted(cost.wall for cost in costs)
        spread = f"{duration(walls[0])} to {duration(walls[-1])}"
        rows.append((name, duration(middle.wall), spread, duration(middle.cpu), size(middle.memory)))
    head = (
        "",
        f"Median of {len(next(iter(scenario.costs.values())))}",
        "Range",
        "CPU",
        "Largest process",
    )
    return f"**{scenario.title}**\n\n{_table(head, rows)}"


def fill(page: Path, marker: str, text: str) -> None:
    """Replace what stands between ``<!-- marker -->`` and ``<!-- /marker -->`` in a page.

    Raises:
        ValueError: the page has no such markers.
    """
    start, end = f"<!-- {marker} -->\n", f"<!-- /{marker} -->"
    before, found, rest = page.read_text(encoding="utf-8").partition(start)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        message = f"{page} has no place for {marker}"
        raise ValueError(message)
    page.write_text(f"{before}{start}{text}\n{end}{after}", encoding="utf-8")


def duration(seconds: float) -> str:
    """Return a time with three digits, in the unit that a person would choose."""
    if seconds < 0.001:
        return f"{seconds * 1e6:.3g} µs"
    if seconds < 1:
        return f"{seconds * 1000:.3g} ms"
    return f"{seconds:.3g} s"


def size(amount: int) -> str:
    """Return bytes as MiB."""
    return f"{amount / MIB:.0f} MiB"


def _measure(goal: Goal) -> str:
    if goal.measure is None:
        return "–"
    return f"{goal.measure:.3g}{goal.unit}"


def _bound(goal: Goal, bound: float | None) -> str:
    if bound is None:
        return ""
    text = f"≤ {bound:g}{goal.unit}"
    if goal.measure is None:
        return text
    return f"{text}: met" if goal.measure <= bound else f"{text}: **missed**"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
