"""The shops of a tree with their effective settings, and the places of what cannot be rendered."""

from __future__ import annotations

from collections.abc import Iterable

from wakagitops.core import pointer as pointers
from wakagitops.core.diagnostic import Diagnostic, Severity
from wakagitops.core.digests import bytes_digest, digest
from wakagitops.core.messages import msg
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.source import Position, Range
from wakagitops.render.ascii_names import with_ascii_names
from wakagitops.render.files import REFUSED, Refusal
from wakagitops.secrets.references import are_renderable
from wakagitops.settings.cascade import effective
from wakagitops.settings.model import ShopSettings, settings_of
from wakagitops.settings.repository import Repository
from wakagitops.settings.schema import Annotations
from wakagitops.settings.schema_validation import violations
from wakagitops.validate.dedup import with_shops
from wakagitops.yaml.document import Document, Node
from wakagitops.yaml.parser import read

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


def unsound(path: str) -> Refused:
    """Return the refusal of a shop whose settings do not have the schema's shape."""
    return Refused(path, _UNSOUND)


class ReadShop(NamedTuple):
    """One shop as its files say."""

    path: str
    """The shop's own file."""
    documents: tuple[Document, ...]
    """The ``_defaults.yaml`` files that apply to it, outermost first, then its own."""
    root: Node | None
    """Its effective settings; None where a file cannot be read, or nothing is set at all."""

    @property
    def is_whole(self) -> bool:
        """Tell whether each of its files could be read to its end."""
        return all(document.whole for document in self.documents)


class ShopReader:
    """Reads the effective settings of the shops of one tree."""

    def __init__(self, repository: Repository, annotations: Annotations) -> None:
        """Bind the files and what the schema says of them."""
        self._repository = repository
        self._annotations = annotations
        self._atomic = annotations.atomic
        self.digests: dict[str, str] = {}
        """By file that was read, the digest of its bytes."""
        self._defaults: dict[str, Document] = {}
        self._merged: dict[tuple[str, ...], Node | None] = {}

    def read(self, paths: Iterable[str] | None = None) -> tuple[list[ShopSettings], list[Refused]]:
        """Return the settings of every sound shop, and what is refused of the others.

        A check that found no error can leave a shop unsound: its rules may be switched off.

        Args:
            paths: the files of the shops to read; None for all.

        Raises:
            ToolError: a file cannot be read.
        """
        settings: list[ShopSettings] = []
        refused: list[Refused] = []
        for path in self._repository.shops if paths is None else paths:
            sound = self.settings(self.shop(path))
            if sound is None:
                refused.append(unsound(path))
            else:
                settings.append(sound)
        return settings, refused

    def shop(self, path: str) -> ReadShop:
        """Read one shop by the path of its file.

        Raises:
            ToolError: a file cannot be read.
        """
        own = self._document(path)
        chain = self._repository.chain(path)
        above = [self._default(name) for name in chain]
        read = ReadShop(path, (*above, own), None)
        if not read.is_whole:
            return read
        if chain not in self._merged:
            self._merged[chain] = effective(above, self._atomic)
        return read._replace(root=effective([own], self._atomic, self._merged[chain]))

    def settings(self, shop: ReadShop) -> ShopSettings | None:
        """Return the typed settings of a shop, or None where they do not have the schema's shape."""
        if shop.root is None or violations("effective", shop.root.data):
            return None
        if not are_renderable(shop.root, self._annotations):
            return None
        settings = settings_of(shop.path, self._repository.environment(shop.path), shop.root.data)
        return with_ascii_names(settings)

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
        said = refusal.message.text
        return Diagnostic(
            path,
            place,
            REFUSED,
            Severity.ERROR,
            refusal.message if is_own else with_shops(refusal.message, shops),
            refusal.pointer,
            shops,
            help=refusal.help,
            fingerprint=digest(REFUSED, path, refusal.pointer),
            key=digest(REFUSED, refusal.pointer, said),
        )

    def _place(self, item: Refused) -> tuple[str, Range]:
        """Return the place of a value, or of the nearest one around it that a file sets."""
        root = self.shop(item.path).root
        pointer = item.refusal.pointer
        while root is not None and pointer:
            node = root.at(pointer)
            if node is not None:
                return node.document.path, node.document.source.range(node.span)
            pointer = pointers.parent(pointer)
        return item.path, _START

    def _default(self, path: str) -> Document:
        if path not in self._defaults:
            self._defaults[path] = self._document(path)
        return self._defaults[path]

    def _document(self, path: str) -> Document:
        try:
            data = self._repository.tree.read(path)
        except FileNotFoundError:
            data = b""
        self.digests[path] = bytes_digest(data)
        return read(path, data)
