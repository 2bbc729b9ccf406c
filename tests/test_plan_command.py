"""``wakagitops plan`` as people and pipelines call it: the brake, exit statuses, outputs, text."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.plan_case import COSTA_SHOPS, Planned, costa_shop, fleet, plan
from tests.repository_case import Case, shop
from wakagitops.cli.app import main

SOL = "imprenta-0"


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return fleet(tmp_path / "repo")


def _touch(case: Case, count: int) -> None:
    for number in range(count):
        case.change(f"imprenta-{number}.yaml", "host: smtp.", "host: correo.")


@pytest.mark.parametrize(("changed", "reasons"), [(3, []), (4, ["mass-change"])])
def test_the_brake_holds_where_more_than_30_percent_and_more_than_3_change(
    case: Case, changed: int, reasons: list[str]
) -> None:
    _touch(case, changed)
    planned = plan(case)
    assert planned.json["brake"] == {"holds": bool(reasons), "allowed": False, "reasons": reasons}
    assert planned.status == (1 if reasons else 0)


def test_in_a_large_fleet_a_few_shops_are_not_30_percent(tmp_path: Path) -> None:
    case = Case(tmp_path / "repo")
    for number in range(20):
        case.write(f"imprenta-{number}.yaml", shop(f"imprenta-{number}"))
    case.commit()
    _touch(case, 6)
    assert plan(case).status == 0
    case.change("imprenta-7.yaml", "host: smtp.", "host: correo.")
    assert plan(case).status == 1


def test_removing_one_shop_trips_the_brake(case: Case) -> None:
    case.path(f"{SOL}.yaml").unlink()
    planned = plan(case)
    assert planned.json["brake"] == {"holds": True, "allowed": False, "reasons": ["shop-removed"]}
    assert planned.status == 1
    assert "The brake holds: 1 shop is removed." in plan(case, form="text").out


def test_the_brake_is_let_go_on_demand_and_says_so(case: Case) -> None:
    case.path(f"{SOL}.yaml").unlink()
    allowed = plan(case, "--allow-mass-change")
    assert allowed.status == 0
    assert allowed.json["brake"] == {"holds": False, "allowed": True, "reasons": ["shop-removed"]}
    text = plan(case, "--allow-mass-change", form="text").out
    assert "The brake is let go by `--allow-mass-change`: 1 shop is removed." in text


def test_the_variable_is_the_flag_s_twin(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    case.path(f"{SOL}.yaml").unlink()
    monkeypatch.setenv("WAKAGITOPS_ALLOW_MASS_CHANGE", "1")
    assert plan(case).status == 0


@pytest.mark.parametrize(
    ("form", "starts"), [("json", "{"), ("markdown", "<!--"), ("github", "HEAD"), ("auto", "HEAD")]
)
def test_the_variable_of_the_format_is_that_of_all_commands(
    case: Case,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    form: str,
    starts: str,
) -> None:
    monkeypatch.chdir(case.folder)
    monkeypatch.setenv("WAKAGITOPS_FORMAT", form)
    monkeypatch.setenv("WAKAGITOPS_BASE", "HEAD")
    assert main(["plan"]) == 0
    assert capsys.readouterr().out.startswith(starts)
    monkeypatch.setenv("WAKAGITOPS_FORMAT", "pdf")
    assert main(["plan"]) == 2


def test_the_variable_of_the_outputs_is_that_of_all_commands(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAKAGITOPS_OUTPUT", "sarif=findings.sarif,markdown=comment.md")
    assert plan(case).status == 0
    assert (case.folder / "comment.md").read_text(encoding="utf-8").startswith("<!-- wakagitops-plan")
    assert not (case.folder / "findings.sarif").exists()
    monkeypatch.setenv("WAKAGITOPS_OUTPUT", "pdf=comment.pdf")
    assert plan(case).status == 2


def test_adding_many_shops_is_no_mass_change(case: Case) -> None:
    for number in range(10, 40):
        case.write(f"imprenta-{number}.yaml", shop(f"imprenta-{number}"))
    assert plan(case).status == 0


def test_a_first_commit_of_settings_is_no_mass_change(tmp_path: Path) -> None:
    case = Case(tmp_path / "repo")
    (case.folder / "README.md").write_text("tiendas\n")
    case.commit()
    for number in range(10):
        case.write(f"imprenta-{number}.yaml", shop(f"imprenta-{number}"))
    planned = plan(case)
    assert planned.status == 0
    assert len(planned.json["added"]) == 10


def test_everything_removed_is_shown_and_braked(case: Case) -> None:
    case.git("rm", "-rq", "configs")
    planned = plan(case)
    assert planned.status == 1
    assert len(planned.json["removed"]) == 12
    assert planned.json["summary"]["shops"] == 0


def test_nothing_on_either_side_is_nothing_to_plan(tmp_path: Path) -> None:
    case = Case(tmp_path / "repo")
    (case.folder / "README.md").write_text("tiendas\n")
    case.commit()
    assert plan(case).status == 3


def test_only_new_errors_fail(case: Case) -> None:
    case.change(f"{SOL}.yaml", f"contacto@{SOL}.es", f"maria.lopez@{SOL}.es")
    assert plan(case).status == 1
    case.commit()
    case.change("imprenta-1.yaml", "host: smtp.", "host: correo.")
    assert plan(case).status == 0


def test_new_warnings_fail_a_strict_run_only(case: Case) -> None:
    case.change(f"{SOL}.yaml", f"contacto@{SOL}.es", "contacto@gmail.com")
    assert plan(case).status == 0
    assert plan(case, "--strict").status == 1


def test_exit_zero_is_for_jobs_that_only_comment(case: Case) -> None:
    case.path(f"{SOL}.yaml").unlink()
    assert plan(case, "--exit-zero").status == 0


def test_what_is_wrong_with_the_call_is_told(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    unknown = plan(case, base="nowhere")
    assert unknown.status == 2
    assert "git knows no revision nowhere" in unknown.errors
    assert plan(case, "--head", "nowhere").status == 2
    assert plan(case, form="sarif").status == 2
    assert plan(case, "--output", "sarif=x").status == 2
    assert "one of the formats json, markdown, text" in plan(case, "--output", "x").errors
    assert main(["plan"]) == 2
    assert "--base origin/main" in capsys.readouterr().err
    (case.folder / "wakagitops.toml").write_text('targets = ["nowhere"]\n')
    assert "there is no target nowhere" in plan(case).errors


def test_outside_git_there_is_nothing_to_compare_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    case = Case(tmp_path / "repo")
    case.write("a.yaml", shop("a"))
    assert plan(case).status == 4


def test_a_bare_repository_has_no_working_tree_whose_shops_were_removed(
    case: Case, tmp_path: Path
) -> None:
    case.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    bare = Case(tmp_path / "other")
    bare.folder = tmp_path / "bare.git"
    done = plan(bare)
    assert (done.status, done.out) == (2, "")
    assert "such as --head main" in done.errors
    assert plan(bare, "--head", "main").status == 0


def test_neither_side_is_touched(case: Case) -> None:
    case.change(f"{SOL}.yaml", "host: smtp.", "host: correo.")
    case.git("mv", "configs/imprenta-1.yaml", "configs/costa/")

    def state() -> tuple[str, str, dict[str, bytes]]:
        files = {
            str(path.relative_to(case.folder)): path.read_bytes()
            for path in case.folder.rglob("*")
            if path.is_file() and ".git" not in path.parts
        }
        return case.git("status", "--porcelain"), case.git("stash", "list"), files

    before = state()
    for form in ("text", "json", "markdown"):
        plan(case, form=form)
    assert state() == before


def test_all_forms_in_one_run(case: Case) -> None:
    case.change(f"{SOL}.yaml", "host: smtp.", "host: correo.")
    planned = plan(case, "--output", "json=plan.json", "--output", "markdown=comment.md", form="text")
    assert planned.out == plan(case, form="text").out
    assert json.loads((case.folder / "plan.json").read_text()) == plan(case).json
    assert (case.folder / "comment.md").read_text() == plan(case, form="markdown").out


def test_the_same_change_is_the_same_bytes(case: Case) -> None:
    _touch(case, 5)
    case.path("imprenta-8.yaml").unlink()
    for form in ("text", "json", "markdown"):
        first = plan(case, form=form)
        assert first.out == plan(case, "--no-cache", "--jobs", "2", form=form).out


def test_the_text_says_all_on_one_screen(case: Case) -> None:
    case.change("costa/_defaults.yaml", "smtp.grupo-costa.es", "smtp2.grupo-costa.es")
    case.change("costa/_defaults.yaml", "    - expediciones@grupo-costa.es\n",
                "    - expediciones@grupo-costa.es\n    - taller@grupo-costa.es\n")  # fmt: skip
    case.change(f"{SOL}.yaml", f"contacto@{SOL}.es", f"hola@{SOL}.es")
    case.change(f"{SOL}.yaml", "IMPRENTA_0_SMTP_PASSWORD", "IMPRENTA_0_SMTP")
    case.write("imprenta-sol.yaml", shop("imprenta-sol"))
    case.path("imprenta-8.yaml").unlink()
    text = plan(case, form="text").out
    text = re.sub(r"\.[0-9a-f]{12}\.", ".HASH.", text)
    assert text.replace(case.git("rev-parse", "HEAD")[:12], "COMMIT") == SCREEN


SCREEN = """\
HEAD (COMMIT) → working tree: 4 of 12 shops change, 1 is added, 1 is removed

3 shops: papeleria-luna, rotulos-mar, toldos-brisa
  ~ notifications.smtp.host: smtp.grupo-costa.es → smtp2.grupo-costa.es
      configs/costa/_defaults.yaml:4
  ~ admin.recipients: + taller@grupo-costa.es
      configs/costa/_defaults.yaml:6

imprenta-0
  ~ contact.email: contacto@imprenta-0.es → hola@imprenta-0.es
      configs/imprenta-0.yaml:5
  ~ notifications.smtp.password: {env: IMPRENTA_0_SMTP_PASSWORD} → {env: IMPRENTA_0_SMTP}
      configs/imprenta-0.yaml:12

Added: 1 shop
  imprenta-sol (configs/imprenta-sol.yaml)

Removed: 1 shop
  imprenta-8 (configs/imprenta-8.yaml)

Files of the deployment: 3 written, 6 rewritten, 3 removed
  + public/imprenta-sol/contact.HASH.json
  + public/imprenta-sol/contact.HASH.html
  + shops/imprenta-sol/settings.json
  ~ public/imprenta-0/contact.HASH.html
  ~ public/imprenta-0/contact.HASH.json
  ~ shops/imprenta-0/settings.json
  ~ shops/papeleria-luna/settings.json
  ~ shops/rotulos-mar/settings.json
  ~ shops/toldos-brisa/settings.json
  - public/imprenta-8/contact.HASH.json
  - public/imprenta-8/contact.HASH.html
  - shops/imprenta-8/settings.json

Caches to empty: 3 shops
  contact.email changed: imprenta-0
  it is published for the first time: imprenta-sol
  the shop is removed: imprenta-8

High risk: 1 shop is removed; more than 30 % of the shops change; 4 shops send their mail to \
customers in another way; other people are told of the orders of 3 shops; what the public sees \
of 1 shop changes.
The brake holds: 4 of 12 shops change, 1 shop is removed. If that is meant, run it again with \
`--allow-mass-change`.
"""


def test_an_identical_change_of_many_files_is_one_block(case: Case) -> None:
    for number in range(9):
        case.change(f"imprenta-{number}.yaml", "starttls: 587, tls: 465", "tls: 465")
    text = plan(case, form="text").out
    assert text.count("notifications.smtp.ports") == 1
    assert "9 shops: imprenta-0, imprenta-1" in text
    assert "configs/imprenta-0.yaml:10, and 8 other shops' own files" in text


def test_changes_of_one_setting_to_values_of_their_own_stand_together(tmp_path: Path) -> None:
    case = Case(tmp_path / "repo")
    for number in range(30):
        case.write(f"imprenta-{number:02}.yaml", shop(f"imprenta-{number:02}"))
    case.commit()
    for number in range(30):
        case.change(f"imprenta-{number:02}.yaml", "host: smtp.", "host: correo.")
    text = plan(case, form="text").out
    assert "30 shops, each in its own way: notifications.smtp.host\n" in text
    assert "~ notifications.smtp.host: smtp.imprenta-19.es → correo.imprenta-19.es" in text
    assert "imprenta-20.es" not in text
    assert "and 10 more; -v lists them" in text
    assert "correo.imprenta-29.es" in plan(case, "-v", form="text").out


def test_a_defaults_line_that_replaces_several_values_is_one_block(case: Case) -> None:
    for name in COSTA_SHOPS:
        case.write(f"costa/{name}.yaml", costa_shop(name, f"platform_version: 3.28.{len(name)}\n"))
    case.commit()
    for name in COSTA_SHOPS:
        case.write(f"costa/{name}.yaml", costa_shop(name))
    text = plan(case, form="text").out
    assert "3 shops: papeleria-luna, rotulos-mar, toldos-brisa" in text
    assert "platform_version: 3 different values → 3.28.1" in text
    assert "3.28.14 (papeleria-luna)" in text
    assert "3.28.11 (rotulos-mar)" in text


def test_many_shops_are_counted_and_named_with_v(tmp_path: Path) -> None:
    case = Case(tmp_path / "repo")
    case.write("_defaults.yaml", "contact: {pages: [/contacto]}\n")
    for number in range(30):
        case.write(f"imprenta-{number:02}.yaml", shop(f"imprenta-{number:02}"))
    case.commit()
    case.write("_defaults.yaml", "contact: {pages: [/contacto, /tiendas]}\n")
    text = plan(case, form="text").out
    assert "imprenta-18, imprenta-19 and 10 others" in text
    assert "~ public/*/contact.*.json (30)" in text
    assert len(text.splitlines()) < 20
    whole = plan(case, "-v", form="text").out
    assert "imprenta-29" in whole
    assert "~ public/imprenta-29/contact." in whole


def test_quiet_says_what_it_comes_to(case: Case) -> None:
    _touch(case, 4)
    quiet = plan(case, "-q", form="text").out
    assert "4 of 12 shops change" in quiet
    assert "The brake holds" in quiet
    assert "imprenta-0" not in quiet


@pytest.mark.parametrize(
    ("old", "new", "level", "why"),
    [
        ("host: smtp.", "host: correo.", "Medium", "1 shop sends its mail to customers in another way"),
        ("contacto@", "hola@", "Medium", "what the public sees of 1 shop changes"),
        ('"3.27.0"', '"3.27.1"', "Low", "1 shop changes"),
        ("starttls: 587", "starttls: 465", "High", "1 error is new"),
    ],
)
def test_one_line_of_risk(case: Case, old: str, new: str, level: str, why: str) -> None:
    case.change(f"{SOL}.yaml", old, new)
    risk = plan(case).json["risk"]
    assert risk.startswith(f"{level} risk: ")
    assert why in risk
    assert "\n" not in risk


def test_without_a_change_there_is_no_risk(case: Case) -> None:
    planned = plan(case)
    assert planned.status == 0
    assert planned.json["risk"] == "No risk: nothing changes."
    assert planned.json["shops"] == []


def test_control_characters_do_not_reach_the_terminal(case: Case) -> None:
    named = shop(SOL).replace("  smtp:\n", '  name: "Sol \\x1b[31m\\u202e rojo"\n  smtp:\n')
    case.write(f"{SOL}.yaml", named)
    planned: Planned = plan(case, "--color", "always", form="text")
    assert "\x1b[31m" not in planned.out
    assert "\u202e" not in planned.out
    assert r"\x1b[31m\u202e" in planned.out


def test_help_shows_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["plan", "--help"])
    assert "wakagitops plan --base origin/main --output markdown=comment.md" in capsys.readouterr().out


def test_in_spanish(case: Case) -> None:
    case.path(f"{SOL}.yaml").unlink()
    assert plan(case, "--lang", "es", form="text").out != plan(case, form="text").out
