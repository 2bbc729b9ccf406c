"""Safe fixes: the edits that rules propose, applied, checked again, and only then written.

A fix is kept when the repository with it has its finding no more and no finding that it did not have
before. Files encrypted with SOPS are never touched: their MAC covers every byte.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from wakagitops.checking.check import Request, check
from wakagitops.core.diagnostic import Diagnostic, Fix
from wakagitops.core.errors import ToolError
from wakagitops.core.messages import msg
from wakagitops.core.source import Position, Range
from wakagitops.reading.repository import Repository
from wakagitops.reading.trees import Overlay
from wakagitops.reading.yaml_reader import read

_BOM = b"\xef\xbb\xbf"
_START = Range(Position(0, 0), Position(0, 0))
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
    left: int
    """Findings that remain, of every severity."""


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
    base = request.work.repository
    files: dict[str, bytes] = {}
    applied: list[Applied] = []
    refused: set[tuple[str, str]] = set()
    found: Sequence[Diagnostic] = check(request).diagnostics
    for _ in range(_ROUNDS):
        wanted = [
            item
            for item in found
            if item.fix is not None
            and (item.path, item.fingerprint) not in refused
            and (may_change is None or item.path in may_change)
        ]
        chosen = _compatible(wanted, base, files)
        if not chosen:
            break
        accepted, found = _try(chosen, found, base, files, known)
        applied.extend(_applied(item) for item in accepted)
        kept = {id(item) for item in accepted}
        refused.update((item.path, item.fingerprint) for item in chosen if id(item) not in kept)
    return Fixed(files, tuple(applied), len(found))


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
            writable[item.path] = document.whole and (
                document.root is None or document.root.child("sops") is None
            )
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


def _try(
    chosen: Sequence[Diagnostic],
    found: Sequence[Diagnostic],
    base: Repository,
    files: dict[str, bytes],
    known: Callable[[Repository], Request],
) -> tuple[list[Diagnostic], Sequence[Diagnostic]]:
    """Apply fixes and check again: all at once, and where that does not hold in halves.

    Returns:
        The findings whose fix was kept, and what is found afterwards; ``files`` is changed.
    """
    changed = _edited(chosen, base, files)
    tree = Overlay(base.tree, {**files, **changed})
    after = check(known(Repository(tree, base.layout))).diagnostics
    if _holds(chosen, found, after):
        files.update(changed)
        return list(chosen), after
    if len(chosen) == 1:
        return [], found
    middle = len(chosen) // 2
    first, found = _try(chosen[:middle], found, base, files, known)
    # Edits of the first half may have moved the second half's places: look them up anew.
    still = {(item.path, item.fingerprint): item for item in found if item.fix is not None}
    rest = [
        still[item.path, item.fingerprint]
        for item in chosen[middle:]
        if (item.path, item.fingerprint) in still
    ]
    second: list[Diagnostic] = []
    if rest:
        second, found = _try(rest, found, base, files, known)
    return [*first, *second], found


def _holds(
    chosen: Iterable[Diagnostic], before: Iterable[Diagnostic], after: Iterable[Diagnostic]
) -> bool:
    """Tell whether every fixed finding is gone and none is new, counted by rule and file."""
    counts = Counter((item.rule, item.path) for item in before)
    left = Counter((item.rule, item.path) for item in after)
    counts.subtract((item.rule, item.path) for item in chosen)
    return all(left[place] <= counts[place] for place in left)


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
    full = os.path.join(base, path)
    beside = f"{full}.{os.getpid()}.tmp"
    try:
        with open(full, "rb") as file:
            if file.read() != before:
                raise ToolError(msg("{path} changed while it was being fixed; run again", path=path))
            mode = os.fstat(file.fileno()).st_mode & 0o7777
        with open(beside, "xb") as file:
            file.write(after)
            os.fchmod(file.fileno(), mode)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, full)
    except OSError as error:
        if os.path.lexists(beside):
            os.unlink(beside)
        message = msg("{path} cannot be written: {reason}", path=path, reason=error.strerror or "")
        raise ToolError(message) from error
