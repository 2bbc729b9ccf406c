"""Only what a change introduces: findings that another state of the repository has not."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress

from wakagitops.core.diagnostic import Diagnostic, Suppressed
from wakagitops.core.digests import digest
from wakagitops.core.errors import ToolError
from wakagitops.core.source import SourceText
from wakagitops.settings.renames import renames
from wakagitops.settings.repository import Repository
from wakagitops.validate.dedup import narrowed
from wakagitops.validate.result import CheckResult

Occurrences = Counter[tuple[str, ...]]
"""How often each finding occurs, known by rule, place in the document, value and shop; by its file
where it is about no shop. Never by a line, and not by the file that set a shop's value."""

KeyOf = Callable[[Diagnostic], str]
"""Gives the key that a finding of one state is compared with those of another by."""


class Since:
    """The findings of an older state, and telling from them which ones are new."""

    def __init__(
        self,
        base: Repository,
        check: Callable[[], CheckResult],
        opened: AbstractContextManager[object],
    ) -> None:
        """Bind the older state; nothing is checked yet.

        Args:
            base: its files.
            check: checks it as the newer state is checked.
            opened: holds what its files are read from open.
        """
        self._base = base
        self._check = check
        self._opened = opened
        self._known: CheckResult | None = None
        self.left_out = 0
        """How many findings of the last comparison are not new."""

    def introduced(
        self, found: Sequence[Diagnostic], suppressed: Iterable[Suppressed], new: Repository
    ) -> tuple[list[Diagnostic], list[Suppressed]]:
        """Return the findings that the older state has not, each for the shops that it is new for.

        What the older state suppresses counts as not found there: taking a suppression away
        introduces its finding.

        Args:
            found: the findings of the newer state, in their order.
            suppressed: those that a suppression took out of them.
            new: the newer state.

        Raises:
            ToolError: the older state cannot be read.
        """
        with self._opened:
            if self._known is None:
                self._known = self._check()
            moved = renames(self._base, new)
            reported = occurrences(self._known.diagnostics, self._base, new, moved)
            key_of = keys_of(new)
            kept = unknown(found, reported, key_of)
            hidden = occurrences(
                (entry.diagnostic for entry in self._known.suppressed), self._base, new, moved
            )
        self.left_out = len(found) - len(kept)
        hidden.update(reported)
        left = [
            entry._replace(diagnostic=item)
            for entry in suppressed
            for item in unknown([entry.diagnostic], hidden, key_of)
        ]
        return kept, left


def occurrences(
    items: Iterable[Diagnostic], state: Repository, other: Repository, moved: Mapping[str, str]
) -> Occurrences:
    """Count one state's findings under the names that its files and shops have in another state.

    Args:
        items: the findings.
        state: where they were found.
        other: the other state.
        moved: the paths there of the files that are elsewhere there, by their paths here.
    """
    names = {state.shop_name(here): other.shop_name(there) for here, there in moved.items()}
    counts: Occurrences = Counter()
    key_of = keys_of(state)
    for item in items:
        key = key_of(item)
        # A defaults file's own finding outlives the last shop that inherits it.
        counts[key, "", moved.get(item.path, item.path)] += 1
        counts.update((key, names.get(shop, shop)) for shop in item.shops)
    return counts


def keys_of(state: Repository) -> KeyOf:
    """Return what gives the key that one state's findings are compared with another state's by.

    ``Diagnostic.key`` holds nothing of a secret, so that it can be written down: by it alone, another
    secret in the place of a former one would be the same finding. The keys from here are compared in
    memory and never leave it.

    Args:
        state: where the findings were found.
    """
    sources: dict[str, SourceText | None] = {}

    def key_of(item: Diagnostic) -> str:
        if not item.rule.startswith("secret/"):
            return item.key
        if item.path not in sources:
            sources[item.path] = _source(state, item.path)
        source = sources[item.path]
        return digest(item.key, *_block(source, item.range.start.line)) if source else item.key

    return key_of


def _source(state: Repository, path: str) -> SourceText | None:
    with suppress(FileNotFoundError, ToolError, UnicodeDecodeError):
        return SourceText(state.tree.read(path).decode("utf-8-sig"))
    return None


def _block(source: SourceText, line: int) -> Iterator[str]:
    """Yield a line and those below it that are indented deeper, without their indentation."""
    first = source.line(line)
    yield first.strip()
    depth = len(first) - len(first.lstrip())
    for number in range(line + 1, source.line_count):
        text = source.line(number)
        if text.strip() and len(text) - len(text.lstrip()) <= depth:
            return
        yield text.strip()


def unknown(items: Iterable[Diagnostic], known: Occurrences, key_of: KeyOf) -> list[Diagnostic]:
    """Return the findings that another state has not, each for the shops that it has not there.

    Those that it has are counted off: of two equal ones, where it has one, the second is unknown.

    Args:
        items: the findings.
        known: those of the other state.
        key_of: what ``keys_of`` returns for the state of the items.
    """
    return [left for item in items for left in _unknown(item, key_of(item), known)]


def _unknown(item: Diagnostic, key: str, known: Occurrences) -> Iterator[Diagnostic]:
    if not item.shops:
        if not _is_known((key, "", item.path), known):
            yield item
        return
    shops = tuple(shop for shop in item.shops if not _is_known((key, shop), known))
    if shops:
        yield narrowed(item, shops)


def _is_known(key: tuple[str, ...], known: Occurrences) -> bool:
    if known[key] <= 0:
        return False
    known[key] -= 1
    return True
