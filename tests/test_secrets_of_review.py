"""What no place, key or excerpt of a finding tells of a secret."""

from __future__ import annotations

import pytest

from wakagitops.core.diagnostic import Diagnostic
from wakagitops.core.rule import Example
from wakagitops.rules import all_rules
from wakagitops.validate.examples import run_example

SMTP = """\
notifications:
  email: pedidos@imprenta-sol.es
  smtp:
    host: smtp.imprenta-sol.es
    ports: {tls: 465}
    username: pedidos@imprenta-sol.es
"""


def diagnostics(text: str, rule: str) -> list[Diagnostic]:
    result = run_example(rule, Example({"imprenta-sol.yaml": text}), all_rules())
    return [item for item in result.diagnostics if item.rule == rule]


def place(item: Diagnostic) -> tuple[int, int, int, int]:
    """The 1-based line and column of a finding's start and end."""
    (line, column), (end_line, end_column) = item.range
    return line + 1, column + 1, end_line + 1, end_column + 1


def test_a_comment_in_a_secret_tells_neither_of_the_two_lengths() -> None:
    (short,) = diagnostics(f"{SMTP}    password: pa #ss\n", "yaml/comment-in-value")
    (long,) = diagnostics(f"{SMTP}    password: padre #ss-w0rd-9Staple\n", "yaml/comment-in-value")
    assert place(short) == place(long) == (7, 15, 7, 15)
    assert short.key == long.key
    assert short.fingerprint == long.fingerprint


def test_a_comment_in_another_value_keeps_its_place() -> None:
    (item,) = diagnostics(
        "notifications:\n  name: Foto #1\n  email: pedidos@imprenta-sol.es\n", "yaml/comment-in-value"
    )
    assert place(item) == (2, 14, 2, 16)


@pytest.mark.parametrize(
    "value",
    [
        "[Tr0ub4dor-zanahoria",
        '["Tr0ub4dor-zanahoria',
        "[ zanahoria",
        "{Tr0ub4dor-zanahoria",
        "{value: Tr0ub4dor-zanahoria",
    ],
)
def test_a_literal_in_brackets_that_never_close_is_found(value: str) -> None:
    (item,) = diagnostics(f"{SMTP}    password: {value}\n", "secret/credential-shape")
    assert place(item) == (7, 15, 7, 15)


@pytest.mark.parametrize(
    "value",
    [
        "{env: SMTP_PASSWORD",
        "[${SMTP_PASSWORD}",
        "{kubernetes: {name: imprenta-sol-smtp, key: clave",
        "[",
    ],
)
def test_a_reference_in_brackets_that_never_close_is_no_credential(value: str) -> None:
    assert diagnostics(f"{SMTP}    password: {value}\n", "secret/credential-shape") == []


def test_line_ends_are_reported_where_their_line_begins() -> None:
    text = f"{SMTP}    password: Tr0ub4dor-zanahoria\r\n"
    (item,) = diagnostics(text, "yaml/encoding")
    assert place(item) == (7, 1, 7, 1)
    assert item.fix is not None
    assert [edit.range.start.line for edit in item.fix.edits] == [6]


@pytest.mark.parametrize(
    "value",
    [
        "[S3cretOne-9, S3cretTwo-8]",
        "[S3cretOne-9-and-longer, S3cretTwo-8, S3cretThree-7]",
        "{value: S3cretOne-9, other: S3cretTwo-8}",
        "{S3cretOne-9: S3cretTwo-8}",
        "{kubernetes: {name: S3cret One-9, S3cretTwo-8: S3cretThree-7}}",
    ],
)
def test_several_literals_in_one_password_are_one_finding_at_its_start(value: str) -> None:
    (item,) = diagnostics(f"{SMTP}    password: {value}\n", "secret/plaintext")
    assert place(item) == (7, 15, 7, 15)


def test_a_block_list_of_literals_is_one_finding() -> None:
    text = f"{SMTP}    password:\n      - S3cretOne-9\n      - S3cretTwo-8\n"
    assert [place(item) for item in diagnostics(text, "secret/plaintext")] == [(8, 7, 8, 7)]
