"""Replace files without following a link: a repository's links are no permission to write elsewhere.

Each folder below a trusted one is opened from the descriptor of its parent with `O_NOFOLLOW`, so that a
folder replaced by a link meanwhile is refused too. Where the system has no such calls (Windows), each
part is examined before the file is written.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat


def replace_file(path: str, data: bytes) -> None:
    """Replace a file named on the command line; no link inside its git repository is followed.

    Raises:
        OSError: a part of the path is a link, the target is no regular file, or it cannot be written.
    """
    full = os.path.abspath(path)
    root = folder = os.path.dirname(full)
    while os.path.dirname(folder) != folder:
        if os.path.lexists(os.path.join(folder, ".git")):
            root = folder
            break
        folder = os.path.dirname(folder)
    else:
        full = os.path.realpath(full)
        root = os.path.dirname(full)
    replace_below(root, os.path.relpath(full, root), data)


def replace_below(root: str, path: str, data: bytes, mode: int | None = None) -> None:
    """Replace a file below a trusted folder by a new one of these bytes, and follow no link.

    Args:
        root: the trusted folder.
        path: relative to it.
        data: the new content.
        mode: the permissions, less set-user-id and set-group-id; without it, as for any new file.

    Raises:
        OSError: a part of the path is a link, the target is no regular file, or it cannot be written.
    """
    *folders, name = path.replace(os.sep, "/").split("/")
    if name in ("", ".", "..") or ".." in folders:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), path)
    if os.open not in os.supports_dir_fd or not hasattr(os, "O_NOFOLLOW"):
        _refuse_links(root, [*folders, name])
        _write(None, os.path.join(root, *folders), name, data, mode)
        return
    parent = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for folder in folders:
            inner = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=parent)
            os.close(parent)
            parent = inner
        _write(parent, "", name, data, mode)
    finally:
        os.close(parent)


def _refuse_links(root: str, parts: list[str]) -> None:
    path = root
    for part in parts:
        path = os.path.join(path, part)
        if os.path.islink(path):
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)


def _write(parent: int | None, folder: str, name: str, data: bytes, mode: int | None) -> None:
    target = os.path.join(folder, name)
    with contextlib.suppress(FileNotFoundError):
        kind = os.stat(target, dir_fd=parent, follow_symlinks=False).st_mode
        if not stat.S_ISREG(kind):
            code = (
                errno.ELOOP
                if stat.S_ISLNK(kind)
                else errno.EISDIR
                if stat.S_ISDIR(kind)
                else errno.EINVAL
            )
            raise OSError(code, os.strerror(code), name)
    beside = os.path.join(folder, f".wakagitops-{secrets.token_hex(16)}.tmp")
    flags = (
        os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    )
    handle = os.open(beside, flags, 0o666, dir_fd=parent)
    try:
        with open(handle, "wb") as file:
            file.write(data)
            if mode is not None and hasattr(os, "fchmod"):
                os.fchmod(handle, mode & 0o1777)
            file.flush()
            os.fsync(handle)
        os.replace(beside, target, src_dir_fd=parent, dst_dir_fd=parent)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside, dir_fd=parent)
        raise
