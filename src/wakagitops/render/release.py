"""A release: for each environment, the files that shall lie there and what that means for caches."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from wakagitops.core.named_tuple import NamedTuple
from wakagitops.render.cache_bust import Change, Previous, PublicState, as_previous, changes, encode
from wakagitops.render.diff import Want
from wakagitops.render.files import RenderedFile, Target
from wakagitops.render.manifest import PUBLIC_TARGET, Entry, entry_of, shape
from wakagitops.render.pipeline import refused, render
from wakagitops.render.render_cache import ShopRelease, shop_releases
from wakagitops.settings.model import ShopSettings
from wakagitops.settings.schema import Annotations


class ChangedMeanwhileError(Exception):
    """A shop that was known does not become any more what it is known to become."""


class Shops(NamedTuple):
    """The shops of a tree: those to render, and those of which it is known what they become."""

    settings: Sequence[ShopSettings]
    known: Sequence[ShopRelease] = ()
    again: Callable[[Collection[str]], Iterable[RenderedFile]] = lambda _: ()
    """Renders the known shops of some files, and returns what they have of their own."""

    def of(self, environment: str) -> Shops:
        """Return the shops of one environment."""
        return self._replace(
            settings=[shop for shop in self.settings if shop.environment == environment],
            known=[shop for shop in self.known if shop.environment == environment],
        )


class Release(NamedTuple):
    """What shall lie in the output folder of one environment."""

    want: Want
    changes: tuple[Change, ...]
    """What it means for the caches of each shop."""
    made: Sequence[ShopRelease]
    """What those shops become that were not known."""


def environments(named: Sequence[str], shops: Shops) -> tuple[str, ...]:
    """Return the environments to render: those named, and none's where a shop is in no environment."""
    outside = shops.of("")
    if not named or outside.settings or outside.known:
        return ("", *named)
    return tuple(named)


def releases(
    shops: Shops,
    targets: Mapping[str, Target],
    previous: Mapping[str, Previous],
    annotations: Annotations,
    *,
    only: frozenset[str] | None = None,
) -> tuple[Release, ...]:
    """Render every environment and compare it with the state before.

    Args:
        shops: the shops of all environments.
        targets: the targets by name.
        previous: the last applied deployment of each environment to render, in their order.
        annotations: what the schema says of each setting.
        only: the targets that may be written; None for all. Without the public one among them,
            caches are left as they are too.

    Raises:
        UsageError: a team's own target fails.
    """
    released = []
    is_ours = shape(path for target in targets.values() for path in target.paths)
    for environment, before in previous.items():
        here = shops.of(environment)
        files, made = _rendered(here, targets, annotations, environment)
        found = changes(_public(here, made), before, annotations, environment=environment)
        caches = only is None or PUBLIC_TARGET in only or PUBLIC_TARGET not in targets
        entries = [entry_of(file) for file in files if not file.shop]
        entries += (entry for shop in (*here.known, *made) for entry in shop.files)
        want = Want(
            environment,
            tuple(sorted(entry for entry in entries if only is None or entry.target in only)),
            encode(found, annotations) if caches else None,
            only,
            data=_Data(here, files),
            is_ours=is_ours,
        )
        released.append(Release(want, found if caches else (), made))
    return tuple(released)


def applied(
    shops: Shops, targets: Mapping[str, Target], annotations: Annotations, environment: str = ""
) -> Previous:
    """Return settings, those of an older revision, as the deployment that was applied last.

    Shops that cannot be rendered count as never published, so that their caches are emptied.

    Raises:
        UsageError: a team's own target fails.
    """
    here = shops.of(environment)
    unfit = {item.path for item in refused(here.settings, targets)}
    here = here._replace(settings=[shop for shop in here.settings if shop.path not in unfit])
    _, made = _rendered(here, targets, annotations, environment)
    return as_previous(_public(here, made), annotations, environment=environment)


class _Data:
    """Gives the bytes of an environment's files: those that were rendered, and others when asked for."""

    def __init__(self, shops: Shops, files: Iterable[RenderedFile]) -> None:
        self._made = {file.path: file.data for file in files}
        self._paths = {shop.shop: shop.path for shop in shops.known}
        self._again = shops.again

    def __call__(self, entries: Sequence[Entry]) -> dict[str, bytes]:
        """Return the bytes of some of the files by their paths.

        Raises:
            ChangedMeanwhileError: they cannot be made any more.
            UsageError: a team's own target fails.
        """
        lacking = [entry for entry in entries if entry.path not in self._made]
        if lacking:
            shops = sorted({self._paths[entry.shop] for entry in lacking})
            again = {entry_of(file): file.data for file in self._again(shops)}
            if not again.keys() >= set(lacking):
                raise ChangedMeanwhileError
            self._made.update((entry.path, again[entry]) for entry in lacking)
        return {entry.path: self._made[entry.path] for entry in entries}


def _rendered(
    shops: Shops, targets: Mapping[str, Target], annotations: Annotations, environment: str
) -> tuple[tuple[RenderedFile, ...], list[ShopRelease]]:
    """Return an environment's files but for those of known shops, and what its other shops become."""
    files = render(shops.settings, targets, environment, shops.known)
    return files, shop_releases(shops.settings, files, annotations)


def _public(shops: Shops, made: Sequence[ShopRelease]) -> dict[str, PublicState]:
    """Return what the public sees of each shop, by its id."""
    every = sorted([*shops.known, *made], key=lambda shop: shop.path)
    return {shop.shop: shop.public for shop in every}
