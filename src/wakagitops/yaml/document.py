"""One settings file as read: its nodes with exact places, its comments, what was wrong in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from wakagitops.core import pointer as pointers
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.source import SourceText, Span
from wakagitops.core.typed import Any
from wakagitops.yaml.comments import Comment, comments


class Node:
    """A value in a settings file: its data, its place, and the file that it stands in."""

    __slots__ = ("data", "document", "end", "items", "keys", "plain", "raw", "start")

    def __init__(  # noqa: PLR0913, PLR0917 - made by the thousand, and names take time
        self,
        document: Document,
        start: int,
        end: int,
        data: Any,
        raw: str = "",
        plain: bool = False,  # noqa: FBT001, FBT002 - as above
    ) -> None:
        """Make a scalar; ``items`` and ``keys`` are set on collections by the reader."""
        self.document = document
        self.start = start
        self.end = end
        self.data = data
        """The value in plain Python: text, number, boolean, None, dict or list."""
        self.items: dict[str, Node] | list[Node] | None = None
        """The members of a collection; None for a scalar."""
        self.keys: dict[str, tuple[Document, int, int]] = NO_KEYS
        """Where each key of a mapping stands."""
        self.plain = plain
        """True for a plain (unquoted) scalar, whose meaning YAML decides."""
        self.raw = raw
        """A scalar's text after YAML's escapes and folding, before its type was resolved."""

    @property
    def span(self) -> Span:
        """Return the node's offsets in its own document."""
        return Span(self.start, self.end)

    @property
    def is_alias(self) -> bool:
        """Tell whether an alias stands here, whose value is never looked up."""
        return self.data is None and not self.plain

    @property
    def is_scalar(self) -> bool:
        """Tell whether the node is a single value."""
        return self.items is None

    def child(self, token: str) -> Node | None:
        """Return the member that a reference token names, or None (RFC 6901, section 4)."""
        items = self.items
        if isinstance(items, dict):
            return items.get(token)
        if isinstance(items, list) and token.isdecimal() and int(token) < len(items):
            return items[int(token)]
        return None

    def at(self, pointer: str) -> Node | None:
        """Return the node at a JSON Pointer below this one, or None."""
        node = self
        for token in _steps(pointer):
            # Mappings are looked into here, since the rules ask for some fifty settings a shop.
            items = node.items
            found = items.get(token) if isinstance(items, dict) else node.child(token)
            if found is None:
                return None
            node = found
        return node

    def index(self) -> dict[str, Node]:
        """Return every node from this one down by its pointer, in no set order."""
        found = {"": self}
        pending = [("", self)]
        while pending:
            pointer, node = pending.pop()
            items = node.items
            if isinstance(items, dict):
                for key, child in items.items():
                    if "/" in key or "~" in key:
                        place = pointers.child(pointer, key)
                    else:
                        place = f"{pointer}/{key}"
                    found[place] = child
                    if child.items is not None:
                        pending.append((place, child))
            elif items is not None:
                for at, child in enumerate(items):
                    place = f"{pointer}/{at}"
                    found[place] = child
                    if child.items is not None:
                        pending.append((place, child))
        return found

    def walk(self, pointer: str = "") -> Iterator[tuple[str, Node]]:
        """Yield every node from this one down with its pointer, in the file's order."""
        yield pointer, self
        if isinstance(self.items, dict):
            for key, child in self.items.items():
                yield from child.walk(pointers.child(pointer, key))
        elif self.items is not None:
            for index, child in enumerate(self.items):
                yield from child.walk(f"{pointer}/{index}")


@lru_cache(maxsize=1024)
def _steps(pointer: str) -> tuple[str, ...]:
    """Return a pointer's tokens; the same few settings are asked for in every file."""
    return tuple(pointers.tokens(pointer))


NO_KEYS: dict[str, tuple[Document, int, int]] = {}
"""The keys of what is no mapping; one object, so that the reader can tell by identity."""


class Problem(NamedTuple):
    """Something that the reader met and the ``yaml/`` rules report; ``kind`` is the rule's name."""

    kind: str
    span: Span
    pointer: str = ""
    detail: str = ""
    """Which of the rule's cases it is; never text from the file but for a key's name."""
    other: Span | None = None
    """The place that it relates to, such as the first of two equal keys."""
    instead: str = ""
    """Of a slip that was put right (``yaml.slips``): its first line as it was meant."""
    lines: tuple[int, ...] = ()
    """The 1-based lines of such a slip."""


class Document:
    """A settings file: text, node tree, comments and the reader's problems."""

    __slots__ = (
        "_comments", "has_null", "is_ordinary", "is_plain", "path", "problems", "reached", "root",
        "scalars", "shadowed", "source", "whole",
    )  # fmt: skip

    def __init__(self, path: str, source: SourceText) -> None:
        """Start an empty document; the reader fills it."""
        self.path = path
        """Relative to the repository's base, with ``/``."""
        self.source = source
        self.root: Node | None = None
        """The top-level mapping; None where the file is empty, no mapping, or did not parse."""
        self.scalars: Sequence[tuple[int, int]] = ()
        """The offsets that scalars cover in which a ``#`` starts no comment, in order."""
        self.reached: int | None = None
        """The offset up to which the text could be read as YAML; None where nobody tried."""
        self._comments: tuple[Comment, ...] | None = None
        self.problems: list[Problem] = []
        self.shadowed: list[tuple[str, Node]] = []
        """Values that a later duplicate of their key replaced."""
        self.has_null = False
        """True when some value is an explicit ``null``, which the cascade removes."""
        self.is_plain = False
        """True where text and values hold no character but line feeds and Latin-1's that are printed."""
        self.is_ordinary = False
        """True where it was read line by line: no value holds an escape or goes over several lines."""
        self.whole = True
        """False when the file did not parse to its end."""

    def fail(self, problem: Problem) -> None:
        """Note why nothing of the file can be read."""
        self.problems = [earlier for earlier in self.problems if earlier.kind != "syntax"]
        self.problems.append(problem)
        self.root = None
        self.whole = False

    @property
    def comments(self) -> tuple[Comment, ...]:
        """Return the comments in order; they are looked for when they are first asked for."""
        if self._comments is None:
            text, reached = self.source.text, self.reached
            if reached is None or "#" not in text:
                self._comments = ()
            else:
                self._comments = tuple(comments(text, self.scalars, reached))
        return self._comments

    @property
    def is_encrypted(self) -> bool:
        """Tell whether SOPS encrypted the file: its MAC covers every byte, so no edit is safe."""
        return self.root is not None and self.root.child("sops") is not None
