"""Where the cache lies: in the user's cache folder, never in the repository that is checked.

Whoever writes a repository writes all that lies in it, so a cache there would let a change bring its
own results. For the same reason the folder must belong to this user, be writable for nobody else and
be no symlink. Where it does not fit, a run works without a cache and says why.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping
from contextlib import suppress

from wakagitops.core.digests import digest
from wakagitops.core.messages import Message, msg
from wakagitops.core.system_reasons import system_reason

VARIABLE = "WAKAGITOPS_CACHE_DIR"
FORMER = ".wakagitops_cache"
"""The folder in which former versions kept their cache, in the repository; it is never read."""
_NAME = "wakagitops"
_PRIVATE = 0o700


def cache_root(environ: Mapping[str, str]) -> str:
    """Return the absolute path of the folder of all caches; empty where the user has no home folder.

    ``WAKAGITOPS_CACHE_DIR`` names it; else it is the platform's, by the rule of platformdirs, whose
    import would cost a commit hook more than the rule.

    Args:
        environ: the environment variables.
    """
    named = environ.get(VARIABLE)
    if named:
        return os.path.abspath(named)
    if sys.platform == "win32":
        local = environ.get("LOCALAPPDATA") or os.path.join(os.path.expanduser("~"), "AppData", "Local")
        return os.path.join(os.path.abspath(local), _NAME, "Cache")
    home = _home(environ)
    if sys.platform == "darwin":
        return os.path.join(os.path.abspath(home), "Library", "Caches", _NAME) if home else ""
    # XDG Base Directory Specification: a relative path is to be ignored.
    named = environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(named):
        return os.path.join(os.path.abspath(named), _NAME)
    return os.path.join(os.path.abspath(home), ".cache", _NAME) if home else ""


def _home(environ: Mapping[str, str]) -> str:
    """Return the user's home folder; empty where it is not an absolute path.

    An empty ``HOME`` would lead to ``/.cache``, and a relative one to the current directory.
    """
    home = environ.get("HOME")
    if home is None:
        home = os.path.expanduser("~")
    return home if os.path.isabs(home) else ""


def folder_name(base: str, text: str) -> str:
    """Return the name of the cache of one repository and configuration, in the folder of all.

    Its first half is the same in every checkout of the repository, so that a new checkout can begin
    with what another one left.

    Args:
        base: the repository's base folder.
        text: the text of its ``wakagitops.toml``; empty where there is none.
    """
    return f"{digest('configuration', text)}-{digest('checkout', os.path.realpath(base))}"


def is_folder_name(name: str) -> bool:
    """Return True if a name has the form of ``folder_name``."""
    parts = name.split("-")
    return len(parts) == 2 and all(len(part) == 32 and set(part) <= _DIGITS for part in parts)


_DIGITS = frozenset("0123456789abcdef")


def why_unusable(root: str, base: str) -> Message | None:
    """Return why the folder of all caches cannot be used; None if it can.

    Args:
        root: the folder, which need not exist; empty where there can be none.
        base: the base folder of the repository that is checked.
    """
    if not root:
        return msg(
            "no cache: HOME is not an absolute path; set it, or set WAKAGITOPS_CACHE_DIR to a folder "
            "outside the repository"
        )
    if _lies_in(root, repository_root(base)):
        return msg(
            "no cache: {folder} lies in the repository, and whoever writes the repository could write "
            "results into it; set WAKAGITOPS_CACHE_DIR to a folder outside",
            folder=root,
        )
    return why_unsafe(root)


def why_unsafe(folder: str) -> Message | None:
    """Return why a folder of the cache is not this user's alone; None if it is, or does not exist.

    Args:
        folder: the folder of all caches, or one below it.
    """
    try:
        status = os.lstat(folder)
    except FileNotFoundError:
        return None
    except OSError as error:
        return unwritable(folder, error)
    if not stat.S_ISDIR(status.st_mode):
        return msg(
            "no cache: {folder} is a symlink or a file; remove it, or set WAKAGITOPS_CACHE_DIR "
            "to another folder",
            folder=folder,
        )
    # Windows has neither owners nor modes of this kind; the user's profile is the user's alone.
    if not hasattr(os, "geteuid"):
        return None
    if status.st_uid != os.geteuid():
        return msg(
            "no cache: {folder} belongs to another user; set WAKAGITOPS_CACHE_DIR to another folder",
            folder=folder,
        )
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return msg(
            "no cache: other users may write to {folder}; run `chmod go-w {folder}`, or set "
            "WAKAGITOPS_CACHE_DIR to another folder",
            folder=folder,
        )
    return None


def make(root: str, name: str) -> str:
    """Make the folder of one cache, private to this user, and return its path.

    Args:
        root: the folder of all caches; ``why_unusable`` has nothing against it.
        name: the folder's name.

    Raises:
        OSError: it cannot be made, or is not this user's alone.
    """
    os.makedirs(os.path.dirname(root), exist_ok=True)
    for folder in (root, os.path.join(root, name)):
        try:
            os.mkdir(folder, _PRIVATE)
        except FileExistsError:
            if why_unsafe(folder) is not None:
                raise
    path = os.path.join(root, name)
    if stat.S_IMODE(os.lstat(path).st_mode) & 0o077:
        os.chmod(path, _PRIVATE, follow_symlinks=False)
    return path


def unwritable(folder: str, error: OSError) -> Message:
    """Return the message for a cache folder that the system refuses."""
    return msg("no cache: {folder}: {reason}", folder=folder, reason=system_reason(error))


def repository_root(base: str) -> str:
    """Return the git root above a base folder; the base itself if there is none."""
    folder = base
    while not os.path.lexists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if above == folder:
            return base
        folder = above
    return folder


def _lies_in(path: str, folder: str) -> bool:
    """Return True if a path is a folder, lies below it, or is reached through it.

    A symlink in the repository leads wherever its author wants, to another checkout with results of
    their own for example. So neither the path as it is written nor what it resolves to may be inside.
    """
    try:
        wanted = os.stat(folder)
    except OSError:
        return True  # nobody can tell
    return any(_is_below(written, wanted) for written in (os.path.abspath(path), os.path.realpath(path)))


def _is_below(path: str, folder: os.stat_result) -> bool:
    """Return True if a path, or one of the folders above it, is a folder, under whatever name."""
    current = path
    while True:
        # What does not exist yet has no status, but its nearest existing folder has.
        with suppress(OSError):
            if os.path.samestat(os.stat(current), folder):
                return True
        above = os.path.dirname(current)
        if above == current:
            return False
        current = above
