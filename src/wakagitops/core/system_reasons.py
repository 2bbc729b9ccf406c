"""Why the operating system refused something, as a message that can be translated."""

from __future__ import annotations

import errno

from wakagitops.core.messages import Message, msg

_REASONS = {
    errno.EACCES: msg("Permission denied"),
    errno.EBUSY: msg("Device or resource busy"),
    errno.EDQUOT: msg("Disk quota exceeded"),
    errno.EEXIST: msg("File exists"),
    errno.EFBIG: msg("File too large"),
    errno.EIO: msg("Input/output error"),
    errno.EISDIR: msg("Is a directory"),
    errno.ELOOP: msg("it is a link or lies behind one, and no link is followed"),
    errno.EMFILE: msg("Too many open files"),
    errno.ENAMETOOLONG: msg("File name too long"),
    errno.ENOENT: msg("No such file or directory"),
    errno.ENOMEM: msg("Cannot allocate memory"),
    errno.ENOSPC: msg("No space left on device"),
    errno.ENOTDIR: msg("Not a directory"),
    errno.ENOTEMPTY: msg("Directory not empty"),
    errno.ENXIO: msg("it is not a regular file"),
    errno.EPERM: msg("Operation not permitted"),
    errno.EROFS: msg("Read-only file system"),
}
"""The words of POSIX systems for what happens to files."""


def system_reason(error: OSError) -> Message:
    """Return what the system said; in its own words where it is none of the usual reasons."""
    said = error.strerror or type(error).__name__
    return _REASONS.get(error.errno or 0, Message("{said}", (("said", said),)))
