"""Escaping: any text comes back from a format's parser as it was, or the format refuses it."""

from __future__ import annotations

import html
import json
import shlex
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.target_case import texts
from wakagitops.render.escaping import (
    ESCAPES,
    UnfitTextError,
    html_references,
    html_text,
    json_value,
    php_value,
    shell_word,
    yaml_value,
)

VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), texts()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts(), inner, max_size=3)),
    max_leaves=8,
)


@given(VALUES)
def test_yaml_and_json_give_back_any_value(value: Any) -> None:
    assert json.loads(json_value(value)) == value
    assert yaml.safe_load(yaml_value(value)) == value
    assert len(yaml_value(value).splitlines()) == 1


@pytest.mark.parametrize(
    "text", ["no", "3.30", "0465", "2026-11-23", "null", "~", "", "22:22", "<<", "=", "1e3"]
)
def test_text_stays_text_in_yaml(text: str) -> None:
    assert yaml.safe_load(yaml_value(text)) == text


@given(texts())
def test_html_gives_back_any_text_that_it_does_not_refuse(text: str) -> None:
    for escape in (html_text, html_references):
        try:
            written = escape(text)
        except UnfitTextError:
            continue
        assert html.unescape(written) == text
        assert not set("<>\"'") & set(written)


@given(texts())
def test_character_references_show_no_character_of_the_text(text: str) -> None:
    try:
        written = html_references(text)
    except UnfitTextError:
        return
    assert set(written) <= set("&#x;0123456789abcdef")


@settings(max_examples=20)
@given(st.lists(texts(), min_size=1, max_size=20))
def test_a_shell_gives_back_any_text_that_is_not_refused(words: list[str]) -> None:
    held = [word for word in words if "\x00" not in word]
    script = "".join(f"printf '%s\\0' {shell_word(word)}\n" for word in held)
    told = subprocess.run(["sh"], input=script.encode(), capture_output=True, check=True).stdout
    assert told.decode().split("\x00")[:-1] == held
    assert [shlex.split(shell_word(word)) for word in held] == [[word] for word in held]


@pytest.mark.parametrize("escape", [html_text, shell_word, ESCAPES["env"], ESCAPES["msmtp"]])
def test_what_a_format_cannot_hold_is_refused(escape: Callable[[object], str]) -> None:
    for text in ("a\x00b", "half \ud800 a pair"):
        with pytest.raises(UnfitTextError):
            escape(text)


def test_half_a_surrogate_pair_is_refused_wherever_it_stands() -> None:
    for escape in (json_value, yaml_value, php_value):
        with pytest.raises(UnfitTextError):
            escape({"names": ["\ud800"]})


@pytest.mark.parametrize("name", ["env", "html", "msmtp", "none", "shell"])
@pytest.mark.parametrize("value", [None, True, [], {}])
def test_formats_of_text_hold_no_other_values(name: str, value: object) -> None:
    with pytest.raises(TypeError):
        ESCAPES[name](value)
