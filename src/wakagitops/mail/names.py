"""Local parts of addresses: do they name a role, a person, or the shop itself?

The lists are data, each with its date and source in it. They are compared folded: without case,
accents, separators, digits and ``+tag``.
"""

import os
from collections.abc import Iterable, Sequence
from enum import Enum
from functools import cache, lru_cache
from unicodedata import combining, normalize

from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.patterns import regex

_DATA = os.path.join(os.path.dirname(__file__), "data")
_HUMP = regex(r"(?<=[a-z])(?=[A-Z])")
_NOT_LETTER = regex(r"[^a-z]+")
_UNDECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe"})
_INITIAL_FIRST = regex(r"j|[bcdfgkmnpqrstvwxz](?=[bcdfgjkmnpqstvwxyz])")
"""An initial that a name follows: ``j``, or one that begins no word together with the name's first."""
_INITIAL_LAST = regex(r"(?:[bcfgjkmpqvw]|(?<=[bcdfgjklmnpqrstvwxz])[dlnrz])\Z")
"""An initial behind a name: a consonant that no word ends in after the name's last."""
_SHORTEST_BEFORE_INITIAL = 4
_SHORTEST_BEHIND_INITIAL = 6
_SHORTEST_INSIDE = 4
"""A role or a shop's word inside a longer word is at least this long; else it is there by chance."""
_LONGEST_INITIALS = 2
"""As in ``jl.garcia``."""
_INITIAL_AND_SURNAME = 2
"""Words in ``p.castellano``."""
_MOST_WORDS = 4
"""No person's address has more words than this."""


class Kind(Enum):
    """Whose account a local part names."""

    ROLE = "role"
    """A role, known or the team's own, with or without more words around it."""
    OWN = "own"
    """The shop, by words of its own."""
    PERSON = "person"
    """Somebody: a given name alone, or names and initials."""
    UNKNOWN = "unknown"


class _Lists(NamedTuple):
    roles: frozenset[str]
    given: frozenset[str]
    """Given names that are little else."""
    branches: frozenset[str]
    """Given names that a town, a quarter or a street has too, so that alone they may name a branch."""
    given_words: frozenset[str]
    """Given names that are everyday words or places too."""
    surnames: frozenset[str]
    surname_words: frozenset[str]
    starts: frozenset[str]
    """Given names that others are hung onto without a separator, as in ``josemanuel``."""
    particles: frozenset[str]
    """Small words inside names, such as ``de`` and ``y``."""
    places: frozenset[str]
    """Words that make a name a place's, as in ``san-juan``."""
    towns: frozenset[str]
    """Towns and regions, which say where a branch is."""


def fold(text: str) -> str:
    """Return a text in small letters without accents; separators and digits stay."""
    if text.isascii():
        return text.lower()
    plain = normalize("NFKD", text.casefold().translate(_UNDECOMPOSED))
    return "".join(letter for letter in plain if not combining(letter))


@lru_cache(maxsize=512)
def words(text: str) -> tuple[str, ...]:
    """Return the folded words of a local part or a name, split at separators, digits and humps.

    ``+tag`` is left out, as it names no account (RFC 5233).
    """
    base = text.partition("+")[0] or text
    if not base.islower():
        base = _HUMP.sub(" ", base)
    return tuple(word for word in _NOT_LETTER.split(fold(base)) if word)


def kind_of(local: str, own: Iterable[str] = (), accounts: Sequence[str] = ()) -> Kind:
    """Say whose account a local part names.

    Args:
        local: the part of an address before the ``@``.
        own: names of the shop: its id, its domain's labels, its sender name; asked only for a local
            part that is no known role.
        accounts: local parts that the team uses for roles.
    """
    parts = words(local)
    joined = "".join(parts)
    lists = _lists()
    if joined in lists.roles or not lists.roles.isdisjoint(parts):
        return Kind.ROLE
    if accounts and _is_account(parts, joined, accounts):
        return Kind.ROLE
    own_words = _own_words(tuple(own))
    if _is_own(parts, joined, own_words):
        return Kind.OWN
    if _is_person(parts, joined, dotted="." in local or "_" in local, own=own_words):
        return Kind.PERSON
    if any(_holds(joined, role) for role in _roles_by_edge(joined)):
        return Kind.ROLE
    if not own_words.isdisjoint(parts) or any(
        _holds(joined, word) for word in own_words if len(word) >= _SHORTEST_INSIDE
    ):
        return Kind.OWN
    return Kind.UNKNOWN


def _is_account(parts: Sequence[str], joined: str, accounts: Sequence[str]) -> bool:
    """Tell whether the team named the account as one of its roles.

    A role's name may have more words around it; a person's name, once allowed, stands for itself.
    """
    for account in accounts:
        named = words(account)
        if joined == "".join(named):
            return True
        if named and not _may_be_person(named):
            size = len(named)
            if any(parts[at : at + size] == named for at in range(len(parts) - size + 1)):
                return True
    return False


def _may_be_person(parts: Sequence[str]) -> bool:
    return not _lists().branches.isdisjoint(parts) or _is_person(parts, "".join(parts), dotted=True)


@lru_cache(maxsize=64)
def _own_words(names: tuple[str, ...]) -> frozenset[str]:
    """Return a shop's own words: those of its names, each name as one word, and its initials."""
    found: set[str] = set()
    particles = _lists().particles
    for name in names:
        parts = [word for word in words(name) if word not in particles]
        found.update(parts)
        found.add("".join(parts))
        if len(parts) > 1:
            found.add("".join(word[0] for word in parts))
    return frozenset(word for word in found if len(word) > 1)


def _is_own(parts: Sequence[str], joined: str, own: frozenset[str]) -> bool:
    """Tell whether a local part consists of the shop's own words, in any order."""
    if joined in own:
        return True
    meaning = [word for word in parts if word not in _lists().particles]
    if meaning and own.issuperset(meaning):
        return True
    # carmen@imprentacarmen.es: a name that the shop's name begins or ends with is the shop's.
    return len(joined) >= _SHORTEST_INSIDE and any(_holds(word, joined) for word in own)


def _holds(word: str, part: str) -> bool:
    return word.startswith(part) or word.endswith(part)


def _roles_by_edge(joined: str) -> Iterable[str]:
    """Return the known roles that a word begins or ends with, as in ``infotaller``."""
    roles = _lists().roles
    for size in range(_SHORTEST_INSIDE, len(joined)):
        if joined[:size] in roles:
            yield joined[:size]
        if joined[-size:] in roles:
            yield joined[-size:]


def _is_person(
    parts: Sequence[str], joined: str, *, dotted: bool, own: frozenset[str] = frozenset()
) -> bool:
    """True if words have a person's shape.

    Args:
        parts: the folded words.
        joined: the same without anything between them.
        dotted: whether a dot or an underscore separates them, as in most people's addresses.
        own: the shop's own words, which are nobody's surname behind a branch's name.
    """
    lists = _lists()
    names = _without_particles(parts)
    if not names or len(names) > _MOST_WORDS or not lists.places.isdisjoint(names):
        return False
    if len(names) == 1:
        return _is_person_word(joined, lists)
    initials = [word for at, word in enumerate(names) if _is_initial(word, at, lists)]
    if lists.given.isdisjoint(names) and not lists.branches.isdisjoint(names):
        return _is_person_behind_branch(names, initials, dotted=dotted, own=own)
    if all(word in initials or _is_name(word, lists) for word in names):
        return _is_full_name(names, initials, dotted=dotted)
    # maria.zubiaurre: surnames are too many to know them all.
    return dotted and names[0] in lists.given


def _without_particles(parts: Sequence[str]) -> list[str]:
    """Return the words of a name that mean something; a letter at either end is an initial."""
    particles = _lists().particles
    last = len(parts) - 1
    return [
        word
        for at, word in enumerate(parts)
        if word not in particles or (len(word) == 1 and last and at in (0, last))
    ]


def _is_initial(word: str, at: int, lists: _Lists) -> bool:
    """True if a word is one or two initials; behind a name, ``mx`` is a country or a state."""
    return (
        len(word) <= _LONGEST_INITIALS
        and not _is_name(word, lists)
        and (at == 0 or word not in lists.towns)
    )


def _is_full_name(names: Sequence[str], initials: Sequence[str], *, dotted: bool) -> bool:
    """True if words that are all names or initials make a person's name together."""
    lists = _lists()
    if not lists.given.isdisjoint(names):
        return True
    if not lists.surnames.isdisjoint(names):
        return bool(initials) or any(word in lists.given_words - lists.towns for word in names)
    # p.castellano is somebody; p.madrid and c.real may as well be a shop in Madrid and Ciudad Real.
    return (
        dotted
        and len(names) == _INITIAL_AND_SURNAME
        and names[0] in initials
        and names[1] in lists.surname_words - lists.towns - lists.given_words
    )


def _is_person_behind_branch(
    names: Sequence[str], initials: Sequence[str], *, dotted: bool, own: frozenset[str]
) -> bool:
    """True if a name that a branch may have is a person's, by the other words beside it.

    In ``marina.lopez``, ``m.carmen`` and ``rosario.zubiaurre`` it is, in ``rosario.cordoba`` and
    ``guadalupe.nl`` not.
    """
    lists = _lists()
    for at, word in enumerate(names):
        if word in lists.surnames:
            return True
        if word in initials:
            if at == 0 or len(word) == 1:
                return True
        elif word not in own and word not in lists.towns and word not in lists.branches:
            surname = word in lists.surname_words or not _is_name(word, lists)
            if surname and dotted and names[0] in lists.branches:
                return True
    return sum(word in lists.branches for word in names) > 1


def _is_name(word: str, lists: _Lists) -> bool:
    return (
        word in lists.given
        or word in lists.branches
        or word in lists.surnames
        or word in lists.given_words
        or word in lists.surname_words
    )


def _is_given(word: str, lists: _Lists) -> bool:
    return word in lists.given or word in lists.branches


def _is_advocation(word: str, lists: _Lists) -> bool:
    """True for what follows in ``mariadelcarmen`` and ``mariadelmar``."""
    rest = word.removeprefix("del")
    return rest != word and (_is_given(rest, lists) or rest in lists.given_words)


def _is_person_word(word: str, lists: _Lists) -> bool:
    """Tell whether one word is a given name, or names and initials written together.

    As in joseluis, jgarcia, analopez, juanp and jcarlos.
    """
    if word in lists.given:
        return True
    if word in lists.branches:
        return False
    if (
        len(word) > _SHORTEST_BEFORE_INITIAL
        and _INITIAL_LAST.search(word)
        and _is_given(word[:-1], lists)
    ):
        return True
    if (
        len(word) > _SHORTEST_BEHIND_INITIAL
        and _INITIAL_FIRST.match(word)
        and _is_given(word[1:], lists)
    ):
        return True
    for at in range(3, len(word) - 2):
        start, rest = word[:at], word[at:]
        if start in lists.starts and (_is_given(rest, lists) or _is_advocation(rest, lists)):
            return True
        if len(rest) > 3 and rest in lists.surnames and _is_given(start, lists):
            return True
    return len(word) > 5 and (
        word[1:] in lists.surnames or (word[2:] in lists.surnames and word[-2:] == "ez")
    )


@cache
def _lists() -> _Lists:
    given = _read("given_names.txt")
    surnames = _read("surnames.txt")
    return _Lists(
        frozenset().union(*_read("role_accounts.txt").values()),
        given["name"],
        given["branch"],
        given["word"],
        surnames["firm"],
        surnames["word"],
        given["start"],
        given["particle"],
        given["place"],
        _read("places.txt")["town"],
    )


def _read(name: str) -> dict[str, frozenset[str]]:
    """Read a list of words in sections; the lines that begin with ``#`` tell its date and source."""
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    with open(os.path.join(_DATA, name), encoding="utf-8") as file:
        for line in file:
            if line[0] == "[":
                current = sections.setdefault(line.strip()[1:-1], [])
            elif line[0] != "#":
                current += line.split()
    return {section: frozenset(found) for section, found in sections.items()}
