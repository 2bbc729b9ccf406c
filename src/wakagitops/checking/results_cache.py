"""The results cache: outcomes by content, in one folder that parallel processes share.

Keys are digests of everything that an outcome depends on, so nothing is ever invalid, only unused.
Two files: ``units`` has one line a settings file, ``whole`` the outcome of complete runs. New lines
are appended in one write, and a file that holds much of no use is replaced as a whole; so readers and
writers at the same time do no harm. A line that is damaged or is not ours is left out, and the file
it stood for is checked anew. No line holds a secret: units hold none.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from hashlib import blake2b

from wakagitops.checking.cache_folder import KEY, CacheFolder, sealed, unsealed

_HEADER = b"wakagitops results 2"
_MAX_BYTES = 256 * 1024 * 1024
"""The most that is read of a cache file: what 100,000 shops need, twice."""
_UNUSED_BYTES = 1024 * 1024
"""Outcomes that the last run did not use, such as another branch's, are kept up to this or up to the
size of those in use, whichever is more."""
_WHOLE_RUNS = 8
"""How many complete runs are kept, if all were as large as the last."""


class ResultsCache:
    """The outcomes that earlier runs left in a repository's cache folder."""

    def __init__(self, base: str, context: str) -> None:
        """Bind the folder; nothing is read yet.

        Args:
            base: the repository's base folder.
            context: a digest of the policy, the tool and its data.
        """
        self.folder = CacheFolder(base)
        self._context = context
        self._units: dict[bytes, bytes] | None = None
        self._used: dict[bytes, bytes] = {}
        self._new: list[bytes] = []

    def key(self, *parts: str) -> bytes:
        """Return the key of an outcome that depends on the context and on the given digests."""
        return digest(self._context, *parts).encode()

    def unit(self, key: bytes) -> bytes | None:
        """Return the text of a unit, or None."""
        if self._units is None:
            self._units = _lines(self._read("units"))
        line = self._units.get(key) or self._used.get(key)
        text = unsealed(line) if line is not None else None
        if line is not None and text is not None:
            self._used[key] = line
        return text

    @property
    def is_empty(self) -> bool:
        """Tell whether no run has left anything yet."""
        return not self._used and not os.path.exists(os.path.join(self.folder.path, "whole"))

    def put(self, key: bytes, text: str) -> None:
        """Remember the text of a unit."""
        line = sealed(key, text.encode("ascii"))
        self._used[key] = line
        self._new.append(line)

    def whole(self, key: bytes) -> str | None:
        """Return the outcome of a complete run over the same files, or None."""
        data = self._read("whole")
        start = data.rfind(b"\n%s " % key) + 1
        if not start:
            return None
        end = data.find(b"\n", start)
        found = unsealed(data[start : end if end >= 0 else None])
        return found.decode("ascii") if found is not None else None

    def save(self, key: bytes, text: str) -> None:
        """Write the units of this run and its whole outcome; a cache that cannot be written is none."""
        try:
            self.folder.prepare()
            if self._new:
                self._save_units()
            line = sealed(key, text.encode("ascii"))
            self._append("whole", [line], _WHOLE_RUNS * len(line) + _UNUSED_BYTES, [line])
        except OSError:
            # A read-only checkout or a full disk must not fail a check that is done.
            return

    def _save_units(self) -> None:
        used = sum(map(len, self._used.values()))
        room = max(_UNUSED_BYTES, used)
        kept = dict(self._used)
        unused = room // 2
        for key, line in reversed(list((self._units or {}).items())):
            if key not in kept and (unused := unused - len(line)) >= 0:
                kept[key] = line
        self._append("units", self._new, used + room, kept.values())
        self._new = []

    def _append(self, name: str, lines: Sequence[bytes], bound: int, otherwise: Iterable[bytes]) -> None:
        """Add lines to a file, or replace it where it is none of ours or would pass the bound.

        One write of a file that is open for appending is not mixed with another process's; the line
        end before it closes a line that was cut off.
        """
        path = os.path.join(self.folder.path, name)
        data = b"\n" + b"\n".join(lines) + b"\n"
        try:
            handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            self._replace(name, otherwise)
            return
        try:
            fits = os.fstat(handle).st_size + len(data) <= bound
            if fits and os.pread(handle, len(_HEADER), 0) == _HEADER:
                os.write(handle, data)
                return
        finally:
            os.close(handle)
        self._replace(name, otherwise)

    def _read(self, name: str) -> bytes:
        file = self.folder.open(name, _HEADER)
        if file is None:
            return b""
        try:
            with file:
                return file.read(_MAX_BYTES)
        except OSError:
            return b""

    def _replace(self, name: str, lines: Iterable[bytes]) -> None:
        self.folder.replace(name, _HEADER, (line + b"\n" for line in lines))


def bytes_digest(data: bytes) -> str:
    """Return the digest of a file's bytes by which the results cache knows it."""
    return blake2b(data, digest_size=KEY // 2).hexdigest()


def digest(*parts: str) -> str:
    """Return a digest of texts, each apart from the next."""
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=KEY // 2).hexdigest()


def _lines(data: bytes) -> dict[bytes, bytes]:
    """Return a cache file's lines by key, leaving out what is no line of ours."""
    found = {}
    for line in data.split(b"\n"):
        if line[KEY : KEY + 1] == b" ":
            found[line[:KEY]] = line
    return found


def tool_digest(folders: Iterable[str], packages: str) -> str:
    """Return a digest of the tool's own files and of the versions of the data it uses.

    Args:
        folders: the tool's package and whatever else decides (a team's rules).
        packages: the folder of installed packages, whose version folders are listed.
    """
    parts = []
    pending = list(folders)
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    if entry.name != "__pycache__":
                        pending.append(entry.path)
                elif entry.name.endswith((".py", ".json", ".txt", ".j2", ".js")):
                    stat = entry.stat()
                    parts.append(f"{entry.path} {stat.st_size} {stat.st_mtime_ns}")
    parts.extend(name for name in os.listdir(packages) if name.endswith(".dist-info"))
    return digest(*sorted(parts))
