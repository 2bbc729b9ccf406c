"""Whose caches a change makes stale, for pages that show no more of a plan than that."""

from __future__ import annotations

from collections.abc import Mapping

from wakagitops.core.named_tuple import NamedTuple
from wakagitops.plan.consequences import NOT_THERE, Rendered, Renderer, cache_changes
from wakagitops.plan.pairs import FileComparison, pairs
from wakagitops.render.cache_bust import BUTTON
from wakagitops.render.files import Target
from wakagitops.settings.repository import Repository
from wakagitops.settings.schema import Annotations
from wakagitops.validate.result import CacheChanges, StaleCache

_CONTACT = "/contact/email"


class PublicSide(NamedTuple):
    """One state, as far as the public sees it."""

    repository: Repository
    targets: Mapping[str, Target]
    """The public target by its name, or none where it is not rendered."""
    rendering: object
    """Whatever decides how settings are rendered; equal where both states do it alike."""


def stale_caches_since(
    revision: str, base: PublicSide, new: PublicSide, annotations: Annotations
) -> CacheChanges:
    """Compare what the public sees of each shop in two states.

    Args:
        revision: the name of the state before.
        base: that state.
        new: the state after.
        annotations: what the schema says of each setting.

    Raises:
        ToolError: a file cannot be read.
    """
    before = Renderer(base.repository, base.targets, annotations)
    after = Renderer(new.repository, new.targets, annotations)
    shops = pairs(base.repository, new.repository)
    if base.rendering == new.rendering:
        shops = FileComparison(base.repository, new.repository).differing(shops)
    stale, unjudged = [], []
    for pair in shops:
        old, now = _seen(before, pair.base), _seen(after, pair.new)
        if old is None or now is None or now.refused:
            unjudged.append(pair.name)
            continue
        changes = cache_changes(old, now, annotations, pair.environment)
        reasons = dict.fromkeys(reason.message for change in changes for reason in change.reasons)
        if reasons:
            urls = sorted({url for change in changes for url in change.urls})
            stale.append(StaleCache(pair.name, tuple(reasons), tuple(urls)))
    contact = annotations.at(_CONTACT)
    panel = contact.panel if contact is not None else ""
    return CacheChanges(revision, tuple(stale), tuple(unjudged), panel, BUTTON)


def _seen(renderer: Renderer, path: str) -> Rendered | None:
    """Render a shop by the path of its file, which is empty where there is none.

    Returns:
        None where its file, or a ``_defaults.yaml`` above it, is no YAML.
    """
    if not path:
        return NOT_THERE
    read = renderer.reader.shop(path)
    return renderer.render(read) if read.is_whole else None
