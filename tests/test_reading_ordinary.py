"""Ordinary files are read line by line: with the result that libyaml's events give."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bench import fleet
from wakagitops.core.source import SourceText
from wakagitops.yaml.document import Document, Node
from wakagitops.yaml.event_parser import EventReader
from wakagitops.yaml.fast_parser import read_ordinary
from wakagitops.yaml.parser import read

_VALUES = (
    "x", "1", "-1", "1.5", ".5", "0o17", "9" * 30, "null", "Null", "~", "true", "yes", "a: b", "a:",
    "a:b", "a :b", "a #b", "a# b", "a  b", "a, b", "a - b", "'x'", "'it''s'", "'x: y'", "' # '", "''",
    '""', '"x # y"', '"x": y', '"a" b', "x 'y' #z", "Ñandú S.L.", "¿qué?", "@x", "`x`", "/contacto",
    "https://a.es:8080/x", "|", ">-", "&a x", "*a", "!t x", "%x", "? x", "-", "- x", "---", "...", "<<",
    "a@b.es", "{}", "[]", "{a: b}", "{ a: b , c: 1 }", "{a: b, a: c}", "{a: b,}", "{a: b, }", "{a}",
    "{a: null}", "{a: }", "{a:b}", "{a: {b: c}}", "{a: b} x", "{a: b} # c", "{a: b", "[a, 1, 'x, y']",
    "[a: b]", "[a b]", "[a, , b]", "[,]", "[a]]", "[a]#", "{a: 'b}'}", "{a: x:y}", "(a)", "a(b)",
    "x " * 20,
)  # fmt: skip
_ORDINARY = ("x", "1", "a b", "'x # y'", '"x"', "a@b.es", "{a: b, c: 'd'}", "[a, 2]", "/x  # c")
_SIGNS = " :#-{}[],a'\"&!|?%@"
_KEYS = (
    "a",
    "b",
    "c",
    "d",
    "contact",
    "x-y",
    "_",
    "null",
    "1a",
    "-a",
    "a b",
    '"a"',
    "ñ",
    "<<",
    "?",
    "a" * 70,
)


@st.composite
def _block(draw: st.DrawFn, column: int = 0) -> list[str]:
    """Return the lines of a mapping, nearly all of them ordinary."""
    lines: list[str] = []
    indent = " " * column
    for key in draw(st.lists(st.sampled_from(_KEYS[:6]), min_size=1, max_size=4, unique=True)):
        lines += draw(st.sampled_from([[], [], [], [""], ["# c"], [f"{indent}# c"], ["  "]]))
        match draw(st.sampled_from(["value", "value", "list", "mapping"] if column < 6 else ["value"])):
            case "value":
                lines.append(f"{indent}{key}: {draw(st.sampled_from(_ORDINARY))}")
            case "list":
                step = draw(st.sampled_from([0, 1, 2, 4]))
                lines.append(f"{indent}{key}:")
                items = draw(st.lists(st.sampled_from(_ORDINARY), min_size=1, max_size=3))
                lines += [f"{indent}{' ' * step}- {item}" for item in items]
            case _:
                lines.append(f"{indent}{key}:{draw(st.sampled_from(['', '', ' ', '  # c']))}")
                lines += draw(_block(column + draw(st.sampled_from([1, 2, 2, 4]))))
    return lines


@st.composite
def _texts(draw: st.DrawFn) -> str:
    """Return the text of a mapping in which now and then something is changed, or turned odd."""
    lines = draw(_block(draw(st.sampled_from([0, 0, 0, 2]))))
    for _ in range(draw(st.sampled_from([0, 1, 1, 2]))):
        number = draw(st.integers(0, len(lines) - 1))
        line = lines[number]
        at = draw(st.integers(0, len(line)))
        sign, key, value = (draw(st.sampled_from(some)) for some in (_SIGNS, _KEYS, _VALUES))
        lines[number] = draw(
            st.sampled_from([
                f" {line}", f"  {line}", line[1:], line[2:], f"{line} ", f"{line} #", f"{line}#", "",
                "-", f"{line[:at]}{sign}{line[at:]}", f"{line[:at]}{line[at + 1:]}", f"{line}\n{line}",
                f"{line.partition(':')[0]}: {value}", f"{line.partition('-')[0]}- {value}", f"{key}: x",
            ])
        )  # fmt: skip
    end = draw(st.sampled_from(["\n", "\n", "", "\n\n", "\n# c", "\n  # c\n", "\n---\n", "\n..."]))
    return draw(st.sampled_from(["", "", "---\n", "\n", "# c\n", "--- # c\n"])) + "\n".join(lines) + end


def _seen(node: Node) -> object:
    """Return all that there is of a node and of those below it."""
    items = node.items
    below: object = None
    if isinstance(items, dict):
        below = [(key, node.keys[key][1:], _seen(child)) for key, child in items.items()]
        assert list(items) == list(node.keys) == list(node.data)
    elif items is not None:
        below = [_seen(child) for child in items]
    return node.start, node.end, type(node.data), repr(node.data), node.raw, node.plain, below


def _agree(text: str) -> bool:
    """Hold both readers to one result where the text is ordinary, and tell whether it is."""
    ordinary, full = Document("x.yaml", SourceText(text)), Document("x.yaml", SourceText(text))
    if not read_ordinary(ordinary):
        assert (ordinary.root, ordinary.reached, ordinary.scalars) == (None, None, ())
        return False
    EventReader(full, text, None).run(text)
    assert (full.problems, full.shadowed, full.has_null, full.whole) == ([], [], False, True)
    assert ordinary.root is not None
    assert full.root is not None
    assert _seen(ordinary.root) == _seen(full.root)
    assert ordinary.scalars == full.scalars
    assert ordinary.comments == full.comments
    return True


@settings(max_examples=1000)
@given(_texts())
@example("a:\n  b: x\n c: y\n")
@example("a:\n- x\n- y\nb: z\n")
@example("a:\n  - x\n - y\n")
@example("a:\n  b:\nc: x\n")
@example("  a: x\n  b: y\n")
@example("  a: x\nb: y\n")
@example("- x\n")
@example("a: x\n  y: z\n")
@example("".join(f"{' ' * depth}a:\n" for depth in range(40)) + " " * 40 + "b: x\n")
def test_what_is_read_line_by_line_is_what_libyaml_reads(text: str) -> None:
    _agree(text)


@pytest.mark.parametrize("header", ["", "---\n", "# c\n\n"])
def test_every_kind_of_value_is_read_as_libyaml_reads_it(header: str) -> None:
    read_by_line = 0
    for key, value in product(_KEYS, _VALUES):
        for line in (f"{key}: {value}", f"{key}:\n  - {value}", f"{key}:\n  b: {value}"):
            read_by_line += _agree(f"{header}{line}\nlast: x\n")
    assert read_by_line > 500


def test_a_fleet_is_read_line_by_line_but_for_what_is_odd_in_it() -> None:
    files = [file for file in fleet.generate(300) if file.path.endswith(".yaml")]
    odd = [file for file in files if not _agree(file.text)]
    assert len(odd) < len(files) / 20
    for file in files:
        assert read(file.path, file.text.encode()).path == file.path
