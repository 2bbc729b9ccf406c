"""At most a hundred findings of one rule in one file, and one that counts the others."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli_case import SOL, cli, write
from wakagitops.core.rule import Example
from wakagitops.rules import all_rules
from wakagitops.validate.examples import run_example

SHOP = "configs/imprenta-sol.yaml"


def _unknown(number: int, comment: str = "") -> str:
    return SOL + "".join(f"k{index}: 1{comment}\n" for index in range(number))


def _is_count(item: dict[str, Any]) -> bool:
    return str(item["message"]).startswith("and ")


def _report(folder: Path, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    run = cli(folder, "validate", "--format", "json", *arguments)
    return run.returncode, json.loads(run.stdout)["diagnostics"]


@pytest.mark.parametrize("number", [1, 99, 100])
def test_a_hundred_findings_are_all_listed(number: int, tmp_path: Path) -> None:
    write(tmp_path, SHOP, _unknown(number))
    status, found = _report(tmp_path)
    assert (status, len(found), {item["rule"] for item in found}) == (1, number, {"schema/unknown-key"})
    assert not [item for item in found if _is_count(item)]


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (101, "and 1 more finding of this rule in this file"),
        (5_000, "and 4900 more findings of this rule in this file"),
    ],
)
def test_one_finding_counts_those_that_are_not_listed(number: int, message: str, tmp_path: Path) -> None:
    write(tmp_path, SHOP, _unknown(number))
    status, found = _report(tmp_path)
    assert (status, len(found)) == (1, 101)
    counts = [(item["rule"], item["message"], item["severity"]) for item in found if _is_count(item)]
    assert counts == [("schema/unknown-key", message, "error")]
    spanish = cli(tmp_path, "validate", "--lang", "es").stdout
    assert ("y 1 resultado más" if number == 101 else "y 4900 resultados más") in spanish
    assert message in cli(tmp_path, "validate", "--format", "sarif").stdout


def test_every_rule_has_its_own_count(tmp_path: Path) -> None:
    text = SOL + "".join(f"k{index}: !!str 1\n" for index in range(300))
    write(tmp_path, SHOP, text)
    _, found = _report(tmp_path)
    counts = {item["rule"]: item["message"] for item in found if _is_count(item)}
    message = "and 200 more findings of this rule in this file"
    assert counts == {"yaml/tag": message, "schema/unknown-key": message}


def test_suppressions_of_lines_do_not_hide_the_count(tmp_path: Path) -> None:
    write(tmp_path, SHOP, _unknown(150, "  # wakagitops: ignore[schema/unknown-key] old"))
    status, found = _report(tmp_path)
    errors = [item for item in found if item["severity"] == "error"]
    assert (status, len(errors)) == (1, 1)
    assert errors[0]["message"] == "and 50 more findings of this rule in this file"


def test_a_suppression_of_the_file_hides_the_count(tmp_path: Path) -> None:
    write(tmp_path, SHOP, "# wakagitops: ignore-file[schema/unknown-key] old\n" + _unknown(150))
    assert _report(tmp_path) == (0, [])


def test_a_baseline_holds_until_the_number_changes(tmp_path: Path) -> None:
    write(tmp_path, SHOP, _unknown(150))
    cli(tmp_path, "validate", "--write-baseline", "known.json")
    assert _report(tmp_path, "--baseline", "known.json") == (0, [])
    write(tmp_path, SHOP, _unknown(151))
    status, found = _report(tmp_path, "--baseline", "known.json")
    counts = [item["message"] for item in found if _is_count(item)]
    assert (status, counts) == (1, ["and 51 more findings of this rule in this file"])


def test_the_fingerprint_does_not_depend_on_the_number(tmp_path: Path) -> None:
    prints: list[str] = []
    for number in (150, 160):
        write(tmp_path, SHOP, _unknown(number))
        prints += [item["fingerprint"] for item in _report(tmp_path)[1] if _is_count(item)]
    assert prints[0] == prints[1]


def test_fix_mends_more_than_are_listed(tmp_path: Path) -> None:
    text = SOL.replace(
        "[ventas@imprenta-sol.es]",
        "\n" + "".join("    - ventas@imprenta-sol.es\n" for _ in range(250)),
    )
    write(tmp_path, SHOP, text)
    assert cli(tmp_path, "fix").returncode == 0
    assert (tmp_path / SHOP).read_text().count("ventas@") == 1


def test_unused_suppressions_have_a_count_too(tmp_path: Path) -> None:
    write(tmp_path, SHOP, SOL + "# wakagitops: ignore[contact/free-mail] old\n" * 500)
    status, found = _report(tmp_path)
    assert (status, len(found)) == (0, 101)
    assert found[-1]["message"] == "and 400 more findings of this rule in this file"


KINDS: dict[str, Callable[[int], str]] = {
    "suppressions alone": lambda n: SOL + "# wakagitops: ignore[contact/free-mail] x\n" * n,
    "suppressions of the file": lambda n: SOL + "# wakagitops: ignore-file[contact/free-mail] x\n" * n,
    "suppressions that act": lambda n: _unknown(n, "  # wakagitops: ignore[schema] x"),
    "names in a suppression": lambda n: SOL + f"# wakagitops: ignore[{'a,' * n}] x\n",
    "keys of a password": lambda n: SOL.replace(
        "{env: IMPRENTA_SOL_SMTP_PASSWORD}", "".join(f"\n      k{index}: 1" for index in range(n))
    ),
    "passwords": lambda n: SOL + "notifications:\n  smtp:\n" + "    password: Xk9qZ81aa\n" * n,
    "literals without a line": lambda n: SOL + "# " + "?a=b&token=" * n + "\n",
    "unread passwords": lambda n: SOL + "'\n" + "password : x : y\n" * n,
    "values that cannot be used": lambda n: SOL.replace(
        "contact:\n", f"contact:\n  pages: [{', '.join(f'b{index}' for index in range(n))}]\n"
    ),
    "stacked suppressions": lambda n: (
        SOL + "# wakagitops: ignore[schema] x\n" * n + "k: 1\n" + _unknown(n)[len(SOL) :]
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_work_grows_no_faster_than_the_file(kind: str) -> None:
    _steps(KINDS[kind](200))
    assert _steps(KINDS[kind](1_600)) <= 5 * _steps(KINDS[kind](400))


def _steps(text: str) -> int:
    """Return how many functions are called, Python's and C's, while a file is checked."""
    count = 0

    def counted(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    example = Example({"imprenta-sol.yaml": text})
    sys.setprofile(counted)
    try:
        run_example("schema/unknown-key", example, all_rules())
    finally:
        sys.setprofile(None)
    return count
