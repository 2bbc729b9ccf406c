"""The shops to render, read whole once they are checked, and the places of their values."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import NamedTuple

from wakagitops.checking.merging import with_shops
from wakagitops.checking.schemas import violations
from wakagitops.core import pointer as pointers
from wakagitops.core.diagnostic import Diagnostic, Severity
from wakagitops.core.messages import msg
from wakagitops.core.source import Position, Range
from wakagitops.reading.annotations import Annotations
from wakagitops.reading.cascade import effective
from wakagitops.reading.document import Document, Node
from wakagitops.reading.repository import Repository
from wakagitops.reading.settings import ShopSettings, settings_of
from wakagitops.reading.yaml_reader import read
from wakagitops.rendering.files import REFUSED, Refusal

_START = Range(Position(0, 0), Position(0, 0))
_UNSOUND = Refusal(
    "",
    msg("this shop cannot be rendered: its settings do not have the shape that the schema asks for"),
    msg("The rules that say where are switched off or suppressed; see `wakagitops validate`."),
)


class Refused(NamedTuple):
    """Something of one shop that cannot be rendered."""

    path: str
    """The shop's own file."""
    refusal: Refusal


class ShopReader:
    """Reads the effective settings of the shops of one tree."""

    def __init__(self, repository: Repository, annotations: Annotations) -> None:
        """Bind the files and what the schema says of them."""
        self._repository = repository
        self._atomic = annotations.atomic
        self._defaults: dict[str, Document] = {}
        self._merged: dict[tuple[str, ...], Node | None] = {}

    def read(self) -> tuple[list[ShopSettings], list[Refused]]:
        """Return the settings of every sound shop, and what is refused of the others.

        A check that found no error can leave a shop unsound: its rules may be switched off.

        Raises:
            ToolError: a file cannot be read.
        """
        settings: list[ShopSettings] = []
        refused: list[Refused] = []
        for path in self._repository.shops:
            root = self._root(path)
            if root is None or violations("effective", root.data):
                refused.append(Refused(path, _UNSOUND))
            else:
                environment = self._repository.environment(path)
                settings.append(settings_of(path, environment, root.data))
        return settings, refused

    def diagnostics(self, refused: Iterable[Refused]) -> tuple[Diagnostic, ...]:
        """Return a diagnostic for each refusal, those of an inherited value as one."""
        groups: dict[tuple[str, Range, str], list[Refused]] = {}
        for item in refused:
            path, place = self._place(item)
            groups.setdefault((path, place, str(item.refusal.message)), []).append(item)
        return tuple(self._diagnostic(*key[:2], group) for key, group in sorted(groups.items()))

    def _diagnostic(self, path: str, place: Range, group: list[Refused]) -> Diagnostic:
        refusal = group[0].refusal
        shops = tuple(self._repository.shop_name(item.path) for item in group)
        is_own = [item.path for item in group] == [path]
        key = f"{REFUSED}\0{path}\0{refusal.pointer}".encode("utf-8", "surrogatepass")
        return Diagnostic(
            path,
            place,
            REFUSED,
            Severity.ERROR,
            refusal.message if is_own else with_shops(refusal.message, shops),
            refusal.pointer,
            shops,
            help=refusal.help,
            fingerprint=blake2b(key, digest_size=16).hexdigest(),
        )

    def _place(self, item: Refused) -> tuple[str, Range]:
        """Return the place of a value, or of the nearest one around it that a file sets."""
        root = self._root(item.path)
        pointer = item.refusal.pointer
        while root is not None and pointer:
            node = root.at(pointer)
            if node is not None:
                return node.document.path, node.document.source.range(node.span)
            pointer = pointers.parent(pointer)
        return item.path, _START

    def _root(self, path: str) -> Node | None:
        own = self._document(path)
        chain = self._repository.chain(path)
        if chain not in self._merged:
            above = [self._default(name) for name in chain]
            whole = all(document.whole for document in above)
            self._merged[chain] = effective(above, self._atomic) if whole else None
        return effective([own], self._atomic, self._merged[chain]) if own.whole else None

    def _default(self, path: str) -> Document:
        if path not in self._defaults:
            self._defaults[path] = self._document(path)
        return self._defaults[path]

    def _document(self, path: str) -> Document:
        try:
            data = self._repository.tree.read(path)
        except FileNotFoundError:
            data = b""
        return read(path, data)
