"""Runs a team's templates in a process of their own, under bounds of time, memory and output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from wakagitops.core.errors import ToolError
from wakagitops.core.messages import Message, msg
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.render.user_targets.protocol import Failure, Place, failure_message, message_of

_GRACE = 1.0
"""How many seconds more than its bound a template may take before its process is ended."""
_START = 30.0
"""How many seconds the process may take to start and compile."""

_WORKER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "worker.py")
_KEPT = (
    # Where the system's libraries lie, without which some builds of Python do not start.
    "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT",
    # What follows a measurement of coverage into the process.
    "COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START",
)  # fmt: skip
"""The variables that the process gets; what it renders depends on none."""


class Bounds(NamedTuple):
    """What one file of a team's own may cost."""

    seconds: float = 5.0
    shop_bytes: int = 1 << 20
    fleet_bytes: int = 16 << 20


class TemplateFailedError(Exception):
    """A template cannot be rendered, whatever the shop's values."""

    def __init__(self, message: Message, place: Place) -> None:
        """Keep what to tell the author, and where."""
        super().__init__(message)
        self.message = message
        self.place = place


class UnfitValueError(Exception):
    """A shop's value cannot stand in the format that the template is in."""

    def __init__(self, message: Message, advice: Message, pointer: str) -> None:
        """Keep why, what to write instead, and the setting; its pointer is empty where none is equal."""
        super().__init__(message)
        self.message = message
        self.advice = advice
        self.pointer = pointer


class TemplateRunner:
    """A process that holds a target's templates, started when first asked."""

    def __init__(self, sources: Mapping[str, str], bounds: Bounds) -> None:
        """Keep the templates by name; nothing is started yet."""
        self._sources = sources
        self._bounds = bounds
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def render(self, template: str, escape_as: str, values: Mapping[str, Any], limit: int) -> str:
        """Return what a template writes.

        Args:
            template: its name.
            escape_as: a name of ``escaping.ESCAPES``.
            values: what it can use; nothing but JSON.
            limit: how many bytes it may write.

        Raises:
            TemplateFailedError: it is wrong, or it met a bound.
            UnfitValueError: a value cannot stand in the format.
        """
        seconds = self._bounds.seconds
        request = {
            "template": template,
            "escape": escape_as,
            "values": values,
            "seconds": seconds,
            "bytes": limit,
        }
        answer = self._asked(json.dumps(request).encode() + b"\n")
        if answer is None:
            raise TemplateFailedError(failure_message(Failure.TIME, "", round(seconds)), Place(template))
        if "text" in answer:
            return str(answer["text"])
        if "unfit" in answer:
            raise UnfitValueError(
                message_of(answer["unfit"]), message_of(answer["advice"]), answer["pointer"]
            )
        failure = Failure(answer["failure"])
        bound = limit if failure is Failure.SIZE else round(seconds)
        raise TemplateFailedError(
            failure_message(failure, answer["detail"], bound), Place(*answer["place"])
        )

    def _asked(self, request: bytes) -> dict[str, Any] | None:
        """Return the process's answer, or None where it gave none in time or died."""
        process = self._running()
        line = _exchange(process, request, self._bounds.seconds + _GRACE)
        if not line:
            _end(process)
            self._process = None
            return None
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        # A forked copy of this process must not write into the same pipe.
        if self._process is not None and self._owner == os.getpid():
            return self._process
        process = subprocess.Popen(  # noqa: S603 - our own program
            _command(),
            cwd=os.path.dirname(_WORKER),
            env={name: os.environ[name] for name in _KEPT if name in os.environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        weakref.finalize(self, _retire, process, os.getpid())
        if not _exchange(process, json.dumps(dict(self._sources)).encode() + b"\n", _START):
            _end(process)
            raise ToolError(msg("the process that runs the templates does not start"))
        self._process, self._owner = process, os.getpid()
        return process


def _command() -> list[str]:
    """Return the command of the process, in which no module of the current directory can be found.

    It is isolated (``-I``): neither the current directory nor ``PYTHON*`` variables add a folder to the
    module search path. The folders that this process imports from follow, for packages that an
    isolated interpreter does not find by itself, as in a folder that ``PYTHONPATH`` names.

    Raises:
        ToolError: the tool does not lie in a folder, or Python does not know its own program.
    """
    if not sys.executable or not os.path.isfile(_WORKER):
        raise ToolError(msg("the process that runs the templates does not start"))
    flags = ["-I", *(["-B"] if sys.dont_write_bytecode else [])]
    folders = [folder for folder in sys.path if os.path.isabs(folder)]
    return [sys.executable, *flags, _WORKER, *folders]


def _exchange(process: subprocess.Popen[bytes], request: bytes, seconds: float) -> bytes:
    """Send a line and return the line that answers it; empty where none came in time."""
    if process.stdin is None or process.stdout is None:
        return b""
    timer = threading.Timer(seconds, process.kill)
    timer.start()
    try:
        process.stdin.write(request)
        process.stdin.flush()
        return process.stdout.readline()
    except BrokenPipeError:
        return b""
    finally:
        timer.cancel()


def _retire(process: subprocess.Popen[bytes], owner: int) -> None:
    """Let an idle process end by itself, as it does where its input ends."""
    if os.getpid() != owner:
        return
    with suppress(BrokenPipeError, subprocess.TimeoutExpired):
        if process.stdin is not None:
            process.stdin.close()
        process.wait(_GRACE)
    _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    with process:
        # Leaving closes the pipes and waits; what is left to write is for nobody.
        if process.stdin is not None:
            with suppress(BrokenPipeError):
                process.stdin.close()
