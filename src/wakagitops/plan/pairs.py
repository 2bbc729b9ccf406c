"""Which shop of one state is which shop of the other, and which of them may differ."""

from __future__ import annotations

from collections.abc import Iterable

from wakagitops.core.named_tuple import NamedTuple
from wakagitops.settings.repository import Repository, shop_id
from wakagitops.sources.git import RevisionTree
from wakagitops.sources.trees import Tree


class Pair(NamedTuple):
    """One shop in both states, by the paths of its file there."""

    environment: str
    """Empty where the repository has no environments."""
    id: str
    base: str
    """Empty for a shop that is added."""
    new: str
    """Empty for a shop that is removed."""

    @property
    def path(self) -> str:
        """Return the path of the shop's file, the old one for a shop that is removed."""
        return self.new or self.base

    @property
    def name(self) -> str:
        """Return how the shop is named to people."""
        return f"{self.environment}/{self.id}" if self.environment else self.id


def pairs(base: Repository, new: Repository) -> list[Pair]:
    """Return every shop of two states, sorted by environment, id and path.

    A shop is the same where its environment and id are: its file may move to another folder. Where
    several files claim one id, those that stay in their place are paired first.
    """
    before, after = _by_shop(base), _by_shop(new)
    found = []
    for shop in sorted({*before, *after}):
        old, now = before.get(shop, []), after.get(shop, [])
        stay = [path for path in old if path in now]
        found += [Pair(*shop, path, path) for path in stay]
        moved_from = [path for path in old if path not in stay]
        moved_to = [path for path in now if path not in stay]
        moves = min(len(moved_from), len(moved_to))
        found += [Pair(*shop, *both) for both in zip(moved_from, moved_to, strict=False)]
        found += [Pair(*shop, path, "") for path in moved_from[moves:]]
        found += [Pair(*shop, "", path) for path in moved_to[moves:]]
    return found


def _by_shop(repository: Repository) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for path in repository.shops:
        found.setdefault((repository.environment(path), shop_id(path)), []).append(path)
    return found


class FileComparison:
    """Tells which files of two trees have other bytes, each read once."""

    def __init__(self, base: Repository, new: Repository) -> None:
        """Bind the two states."""
        self._base = base
        self._new = new
        self._same: dict[str, bool] = {}
        self._same_chains: dict[tuple[str, ...], bool] = {}

    def differing(self, shops: Iterable[Pair]) -> list[Pair]:
        """Return the shops of which some file differs: their own, or a ``_defaults.yaml`` above it.

        Raises:
            ToolError: a file cannot be read.
        """
        return [pair for pair in shops if not self._is_same_shop(pair)]

    @property
    def found(self) -> int:
        """Return how many files differ, of those that had to be looked at."""
        return sum(1 for same in self._same.values() if not same)

    def _is_same_shop(self, pair: Pair) -> bool:
        if pair.base != pair.new:
            return False
        above, chain = self._base.chain(pair.base), self._new.chain(pair.new)
        return above == chain and self._is_same_file(pair.new) and self._is_same_chain(chain)

    def _is_same_chain(self, chain: tuple[str, ...]) -> bool:
        same = self._same_chains.get(chain)
        if same is None:
            same = self._same_chains[chain] = all(self._is_same_file(path) for path in chain)
        return same

    def _is_same_file(self, path: str) -> bool:
        same = self._same.get(path)
        if same is None:
            same = self._same[path] = _is_same(self._base.tree, self._new.tree, path)
        return same


def _is_same(base: Tree, new: Tree, path: str) -> bool:
    if isinstance(base, RevisionTree) and isinstance(new, RevisionTree):
        return base.object_id(path) == new.object_id(path)
    return _bytes(base, path) == _bytes(new, path)


def _bytes(tree: Tree, path: str) -> bytes:
    try:
        return tree.read(path)
    except FileNotFoundError:
        return b""
