"""A writer to be killed: ``python killed_writer.py FOLDER STATE CALL`` writes one of three deployments.

Before its CALL-th call to the file system it kills itself with SIGKILL; with CALL 0 it never does,
and prints how many calls there were. With STATE ``loop`` it writes one after another until somebody
kills it.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from tests.want_case import want_of
from wakagitops.render.diff import Want
from wakagitops.render.files import RenderedFile
from wakagitops.render.transaction import write

CALLS = ("open", "write", "rename", "unlink", "mkdir", "rmdir", "fsync", "fchmod", "close")
STATES = ("first", "second", "third")


def want(state: str) -> Want:
    """Return a deployment that shares some files with the other two and differs in others."""
    number = STATES.index(state)
    files = [
        RenderedFile(
            "shops/imprenta-sol/settings.json", b'{"v": %d}\n' % number, 0o644, "imprenta-sol", "s"
        ),
        RenderedFile("shops/rotulos-norte/settings.json", b"same\n", 0o644, "rotulos-norte", "s"),
        RenderedFile(f"shops/{state}/deep/er/mail.env", b"A=%d\n" % number * 9000, 0o600, state, "s"),
        # A file in one state is a folder in another.
        RenderedFile("kubernetes" if number == 1 else "kubernetes/all.yaml", b"k: 1\n", 0o644, "", "s"),
    ]
    for shop, version in (("imprenta-sol", number), ("rotulos-norte", number % 2)):
        data = b"<p>%s %d</p>\n" % (shop.encode(), version)
        name = f"public/{shop}/contact.{sha256(data).hexdigest()[:12]}.html"
        files.append(RenderedFile(name, data, 0o644, shop, "public", "contact.html"))
    return want_of("", tuple(files), b'{"state": "%s"}\n' % state.encode())


def _kill_before(call: int) -> Callable[[], int]:
    count = itertools.count(1)
    last = 0

    def counting(function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **named: Any) -> Any:
            nonlocal last
            last = next(count)
            if last == call:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments, **named)

        return counted

    for name in CALLS:
        setattr(os, name, counting(getattr(os, name)))
    return lambda: last


def main() -> None:
    folder, state, call = sys.argv[1:]
    if state == "loop":
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        for name in itertools.cycle(STATES):
            write(folder, [want(name)])
    calls = _kill_before(int(call))
    write(folder, [want(state)])
    sys.stdout.write(f"{calls()}\n")


if __name__ == "__main__":
    main()
