"""Safe fixes: the edits that rules propose, applied, checked again, and only then written.

A fix is kept when the repository with it has its finding no more and no finding that the fix itself
brought. A value that could not be judged while it was broken may be judged now: what the rules that
read it say then was true before, and only hidden. Files encrypted with SOPS are never touched: their
MAC covers every byte.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from wakagitops.core import pointer as pointers
from wakagitops.core.diagnostic import Diagnostic, Fix
from wakagitops.core.errors import ToolError
from wakagitops.core.messages import msg
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.rule import Rule, Scope
from wakagitops.core.safe_files import ChangedError, replace_below
from wakagitops.core.source import Position, Range
from wakagitops.core.system_reasons import system_reason
from wakagitops.settings.repository import Repository
from wakagitops.sources.trees import Overlay
from wakagitops.validate.pipeline import Request, check, concerning
from wakagitops.yaml.parser import read

_BOM = b"\xef\xbb\xbf"
_START = Range(Position(0, 0), Position(0, 0))
_RENAMING = "schema/unknown-key"
_ROUNDS = 10
"""How often a fix may open the way for another; no chain of rules is that long."""


class Applied(NamedTuple):
    """One fix that was applied: the finding that it mended."""

    path: str
    rule: str
    line: int
    """The 0-based line on which the finding was."""
    fix: Fix


class Fixed(NamedTuple):
    """The outcome: the new bytes of the files that change, and what was mended."""

    files: Mapping[str, bytes]
    applied: tuple[Applied, ...]
    left: tuple[Diagnostic, ...]
    """The findings that remain of the files that may be changed."""


def fix(
    request: Request,
    known: Callable[[Repository], Request],
    *,
    may_change: frozenset[str] | None = None,
) -> Fixed:
    """Find the fixes of a repository and try them, without writing anything.

    Args:
        request: what to check: the whole repository, so that no fix harms another shop.
        known: makes the same request for another state of the repository.
        may_change: the files that may be changed; None for all.

    Raises:
        ToolError: a file cannot be read.
    """
    attempts = _Attempts(request, known)
    base, files = attempts.base, attempts.files
    applied: list[Applied] = []
    refused: set[tuple[str, str]] = set()
    for _ in range(_ROUNDS):
        wanted = [
            item
            for item in attempts.found
            if item.fix is not None
            and (item.path, item.fingerprint) not in refused
            and (may_change is None or item.path in may_change)
        ]
        chosen = _compatible(wanted, base, files)
        if not chosen:
            break
        accepted = attempts.make(chosen)
        applied.extend(_applied(item) for item in accepted)
        kept = {id(item) for item in accepted}
        refused.update((item.path, item.fingerprint) for item in chosen if id(item) not in kept)
    left = attempts.found if may_change is None else concerning(attempts.found, base, may_change)
    return Fixed(files, tuple(applied), tuple(left))


def _applied(item: Diagnostic) -> Applied:
    assert item.fix is not None  # noqa: S101 - only findings with a fix are chosen
    return Applied(item.path, item.rule, item.range.start.line, item.fix)


def _compatible(
    wanted: Sequence[Diagnostic], base: Repository, files: Mapping[str, bytes]
) -> list[Diagnostic]:
    """Return the findings whose edits do not overlap, the earlier one winning."""
    taken: dict[str, list[tuple[Position, Position]]] = {}
    writable: dict[str, bool] = {}
    chosen = []
    for item in wanted:
        assert item.fix is not None  # noqa: S101 - the caller chose findings with a fix
        if item.path not in writable:
            document = read(item.path, files.get(item.path) or base.tree.read(item.path))
            writable[item.path] = document.whole and not document.is_encrypted
        spans = [(edit.range.start, edit.range.end) for edit in item.fix.edits]
        others = taken.setdefault(item.path, [])
        clash = any(
            (start < other_end and other_start < end) or (start, end) == (other_start, other_end)
            for start, end in spans
            for other_start, other_end in others
        )
        if writable[item.path] and not clash:
            others.extend(spans)
            chosen.append(item)
    return chosen


class _Attempts:
    """The state of a run: the files as changed so far, and what is found in them."""

    def __init__(self, request: Request, known: Callable[[Repository], Request]) -> None:
        self.base = request.work.repository
        self.files: dict[str, bytes] = {}
        self.found: Sequence[Diagnostic] = check(request).diagnostics
        self._known = known
        self._rules = request.rules()

    def make(self, chosen: Sequence[Diagnostic]) -> list[Diagnostic]:
        """Apply fixes and check again: all at once, and where that does not hold in halves.

        Returns:
            The findings whose fix was kept.
        """
        changed = _edited(chosen, self.base, self.files)
        tree = Overlay(self.base.tree, {**self.files, **changed})
        after = check(self._known(Repository(tree, self.base.layout))).diagnostics
        if _holds(chosen, self.found, after, self._rules):
            self.files.update(changed)
            self.found = after
            return list(chosen)
        if len(chosen) == 1:
            return []
        middle = len(chosen) // 2
        first = self.make(chosen[:middle])
        # Edits of the first half may have moved the second half's places: look them up anew.
        still = {(item.path, item.fingerprint): item for item in self.found if item.fix is not None}
        places = [(item.path, item.fingerprint) for item in chosen[middle:]]
        rest = [still[place] for place in places if place in still]
        return [*first, *(self.make(rest) if rest else ())]


def _holds(
    chosen: Sequence[Diagnostic],
    before: Iterable[Diagnostic],
    after: Iterable[Diagnostic],
    rules: Mapping[str, Rule],
) -> bool:
    """Tell whether every fixed finding is gone and none is new, counted by rule and file."""
    seen = {(item.path, item.fingerprint) for item in before}
    renamed = [
        (item.path, pointers.child(pointers.parent(item.pointer), item.fix.edits[0].text))
        for item in chosen
        if item.rule == _RENAMING and item.fix is not None
    ]
    counts = _counts(before)
    left = _counts(
        item
        for item in after
        # What is wrong with a value shows once its key is a setting's.
        if (item.path, item.fingerprint) in seen
        or not any(item.path == path and pointers.covers(place, item.pointer) for path, place in renamed)
    )
    counts.subtract((item.rule, item.path) for item in chosen)
    mended = {item.pointer for item in chosen}
    mended |= {pointers.parent(pointer) for pointer in mended} - {pointers.ROOT}
    return all(
        number <= counts[rule, path] or _was_hidden(rules[rule], mended)
        for (rule, path), number in left.items()
    )


def _counts(items: Iterable[Diagnostic]) -> Counter[tuple[str, str]]:
    """Return how many findings there are by rule and file, those that are not listed too."""
    counts: Counter[tuple[str, str]] = Counter()
    for item in items:
        counts[item.rule, item.path] += item.more or 1
    return counts


def _was_hidden(rule: Rule, mended: Iterable[str]) -> bool:
    """Tell whether a rule of the effective settings reads what a fix has made readable."""
    return rule.scope in (Scope.SHOP, Scope.FLEET) and any(
        pointers.covers(pointer, read) for pointer in mended for read in rule.reads
    )


def _edited(
    chosen: Iterable[Diagnostic], base: Repository, files: Mapping[str, bytes]
) -> dict[str, bytes]:
    """Return the new bytes of each file that the fixes change."""
    by_path: dict[str, list[Fix]] = {}
    for item in chosen:
        if item.fix is not None:
            by_path.setdefault(item.path, []).append(item.fix)
    return {
        path: edited(files.get(path) or base.tree.read(path), path, fixes)
        for path, fixes in by_path.items()
    }


def edited(data: bytes, path: str, fixes: Iterable[Fix]) -> bytes:
    """Return a file's bytes with the edits of some fixes applied; all else stays as it is."""
    source = read(path, data).source
    text = source.text
    mark = _BOM if data.startswith(_BOM) else b""
    edits = []
    for each in fixes:
        for edit in each.edits:
            if edit.range == _START and not edit.text:
                # The byte order mark is no part of the text; this edit stands for its removal.
                mark = b""
            else:
                edits.append((source.span(edit.range), edit.text))
    for span, replacement in sorted(edits, reverse=True):
        text = text[: span.start] + replacement + text[span.end :]
    return mark + text.encode("utf-8")


def write(base: str, path: str, before: bytes, after: bytes) -> None:
    """Replace a file whose bytes are still those that were checked; its mode stays.

    Raises:
        ToolError: the file has changed meanwhile, or cannot be written.
    """
    try:
        replace_below(base, path, after, before=before)
    except ChangedError:
        raise ToolError(msg("{path} changed while it was being fixed; run again", path=path)) from None
    except OSError as error:
        message = msg("{path} cannot be written: {reason}", path=path, reason=system_reason(error))
        raise ToolError(message) from error
