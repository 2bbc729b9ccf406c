"""From settings to files: every target's, for every shop of an environment, or what is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wakagitops.core.errors import UsageError
from wakagitops.core.messages import Message, msg
from wakagitops.reading.settings import ShopSettings
from wakagitops.rendering import cache_bust
from wakagitops.rendering.files import Fleet, RenderedFile, Target
from wakagitops.rendering.manifest import is_safe_path
from wakagitops.rendering.refusing import refusals
from wakagitops.rendering.shops import Refused


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
    settings: Sequence[ShopSettings], targets: Mapping[str, Target], environment: str = ""
) -> tuple[RenderedFile, ...]:
    """Return the files of one environment, sorted by path.

    Args:
        settings: its shops; none of them has a value that a target refuses.
        targets: the targets by name.
        environment: its name; empty where there are none.

    Raises:
        UsageError: a team's own target fails, or writes where it must not, or where another does.
    """
    if not settings:
        return ()
    fleet = Fleet(environment, sorted(shop.shop for shop in settings))
    files = [file for target in targets.values() for file in target.shared(fleet)]
    files += [
        file
        for shop in sorted(settings, key=lambda shop: shop.shop)
        for target in targets.values()
        for file in target.render(shop)
    ]
    files.sort(key=lambda file: file.path)
    _refuse_collisions(files)
    return tuple(files)


def _refuse_collisions(files: Sequence[RenderedFile]) -> None:
    """Stop where two files cannot both be, on a disk that ignores case either.

    Raises:
        UsageError: two targets write the same path, or one a file where the other has a folder.
    """
    owners: dict[str, RenderedFile] = {}
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


def _collision(file: RenderedFile, other: RenderedFile) -> Message:
    return msg(
        "{path} of the target {target} cannot lie beside {other_path} of the target {other_target}",
        path=file.path,
        target=file.target,
        other_path=other.path,
        other_target=other.target,
    )
