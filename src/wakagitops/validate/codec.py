"""Units and diagnostics as JSON values and back: for the results cache and between processes.

Named tuples become lists by themselves; here they are put together again. Whatever does not have
the right shape raises ``ValueError``, ``TypeError``, ``KeyError`` or ``IndexError``, and the caller
checks the file anew: a cache is never trusted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import chain
from sys import intern

from wakagitops.core.diagnostic import Diagnostic, Edit, Fix, Later, Related, Severity
from wakagitops.core.messages import Message
from wakagitops.core.source import Position, Range
from wakagitops.core.typed import Any
from wakagitops.settings.repository import shop_id
from wakagitops.settings.suppression_comments import Suppression
from wakagitops.settings.views import ShopFacts
from wakagitops.validate.outcome import Run
from wakagitops.validate.unit import Compared, Located, Unit

MALFORMED = (ValueError, TypeError, KeyError, IndexError, AttributeError)
"""What decoding raises for what is no encoding of ours."""

_dumps = json.JSONEncoder(
    # Tuples hold no circles, and looking for some takes as long as all the rest.
    ensure_ascii=True,
    check_circular=False,
    separators=(",", ":"),
    default=lambda item: item.value,
).encode


def encode(value: object) -> str:
    """Return a unit, a diagnostic or a list of them as one line of JSON."""
    return _dumps(value)


def unit(text: bytes, path: str = "") -> Unit:
    """Decode one unit from its line of JSON.

    Args:
        text: the line.
        path: the file's, which then stands there once for all that is kept of it.
    """
    return unit_of(json.loads(text), path)


def unit_of(item: list[Any], expected: str = "") -> Unit:
    """Decode one unit."""
    path, findings, suppressions, compared, version, digest, unjudged, unread = item
    _texts(path, version, digest, *unjudged)
    return Unit(
        expected if expected == path else path,
        tuple(_located(item) for item in findings),
        tuple(suppression(item) for item in suppressions),
        _compared(*compared) if compared is not None else None,
        intern(version),
        digest,
        tuple(unjudged),
        _message(unread) if unread is not None else None,
    )


def run(parts: Sequence[str]) -> Run | None:
    """Decode what a run put together from its parts; None where they are none of ours."""
    try:
        digests, versions, keys, units, fleet, is_whole = map(json.loads, parts)
        # By type as a whole, since there may be a hundred thousand of each.
        texts = chain(digests.values(), versions.values(), keys.values())
        if {type(value) for value in texts} - {str}:
            return None
        found = [unit_of(item) for item in units]
        return Run(digests, versions, keys, found, [_located(item) for item in fleet], bool(is_whole))
    except MALFORMED:
        return None


def _compared(keys: str | None, alone: list[Any], facts: str) -> Compared:
    _texts(keys or "", facts)
    return Compared(keys, tuple(_located(item) for item in alone), facts)


def parts(run: Run, last: Run | None, known: Sequence[str]) -> Iterator[str]:
    """Encode what a run put together, part by part; what is as it was need not be encoded again.

    Args:
        run: what is kept.
        last: what was kept before, where the run was made from that.
        known: the parts of the last one, as they were decoded.
    """
    if last is None:
        yield from map(encode, run)
    else:
        for new, old, text in zip(run, last, known, strict=True):
            yield text if new == old else encode(new)


def facts_text(facts: ShopFacts, pointers: Sequence[str]) -> str:
    """Encode what fleet rules know of a shop, in little room: a fleet has a hundred thousand of it.

    Args:
        facts: what they know.
        pointers: all settings that they read, in the order in which the text is decoded again.
    """
    return encode((facts.environment, [facts.facts.get(pointer) for pointer in pointers]))


def facts(path: str, pointers: Sequence[str], text: str) -> ShopFacts:
    """Decode what fleet rules know of the shop of a file."""
    environment, known = json.loads(text)
    _texts(environment)
    found = {
        pointer: tuple(fact) for pointer, fact in zip(pointers, known, strict=True) if fact is not None
    }
    return ShopFacts(path, shop_id(path), environment, found)


def _located(item: list[Any]) -> Located:
    (
        rule,
        path,
        place,
        pointer,
        message,
        shared,
        advice,
        severity,
        related,
        fix,
        shop,
        stable,
        digest,
        later,
        more,
    ) = item
    _texts(rule, path, pointer, severity, shop, stable, digest)
    return Located(
        rule, path, _range(place), pointer, _message(message),
        _message(shared) if shared is not None else None,
        _message(advice), severity, tuple(_related(entry) for entry in related), _fix(fix),
        shop, stable, digest, _later(later), int(more),
    )  # fmt: skip


def diagnostic(item: list[Any]) -> Diagnostic:
    """Decode one diagnostic."""
    (
        path,
        place,
        rule,
        severity,
        message,
        pointer,
        shops,
        related,
        advice,
        fix,
        fingerprint,
        key,
        later,
        more,
    ) = item
    _texts(path, rule, pointer, fingerprint, key, *shops)
    return Diagnostic(
        path, _range(place), rule, Severity(severity), _message(message), pointer, tuple(shops),
        tuple(_related(entry) for entry in related), _message(advice), _fix(fix), fingerprint, key,
        _later(later), int(more),
    )  # fmt: skip


def suppression(item: list[Any]) -> Suppression:
    """Decode one suppression."""
    path, place, line, names, reason, until, fault = item
    _texts(path, reason, until, fault, *names)
    return Suppression(path, _range(place), int(line), tuple(names), reason, until, fault)


def _texts(*values: object) -> None:
    if not all(isinstance(value, str) for value in values):
        raise TypeError


def _range(item: list[Any]) -> Range:
    (line, column), (end_line, end_column) = item
    return Range(Position(int(line), int(column)), Position(int(end_line), int(end_column)))


def _message(item: list[Any]) -> Message:
    text, fields, plural, count = item
    _texts(text, plural)
    return Message(
        text,
        tuple(
            (str(name), _message(value) if isinstance(value, list) else value) for name, value in fields
        ),
        plural,
        int(count),
    )


def _related(item: list[Any]) -> Related:
    path, place, message, shops = item
    _texts(path, *shops)
    return Related(path, _range(place), _message(message), tuple(shops))


def _later(item: list[Any] | None) -> Later | None:
    if item is None:
        return None
    day, known, severity, message, advice = item
    _texts(day, known)
    return Later(day, known, Severity(severity), _message(message), _message(advice))


def _fix(item: list[Any] | None) -> Fix | None:
    if item is None:
        return None
    description, edits = item
    return Fix(
        _message(description),
        tuple(Edit(str(path), _range(place), str(text)) for path, place, text in edits),
    )
