"""The checkout that a folder lies in, and the programs that do not come from it."""

import os


def checkout_root(folder: str) -> str:
    """Return the nearest folder upward that holds a ``.git``; empty where there is none.

    Args:
        folder: an absolute path of the operating system.
    """
    while not os.path.lexists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if above == folder:
            return ""
        folder = above
    return folder


def is_below(path: str, folder: str) -> bool:
    """Return True if a path is a folder or lies below it; both are absolute, without links."""
    return f"{path}{os.sep}".startswith(os.path.join(folder, ""))


def search_path(folder: str, path: str) -> str:
    """Return ``PATH`` without the places where a repository could put a program.

    Left out are empty and relative entries, which mean a place in the current directory, and whatever
    lies in the checkout.

    Args:
        folder: a folder of the checkout.
        path: the value of ``PATH``.
    """
    here = os.path.realpath(folder)
    checkout = checkout_root(here) or here
    return os.pathsep.join(
        entry
        for entry in path.split(os.pathsep)
        if os.path.isabs(entry) and not is_below(os.path.realpath(entry), checkout)
    )
