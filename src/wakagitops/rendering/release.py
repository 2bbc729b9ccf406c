"""A release: for each environment, the files that shall lie there and what that means for caches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from wakagitops.core.named_tuple import NamedTuple
from wakagitops.reading.annotations import Annotations
from wakagitops.reading.settings import ShopSettings
from wakagitops.rendering.cache_bust import (
    Change,
    Previous,
    as_previous,
    changes,
    encode,
    public_states,
)
from wakagitops.rendering.deployment import Want
from wakagitops.rendering.files import Target
from wakagitops.rendering.manifest import PUBLIC_TARGET
from wakagitops.rendering.render import refused, render


class Release(NamedTuple):
    """What shall lie in the output folder of one environment."""

    want: Want
    changes: tuple[Change, ...]
    """What it means for the caches of each shop."""


def environments(named: Sequence[str], settings: Iterable[ShopSettings]) -> tuple[str, ...]:
    """Return the environments to render: those named, and none's where a shop is in no environment."""
    if not named or any(not shop.environment for shop in settings):
        return ("", *named)
    return tuple(named)


def releases(
    settings: Sequence[ShopSettings],
    targets: Mapping[str, Target],
    previous: Mapping[str, Previous],
    annotations: Annotations,
    *,
    only: frozenset[str] | None = None,
) -> tuple[Release, ...]:
    """Return the release of each environment that ``previous`` names.

    Args:
        settings: all shops; none of them has a value that a target refuses.
        targets: the targets by name.
        previous: the state before, by environment.
        annotations: what the schema says of each setting.
        only: the targets that may be written; None for all. Without the public one among them,
            caches are left as they are too.

    Raises:
        UsageError: a team's own target fails.
    """
    made = []
    for environment, before in previous.items():
        shops = [shop for shop in settings if shop.environment == environment]
        files = render(shops, targets, environment)
        states = public_states(shops, files, annotations)
        found = changes(states, before, annotations, environment=environment)
        caches = only is None or PUBLIC_TARGET in only or PUBLIC_TARGET not in targets
        if only is not None:
            files = tuple(file for file in files if file.target in only)
        want = Want(environment, files, encode(found, annotations) if caches else None, only)
        made.append(Release(want, found if caches else ()))
    return tuple(made)


def applied(
    settings: Sequence[ShopSettings],
    targets: Mapping[str, Target],
    annotations: Annotations,
    environment: str = "",
) -> Previous:
    """Return settings, those of an older revision, as the deployment that was applied last.

    Shops that cannot be rendered count as never published, so that their caches are emptied.

    Raises:
        UsageError: a team's own target fails.
    """
    shops = [shop for shop in settings if shop.environment == environment]
    unfit = {item.path for item in refused(shops, targets)}
    shops = [shop for shop in shops if shop.path not in unfit]
    states = public_states(shops, render(shops, targets, environment), annotations)
    return as_previous(states, annotations, environment=environment)
