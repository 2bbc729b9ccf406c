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
from pathlib import Path
from typing import Any

import wakagitops
from wakagitops.core.errors import ToolError
from wakagitops.core.messages import Message, msg
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.render.user_targets.protocol import Failure, Place, failure_message, message_of

_GRACE = 1.0
"""How many seconds more than its bound a template may take before its process is ended."""
_START = 30.0
"""How many seconds the process may take to start and compile."""


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
        # The templates' process gets nothing of the environment but what Python itself reads, and
        # what follows coverage into it.
        environment = {
            name: value
            for name, value in os.environ.items()
            if name.startswith(("PYTHON", "COVERAGE_")) or name == "SYSTEMROOT"
        }
        packages = str(Path(wakagitops.__file__).parent.parent)
        environment["PYTHONPATH"] = os.pathsep.join(
            filter(None, [packages, environment.get("PYTHONPATH")])
        )
        process = subprocess.Popen(
            [sys.executable, "-m", "wakagitops.render.user_targets.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )
        weakref.finalize(self, _retire, process, os.getpid())
        if not _exchange(process, json.dumps(dict(self._sources)).encode() + b"\n", _START):
            _end(process)
            raise ToolError(msg("the process that runs the templates does not start"))
        self._process, self._owner = process, os.getpid()
        return process


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
