"""``--since``: exactly what a change introduces, told from real git repositories by the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cache_case import kept_in
from tests.repository_case import Case, shop

FREE = "contact/free-mail"
GATE = "platform/version-gate"
RECIPIENTS = "admin:\n  recipients: [ventas@operador-shops.es]\n"


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path / "repository")


def bad(name: str) -> str:
    """Return a shop with one finding, on line 5."""
    return shop(name, email=f"{name}@gmail.com")


def test_a_pull_request_reports_exactly_the_findings_of_the_shop_that_it_adds(case: Case) -> None:
    names = [f"imprenta-{number:03}" for number in range(200)]
    for number, name in enumerate(names):
        region = ("costa", "norte", "centro", "sur")[number % 4]
        case.write(f"{region}/{name}.yaml", bad(name) if number % 5 == 0 else shop(name))
    case.commit()
    before = case.validate()
    assert len(before.places) == 40
    case.git("checkout", "-q", "-b", "change")
    for name in ("costa/imprenta-000.yaml", "norte/imprenta-005.yaml"):
        case.write(name, "# moved\n\n" + case.path(name).read_text())
    case.git("mv", "configs/centro/imprenta-010.yaml", "configs/norte/imprenta-010.yaml")
    case.git("mv", "configs/sur/imprenta-015.yaml", "configs/sur/imprenta-renombrada.yaml")
    case.change("sur/imprenta-renombrada.yaml", "shop: imprenta-015", "shop: imprenta-renombrada")
    case.write("norte/rotulos-nuevos.yaml", bad("rotulos-nuevos"))
    after = case.validate("--since", "main", "--strict")
    assert after.places == [("norte/rotulos-nuevos.yaml", 5, FREE)]
    assert after.shops(FREE) == [["rotulos-nuevos"]]
    assert after.status == 1
    assert "40 findings are not new since main" in after.errors
    case.commit()
    assert case.validate("--since", "main").report == after.report
    assert case.validate("--since", "HEAD").places == []
    assert len(case.validate().places) == 41


def test_nothing_that_is_cached_changes_what_is_new(case: Case) -> None:
    for number in range(12):
        case.write(f"imprenta-{number:02}.yaml", bad(f"imprenta-{number:02}"))
    case.write("_defaults.yaml", RECIPIENTS)
    case.commit()
    case.write("imprenta-99.yaml", bad("imprenta-99"))
    case.path("imprenta-03.yaml").rename(case.path("imprenta-33.yaml"))
    case.change("imprenta-05.yaml", "gmail.com", "hotmail.com")
    plain = case.validate("--since", "main", "--no-cache")
    assert ("imprenta-05.yaml", 5, FREE) in plain.places
    for arguments in ((), (), ("--jobs", "2")):
        assert case.validate("--since", "main", *arguments).report == plain.report
    case.validate()
    assert case.validate("--since", "main").report == plain.report
    kept_in(case.folder, "whole").unlink()
    assert case.validate("--since", "main", "--jobs", "2").report == plain.report


def test_a_changed_defaults_file_is_reported_for_the_shops_that_it_makes_bad(case: Case) -> None:
    names = ["aaa-sol", "bbb-sol", "ccc-sol"]
    for name in names:
        case.write(f"{name}.yaml", shop(name))
    case.write("ddd-sol.yaml", shop("ddd-sol", version="3.28.1"))
    case.write("eee-sol.yaml", shop("eee-sol", more=RECIPIENTS))
    case.write("_defaults.yaml", "contact: {publish: entities}\n")
    case.commit()
    case.write("_defaults.yaml", "contact: {publish: entities}\n" + RECIPIENTS)
    new = case.validate("--since", "main")
    # The shop that said the same in its own file is as bad as before.
    assert new.places == [("_defaults.yaml", 3, GATE)]
    assert new.shops(GATE) == [names]
    case.commit()
    case.write("fff-sol.yaml", shop("fff-sol"))
    new = case.validate("--since", "HEAD")
    assert new.places == [("_defaults.yaml", 3, GATE)]
    assert new.shops(GATE) == [["fff-sol"]]
    message = new.report["diagnostics"][0]["message"]
    assert "fff-sol" in message
    assert "aaa-sol" not in message
    assert len(new.report["diagnostics"][0]["related"]) == 1


def test_a_value_that_moves_into_the_defaults_is_not_new_for_who_had_it(case: Case) -> None:
    for name in ("aaa-sol", "bbb-sol"):
        case.write(f"{name}.yaml", shop(name, more=RECIPIENTS))
    case.commit()
    for name in ("aaa-sol", "bbb-sol"):
        case.change(f"{name}.yaml", RECIPIENTS, "")
    case.write("_defaults.yaml", RECIPIENTS)
    assert case.validate().shops(GATE) == [["aaa-sol", "bbb-sol"]]
    assert case.validate("--since", "main").places == []


def test_a_deleted_defaults_file_is_reported_for_what_its_shops_miss(case: Case) -> None:
    case.write("costa/_defaults.yaml", "url: https://www.operador-shops.es\n")
    for name in ("aaa-sol", "bbb-sol"):
        case.write(f"costa/{name}.yaml", shop(name).replace(f"url: https://www.{name}.es\n", ""))
    case.write("ccc-sol.yaml", shop("ccc-sol").replace("url: https://www.ccc-sol.es\n", ""))
    case.commit()
    assert case.validate().places == [("ccc-sol.yaml", 1, "schema/required")]
    case.path("costa/_defaults.yaml").unlink()
    new = case.validate("--since", "main")
    assert new.places == [
        ("costa/aaa-sol.yaml", 1, "schema/required"),
        ("costa/bbb-sol.yaml", 1, "schema/required"),
    ]


def test_a_defaults_file_in_a_renamed_folder_is_the_same(case: Case) -> None:
    case.write("costa/_defaults.yaml", "# región\n" + RECIPIENTS)
    case.write("norte/_defaults.yaml", "colour: red\n")
    case.write("costa/aaa-sol.yaml", shop("aaa-sol"))
    case.commit()
    case.path("costa").rename(case.path("levante"))
    case.path("norte").rename(case.path("cantábrico"))
    assert case.validate("--since", "main").places == []
    assert len(case.validate().places) == 2


def test_a_shop_that_goes_leaves_no_new_finding_behind(case: Case) -> None:
    case.write("_defaults.yaml", "colour: red\n")
    case.write("aaa-sol.yaml", shop("aaa-sol"))
    case.write("costa/bbb-sol.yaml", shop("bbb-sol"))
    case.commit()
    case.path("aaa-sol.yaml").unlink()
    case.path("costa/bbb-sol.yaml").unlink()
    assert case.validate().places == [("_defaults.yaml", 1, "schema/unknown-key")]
    assert case.validate("--since", "main").places == []


def test_a_second_finding_like_one_that_was_there_is_new(case: Case) -> None:
    twice = "admin:\n  recipients:\n    - ventas@@aaa-sol.es\n"
    case.write("aaa-sol.yaml", shop("aaa-sol", version="3.30.0", more=twice))
    case.commit()
    case.write(
        "aaa-sol.yaml", shop("aaa-sol", version="3.30.0", more=twice + "    - ventas@@aaa-sol.es\n")
    )
    found = [place for place in case.validate("--since", "main").places if place[2] == "address/syntax"]
    assert found == [("aaa-sol.yaml", 16, "address/syntax")]


def test_another_value_is_another_finding_and_another_line_is_not(case: Case) -> None:
    case.write("aaa-sol.yaml", bad("aaa-sol"))
    case.commit()
    case.change("aaa-sol.yaml", "contact:\n", "contact:   # público\n\n")
    case.change("aaa-sol.yaml", "  email: aaa-sol@gmail.com", '  "email":   "aaa-sol@gmail.com"')
    assert case.validate("--since", "main").places == []
    case.change("aaa-sol.yaml", "@gmail.com", "@hotmail.com")
    assert case.validate("--since", "main").places == [("aaa-sol.yaml", 6, FREE)]


def test_a_finding_on_a_key_is_the_same_whatever_its_value(case: Case) -> None:
    case.write("aaa-sol.yaml", shop("aaa-sol", more=RECIPIENTS))
    case.commit()
    case.change("aaa-sol.yaml", "[ventas@", "[taller@operador-shops.es, ventas@")
    case.change("aaa-sol.yaml", "3.27.0", "3.26.0")
    assert case.validate().places == [("aaa-sol.yaml", 14, GATE)]
    assert case.validate("--since", "main").places == []


def test_setting_one_of_two_missing_settings_makes_the_other_no_new_finding(case: Case) -> None:
    text = shop("aaa-sol").replace("url: https://www.aaa-sol.es\n", "")
    case.write("aaa-sol.yaml", text.replace('platform_version: "3.27.0"\n', ""))
    case.commit()
    case.write("aaa-sol.yaml", text)
    assert [rule for _, _, rule in case.validate().places] == ["schema/required"]
    assert case.validate("--since", "main").places == []


def test_a_credential_in_another_comment_is_new(case: Case) -> None:
    first = "# the old one: AKIA" + "QYLPMN5HHHHHHHHH\n"
    case.write("aaa-sol.yaml", first + shop("aaa-sol"))
    case.commit()
    assert [rule for _, _, rule in case.validate().places] == ["secret/credential-shape"]
    case.write("aaa-sol.yaml", "\n" + first + shop("aaa-sol"))
    assert case.validate("--since", "main").places == []
    case.write("aaa-sol.yaml", shop("aaa-sol") + "# and for the backup: AKIA" + "QYLPMN5HIIIIIIII\n")
    assert [rule for _, _, rule in case.validate("--since", "main").places] == [
        "secret/credential-shape"
    ]


@pytest.mark.parametrize(
    "form", [" {}", "\n      {}", " |\n      {}", " # {}", " {{env: A}} # clave: {}"]
)
def test_another_secret_in_the_place_of_a_former_one_is_new(case: Case, form: str) -> None:
    former, later = "Qz7rTm2wXy", "Vk4nPb8sLd"
    name = "{env: SOL_SMTP_PASSWORD}"
    case.write("sol.yaml", shop("sol").replace(f" {name}", form.format(former)))
    case.commit()
    case.git("checkout", "-q", "-b", "change")
    case.write("sol.yaml", f"# a line above\n{case.path('sol.yaml').read_text()}")
    assert case.validate("--since", "main").places == []
    case.change("sol.yaml", former, later)
    found = case.validate("--since", "main")
    planned = case.run("plan", "--base", "main", "--format", "json")
    (place,) = {(path, rule.partition("/")[0]) for path, _, rule in found.places}
    assert place == ("sol.yaml", "secret")
    assert (found.status, planned.status) == (1, 1)
    assert [item["rule"] for item in planned.report["findings"]["new"]] == [
        rule for *_, rule in found.places
    ]
    shown = f"{found.report}{found.errors}{planned.report}"
    assert former not in shown
    assert later not in shown


def test_suppressions_count_on_both_sides(case: Case) -> None:
    comment = "  # wakagitops: ignore[contact/free-mail] moves in spring"
    case.write("aaa-sol.yaml", bad("aaa-sol").replace("@gmail.com", f"@gmail.com{comment}"))
    case.write("bbb-sol.yaml", bad("bbb-sol"))
    case.write("ccc-sol.yaml", shop("ccc-sol") + "# wakagitops: ignore[smtp/host] nothing\n")
    case.commit()
    assert case.validate().places == [
        ("bbb-sol.yaml", 5, FREE),
        ("ccc-sol.yaml", 13, "suppression/unused"),
    ]
    case.change("aaa-sol.yaml", comment, "")
    case.change("bbb-sol.yaml", "@gmail.com", f"@gmail.com{comment}")
    case.write("ccc-sol.yaml", "\n" + case.path("ccc-sol.yaml").read_text())
    case.write("ddd-sol.yaml", shop("ddd-sol") + "# wakagitops: ignore[smtp/host] nothing\n")
    new = case.validate("--since", "main")
    assert new.places == [("aaa-sol.yaml", 5, FREE), ("ddd-sol.yaml", 13, "suppression/unused")]
    assert new.suppressed == []
    assert case.validate().suppressed == [("bbb-sol.yaml", 5, FREE)]


def test_a_suppression_expires_on_both_sides_on_the_same_day(case: Case) -> None:
    comment = "  # wakagitops: ignore[contact/free-mail] until=2027-01-31 spring"
    case.write("aaa-sol.yaml", bad("aaa-sol").replace("@gmail.com", f"@gmail.com{comment}"))
    case.commit()
    assert case.validate("--today", "2027-02-01").places != []
    assert case.validate("--today", "2027-02-01", "--since", "main").places == []


def test_the_policy_of_today_judges_both_sides(case: Case) -> None:
    case.write("aaa-sol.yaml", bad("aaa-sol"))
    case.commit()
    (case.folder / "wakagitops.toml").write_text('[severity]\n"contact/free-mail" = "error"\n')
    assert case.validate().status == 1
    assert case.validate("--since", "main").status == 0
    (case.folder / "wakagitops.toml").write_text("not toml\n")
    case.commit()
    (case.folder / "wakagitops.toml").write_text("")
    assert case.validate("--since", "HEAD").places == []


def test_settings_that_move_with_their_root_are_the_same(tmp_path: Path) -> None:
    case = Case(tmp_path / "repository", 'root = "shops"\n')
    case.folder.joinpath("configs").rename(case.folder / "shops")
    (case.folder / "shops" / "aaa-sol.yaml").write_text(bad("aaa-sol"))
    case.commit()
    (case.folder / "shops").rename(case.folder / "tiendas")
    (case.folder / "wakagitops.toml").write_text('root = "tiendas"\n')
    assert len(case.validate().places) == 1
    assert case.validate("--since", "main").places == []


def test_a_shop_in_another_environment_is_another_shop(tmp_path: Path) -> None:
    case = Case(tmp_path / "repository", 'environments = ["staging", "production"]\n')
    case.write("staging/aaa-sol.yaml", bad("aaa-sol"))
    case.commit()
    case.write("production/aaa-sol.yaml", bad("aaa-sol"))
    new = case.validate("--since", "main")
    assert new.places == [("production/aaa-sol.yaml", 5, FREE)]
    assert new.shops(FREE) == [["production/aaa-sol"]]


def test_fleet_rules_compare_whole_states(case: Case) -> None:
    case.write("aaa-sol.yaml", shop("aaa-sol"))
    case.write("bbb-sol.yaml", shop("bbb-sol", email="contacto@aaa-sol.es"))
    case.commit()
    case.write("ccc-sol.yaml", shop("ccc-sol", email="contacto@aaa-sol.es"))
    new = case.validate("--since", "main")
    assert new.places == [("ccc-sol.yaml", 5, "fleet/shared-contact")]


def test_a_repository_in_a_subfolder_of_git(tmp_path: Path) -> None:
    case = Case(tmp_path / "monorepo" / "mail settings", "")
    (case.folder / "wakagitops.toml").write_text("")
    case.write("aaa-sol.yaml", bad("aaa-sol"))
    outer = Case(tmp_path / "monorepo" / "other")
    outer.folder = tmp_path / "monorepo"
    outer.commit()
    case.write("bbb-sol.yaml", bad("bbb-sol"))
    assert case.validate("--since", "main").places == [("bbb-sol.yaml", 5, FREE)]
    assert outer.git("status", "--porcelain", "--untracked-files=all").splitlines() == [
        '?? "mail settings/configs/bbb-sol.yaml"'
    ]


def test_named_files_and_since_together(case: Case) -> None:
    case.write("aaa-sol.yaml", shop("aaa-sol"))
    case.commit()
    case.write("aaa-sol.yaml", bad("aaa-sol"))
    case.write("bbb-sol.yaml", bad("bbb-sol"))
    new = case.validate("--since", "main", "configs/bbb-sol.yaml")
    assert new.places == [("bbb-sol.yaml", 5, FREE)]


def test_the_variable_is_the_flag_s_twin(case: Case) -> None:
    case.write("aaa-sol.yaml", bad("aaa-sol"))
    case.commit()
    assert case.validate(environ={"WAKAGITOPS_SINCE": "main"}).places == []


@pytest.mark.parametrize("revision", ["nowhere", "--upload-pack=x", "main:configs", ""])
def test_an_unknown_revision_is_wrong_usage(case: Case, revision: str) -> None:
    case.write("aaa-sol.yaml", bad("aaa-sol"))
    case.commit()
    outcome = case.validate(f"--since={revision}")
    assert outcome.status == 2
    assert f"git knows no revision {revision}" in outcome.errors
    assert outcome.report == {}


@pytest.mark.parametrize("command", ["validate --since", "fix --since", "plan --base", "render --base"])
@pytest.mark.parametrize("revision", ["HEAD", "main", "origin/main"])
def test_a_repository_without_a_commit_is_told(case: Case, command: str, revision: str) -> None:
    case.write("aaa-sol.yaml", shop("aaa-sol"))
    case.git("init", "-q", "-b", "main")
    outcome = case.run(*command.split(), revision)
    assert (outcome.status, outcome.report) == (2, {})
    advice = "since this repository has no commit yet; make the first one before you compare with it"
    assert outcome.errors == f"wakagitops: error: git knows no revision {revision}, {advice}\n"
    spanish = case.run(*command.split(), revision, "--lang", "es")
    assert "aún no tiene ningún commit" in spanish.errors


def test_no_git_repository_is_told(case: Case) -> None:
    case.write("aaa-sol.yaml", bad("aaa-sol"))
    outcome = case.validate(
        "--since", "main", environ={"GIT_CEILING_DIRECTORIES": str(case.folder.parent)}
    )
    assert outcome.status == 4
    assert "in no git repository" in outcome.errors


def test_fix_mends_only_what_is_new(case: Case) -> None:
    case.write("aaa-sol.yaml", shop("aaa-sol").replace('"3.27.0"', "3.30"))
    case.commit()
    case.write("bbb-sol.yaml", shop("bbb-sol").replace('"3.27.0"', "3.30"))
    assert case.run("fix", "--since", "main").status == 0
    assert "platform_version: 3.30\n" in case.path("aaa-sol.yaml").read_text()
    assert 'platform_version: "3.30"\n' in case.path("bbb-sol.yaml").read_text()
