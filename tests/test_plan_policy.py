"""``wakagitops plan`` lists what a change takes away from the policy, and brakes for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.repository_case import Case, Outcome, shop
from tests.schema_case import admits
from wakagitops.core.messages import msg
from wakagitops.core.rule import Option
from wakagitops.plan.policy_changes import loosening

BASE = (
    'exclude = ["configs/drafts"]\ntargets = ["settings", "public"]\n'
    '[severity]\n"contact/free-mail" = "error"\n'
    '[rules."contact/role-account"]\naccounts = ["pegatinas"]\nunknown = "warning"\n'
    '[rules."address/no-reply"]\nnames = ["rebotes"]\n'
)
HIDES = "an existing suppression hides a new finding of"


@pytest.fixture
def case(tmp_path: Path) -> Case:
    case = Case(tmp_path / "repository", BASE)
    for name in ("sol", "mar", "rio", "luna"):
        case.write(f"{name}.yaml", shop(name))
    case.commit()
    case.git("checkout", "-q", "-b", "change")
    return case


def settings(case: Case, old: str, new: str) -> None:
    path = case.folder / "wakagitops.toml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))


def plan(case: Case, *arguments: str) -> Outcome:
    return case.run("plan", "--base", "main", "--format", "json", *arguments)


def kinds(planned: Outcome) -> list[tuple[str, str]]:
    assert admits("plan-v1.schema.json", planned.report)
    return [(item["kind"], item["message"]) for item in planned.report["policy"]]


WEAKENED = {
    "off": ('"contact/free-mail" = "error"', '"smtp/host" = "off"',
        [("rule-lowered", "contact/free-mail is lowered to warning"),
         ("rule-off", "smtp/host is switched off")]),
    "lowered": ('"error"', '"note"', [("rule-lowered", "contact/free-mail is lowered to note")]),
    "no longer raised": (
        '"contact/free-mail" = "error"\n', "",
        [("rule-lowered", "contact/free-mail is lowered to warning")],
    ),
    "ignored": ("exclude", 'ignore = ["smtp/host"]\nexclude',
        [("rule-off", "smtp/host is switched off")]),
    "accounts": ('["pegatinas"]', '["pegatinas", "pedro"]',
        [("option-loosened", "accounts of contact/role-account is loosened: +pedro")]),
    "names": ('["rebotes"]', "[]",
        [("option-loosened", "names of address/no-reply is loosened: -rebotes")]),
    "choice": ('"warning"', '"off"',
        [("option-loosened", "unknown of contact/role-account is loosened: warning → off")]),
    "limit": ("[severity]", '[rules."admin/too-many-recipients"]\nmaximum = 99\n[severity]',
        [("option-loosened", "maximum of admin/too-many-recipients is loosened: 10 → 99")]),
    "exclude": ('["configs/drafts"]', '["configs/drafts", "configs/old"]',
        [("exclude-added", "configs/old is excluded")]),
    "path": ("[severity]", '[per_path_ignores]\n"**" = ["smtp/host", "secret"]\n[severity]', 1),
    "target": ('"settings", "public"', '"settings"',
        [("target-removed", "the target public is removed")]),
    "environments": ("exclude", 'environments = ["norte"]\nexclude',
        [("environments-changed", "the environments change: - → norte")]),
}  # fmt: skip


@pytest.mark.parametrize("name", WEAKENED)
def test_a_weakened_policy_is_listed_and_trips_the_brake(case: Case, name: str) -> None:
    old, new, expected = WEAKENED[name]
    settings(case, old, new)
    planned = plan(case)
    assert planned.status == 1
    if isinstance(expected, int):
        assert len(kinds(planned)) == expected
    else:
        assert kinds(planned) == expected
    brake = planned.report["brake"]
    assert (brake["holds"], brake["allowed"]) == (True, False)
    assert "policy-weakened" in brake["reasons"]
    case.commit()
    assert kinds(plan(case, "--head", "change")) == kinds(planned)
    assert plan(case, "--allow-mass-change").status == 1
    mass = ("--allow-mass-change",) if len(brake["reasons"]) > 1 else ()
    allowed = plan(case, "--allow-policy-change", *mass)
    if name == "environments":
        # The shops are in none of them, which is an error.
        assert not allowed.report["brake"]["holds"]
        return
    assert (allowed.status, allowed.report["brake"]["holds"]) == (0, False)
    assert kinds(allowed) == kinds(planned)
    twin = case.run("plan", "--base", "main", *mass, environ={"WAKAGITOPS_ALLOW_POLICY_CHANGE": "1"})
    assert twin.status == 0


def test_the_policy_of_a_revision_hides_no_change_of_it(case: Case) -> None:
    settings(case, '["configs/drafts"]', '["configs/drafts", "configs/old"]')
    planned = plan(case, "--policy-from", "main")
    assert planned.status == 1
    assert kinds(planned) == [("exclude-added", "configs/old is excluded")]
    case.commit()
    headed = plan(case, "--policy-from", "main", "--head", "change")
    assert kinds(headed) == [("exclude-added", "configs/old is excluded")]
    named = plan(case, "--config", "wakagitops.toml")
    assert kinds(named) == [("exclude-added", "configs/old is excluded")]


STRENGTHENED = [
    ('"error"', '"error"\nsmtp = "error"'),
    ('["pegatinas"]', "[]"),
    ('["rebotes"]', '["rebotes", "nadie"]'),
    ('"warning"', '"error"'),
    ('["configs/drafts"]', "[]"),
    ('"settings", "public"', '"settings", "public", "msmtp"'),
    ("exclude", 'lang = "es"\nexclude'),
]


@pytest.mark.parametrize(("old", "new"), STRENGTHENED)
def test_a_strengthened_policy_trips_no_brake(case: Case, old: str, new: str) -> None:
    settings(case, old, new)
    planned = plan(case, "--allow-mass-change")
    assert (planned.status, kinds(planned)) == (0, [])


def test_a_deleted_file_takes_its_policy_with_it(case: Case) -> None:
    case.git("rm", "-q", "wakagitops.toml")
    assert [kind for kind, _ in kinds(plan(case))] == ["rule-lowered", "option-loosened"]


def test_suppressions_that_are_added_or_extended_are_listed(case: Case) -> None:
    comment = "# wakagitops: ignore[contact/free-mail] {}known"
    email = "  email: contacto@sol.es"
    case.git("checkout", "-q", "main")
    case.change("sol.yaml", email, f"{email}  {comment.format('until=2027-01-31 ')}")
    case.commit()
    case.git("checkout", "-q", "-B", "change")
    case.write("_defaults.yaml", f"{comment.replace('ignore', 'ignore-file').format('')}\n")
    assert kinds(plan(case)) == [
        ("suppression-added", "contact/free-mail is suppressed in configs/_defaults.yaml")
    ]
    case.path("_defaults.yaml").unlink()
    case.change("sol.yaml", "until=2027-01-31 ", "until=2028-01-31 ")
    extended = plan(case)
    assert extended.status == 1
    assert kinds(extended) == [
        ("suppression-added", "contact/free-mail is suppressed in configs/sol.yaml")
    ]
    assert (extended.report["policy"][0]["path"], extended.report["policy"][0]["line"]) == (
        "configs/sol.yaml",
        5,
    )
    case.change("sol.yaml", "until=2028-01-31 ", "until=2026-12-31 ")
    assert kinds(plan(case)) == []
    text = case.path("sol.yaml").read_text()
    case.write("sol.yaml", f"# a line above\n{text}")
    assert kinds(plan(case)) == []


def test_an_exception_that_hides_another_value_is_listed(case: Case) -> None:
    comment = "# wakagitops: ignore[contact] agreed"
    case.git("checkout", "-q", "main")
    case.change("sol.yaml", "contacto@sol.es", f"tiendasol@gmail.com  {comment}")
    case.commit()
    case.git("checkout", "-q", "-B", "change")
    case.change("sol.yaml", "tiendasol@gmail.com", "pedidos@sol.es")
    assert case.validate("--policy-from", "main").status == 0
    for arguments in ((), ("--policy-from", "main")):
        planned = plan(case, *arguments)
        assert planned.status == 1
        assert kinds(planned) == [
            (
                "finding-hidden",
                f"{HIDES} contact/shared-account in configs/sol.yaml",
            )
        ]
        (change,) = planned.report["policy"]
        assert (change["path"], change["line"]) == ("configs/sol.yaml", 5)
    assert plan(case, "--allow-policy-change").status == 0


def test_a_comment_that_moves_to_another_value_of_the_same_key_is_listed(case: Case) -> None:
    comment = "  # wakagitops: ignore[address] agreed"
    case.git("checkout", "-q", "main")
    case.change("sol.yaml", "contacto@sol.es", f"contacto@sol.es{comment}")
    case.commit()
    case.git("checkout", "-q", "-B", "change")
    case.change("sol.yaml", comment, "")
    case.change("sol.yaml", "  email: pedidos@sol.es", f"  email: pedidos@example.com{comment}")
    planned = plan(case)
    assert planned.status == 1
    assert kinds(planned) == [
        (
            "finding-hidden",
            f"{HIDES} address/special-use-domain in configs/sol.yaml",
        )
    ]


def test_an_exception_that_hides_another_reason_is_listed(case: Case) -> None:
    case.git("checkout", "-q", "main")
    case.write(
        "sol.yaml", shop("sol", version="3.28.1", more="admin:\n  recipients: [contacto@sol.es]\n")
    )
    settings(case, "exclude", 'baseline = "baseline.json"\nexclude')
    (case.folder / "baseline.json").write_text('{"version": 1, "findings": []}')
    assert case.run("validate", "--write-baseline", "baseline.json").status == 0
    case.commit()
    case.git("checkout", "-q", "-B", "change")
    case.change("sol.yaml", "contact:\n", "contact:\n  # a line above\n")
    assert kinds(plan(case)) == []
    case.change("sol.yaml", "username: pedidos@sol.es", "username: contacto@sol.es")
    assert case.validate("--policy-from", "main").status == 0
    planned = plan(case, "--policy-from", "main")
    assert planned.status == 1
    assert kinds(planned) == [("finding-hidden", f"{HIDES} contact/shared-account in configs/sol.yaml")]


def test_shops_that_inherit_an_agreed_exception_trip_nothing(case: Case) -> None:
    case.git("checkout", "-q", "main")
    case.write(
        "_defaults.yaml",
        "contact:\n  email: grupo@gmail.com  # wakagitops: ignore[contact/free-mail] agreed\n",
    )
    for name in ("sol", "mar"):
        case.change(f"{name}.yaml", f"contact:\n  email: contacto@{name}.es\n", "")
    case.commit()
    case.git("checkout", "-q", "-B", "change")
    case.write("nieve.yaml", shop("nieve").replace("contact:\n  email: contacto@nieve.es\n", ""))
    case.write("_defaults.yaml", f"# a line above\n{case.path('_defaults.yaml').read_text()}")
    assert kinds(plan(case)) == []


def test_a_shop_that_moves_below_an_agreed_exception_is_listed(case: Case) -> None:
    ports = "    ports: {starttls: 587, tls: 465}\n"
    case.git("checkout", "-q", "main")
    plain = "    ports: {plain: 587}  # wakagitops: ignore[smtp/plaintext] agreed\n"
    case.write("legacy/_defaults.yaml", f"notifications:\n  smtp:\n{plain}")
    case.write("legacy/viejo.yaml", shop("viejo").replace(ports, ""))
    case.write("legacy/propio.yaml", shop("propio"))
    case.commit()
    case.git("checkout", "-q", "-B", "change")
    case.write("legacy/nuevo.yaml", shop("nuevo").replace(ports, ""))
    assert kinds(plan(case)) == []
    for name in ("legacy/propio.yaml", "legacy/sol.yaml"):
        case.path("sol.yaml").unlink(missing_ok=True)
        text = shop(Path(name).stem)
        case.write(name, text.replace(ports, ""))
        planned = plan(case, "--policy-from", "main")
        assert planned.status == 1
        assert kinds(planned) == [
            ("finding-hidden", f"{HIDES} smtp/plaintext in configs/legacy/_defaults.yaml")
        ]
        case.write(name, text)
        case.git("checkout", "-q", "--", "configs/sol.yaml")
        case.path("legacy/sol.yaml").unlink(missing_ok=True)


def test_a_shop_that_moves_to_a_path_with_ignores_is_listed(case: Case) -> None:
    case.git("checkout", "-q", "main")
    toml = case.folder / "wakagitops.toml"
    toml.write_text(f'{BASE}[per_path_ignores]\n"configs/legacy/**" = ["smtp/plaintext", "secret"]\n')
    case.commit()
    case.git("checkout", "-q", "-B", "change")
    (case.folder / "configs/legacy").mkdir()
    case.path("sol.yaml").rename(case.path("legacy/sol.yaml"))
    case.path("rio.yaml").rename(case.folder / "configs" / "rio.yml")
    planned = plan(case, "--policy-from", "main")
    assert planned.status == 1
    (found,) = kinds(planned)
    assert found[0] == "path-ignored"
    assert found[1].startswith("the shop sol moves to a path in which secret/")
    assert found[1].endswith("smtp/plaintext are ignored")
    assert "secret/plaintext" not in found[1]


def test_baseline_entries_that_are_added_are_listed(case: Case) -> None:
    settings(case, "exclude", 'baseline = "baseline.json"\nexclude')
    entry = {"file": "configs/sol.yaml", "rule": "contact/free-mail", "pointer": "", "key": "1" * 32}
    (case.folder / "baseline.json").write_text(json.dumps({"version": 1, "findings": [entry]}))
    planned = plan(case)
    assert planned.status == 1
    assert kinds(planned) == [
        ("baseline-entry-added", "the baseline lists contact/free-mail in configs/sol.yaml (1)")
    ]
    case.commit()
    case.git("branch", "-f", "main")
    assert kinds(plan(case)) == []


@pytest.mark.parametrize("name", [".sol.yaml", "_sol.yaml", "sol.YAML", ".old/sol.yaml", "sol.yaml.off"])
def test_a_shop_that_becomes_a_stray_is_no_longer_checked(case: Case, name: str) -> None:
    case.path(name).parent.mkdir(exist_ok=True)
    case.path("sol.yaml").rename(case.path(name))
    planned = plan(case, "--allow-mass-change")
    assert planned.status == 1
    assert kinds(planned) == [("shop-unchecked", "the shop sol is no longer checked")]
    assert planned.report["policy"][0]["path"] == f"configs/{name}"
    assert "fleet/stray-file" in {item["rule"] for item in planned.report["findings"]["new"]}


def test_a_shop_that_is_excluded_or_outside_another_root_is_no_longer_checked(case: Case) -> None:
    settings(case, '["configs/drafts"]', '["configs/drafts", "configs/sol.yaml"]')
    assert kinds(plan(case, "--allow-mass-change")) == [
        ("exclude-added", "configs/sol.yaml is excluded"),
        ("shop-unchecked", "the shop sol is no longer checked"),
    ]
    settings(case, "exclude", 'root = "decoy"\nexclude')
    (case.folder / "decoy").mkdir()
    (case.folder / "decoy" / "sol.yaml").write_text(shop("sol"))
    found = kinds(plan(case, "--allow-mass-change"))
    assert ("root-changed", "the root changes: configs → decoy") in found
    assert ("shop-unchecked", "the shop mar is no longer checked") in found


def test_people_read_it_in_text_and_markdown_in_both_languages(case: Case) -> None:
    settings(case, '["configs/drafts"]', '["configs/drafts", "configs/old"]')
    text = case.run(
        "plan", "--base", "main", "--output", "text=plan.txt", "--output", "markdown=plan.md"
    )
    assert text.status == 1
    for name in ("plan.txt", "plan.md"):
        told = (case.folder / name).read_text()
        assert "The policy is weakened" in told
        assert "configs/old" in told
        assert "--allow-policy-change" in told
        assert "--allow-mass-change" not in told
    case.run("plan", "--base", "main", "--lang", "es", "--output", "markdown=plan.md")
    assert "La política se debilita" in (case.folder / "plan.md").read_text()


@pytest.mark.parametrize(
    ("option", "old", "new", "looser"),
    [
        (Option("a", (), "texts", msg("x"), looser="more"), ("a",), ("a", "b"), "+b"),
        (Option("a", (), "texts", msg("x"), looser="more"), ("a", "b"), ("a",), None),
        (Option("a", (), "texts", msg("x"), looser="less"), ("a", "b"), ("a",), "-b"),
        (Option("a", (), "texts", msg("x")), ("a",), ("b",), "+b, -a"),
        (Option("a", 0, "boolean", msg("x"), looser="more"), False, True, "false → true"),
        (Option("a", 0, "boolean", msg("x"), looser="more"), True, False, None),
        (Option("a", 1, "integer", msg("x"), looser="less"), 2, 1, "2 → 1"),
        (Option("a", 1, "integer", msg("x")), 1, 2, "1 → 2"),
        (Option("a", "x", "text", msg("x")), "x", "y", "x → y"),
        (Option("a", "x", "text", msg("x")), "x", "x", None),
    ],
)
def test_an_option_says_itself_what_loosens_it(
    option: Option, old: object, new: object, looser: str | None
) -> None:
    assert loosening(option, old, new) == looser
