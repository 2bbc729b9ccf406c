"""What wakagitops writes for programs is what its published schemas say."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from tests.schema_case import ROOT, admits, sound
from wakagitops.render import cache_bust, manifest
from wakagitops.render.files import PRIVATE_MODE, RenderedFile
from wakagitops.settings.model import ShopSettings, settings_of
from wakagitops.settings.schema import Annotations

_KNOWN = Annotations(json.loads((ROOT / "schema" / "mail-settings.schema.json").read_bytes()))


def _shop(**contact: Any) -> ShopSettings:
    data = sound()
    data["contact"].update(contact)
    return settings_of("configs/imprenta-sol.yaml", "", data)


def _file(text: str = "hola", **changed: Any) -> RenderedFile:
    name = f"public/imprenta-sol/contact.{text}.html"
    file = RenderedFile(name, text.encode(), 0o644, "imprenta-sol", "public", "contact.html")
    return file._replace(**changed)


def _transition(before: list[ShopSettings] | None, after: list[ShopSettings], text: str = "hola") -> Any:
    previous = cache_bust.Previous()
    if before is not None:
        states = cache_bust.public_states(before, [_file()], _KNOWN)
        previous = cache_bust.as_previous(states, _KNOWN)
    states = cache_bust.public_states(after, [_file(text)] if after else [], _KNOWN)
    return json.loads(cache_bust.encode(cache_bust.changes(states, previous, _KNOWN), _KNOWN))


@pytest.mark.parametrize(
    ("before", "after", "text", "reasons"),
    [
        (None, [_shop()], "hola", ["first-publication"]),
        ([_shop()], [], "hola", ["removed"]),
        ([_shop()], [_shop()], "hola", []),
        ([_shop()], [_shop()], "adios", ["renderer-changed"]),
        ([_shop()], [_shop(email="info@imprenta-sol.es")], "adios", ["contact-email-changed"]),
        (
            [_shop()],
            [_shop(publish="plain", pages=["/x"])],
            "hola",
            ["publish-changed", "pages-changed"],
        ),
        ([_shop(publish="assembled")], [_shop(publish="plain")], "hola", ["publish-changed"]),
    ],
)
def test_every_kind_of_transition_follows_the_cache_bust_schema(
    before: list[ShopSettings] | None, after: list[ShopSettings], text: str, reasons: list[str]
) -> None:
    document = _transition(before, after, text)
    shop = document["shops"]["imprenta-sol"]
    assert [reason["reason"] for reason in shop["reasons"]] == reasons
    assert admits("cache-bust-v1.schema.json", document)


@pytest.mark.parametrize(
    "key", ["flush_cache", "reasons", "public", "artefacts", "purge", "operation_id"]
)
def test_the_cache_bust_schema_misses_what_is_not_there(key: str) -> None:
    document = _transition(None, [_shop()])
    del document["shops"]["imprenta-sol"][key]
    assert not admits("cache-bust-v1.schema.json", document)


def test_the_cache_bust_schema_refuses_what_nobody_promised() -> None:
    document = _transition(None, [_shop()])
    for place, value in (
        (("version",), 2),
        (("generated_at",), "2026-11-24"),
        (("shops", "imprenta-sol", "host"), "ci-3"),
        (("shops", "imprenta-sol", "reasons"), [{"reason": "moved", "pointer": ""}]),
        (("shops", "imprenta-sol", "operation_id"), ""),
        (("shops", "imprenta-sol", "purge", "tags"), ["a tag"]),
        (("shops", "imprenta-sol", "purge", "urls"), ["/contacto"]),
    ):
        changed = copy.deepcopy(document)
        holder = changed
        for token in place[:-1]:
            holder = holder[token]
        holder[place[-1]] = value
        assert not admits("cache-bust-v1.schema.json", changed), place


def test_a_manifest_follows_its_schema_while_pending_too() -> None:
    private = _file(path="shops/imprenta-sol/msmtprc", mode=PRIVATE_MODE, target="msmtp")
    shared = _file(path="public/assets/contact-address.0123456789ab.js", shop="")
    entries = tuple(manifest.entry_of(file) for file in (_file(), private, shared))
    for value in (
        manifest.Manifest(),
        manifest.Manifest("staging", entries, entries[:1]),
        manifest.Manifest("", entries, (), ("shops/imprenta-sol/settings.json",), entries[:1]),
    ):
        assert admits("manifest-v1.schema.json", json.loads(manifest.encode(value)))
    document = json.loads(manifest.encode(manifest.Manifest("", entries)))
    for key, wrong in (("path", "/etc/passwd"), ("sha256", "abc"), ("mode", "644"), ("bytes", -1)):
        changed = copy.deepcopy(document)
        changed["files"][0][key] = wrong
        assert not admits("manifest-v1.schema.json", changed), key
    del document["environment"]
    assert not admits("manifest-v1.schema.json", document)


_FINDING = {
    "rule": "smtp/host",
    "severity": "error",
    "message": "smtp.local is a name of one network only",
    "path": "configs/imprenta-sol.yaml",
    "line": 9,
    "pointer": "/notifications/smtp/host",
    "shops": ["imprenta-sol"],
}
_FILES = {"written": [], "rewritten": ["shops/imprenta-sol/settings.json"], "removed": []}
_PLAN: dict[str, Any] = {
    "version": 1,
    "tool": {"name": "wakagitops", "version": "1.0.0"},
    "base": {"revision": "origin/main", "commit": "0" * 40},
    "head": None,
    "summary": {
        "shops": 12,
        "changed": 1,
        "added": 1,
        "removed": 1,
        "files": 5,
        "flushed": 1,
        "new_findings": 1,
        "fixed_findings": 0,
    },
    "shops": [
        {
            "shop": "imprenta-sol",
            "environment": "",
            "path": "configs/imprenta-sol.yaml",
            "moved_from": None,
            "standing": {"base": "sound", "new": "invalid"},
            "changes": [
                {
                    "pointer": "/notifications/smtp/ports",
                    "old": {"tls": 465},
                    "new": None,
                    "cause": {"path": "configs/_defaults.yaml", "line": None},
                    "was": {"path": "configs/_defaults.yaml", "line": 7},
                }
            ],
            "consequences": {
                "files": _FILES,
                "flush_cache": True,
                "reasons": [{"reason": "url-changed", "pointer": "/url"}],
                "findings": {"new": [_FINDING], "fixed": []},
            },
        }
    ],
    "added": [],
    "removed": [],
    "shared_files": _FILES,
    "findings": {"new": [_FINDING], "fixed": [], "suppressed": []},
    "brake": {"holds": True, "allowed": False, "reasons": ["shop-removed"]},
    "risk": "One shop is removed.",
}


def test_the_plan_schema_admits_a_plan_and_nothing_more() -> None:
    assert admits("plan-v1.schema.json", _PLAN)
    for holder in (
        [],
        ["tool"],
        ["base"],
        ["summary"],
        ["brake"],
        ["shared_files"],
        ["findings"],
        ["findings", "new", 0],
        ["shops", 0],
        ["shops", 0, "standing"],
        ["shops", 0, "changes", 0],
        ["shops", 0, "changes", 0, "cause"],
        ["shops", 0, "consequences"],
    ):
        for change in ("more", "less"):
            changed = copy.deepcopy(_PLAN)
            inner: Any = changed
            for token in holder:
                inner = inner[token]
            if change == "more":
                inner["seconds"] = 3
            else:
                inner.popitem()
            assert not admits("plan-v1.schema.json", changed), (holder, change)
