"""Checking units in several processes, with the results in the order of one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress

from wakagitops.core.errors import ToolError
from wakagitops.core.messages import msg
from wakagitops.core.typed import BinaryIO

_CHUNK = 64
"""Files that a process takes at once: few enough that all are done at about the same time."""
_MOST_CHUNKS = 16_000
"""What a pipe has room for, with four bytes for each."""
_CLAIM = 6
"""Bytes that say who took a chunk: where it begins, and the number of the process."""
_DIED = msg("a process that checked files died; run again with --jobs 1")
_PIPE = 1024 * 1024
"""Bytes that a process may be ahead of the reader, if it can be had."""
_BUFFER = 64 * 1024
"""Bytes that are handed on at once: there are fewer cores than processes, and each waking costs."""
WORTH = 300
"""The number of files from which a second process pays for its start."""


def jobs_for(files: int, wanted: int | None) -> int:
    """Return how many processes to use: what was asked for, else what the machine and the work allow."""
    if not hasattr(os, "fork"):
        return 1
    if wanted:
        return wanted
    if files < WORTH:
        return 1
    return min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1, 8)


def lines_in_order(paths: Sequence[str], jobs: int, line_of: Callable[[str], bytes]) -> Iterator[bytes]:
    """Yield the line that is made of each path, in their order.

    Each process takes the next chunk when it is done with one, says so, and writes its lines to a pipe
    of its own: who took which gives the order back, and a full pipe holds a process that is ahead.

    Raises:
        ToolError: a process died.
    """
    chunk = max(_CHUNK, len(paths) // _MOST_CHUNKS + 1)
    starts = range(0, len(paths), chunk)
    chunks, offer = _roomy_pipe()
    claims, claim = os.pipe()
    os.write(offer, b"".join(start.to_bytes(4, "little") for start in starts))
    os.close(offer)
    pipes: list[BinaryIO] = []
    children: list[int] = []
    for number in range(jobs):
        reader, writer = _roomy_pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            os.close(claims)
            for earlier in pipes:
                earlier.close()
            _work(_taken(chunks, claim, number), paths, chunk, line_of, writer)
        os.close(writer)
        pipes.append(open(reader, "rb", buffering=_BUFFER))  # noqa: SIM115 - closed below, with its process
        children.append(child)
    os.close(chunks)
    os.close(claim)
    try:
        taken: dict[int, BinaryIO] = {}
        for start in starts:
            while start not in taken:
                said = os.read(claims, _CLAIM)
                if not said:
                    raise ToolError(_DIED)
                taken[int.from_bytes(said[:4], "little")] = pipes[int.from_bytes(said[4:], "little")]
            pipe = taken.pop(start)
            for _ in paths[start : start + chunk]:
                line = pipe.readline()
                if not line.endswith(b"\n"):
                    raise ToolError(_DIED)
                yield line[:-1]
    finally:
        os.close(claims)
        for pipe in pipes:
            pipe.close()
        for child in children:
            os.waitpid(child, 0)


def _taken(chunks: int, claim: int, number: int) -> Iterator[int]:
    """Yield where each chunk begins that this process takes; a few bytes are read and written whole."""
    while start := os.read(chunks, 4):
        os.write(claim, start + number.to_bytes(_CLAIM - 4, "little"))
        yield int.from_bytes(start, "little")


def _roomy_pipe() -> tuple[int, int]:
    """Return a pipe that holds some chunks, where the system can make one, so that nobody waits."""
    import fcntl  # noqa: PLC0415 - where there is fork, there is this

    reader, writer = os.pipe()
    with suppress(OSError, AttributeError):
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, _PIPE)
    return reader, writer


def _work(
    starts: Iterable[int],
    paths: Sequence[str],
    chunk: int,
    line_of: Callable[[str], bytes],
    writer: int,
) -> None:
    """Check this process's share; never returns."""
    status = 0
    try:
        with open(writer, "wb", buffering=_BUFFER) as pipe:
            for start in starts:
                pipe.writelines(line_of(path) + b"\n" for path in paths[start : start + chunk])
                # Another process may be done with the next chunk, and the reader waits for this one.
                pipe.flush()
    except BaseException:  # noqa: BLE001 - the parent sees the missing line and says so
        status = 1
    finally:
        os._exit(status)


class Meanwhile:
    """Bytes that another process works out while this one goes on, where the system can fork."""

    def __init__(self, work: Callable[[], bytes]) -> None:
        """Begin.

        Args:
            work: returns the bytes, a few; what it raises, ``result`` raises.
        """
        self._work = work
        self._reader = -1
        if hasattr(os, "fork"):
            self._reader, writer = os.pipe()
            self._child = os.fork()
            if self._child == 0:
                os.close(self._reader)
                with suppress(Exception):
                    os.write(writer, work())
                os._exit(0)
            os.close(writer)

    def result(self) -> bytes:
        """Return the bytes; where the other process has none, they are worked out here."""
        found = b""
        if self._reader >= 0:
            with open(self._reader, "rb") as pipe:
                found = pipe.read()
            os.waitpid(self._child, 0)
            self._reader = -1
        return found or self._work()
