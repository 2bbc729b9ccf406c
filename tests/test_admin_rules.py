"""The rules on the admin recipients, as users meet them, and what their fixes leave behind."""

from __future__ import annotations

import pytest

from tests.examples import completed, run
from wakagitops.core.diagnostic import Diagnostic, Severity
from wakagitops.core.messages import Translator
from wakagitops.core.rule import Example
from wakagitops.core.source import SourceText
from wakagitops.settings.config import Options

_ENGLISH = Translator()
_NAME = "imprenta-sol.yaml"
_VERSION = 'platform_version: "3.28.1"\n'
_RECIPIENTS = "admin:\n  recipients:\n"


def _all(shop: str, maximum: int = 10) -> list[Diagnostic]:
    files = completed(Example({_NAME: _VERSION + shop}))
    rules = {"admin/too-many-recipients": {"maximum": maximum}}
    return list(run(files, Options("/nowhere", rules=rules)).diagnostics)


def _fixed(shop: str) -> str:
    """Return the example's part of the text with every fix applied, each found clean."""
    text = completed(Example({_NAME: _VERSION + shop}))[_NAME]
    rest = text.removeprefix(_VERSION + shop)
    source = SourceText(text)
    edits = [
        (source.span(edit.range), edit.text)
        for item in run({_NAME: text}).diagnostics
        if item.fix is not None
        for edit in item.fix.edits
    ]
    for span, new in sorted(edits, reverse=True):
        text = text[: span.start] + new + text[span.end :]
    assert [item.rule for item in run({_NAME: text}).diagnostics if item.fix is not None] == []
    return text.removeprefix(_VERSION).removesuffix(rest)


@pytest.mark.parametrize(
    ("value", "mended"),
    [
        ("ventas@sol.es, taller@sol.es", "[ventas@sol.es, taller@sol.es]"),
        ("ventas@sol.es;taller@sol.es;", "[ventas@sol.es, taller@sol.es]"),
        ('"ventas@sol.es"', "[ventas@sol.es]"),
        ("ventas@sol.es taller@sol.es", "[ventas@sol.es, taller@sol.es]"),
        (">-\n    ventas@sol.es,\n    taller@sol.es", "[ventas@sol.es, taller@sol.es]"),
    ],
)
def test_one_text_becomes_a_list_of_the_same_addresses(value: str, mended: str) -> None:
    shop = f"admin:\n  recipients: {value}\n"
    (item,) = _all(shop)
    assert (item.rule, item.severity, item.range.start.line) == (
        "admin/recipient-list",
        Severity.ERROR,
        2,
    )
    assert _fixed(shop) == f"admin:\n  recipients: {mended}\n"


def test_a_comment_after_the_text_stays() -> None:
    shop = "admin:\n  recipients: ventas@imprenta-sol.es, taller@imprenta-sol.es  # de guardia\n"
    assert _fixed(shop).endswith("taller@imprenta-sol.es]  # de guardia\n")


@pytest.mark.parametrize(
    "value",
    [
        "ventas@imprenta-sol.es, taller",
        '"Marta Ruiz <marta@imprenta-sol.es>, taller@imprenta-sol.es"',
        "ventas@imprenta-sol.es, taller@imprenta-sol",
        ">- # de guardia\n    ventas@imprenta-sol.es,\n    taller@imprenta-sol.es",
        "ventas",
    ],
)
def test_a_text_that_says_anything_else_is_left_for_people(value: str) -> None:
    (item,) = _all(f"admin:\n  recipients: {value}\n")
    assert item.rule == "admin/recipient-list"
    assert item.fix is None


@pytest.mark.parametrize(
    ("shop", "mended"),
    [
        pytest.param(
            f"{_RECIPIENTS}    - ventas@sol.es\n    - taller@sol.es, almacen@sol.es  # turno\n",
            f"{_RECIPIENTS}    - ventas@sol.es\n    - taller@sol.es\n    - almacen@sol.es  # turno\n",
            id="block",
        ),
        pytest.param(
            'admin:\n  recipients: ["taller@sol.es; almacen@sol.es"]\n',
            "admin:\n  recipients: [taller@sol.es, almacen@sol.es]\n",
            id="flow",
        ),
    ],
)
def test_an_item_with_several_addresses_is_split_and_reported_once(shop: str, mended: str) -> None:
    (item,) = _all(shop)
    assert item.rule == "admin/recipient-list"
    assert item.pointer.startswith("/admin/recipients/")
    assert _fixed(shop) == mended


def test_a_windows_file_keeps_its_line_ends() -> None:
    text = completed(
        Example(
            {_NAME: f"{_VERSION}admin:\n  recipients:\n    - a@imprenta-sol.es, b@imprenta-sol.es\n"}
        )
    )[_NAME].replace("\n", "\r\n")
    (item,) = (item for item in run({_NAME: text}).diagnostics if item.rule == "admin/recipient-list")
    assert item.fix is not None
    assert item.fix.edits[0].text == "a@imprenta-sol.es\r\n    - b@imprenta-sol.es"


@pytest.mark.parametrize(
    ("shop", "mended"),
    [
        pytest.param(
            f"{_RECIPIENTS}    - a@sol.es\n    - A@sol.es\n    # luz\n    - a@sol.es\n    - b@sol.es\n",
            f"{_RECIPIENTS}    - a@sol.es\n    - A@sol.es\n    # luz\n    - b@sol.es\n",
            id="block",
        ),
        pytest.param(
            "admin:\n  recipients: [a@sol.es, a@sol.es , a@sol.es]\n",
            "admin:\n  recipients: [a@sol.es]\n",
            id="flow",
        ),
        pytest.param(
            "admin: {recipients: [a@sol.es, b@sol.es, a@sol.es]}\n",
            "admin: {recipients: [a@sol.es, b@sol.es]}\n",
            id="flow-in-flow",
        ),
    ],
)
def test_a_repeated_recipient_goes_and_nothing_else(shop: str, mended: str) -> None:
    assert _fixed(shop) == mended


@pytest.mark.parametrize(
    "last",
    ["    - ventas@imprenta-sol.es   # también de noche\n", "    -\n      ventas@imprenta-sol.es\n"],
)
def test_a_repeated_recipient_with_something_beside_it_is_left_for_people(last: str) -> None:
    (item,) = _all(f"admin:\n  recipients:\n    - ventas@imprenta-sol.es\n{last}")
    assert (item.rule, item.severity) == ("admin/duplicate-recipient", Severity.WARNING)
    assert [place.range.start.line for place in item.related] == [3]
    assert item.fix is None


def test_equal_but_for_the_domains_capitals_is_a_repeat_and_for_the_names_a_likely_one() -> None:
    shop = f"{_RECIPIENTS}    - a@imprenta-sol.es\n    - a@IMPRENTA-SOL.es\n    - A@imprenta-sol.es\n"
    items = [item for item in _all(shop) if item.rule == "admin/duplicate-recipient"]
    assert [(item.range.start.line, item.fix is not None) for item in items] == [(4, True), (5, False)]


def test_the_sender_among_the_recipients_is_a_warning_that_shows_both() -> None:
    (item,) = _all("admin:\n  recipients: [ventas@imprenta-sol.es, PEDIDOS+x@imprenta-sol.es]\n")
    assert (item.rule, item.severity) == ("admin/recipient-is-sender", Severity.WARNING)
    assert len(item.related) == 1


def test_the_eleventh_recipient_is_too_many_unless_the_team_says_otherwise() -> None:
    addresses = ", ".join(f"taller{number}@imprenta-sol.es" for number in range(11))
    shop = f"admin:\n  recipients: [{addresses}]\n"
    (item,) = _all(shop)
    assert (item.rule, item.severity) == ("admin/too-many-recipients", Severity.WARNING)
    assert "11" in _ENGLISH(item.message)
    assert _all(shop, maximum=11) == []


@pytest.mark.parametrize(
    ("version", "noted"), [("3.28.1", True), ("V3.28.10", True), ("3.28.1rc1", False)]
)
def test_nobody_to_tell_is_a_note_once_the_platform_can(version: str, noted: bool) -> None:  # noqa: FBT001
    files = completed(Example({_NAME: f'platform_version: "{version}"\n'}))
    items = run(files).diagnostics
    assert [(item.rule, item.severity, item.range.start.line) for item in items] == [
        ("admin/missing-recipients", Severity.NOTE, 0)
    ] * noted


def test_an_assumed_version_opens_the_question() -> None:
    files = completed(Example({_NAME: 'platform_version: "3.27.0"\n'}))
    items = run(files, assume_version="3.28.1").diagnostics
    assert [item.rule for item in items] == ["admin/missing-recipients"]


def test_recipients_that_are_wrong_are_not_missing() -> None:
    rules = {item.rule for item in _all("admin: {recipients: 12}\n")}
    assert rules == {"schema/type"}
