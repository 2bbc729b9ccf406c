"""Digests of texts and bytes by which we tell whether two are the same: BLAKE2b (RFC 7693)."""

import os
from functools import cache

try:
    # hashlib has the same function and loads OpenSSL beside it, for which a commit hook would wait.
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

SIZE = 16
"""Bytes of a digest that stands alone."""
_DECIDING = (".py", ".json", ".txt", ".j2", ".js")
"""How the names of the files end that decide what the tool does."""


def digest(*parts: str) -> str:
    """Return the digest of texts, each apart from the next, in hexadecimal."""
    return bytes_digest("\0".join(parts).encode("utf-8", "surrogatepass"))


def bytes_digest(data: bytes, *, size: int = SIZE, key: bytes = b"") -> str:
    """Return the digest of bytes in hexadecimal.

    Args:
        data: what to tell from others.
        size: the digest's bytes, at most 64.
        key: what makes it another digest for the same bytes; at most 64 bytes.
    """
    return blake2b(data, digest_size=size, key=key).hexdigest()


@cache
def folder_digest(folder: str) -> str:
    """Return a digest of what the system says of a folder's files: their paths, sizes and times.

    Args:
        folder: of code and data; it is looked at once, with all that is below it.

    Raises:
        OSError: a folder cannot be listed.
    """
    parts = []
    pending = [folder]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                if entry.name.endswith(_DECIDING):
                    stat = entry.stat()
                    parts.append(f"{entry.path} {stat.st_size} {stat.st_mtime_ns}")
                elif entry.name != "__pycache__" and entry.is_dir():
                    pending.append(entry.path)
    return digest(*sorted(parts))
