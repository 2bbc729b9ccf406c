"""What ``wakagitops.toml`` says, kept by its text: parsing it would take a hook a twentieth of its time.

Kept is the table as it was parsed, and nothing that is made of it: so the text alone decides.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress

from wakagitops.core.digests import digest
from wakagitops.core.typed import Any
from wakagitops.validate.cache_folder import CacheFolder, cache_folder, sealed

_NAME = "settings"
_HEADER = b"wakagitops settings 1"


def kept_table(base: str, text: str, parse: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    """Return the table of a ``wakagitops.toml``, parsed now or by an earlier run.

    Args:
        base: the repository's base folder; where no run has left a cache in it, none is begun.
        text: the file's text.
        parse: parses it, and raises what it will.
    """
    folder = cache_folder(base, text)
    if folder.problem is not None or not os.path.isdir(folder.path):
        return parse(text)
    key = digest(_NAME, sys.version, text).encode()
    known = _known(folder, key)
    if known is not None:
        return known
    table = parse(text)
    from wakagitops.secrets.credentials import find  # noqa: PLC0415 - only where something is kept

    if find(text):
        return table  # no cache holds a secret, be it one that belongs in no file of ours
    # Times are no JSON, and a folder that cannot be written keeps nothing.
    with suppress(TypeError, OSError):
        folder.replace(_NAME, _HEADER, (sealed(key, json.dumps(table).encode("ascii")),))
    return table


def _known(folder: CacheFolder, key: bytes) -> dict[str, Any] | None:
    try:
        text = folder.sole(_NAME, _HEADER, key)
        table = json.loads(text) if text is not None else None
    except (ValueError, RecursionError):
        return None
    return table if isinstance(table, dict) else None
