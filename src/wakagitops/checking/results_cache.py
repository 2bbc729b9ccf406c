"""The results cache: outcomes by content, in one folder that parallel processes share.

Keys are digests of everything that an outcome depends on, so nothing is ever invalid, only unused.
Two files, each replaced as a whole: ``units`` has one line a settings file, ``whole`` the outcome of
complete runs. A line that is not ours, is damaged or was made by somebody else is left out, and the
file it stood for is checked anew. No line holds a secret: units hold none.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from hashlib import blake2b

FOLDER = ".wakagitops_cache"
_HEADER = b"wakagitops results 1\n"
_MAX_BYTES = 256 * 1024 * 1024
"""The most that is read of a cache file: what 100,000 shops need, twice."""
_UNUSED_BYTES = 32 * 1024 * 1024
"""The most that is kept of outcomes that the last run did not use, such as another branch's."""
_WHOLE_RUNS = 8
_KEY = 32


class ResultsCache:
    """The outcomes that earlier runs left in a repository's cache folder."""

    def __init__(self, base: str, context: str) -> None:
        """Bind the folder; nothing is read yet.

        Args:
            base: the repository's base folder.
            context: a digest of the policy, the tool and its data.
        """
        self._folder = os.path.join(base, FOLDER)
        self._context = context
        self._units: dict[bytes, bytes] | None = None
        self._used: dict[bytes, bytes] = {}
        self._changed = False

    def key(self, *parts: str) -> bytes:
        """Return the key of an outcome that depends on the context and on the given digests."""
        return digest(self._context, *parts).encode()

    def unit(self, key: bytes) -> str | None:
        """Return the line of a unit, or None."""
        if self._units is None:
            self._units = _lines(self._read("units"))
        line = self._units.get(key) or self._used.get(key)
        if line is not None:
            self._used[key] = line
        return line[_KEY + 1 :].decode("ascii", "replace") if line is not None else None

    @property
    def is_empty(self) -> bool:
        """Tell whether there are no units at all, as at the start of the first run."""
        if self._units is None:
            self._units = _lines(self._read("units"))
        return not self._units and not self._used

    def put(self, key: bytes, text: str) -> None:
        """Remember the line of a unit."""
        self._used[key] = b"%s %s" % (key, text.encode("ascii"))
        self._changed = True

    def whole(self, key: bytes) -> str | None:
        """Return the outcome of a complete run over the same files, or None."""
        line = _lines(self._read("whole")).get(key)
        return line[_KEY + 1 :].decode("ascii", "replace") if line is not None else None

    def save(self, key: bytes, text: str) -> None:
        """Write the units of this run and its whole outcome; a cache that cannot be written is none."""
        try:
            self._prepare()
            if self._changed:
                self._replace("units", self._kept().values())
            runs = _lines(self._read("whole"))
            runs.pop(key, None)
            latest = [*list(runs.values())[-_WHOLE_RUNS + 1 :], b"%s %s" % (key, text.encode("ascii"))]
            self._replace("whole", latest)
        except OSError:
            # A read-only checkout or a full disk must not fail a check that is done.
            return

    def _kept(self) -> Mapping[bytes, bytes]:
        """Return this run's units, and as many unused ones as the bound allows."""
        kept = dict(self._used)
        room = _UNUSED_BYTES
        for key, line in (self._units or {}).items():
            if key not in kept:
                room -= len(line)
                if room < 0:
                    break
                kept[key] = line
        return kept

    def _read(self, name: str) -> bytes:
        try:
            handle = os.open(
                os.path.join(self._folder, name), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
            )
            with open(handle, "rb") as file:
                data = file.read(_MAX_BYTES)
        except OSError:
            return b""
        return data if data.startswith(_HEADER) else b""

    def _prepare(self) -> None:
        """Make the folder, with a ``.gitignore`` that keeps it out of commits."""
        os.makedirs(self._folder, exist_ok=True)
        ignore = os.path.join(self._folder, ".gitignore")
        if not os.path.lexists(ignore):
            with open(ignore, "x", encoding="utf-8") as file:
                file.write("*\n")

    def _replace(self, name: str, lines: Iterable[bytes]) -> None:
        """Write a file beside its place and rename it, so that a reader sees the old or the new one.

        Parallel processes each write a complete file; the last one stays, and none is half one.
        """
        path = os.path.join(self._folder, name)
        beside = f"{path}.{os.getpid()}"
        try:
            with open(beside, "wb") as file:
                file.write(_HEADER)
                file.writelines(line + b"\n" for line in lines)
            os.replace(beside, path)
        except OSError:
            if os.path.lexists(beside):
                os.unlink(beside)
            raise


def bytes_digest(data: bytes) -> str:
    """Return the digest of a file's bytes by which the results cache knows it."""
    return blake2b(data, digest_size=_KEY // 2).hexdigest()


def digest(*parts: str) -> str:
    """Return a digest of texts, each apart from the next."""
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=_KEY // 2).hexdigest()


def _lines(data: bytes) -> dict[bytes, bytes]:
    """Return a cache file's lines by key, leaving out what is no line of ours."""
    found = {}
    for line in data.split(b"\n")[1:]:
        if len(line) > _KEY + 1 and line[_KEY] == 0x20:
            found[line[:_KEY]] = line
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
                elif entry.name.endswith((".py", ".json", ".txt")):
                    stat = entry.stat()
                    parts.append(f"{entry.path} {stat.st_size} {stat.st_mtime_ns}")
    parts.extend(name for name in os.listdir(packages) if name.endswith(".dist-info"))
    return digest(*sorted(parts))
