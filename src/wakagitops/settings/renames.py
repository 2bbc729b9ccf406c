"""Which file of one state is which file of another, under a new name or in another folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from wakagitops.core.errors import UnreadableError
from wakagitops.settings.repository import Repository, shop_id

_ALIKE = 0.5
"""The share of lines that a renamed file keeps at least; git asks for the same."""
_COMMON = 20
"""A line that more removed files have says nothing of which of them an added one was."""


def renames(base: Repository, new: Repository) -> dict[str, str]:
    """Return the new path of each settings file that moved, by its old path.

    A shop that keeps its environment and id is the same shop in whatever folder. Elsewhere the content
    decides: the same bytes, then the most lines in common.

    Raises:
        ToolError: a file cannot be read.
    """
    found: dict[str, str] = {}
    for before, after in ((base.shops, new.shops), (base.defaults, new.defaults)):
        removed, added = {*before} - {*after}, {*after} - {*before}
        for match in (_same_shop, _same_bytes, _alike):
            if removed and added:
                pairs = match(base, new, sorted(removed), sorted(added))
                found |= pairs
                removed.difference_update(pairs)
                added.difference_update(pairs.values())
    return found


def _same_shop(
    base: Repository, new: Repository, removed: Sequence[str], added: Sequence[str]
) -> dict[str, str]:
    def shop_in(repository: Repository) -> Callable[[str], object]:
        return lambda path: (
            None if shop_id(path)[0] == "_" else (repository.environment(path), shop_id(path))
        )

    return _by(shop_in(base), shop_in(new), removed, added)


def _same_bytes(
    base: Repository, new: Repository, removed: Sequence[str], added: Sequence[str]
) -> dict[str, str]:
    def bytes_in(repository: Repository) -> Callable[[str], object]:
        return lambda path: _read(repository, path) or None

    return _by(bytes_in(base), bytes_in(new), removed, added)


def _by(
    old: Callable[[str], object],
    now: Callable[[str], object],
    removed: Sequence[str],
    added: Sequence[str],
) -> dict[str, str]:
    """Pair the files of which something is equal and not None, in their order."""
    candidates: dict[object, list[str]] = {}
    for path in reversed(removed):
        candidates.setdefault(old(path), []).append(path)
    candidates.pop(None, None)
    found = {}
    for path in added:
        same = candidates.get(now(path))
        if same:
            found[same.pop()] = path
    return found


def _alike(
    base: Repository, new: Repository, removed: Sequence[str], added: Sequence[str]
) -> dict[str, str]:
    """Pair the files with the most lines in common, the surest pair first."""
    before = {path: _lines(base, path) for path in removed}
    places: dict[bytes, list[str]] = {}
    for path, lines in before.items():
        for line in lines:
            places.setdefault(line, []).append(path)
    scores = []
    for path in added:
        lines = _lines(new, path)
        candidates = {
            other
            for line in lines
            if len(places.get(line, ())) <= _COMMON
            for other in places.get(line, ())
        }
        for other in candidates:
            shared = (lines & before[other]).total()
            score = shared / max(lines.total(), before[other].total())
            if score >= _ALIKE:
                scores.append((-score, other, path))
    found: dict[str, str] = {}
    taken = set()
    for _, other, path in sorted(scores):
        if other not in found and path not in taken:
            found[other] = path
            taken.add(path)
    return found


def _lines(repository: Repository, path: str) -> Counter[bytes]:
    """Return a file's lines with content, whatever their indentation."""
    lines = (line.strip() for line in _read(repository, path).splitlines())
    return Counter(line for line in lines if line and not line.startswith(b"#"))


def _read(repository: Repository, path: str) -> bytes:
    try:
        return repository.tree.read(path)
    except (FileNotFoundError, UnreadableError):
        # A file that was removed while it was looked at, or that cannot be read, is like no other.
        return b""
