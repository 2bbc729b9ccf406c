"""The folders of all caches: beginning one with what another checkout left, and removing them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from time import time

from wakagitops.cache.location import is_folder_name, make, why_unsafe

_KEPT_DAYS = 30
"""Caches that were not written for so long are removed when another one begins."""
_MOST = 64
"""The most caches that are kept, however young."""
_DAY = 24 * 60 * 60


def begin(root: str, name: str, files: tuple[str, ...]) -> None:
    """Begin the cache of a new checkout with what another checkout of the same repository left.

    What is taken over is found by content, so it may well be of no use, but it is never wrong.

    Args:
        root: the folder of all caches; ``location.why_unusable`` has nothing against it.
        name: the name of the new folder; where it exists already, nothing is done.
        files: the names of the files that depend on no checkout.
    """
    if os.path.lexists(os.path.join(root, name)):
        return
    configuration, _, _ = name.partition("-")
    found = [known for known in _newest_first(root) if known.startswith(configuration)]
    if not found:
        return
    with suppress(OSError):
        folder = make(root, name)
        for file in files:
            _copy(os.path.join(root, found[0], file), os.path.join(folder, file))


def remove_old(root: str) -> None:
    """Remove the caches that nobody has used for a long time, and those that are too many."""
    oldest = time() - _KEPT_DAYS * _DAY
    for number, name in enumerate(_newest_first(root)):
        path = os.path.join(root, name)
        with suppress(OSError):
            if number >= _MOST or os.lstat(path).st_mtime < oldest:
                _remove(path)


def clean(root: str) -> int:
    """Remove all caches, and nothing else that may lie beside them; return how many there were.

    Raises:
        OSError: one cannot be removed.
    """
    names = list(_newest_first(root))
    for name in names:
        _remove(os.path.join(root, name))
    with suppress(OSError):
        os.rmdir(root)
    return len(names)


def _newest_first(root: str) -> Iterator[str]:
    """Yield the names of the caches in a folder that are this user's alone."""
    try:
        with os.scandir(root) as entries:
            found = [
                (entry.stat(follow_symlinks=False).st_mtime_ns, entry.name)
                for entry in entries
                if is_folder_name(entry.name) and entry.is_dir(follow_symlinks=False)
            ]
    except OSError:
        return
    for _, name in sorted(found, reverse=True):
        if why_unsafe(os.path.join(root, name)) is None:
            yield name


def _remove(folder: str) -> None:
    import shutil  # noqa: PLC0415 - loads four compressors, and is hardly ever needed

    shutil.rmtree(folder)


def _copy(source: str, target: str) -> None:
    with suppress(FileNotFoundError):
        reading = os.open(source, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with open(reading, "rb") as old:
            writing = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(writing, "wb") as new:
                while chunk := old.read(1024 * 1024):
                    new.write(chunk)
