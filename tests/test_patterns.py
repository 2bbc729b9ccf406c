"""Patterns that are compiled where they are first used: each is right, and behaves as a pattern does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import wakagitops
from wakagitops.core.patterns import regex

PACKAGE = Path(wakagitops.__file__).parent
MODULES = sorted(
    ".".join(("wakagitops", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
    if "import regex" in path.read_text(encoding="utf-8")
)
LAZY = type(regex("a"))


def patterns(module: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    for name, value in vars(import_module(module)).items():
        if type(value) is LAZY:
            yield name, value


@pytest.mark.parametrize("module", MODULES)
def test_every_pattern_of_a_module_compiles(module: str) -> None:
    # Most are not asked for by a sound file, so nothing else would tell of a wrong one at once.
    for name, pattern in patterns(module):
        assert pattern.pattern, name


def test_the_modules_hold_patterns() -> None:
    assert sum(1 for module in MODULES for _ in patterns(module)) > 50


def test_a_pattern_answers_as_the_compiled_one_does() -> None:
    lazy, real = regex("(?P<word>[a-z]+)", re.IGNORECASE), re.compile("(?P<word>[a-z]+)", re.IGNORECASE)
    assert lazy.findall("Sol y Mar") == real.findall("Sol y Mar")
    assert lazy.sub("x", "Sol 3") == real.sub("x", "Sol 3")
    assert (lazy.pattern, lazy.flags, lazy.groupindex) == (real.pattern, real.flags, real.groupindex)
    assert not hasattr(lazy, "no_such_method")


def test_a_wrong_pattern_is_told_when_it_is_asked() -> None:
    pattern = regex("(")
    with pytest.raises(re.error):
        pattern.match("a")
