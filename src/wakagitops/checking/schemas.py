"""Schema validation: jsonschema-rs decides, and jsonschema explains what did not pass."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from wakagitops.core import pointer as pointers
from wakagitops.reading.annotations import schema_text
from wakagitops.reading.views import Violation


@cache
def _decider(kind: str) -> Any:
    import jsonschema_rs  # noqa: PLC0415 - `rules` and `explain` never validate

    return jsonschema_rs.Draft202012Validator(json.loads(schema_text(kind)))


@cache
def _explainer(kind: str) -> Any:
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - 120 ms that a clean run does not pay

    return Draft202012Validator(json.loads(schema_text(kind)))


def violations(kind: str, data: object) -> tuple[Violation, ...]:
    """Return how data breaks a shipped schema: nothing at all for sound data.

    Args:
        kind: ``file`` for one settings file, ``effective`` for a shop's merged settings.
        data: plain Python data, as the reader makes it.
    """
    if _decider(kind).is_valid(data):
        return ()
    found = [violation for error in _explainer(kind).iter_errors(data) for violation in _explain(error)]
    return tuple(sorted(set(found), key=lambda item: (item.pointer, item.keyword, item.key)))


def _explain(error: Any) -> Iterator[Violation]:
    """Turn one error into violations, following alternatives into the branch that was meant."""
    pointer = pointers.build(list(error.absolute_path))
    keyword = str(error.validator)
    if keyword in ("anyOf", "oneOf"):
        yield from _explain_branch(error, pointer)
    elif keyword == "additionalProperties":
        known = error.schema.get("properties", {})
        for key in error.instance:
            if key not in known:
                yield Violation(pointer, keyword, tuple(known), key)
    elif keyword == "required":
        for key in error.validator_value:
            if key not in error.instance:
                yield Violation(pointer, keyword, None, key)
    elif keyword == "dependentRequired":
        for present, needed in error.validator_value.items():
            for key in needed:
                if present in error.instance and key not in error.instance:
                    yield Violation(pointer, keyword, present, key)
    else:
        yield Violation(pointer, keyword, _frozen(error.validator_value))


def _explain_branch(error: Any, pointer: str) -> Iterator[Violation]:
    """Follow the branch whose type the value has; where none has it, the type is what is wrong."""
    branches: dict[Any, list[Any]] = {}
    for cause in error.context or ():
        branches.setdefault(cause.schema_path[0], []).append(cause)
    types: set[str] = set()
    for causes in branches.values():
        wrong = [cause for cause in causes if cause.validator == "type" and not cause.path]
        if not wrong:
            for cause in causes:
                yield from _explain(cause)
            return
        for cause in wrong:
            value = cause.validator_value
            types.update([value] if isinstance(value, str) else value)
    yield Violation(pointer, "type", tuple(sorted(types)))


def _frozen(value: Any) -> object:
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    return json.dumps(value, sort_keys=True) if isinstance(value, dict) else value
