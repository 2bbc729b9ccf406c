"""Schema validation: whether data is sound, and where it is not, which keyword says so of what."""

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import count

from wakagitops.core import pointer as pointers
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.typed import Any
from wakagitops.settings.schema import schema_text
from wakagitops.settings.validators import is_sound
from wakagitops.settings.views import Violation

_MANY = 1_000
"""Documents that the generated code judges: then it has taken as long as loading the validator, which
takes a quarter of its time for each of those that follow."""
_judged = count(1)


class _Compiled(NamedTuple):
    """A shipped schema, with what validates by it."""

    schema: dict[str, Any]
    validator: Any

    def at(self, path: Iterable[str | int]) -> Any:
        """Return the part of the schema at a path, such as the value of a keyword."""
        part: Any = self.schema
        for token in path:
            part = part[token]
        return part


@cache
def _compiled(kind: str) -> _Compiled:
    import jsonschema_rs  # noqa: PLC0415 - sound data needs no explanation

    schema = json.loads(schema_text(kind))
    return _Compiled(schema, jsonschema_rs.Draft202012Validator(schema))


def violations(kind: str, data: object) -> tuple[Violation, ...]:
    """Return how data breaks a shipped schema: nothing at all for sound data.

    Args:
        kind: ``file`` for one settings file, ``effective`` for a shop's merged settings.
        data: plain Python data, as the reader makes it.
    """
    if _is_sound(kind, data):
        return ()
    compiled = _compiled(kind)
    errors = compiled.validator.iter_errors(data)
    found = {violation for error in errors for violation in _explain(error, compiled)}
    return tuple(sorted(found, key=lambda item: (item.pointer, item.keyword, item.key)))


def _is_sound(kind: str, data: object) -> bool:
    if _compiled.cache_info().currsize or next(_judged) > _MANY:
        is_valid: bool = _compiled(kind).validator.is_valid(data)
        return is_valid
    return is_sound(kind, data)


def _explain(error: Any, compiled: _Compiled) -> Iterator[Violation]:
    """Turn one error into violations, following alternatives into the branch that was meant.

    The validator's own words are left alone: they quote the value, which may be a secret.
    """
    pointer = pointers.build(error.instance_path)
    *place, keyword = error.schema_path
    expected = compiled.at(error.schema_path)
    if keyword in ("anyOf", "oneOf"):
        yield from _explain_branch(error.kind.context, pointer, compiled)
    elif keyword == "additionalProperties":
        known = tuple(compiled.at(place).get("properties", ()))
        for key in error.kind.unexpected:
            yield Violation(pointer, keyword, known, key)
    elif keyword == "required":
        yield Violation(pointer, keyword, None, error.kind.property)
    elif keyword == "dependentRequired":
        missing = error.kind.property
        for present, needed in expected.items():
            if present in error.instance and missing in needed:
                yield Violation(pointer, keyword, present, missing)
    else:
        yield Violation(pointer, keyword, _frozen(expected))


def _explain_branch(
    branches: Sequence[Sequence[Any]], pointer: str, compiled: _Compiled
) -> Iterator[Violation]:
    """Follow the branch whose type the value has; where none has it, the type is what is wrong."""
    types: set[str] = set()
    for causes in branches:
        wrong = [
            cause
            for cause in causes
            if cause.kind.name == "type" and pointers.build(cause.instance_path) == pointer
        ]
        if not wrong:
            for cause in causes:
                yield from _explain(cause, compiled)
            return
        for cause in wrong:
            types.update(cause.kind.types)
    yield Violation(pointer, "type", tuple(sorted(types)))


def _frozen(value: Any) -> object:
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    return json.dumps(value, sort_keys=True) if isinstance(value, dict) else value
