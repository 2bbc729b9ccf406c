"""The generated code decides; the validators that the field knows give the same verdict."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from tests.schema_case import (
    EFFECTIVE,
    FILE,
    KINDS,
    SETTINGS_SCHEMAS,
    SOPS_TEXT,
    fast,
    places,
    removed,
    slow,
    sound,
    value_at,
)
from wakagitops.settings.cascade import effective
from wakagitops.settings.schema import shipped_annotations
from wakagitops.settings.validators import is_sound
from wakagitops.yaml.parser import read

_ODD = "\n\r\t\v\f\0 \x1c\x85\u2028\u00a0\u200b\ufeff٣ßſK·@.-_/\\:%?#[]{}=+,;~Ññ日😀aA0"
_texts = st.one_of(
    st.text(alphabet=_ODD, max_size=8),
    st.text(max_size=8),
    st.sampled_from(
        ["x" * 49, "x" * 50, "x" * 51, "x" * 100, "x" * 101, "x" * 320, "😀" * 320, "x" * 321]
    ),
)
_scalars = st.one_of(
    _texts,
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.integers(min_value=0, max_value=65536),
)
_values = st.recursive(
    _scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3)
)


@st.composite
def _near(draw: st.DrawFn, text: str) -> str:
    """Return a text with a few odd characters put in, at its ends above all."""
    for _ in range(draw(st.integers(min_value=1, max_value=3))):
        at = draw(
            st.sampled_from([0, len(text), len(text)]) | st.integers(min_value=0, max_value=len(text))
        )
        text = text[:at] + draw(st.sampled_from(_ODD)) + text[at + draw(st.integers(0, 1)) :]
    return text


@st.composite
def _mutated(draw: st.DrawFn) -> Any:
    """Return the sound settings with a few values replaced, removed or added."""
    document = sound()
    for _ in range(draw(st.integers(min_value=1, max_value=4))):
        place = draw(st.sampled_from(list(places(document))))
        holder = value_at(document, place[:-1])
        old = value_at(document, place)
        action = draw(st.sampled_from(["near", "replace", "remove", "add", "sops"]))
        if action == "near" and isinstance(old, str):
            holder[place[-1]] = draw(_near(old))
        elif action == "sops":
            holder[place[-1]] = draw(st.just(SOPS_TEXT) | _near(SOPS_TEXT))
        elif action == "remove":
            del holder[place[-1]]
        elif action == "add" and isinstance(holder, dict):
            holder[draw(st.sampled_from(["env", "file", "plain", "username", "x"]) | _texts)] = draw(
                _values
            )
        else:
            holder[place[-1]] = draw(_values)
    return document


@pytest.mark.parametrize("name", SETTINGS_SCHEMAS)
@settings(max_examples=300)
@given(document=_mutated())
@example(document={**sound(), "shop": "imprenta-sol\n"})
@example(document={**sound(), "shop": "imprenta-sol\n\n"})
@example(document={**sound(), "shop": "imprenta-sol\r\n"})
@example(document={**sound(), "url": "https://a.es\n"})
@example(document={**sound(), "contact": {"email": "a@b.es", "pages": ["/a\n", "/a"]}})
@example(document={**sound(), "contact": {"email": "a@b.es", "pages": ["/a", 1, True, 1.0]}})
def test_all_validators_give_one_verdict(name: str, document: Any) -> None:
    verdict = fast(name).is_valid(document)
    assert slow(name).is_valid(document) is verdict
    assert is_sound(KINDS[name], document) is verdict
    assert (not list(slow(name).iter_errors(document))) is verdict


@st.composite
def _sound_file(draw: st.DrawFn) -> Any:
    """Return what one sound file may set: some of all settings, now and then with another value."""
    document = draw(st.just(sound()) | _mutated())
    for _ in range(draw(st.integers(min_value=0, max_value=6))):
        left = [place for place in places(document) if isinstance(place[-1], str)]
        if left:
            document = removed(document, draw(st.sampled_from(left)))
    assume(
        fast(FILE).is_valid(document) and None not in map(partial(value_at, document), places(document))
    )
    return document


@settings(max_examples=300, suppress_health_check=[HealthCheck.filter_too_much])
@given(_sound_file(), _sound_file())
def test_what_sound_files_are_merged_to_can_only_lack_something(above: Any, own: Any) -> None:
    chain = [read("_defaults.yaml", _yaml(above)), read("imprenta-sol.yaml", _yaml(own))]
    merged = effective(chain, shipped_annotations().atomic)
    data = merged.data if merged is not None else {}
    settings = set(merged.index()) if merged is not None else {""}
    assert shipped_annotations().is_complete(settings) is fast(EFFECTIVE).is_valid(data)


def _yaml(document: Any) -> bytes:
    """Return data as a settings file, which JSON is too."""
    return json.dumps(document).encode()
