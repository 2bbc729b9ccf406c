"""What a plan says follows from a change: files, caches and findings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.plan_case import COSTA_SHOPS, Planned, costa_shop, fleet, plan
from tests.render_case import render
from tests.repository_case import Case, shop

SOL = "imprenta-0"
NOTHING: dict[str, list[str]] = {"written": [], "rewritten": [], "removed": []}
RELAY = """\
summary = "A relay map for Postfix"

[[files]]
template = "relay.j2"
path = "shops/{shop}/relay"
escape = "none"
"""
LIST = (
    RELAY
    + """
[[files]]
template = "list.j2"
path = "list.txt"
escape = "none"
scope = "fleet"
"""
)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return fleet(tmp_path / "repo")


def _reasons(planned: Planned, name: str) -> list[str]:
    found = planned.shops[name]["consequences"]
    assert found["flush_cache"] is bool(found["reasons"])
    return [reason["reason"] for reason in found["reasons"]]


def _files(planned: Planned, name: str) -> dict[str, list[str]]:
    files: dict[str, list[str]] = planned.shops[name]["consequences"]["files"]
    return files


def test_a_plan_says_what_render_then_does(case: Case, tmp_path: Path) -> None:
    """The prophecy against the fact: the same files are written and the same caches emptied."""
    render(case.folder, "--out", str(tmp_path / "before"))
    case.git("clean", "-fdqx")
    case.change("costa/_defaults.yaml", "smtp.grupo-costa.es", "smtp2.grupo-costa.es")
    case.change(f"{SOL}.yaml", f"contacto@{SOL}.es", f"hola@{SOL}.es")
    case.change("imprenta-1.yaml", "contact:\n", "contact:\n  pages: [/contacto, /aviso-legal]\n")
    case.change("imprenta-2.yaml", "contact:\n", "contact:\n  publish: entities\n")
    case.change("imprenta-3.yaml", "www.imprenta-3.es", "tienda.imprenta-3.es")
    case.path("imprenta-4.yaml").unlink()
    case.write("imprenta-sol.yaml", shop("imprenta-sol"))
    planned = plan(case)
    done = render(case.folder, "--out", str(tmp_path / "after"), "--base", "HEAD")
    assert done.returncode == 0, done.stdout

    before, after = (
        {
            path.relative_to(tmp_path / name).as_posix(): path.read_bytes()
            for path in (tmp_path / name).rglob("*")
            if path.is_file() and path.parent != tmp_path / name
        }
        for name in ("before", "after")
    )
    every = [item["consequences"]["files"] for item in planned.shops.values()]
    appear = {path for files in every for kind in ("written", "rewritten") for path in files[kind]}
    assert len(appear) > 12
    assert appear == {path for path, data in after.items() if before.get(path) != data}
    assert {path for files in every for path in files["removed"]} == {
        path for path in before if "/imprenta-4/" in path
    }
    caches = json.loads((tmp_path / "after" / "cache-bust.json").read_bytes())["shops"]
    assert {name for name, entry in caches.items() if entry["flush_cache"]} == {
        name for name in planned.shops if _reasons(planned, name)
    }
    for name, entry in planned.shops.items():
        assert entry["consequences"]["reasons"] == caches[name]["reasons"]


def test_what_the_public_does_not_see_empties_no_cache(case: Case) -> None:
    case.change("costa/_defaults.yaml", "smtp.grupo-costa.es", "smtp2.grupo-costa.es")
    planned = plan(case)
    for name in COSTA_SHOPS:
        assert _reasons(planned, name) == []
        assert _files(planned, name)["rewritten"] == [f"shops/{name}/settings.json"]
    assert planned.json["summary"]["flushed"] == 0
    assert planned.json["summary"]["files"] == 3


def test_a_public_file_with_a_new_name_is_rewritten(case: Case) -> None:
    case.change(f"{SOL}.yaml", f"contacto@{SOL}.es", f"hola@{SOL}.es")
    files = _files(plan(case), SOL)
    kinds = [path.rpartition(".")[2] for path in files["rewritten"]]
    assert kinds == ["html", "json", "json"]
    assert files["written"] == files["removed"] == []


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("contacto@", "hola@", "contact-email-changed"),
        ("contact:\n", "contact:\n  publish: plain\n", "publish-changed"),
        ("contact:\n", "contact:\n  pages: [/]\n", "pages-changed"),
        ("https://www.", "https://tienda.", "url-changed"),
    ],
)
def test_each_public_setting_is_a_reason(case: Case, old: str, new: str, reason: str) -> None:
    case.change(f"{SOL}.yaml", old, new)
    assert _reasons(plan(case), SOL) == [reason]


def test_added_and_removed_shops(case: Case) -> None:
    case.write("imprenta-sol.yaml", shop("imprenta-sol"))
    case.path(f"{SOL}.yaml").unlink()
    planned = plan(case)
    assert [item["shop"] for item in planned.json["added"]] == ["imprenta-sol"]
    assert [item["shop"] for item in planned.json["removed"]] == [SOL]
    assert _reasons(planned, "imprenta-sol") == ["first-publication"]
    assert _reasons(planned, SOL) == ["removed"]
    assert len(_files(planned, "imprenta-sol")["written"]) == 3
    assert len(_files(planned, SOL)["removed"]) == 3
    assert "changes" not in planned.shops[SOL]


def test_new_and_fixed_findings_are_those_of_since(case: Case) -> None:
    case.change("imprenta-1.yaml", "contacto@imprenta-1.es", "maria.lopez@imprenta-1.es")
    case.commit()
    case.change("imprenta-1.yaml", "maria.lopez@", "hola@")
    case.change(f"{SOL}.yaml", "starttls: 587", "starttls: 465")
    planned = plan(case)
    new, fixed = planned.json["findings"]["new"], planned.json["findings"]["fixed"]
    since = case.validate("--since", "HEAD").report["diagnostics"]
    assert [(item["rule"], item["path"], item["line"]) for item in new] == [
        (item["rule"], item["path"], item["start"]["line"]) for item in since
    ]
    assert [(item["rule"], item["shops"]) for item in fixed] == [
        ("contact/role-account", ["imprenta-1"])
    ]
    assert planned.shops[SOL]["consequences"]["findings"]["new"] == new
    assert planned.shops["imprenta-1"]["consequences"]["findings"]["fixed"] == fixed
    assert planned.shops["imprenta-1"]["standing"] == {"base": "invalid", "new": "sound"}


def test_a_finding_that_stays_is_neither_new_nor_fixed(case: Case) -> None:
    case.change(f"{SOL}.yaml", f"contacto@{SOL}.es", f"maria.lopez@{SOL}.es")
    case.commit()
    case.write(f"{SOL}.yaml", f"# una línea más\n{case.path(f'{SOL}.yaml').read_text()}")
    planned = plan(case)
    assert planned.status == 0
    assert planned.json["findings"] == {"new": [], "fixed": [], "suppressed": []}


def test_a_finding_that_moves_with_its_shop_is_neither_new_nor_fixed(case: Case) -> None:
    case.change(f"{SOL}.yaml", f"contacto@{SOL}.es", f"maria.lopez@{SOL}.es")
    case.commit()
    case.path("norte").mkdir()
    case.git("mv", f"configs/{SOL}.yaml", "configs/norte/")
    assert plan(case).json["findings"] == {"new": [], "fixed": [], "suppressed": []}


def test_a_finding_is_new_only_for_the_shops_it_is_new_for(case: Case) -> None:
    case.write("costa/_defaults.yaml", "contact: {email: maria@grupo-costa.es}\n")
    for name in COSTA_SHOPS:
        case.write(f"costa/{name}.yaml", shop(name).replace(f"  email: contacto@{name}.es\n", "  {}\n"))
    case.commit()
    case.write(
        "costa/vinilos-sal.yaml",
        shop("vinilos-sal").replace("  email: contacto@vinilos-sal.es\n", "  {}\n"),
    )
    planned = plan(case)
    (found,) = [
        item for item in planned.json["findings"]["new"] if item["rule"] == "contact/role-account"
    ]
    assert found["shops"] == ["vinilos-sal"]
    assert "(in vinilos-sal)" in found["message"]


def test_a_finding_of_another_shop_s_doing_is_told_of_the_shop(case: Case) -> None:
    case.write("imprenta-sol.yaml", shop("imprenta-sol", email=f"contacto@{SOL}.es"))
    planned = plan(case)
    assert "fleet/shared-contact" in {item["rule"] for item in planned.json["findings"]["new"]}
    untouched = {name: item for name, item in planned.shops.items() if name != "imprenta-sol"}
    for item in untouched.values():
        assert item["changes"] == []
        assert item["consequences"]["files"] == NOTHING
    assert planned.json["summary"]["changed"] == 0


def test_a_finding_about_no_shop_is_told_too(case: Case) -> None:
    case.write("vacía/_defaults.yaml", "contact: {email: 5}\n")
    planned = plan(case)
    assert planned.status == 1
    (found,) = planned.json["findings"]["new"]
    assert found["shops"] == []
    assert planned.shops == {}


def test_a_finding_that_is_suppressed_now_is_not_fixed(case: Case) -> None:
    case.change(f"{SOL}.yaml", f"contacto@{SOL}.es", f"maria.lopez@{SOL}.es")
    case.commit()
    case.change(
        f"{SOL}.yaml",
        f"email: maria.lopez@{SOL}.es",
        f"email: maria.lopez@{SOL}.es  # wakagitops: ignore[contact/role-account] la dueña",
    )
    planned = plan(case)
    findings = planned.json["findings"]
    assert findings["new"] == findings["fixed"] == []
    assert [item["rule"] for item in findings["suppressed"]] == ["contact/role-account"]
    text = plan(case, form="text").out
    assert "Suppressed from now on: 1 error" in text
    assert "Suppressed from now on" in plan(case, form="markdown").out


def test_a_finding_about_no_shop_is_suppressed_too(case: Case) -> None:
    case.write("vacía/_defaults.yaml", "contact: {email: 5}\n")
    case.commit()
    case.write(
        "vacía/_defaults.yaml", "contact: {email: 5}  # wakagitops: ignore[yaml/implicit-type] vacía\n"
    )
    findings = plan(case).json["findings"]
    assert findings["fixed"] == []
    assert [item["shops"] for item in findings["suppressed"]] == [[]]


def test_a_finding_is_suppressed_for_the_shops_that_had_it(case: Case) -> None:
    for name in COSTA_SHOPS:
        case.write(f"costa/{name}.yaml", shop(name).replace(f"  email: contacto@{name}.es\n", "  {}\n"))
    heir = case.path("costa/toldos-brisa.yaml").read_text()
    case.path("costa/toldos-brisa.yaml").unlink()
    personal = "contact: {email: maria@grupo-costa.es}"
    case.write("costa/_defaults.yaml", f"{personal}\n")
    case.commit()
    case.write("costa/toldos-brisa.yaml", heir)
    case.write(
        "costa/_defaults.yaml", f"{personal}  # wakagitops: ignore[contact/role-account] la dueña\n"
    )
    (found,) = [
        item
        for item in plan(case).json["findings"]["suppressed"]
        if item["rule"] == "contact/role-account"
    ]
    assert found["shops"] == ["papeleria-luna", "rotulos-mar"]


def test_a_baseline_that_grows_suppresses(case: Case) -> None:
    (case.folder / "wakagitops.toml").write_text('baseline = "baseline.json"\n')
    (case.folder / "baseline.json").write_text('{"version": 1, "findings": []}\n')
    case.change(f"{SOL}.yaml", f"contacto@{SOL}.es", f"maria.lopez@{SOL}.es")
    case.commit()
    case.run("validate", "--write-baseline", "baseline.json")
    findings = plan(case).json["findings"]
    assert findings["new"] == findings["fixed"] == []
    assert [item["rule"] for item in findings["suppressed"]] == ["contact/role-account"]
    case.commit()
    again = plan(case, "--head", "HEAD", base="HEAD~1").json["findings"]
    assert [item["rule"] for item in again["suppressed"]] == ["contact/role-account"]


def test_what_a_target_refuses_is_a_new_error(case: Case) -> None:
    (case.folder / "wakagitops.toml").write_text('targets = ["settings", "msmtp"]\n')
    case.commit()
    case.change(f"{SOL}.yaml", "{env: IMPRENTA_0_SMTP_PASSWORD}",
                "{kubernetes: {name: imprenta, key: smtp}}")  # fmt: skip
    planned = plan(case)
    (found,) = planned.json["findings"]["new"]
    assert found["rule"] == "render/refused"
    assert found["path"] == f"configs/{SOL}.yaml"
    assert planned.status == 1
    assert planned.shops[SOL]["standing"]["new"] == "invalid"
    assert _files(planned, SOL) == NOTHING


def test_a_target_that_is_switched_on_writes_for_every_shop(case: Case) -> None:
    (case.folder / "wakagitops.toml").write_text('targets = ["settings", "public", "env"]\n')
    planned = plan(case)
    assert {
        path for item in planned.shops.values() for path in item["consequences"]["files"]["written"]
    } == {f"shops/{name}/mail.env" for name in planned.shops}
    assert len(planned.shops) == 12
    assert planned.json["brake"]["reasons"] == ["mass-change"]


def test_options_of_a_target_count_too(case: Case) -> None:
    (case.folder / "wakagitops.toml").write_text('[render.public]\nassets_url = "/static/"\n')
    planned = plan(case)
    assert _reasons(planned, SOL) == ["renderer-changed"]
    assert planned.json["summary"]["changed"] == 12


def _team(case: Case, manifest: str, **templates: str) -> None:
    folder = case.folder / "targets" / "relay"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "target.toml").write_text(manifest)
    for name, text in templates.items():
        (folder / f"{name}.j2").write_text(text)


def test_each_revision_is_rendered_by_its_own_templates(case: Case) -> None:
    (case.folder / "wakagitops.toml").write_text(
        'targets = ["relay"]\n[team_targets]\nrelay = "targets/relay"\n'
    )
    _team(case, RELAY, relay="{{ shop }}\n")
    case.commit()
    assert plan(case).shops == {}
    _team(case, RELAY, relay="{{ shop }} {{ notifications.smtp.host }}\n")
    planned = plan(case)
    assert len(planned.shops) == 12
    assert _files(planned, SOL) == {**NOTHING, "rewritten": [f"shops/{SOL}/relay"]}
    case.commit()
    assert len(plan(case, "--head", "HEAD", base="HEAD~1").shops) == 12


def test_a_file_of_all_shops_belongs_to_none(case: Case) -> None:
    (case.folder / "wakagitops.toml").write_text(
        'targets = ["relay"]\n[team_targets]\nrelay = "targets/relay"\n'
    )
    _team(case, LIST, relay="{{ shop }}\n", list="{{ shops | join(',') }}\n")
    case.commit()
    case.write("imprenta-sol.yaml", shop("imprenta-sol"))
    planned = plan(case)
    assert planned.json["shared_files"] == {**NOTHING, "rewritten": ["list.txt"]}
    assert planned.json["summary"]["files"] == 2
    assert "~ list.txt" in plan(case, form="text").out


def test_a_template_that_fails_is_an_error_of_the_shop_it_fails_for(case: Case) -> None:
    (case.folder / "wakagitops.toml").write_text(
        'targets = ["relay"]\n[team_targets]\nrelay = "targets/relay"\n'
    )
    _team(case, RELAY, relay="{{ shop }}\n")
    case.commit()
    _team(case, RELAY, relay="{% if shop == 'imprenta-0' %}{{ nothing }}{% endif %}\n")
    planned = plan(case)
    assert planned.status == 1
    assert [item["rule"] for item in planned.json["findings"]["new"]] == ["render/refused"]
    case.commit()
    _team(case, RELAY, relay="{{ shop }}\n")
    mended = plan(case)
    assert [item["rule"] for item in mended.json["findings"]["fixed"]] == ["render/refused"]


def test_a_template_that_fails_for_all_shops_together_is_told_of_the_new_state_only(
    case: Case,
) -> None:
    (case.folder / "wakagitops.toml").write_text(
        'targets = ["relay"]\n[team_targets]\nrelay = "targets/relay"\n'
    )
    _team(case, LIST, relay="{{ shop }}\n", list="{{ shops | join(',') }}\n")
    case.commit()
    _team(case, LIST, list="{{ nothing }}\n")
    broken = plan(case)
    assert broken.status == 2
    assert "targets/relay/list.j2:1" in broken.errors
    case.commit()
    _team(case, LIST, list="{{ shops | join(',') }}\n")
    mended = plan(case)
    assert mended.status == 0
    assert mended.json["shared_files"] == NOTHING


def test_settings_of_the_base_that_are_wrong_do_not_matter(case: Case) -> None:
    (case.folder / "wakagitops.toml").write_text("nonsense = 1\n")
    case.commit()
    (case.folder / "wakagitops.toml").write_text('root = "configs"\n')
    assert plan(case).status == 0
    (case.folder / "wakagitops.toml").write_text('targets = ["nowhere"]\n')
    case.commit()
    (case.folder / "wakagitops.toml").write_text("")
    planned = plan(case)
    assert planned.status == 0
    assert planned.shops == {}


def test_a_shop_that_gets_sound_is_published_anew(case: Case) -> None:
    case.change(f"{SOL}.yaml", "tls: 465", "tls: 70000")
    case.commit()
    case.change(f"{SOL}.yaml", "tls: 70000", "tls: 465")
    planned = plan(case)
    assert _reasons(planned, SOL) == ["first-publication"]
    assert len(_files(planned, SOL)["written"]) == 3
    assert planned.status == 0


def test_a_new_shop_below_the_coast_is_told_with_what_it_inherits(case: Case) -> None:
    case.write("costa/vinilos-sal.yaml", costa_shop("vinilos-sal"))
    planned = plan(case)
    assert planned.status == 0
    assert [item["path"] for item in planned.json["added"]] == ["configs/costa/vinilos-sal.yaml"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"  email: contacto@{SOL}.es", f"  emial: contacto@{SOL}.es"),
        ("contact:\n", "contact:\n  colour: rojo\n"),
        (f"contacto@{SOL}.es", "contacto"),
        (f"https://www.{SOL}.es", "www"),
        (f"  email: pedidos@{SOL}.es", "  email: pedidos"),
        ("tls: 465", "tls: 70000"),
    ],
)
def test_nothing_follows_from_a_value_that_is_wrong_or_a_key_that_is_none(
    case: Case, old: str, new: str
) -> None:
    case.change(f"{SOL}.yaml", old, new)
    planned = plan(case)
    assert planned.shops[SOL]["changes"]
    assert _files(planned, SOL) == NOTHING
    assert _reasons(planned, SOL) == []
    risk = planned.json["risk"]
    assert "nothing is rendered until" in risk
    assert "customers" not in risk
    assert "the public" not in risk


def test_a_sound_change_beside_a_wrong_one_is_still_told(case: Case) -> None:
    case.change(f"{SOL}.yaml", f"contacto@{SOL}.es", "contacto")
    case.change(f"{SOL}.yaml", "starttls: 587, ", "")
    risk = plan(case).json["risk"]
    assert "1 shop sends its mail to customers in another way" in risk
    assert "the public" not in risk
