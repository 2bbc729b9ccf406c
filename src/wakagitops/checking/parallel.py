"""Checking units in several processes, with the results in the order of one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from wakagitops.core.errors import ToolError
from wakagitops.core.messages import msg
from wakagitops.core.typed import BinaryIO

_CHUNK = 64
"""Files that a process checks before it is the next one's turn: small enough to spread the work."""
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

    Each process takes every ``jobs``-th chunk and writes its lines to a pipe of its own; reading the
    pipes in turn gives the order back, and a full pipe holds a process that is ahead.

    Raises:
        ToolError: a process died.
    """
    pipes: list[BinaryIO] = []
    children: list[int] = []
    for number in range(jobs):
        reader, writer = _roomy_pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            for earlier in pipes:
                earlier.close()
            _work(paths, number, jobs, line_of, writer)
        os.close(writer)
        pipes.append(open(reader, "rb", buffering=_BUFFER))  # noqa: SIM115 - closed below, with its process
        children.append(child)
    try:
        for start in range(0, len(paths), _CHUNK):
            pipe = pipes[start // _CHUNK % jobs]
            for _ in paths[start : start + _CHUNK]:
                line = pipe.readline()
                if not line.endswith(b"\n"):
                    raise ToolError(msg("a process that checked files died; run again with --jobs 1"))
                yield line[:-1]
    finally:
        for pipe in pipes:
            pipe.close()
        for child in children:
            os.waitpid(child, 0)


def _roomy_pipe() -> tuple[int, int]:
    """Return a pipe that holds some chunks, where the system can make one, so that nobody waits."""
    import fcntl  # noqa: PLC0415 - where there is fork, there is this

    reader, writer = os.pipe()
    with suppress(OSError, AttributeError):
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, _PIPE)
    return reader, writer


def _work(
    paths: Sequence[str], number: int, jobs: int, line_of: Callable[[str], bytes], writer: int
) -> None:
    """Check this process's share; never returns."""
    status = 0
    try:
        with open(writer, "wb", buffering=_BUFFER) as pipe:
            for start in range(number * _CHUNK, len(paths), jobs * _CHUNK):
                pipe.writelines(line_of(path) + b"\n" for path in paths[start : start + _CHUNK])
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
