"""The program: it runs the command line and ends."""

import os
import sys

from wakagitops.cli.app import main


def program() -> None:
    """Run the command line as a program of its own, and end without taking anything apart.

    What nobody uses any more, Python would still take apart object by object: in a commit hook that
    takes longer than to check the file, and after a large fleet it takes seconds.
    """
    status = main()
    try:
        for stream in filter(None, (sys.stdout, sys.stderr)):
            stream.flush()
    except (OSError, ValueError):
        sys.exit(status)  # as Python does where it cannot write what is left
    os._exit(status)
