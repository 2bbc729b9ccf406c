"""Whether data is sound, by code that ``script/generate`` makes of each shipped schema.

Loading a validator and compiling a schema takes longer than all else that a commit hook does. Nearly
every file is sound, so this code decides, and jsonschema explains where it says no. The tests hold
both, and jsonschema-rs, to the same verdict on every document.
"""

from functools import cache
from importlib import import_module

from wakagitops.core.typed import Any


class UnsoundError(Exception):
    """Data breaks the schema: all that the generated code says of it."""


def is_sound(kind: str, data: object) -> bool:
    """Tell whether data breaks nothing in a shipped schema.

    Args:
        kind: ``file`` for one settings file, ``effective`` for a shop's merged settings.
        data: plain Python data, as the reader makes it.
    """
    try:
        _module(kind).validate(data)
    except UnsoundError:
        return False
    return True


@cache
def _module(kind: str) -> Any:
    return import_module(f"wakagitops.settings.validators.{kind}")
