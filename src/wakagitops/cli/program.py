"""The program: it runs the command line and ends."""

import os
import sys

from wakagitops.sources.checkout import checkout_root, is_below


def program() -> None:
    """Run the command line as a program of its own, and end without taking anything apart.

    What nobody uses any more, Python would still take apart object by object: in a commit hook that
    takes longer than to check the file, and after a large fleet it takes seconds.
    """
    status = run()
    try:
        for stream in filter(None, (sys.stdout, sys.stderr)):
            stream.flush()
    except (OSError, ValueError):
        sys.exit(status)  # as Python does where it cannot write what is left
    os._exit(status)


def run() -> int:
    """Run the command line without importing anything from the checkout; return the exit status."""
    leave_checkout()
    # Imported only now: each import before would look for its module in the checkout.
    from wakagitops.cli.app import main  # noqa: PLC0415

    return main()


def leave_checkout() -> None:
    """Drop the checkout's folders from the module search path.

    ``python -m`` puts the current directory first, and ``PYTHONPATH`` may name it or a folder below it,
    also by an empty or relative entry: a ``json.py`` of the repository would run. The folder that this
    package was loaded from stays, and so does what the installation itself added.
    """
    try:
        here = os.getcwd()
    except OSError:  # it was removed
        return
    checkout = checkout_root(os.path.realpath(here)) or os.path.realpath(here)
    home = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    # An empty PYTHONPATH, or none, gives one empty name: the current directory.
    named = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    suspects = {os.path.realpath(os.path.join(here, name)) for name in ("", *named)}
    dropped = {folder for folder in suspects if is_below(folder, checkout)}
    dropped.discard(os.path.realpath(home))
    sys.path[:] = [
        entry for entry in sys.path if os.path.realpath(os.path.join(here, entry)) not in dropped
    ]
