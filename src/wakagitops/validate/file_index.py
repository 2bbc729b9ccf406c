"""The digests of a working tree's files: only those are read of which the system says something new.

A commit hook would read a thousand files to be sure that nothing but one changed. So the digests are
kept with what the system said of each file (``sources.file_facts``), as git does in its index.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from wakagitops.core.digests import SIZE, digest
from wakagitops.sources.file_facts import FACTS, facts_of, unsettled
from wakagitops.validate.cache_folder import CacheFolder, sealed

_NAME = "files"
_HEADER = b"wakagitops files 1"
_ROW = FACTS * 8
"""The bytes of what the system says of a file."""
_NOTHING = array("Q", [0] * FACTS)
"""What it says of no file: in its place, a file's bytes are read next time."""
_FEW = 32
"""So many files are read again sooner than the index is written."""


class FileIndex:
    """What the last run knew of a working tree's files, and what this one has to read."""

    def __init__(self, folder: CacheFolder, base: str, paths: Sequence[str]) -> None:
        """Ask the system for all files; whatever changes from now on will look different.

        Args:
            folder: where the index is kept.
            base: the folder that the paths are relative to.
            paths: the files; the index is one of just these.
        """
        self._folder = folder
        self._paths = paths
        # Another user may be allowed to read other files.
        self._key = digest(_NAME, str(os.geteuid()), *paths).encode()
        self._since = 0
        self._facts: array[int] | None = None
        """None where the system does not tell all, or the cache cannot be written: all is read."""
        self._new = len(paths)
        """How many files are not known from the index."""
        with suppress(OSError, OverflowError, ValueError):
            self._since = folder.clock(os.stat(base).st_dev)
            self._facts = facts_of(base, paths)

    def digests(self, read: Callable[[str], str]) -> dict[str, str]:
        """Return the digest of each file.

        Args:
            read: returns the digest of a file's bytes; empty where it cannot be read.
        """
        known = self._known()
        if self._facts is None or known is None:
            return {path: read(path) for path in self._paths}
        facts, found = self._facts[FACTS:].tobytes(), known[len(self._paths) * _ROW :].hex()
        texts = [found[start : start + 2 * SIZE] for start in range(0, len(found), 2 * SIZE)]
        is_known = [
            facts[start : start + _ROW] == known[start : start + _ROW]
            for start in range(0, len(facts), _ROW)
        ]
        self._new = is_known.count(False)
        return {
            path: text if knows else read(path)
            for path, text, knows in zip(self._paths, texts, is_known, strict=True)
        }

    def keep(self, digests: Mapping[str, str]) -> None:
        """Keep the digests of the files, for the next run, where it is worth it.

        Args:
            digests: by file, the digest of bytes that were read after the system was asked.
        """
        facts = self._facts
        if facts is None or self._new <= _FEW:
            return
        unknown = {number for number, path in enumerate(self._paths, 1) if not digests.get(path)}
        for number in unknown | unsettled(facts, self._since):
            facts[number * FACTS : (number + 1) * FACTS] = _NOTHING
        found = bytes.fromhex("".join(digests.get(path) or "00" * SIZE for path in self._paths))
        with suppress(OSError):
            line = sealed(self._key, facts[FACTS:].tobytes() + found)
            self._folder.replace(_NAME, _HEADER, (line,))

    def _known(self) -> bytes | None:
        """Return the facts of all files and then the digests, or None where there is no such index."""
        kept = self._folder.sole(_NAME, _HEADER, self._key) if self._facts is not None else None
        return kept if kept is not None and len(kept) == len(self._paths) * (_ROW + SIZE) else None
