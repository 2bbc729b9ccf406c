"""What the tests of the targets share: a shop's files under a target, and texts of every kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from tests.deployment_case import shop
from wakagitops.core.messages import Translator
from wakagitops.render.files import Fleet, RenderedFile, Target
from wakagitops.render.refusals import refusals
from wakagitops.render.targets import load
from wakagitops.settings.model import Reference, ShopSettings

SPECIALS = "\"'\\`$#{}<>&|;%*?[]()=,:@! \t~^+-_./"


def texts(*, max_size: int = 40) -> st.SearchStrategy[str]:
    """Return texts as the schema admits them, rich in what formats give a meaning of its own."""
    return st.text(
        st.one_of(
            st.sampled_from(SPECIALS),
            st.characters(codec="utf-8"),
            st.characters(min_codepoint=0x20, max_codepoint=0x7E),
            st.sampled_from("áéñçü€\u200f\u2028\x85\xa0\ufeff😀"),
        ),
        min_size=1,
        max_size=max_size,
    )


def reference(kind: str, **fields: str) -> Reference:
    """Return a reference; ``env`` and ``file`` have one field, called like the kind."""
    return Reference(kind, tuple(sorted(fields.items())))


def account(**changes: Any) -> ShopSettings:
    """Return a sound shop with some fields of its notification account set anew."""
    return shop(**{f"notifications__{name}": value for name, value in changes.items()})


def refused(target: str | Target, settings: ShopSettings) -> dict[str, str]:
    """Return what a target refuses: the message in English by pointer."""
    found = refusals(target if isinstance(target, Target) else load(target), settings)
    return {refusal.pointer: Translator()(refusal.message) for refusal in found}


def rendered(
    name: str, settings: ShopSettings, options: Mapping[str, Any] | None = None
) -> dict[str, RenderedFile]:
    """Return the files of one shop under a built-in target by path; nothing may be refused."""
    target = load(name, options)
    assert refused(target, settings) == {}
    return {file.path: file for file in target.render(settings)}


def shared(name: str, *shops: str) -> dict[str, RenderedFile]:
    """Return the files of a fleet under a built-in target by path."""
    return {file.path: file for file in load(name).shared(Fleet("", shops))}


def public_file(artefact: str, settings: ShopSettings) -> RenderedFile:
    """Return the public file of a shop that has this name without its hash."""
    files = rendered("public", settings).values()
    return next(file for file in files if file.artefact == artefact)
