"""Facts that hold from a day on: judged against today after the cache, and never by ``render``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.repository_case import Case, shop
from wakagitops.core.diagnostic import Diagnostic, Later, Severity
from wakagitops.core.messages import msg
from wakagitops.core.source import Position, Range

_SIGN_IN = "smtp/sign-in"


def _microsoft(name: str) -> str:
    text = shop(name).replace(f"smtp.{name}.es", "smtp.office365.com")
    return text.replace("{starttls: 587, tls: 465}", "{starttls: 587}")


def _outlook(name: str) -> str:
    text = _microsoft(name).replace("smtp.office365.com", "smtp-mail.outlook.com")
    return text.replace(f"pedidos@{name}.es", f"{name}@hotmail.es")


def _severities(case: Case, *arguments: str) -> list[tuple[str, str]]:
    report = case.validate(*arguments).report
    return [(item["rule"], item["severity"]) for item in report["diagnostics"]]


@pytest.mark.parametrize(
    ("day", "severity", "status"),
    [
        ("2024-09-15", "warning", 0),
        ("2024-09-16", "error", 1),
        ("2026-12-01", "error", 1),
        ("2031-01-01", "error", 1),
    ],
)
def test_outlook_com_takes_no_password_from_its_day_on(
    tmp_path: Path, day: str, severity: str, status: int
) -> None:
    case = Case(tmp_path / "repository")
    case.write("aaa-sol.yaml", _outlook("aaa-sol"))
    outcome = case.validate("--today", day)
    assert outcome.status == status
    (item,) = outcome.report["diagnostics"]
    assert (item["rule"], item["severity"]) == (_SIGN_IN, severity)
    assert "2024-09-16" in item["message"]
    assert "shop's own domain" in item["help"]


@pytest.mark.parametrize(
    ("day", "severity"),
    [
        ("2026-12-01", "note"),
        ("2026-12-30", "note"),
        ("2026-12-31", "warning"),
        ("2027-06-01", "warning"),
    ],
)
def test_microsoft_365_turns_passwords_off_on_its_day(tmp_path: Path, day: str, severity: str) -> None:
    case = Case(tmp_path / "repository")
    case.write("aaa-sol.yaml", _microsoft("aaa-sol"))
    assert _severities(case, "--today", day) == [(_SIGN_IN, severity)]


def test_the_day_is_asked_after_the_cache(tmp_path: Path) -> None:
    case = Case(tmp_path / "repository")
    for name in ("aaa-sol", "bbb-sol", "ccc-sol"):
        case.write(f"{name}.yaml", _microsoft(name))
    case.commit()
    before, after = [(_SIGN_IN, "note")] * 3, [(_SIGN_IN, "warning")] * 3
    for day, expected in (("2026-12-30", before), ("2026-12-31", after), ("2026-12-30", before)):
        assert _severities(case, "--today", day) == expected
        assert _severities(case, "--today", day, "--no-cache") == expected
    # One changed file is put into the last run, which was of another day.
    case.change("bbb-sol.yaml", "contacto@", "info@")
    assert _severities(case, "--today", "2026-12-31") == after
    assert _severities(case, "--today", "2026-12-31", "--jobs", "2", "--no-cache") == after


def test_many_shops_that_inherit_the_host_get_one_finding_on_each_day(tmp_path: Path) -> None:
    case = Case(tmp_path / "repository")
    host = "    host: smtp.office365.com\n"
    case.write("_defaults.yaml", f"notifications:\n  smtp:\n{host}")
    for name in ("aaa-sol", "bbb-sol"):
        case.write(f"{name}.yaml", _microsoft(name).replace(host, ""))
    for day in ("2026-12-30", "2026-12-31"):
        (item,) = case.validate("--today", day).report["diagnostics"]
        assert (item["path"], item["shops"]) == ("configs/_defaults.yaml", ["aaa-sol", "bbb-sol"])
        assert item["message"].endswith("(in aaa-sol, bbb-sol)")


def test_what_is_rendered_does_not_depend_on_the_day(tmp_path: Path) -> None:
    case = Case(tmp_path / "repository")
    case.write("aaa-sol.yaml", _microsoft("aaa-sol"))
    days = ("2024-01-01", "2026-12-30", "2027-06-01")
    for day in days:
        assert case.run("render", "--out", day, "--today", day, "--strict").status == 0
    first, *others = (_tree(case.folder / day) for day in days)
    assert first
    assert all(other == first for other in others)


def test_what_has_long_been_in_force_blocks_rendering_on_any_day(tmp_path: Path) -> None:
    case = Case(tmp_path / "repository")
    case.write("aaa-sol.yaml", _outlook("aaa-sol"))
    for day in ("2024-01-01", "2026-12-30", "2027-06-01"):
        assert case.run("render", "--out", day, "--today", day).status == 1
        assert not (case.folder / day).exists()


def test_the_policy_sets_the_severity_on_every_day(tmp_path: Path) -> None:
    case = Case(tmp_path / "repository", f'[severity]\n"{_SIGN_IN}" = "note"\n')
    case.write("aaa-sol.yaml", _outlook("aaa-sol"))
    for day in ("2024-01-01", "2026-12-30"):
        assert _severities(case, "--today", day) == [(_SIGN_IN, "note")]


def test_an_organisation_that_was_made_later_has_no_passwords(tmp_path: Path) -> None:
    case = Case(tmp_path / "repository", f'[rules."{_SIGN_IN}"]\nnew = ["aaa-sol.es"]\n')
    case.write("aaa-sol.yaml", _microsoft("aaa-sol"))
    case.write("bbb-sol.yaml", _microsoft("bbb-sol"))
    assert _severities(case, "--today", "2027-02-01") == [(_SIGN_IN, "error"), (_SIGN_IN, "warning")]


def test_an_administrator_may_have_turned_passwords_on(tmp_path: Path) -> None:
    case = Case(tmp_path / "repository", f'[rules."{_SIGN_IN}"]\nenabled = ["aaa-sol.es"]\n')
    case.write("aaa-sol.yaml", _microsoft("aaa-sol"))
    case.write("bbb-sol.yaml", _outlook("bbb-sol"))
    outcome = case.validate("--today", "2027-02-01")
    assert outcome.places == [("bbb-sol.yaml", 9, _SIGN_IN)], "it is Microsoft 365 that leaves a choice"


def test_a_suppression_of_a_dated_finding_is_used_on_every_day(tmp_path: Path) -> None:
    case = Case(tmp_path / "repository")
    comment = f"smtp.office365.com  # wakagitops: ignore[{_SIGN_IN}] moves in spring"
    case.write("aaa-sol.yaml", _microsoft("aaa-sol").replace("smtp.office365.com", comment))
    for day in ("2026-12-30", "2026-12-31"):
        outcome = case.validate("--today", day)
        assert outcome.places == []
        assert outcome.suppressed == [("aaa-sol.yaml", 9, _SIGN_IN)]


def test_a_finding_on_a_day() -> None:
    place = Range(Position(0, 0), Position(0, 1))
    later = Later("2026-05-01", "2026-04-01", Severity.ERROR, msg("now"), msg("do"))
    item = Diagnostic("a.yaml", place, "x/y", Severity.NOTE, msg("soon"), "", later=later)
    assert item.on("2026-04-30") == item._replace(later=None)
    assert item.on("2026-05-01").severity is Severity.ERROR
    assert item.on("").severity is Severity.NOTE, "the day of the facts stands for today"
    assert item.on("2026-05-01").on("2020-01-01").severity is Severity.ERROR, "once is for good"


def _tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
