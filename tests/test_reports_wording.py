"""Messages in pieces: values stand out as code, with what touches them, and nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wakagitops.core.messages import Message, Translator, counted, msg
from wakagitops.core.visible import visible
from wakagitops.reports._wording import pieces

WORDS = Translator()


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        (msg("{a} is wrong", a="x"), "[x] is wrong"),
        (msg('put it in quotes: "{a}".', a="3.30"), 'put it in quotes: ["3.30"].'),
        (
            msg("such as contacto@{a}, or {b}.yaml", a="sol.es", b="sol"),
            "such as [contacto@sol.es], or [sol.yaml]",
        ),
        (msg("{a}@{b} and {c}", a="x", b="y", c="z"), "[x@y] and [z]"),
        (msg("run `wakagitops fix` now"), "run [wakagitops fix] now"),
        (msg("({a})", a="x"), "([x])"),
        (msg("{n} of {a}", n=3, a="x"), "3 of [x]"),
        (msg("{a} (in {b})", a=msg("{c} is wrong", c="x"), b="y"), "[x] is wrong (in [y])"),
        (counted("{count} {a}", "{count} {a}s", 2, a="x"), "2 [xs]"),
        (Message("braces {stay} where no field is bound"), "braces {stay} where no field is bound"),
        (msg("{a}", a=""), ""),
        (Message(""), ""),
    ],
)
def test_values_are_told_from_words(message: Message, shown: str) -> None:
    found = pieces(message, WORDS)
    assert "".join(f"[{text}]" if value else text for text, value in found) == shown


@given(st.text(), st.text())
def test_the_pieces_are_the_message(first: str, second: str) -> None:
    message = msg("{a} and {b} differ", a=first, b=second)
    assert "".join(piece.text for piece in pieces(message, WORDS)) == visible(WORDS(message))


@given(st.text(alphabet="\ue000\ue0010123456789 ab"))
def test_words_that_look_like_our_marks_do_no_harm(text: str) -> None:
    pieces(msg("{a} {b}", a=Message(text), b=text), WORDS)
