"""The cache folder of a repository, which parallel processes share, and the form of a line in it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress

from wakagitops.core.digests import SIZE, bytes_digest
from wakagitops.core.typed import BinaryIO

FOLDER = ".wakagitops_cache"
KEY = 2 * SIZE
"""The length of a key, the digest of all that an outcome depends on."""
_PREFIX = KEY + 1 + 16 + 1
"""A line's key and the checksum of its text, each with a space behind it."""
_MAX_BYTES = 256 * 1024 * 1024
"""The most that is read of a file of one line."""
_COARSE = 2_000_000_000
"""The coarsest clock of a common file system, FAT's, in nanoseconds."""


class CacheFolder:
    """A repository's cache folder; it is made when it is first written to."""

    __slots__ = ("path",)

    def __init__(self, base: str) -> None:
        """Bind the folder of a repository's base folder."""
        self.path = os.path.join(base, FOLDER)

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
        """Make the folder, with a ``.gitignore`` that keeps it out of commits."""
        os.makedirs(self.path, exist_ok=True)
        ignore = os.path.join(self.path, ".gitignore")
        if not os.path.lexists(ignore):
            with open(ignore, "x", encoding="utf-8") as file:
                file.write("*\n")


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
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o666)
