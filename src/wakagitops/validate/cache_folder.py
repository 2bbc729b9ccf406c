"""One folder of the cache, which parallel processes share, and the form of a line in it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress

from wakagitops.cache.folders import begin, remove_old
from wakagitops.cache.location import cache_root, folder_name, make, unwritable, why_unsafe, why_unusable
from wakagitops.core.digests import SIZE, bytes_digest
from wakagitops.core.messages import Message
from wakagitops.core.typed import BinaryIO

SHARED = ("whole", "units", "last", "releases", "settings")
"""The files that are found by content alone, which a new checkout may begin with."""
KEY = 2 * SIZE
"""The length of a key, the digest of all that an outcome depends on."""
_PREFIX = KEY + 1 + 16 + 1
"""A line's key and the checksum of its text, each with a space behind it."""
_MAX_BYTES = 256 * 1024 * 1024
"""The most that is read of a file of one line."""
_COARSE = 2_000_000_000
"""The coarsest clock of a common file system, FAT's, in nanoseconds."""


class CacheFolder:
    """The cache of one repository and configuration; it is made when it is first written to."""

    __slots__ = ("_name", "_root", "path", "problem")

    def __init__(self, root: str, base: str, text: str) -> None:
        """Bind the folder.

        Args:
            root: the folder of all caches.
            base: the repository's base folder.
            text: the text of its ``wakagitops.toml``.
        """
        self._root = root
        self._name = folder_name(base, text)
        self.path = os.path.join(root, self._name)
        self.problem: Message | None = why_unusable(root, base) or why_unsafe(self.path)
        """Why there can be no cache; nothing may be read or written then."""

    def begin(self) -> None:
        """Begin with what another checkout of the same repository left, where there is no cache yet."""
        begin(self._root, self._name, SHARED)

    def open(self, name: str, header: bytes) -> BinaryIO | None:
        """Open a file whose first line is the header, or return None where there is none.

        What is read first is that line's end.
        """
        try:
            handle = os.open(os.path.join(self.path, name), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            file = open(handle, "rb")  # noqa: SIM115 - the caller's, where it is one of ours
            if file.read(len(header)) == header:
                return file
            file.close()
        except OSError:
            # Whatever cannot be read is no cache.
            return None
        return None

    def sole(self, name: str, header: bytes, key: bytes) -> bytes | None:
        """Return the text of the one sealed line of a file, or None where it has another key."""
        file = self.open(name, header)
        if file is None:
            return None
        try:
            with file:
                file.readline()
                line = file.read(_MAX_BYTES)
        except OSError:
            return None
        return unsealed(line) if line[:KEY] == key else None

    def replace(self, name: str, header: bytes, chunks: Iterable[bytes]) -> None:
        """Write a file beside its place and rename it, so that a reader sees the old or the new one.

        Parallel processes each write a complete file; the last one stays, and none is half one.

        Raises:
            OSError: the file cannot be written; the old one stands.
        """
        self.prepare()
        path = os.path.join(self.path, name)
        beside = f"{path}.{os.getpid()}"
        try:
            with open(_made(beside), "wb") as file:
                file.write(header + b"\n")
                file.writelines(chunks)
            os.replace(beside, path)
        except OSError:
            if os.path.lexists(beside):
                os.unlink(beside)
            raise

    def clock(self, device: int) -> int:
        """Return a time of a file system's own clock, in nanoseconds, that is not later than now.

        Whatever changes on that file system from now on gets this time or a later one. Where the
        cache lies on another file system, whose clock may be finer, the time is some seconds early.

        Args:
            device: the number of the file system, as ``os.stat`` gives it.

        Raises:
            OSError: nothing can be written to the cache.
        """
        self.prepare()
        probe = os.path.join(self.path, f"clock.{os.getpid()}")
        handle = _made(probe)
        try:
            status = os.fstat(handle)
        finally:
            os.close(handle)
            os.unlink(probe)
        return status.st_mtime_ns if status.st_dev == device else status.st_mtime_ns - _COARSE

    def prepare(self) -> None:
        """Make the folder, which nobody else may read.

        Raises:
            OSError: it cannot be made.
        """
        if not os.path.isdir(self.path):
            make(self._root, self._name)
            remove_old(self._root)

    def try_to_write(self) -> None:
        """Make the folder, or keep in ``problem`` why that cannot be."""
        try:
            self.prepare()
        except OSError as error:
            self.problem = unwritable(self.path, error)


def cache_folder(base: str, text: str) -> CacheFolder:
    """Return the cache of a repository and configuration.

    Args:
        base: the repository's base folder.
        text: the text of its ``wakagitops.toml``; empty where there is none.
    """
    return CacheFolder(cache_root(os.environ), base, text)


def sealed(key: bytes, text: bytes) -> bytes:
    """Return the line of an outcome, without its end: key, checksum, text."""
    return b"%s %s %s" % (key, _checksum(key, text), text)


def unsealed(line: bytes) -> bytes | None:
    """Return a line's text, or None where a byte of it is not as it was written."""
    key, text = line[:KEY], line[_PREFIX:]
    return text if line[KEY + 1 : _PREFIX - 1] == _checksum(key, text) else None


def opened(line: bytes) -> bytes:
    """Return the text of a line that this run has sealed."""
    return line[_PREFIX:]


def _checksum(key: bytes, text: bytes) -> bytes:
    return bytes_digest(text, size=8, key=key).encode()


def _made(path: str) -> int:
    """Make a new file and open it: what a killed run left goes, and no link is followed."""
    with suppress(FileNotFoundError):
        os.unlink(path)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
