"""Reading settings files: exact places, strictness, and hostile input."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import found, run
from wakagitops.core.messages import Translator
from wakagitops.core.source import SourceText
from wakagitops.settings.schema import shipped_annotations
from wakagitops.settings.views import FileView
from wakagitops.yaml.limits import MAX_BYTES
from wakagitops.yaml.parser import read
from wakagitops.yaml.scalars import old_reading, resolve


def _rules(text: str | bytes) -> set[str]:
    return {rule for _, _, rule in found(run({"imprenta-sol.yaml": text}))}


@pytest.mark.parametrize(
    ("name", "data", "rule"),
    [
        ("brackets", b"contact: " + b"[" * 100_000, "yaml/limit"),
        ("braces", b"{a: " * 50_000, "yaml/limit"),
        ("block nesting", b"".join(b" " * i + b"a:\n" for i in range(300)), "yaml/limit"),
        ("alias bomb", b"a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n" * 3, "yaml/alias"),
        ("self alias", b"a: &x [*x]\n", "yaml/alias"),
        ("nul", b"shop: a\x00b\n", "yaml/character"),
        ("invalid utf-8", b"shop: \xff\xfe\n", "yaml/syntax"),
        ("utf-16", "shop: imprenta-sol\n".encode("utf-16"), "yaml/syntax"),
        ("too large", b"# " + b"x" * MAX_BYTES, "yaml/limit"),
        ("only brackets closed", b"]" * 1000, "yaml/syntax"),
        ("percent", b"%YAML 1.1\n%TAG ! tag:x\n---\nshop: x\n", "schema/required"),
        ("complex key", b"? {a: b}\n: c\n", "yaml/syntax"),
        ("alias as key", b"*x : 1\n", "yaml/syntax"),
        ("long number", b"platform_version: " + b"9" * 100_000 + b"\n", "platform/version-format"),
        ("surrogate escape", b'shop: "\\ud800"\n', "yaml/syntax"),
        ("list", b"- shop\n", "yaml/syntax"),
    ],
)
def test_hostile_input_gets_a_finding(name: str, data: bytes, rule: str) -> None:
    assert rule in _rules(data), name


def test_hostile_input_is_bounded_in_time_and_memory(tmp_path: Path) -> None:
    folder = tmp_path / "configs"
    folder.mkdir()
    with (folder / "huge.yaml").open("wb") as file:
        file.truncate(1 << 30)
    (folder / "deep.yaml").write_bytes(b"[" * 250_000)
    (folder / "flat.yaml").write_bytes(b"[" + b"a," * 100_000 + b"]")
    start = time.monotonic()
    run = subprocess.run(
        [sys.executable, "-m", "wakagitops", "validate", "--no-cache"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30)),
    )
    assert run.returncode == 1, run.stderr
    assert "huge.yaml:1:1: error: the file is larger than 256 KiB [yaml/limit]" in run.stdout
    assert "deep.yaml:1:" in run.stdout
    assert time.monotonic() - start < 30


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("shop: a\n  url: b\n", 2, 6),
        ('shop: "a\nurl: b\n', 1, 7),
        ("shop: a\npages: [b\n", 2, 8),
        ("shop: [a\nurl: b\n", 2, 4),
        ("shop: a\n\turl: b\n", 2, 1),
    ],
)
def test_a_syntax_error_has_its_line_and_column(text: str, line: int, column: int) -> None:
    (item,) = [d for d in run({"x.yaml": text}).diagnostics if d.rule == "yaml/syntax"]
    assert (item.range.start.line + 1, item.range.start.column + 1) == (line, column)
    assert item.pointer == ""


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ('shop: "a\\qb"\n', 9, "a backslash in double quotes"),
        ('shop: "C:\\Users"\n', 10, "a backslash in double quotes"),
        ("shop: {{ a }}\n", 7, "a template's mark"),
        ("shop: {% a %}\n", 7, "a template's mark"),
        ("shop: [a, {b: c}: d]\n", 7, "a key must be plain"),
        ("shop:a\nurl: b\n", 5, "no space follows this colon"),
        ("shop:a\n# b\n\nurl: b\n", 5, "no space follows this colon"),
        ("shop:a\n", 5, "no space follows this colon"),
        ("shop:a\nurl:b\n", 5, "no space follows this colon"),
        ("shop: a: b\n", 8, "a second colon"),
        ('shop: "a" b\n', 11, "behind the end of a value"),
        ("shop: 'it's'\n", 11, "behind the end of a value"),
        ("shop: - a\n", 7, "a list cannot begin here"),
        ("shop: a\n  url: b\n", 6, "the indentation"),
        ('shop: "a\n', 7, "is never closed"),
        ("hola\n", 1, "is a mapping of settings"),
    ],
)
def test_a_syntax_error_names_the_mistake(text: str, column: int, words: str) -> None:
    found = run({"x.yaml": text}).diagnostics
    (item,) = (item for item in found if item.rule == "yaml/syntax")
    assert item.range.start.column + 1 == column
    assert words in Translator()(item.message)


def test_a_file_whose_lines_end_in_cr_alone_mixes_nothing() -> None:
    found = run({"x.yaml": "shop: x\rurl: https://www.imprenta-sol.es\r"}).diagnostics
    (item,) = (item for item in found if item.rule == "yaml/encoding")
    assert Translator()(item.message).startswith("the lines of this file end in CR alone")
    assert item.fix is not None


@pytest.mark.parametrize("sign", ["\x85", "\u2028", "\u2029"])
def test_what_ends_a_line_to_old_readers_alone_ends_none(sign: str) -> None:
    text = f"shop: x\n# a{sign}shop: y\nnotifications:\n  name: Copias{sign}Sol\n"
    document = read("configs/x.yaml", text.encode())
    assert document.whole
    assert document.root is not None
    assert document.root.data == {"shop": "x", "notifications": {"name": f"Copias{sign}Sol"}}
    found = {(item.rule, item.range.start.line + 1) for item in run({"x.yaml": text}).diagnostics}
    assert {("yaml/character", 2), ("value/line-break", 4)} <= found
    assert "yaml/duplicate-key" not in {rule for rule, _ in found}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
def test_a_file_in_a_wider_encoding_has_one_finding(encoding: str) -> None:
    text = "shop: imprenta-sol\nnotifications: {name: Ñandú}\n"
    (item,) = run({"x.yaml": text.encode(encoding)}).diagnostics
    assert item.rule == "yaml/syntax"
    assert Translator()(item.message) == "the file is UTF-16 or UTF-32, not UTF-8"


@pytest.mark.parametrize(
    ("line", "pointer", "column"),
    [
        ("  email: con\u200btacto@imprenta-sol.es", "/contact/email", 13),
        ("  email: con\x00tacto@imprenta-sol.es", "/contact/email", 13),
        ('  email: "con\\ufffetacto@imprenta-sol.es"', "/contact/email", 10),
        ("  pages: [/contacto, /a\u3164]", "/contact/pages/1", 24),
        ("  # con\u200btacto", "", 8),
    ],
)
def test_a_bad_character_has_the_pointer_of_its_value(line: str, pointer: str, column: int) -> None:
    found = run({"x.yaml": f"contact:\n{line}\n"}).diagnostics
    (item,) = (item for item in found if item.rule == "yaml/character")
    assert (item.pointer, item.range.start.column + 1) == (pointer, column)


def test_lines_end_at_lf_crlf_and_cr_only() -> None:
    source = SourceText("a\u2028b\x85c\r\nd\re\nf")
    assert [source.line(number) for number in range(source.line_count)] == [
        "a\u2028b\x85c",
        "d",
        "e",
        "f",
    ]


def test_a_list_of_several_mappings_is_read() -> None:
    age = "    - recipient: age1\n      enc: |\n        x\n    - {recipient: age2}\n"
    document = read("x.yaml", f"sops:\n  age:\n{age}".encode())
    assert document.problems == []
    assert document.root is not None
    recipients = [item["recipient"] for item in document.root.data["sops"]["age"]]
    assert recipients == ["age1", "age2"]


@given(st.text(alphabet="ab\u2028\n\n\r", max_size=30), st.data())
def test_places_are_the_same_counted_and_from_the_table_of_lines(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    counted = SourceText(text).numbers(start, end)
    table = SourceText(text)
    assert table.line_count
    assert counted == table.numbers(start, end)
    assert counted == (*table.position(start), *table.position(end))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("null", None), ("~", None), ("true", True), ("False", False), ("no", "no"), ("0465", 465),
        ("0o17", 15), ("0x1F", 31), ("3.30", 3.3), ("1e3", 1000.0), ("22:22", "22:22"),
        ("2026-11-23", "2026-11-23"), ("1_000", "1_000"), (".5", 0.5), ("9" * 40, "9" * 40),
    ],
)  # fmt: skip
def test_plain_scalars_have_the_core_schema_s_types(text: str, value: object) -> None:
    resolved = resolve(text)
    assert resolved == value
    assert type(resolved) is type(value)


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("no", "false"), ("On", "true"), ("0465", "309"), ("22:22", "1342"), ("1:25", "85"),
        ("2026-11-23", "date"), ("5_87", "587"), ("0b11", "3"), ("3.30", None), ("hola", None),
        ("587", None), ("norte", None), ("-5_0", "-50"), ("0x1_F", "31"),
        ("2026-1-1", "date"), ("2026-01-01 9:30:00", "date"), ("2026-01-01T09:30:00.5+01:00", "date"),
        ("2026-01-01 Sol", None), ("2026-01-01 09:30", None), ("=", "="), ("<<", "<<"), ("-1", None),
    ],
)  # fmt: skip
def test_what_yaml_1_1_reads_otherwise(text: str, reading: str | None) -> None:
    assert old_reading(text) == reading


_texts = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff\u2028\u2029\x85"),
    min_size=1,
    max_size=20,
)


@given(st.lists(_texts, min_size=1, max_size=6), st.sampled_from(["\n", "\r\n"]))
def test_a_range_slices_back_to_its_scalar(values: list[str], end: str) -> None:
    quoted = [value.replace("\\", "\\\\").replace('"', '\\"') for value in values]
    text = "".join(f'k{at}: "{value}"  # é😀{end}' for at, value in enumerate(quoted))
    document = read("x.yaml", text.encode())
    assert document.root is not None
    for at, value in enumerate(quoted):
        node = document.root.at(f"/k{at}")
        assert node is not None
        assert document.source.text[node.start : node.end] == f'"{value}"'
        assert node.data == values[at]
        assert document.source.position(node.start).line == at
    assert len(document.comments) == len(values)


@given(st.binary(max_size=400))
def test_no_bytes_make_reading_fail(data: bytes) -> None:
    document = read("x.yaml", data)
    for problem in document.problems:
        assert 0 <= problem.span.start <= len(document.source.text) + 1


def test_text_inside_a_block_scalar_is_no_comment() -> None:
    document = read("x.yaml", b"a: |\n  # wakagitops: ignore[yaml] no\nb: 1 # real\n# alone\n")
    assert [(comment.text, comment.alone) for comment in document.comments] == [
        (" real", False),
        (" alone", True),
    ]
    assert document.root is not None
    node = document.root.at("/a")
    assert node is not None
    assert document.source.text[node.start : node.end] == "|\n  # wakagitops: ignore[yaml] no"


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("shop: a\ncontact\n  email: contacto@a.es\n", 1, 7),
        ("shop imprenta-sol\nplatform_version: '3.28.1'\n", 0, 4),
        ("notifications:\n  smtp\n    host: smtp.a.es\n", 1, 6),
    ],
)
def test_a_key_without_its_colon_is_where_the_fault_is(text: str, line: int, column: int) -> None:
    document = read("configs/a.yaml", text.encode())
    (problem,) = document.problems
    assert problem.detail == "colon-missing"
    assert document.source.position(problem.span.start) == (line, column)


def test_a_file_s_values_are_its_scalars_without_their_places() -> None:
    text = "a: {b: [x, {c: 1}], d: null}\na: two\ne: []\n"
    view = FileView(read("a.yaml", text.encode()), shipped_annotations())
    assert {id(node) for node in view.values} == {id(node) for _, node in view.scalars}
    assert sorted(node.raw for node in view.values) == ["1", "null", "two", "x"]
