"""What follows for the deployment: which of its files change, and whose caches that makes stale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wakagitops.core.errors import UsageError
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.render import cache_bust
from wakagitops.render.cache_bust import Change, PublicState, Reason
from wakagitops.render.files import Fleet, Refusal, RenderedFile, Target
from wakagitops.render.manifest import PUBLIC_TARGET
from wakagitops.render.pipeline import refused, shop_files
from wakagitops.render.shops import ReadShop, Refused, ShopReader, unsound
from wakagitops.settings.model import ShopSettings
from wakagitops.settings.repository import Repository, shop_id
from wakagitops.settings.schema import Annotations


class Files(NamedTuple):
    """Files of the deployment that change, by their paths below the output folder, sorted."""

    written: tuple[str, ...] = ()
    rewritten: tuple[str, ...] = ()
    """Those of a public file's new name too, which holds a digest of what is in it."""
    removed: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """Return how many files change."""
        return len(self.written) + len(self.rewritten) + len(self.removed)


class Rendered(NamedTuple):
    """One shop as one state renders it."""

    files: tuple[RenderedFile, ...] = ()
    public: PublicState | None = None
    """None for a shop that cannot be rendered, or is not there."""
    id: str = ""
    """The shop's id as its settings say."""
    refused: tuple[Refused, ...] = ()
    """What stands in the way of rendering it."""


NOT_THERE = Rendered()


class Renderer:
    """Renders shops of one state in memory, one at a time."""

    def __init__(
        self, repository: Repository, targets: Mapping[str, Target], annotations: Annotations
    ) -> None:
        """Bind the state: its files, and the targets by name."""
        self.reader = ShopReader(repository, annotations)
        self._repository = repository
        self._targets = targets
        self._annotations = annotations
        self._shared: dict[tuple[str, str], tuple[RenderedFile, ...]] = {}

    def render(self, shop: ReadShop) -> Rendered:
        """Return a shop's files, or what stands in the way of rendering it."""
        settings = self.reader.settings(shop)
        if settings is None:
            return Rendered(refused=(unsound(shop.path),))
        try:
            unfit = refused([settings], self._targets)
            if unfit:
                return Rendered(refused=unfit)
            files = shop_files(settings, self._targets)
        except UsageError as error:
            return Rendered(refused=(Refused(shop.path, Refusal("", error.message)),))
        return Rendered(files, self._public(settings, files), settings.shop)

    def shared(self, environment: str) -> tuple[RenderedFile, ...]:
        """Return the files of all shops of an environment together; none where it has no shop.

        Raises:
            UsageError: a team's own template fails.
        """
        return tuple(file for name in self._targets for file in self._shared_of(name, environment))

    def _shared_of(self, target: str, environment: str) -> tuple[RenderedFile, ...]:
        known = self._shared.get((target, environment))
        if known is None:
            shops = {
                shop_id(path)
                for path in self._repository.shops
                if self._repository.environment(path) == environment
            }
            fleet = Fleet(environment, sorted(shops))
            known = tuple(self._targets[target].shared(fleet)) if shops else ()
            self._shared[target, environment] = known
        return known

    def _public(self, settings: ShopSettings, files: Sequence[RenderedFile]) -> PublicState:
        shared: tuple[RenderedFile, ...] = ()
        if PUBLIC_TARGET in self._targets:
            shared = self._shared_of(PUBLIC_TARGET, settings.environment)
        states = cache_bust.public_states([settings], (*files, *shared), self._annotations)
        return states[settings.shop]


def changed_files(base: Sequence[RenderedFile], new: Sequence[RenderedFile], environment: str) -> Files:
    """Compare the files of two states, those of one shop or those that all shops share."""
    before = {_identity(file): file for file in base}
    after = {_identity(file): file for file in new}
    folder = f"{environment}/" if environment else ""

    def paths(files: list[RenderedFile]) -> tuple[str, ...]:
        return tuple(sorted(folder + file.path for file in files))

    return Files(
        paths([file for name, file in after.items() if name not in before]),
        paths([file for name, file in after.items() if name in before and before[name] != file]),
        paths([file for name, file in before.items() if name not in after]),
    )


def stale_caches(
    base: Rendered, new: Rendered, annotations: Annotations, environment: str
) -> tuple[Reason, ...]:
    """Return why the caches of a shop are to be emptied; nothing where they are not."""
    found = cache_changes(base, new, annotations, environment)
    return tuple(dict.fromkeys(reason for change in found for reason in change.reasons))


def cache_changes(
    base: Rendered, new: Rendered, annotations: Annotations, environment: str
) -> tuple[Change, ...]:
    """Return what changes for the caches of a shop: twice where its id changes, or nothing at all."""
    if base.public == new.public and base.id == new.id:
        return ()
    before = {base.id: base.public} if base.public is not None else {}
    after = {new.id: new.public} if new.public is not None else {}
    previous = cache_bust.as_previous(before, annotations, environment=environment)
    return cache_bust.changes(after, previous, annotations, environment=environment)


def _identity(file: RenderedFile) -> tuple[str, str, str]:
    """Return what makes a file the same in two states: a hashed name is no part of it."""
    return file.target, file.shop, file.artefact or file.path
