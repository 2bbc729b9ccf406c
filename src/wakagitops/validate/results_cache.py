"""The results cache: outcomes by content, in one folder of the cache that parallel processes share.

Keys are digests of everything that an outcome depends on, so nothing is ever invalid, only unused.
Three files: ``units`` has one line a settings file, ``whole`` the outcome of complete runs, ``last``
what the last run put together, which the next one brings up to date where few files changed; and
rendering keeps a file of lines as those of ``units`` are. Beside them lies the index of files
(``validate.file_index``). New lines are appended in one write, and a
file that holds much of no use is replaced as a whole; so readers and writers at the same time do no
harm. A line that is damaged or is not ours is left out, and the file it stood for is checked anew. No
line holds a secret: units hold none.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import islice

from wakagitops.core.digests import digest
from wakagitops.validate.cache_folder import KEY, CacheFolder, sealed, unsealed

_HEADER = b"wakagitops results 2"
_MAX_BYTES = 256 * 1024 * 1024
"""The most that is read of the complete runs."""
_UNUSED_BYTES = 1024 * 1024
"""Outcomes that the last run did not use, such as another branch's, are kept up to this or up to the
size of those in use, whichever is more; and this much is held in memory before it is written."""
_MAX_LINES = 1_000_000
"""The most lines of units that are read."""
_BATCH = 1_000
"""How many lines are added to a file in one write."""
_WHOLE_RUNS = 8
"""How many complete runs are kept, if all were as large as the last."""


class ResultsCache:
    """The outcomes that earlier runs left in a folder of the cache."""

    def __init__(self, folder: CacheFolder, context: str) -> None:
        """Bind the folder; nothing is read yet.

        Args:
            folder: the folder.
            context: a digest of the policy, the tool and its data.
        """
        self.folder = folder
        self._context = context
        self._units: dict[bytes, bytes] | None = None
        self._used: dict[bytes, int] | None = None
        """The keys that this run used, each with the length of its line; None where nothing was kept
        before, so that all is of use."""
        self._new: list[bytes] = []
        self._pending = 0
        """The bytes of the new lines that are not written yet."""

    def key(self, *parts: str) -> bytes:
        """Return the key of an outcome that depends on the context and on the given digests."""
        return digest(self._context, *parts).encode()

    def unit(self, key: bytes) -> bytes | None:
        """Return the text of a unit, or None.

        What was given is not held any longer; a command that checks twice has it read again.
        """
        if self._units is None:
            self._flush()
            self._units = self.lines("units")
        if self._used is None:
            self._used = {}
        line = self._units.pop(key, None)
        text = unsealed(line) if line is not None else None
        if line is not None and text is not None:
            self._used[key] = len(line)
        return text

    @property
    def is_empty(self) -> bool:
        """Tell whether no run has left anything yet."""
        return not os.path.exists(os.path.join(self.folder.path, "whole"))

    def put(self, line: bytes) -> None:
        """Remember the sealed line of a unit; what is remembered is written every now and then."""
        if self._used is not None:
            self._used[line[:KEY]] = len(line)
        self._new.append(line)
        self._pending += len(line)
        if self._pending > _UNUSED_BYTES:
            self._flush()

    def whole(self, key: bytes) -> str | None:
        """Return the outcome of a complete run over the same files, or None."""
        data = self._read("whole")
        start = data.rfind(b"\n%s " % key) + 1
        if not start:
            return None
        end = data.find(b"\n", start)
        found = unsealed(data[start : end if end >= 0 else None])
        return found.decode("ascii") if found is not None else None

    def last(self) -> list[str]:
        """Return the parts of what the last run of this context put together, or none."""
        parts = []
        for number, line in enumerate(self._read("last").splitlines()[1:]):
            found = unsealed(line) if line[:KEY] == self.key("last", str(number)) else None
            if found is None:
                return []
            parts.append(found.decode("ascii"))
        return parts

    def save_last(self, parts: Iterable[str]) -> None:
        """Keep what this run put together, part by part, so that no two are held as text at once.

        As with ``save``, a cache that cannot be written is none.
        """
        with suppress(OSError):
            self._replace(
                "last",
                (
                    sealed(self.key("last", str(number)), part.encode("ascii"))
                    for number, part in enumerate(parts)
                ),
            )

    def save(self, key: bytes, text: str) -> None:
        """Write what is left of this run's units, and its whole outcome.

        A cache that cannot be written is none: a read-only checkout or a full disk must not fail a
        check that is done.
        """
        self._flush()
        used, self._used, self._units = self._used, None, None
        line = sealed(key, text.encode("ascii"))
        try:
            self.folder.prepare()
            if self._size("whole") + len(line) > _WHOLE_RUNS * len(line) + _UNUSED_BYTES:
                self._replace("whole", [line])
            else:
                self._append("whole", [line])
            if used is not None:
                self._tidy("units", used)
        except OSError:
            return

    def keep(self, name: str, lines: Iterable[bytes], used: Mapping[bytes, int]) -> None:
        """Add sealed lines to a file of such lines; as with ``save``, where it can be written.

        Args:
            name: the file.
            lines: the new ones.
            used: the keys that this run used, the new ones too, each with the length of its line.
        """
        lines = iter(lines)
        with suppress(OSError):
            self.folder.prepare()
            while batch := list(islice(lines, _BATCH)):
                self._append(name, batch)
            self._tidy(name, used)

    def _flush(self) -> None:
        if not self._new:
            return
        try:
            self.folder.prepare()
            self._append("units", self._new)
        except OSError:
            pass
        self._new, self._pending = [], 0

    def _tidy(self, name: str, used: Mapping[bytes, int]) -> None:
        """Replace a file of lines that holds much of no use."""
        size = sum(used.values())
        if self._size(name) > size + max(_UNUSED_BYTES, size):
            lines = self.lines(name)
            self._replace(name, (lines[key] for key in used if key in lines))

    def _size(self, name: str) -> int:
        try:
            return os.lstat(os.path.join(self.folder.path, name)).st_size
        except FileNotFoundError:
            return 0

    def _append(self, name: str, lines: Sequence[bytes]) -> None:
        """Add lines to a file, or begin it anew where it is none of ours.

        One write of a file that is open for appending is not mixed with another process's; the line
        end before it closes a line that was cut off.
        """
        path = os.path.join(self.folder.path, name)
        try:
            handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            self._replace(name, lines)
            return
        try:
            if os.pread(handle, len(_HEADER), 0) == _HEADER:
                os.write(handle, b"\n" + b"\n".join(lines) + b"\n")
                return
        finally:
            os.close(handle)
        self._replace(name, lines)

    def lines(self, name: str) -> dict[bytes, bytes]:
        """Return a file's sealed lines by key, leaving out what is no line of ours."""
        found = {}
        file = self.folder.open(name, _HEADER)
        if file is not None:
            try:
                with file:
                    for line in islice(file, _MAX_LINES):
                        if line[KEY : KEY + 1] == b" ":
                            found[line[:KEY]] = line.rstrip(b"\n")
            except OSError:
                return found
        return found

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
