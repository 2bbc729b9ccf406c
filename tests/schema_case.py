"""What the tests of the schemas share: the schemas, two validators, and settings to take apart."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator

Place = tuple[str | int, ...]
"""The keys and indexes that lead to a value."""

ROOT = Path(__file__).parent.parent
SCHEMAS = sorted(path.name for path in (ROOT / "schema").glob("*.json"))
EFFECTIVE = "mail-settings.schema.json"
FILE = "mail-settings-file.schema.json"
VOCABULARY = "wakagitops-vocabulary.schema.json"
SETTINGS_SCHEMAS = (EFFECTIVE, FILE)
KINDS = {EFFECTIVE: "effective", FILE: "file"}
SOPS_TEXT = "ENC[AES256_GCM,data:g4K3UgvU,iv:AAAA,tag:BBBB,type:str]"
REFERENCES = (
    {"env": "IMPRENTA_SOL_SMTP_PASSWORD"},
    {"file": "/run/secrets/imprenta-sol-smtp"},
    {"kubernetes": {"name": "imprenta-sol-smtp", "key": "SMTP_PASSWORD"}},
    {"external": {"store": "vault", "key": "shops/imprenta-sol/smtp", "property": "password"}},
    {"vault": {"path": "secret/shops/imprenta-sol/smtp", "key": "password"}},
)


def load(name: str) -> Any:
    return json.loads((ROOT / "schema" / name).read_text(encoding="utf-8"))


@cache
def slow(name: str) -> Draft202012Validator:
    return Draft202012Validator(load(name))


@cache
def fast(name: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(load(name))


def admits(name: str, document: object) -> bool:
    """Return the verdict of both validators, which must be one."""
    verdict = fast(name).is_valid(document)
    assert slow(name).is_valid(document) is verdict
    return verdict


def sound() -> dict[str, Any]:
    """Return settings that use every key."""
    return {
        "shop": "imprenta-sol",
        "platform_version": "3.28.1",
        "url": "https://www.imprenta-sol.es",
        "contact": {
            "email": "contacto@imprenta-sol.es",
            "publish": "entities",
            "pages": ["/contacto", "/aviso-legal"],
        },
        "notifications": {
            "email": "pedidos@mail.imprenta-sol.es",
            "name": "Imprenta Sol",
            "smtp": {
                "host": "smtp.imprenta-sol.es",
                "ports": {"starttls": 587, "tls": 465, "plain": 2525},
                "username": "pedidos@mail.imprenta-sol.es",
                "password": {"kubernetes": {"name": "imprenta-sol-smtp", "key": "SMTP_PASSWORD"}},
            },
        },
        "admin": {"recipients": ["ventas@imprenta-sol.es", "taller@imprenta-sol.es"]},
        "sops": {"mac": SOPS_TEXT, "age": [{"recipient": "age1", "enc": "x"}]},
    }


def places(value: object, pointer: Place = ()) -> Iterator[Place]:
    """Yield the path of every value below the top."""
    members: Any = ()
    if isinstance(value, dict):
        members = value.items()
    elif isinstance(value, list):
        members = enumerate(value)
    for token, member in members:
        yield (*pointer, token)
        yield from places(member, (*pointer, token))


def value_at(document: Any, place: Place) -> Any:
    """Return the value at a place."""
    for token in place:
        document = document[token]
    return document


def replaced(document: Any, place: Place, value: object) -> Any:
    """Return a copy with one value replaced."""
    changed = copy.deepcopy(document)
    value_at(changed, place[:-1])[place[-1]] = value
    return changed


def removed(document: Any, place: Place) -> Any:
    """Return a copy with one value removed."""
    changed = copy.deepcopy(document)
    del value_at(changed, place[:-1])[place[-1]]
    return changed


def subschemas(schema: Any) -> Iterator[tuple[str, Any]]:
    """Yield each schema inside a schema, with its place."""
    stack = [("", schema)]
    while stack:
        place, current = stack.pop()
        if not isinstance(current, dict):
            continue
        yield place, current
        for keyword in ("properties", "$defs", "dependentSchemas"):
            stack += [
                (f"{place}/{keyword}/{name}", sub) for name, sub in current.get(keyword, {}).items()
            ]
        for keyword in ("anyOf", "allOf"):
            stack += [
                (f"{place}/{keyword}/{at}", sub) for at, sub in enumerate(current.get(keyword, ()))
            ]
        for keyword in ("items", "additionalProperties", "propertyNames"):
            stack.append((f"{place}/{keyword}", current.get(keyword)))
