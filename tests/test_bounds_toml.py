"""TOML and baselines that a repository holds: whatever they are, the answer is a place and status 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli_case import SOL, cli, write
from wakagitops.settings.toml_reader import MAX_BYTES, TomlError, read_toml

_TOO_DEEP = "more than 16 brackets stand within one another"
_TOO_LONG = "a key has more than 16 parts"
HOSTILE = {
    "dotted key": (".".join("a" * 50_000) + " = 1\n", 1, 32, _TOO_LONG),
    "quoted dotted key": (".".join(['"a"'] * 50_000) + " = 1\n", 1, 64, _TOO_LONG),
    "spaced dotted key": (" . ".join("a" * 50_000) + " = 1\n", 1, 63, _TOO_LONG),
    "dotted table": ("lang = 'en'\n[" + ".".join("a" * 50_000) + "]\n", 2, 33, _TOO_LONG),
    "dotted key in an inline table": ("a = {" + ".".join("a" * 50_000) + " = 1}\n", 1, 37, _TOO_LONG),
    "arrays": ("a = " + "[" * 50_000 + "]" * 50_000 + "\n", 1, 21, _TOO_DEEP),
    "inline tables": ("a = " + "{a = " * 20_000 + "1" + "}" * 20_000 + "\n", 1, 85, _TOO_DEEP),
    "number": ("a = " + "9" * 5_000 + "\n", 1, 5, "a number has more than 100 digits"),
    "size": ("# x\n" * 100_000, 1, 1, f"the file has more than {MAX_BYTES} bytes"),
    "size of other letters": ("#" + "ñ" * 200_000, 1, 1, f"the file has more than {MAX_BYTES} bytes"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_the_bounds_hold_before_the_text_is_parsed(kind: str, tmp_path: Path) -> None:
    text, line, column, message = HOSTILE[kind]
    write(tmp_path, "configs/imprenta-sol.yaml", SOL)
    write(tmp_path, "wakagitops.toml", text)
    run = cli(tmp_path, "validate")
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == f"wakagitops: error: wakagitops.toml:{line}:{column}: {message}\n"


@pytest.mark.parametrize("kind", HOSTILE)
def test_the_bounds_hold_for_a_target_of_the_repository(kind: str, tmp_path: Path) -> None:
    text, line, column, message = HOSTILE[kind]
    write(tmp_path, "configs/imprenta-sol.yaml", SOL)
    write(tmp_path, "wakagitops.toml", 'targets = ["t"]\n[team_targets]\nt = "t"\n')
    write(tmp_path, "t/target.toml", text)
    run = cli(tmp_path, "render", "--out", "dist")
    if "bytes" in message:
        assert (run.returncode, "t/target.toml" in run.stderr) == (2, True)
        return
    assert run.returncode == 2
    assert run.stderr == f"wakagitops: error: t/target.toml:{line}:{column}: {message}\n"


def test_dots_and_brackets_in_texts_and_comments_do_not_count() -> None:
    dots, brackets = "." * 400, "[" * 400
    text = "\n".join((
        f'a = "{dots}{brackets}\\"{dots}"',
        f"b = '{dots}{brackets}'",
        f'c = """{dots}\n{brackets}\\""" "{dots}"""',
        f"d = '''{dots}\n''{brackets}'''",
        f"# {dots}{brackets}",
        "e = [" + ", ".join(["1.5"] * 400) + "]",
        f"f = '{'9' * 400}'",
        "[[g]]",
        "h.i.j = {k = [1]}",
    ))  # fmt: skip
    table = read_toml(text)
    assert (table["b"], len(table["e"]), table["g"][0]["h"]["i"]["j"]) == (
        dots + brackets,
        400,
        {"k": [1]},
    )


@pytest.mark.parametrize("text", ['a = "', 'a = """', "a = '''x", "a = '", '"', "a = [", "a = }", "\0"])
def test_a_text_that_ends_early_is_no_toml(text: str) -> None:
    with pytest.raises(TomlError) as raised:
        read_toml(text)
    assert raised.value.fault.message.text == "this is not valid TOML"


def test_a_byte_order_mark_and_crlf_are_read(tmp_path: Path) -> None:
    write(tmp_path, "shops/imprenta-sol.yaml", SOL)
    (tmp_path / "wakagitops.toml").write_bytes(b'\xef\xbb\xbfroot = "shops"\r\nlang = "en"\r\n')
    assert cli(tmp_path, "validate").returncode == 0


@pytest.mark.parametrize("key", ["root", "baseline", "team_rules"])
def test_a_path_that_no_system_has_is_refused(key: str, tmp_path: Path) -> None:
    write(tmp_path, "configs/imprenta-sol.yaml", SOL)
    for value, reason in (
        ("a\\u0000b", "holds a NUL character, which no path has"),
        ("x" * 300, "is longer than a path can be"),
        ("ñ" * 130, "is longer than a path can be"),
        ("a/" * 600 + "b", "is longer than a path can be"),
    ):
        write(tmp_path, "wakagitops.toml", f'{key} = "{value}"\n')
        run = cli(tmp_path, "validate")
        assert (run.returncode, run.stderr) == (
            2,
            f"wakagitops: error: wakagitops.toml:1:1: {key} {reason}\n",
        )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"version":' + "1" * 5000 + ',"findings":[]}', "1:2: this baseline is not of version 1"),
        ('{"version":1,"findings":[' + "1" * 5000 + "]}", "1:26: an entry of the baseline is an object"),
        ('{"version":1,"\\u0066indings":[]}', '1:1: write the key "findings" without escapes'),
        (
            '{"version":1,"findings":' + "[" * 100_000,
            "1:1: this is not valid JSON: it is nested too deeply",
        ),
        (
            '{"version":1,"findings":[{"file":' + '{"a":' * 100_000,
            "1:1: this is not valid JSON: it is nested too deeply",
        ),
        ('{"version":NaN,"findings":[]}', "1:2: this baseline is not of version 1"),
        ('{"version":1e400,"findings":[]}', "1:2: this baseline is not of version 1"),
    ],
)
def test_a_hostile_baseline_is_named_with_its_place(text: str, message: str, tmp_path: Path) -> None:
    write(tmp_path, "configs/imprenta-sol.yaml", SOL)
    write(tmp_path, "known.json", text)
    run = cli(tmp_path, "validate", "--baseline", "known.json")
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith(f"wakagitops: error: known.json:{message}")
