"""Read and replace files without following a link: a repository's links lead nowhere.

Each folder below a trusted one is opened from the descriptor of its parent with `O_NOFOLLOW`, so that a
folder replaced by a link meanwhile is refused too. Where the system has no such calls (Windows), each
part is examined before the file is opened. What is read is a regular file of bounded size; a pipe or a
device is refused without waiting for it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable, Iterator

_lock: Callable[[int, int], object] | None
try:
    from fcntl import LOCK_EX as _WAIT
    from fcntl import LOCK_NB
    from fcntl import flock as _lock
except ImportError:
    _lock = None
else:
    _TRY = _WAIT | LOCK_NB

REPOSITORY_FILE_BYTES = 64 << 20
"""The most that is read of a file that a repository names, where nothing smaller is said."""

_REGULAR_ONLY = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_HAS_DESCRIPTORS = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")
_CHUNK = 1 << 20
_START, _RANDOM, _END = ".wakagitops-", 32, ".tmp"
"""What the name of a temporary file is made of: the number is that of its hexadecimal digits."""
_cleaned: set[tuple[int, int]] = set()
"""The folders that were searched for leftovers, by device and inode."""


def read_named(path: str, limit: int = REPOSITORY_FILE_BYTES) -> bytes:
    """Return the bytes of a file named on the command line.

    No link inside a repository is followed. Outside of one the path is trusted: it may be a pipe or
    lead through links.

    Args:
        path: an absolute path, or one relative to the current directory.
        limit: the most bytes that the file may have.

    Raises:
        OSError: as for ``read_below``.
    """
    full = os.path.abspath(path)
    root = repository_root(full)
    if root:
        return read_below(root, os.path.relpath(full, root), limit)
    with open(full, "rb") as file:
        return _bounded(file.fileno(), limit, full)


def read_below(root: str, path: str, limit: int = REPOSITORY_FILE_BYTES) -> bytes:
    """Return the bytes of a regular file below a trusted folder, and follow no link.

    Args:
        root: the trusted folder.
        path: relative to it.
        limit: the most bytes that the file may have.

    Raises:
        FileNotFoundError: there is no such file.
        OSError: ``ELOOP`` where a part of the path is a link, ``EFBIG`` where the file is larger than
            the limit, ``ENXIO`` where it is a pipe or a device, ``EINVAL`` where the path leads out of
            the folder; others where it cannot be read.
    """
    with _parent(root, path) as (parent, folder, name):
        handle = _open_file(parent, os.path.join(folder, name), path)
    try:
        return _bounded(handle, limit, path)
    finally:
        os.close(handle)


def repository_root(full: str) -> str:
    """Return the outermost folder above a path that holds a ``.git``; empty where there is none.

    The nearest one is not enough: a folder behind a link of the repository may hold a ``.git`` too.

    Args:
        full: an absolute path, without ``..``.
    """
    found, folder = "", os.path.dirname(full)
    while True:
        if os.path.lexists(os.path.join(folder, ".git")):
            found = folder
        above = os.path.dirname(folder)
        if above == folder:
            return found
        folder = above


def refuse_links_of_repository(path: str) -> None:
    """Stop where a path named on the command line is a link of a repository or lies behind one.

    Raises:
        OSError: ``ELOOP``, where it does.
    """
    full = os.path.abspath(path)
    root = repository_root(full)
    if root:
        refuse_links(root, os.path.relpath(full, root).replace(os.sep, "/"))


def open_folder(path: str, *, create: bool = False) -> int:
    """Return a descriptor of a folder named on the command line; links of a repository are not followed.

    Raises:
        FileNotFoundError: it does not exist, and ``create`` is false.
        OSError: a part of the path is a link or no folder, or it cannot be made or opened.
    """
    full = os.path.abspath(path)
    root = repository_root(full)
    if not root:
        if create:
            os.makedirs(full, exist_ok=True)
        return os.open(full, os.O_RDONLY | os.O_DIRECTORY)
    parent = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for name in os.path.relpath(full, root).split(os.sep):
            if create:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(name, dir_fd=parent)
            inner = _open_folder(parent, name, path)
            os.close(parent)
            parent = inner
    except OSError:
        os.close(parent)
        raise
    return parent


def replace_file(path: str, data: bytes, *, is_new: bool = False) -> None:
    """Replace a file named on the command line; no link inside its git repository is followed.

    Args:
        path: an absolute path, or one relative to the current directory.
        data: the new content.
        is_new: True if the file must not be there yet.

    Raises:
        FileExistsError: it is there, and must not be.
        OSError: a part of the path is a link, the target is no regular file, or it cannot be written.
    """
    full = os.path.abspath(path)
    if is_new and os.path.lexists(full):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path)
    root = repository_root(full)
    if not root:
        full = os.path.realpath(full)
        root = os.path.dirname(full)
    replace_below(root, os.path.relpath(full, root), data)


def replace_below(
    root: str, path: str, data: bytes, mode: int | None = None, before: bytes | None = None
) -> None:
    """Replace a file below a trusted folder by a new one of these bytes, and follow no link.

    Args:
        root: the trusted folder.
        path: relative to it.
        data: the new content.
        mode: the permissions, less set-user-id and set-group-id; without it, as for any new file.
        before: the content that the file must still have when it is replaced; it also keeps its mode.

    Raises:
        ChangedError: the file holds something else than ``before``.
        OSError: a part of the path is a link, the target is no regular file, or it cannot be written.
    """
    with _parent(root, path) as (parent, folder, name):
        _write(parent, folder, name, data, mode, before)


class ChangedError(Exception):
    """A file was changed by somebody else between its reading and its replacement."""


@contextlib.contextmanager
def _parent(root: str, path: str) -> Iterator[tuple[int | None, str, str]]:
    """Yield the descriptor of the folder that a path lies in, its path where there is none, the name."""
    *folders, name = path.replace(os.sep, "/").split("/")
    if "\0" in path or {"", ".", ".."} & {*folders, name}:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), path)
    if not _HAS_DESCRIPTORS:
        refuse_links(root, "/".join((*folders, name)))
        yield None, os.path.join(root, *folders), name
        return
    parent = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for folder in folders:
            inner = _open_folder(parent, folder, path)
            os.close(parent)
            parent = inner
        yield parent, "", name
    finally:
        os.close(parent)


def _open_folder(parent: int, name: str, path: str) -> int:
    try:
        return os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=parent)
    except NotADirectoryError:
        # Linux says so of a link, too.
        if stat.S_ISLNK(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode):
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path) from None
        raise


def _open_file(parent: int | None, name: str, path: str) -> int:
    handle = os.open(name, _REGULAR_ONLY, dir_fd=parent)
    try:
        refuse_irregular(os.fstat(handle).st_mode, path)
    except OSError:
        os.close(handle)
        raise
    return handle


def refuse_irregular(mode: int, path: str) -> None:
    """Stop where a mode is not that of a regular file.

    Raises:
        OSError: ``ELOOP`` for a link, ``EISDIR`` for a folder, ``ENXIO`` for anything else.
    """
    if stat.S_ISREG(mode):
        return
    code = errno.ELOOP if stat.S_ISLNK(mode) else errno.EISDIR if stat.S_ISDIR(mode) else errno.ENXIO
    raise OSError(code, os.strerror(code), path)


def _bounded(handle: int, limit: int, path: str) -> bytes:
    chunks = []
    left = limit + 1
    while left and (data := os.read(handle, min(left, _CHUNK))):
        chunks.append(data)
        left -= len(data)
    if not left:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), path)
    return b"".join(chunks)


def refuse_links(root: str, path: str) -> None:
    """Stop where a path below a trusted folder is a link or lies behind one.

    Raises:
        OSError: ``ELOOP``, where it does.
    """
    full = root
    for part in path.split("/"):
        full = os.path.join(full, part)
        if os.path.islink(full):
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)


def _write(  # noqa: PLR0913, PLR0917 - the place and the content
    parent: int | None, folder: str, name: str, data: bytes, mode: int | None, before: bytes | None
) -> None:
    target = os.path.join(folder, name)
    with contextlib.suppress(FileNotFoundError):
        status = os.stat(target, dir_fd=parent, follow_symlinks=False)
        refuse_irregular(status.st_mode, name)
        if before is not None:
            mode = stat.S_IMODE(status.st_mode)
    if parent is not None:
        _drop_leftovers(parent)
    beside, handle = _temporary(parent, folder, 0o666 if mode is None else 0o600)
    try:
        with open(handle, "wb") as file:
            file.write(data)
            if mode is not None and hasattr(os, "fchmod"):
                os.fchmod(handle, mode & 0o1777)
            file.flush()
            os.fsync(handle)
            if parent is None:
                # Windows renames no open file; elsewhere its lock is held until it has its name.
                file.close()
            if before is not None:
                _refuse_changed(parent, target, before)
            os.replace(beside, target, src_dir_fd=parent, dst_dir_fd=parent)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside, dir_fd=parent)
        raise
    if parent is not None:
        os.fsync(parent)


def _temporary(parent: int | None, folder: str, mode: int) -> tuple[str, int]:
    """Make a new file of a random, hidden name and lock it; return its path and its descriptor."""
    flags = (
        os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    )
    while True:
        beside = os.path.join(folder, f"{_START}{os.urandom(_RANDOM // 2).hex()}{_END}")
        handle = os.open(beside, flags, mode, dir_fd=parent)
        if _lock is None:
            return beside, handle
        with contextlib.suppress(OSError):
            # Some network file systems have no locks; there, leftovers stay.
            _lock(handle, _WAIT)
        if os.fstat(handle).st_nlink:
            return beside, handle
        # Another run took it for a leftover before it was locked.
        os.close(handle)


def _drop_leftovers(parent: int) -> None:
    """Remove the temporary files that killed runs left in a folder, once in the life of this process.

    Who writes one holds its lock, so a file that can be locked is nobody's any more.
    """
    status = os.fstat(parent)
    if _lock is None or (status.st_dev, status.st_ino) in _cleaned:
        return
    _cleaned.add((status.st_dev, status.st_ino))
    for name in os.listdir(parent):
        if is_temporary(name):
            with contextlib.suppress(OSError):
                handle = _open_file(parent, name, name)
                try:
                    _lock(handle, _TRY)
                    os.unlink(name, dir_fd=parent)
                finally:
                    os.close(handle)


def is_temporary(name: str) -> bool:
    """Return True if a file has a name as temporary files of this module have it."""
    middle = name[len(_START) : -len(_END)]
    return (
        name.startswith(_START)
        and name.endswith(_END)
        and len(middle) == _RANDOM
        and not middle.strip("0123456789abcdef")
    )


def _refuse_changed(parent: int | None, target: str, before: bytes) -> None:
    handle = _open_file(parent, target, target)
    try:
        found = os.read(handle, len(before) + 1)
        while len(found) <= len(before) and (chunk := os.read(handle, _CHUNK)):
            found += chunk
    finally:
        os.close(handle)
    if found != before:
        raise ChangedError
