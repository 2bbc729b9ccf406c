"""A sender's display name as it stands in a header: a phrase of RFC 5322, encoded by RFC 2047."""

from __future__ import annotations

from base64 import b64encode
from re import ASCII

from wakagitops.core.patterns import regex

# RFC 5322, sections 3.2.3 and 3.2.5: words that need neither quotes nor encoding.
_WORDS = regex(r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+(?: [A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*\Z", ASCII)
_MAX_BYTES = 45
"""How much text one encoded word holds: 75 characters in all (RFC 2047, section 2), in base64."""


def header_phrase(name: str) -> str:
    """Return a display name as ASCII that every mail reader shows as the name given.

    The result is one line however long; whoever writes the header may fold it at its spaces.
    """
    if "=?" not in name:
        if _WORDS.match(name):
            return name
        if name.isascii() and name.isprintable():
            escaped = name.replace("\\", "\\\\").replace('"', '\\"')
            return f'"{escaped}"'
    words: list[bytes] = []
    for character in name:
        encoded = character.encode()
        # No character is split between two words (RFC 2047, section 5).
        if words and len(words[-1]) + len(encoded) <= _MAX_BYTES:
            words[-1] += encoded
        else:
            words.append(encoded)
    return " ".join(f"=?utf-8?B?{b64encode(word).decode('ascii')}?=" for word in words)
