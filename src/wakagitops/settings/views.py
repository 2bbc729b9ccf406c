"""What rules see: one file as written, one shop's effective settings, one environment's shops."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from wakagitops.core import pointer as pointers
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.source import Position, Range
from wakagitops.core.typed import TYPE_CHECKING, Any
from wakagitops.settings.schema import Annotations
from wakagitops.settings.suppression_comments import Suppression
from wakagitops.yaml.document import Document, Node

if TYPE_CHECKING:
    from wakagitops.settings.strays import Stray


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


class Contents(NamedTuple):
    """The nodes of a file without their places, which few of them are asked for."""

    collections: Sequence[Node]
    scalars: Sequence[Node]


@lru_cache(maxsize=1)
def contents(document: Document) -> Contents:
    """Return all nodes of a file, shadowed duplicates included, in no set order.

    What looks at one file after another looks at each several times, so remembering one is enough.
    """
    roots = [document.root] if document.root is not None else []
    roots.extend(node for _, node in document.shadowed)
    collections = [node for node in roots if node.items is not None]
    scalars = [node for node in roots if node.items is None]
    for node in collections:  # which grows meanwhile
        items = node.items
        for child in items.values() if isinstance(items, dict) else items or ():
            if child.items is None:
                scalars.append(child)
            else:
                collections.append(child)
    return Contents(collections, scalars)


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

    @property
    def values(self) -> Sequence[Node]:
        """The nodes of ``scalars`` without their pointers, which take longer to make than to look.

        A rule that finds nothing among these need not ask where they stand.
        """
        return contents(self.document).scalars

    def node(self, pointer: str) -> Node | None:
        """Return the node at a pointer, or None."""
        return self.document.root.at(pointer) if self.document.root is not None else None


class ShopView:
    """The effective settings of one shop; broken values look absent."""

    __slots__ = (
        "_nodes", "_texts", "annotations", "broken", "environment", "id", "path", "root", "version",
        "violations",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 - every argument is one fact of the shop
        self,
        path: str,
        root: Node,
        annotations: Annotations,
        *,
        nodes: Mapping[str, Node] | None = None,
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
            nodes: the tree's nodes by pointer, where they are known already.
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
        # The rules ask again and again for most of a shop's settings: one walk finds them all.
        self._nodes = nodes if nodes is not None else root.index()
        if broken:
            unusable = frozenset(broken)
            self._nodes = {
                pointer: node
                for pointer, node in self._nodes.items()
                if not pointers.is_covered(unusable, pointer)
            }
        self._texts: dict[str, Sequence[tuple[str, str]]] = {}

    def node(self, pointer: str) -> Node | None:
        """Return the node of an effective value, or None where it is absent or broken."""
        return self._nodes.get(pointer)

    def text(self, pointer: str) -> str | None:
        """Return a value that is text, or None."""
        node = self._nodes.get(pointer)
        if node is None:
            return None
        text = node.data
        return text if text.__class__ is str else None

    def texts(self, pointer: str) -> Sequence[tuple[str, str]]:
        """Return the text items of a list, each with its pointer; empty where there is no list."""
        if pointer not in self._texts:
            node = self.node(pointer)
            items = node.items if node is not None and isinstance(node.items, list) else ()
            self._texts[pointer] = [
                (place, item.data)
                for index, item in enumerate(items)
                for place in (f"{pointer}/{index}",)
                if isinstance(item.data, str) and not (self.broken and place in self.broken)
            ]
        return self._texts[pointer]

    def mapping(self, pointer: str) -> Mapping[str, object]:
        """Return a mapping's usable members in plain Python; empty where there is no mapping."""
        node = self.node(pointer)
        if node is None or not isinstance(node.items, dict):
            return {}
        if not self.broken:
            plain: dict[str, object] = node.data
            return plain
        return {
            key: child.data
            for key, child in node.items.items()
            if pointers.child(pointer, key) not in self.broken
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


class TreeView(NamedTuple):
    """What lies below the root and is no settings file."""

    strays: "Sequence[Stray]"
    """By path, those that nothing excludes."""
    root: str


class FleetView(NamedTuple):
    """The shops of one environment, by path."""

    environment: str
    shops: Sequence[ShopFacts]
    environments: Sequence[str] = ()
    """The environments of the repository; a shop must be in one of them where there are any."""
