"""Findings become diagnostics: those with the same rule and origin are one, for all their shops."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from wakagitops.core.diagnostic import Diagnostic, Related, Severity
from wakagitops.core.digests import digest
from wakagitops.core.messages import Message, counted, msg
from wakagitops.validate.policy import Policy
from wakagitops.validate.unit import Located

_NAMED = 3
"""How many shops a message names before it counts the rest."""


def merged(findings: Iterable[Located], policy: Policy, name: Callable[[str], str]) -> list[Diagnostic]:
    """Return one diagnostic for each rule and origin, with every shop it holds for.

    Two settings that are missing have one place, that of the mapping around them: they stay apart. So do
    findings of different severities, of which neither may hide the other.

    Args:
        findings: the located findings of all units and of the fleet's rules.
        policy: gives each rule its severity.
        name: gives the name of the shop that a file holds.
    """
    groups: dict[tuple[object, ...], list[Located]] = {}
    for item in findings:
        key = (item.rule, item.path, item.range, item.stable, item.severity)
        groups.setdefault(key, []).append(item)
    return [_diagnostic(group, policy, name) for group in groups.values()]


def _diagnostic(group: list[Located], policy: Policy, name: Callable[[str], str]) -> Diagnostic:
    group.sort(key=lambda item: (item.shop, item.pointer, item.message.text))
    first = group[-1] if not group[0].shop else group[0]
    owners = sorted({item.shop for item in group if item.shop})
    shops = tuple(name(path) for path in owners)
    message = first.message
    if len(owners) > 1 and first.shared is not None:
        message = first.shared
    if owners and owners != [first.path]:
        message = with_shops(message, shops)
    later = first.later
    if later is not None:
        later = later._replace(severity=policy.severity(first.rule, later.severity))
        if owners and owners != [first.path]:
            later = later._replace(message=with_shops(later.message, shops))
    found = Severity(first.severity) if first.severity else None
    return Diagnostic(
        first.path,
        first.range,
        first.rule,
        policy.severity(first.rule, found),
        message,
        first.pointer,
        shops,
        _related((place for item in group for place in item.related), name),
        first.help,
        first.fix,
        fingerprint=digest(first.rule, first.path, first.stable),
        key=digest(first.rule, first.stable, first.digest),
        later=later,
        more=first.more,
    )


def _related(places: Iterable[Related], name: Callable[[str], str]) -> tuple[Related, ...]:
    """Return each place once, with every shop whose fact it is: many may inherit one line."""
    owners: dict[Related, set[str]] = {}
    for place in places:
        owners.setdefault(place._replace(shops=()), set()).update(map(name, place.shops))
    merged_places = (place._replace(shops=tuple(sorted(shops))) for place, shops in owners.items())
    return tuple(
        sorted(
            merged_places, key=lambda place: (place.path, place.range, place.message.text, place.shops)
        )
    )


def with_shops(message: Message, shops: tuple[str, ...]) -> Message:
    """Say which shops inherit the value: the first three, and how many there are."""
    if len(shops) <= _NAMED:
        return msg("{finding} (in {shops})", finding=message, shops=", ".join(shops))
    return counted(
        "{finding} (in {shops} and {count} other shop)",
        "{finding} (in {shops} and {count} other shops)",
        len(shops) - _NAMED,
        finding=message,
        shops=", ".join(shops[:_NAMED]),
    )


def narrowed(item: Diagnostic, shops: tuple[str, ...]) -> Diagnostic:
    """Return a diagnostic for some of its shops only, its message naming no other.

    Args:
        item: the diagnostic.
        shops: names among ``item.shops``, sorted, at least one.
    """
    if shops == item.shops:
        return item
    related = tuple(
        place._replace(shops=tuple(shop for shop in place.shops if shop in shops))
        for place in item.related
        if not place.shops or not set(shops).isdisjoint(place.shops)
    )
    message = without_shops(item.message)
    if message is not item.message:
        message = with_shops(message, shops)
    return item._replace(message=message, shops=shops, related=related)


def without_shops(message: Message) -> Message:
    """Return what ``with_shops`` was given; any other message as it is."""
    if not message.text.startswith("{finding} (in {shops}"):
        return message
    inner = dict(message.fields)["finding"]
    return inner if isinstance(inner, Message) else message
