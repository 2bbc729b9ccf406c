"""Platform versions: their grammar and their order (PEP 440's, for the part that occurs)."""

from __future__ import annotations

from functools import cache, lru_cache
from re import ASCII

from wakagitops.core.patterns import regex
from wakagitops.core.typed import Any

_VERSION = regex(r"[Vv]?([0-9]+(?:\.[0-9]+)+)(?:-?(a|b|rc)([0-9]+))?\Z", ASCII)
_STAGES = {"a": 0, "b": 1, "rc": 2, None: 3}


@lru_cache(maxsize=512)
def is_version(text: str) -> bool:
    """Tell whether a text is a platform version: ``V?N.N(.N)*`` with an optional ``aN|bN|rcN``."""
    return len(text) <= 64 and _VERSION.match(text) is not None


@cache
def order(text: str) -> Any:
    """Return a value by which platform versions sort: ``3.28.1rc1 < 3.28.1 < 3.28.10 < 3.30``.

    A missing part counts as zero, so ``3.28`` equals ``3.28.0`` (PEP 440, "Final releases").

    Raises:
        ValueError: the text is no platform version.
    """
    match = _VERSION.match(text)
    if match is None:
        message = "not a platform version"
        raise ValueError(message)
    numbers = [int(part) for part in match[1].split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers), _STAGES[match[2]], int(match[3] or 0)
