"""What the system says of files, by which they are known to be as they were without reading them.

As in git's index, that is a file's device, inode, size and times; a new mode is a new time. A file that
is changed in the same tick of the clock in which it was looked at would still look the same; so only
what is older than a moment before its bytes were read is known by its facts.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterable

FACTS = 5
"""How many numbers are kept in mind of a file; its device is the first of them, its ctime the last."""


def facts_of(folder: str, paths: Iterable[str]) -> array[int]:
    """Return what the system says of a folder and of each path in it, one after the other.

    Raises:
        OSError: something is not there.
        OverflowError: a number is none that an array takes, such as a time before 1970.
        ValueError: no system takes such a path.
    """
    facts = array("Q")
    # Tens of thousands of files: what a name is looked up for here is felt.
    add, look, start = facts.extend, os.lstat, f"{folder}/"
    status = os.stat(folder)
    add((status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns))
    for path in paths:
        status = look(start + path)
        add((status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns))
    return facts


def unsettled(facts: array[int], since: int) -> set[int]:
    """Return which of them may change and look the same, by number; the folder's is 0.

    Args:
        facts: those of a folder and its paths.
        since: a time of the folder's file system, from before the bytes were read; what lies on another
            file system has another clock.
    """
    device = facts[0]
    known = zip(facts[::FACTS], facts[FACTS - 1 :: FACTS], strict=True)
    return {number for number, (own, changed) in enumerate(known) if own != device or changed >= since}
