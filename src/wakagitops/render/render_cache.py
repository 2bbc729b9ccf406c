"""What one shop becomes, which is kept: a shop whose files did not change is not rendered again.

It depends on nothing but the bytes of the shop's file and of its defaults, where it lies, the targets
and the tool. So it is kept in the repository's cache under a digest of exactly these, and is never
wrong, only unused. What is kept of a file is its digest, not its bytes; they are made anew where the
output folder lacks them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from wakagitops.core.digests import digest
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.render.cache_bust import Artefact, PublicState, public_states
from wakagitops.render.files import RenderedFile, Target
from wakagitops.render.manifest import Entry, entry_of
from wakagitops.settings.model import ShopSettings
from wakagitops.settings.repository import Repository
from wakagitops.settings.schema import Annotations
from wakagitops.validate import codec
from wakagitops.validate.cache_folder import sealed, unsealed
from wakagitops.validate.results_cache import ResultsCache

_NAME = "releases"
_ENTRY = [str, str, int, int, str, str]
_ARTEFACT = [str, str, int]


class ShopRelease(NamedTuple):
    """All that a deployment holds of one shop, but for the bytes."""

    path: str
    """The shop's own file."""
    environment: str
    shop: str
    """The shop's id."""
    files: tuple[Entry, ...]
    """The shop's own files, sorted by path."""
    public: PublicState
    """What the public sees of it. The fleet's public files are among it, which the tool and its
    options alone decide."""


def shop_releases(
    settings: Iterable[ShopSettings], files: Iterable[RenderedFile], annotations: Annotations
) -> list[ShopRelease]:
    """Return what shops become.

    Args:
        settings: shops of one environment.
        files: their files, and those of the whole fleet, sorted by path.
        annotations: which settings are public.
    """
    settings, files = list(settings), list(files)
    states = public_states(settings, files, annotations)
    own: dict[str, list[Entry]] = {}
    for file in files:
        if file.shop:
            own.setdefault(file.shop, []).append(entry_of(file))
    return [
        ShopRelease(
            shop.path, shop.environment, shop.shop, tuple(own.get(shop.shop, ())), states[shop.shop]
        )
        for shop in settings
    ]


class KeptReleases:
    """What earlier runs left of shops in a repository's cache."""

    def __init__(self, cache: ResultsCache | None, targets: Mapping[str, Target]) -> None:
        """Read what there is.

        Args:
            cache: the repository's cache; None keeps and knows nothing.
            targets: the targets by name; the cache knows the options of the built-in ones.
        """
        self._cache = cache
        self._targets = digest(*(f"{name} {target.digest}" for name, target in targets.items()))
        self._lines = cache.lines(_NAME) if cache is not None else {}
        self._used: dict[bytes, int] = {}

    def of(self, repository: Repository, digests: Mapping[str, str]) -> dict[str, ShopRelease]:
        """Return what is known of the shops of a tree, by the path of their files.

        Args:
            repository: the tree.
            digests: by settings file, the digest of its bytes.
        """
        found = {}
        for path in repository.shops if self._lines else ():
            key = self._key(repository, path, digests)
            line = self._lines.get(key)
            release = _decoded(line) if line is not None else None
            if line is not None and release is not None and release.path == path:
                found[path] = release
                self._used[key] = len(line)
        return found

    def keep(
        self, releases: Sequence[ShopRelease], repository: Repository, digests: Mapping[str, str]
    ) -> None:
        """Keep what shops became that were not known.

        Args:
            releases: what they became; no value of them was refused.
            repository: the tree that they were read from.
            digests: by settings file, the digest of the bytes that they were made from.
        """
        if self._cache is None or not releases:
            return
        lines = []
        for release in releases:
            key = self._key(repository, release.path, digests)
            line = sealed(key, codec.encode(release).encode("ascii"))
            self._used[key] = len(line)
            lines.append(line)
        self._cache.keep(_NAME, lines, self._used)

    def _key(self, repository: Repository, path: str, digests: Mapping[str, str]) -> bytes:
        assert self._cache is not None  # noqa: S101 - without one there is nothing to find or keep
        chain = (f"{above} {digests[above]}" for above in repository.chain(path))
        environment = repository.environment(path)
        return self._cache.key(_NAME, self._targets, path, environment, digests[path], *chain)


def _decoded(line: bytes) -> ShopRelease | None:
    text = unsealed(line)
    if text is None:
        return None
    try:
        path, environment, shop, files, (values, artefacts, _) = json.loads(text)
        entries = tuple(Entry(*file) for file in files)
        public = PublicState(values, {name: Artefact(*item) for name, item in artefacts.items()})
    except (RecursionError, *codec.MALFORMED):
        return None
    found = ShopRelease(path, environment, shop, entries, public)
    return found if _is_in_form(found) else None


def _is_in_form(release: ShopRelease) -> bool:
    """Tell whether a line that bears our seal holds what ours do."""
    match release.public.values:
        case {"email": str(), "publish": str(), "url": str(), "pages": [*pages]}:
            texts = [release.path, release.environment, release.shop, *pages]
        case _:
            return False
    return (
        all(isinstance(text, str) for text in texts)
        and all(_types(file) == _ENTRY and file.shop == release.shop for file in release.files)
        and all(_types(item) == _ARTEFACT for item in release.public.artefacts.values())
    )


def _types(values: Iterable[object]) -> list[type]:
    return list(map(type, values))
