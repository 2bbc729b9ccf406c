"""What a plan says of settings: old and new, and the line that causes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plan_case import COSTA_SHOPS, costa_shop, fleet, plan
from tests.repository_case import Case, shop
from wakagitops.core.excerpt import MASK

HOST = "/notifications/smtp/host"
PASSWORD = "/notifications/smtp/password"
PORTS = "/notifications/smtp/ports"
COSTA = "configs/costa/_defaults.yaml"
SOL = "imprenta-0"
OWN = f"configs/{SOL}.yaml"


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return fleet(tmp_path / "repo")


def test_one_line_of_defaults_names_every_shop_it_reaches_and_itself(case: Case) -> None:
    case.change("costa/_defaults.yaml", "smtp.grupo-costa.es", "smtp2.grupo-costa.es")
    planned = plan(case)
    assert tuple(planned.shops) == COSTA_SHOPS
    for name in COSTA_SHOPS:
        (change,) = planned.shops[name]["changes"]
        assert change == {
            "pointer": HOST,
            "old": "smtp.grupo-costa.es",
            "new": "smtp2.grupo-costa.es",
            "cause": {"path": COSTA, "line": 4},
            "was": {"path": COSTA, "line": 4},
        }


def test_a_shop_that_overrides_the_line_is_not_reached(case: Case) -> None:
    case.change("costa/rotulos-mar.yaml", "  smtp:\n", "  smtp:\n    host: smtp.rotulos-mar.es\n")
    case.commit()
    case.change("costa/_defaults.yaml", "smtp.grupo-costa.es", "smtp2.grupo-costa.es")
    assert set(plan(case).shops) == {"papeleria-luna", "toldos-brisa"}


def test_a_change_of_a_shop_s_own_file_is_caused_there(case: Case) -> None:
    case.change(f"{SOL}.yaml", "host: smtp.", "host: correo.")
    planned = plan(case)
    assert planned.changes(SOL) == {HOST: (f"smtp.{SOL}.es", f"correo.{SOL}.es")}
    assert planned.change(SOL, HOST)["cause"] == {"path": OWN, "line": 9}


def test_a_mapping_that_is_one_value_is_one_change(case: Case) -> None:
    case.change(f"{SOL}.yaml", "{starttls: 587, tls: 465}", "{tls: 465}")
    assert plan(case).changes(SOL) == {PORTS: ({"starttls": 587, "tls": 465}, {"tls": 465})}


def test_the_order_of_a_mapping_s_keys_is_no_change(case: Case) -> None:
    case.change(f"{SOL}.yaml", "{starttls: 587, tls: 465}", "{tls: 465, starttls: 587}")
    planned = plan(case)
    assert planned.shops == {}
    assert planned.status == 0


def test_the_order_of_a_list_is_a_change(case: Case) -> None:
    case.write("a.yaml", shop("a", more="admin:\n  recipients: [x@a.es, y@a.es]\n", version="3.28.1"))
    case.commit()
    case.change("a.yaml", "[x@a.es, y@a.es]", "[y@a.es, x@a.es]")
    assert plan(case).changes("a") == {"/admin/recipients": (["x@a.es", "y@a.es"], ["y@a.es", "x@a.es"])}


def test_a_reference_to_a_secret_is_shown_by_its_names(case: Case) -> None:
    case.change(
        f"{SOL}.yaml",
        "{env: IMPRENTA_0_SMTP_PASSWORD}",
        "{vault: {path: secret/imprenta-0, key: smtp}}",
    )
    assert plan(case).changes(SOL) == {
        PASSWORD: (
            {"env": "IMPRENTA_0_SMTP_PASSWORD"},
            {"vault": {"path": "secret/imprenta-0", "key": "smtp"}},
        )
    }


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_literal_secrets_are_told_to_differ_and_not_shown(case: Case, form: str) -> None:
    case.change(f"{SOL}.yaml", "{env: IMPRENTA_0_SMTP_PASSWORD}", "canario-viejo-1")
    case.commit()
    case.change(f"{SOL}.yaml", "canario-viejo-1", "canario-nuevo-2")
    planned = plan(case, form=form)
    assert planned.out.count(MASK) >= 2
    assert "canario" not in planned.out + planned.errors
    if form == "json":
        assert planned.changes(SOL) == {PASSWORD: (MASK, MASK)}
    else:
        assert "another secret" in planned.out


def test_a_secret_in_another_place_is_masked_there_and_wherever_it_is_repeated(case: Case) -> None:
    named = shop(SOL).replace("  smtp:\n", "  name: Imprenta canario99x\n  smtp:\n")
    case.write(f"{SOL}.yaml", f"{named}# la clave es canario99x\n")
    planned = plan(case)
    assert planned.changes(SOL) == {"/notifications/name": (None, f"Imprenta {MASK}")}
    assert "canario" not in planned.out


def test_a_key_that_gives_a_secret_away_is_masked(case: Case) -> None:
    case.write(f"{SOL}.yaml", shop(SOL, more="ghp_0123456789abcdefghijklmnopqrstuvwxyz: 1\n"))
    planned = plan(case)
    assert f"/{MASK}" in planned.changes(SOL)
    assert "ghp_" not in planned.out


def test_numbers_and_keys_inside_a_value_are_masked_too(case: Case) -> None:
    case.change(f"{SOL}.yaml", "{env: IMPRENTA_0_SMTP_PASSWORD}",
                "{env: {ghp_0123456789abcdefghijklmnopqrstuvwxyz: 48151623}}")  # fmt: skip
    case.write("imprenta-1.yaml", shop("imprenta-1", more="extra: [1.5, -.inf, 1]\n"))
    planned = plan(case)
    assert planned.changes(SOL)[PASSWORD][1] == {"env": {MASK: MASK}}
    assert planned.changes("imprenta-1")["/extra"] == (None, ["1.5", "-inf", 1])
    assert "ghp_" not in planned.out
    assert "4815" not in planned.out


def test_a_setting_that_a_shop_stops_to_set_comes_from_the_defaults(case: Case) -> None:
    case.change("costa/rotulos-mar.yaml", "  smtp:\n", "  smtp:\n    host: smtp.rotulos-mar.es\n")
    case.commit()
    case.change("costa/rotulos-mar.yaml", "    host: smtp.rotulos-mar.es\n", "")
    planned = plan(case)
    change = planned.change("rotulos-mar", HOST)
    assert change["cause"] == {"path": COSTA, "line": 4}
    assert change["was"] == {"path": "configs/costa/rotulos-mar.yaml", "line": 8}
    text = plan(case, form="text").out
    assert f"{COSTA}:4, now that configs/costa/rotulos-mar.yaml says nothing else" in text


def test_a_null_that_removes_is_the_cause(case: Case) -> None:
    case.write("costa/rotulos-mar.yaml", costa_shop("rotulos-mar", "admin:\n  recipients: null\n"))
    change = plan(case).change("rotulos-mar", "/admin/recipients")
    assert (change["old"], change["new"]) == (["expediciones@grupo-costa.es"], None)
    assert change["cause"] == {"path": "configs/costa/rotulos-mar.yaml", "line": 12}
    assert change["was"] == {"path": COSTA, "line": 6}


def test_a_null_further_out_is_the_cause_of_all_that_it_removes(case: Case) -> None:
    case.write("costa/rotulos-mar.yaml", costa_shop("rotulos-mar", "admin: null\n"))
    change = plan(case).change("rotulos-mar", "/admin/recipients")
    assert change["cause"] == {"path": "configs/costa/rotulos-mar.yaml", "line": 11}


@pytest.mark.parametrize("other", ["ninguno", "[ventas@rotulos-mar.es]"])
def test_a_value_of_another_kind_further_out_is_the_cause_too(case: Case, other: str) -> None:
    case.write("costa/rotulos-mar.yaml", costa_shop("rotulos-mar", f"admin: {other}\n"))
    planned = plan(case)
    change = planned.change("rotulos-mar", "/admin/recipients")
    assert change["new"] is None
    assert change["cause"] == {"path": "configs/costa/rotulos-mar.yaml", "line": 11}
    assert planned.change("rotulos-mar", "/admin")["old"] is None


def test_of_a_line_that_is_gone_the_file_is_named_and_where_it_was(case: Case) -> None:
    case.change("costa/_defaults.yaml", "admin:\n  recipients:\n    - expediciones@grupo-costa.es\n", "")
    planned = plan(case)
    change = planned.change("rotulos-mar", "/admin/recipients")
    assert change["cause"] == {"path": COSTA, "line": None}
    assert change["was"] == {"path": COSTA, "line": 6}
    assert f"not in {COSTA} any more" in plan(case, form="text").out


def test_a_deleted_defaults_file_is_the_cause_too(case: Case) -> None:
    case.path("costa/_defaults.yaml").unlink()
    planned = plan(case)
    assert planned.change("rotulos-mar", HOST)["cause"] == {"path": COSTA, "line": None}
    assert planned.shops["rotulos-mar"]["standing"] == {"base": "sound", "new": "invalid"}


def test_saying_what_holds_by_default_changes_nothing(case: Case) -> None:
    case.change(f"{SOL}.yaml", "contact:\n", "contact:\n  publish: assembled\n  pages: [/contacto]\n")
    assert plan(case).shops == {}
    text = plan(case, form="text").out
    assert "1 settings file differs, in comments, layout or order only." in text


def test_a_default_is_named_where_it_takes_the_place_of_a_value(case: Case) -> None:
    case.change(f"{SOL}.yaml", "contact:\n", "contact:\n  publish: plain\n")
    assert plan(case).changes(SOL) == {"/contact/publish": (None, "plain")}
    assert "contact.publish: assembled (the default) → plain" in plan(case, form="text").out
    case.commit()
    case.change(f"{SOL}.yaml", "  publish: plain\n", "")
    assert "contact.publish: plain → assembled (the default)" in plan(case, form="text").out


def test_comments_and_layout_change_nothing(case: Case) -> None:
    case.write("costa/_defaults.yaml", f"# nuevo\n{case.path('costa/_defaults.yaml').read_text()}\n\n")
    planned = plan(case, form="text")
    assert planned.status == 0
    assert "nothing changes for 12 shops" in planned.out
    assert "1 settings file differs, in comments, layout or order only." in planned.out


@pytest.mark.parametrize(
    ("old", "new"),
    [('"3.28.1"', "3.28"), ("{starttls: 587}", '{starttls: "587"}'), ("587", "587.0")],
)
def test_a_value_of_another_type_is_another_value(case: Case, old: str, new: str) -> None:
    case.write("a.yaml", costa_shop("a", 'platform_version: "3.28.1"\n'))
    case.write("b.yaml", shop("b"))
    case.commit()
    case.change("a.yaml", old, new)
    assert len(plan(case).changes("a")) == 1


def test_a_shop_that_moves_is_the_same_shop_with_other_defaults(case: Case) -> None:
    case.git("mv", f"configs/{SOL}.yaml", f"configs/costa/{SOL}.yaml")
    planned = plan(case)
    entry = planned.shops[SOL]
    assert entry["moved_from"] == OWN
    assert entry["path"] == f"configs/costa/{SOL}.yaml"
    assert planned.changes(SOL) == {"/admin/recipients": (None, ["expediciones@grupo-costa.es"])}
    assert entry["changes"][0]["cause"] == {"path": COSTA, "line": 6}
    assert planned.json["removed"] == planned.json["added"] == []
    assert f"{SOL}: from {OWN} to configs/costa/{SOL}.yaml" in plan(case, form="text").out


def test_a_move_that_changes_nothing_trips_no_brake(case: Case) -> None:
    case.path("norte").mkdir()
    for number in range(9):
        case.git("mv", f"configs/imprenta-{number}.yaml", "configs/norte/")
    planned = plan(case)
    assert planned.status == 0
    assert planned.json["summary"]["changed"] == 0
    assert len(planned.json["shops"]) == 9


def test_another_id_is_another_shop(case: Case) -> None:
    case.git("mv", f"configs/{SOL}.yaml", "configs/imprenta-sol.yaml")
    case.change("imprenta-sol.yaml", SOL, "imprenta-sol")
    summary = plan(case).json["summary"]
    assert (summary["added"], summary["removed"], summary["changed"]) == (1, 1, 0)


def test_each_environment_has_its_own_shops(tmp_path: Path) -> None:
    case = Case(tmp_path / "repo", 'environments = ["staging", "production"]\n')
    for environment in ("staging", "production"):
        case.write(f"{environment}/sol.yaml", shop("sol"))
    case.commit()
    case.change("staging/sol.yaml", "host: smtp.", "host: correo.")
    (entry,) = plan(case).json["shops"]
    assert entry["environment"] == "staging"
    assert entry["consequences"]["files"]["rewritten"] == ["staging/shops/sol/settings.json"]
    assert "\nstaging/sol\n" in plan(case, form="text").out
    case.git("checkout", "-q", ".")
    case.git("mv", "configs/staging/sol.yaml", "configs/production/luna.yaml")
    case.change("production/luna.yaml", "sol", "luna")
    planned = plan(case)
    assert [(item["environment"], item["shop"]) for item in planned.json["removed"]] == [
        ("staging", "sol")
    ]
    assert [(item["environment"], item["shop"]) for item in planned.json["added"]] == [
        ("production", "luna")
    ]


def test_where_several_files_claim_one_id_nothing_breaks(case: Case) -> None:
    case.write(f"norte/{SOL}.yaml", shop(SOL))
    planned = plan(case)
    assert planned.status == 1
    assert [item["path"] for item in planned.json["added"]] == [f"configs/norte/{SOL}.yaml"]
    assert "fleet/duplicate-shop" in {item["rule"] for item in planned.json["findings"]["new"]}


@pytest.mark.parametrize(
    "broken", ["shop: [\n", "- a\n- list\n", "", "\t\n", "just text\n", "shop: &a imprenta\n"]
)
@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_a_broken_state_on_either_side_is_told_and_no_crash(case: Case, broken: str, form: str) -> None:
    sound = case.path(f"{SOL}.yaml").read_text()
    case.write(f"{SOL}.yaml", broken)
    breaks = plan(case, form=form)
    assert breaks.status == 1
    assert breaks.errors == ""
    case.commit()
    case.write(f"{SOL}.yaml", sound)
    mends = plan(case, form=form)
    assert mends.status == 0
    assert SOL in breaks.out
    assert SOL in mends.out


def test_what_cannot_be_read_is_not_known_to_change(case: Case) -> None:
    case.write("costa/_defaults.yaml", "platform_version: [\n")
    planned = plan(case)
    for name in COSTA_SHOPS:
        entry = planned.shops[name]
        assert entry["standing"] == {"base": "sound", "new": "unreadable"}
        assert entry["changes"] == []
        assert entry["consequences"]["files"] == {"written": [], "rewritten": [], "removed": []}
    text = plan(case, form="text").out
    assert "sound → cannot be read: papeleria-luna, rotulos-mar, toldos-brisa" in text
    assert "what changes in 3 shops is not known" in text


def test_settings_with_errors_are_compared_all_the_same(case: Case) -> None:
    case.change(f"{SOL}.yaml", "tls: 465", "tls: 70000")
    planned = plan(case)
    assert planned.changes(SOL) == {
        PORTS: ({"starttls": 587, "tls": 465}, {"starttls": 587, "tls": 70000})
    }
    assert planned.shops[SOL]["standing"] == {"base": "sound", "new": "invalid"}


def test_between_two_revisions_neither_tree_is_touched(case: Case) -> None:
    case.change("costa/_defaults.yaml", "smtp.grupo-costa.es", "smtp2.grupo-costa.es")
    case.commit()
    case.write(f"{SOL}.yaml", "not: even\n")
    case.git("rm", "-q", "--cached", "configs/imprenta-1.yaml")
    before = case.git("status", "--porcelain"), case.git("rev-parse", "HEAD")
    planned = plan(case, "--head", "main", base="main~1")
    assert set(planned.shops) == set(COSTA_SHOPS)
    assert planned.json["head"] == {"revision": "main", "commit": before[1]}
    assert (case.git("status", "--porcelain"), case.git("rev-parse", "HEAD")) == before


def test_a_revision_s_own_settings_say_where_its_shops_are(case: Case) -> None:
    case.git("mv", "configs", "tiendas")
    (case.folder / "wakagitops.toml").write_text('root = "tiendas"\n')
    planned = plan(case)
    assert planned.json["removed"] == planned.json["added"] == []
    assert planned.json["summary"]["changed"] == 0
    assert len(planned.json["shops"]) == 12
    case.git("add", "-A")
    case.git("commit", "-q", "-m", "moved")
    back = plan(case, "--head", "HEAD~1", "--allow-policy-change", base="HEAD")
    assert len(back.json["shops"]) == 12
    assert [change["kind"] for change in back.json["policy"]] == ["root-changed"]
    assert back.status == 0


def test_a_file_of_the_revision_that_is_a_folder_now_is_read_all_the_same(case: Case) -> None:
    case.path(f"{SOL}.yaml").unlink()
    case.path(f"{SOL}.yaml").mkdir()
    case.path(f"{SOL}.yaml/README").write_text("una carpeta\n")
    assert [item["shop"] for item in plan(case).json["removed"]] == [SOL]


def test_line_ends_that_git_converts_change_nothing(case: Case) -> None:
    text = case.path(f"{SOL}.yaml").read_bytes()
    case.path(f"{SOL}.yaml").write_bytes(text.replace(b"\n", b"\r\n"))
    planned = plan(case)
    assert planned.status == 0
    assert planned.changes(SOL) == {}
    assert [item["rule"] for item in planned.json["findings"]["new"]] == ["yaml/encoding"]


def test_paths_are_relative_to_the_current_directory(case: Case) -> None:
    case.change("costa/_defaults.yaml", "smtp.grupo-costa.es", "smtp2.grupo-costa.es")
    inner = Case.__new__(Case)
    inner.folder = case.folder / "configs"
    change = plan(inner).change("rotulos-mar", HOST)
    assert change["cause"]["path"] == "costa/_defaults.yaml"


def test_a_sops_file_that_is_encrypted_anew_shows_a_changed_secret_only(case: Case) -> None:
    sealed = (
        "    password: ENC[AES256_GCM,data:{data},iv:AAAA,tag:BBBB,type:str]\n"
        "sops:\n  mac: ENC[AES256_GCM,data:{data},iv:AAAA,tag:BBBB,type:str]\n  version: 3.9.0\n"
    )
    plain = shop(SOL).replace("    password: {env: IMPRENTA_0_SMTP_PASSWORD}\n", "")
    case.write(f"{SOL}.yaml", plain + sealed.format(data="g4K3"))
    case.commit()
    case.write(f"{SOL}.yaml", plain + sealed.format(data="h5L4"))
    planned = plan(case)
    assert planned.changes(SOL) == {PASSWORD: (MASK, MASK)}
    assert "ENC[" not in planned.out
