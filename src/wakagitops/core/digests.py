"""Digests of texts and bytes by which we tell whether two are the same: BLAKE2b (RFC 7693)."""

try:
    # hashlib has the same function and loads OpenSSL beside it, for which a commit hook would wait.
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

SIZE = 16
"""Bytes of a digest that stands alone."""


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
