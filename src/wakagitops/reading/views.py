"""What rules see: one file as written, one shop's effective settings, one environment's shops."""

from collections.abc import Mapping, Sequence
from typing import Any

from wakagitops.core import pointer as pointers
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.source import Position, Range
from wakagitops.reading.annotations import Annotations
from wakagitops.reading.document import Document, Node
from wakagitops.reading.suppressions import Suppression


class Violation(NamedTuple):
    """One way in which a value breaks the schema."""

    pointer: str
    """The value at fault; for a missing or unknown key, the mapping it belongs in."""
    keyword: str
    """The JSON Schema keyword: ``type``, ``required``, ``additionalProperties``, ``pattern``, ..."""
    expected: object = None
    """The keyword's value in the schema."""
    key: str = ""
    """The missing or unknown key."""


class FileView:
    """One settings file as written, before the cascade."""

    __slots__ = ("_scalars", "annotations", "document", "is_defaults", "path", "violations")

    def __init__(
        self, document: Document, annotations: Annotations, violations: Sequence[Violation] = ()
    ) -> None:
        """Bind a document to what the schema says of it."""
        self.document = document
        self.path = document.path
        self.annotations = annotations
        self.violations = violations
        """How the file breaks the schema of one file, secrets left out."""
        self._scalars: list[tuple[str, Node]] | None = None
        self.is_defaults = document.path.rpartition("/")[2].startswith("_")

    @property
    def scalars(self) -> Sequence[tuple[str, Node]]:
        """Each single value with its pointer, shadowed duplicates included, in no set order.

        A file that did not parse has none.
        """
        if self._scalars is None:
            root = self.document.root
            found = list(root.index().items()) if root is not None else []
            for pointer, node in self.document.shadowed:
                found.extend((pointer + place, below) for place, below in node.index().items())
            self._scalars = [item for item in found if item[1].items is None]
        return self._scalars

    def node(self, pointer: str) -> Node | None:
        """Return the node at a pointer, or None."""
        return self.document.root.at(pointer) if self.document.root is not None else None


class ShopView:
    """The effective settings of one shop; broken values look absent."""

    __slots__ = (
        "_nodes", "annotations", "broken", "environment", "id", "path", "root", "version", "violations",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 - every argument is one fact of the shop
        self,
        path: str,
        root: Node,
        annotations: Annotations,
        *,
        violations: Sequence[Violation] = (),
        broken: Sequence[str] = (),
        environment: str = "",
        version: str | None = None,
    ) -> None:
        """Bind a merged tree to the shop's file.

        Args:
            path: the shop's own file; its stem is the shop's id.
            root: the merged tree.
            annotations: what the schema says of each setting.
            violations: how the effective settings break the schema, broken values left out.
            broken: pointers to values that cannot be used.
            environment: the environment the shop is in; empty where there are none.
            version: a platform version to assume instead of the one set.
        """
        self.path = path
        self.id = path.rpartition("/")[2].rpartition(".")[0]
        self.root = root
        self.annotations = annotations
        self.violations = violations
        self.broken = broken
        self.environment = environment
        self.version = version
        self._nodes = root.index()
        if broken:
            for place in [
                place for place in self._nodes if any(pointers.covers(bad, place) for bad in broken)
            ]:
                del self._nodes[place]

    def node(self, pointer: str) -> Node | None:
        """Return the node of an effective value, or None where it is absent or broken."""
        return self._nodes.get(pointer)

    def text(self, pointer: str) -> str | None:
        """Return a value that is text, or None."""
        node = self._nodes.get(pointer)
        return node.data if node is not None and isinstance(node.data, str) else None

    def texts(self, pointer: str) -> list[tuple[str, str]]:
        """Return the text items of a list, each with its pointer; empty where there is no list."""
        node = self.node(pointer)
        if node is None or not isinstance(node.items, list):
            return []
        found = []
        for index, item in enumerate(node.items):
            place = f"{pointer}/{index}"
            if isinstance(item.data, str) and not (self.broken and place in self.broken):
                found.append((place, item.data))
        return found

    def mapping(self, pointer: str) -> dict[str, object]:
        """Return a mapping's usable members in plain Python; empty where there is no mapping."""
        node = self.node(pointer)
        if node is None or not isinstance(node.items, dict):
            return {}
        return {
            key: child.data
            for key, child in node.items.items()
            if not (self.broken and pointers.child(pointer, key) in self.broken)
        }

    @property
    def platform_version(self) -> str | None:
        """Return the platform version to judge by: the assumed one, else the one set."""
        return self.version if self.version is not None else self.text("/platform_version")


Fact = Sequence[Any]
"""An effective value that a fleet rule reads, with the place that set it: value, path (empty for
the shop's own file), start line, start column, end line, end column. It is a plain list, so that
the results cache gives it back as it is: a fleet has hundreds of thousands of them."""


class ShopFacts(NamedTuple):
    """What fleet rules know of a shop: its file and the values at the pointers they read."""

    path: str
    id: str
    environment: str
    facts: Mapping[str, Fact]

    def value(self, pointer: str) -> Any:
        """Return the effective value at a pointer, or None where it is absent or broken."""
        fact = self.facts.get(pointer)
        return fact[0] if fact is not None else None

    def place(self, pointer: str) -> tuple[str, Range]:
        """Return the file and the range that set a value; the shop's file where there is none."""
        fact = self.facts.get(pointer)
        if fact is None:
            return self.path, Range(Position(0, 0), Position(0, 0))
        _, path, line, column, end_line, end_column = fact
        return path or self.path, Range(Position(line, column), Position(end_line, end_column))


class SuppressionUse(NamedTuple):
    """One suppression comment, or one entry of the baseline, after the findings were known."""

    suppression: Suppression
    expired: bool
    idle: tuple[str, ...] = ()
    """Names for which it took nothing out, though every rule that they stand for ran."""
    unknown: tuple[str, ...] = ()
    """Names that are no rule and no group."""
    refused: tuple[str, ...] = ()
    """Names of what cannot be suppressed."""
    is_baseline: bool = False
    """True for an entry of the baseline, which needs no reason."""


class FleetView(NamedTuple):
    """The shops of one environment, by path."""

    environment: str
    shops: Sequence[ShopFacts]
    environments: Sequence[str] = ()
    """The environments of the repository; a shop must be in one of them where there are any."""
