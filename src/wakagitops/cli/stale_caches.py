"""Telling a report which caches to empty, where there is a revision to compare with."""

from __future__ import annotations

from wakagitops.cli.checking_run import Prepared
from wakagitops.core.errors import UsageError
from wakagitops.plan.revisions import earlier_options, rendering_of
from wakagitops.plan.stale_caches import PublicSide, stale_caches_since
from wakagitops.render.manifest import PUBLIC_TARGET
from wakagitops.render.target_selection import selected_targets
from wakagitops.settings.config import Options
from wakagitops.settings.repository import Repository
from wakagitops.settings.schema import shipped_annotations
from wakagitops.sources.git import RevisionTree
from wakagitops.sources.overlay import BorrowedTree
from wakagitops.validate.result import CacheChanges, CheckResult


def with_caches(
    result: CheckResult, prepared: Prepared, revision: str, *, own_config: bool
) -> CheckResult:
    """Return a result that knows which caches the changes since a revision make stale.

    Only what the public sees is rendered, in memory, and only of shops whose files differ.

    Args:
        result: the outcome of the check; of its shops alone something is said, where it has not all.
        prepared: what was checked.
        revision: the git revision to compare with.
        own_config: whether the revision's own ``wakagitops.toml`` says how it was laid out.

    Raises:
        UsageError: git knows no such revision, or the public target's options are wrong.
        ToolError: git fails, or a file cannot be read.
    """
    options = prepared.options
    with RevisionTree(options.base, revision) as tree:
        former = earlier_options(tree, options) if own_config else options
        new = _side(prepared.repository, options)
        old = Repository(BorrowedTree(tree, prepared.repository.tree), former.layout)
        try:
            base = _side(old, former)
        except UsageError:
            # How it was rendered then is not known: as if by today's options.
            base = new._replace(repository=old)
        caches = stale_caches_since(tree.revision, base, new, shipped_annotations())
    if prepared.request.given is not None:
        caches = _of_shops(caches, frozenset(result.shop_names.values()))
    return result._replace(caches=caches)


def _side(repository: Repository, options: Options) -> PublicSide:
    public = tuple(name for name in options.targets if name == PUBLIC_TARGET)
    targets = selected_targets(options._replace(targets=public))
    return PublicSide(repository, targets, rendering_of(options, targets))


def _of_shops(caches: CacheChanges, names: frozenset[str]) -> CacheChanges:
    return caches._replace(
        stale=tuple(item for item in caches.stale if item.shop in names),
        unjudged=tuple(name for name in caches.unjudged if name in names),
    )
