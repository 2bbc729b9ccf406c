"""Taking advice as a person would: the text in backticks is pasted over what the finding names."""

from __future__ import annotations

import re
from typing import Any

_INSTEAD = re.compile(r"Write (`.*`)(?: in ([\w.]+))? instead of (.+)\.")
_LINE = re.compile(r"Write `(.*)`(?:\.|, and change these lines likewise: .*)")
_REMOVE = re.compile(r"Remove ([^;`]+?)(?:; .* is set already)?\.")


def taken(text: str, finding: dict[str, Any]) -> str | None:
    """Return a settings file with a finding's advice taken; None where it quotes nothing to paste.

    Args:
        text: the file.
        finding: one of ``diagnostics`` of the JSON report, in English.
    """
    lines = text.split("\n")
    at = finding["start"]["line"] - 1
    advice = finding["help"] or ""
    if (found := _INSTEAD.fullmatch(advice)) is not None:
        made = found[1].strip("`").split("` and `")
        indent = len(lines[at]) - len(lines[at].lstrip(" "))
        kept = _without(lines, found[3].split(", "), at, indent)
        if found[2] is None:
            return "\n".join([*kept[:at], *(" " * indent + line for line in made), *kept[at:]])
        return _inside(kept, found[2].split("."), made)
    if advice == "Remove the line.":
        return "\n".join([*lines[:at], *lines[at + 1 :]])
    if (found := _REMOVE.fullmatch(advice)) is not None:
        indent = len(lines[at]) - len(lines[at].lstrip(" "))
        return "\n".join(_without(lines, found[1].split(", "), at, indent))
    if (found := _LINE.fullmatch(advice)) is not None and finding["rule"] == "yaml/syntax":
        return "\n".join([*lines[:at], found[1], *lines[at + 1 :]])
    return None


def _without(lines: list[str], keys: list[str], at: int, indent: int) -> list[str]:
    """Return the lines without some members of the mapping of a line, and what is below them."""
    kept: list[str] = []
    skips = False
    for number, line in enumerate(lines):
        depth = len(line) - len(line.lstrip(" "))
        if skips and (depth > indent or not line.strip()):
            continue
        word = line.strip().partition(":")[0].strip("\"' ")
        skips = depth == indent and word in keys and number >= at
        if not skips:
            kept.append(line)
    return kept


def _inside(lines: list[str], holder: list[str], made: list[str]) -> str:
    """Return a text with members put first into a mapping, which is made where there is none."""
    at, indent = -1, 0
    for depth, key in enumerate(holder):
        for number in range(at + 1, len(lines)):
            if re.match(rf"{' ' * (2 * depth)}{key}:\s*(#|$)", lines[number]):
                at, indent = number, 2 * depth + 2
                break
        else:
            new = f"{'  ' * depth}{key}:"
            lines = [*lines[: at + 1], new, *lines[at + 1 :]] if depth else [*lines, new]
            at, indent = (at + 1 if depth else len(lines) - 1), 2 * depth + 2
    return "\n".join([*lines[: at + 1], *(" " * indent + line for line in made), *lines[at + 1 :]])
