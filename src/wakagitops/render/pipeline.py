"""From settings to files: every target's, for every shop of an environment, or what is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wakagitops.core.errors import UsageError
from wakagitops.core.messages import Message, msg
from wakagitops.render import cache_bust
from wakagitops.render.files import Fleet, RenderedFile, Target
from wakagitops.render.manifest import Entry, is_safe_path
from wakagitops.render.refusals import refusals
from wakagitops.render.render_cache import ShopRelease
from wakagitops.render.shops import Refused
from wakagitops.settings.model import ShopSettings


def refused(settings: Sequence[ShopSettings], targets: Mapping[str, Target]) -> tuple[Refused, ...]:
    """Return every value that cannot be rendered, each once, in the order of the shops.

    Args:
        settings: the shops.
        targets: the targets by name.
    """
    found: dict[tuple[str, str], Refused] = {}
    for shop in settings:
        for refusal in cache_bust.refusals(shop):
            found.setdefault((shop.path, refusal.pointer), Refused(shop.path, refusal))
        for name, target in targets.items():
            for refusal in refusals(target, shop):
                message = msg(
                    "the target {target} cannot carry this: {reason}",
                    target=name,
                    reason=refusal.message,
                )
                named = Refused(shop.path, refusal._replace(message=message))
                found.setdefault((shop.path, refusal.pointer), named)
    return tuple(found.values())


def render(
    settings: Sequence[ShopSettings],
    targets: Mapping[str, Target],
    environment: str = "",
    known: Sequence[ShopRelease] = (),
) -> tuple[RenderedFile, ...]:
    """Return the files of one environment, sorted by path.

    Args:
        settings: its shops; none of them has a value that a target refuses.
        targets: the targets by name.
        environment: its name; empty where there are none.
        known: its other shops, whose own files are not rendered again.

    Raises:
        UsageError: a team's own target fails, or writes where it must not, or where another does.
    """
    shops: list[ShopSettings | ShopRelease] = [*settings, *known]
    shops.sort(key=lambda shop: (shop.shop, shop.path))
    if not shops:
        return ()
    fleet = Fleet(environment, [shop.shop for shop in shops])
    files: list[RenderedFile | Entry] = [
        file for target in targets.values() for file in target.shared(fleet)
    ]
    for shop in shops:
        files += shop.files if isinstance(shop, ShopRelease) else shop_files(shop, targets)
    files.sort(key=lambda file: file.path)
    _refuse_collisions(files)
    return tuple(file for file in files if isinstance(file, RenderedFile))


def shop_files(settings: ShopSettings, targets: Mapping[str, Target]) -> tuple[RenderedFile, ...]:
    """Return the files of one shop, in the order of the targets.

    Raises:
        UsageError: a team's own target fails.
    """
    return tuple(file for target in targets.values() for file in target.render(settings))


def _refuse_collisions(files: Sequence[RenderedFile | Entry]) -> None:
    """Stop where two files cannot both be, on a disk that ignores case either.

    Raises:
        UsageError: two targets write the same path, or one a file where the other has a folder.
    """
    owners: dict[str, RenderedFile | Entry] = {}
    for file in files:
        if not is_safe_path(file.path):
            message = msg("the target {target} may not write {path}", target=file.target, path=file.path)
            raise UsageError(message)
        other = owners.setdefault(file.path.casefold(), file)
        if other is not file:
            raise UsageError(_collision(file, other))
    for file in files:
        folder = file.path.casefold()
        while folder := folder.rpartition("/")[0]:
            if folder in owners:
                raise UsageError(_collision(file, owners[folder]))


def _collision(file: RenderedFile | Entry, other: RenderedFile | Entry) -> Message:
    return msg(
        "{path} of the target {target} cannot lie beside {other_path} of the target {other_target}",
        path=file.path,
        target=file.target,
        other_path=other.path,
        other_target=other.target,
    )
