"""Schema validation: whether data is sound, and where it is not, which keyword says so of what."""

import json
from collections.abc import Iterator
from functools import cache
from itertools import groupby

from wakagitops.core import pointer as pointers
from wakagitops.core.typed import Any
from wakagitops.settings.schema import schema_text
from wakagitops.settings.validators import is_sound
from wakagitops.settings.views import Violation


@cache
def _explaining(kind: str) -> Any:
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - sound data needs no explanation

    return Draft202012Validator(json.loads(schema_text(kind)))


def violations(kind: str, data: object) -> tuple[Violation, ...]:
    """Return how data breaks a shipped schema: nothing at all for sound data.

    Args:
        kind: ``file`` for one settings file, ``effective`` for a shop's merged settings.
        data: plain Python data, as the reader makes it.
    """
    if is_sound(kind, data):
        return ()
    found = {violation for error in _explaining(kind).iter_errors(data) for violation in _explain(error)}
    return tuple(sorted(found, key=lambda item: (item.pointer, item.keyword, item.key)))


def _explain(error: Any) -> Iterator[Violation]:
    """Turn one ``jsonschema.ValidationError`` into violations.

    Its own words are left alone: they quote the value, which may be a secret.
    """
    pointer = pointers.build(error.absolute_path)
    keyword, expected, value = error.validator, error.validator_value, error.instance
    if keyword in ("anyOf", "oneOf"):
        yield from _explain_branch(error, pointer)
    elif keyword == "additionalProperties":
        known = tuple(error.schema.get("properties", ()))
        yield from (Violation(pointer, keyword, known, key) for key in value if key not in known)
    elif keyword == "required":
        yield from (Violation(pointer, keyword, None, key) for key in expected if key not in value)
    elif keyword == "dependentRequired":
        for present, needed in expected.items():
            if present in value:
                missing = (key for key in needed if key not in value)
                yield from (Violation(pointer, keyword, present, key) for key in missing)
    else:
        yield Violation(pointer, keyword, _frozen(expected))


def _explain_branch(error: Any, pointer: str) -> Iterator[Violation]:
    """Follow the alternative whose type the value has; where none has it, the type is what is wrong."""
    types: set[str] = set()
    for _, causes in groupby(error.context, key=lambda cause: cause.relative_schema_path[0]):
        of_branch = list(causes)
        wrong = [
            cause
            for cause in of_branch
            if cause.validator == "type" and pointers.build(cause.absolute_path) == pointer
        ]
        if not wrong:
            for cause in of_branch:
                yield from _explain(cause)
            return
        for cause in wrong:
            named = cause.validator_value
            types.update([named] if isinstance(named, str) else named)
    yield Violation(pointer, "type", tuple(sorted(types)))


def _frozen(value: Any) -> object:
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    return json.dumps(value, sort_keys=True) if isinstance(value, dict) else value
