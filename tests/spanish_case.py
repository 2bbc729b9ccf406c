"""The Spanish catalogue for its tests, and the words by which left-over English is found."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from babel.messages.pofile import read_po

from wakagitops.cli.commands import COMMANDS
from wakagitops.rules import all_rules
from wakagitops.settings.config import KEYS
from wakagitops.settings.schema import shipped_annotations

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "src" / "wakagitops" / "locale" / "es" / "LC_MESSAGES"

_WORD = re.compile(r"[^\W\d_]{2,}")
_FENCED = re.compile(r"^```(?:yaml|toml|console).*?^```$", re.MULTILINE | re.DOTALL)
# What is no prose: paths, addresses, keys, flags, choices, numbers, ids of rules, values in code.
_CODE = re.compile(r"`[^`]*`|\"[^\"]*\"|\{[^{}]*\}|\S*[/_=@<>\d\\-]\S*|\w+(?:\.\w+)+\S*|\w+:(?!\s)\S+")


class Entry(NamedTuple):
    """One sentence of the catalogue and its translation."""

    english: tuple[str, ...]
    """The sentence; singular and plural where it counts."""
    spanish: tuple[str, ...]
    files: tuple[str, ...]


@cache
def entries() -> list[Entry]:
    """Return the whole catalogue."""
    with (FOLDER / "wakagitops.po").open("rb") as file:
        return [
            Entry(
                (item.id,) if isinstance(item.id, str) else tuple(item.id),
                (item.string,) if isinstance(item.string, str) else tuple(item.string or ()),
                tuple(place for place, _ in item.locations),
            )
            for item in read_po(file)
            if item.id
        ]


def translated() -> list[Entry]:
    """Return the sentences that have their translation; a test of its own tells of the others."""
    return [
        entry for entry in entries() if len(entry.spanish) == len(entry.english) and all(entry.spanish)
    ]


def words(text: str) -> set[str]:
    """Return the words of prose, in lower case; code, values and names are left out."""
    return set(_WORD.findall(_CODE.sub(" ", _FENCED.sub("", text)).lower()))


@cache
def _only_english() -> frozenset[str]:
    english = set().union(*(words(form) for entry in entries() for form in entry.english))
    spanish = set().union(*(words(form) for entry in entries() for form in entry.spanish))
    keys = {token for pointer in shipped_annotations().settings for token in pointer.split("/")}
    groups = {rule_id.partition("/")[0] for rule_id in all_rules()}
    return frozenset(english - spanish - COMMANDS.keys() - keys - groups - set(KEYS))


def leaks(text: str) -> set[str]:
    """Return the English words in a text that should be Spanish: those that no translation uses."""
    return words(text) & _only_english()
