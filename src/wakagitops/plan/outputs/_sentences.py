"""The sentences about a plan, worded once for every form that people read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from wakagitops.core.diagnostic import Diagnostic, Severity
from wakagitops.core.messages import Message, counted, msg
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.patterns import regex
from wakagitops.plan.brake import MASS_CHANGE, POLICY_WEAKENED
from wakagitops.plan.consequences import Files
from wakagitops.plan.groups import Group, Line
from wakagitops.plan.model import Plan, ShopPlan, Standing
from wakagitops.plan.values import as_text
from wakagitops.reports._summary import tally
from wakagitops.settings.schema import shipped_annotations

_HASH = regex(r"\.[0-9a-f]{12}(?=\.)")


def _verbatim(text: str) -> Message:
    """Return a text of somebody's files as a message, which no language changes."""
    return Message("{text}", (("text", text),))


def joined(parts: Sequence[Message]) -> Message:
    """Return several parts of a sentence as one, with commas between them."""
    whole = parts[0]
    for part in parts[1:]:
        whole = Message("{first}, {next}", (("first", whole), ("next", part)))
    return whole


def versus(plan: Plan) -> Message:
    """Say which states are compared."""
    base, commit = plan.base.name, plan.base.commit[:12]
    if plan.head is None:
        return msg("{base} ({commit}) → working tree", base=base, commit=commit)
    return msg(
        "{base} ({commit}) → {head} ({head_commit})",
        base=base,
        commit=commit,
        head=plan.head.name,
        head_commit=plan.head.commit[:12],
    )


def headline(plan: Plan) -> Message:
    """Say in numbers what becomes of the shops."""
    before = plan.total - len(plan.added) + len(plan.removed)
    changed = len(plan.touched)
    if not (plan.all_shops or plan.shared_files.total):
        return counted("nothing changes for {count} shop", "nothing changes for {count} shops", before)
    parts = [
        counted(
            "{count} of {total} shops changes", "{count} of {total} shops change", changed, total=before
        )
    ]
    if plan.added:
        parts.append(counted("{count} is added", "{count} are added", len(plan.added)))
    if plan.removed:
        parts.append(counted("{count} is removed", "{count} are removed", len(plan.removed)))
    if plan.moved:
        parts.append(counted("{count} is moved", "{count} are moved", len(plan.moved)))
    return joined(parts)


def quiet(plan: Plan) -> Message | None:
    """Say that files differ where no shop does, so that an empty plan is no surprise."""
    if plan.touched or plan.added or plan.removed or not plan.differing:
        return None
    return counted(
        "{count} settings file differs, in comments, layout or order only.",
        "{count} settings files differ, in comments, layout or order only.",
        plan.differing,
    )


def brake(plan: Plan) -> Message | None:
    """Say what the brake is about, and how to let it go; None where it has nothing to say."""
    if not plan.brake.reasons:
        return None
    before = plan.total - len(plan.added) + len(plan.removed)
    reasons = []
    for reason in plan.brake.reasons:
        if reason == MASS_CHANGE:
            changed = len(plan.touched)
            reasons.append(msg("{count} of {total} shops change", count=changed, total=before))
        elif reason == POLICY_WEAKENED:
            reasons.append(
                counted(
                    "the policy is weakened in {count} way",
                    "the policy is weakened in {count} ways",
                    len(plan.policy),
                )
            )
        else:
            removed = len(plan.removed)
            reasons.append(counted("{count} shop is removed", "{count} shops are removed", removed))
    if plan.brake.holds:
        return msg(
            "The brake holds: {reasons}. If that is meant, run it again with {flags}.",
            reasons=joined(reasons),
            flags=_brake_flags(plan.brake.holding),
        )
    flags = _brake_flags(plan.brake.reasons)
    return msg("The brake is let go by {flags}: {reasons}.", flags=flags, reasons=joined(reasons))


def _brake_flags(reasons: Sequence[str]) -> str:
    """Return the flags that allow what the brake is about."""
    flags = []
    if set(reasons) - {POLICY_WEAKENED}:
        flags.append("`--allow-mass-change`")
    if POLICY_WEAKENED in reasons:
        flags.append("`--allow-policy-change`")
    return " ".join(flags)


def value(plain: Any, pointer: str) -> Message:
    """Return a value as people read it; the default, or that there is none, where it is not set."""
    if plain is not None:
        return _verbatim(as_text(plain))
    setting = shipped_annotations().at(pointer)
    if setting is not None and setting.default is not None:
        return msg("{value} (the default)", value=as_text(setting.default))
    return msg("not set")


def sign(line: Line) -> str:
    """Return ``+`` for a setting that is new, ``-`` for one that is gone, ``~`` for any other change."""
    setting = shipped_annotations().at(line.pointer)
    if setting is None or setting.default is None:
        if all(old is None for old, _ in line.olds):
            return "+"
        if line.new is None:
            return "-"
    return "~"


class ListChange(NamedTuple):
    """How a list changes, item by item."""

    removed: tuple[str, ...]
    added: tuple[str, ...]
    kept: tuple[str, ...]


def list_change(line: Line) -> ListChange | None:
    """Return how a list changes, or None where it is no list before or after, or only its order is."""
    if len(line.olds) != 1:
        return None
    old, new = line.olds[0][0], line.new
    if not (isinstance(old, list) and isinstance(new, list)):
        return None
    before, after = [as_text(item) for item in old], [as_text(item) for item in new]
    removed, kept = _less(before, after)
    added, _ = _less(after, before)
    return ListChange(removed, added, kept) if removed or added else None


def _less(items: list[str], others: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the items that the others do not have, and those that they have too."""
    rest = Counter(others)
    gone, kept = [], []
    for item in items:
        if rest[item]:
            rest[item] -= 1
            kept.append(item)
        else:
            gone.append(item)
    return tuple(gone), tuple(kept)


def cause(line: Line, group: Group, relative: Callable[[str], str]) -> Message:
    """Say which line causes a change.

    Args:
        line: the change.
        group: the shops that have it in common.
        relative: turns a path of the repository into one that is shown.
    """
    shown = relative(line.cause.path)
    place = shown if line.cause.line is None else f"{shown}:{line.cause.line}"
    if line.cause.line is None:
        found = msg("not in {place} any more", place=place)
    elif line.is_uncovered and line.was is not None and len(group.shops) == 1:
        before = relative(line.was.path)
        found = msg("{place}, now that {before} says nothing else", place=place, before=before)
    elif line.is_uncovered:
        found = msg("{place}, now that the shops say nothing else", place=place)
    else:
        found = _verbatim(place)
    if group.is_own and len(group.shops) > 1:
        return counted(
            "{place}, and {count} other shop's own file",
            "{place}, and {count} other shops' own files",
            len(group.shops) - 1,
            place=found,
        )
    return found


def names(shops: Sequence[str], limit: int | None) -> Message:
    """Return the names of shops: so many of them, and how many more there are."""
    if limit is None or len(shops) <= limit:
        return _verbatim(", ".join(shops))
    return counted(
        "{shops} and {count} other",
        "{shops} and {count} others",
        len(shops) - limit,
        shops=", ".join(shops[:limit]),
    )


def all_files(plan: Plan) -> Files:
    """Return every file of the deployment that changes."""
    every = [shop.files for shop in plan.all_shops] + [plan.shared_files]
    return Files(*(tuple(sorted(path for files in every for path in files[kind])) for kind in range(3)))


def file_patterns(plan: Plan) -> list[tuple[str, str, int]]:
    """Return the files that change as signs and patterns: shops and digests are stars, with counts."""
    found: Counter[tuple[str, str]] = Counter()
    for shop in plan.all_shops:
        for mark, paths in zip("+~-", shop.files, strict=True):
            found.update((mark, _pattern(path, shop.folders)) for path in paths)
    for mark, paths in zip("+~-", plan.shared_files, strict=True):
        found.update((mark, path) for path in paths)
    return sorted((mark, path, count) for (mark, path), count in found.items())


def _pattern(path: str, shops: frozenset[str]) -> str:
    """Return a path of a shop's file with stars for the shop and for a digest in the name."""
    parts = []
    for part in _HASH.sub(".*", path).split("/"):
        name, dot, ending = part.partition(".")
        parts.append(f"*{dot}{ending}" if name in shops else part)
    return "/".join(parts)


def file_counts(files: Files) -> Message:
    """Say how many files change in which way."""
    parts = []
    if files.written:
        parts.append(counted("{count} written", "{count} written", len(files.written)))
    if files.rewritten:
        parts.append(counted("{count} rewritten", "{count} rewritten", len(files.rewritten)))
    if files.removed:
        parts.append(counted("{count} removed", "{count} removed", len(files.removed)))
    return joined(parts)


def severity_counts(found: Iterable[Diagnostic]) -> Message:
    """Say how many findings there are of each severity."""
    counts = Counter(item.severity for item in found)
    tallies = [tally(each, counts[each]) for each in Severity if counts[each]]
    return joined(tallies) if tallies else msg("none")


_STANDINGS = {
    Standing.SOUND: msg("sound"),
    Standing.INVALID: msg("has errors"),
    Standing.UNREADABLE: msg("cannot be read"),
    None: msg("not there"),
}


def troubled(shops: Iterable[ShopPlan]) -> list[tuple[Message, tuple[str, ...]]]:
    """Return how shops stood and stand, each with those shops, where one of both is not sound."""
    found: dict[tuple[Standing | None, Standing | None], list[str]] = {}
    fine = (Standing.SOUND, None)
    for shop in shops:
        if shop.base not in fine or shop.new not in fine:
            found.setdefault((shop.base, shop.new), []).append(shop.pair.name)
    return [
        (
            Message("{before} → {now}", (("before", _STANDINGS[base]), ("now", _STANDINGS[new]))),
            tuple(sorted(names)),
        )
        for (base, new), names in found.items()
    ]


def command(plan: Plan) -> str:
    """Return the command that tells all of a plan."""
    head = f" --head {plan.head.name}" if plan.head is not None else ""
    return f"wakagitops plan --base {plan.base.name}{head} -v"
