"""Which findings are new, which are fixed, and which are only suppressed from now on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from wakagitops.core.diagnostic import Diagnostic
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.settings.renames import renames
from wakagitops.settings.repository import Repository
from wakagitops.validate.dedup import narrowed
from wakagitops.validate.pipeline import order
from wakagitops.validate.since import KeyOf, Occurrences, keys_of, occurrences, unknown


class FindingChanges(NamedTuple):
    """How the findings of two states differ; each finding names only the shops it differs for."""

    new: tuple[Diagnostic, ...] = ()
    fixed: tuple[Diagnostic, ...] = ()
    """Those of the base that are gone; their places are the base's."""
    suppressed: tuple[Diagnostic, ...] = ()
    """Those that the base reported too, and that a comment or the baseline hides now."""


class Found(NamedTuple):
    """What one state's check found."""

    repository: Repository
    reported: Sequence[Diagnostic]
    suppressed: Sequence[Diagnostic] = ()


def finding_changes(base: Found, new: Found) -> FindingChanges:
    """Compare two states, as ``--since`` does, in both directions.

    Raises:
        ToolError: a file cannot be read.
    """
    moved = renames(base.repository, new.repository)
    back = {there: here for here, there in moved.items()}

    def now(items: Iterable[Diagnostic]) -> Occurrences:
        return occurrences(items, base.repository, new.repository, moved)

    def then(items: Iterable[Diagnostic]) -> Occurrences:
        return occurrences(items, new.repository, base.repository, back)

    before, after = keys_of(base.repository), keys_of(new.repository)
    gone = unknown(base.reported, then(new.reported), before)
    return FindingChanges(
        _sorted(unknown(new.reported, now(base.reported), after)),
        _sorted(unknown(gone, then(new.suppressed), before)),
        _sorted(_known(new.suppressed, now(gone), after)),
    )


def newly_hidden(base: Found, new: Found) -> tuple[Diagnostic, ...]:
    """Return the findings that a comment or the baseline hides, and that none hid in the base.

    What a ``_defaults.yaml`` sets is one finding, however many added shops inherit it. A shop that the
    base had too, and that inherits it only now, is one that nobody has agreed to.

    Raises:
        ToolError: a file cannot be read.
    """
    if not new.suppressed:
        return ()
    state, moved = base.repository, renames(base.repository, new.repository)
    names = {
        state.shop_name(path): new.repository.shop_name(moved.get(path, path)) for path in state.shops
    }
    there = frozenset(names.values())
    before, after = keys_of(state), keys_of(new.repository)
    places: dict[tuple[str, str], set[str]] = {}
    shops: set[tuple[str, str]] = set()
    for item in base.suppressed:
        place = (before(item), moved.get(item.path, item.path))
        places.setdefault(place, set()).update(_reasons(item))
        shops.update((before(item), names.get(shop, shop)) for shop in item.shops)

    def hidden() -> Iterator[Diagnostic]:
        for item in new.suppressed:
            key = after(item)
            known = places.get((key, item.path))
            if known is None or not known >= _reasons(item):
                yield item
                continue
            left = tuple(shop for shop in item.shops if shop in there and (key, shop) not in shops)
            if left:
                yield narrowed(item, left)

    return _sorted(hidden())


def _reasons(item: Diagnostic) -> set[str]:
    """Return in what ways the related places take part in a finding, whatever they hold."""
    return {place.message.text for place in item.related}


def _known(items: Iterable[Diagnostic], known: Occurrences, key_of: KeyOf) -> Iterator[Diagnostic]:
    """Yield the findings that another state has too, each for the shops that it has there."""
    for item in items:
        left = unknown([item], known, key_of)
        if not item.shops:
            if not left:
                yield item
            continue
        rest = left[0].shops if left else ()
        shops = tuple(shop for shop in item.shops if shop not in rest)
        if shops:
            yield narrowed(item, shops)


def _sorted(items: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(sorted(items, key=order))
