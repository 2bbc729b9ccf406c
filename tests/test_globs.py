"""Path patterns: what they match, and that no pattern makes the work more than linear."""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Callable

import pytest

from wakagitops.core.globs import Globs


@pytest.mark.parametrize(
    ("pattern", "path", "is_match"),
    [
        ("configs/a.yaml", "configs/a.yaml", True),
        ("configs/a.yaml", "configs/aXyaml", False),
        ("configs/a.yaml", "x/configs/a.yaml", False),
        ("./configs/old/", "configs/old/deep/a.yaml", True),
        ("configs/old", "configs/older.yaml", False),
        ("configs/*.yaml", "configs/a.yaml", True),
        ("configs/*.yaml", "configs/a/b.yaml", False),
        ("configs/*", "configs/a/b.yaml", True),
        ("configs/?.yaml", "configs/ñ.yaml", True),
        ("configs/?.yaml", "configs/.yaml", False),
        ("configs?a.yaml", "configs/a.yaml", False),
        ("**/a.yaml", "a.yaml", True),
        ("**/a.yaml", "x/y/a.yaml", True),
        ("**/a.yaml", "x/ya.yaml", False),
        ("configs/**/a.yaml", "configs/a.yaml", True),
        ("configs/**/**/a.yaml", "configs/x/a.yaml", True),
        ("configs/**/a.yaml", "configs/xa.yaml", False),
        ("configs/**", "configs/x/y.yaml", True),
        ("configs/**.yaml", "configs/x/y.yaml", True),
        ("configs/x**/y", "configs/x/z/y", True),
        ("**", "a\nb/c", True),
        ("configs/*.yaml", "configs/a\nb.yaml", True),
        ("configs/[a].yaml", "configs/[a].yaml", True),
        ("configs/[a].yaml", "configs/a.yaml", False),
        ("", "a", False),
        ("***", "a/b", True),
        ("***/b", "a/b", True),
    ],
)
def test_a_pattern_matches_what_the_manual_says(pattern: str, path: str, *, is_match: bool) -> None:
    assert Globs([pattern]).match(path) is is_match


def test_one_of_several_patterns_is_enough() -> None:
    globs = Globs(["a/*", "b/**/c", "*.yaml"])
    assert [globs.match(path) for path in ("a/x", "b/1/2/c", "z.yaml", "b/c/d", "c/a")] == [
        True,
        True,
        True,
        True,
        False,
    ]
    assert not Globs([]).match("a")


def test_short_patterns_match_as_a_regular_expression_does() -> None:
    dice = random.Random(20261)
    for _ in range(4000):
        pattern = "".join(dice.choice("ab/*?") for _ in range(dice.randrange(1, 8)))
        path = "/".join(
            "".join(dice.choice("ab") for _ in range(dice.randrange(1, 4)))
            for _ in range(dice.randrange(1, 4))
        )
        assert Globs([pattern]).match(path) is bool(_expression(pattern).match(path)), (pattern, path)


def _expression(pattern: str) -> re.Pattern[str]:
    text = re.sub(r"(?<![^/])\*\*+/(?:\*\*/)*", "\0", pattern.rstrip("/"))
    parts = {"\0": "(?:.*/)?", "*": "[^/]*", "?": "[^/]"}
    tokens = re.findall(r"\*\*+|.", text, re.DOTALL)
    return re.compile(
        "".join(".*" if token.startswith("**") else parts.get(token, token) for token in tokens)
        + r"(?:/.*)?\Z",
        re.DOTALL,
    )


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        (lambda n: "*a" * n + "b", lambda n: "a" * 10 * n),
        (lambda n: "**/a/" * n + "b", lambda n: "a/" * 10 * n),
        (lambda n: "**a" * n + "b", lambda n: "a" * 10 * n),
        (lambda n: "*?" * n + "b", lambda n: "a" * 10 * n),
        (lambda n: "**/*a" * n + "b", lambda n: "a/" * 10 * n),
        (lambda n: "a*b/**/" * n + "c", lambda n: "aab/" * 10 * n),
    ],
)
def test_the_work_grows_no_faster_than_the_path(
    pattern: Callable[[int], str], path: Callable[[int], str]
) -> None:
    def calls(size: int) -> int:
        globs, text, count = Globs([pattern(size)]), path(size), 0

        def counted(_frame: object, event: str, _argument: object) -> None:
            nonlocal count
            count += event in {"call", "c_call"}

        sys.setprofile(counted)
        try:
            assert not globs.match(text)
        finally:
            sys.setprofile(None)
        return count

    assert calls(160) <= 5 * calls(40)


def test_the_states_that_are_remembered_are_bounded() -> None:
    dice = random.Random(7)
    globs = Globs(["*a" + "?" * 30])
    for _ in range(400):
        globs.match("".join(dice.choice("ab") for _ in range(200)))
    assert len(globs._start.automaton.states) <= 4096
