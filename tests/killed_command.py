"""A command to be killed: ``python killed_command.py CALL ARGUMENTS`` kills itself before a call.

Only calls that change a file or a folder count. With CALL 0 it runs to its end and prints how many
there were.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from wakagitops.cli.app import main

CALLS = ("mkdir", "replace", "fsync", "unlink", "rmdir")
_count = 0


def _count_calls(call: int) -> None:
    def counting(function: Callable[..., Any], counts: Callable[..., bool]) -> Callable[..., Any]:
        def counted(*arguments: Any, **named: Any) -> Any:
            global _count  # noqa: PLW0603 - the count of this process
            if counts(*arguments):
                _count += 1
                if _count == call:
                    os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments, **named)

        return counted

    for name in CALLS:
        setattr(os, name, counting(getattr(os, name), lambda *_: True))
    os.open = counting(os.open, lambda _, flags=0, *_rest: bool(flags & os.O_CREAT))


if __name__ == "__main__":
    _count_calls(int(sys.argv[1]))
    status = main(sys.argv[2:])
    if sys.argv[1] == "0":
        sys.stderr.write(f"\n{_count}")
    sys.exit(status)
