"""What the schema says of each setting beyond its shape: the ``x-`` keywords, types, titles.

Places are JSON Pointers into the settings, with ``*`` for the items of a list.
"""

import json
import os
from collections.abc import Container
from functools import cache

from wakagitops.core import pointer as pointers
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.typed import Any

SCHEMA_FILES = {
    "effective": "mail-settings.schema.json",
    "file": "mail-settings-file.schema.json",
}


class Setting(NamedTuple):
    """One place that the schema describes."""

    pointer: str
    types: frozenset[str]
    """JSON types that the place accepts, such as ``string``; several where it has alternatives."""
    title: str
    description: str
    default: object
    since: str
    """``x-since``: the platform version that introduced the setting; empty where it always was."""
    public: bool
    """``x-public``: shown on the public web."""
    secret: bool
    """``x-secret``: a credential."""
    atomic: bool
    """``x-atomic``: a mapping that is one value in the cascade."""
    panel: str
    """``x-panel``: where the platform's panel has it."""


class Annotations:
    """The settings that the schema describes, by place, and the sets that drive behaviour."""

    def __init__(self, schema: dict[str, Any]) -> None:
        """Flatten a schema of effective settings."""
        self.settings: dict[str, Setting] = {}
        self._needs: list[tuple[str, str]] = []
        self._definitions = schema.get("$defs", {})
        self._flatten("", schema, {})
        self.secret = self._marked("secret")
        self.public = self._marked("public")
        self.atomic = self._marked("atomic")
        self.needs = tuple(need for need in self._needs if not self._is_in_atomic(need[1]))
        """What the schema requires of mappings that the cascade merges: where the first setting is, the
        second has to be."""
        self.gated = {place: setting.since for place, setting in self.settings.items() if setting.since}

    def at(self, pointer: str) -> Setting | None:
        """Return what the schema says of the value at a JSON Pointer; None for an unknown place."""
        setting = self.settings.get(pointer)
        if setting is None and pointer[-1:].isdecimal():
            holder, _, index = pointer.rpartition("/")
            return self.settings.get(f"{holder}/*") if index.isdecimal() else None
        return setting

    def missing(self, settings: Container[str]) -> tuple[str, ...]:
        """Return the pointers of the required settings that are not there.

        Args:
            settings: the pointers to all settings of a shop, that of the whole included.
        """
        return tuple(need for place, need in self.needs if place in settings and need not in settings)

    def is_complete(self, settings: Container[str]) -> bool:
        """Tell whether settings that sound files without a ``null`` were merged to are sound, too.

        To a setting that is sound in each file the cascade adds nothing but other settings, so all that
        can be wrong is that one is missing.

        Args:
            settings: the pointers to all of them, that of the whole included.
        """
        return not self.missing(settings)

    def is_secret(self, pointer: str) -> bool:
        """Tell whether a value is a credential or lies inside one."""
        for secret in self.secret:
            if pointer.startswith(secret) and pointers.covers(secret, pointer):
                return True
        return False

    def keys_of(self, pointer: str) -> list[str]:
        """Return the keys that the mapping at a pointer may have, in the schema's order."""
        start = f"{pointer}/"
        return [
            pointers.tokens(place)[-1]
            for place in self.settings
            if place.startswith(start) and "/" not in place[len(start) :] and place[-2:] != "/*"
        ]

    def _is_in_atomic(self, pointer: str) -> bool:
        holder = pointer.rpartition("/")[0]
        return any(pointers.covers(place, holder) for place in self.atomic)

    def _marked(self, name: str) -> tuple[str, ...]:
        return tuple(place for place, setting in self.settings.items() if getattr(setting, name))

    def _flatten(self, pointer: str, schema: dict[str, Any], inherited: dict[str, Any]) -> None:
        """Record a place and go on to its members; alternatives add to the same places."""
        schema = {**inherited, **self._resolve(schema)}
        alternatives = [
            self._resolve(branch)
            for keyword in ("anyOf", "oneOf", "allOf")
            for branch in schema.get(keyword, ())
        ]
        types: set[str] = set()
        for part in (schema, *alternatives):
            kind = part.get("type", ())
            types.update([kind] if isinstance(kind, str) else kind)
        known = self.settings.get(pointer)
        self.settings[pointer] = Setting(
            pointer,
            frozenset(types) | (known.types if known else frozenset()),
            schema.get("title", known.title if known else ""),
            schema.get("description", known.description if known else ""),
            schema.get("default"),
            schema.get("x-since", ""),
            bool(schema.get("x-public")),
            bool(schema.get("x-secret")),
            bool(schema.get("x-atomic")),
            schema.get("x-panel", ""),
        )
        self._needs += ((pointer, pointers.child(pointer, name)) for name in schema.get("required", ()))
        self._needs += (
            (pointers.child(pointer, name), pointers.child(pointer, other))
            for name, others in schema.get("dependentRequired", {}).items()
            for other in others
        )
        for part in (schema, *alternatives):
            for name, member in part.get("properties", {}).items():
                self._flatten(pointers.child(pointer, name), member, {})
            if isinstance(part.get("items"), dict):
                self._flatten(f"{pointer}/*", part["items"], {})

    def _resolve(self, schema: dict[str, Any]) -> dict[str, Any]:
        reference = schema.get("$ref", "")
        if not reference.startswith("#/$defs/"):
            return schema
        target = self._resolve(self._definitions[reference.removeprefix("#/$defs/")])
        return {**target, **{key: value for key, value in schema.items() if key != "$ref"}}


def schema_folder() -> str:
    """Return the folder of the shipped schemas: inside the wheel, or the source tree's ``schema/``."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    packaged = os.path.join(package, "schema")
    if os.path.isdir(packaged):
        return packaged
    return os.path.join(os.path.dirname(os.path.dirname(package)), "schema")


def schema_text(kind: str) -> str:
    """Return the text of a shipped schema: ``effective`` or ``file``."""
    with open(os.path.join(schema_folder(), SCHEMA_FILES[kind]), encoding="utf-8") as file:
        return file.read()


@cache
def shipped_annotations() -> Annotations:
    """Return the annotations of the shipped schema of effective settings."""
    return Annotations(json.loads(schema_text("effective")))
