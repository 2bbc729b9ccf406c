"""An output folder on disk, reached part by part through descriptors: nothing leads out of it."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterable
from contextlib import suppress
from enum import Enum
from hashlib import sha256
from types import TracebackType
from typing import Self

from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.patterns import regex

_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_MANY = 32
"""From so many files on, one sync of the file system is cheaper than one for each file."""
_CHUNK = 1 << 20
_LEFTOVER = regex(r"\.wakagitops-render-[0-9a-f]{32}\.tmp\Z")
_NOT_EMPTY = (errno.ENOTEMPTY, errno.EEXIST, errno.EBUSY)


class Kind(Enum):
    """What stands at a path."""

    ABSENT = "absent"
    FILE = "file"
    OTHER = "other"
    """A folder, a symlink, a device: nothing of ours."""
    OBSTRUCTED = "obstructed"
    """Something that is no folder stands where the path needs one."""


class Found(NamedTuple):
    """What stands at a path, and which part of the path it is."""

    kind: Kind
    path: str
    size: int = 0
    mode: int = 0
    is_folder: bool = False
    device: int = 0
    inode: int = 0
    mtime: int = 0
    ctime: int = 0
    """Both times are in nanoseconds."""


class ObstructedError(Exception):
    """A part of a path that must be a folder is none, or is a symlink."""

    def __init__(self, path: str) -> None:
        """Keep the part of the path that is in the way."""
        super().__init__(path)
        self.path = path


class OutFolder:
    """A folder held open. Paths are relative to it, with ``/``; symlinks below it are never followed.

    Names go to the operating system as UTF-8 whatever the locale, so that it decides nothing.
    All methods let ``OSError`` pass; the caller knows what it was about.
    """

    def __init__(self, fd: int, path: str) -> None:
        """Take over a descriptor of the folder; ``path`` is for messages."""
        self.fd = fd
        self.path = path
        self._beside: dict[str, bytes] = {}
        """The temporary name of each file that is not in its place yet."""
        self._open = [("", fd)]
        """The folder used last, after those that it lies in, since paths come sorted."""

    def __enter__(self) -> Self:
        """Return the folder itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the descriptors."""
        self.forget()
        os.close(self.fd)

    def inside(self, name: str, *, create: bool) -> OutFolder:
        """Open a folder directly below this one.

        Raises:
            FileNotFoundError: it does not exist and ``create`` is false.
            ObstructedError: something else has its name, a symlink perhaps.
        """
        return OutFolder(_descend(self.fd, name, name, create=create), os.path.join(self.path, name))

    def forget(self) -> None:
        """Close the folder used last, and those that it lies in."""
        while len(self._open) > 1:
            os.close(self._open.pop()[1])

    def look(self, path: str) -> Found:
        """Tell what stands at a path."""
        try:
            parent, name = self._parent(path)
            status = os.stat(name, dir_fd=parent, follow_symlinks=False)
        except FileNotFoundError:
            return Found(Kind.ABSENT, path)
        except ObstructedError as error:
            return Found(Kind.OBSTRUCTED, error.path)
        if not stat.S_ISREG(status.st_mode):
            return Found(Kind.OTHER, path, is_folder=stat.S_ISDIR(status.st_mode))
        return Found(
            Kind.FILE,
            path,
            status.st_size,
            stat.S_IMODE(status.st_mode),
            device=status.st_dev,
            inode=status.st_ino,
            mtime=status.st_mtime_ns,
            ctime=status.st_ctime_ns,
        )

    def read(self, path: str, limit: int) -> bytes:
        """Return a regular file's bytes, at most ``limit`` of them.

        Raises:
            ObstructedError: the path crosses what is no folder.
        """
        parent, name = self._parent(path)
        # Without O_NONBLOCK, a pipe that took the file's place would hang the run.
        fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=parent)
        try:
            chunks = []
            while limit > 0 and (data := os.read(fd, min(limit, _CHUNK))):
                chunks.append(data)
                limit -= len(data)
            return b"".join(chunks)
        finally:
            os.close(fd)

    def digest(self, path: str) -> str:
        """Return the SHA-256 of a regular file in hexadecimal."""
        parent, name = self._parent(path)
        fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=parent)
        hashed = sha256()
        try:
            while data := os.read(fd, _CHUNK):
                hashed.update(data)
        finally:
            os.close(fd)
        return hashed.hexdigest()

    def write_beside(self, path: str, data: bytes, mode: int, created: Callable[[str], None]) -> None:
        """Write a file under its temporary name, in the folder that it belongs in.

        Args:
            path: where the file shall be.
            data: all its bytes.
            mode: its permission bits.
            created: told of each folder that had to be made.

        Raises:
            ObstructedError: the path crosses what is no folder.
        """
        parent, _ = self._parent(path, created)
        beside = b".wakagitops-render-" + os.urandom(16).hex().encode() + b".tmp"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        fd = os.open(beside, flags, 0o600, dir_fd=parent)
        self._beside[path] = beside
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(fd, rest) :]
            os.fchmod(fd, mode)
        finally:
            os.close(fd)

    def put_in_place(self, path: str) -> None:
        """Rename a file from its temporary name to its own."""
        parent, name = self._parent(path)
        os.rename(self._beside[path], name, src_dir_fd=parent, dst_dir_fd=parent)
        del self._beside[path]

    def drop_beside(self, path: str) -> None:
        """Remove a file that was written under its temporary name, if it was."""
        beside = self._beside.pop(path, None)
        if beside is not None:
            with suppress(FileNotFoundError, ObstructedError):
                os.unlink(beside, dir_fd=self._parent(path)[0])

    def drop_leftovers(self, paths: Iterable[str]) -> None:
        """Remove the temporary files that a stopped run left at the top and beside some paths.

        Only the lock's holder may call it: another run's temporary files look the same.
        """
        for folder in sorted({"", *(path.rpartition("/")[0] for path in paths)}):
            with suppress(FileNotFoundError, ObstructedError):
                parent, _ = self._parent(f"{folder}/x" if folder else "x")
                for name in os.listdir(parent):
                    if _LEFTOVER.match(name) and _is_regular(parent, name):
                        os.unlink(name, dir_fd=parent)

    def replace(self, path: str, data: bytes, mode: int = 0o644) -> None:
        """Write a file at the top of the folder at once and durably: whole, or not at all."""
        self.write_beside(path, data, mode, lambda _: None)
        self.sync_beside([path])
        self.put_in_place(path)
        os.fsync(self.fd)

    def rename(self, old: str, new: str) -> None:
        """Rename a file at the top of the folder, durably."""
        os.rename(old, new, src_dir_fd=self.fd, dst_dir_fd=self.fd)
        os.fsync(self.fd)

    def drop(self, name: str) -> None:
        """Remove a file at the top of the folder, if it is there."""
        with suppress(FileNotFoundError):
            os.unlink(name.encode(), dir_fd=self.fd)

    def remove(self, path: str) -> None:
        """Remove a regular file and the folders that its path leaves empty; anything else stays."""
        kind = self.look(path).kind
        if kind is Kind.FILE:
            parent, name = self._parent(path)
            os.unlink(name, dir_fd=parent)
        if kind in (Kind.FILE, Kind.ABSENT):
            self.remove_empty(path.rpartition("/")[0])

    def remove_empty(self, folder: str) -> None:
        """Remove a folder below this one, and those above it, as far up as they are empty."""
        while folder:
            try:
                parent, name = self._parent(folder)
                os.rmdir(name, dir_fd=parent)
            except FileNotFoundError:
                pass
            except ObstructedError:
                return
            except OSError as error:
                if error.errno in _NOT_EMPTY:
                    return
                raise
            self.forget()
            folder = folder.rpartition("/")[0]

    def sync_beside(self, paths: Iterable[str]) -> None:
        """Make files under their temporary names durable, together."""
        paths = list(paths)
        if len(paths) >= _MANY and _sync_file_system(self.fd):
            return
        for path in paths:
            parent, _ = self._parent(path)
            fd = os.open(self._beside[path], os.O_RDONLY | os.O_NOFOLLOW, dir_fd=parent)
            try:
                os.fsync(fd)
            finally:
                os.close(fd)

    def sync_folders(self, paths: Iterable[str]) -> None:
        """Make the names of files durable: sync every folder on the way to them."""
        folders = {""}
        for path in paths:
            while (path := path.rpartition("/")[0]) not in folders:
                folders.add(path)
        if len(folders) >= _MANY and _sync_file_system(self.fd):
            return
        for folder in sorted(folders):
            with suppress(FileNotFoundError, ObstructedError):
                parent, _ = self._parent(f"{folder}/x" if folder else "x")
                os.fsync(parent)

    def _parent(self, path: str, created: Callable[[str], None] | None = None) -> tuple[int, bytes]:
        """Return the open folder that a path lies in, and the path's last part.

        Raises:
            FileNotFoundError: the folder does not exist, and ``created`` is not given to make it.
            ObstructedError: a part is no folder, or a symlink.
        """
        folder, _, name = path.rpartition("/")
        at, fd = self._open[-1]
        if folder != at:
            while at and not folder.startswith(f"{at}/"):
                os.close(self._open.pop()[1])
                at, fd = self._open[-1]
            for part in filter(None, folder[len(at) :].split("/")):
                at = f"{at}/{part}" if at else part
                fd = _descend(fd, part, at, create=created is not None, created=created)
                self._open.append((at, fd))
        return fd, name.encode()


def _descend(
    fd: int, name: str, path: str, *, create: bool, created: Callable[[str], None] | None = None
) -> int:
    """Open a folder directly below an open one, never through a symlink."""
    part = name.encode()
    try:
        return os.open(part, _FOLDER_FLAGS, dir_fd=fd)
    except FileNotFoundError:
        if not create:
            raise
    except OSError as error:
        if stat.S_ISDIR(os.stat(part, dir_fd=fd, follow_symlinks=False).st_mode):
            raise
        raise ObstructedError(path) from error
    os.mkdir(part, dir_fd=fd)
    if created is not None:
        created(path)
    return os.open(part, _FOLDER_FLAGS, dir_fd=fd)


def _is_regular(parent: int, name: str) -> bool:
    return stat.S_ISREG(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode)


def _sync_file_system(fd: int) -> bool:
    """Flush the file system that a descriptor is on; False where the system has no such call.

    Raises:
        OSError: the disk would not take what was written.
    """
    try:
        from ctypes import CDLL, get_errno  # noqa: PLC0415 - only a large write is worth the import

        call = CDLL(None, use_errno=True).syncfs
    except (ImportError, OSError, AttributeError):
        return False
    if call(fd) != 0:
        code = get_errno()
        raise OSError(code, os.strerror(code))
    return True
