"""The engine: the cascade, origins, merged findings, severities, crashes, named files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.examples import found, request_for, run
from wakagitops.core.diagnostic import Diagnostic, Severity
from wakagitops.core.errors import UsageError
from wakagitops.core.messages import Translator
from wakagitops.core.rule import Finding
from wakagitops.rules import all_rules
from wakagitops.settings.config import parse
from wakagitops.validate.pipeline import check

SHOP = """\
shop: {shop}
platform_version: "{version}"
url: https://www.{shop}.es
contact: {{email: contacto@{shop}.es}}
notifications:
  email: pedidos@{shop}.es
  smtp:
    host: smtp.{shop}.es
    ports: {{tls: 465}}
    username: pedidos@{shop}.es
    password: {{env: {variable}_SMTP}}
"""
DEFAULTS = "admin:\n  recipients:\n    - central@operador-shops.es\n"


def shop(name: str = "imprenta-sol", version: str = "3.27.0", more: str = "") -> str:
    variable = name.upper().replace("-", "_")
    return SHOP.format(shop=name, version=version, variable=variable) + more


def only(files: dict[str, str], rule: str) -> Diagnostic:
    (item,) = [item for item in run(files).diagnostics if item.rule == rule]
    return item


def text(item: Diagnostic) -> str:
    return Translator()(item.message)


@pytest.mark.parametrize("version", ["3.28.1", "V3.28.1", "3.28.10", "3.30.0"])
def test_a_platform_that_has_the_setting_passes(version: str) -> None:
    more = "admin:\n  recipients: [ventas@imprenta-sol.es]\n"
    assert found(run({"imprenta-sol.yaml": shop(version=version, more=more)})) == set()


@pytest.mark.parametrize("version", ["3.28.0", "3.28.1rc1", "3.28", "3.9.9"])
def test_an_older_platform_fails_on_the_setting_s_line(version: str) -> None:
    more = "admin:\n  recipients: [ventas@imprenta-sol.es]\n"
    item = only({"imprenta-sol.yaml": shop(version=version, more=more)}, "platform/version-gate")
    assert item.severity is Severity.ERROR
    assert (item.range.start.line + 1, item.range.start.column + 1) == (13, 3)
    assert [place.range.start.line + 1 for place in item.related] == [2]
    assert version in text(item)


def test_an_unquoted_version_says_what_yaml_reads() -> None:
    item = only({"imprenta-sol.yaml": shop().replace('"3.27.0"', "3.30")}, "yaml/implicit-type")
    assert item.range.start.line + 1 == 2
    assert "3.3," in text(item)
    assert "platform/version-gate" not in {item.rule for item in run({"a.yaml": shop()}).diagnostics}


@pytest.mark.parametrize(
    ("port", "rule", "words"),
    [
        ("-1", "schema/value", "below 1"),
        ("=", "schema/type", "a whole number"),
        ("2026-11-23", "yaml/implicit-type", "as a date, and a number is wanted"),
        ("0x1d1", "yaml/implicit-type", "the number 465, and plain digits are wanted"),
        ("5_87", "yaml/implicit-type", "readers disagree"),
    ],
)
def test_a_port_that_is_no_plain_number_says_what_yaml_reads(port: str, rule: str, words: str) -> None:
    found = run({"imprenta-sol.yaml": shop().replace("tls: 465", f"tls: {port}")}).diagnostics
    (item,) = (item for item in found if item.pointer.endswith("/tls"))
    assert item.rule == rule
    assert words in text(item)


def test_a_signed_port_is_the_same_to_every_reader() -> None:
    assert not run({"imprenta-sol.yaml": shop().replace("tls: 465", "tls: +465")}).diagnostics


@pytest.mark.parametrize("name", ["=", "<<"])
def test_a_sign_of_yaml_is_no_number(name: str) -> None:
    files = {"imprenta-sol.yaml": shop(more=f"  name: {name}\n")}
    assert "sign with a meaning" in text(only(files, "yaml/implicit-type"))


def test_a_date_with_words_behind_it_is_a_text() -> None:
    assert not run({"imprenta-sol.yaml": shop(more="  name: 2026-01-01 Sol\n")}).diagnostics


def test_an_inherited_finding_is_one_on_the_defaults_and_names_the_shops() -> None:
    files = {"_defaults.yaml": DEFAULTS}
    for name in ("aaa-sol", "bbb-sol", "ccc-sol", "ddd-sol", "eee-sol"):
        files[f"{name}.yaml"] = shop(name)
    files["fff-sol.yaml"] = shop("fff-sol", "3.28.1")
    item = only(files, "platform/version-gate")
    assert (item.path, item.range.start.line + 1) == ("configs/_defaults.yaml", 2)
    assert item.shops == ("aaa-sol", "bbb-sol", "ccc-sol", "ddd-sol", "eee-sol")
    assert text(item).endswith("(in aaa-sol, bbb-sol, ccc-sol and 2 other shops)")
    assert "3.27.0" not in text(item)
    assert [place.shops for place in item.related] == [(shop,) for shop in item.shops]


def test_mappings_merge_lists_replace_and_null_removes() -> None:
    files = {
        "_defaults.yaml": "admin:\n  recipients: [central@operador-shops.es]\n"
        "notifications:\n  smtp: {ports: {starttls: 587, tls: 465}}\n",
        "imprenta-sol.yaml": shop(more="admin:\n  recipients: null\n"),
    }
    assert "platform/version-gate" not in {rule for _, _, rule in found(run(files))}
    files["imprenta-sol.yaml"] = shop()
    assert "platform/version-gate" in {rule for _, _, rule in found(run(files))}


def test_an_atomic_mapping_is_replaced_whole() -> None:
    defaults = "notifications:\n  smtp:\n    ports: {plain: 25}\n"
    files = {"_defaults.yaml": defaults, "imprenta-sol.yaml": shop()}
    assert "smtp/plaintext" not in {rule for _, _, rule in found(run(files))}


def test_a_broken_defaults_file_is_reported_once_for_its_shops() -> None:
    files = {"_defaults.yaml": "admin: [\n", "a/aaa.yaml": "shop: aaa\n", "bbb.yaml": "shop: bbb\n"}
    result = run(files)
    assert [(item.rule, item.shops) for item in result.diagnostics] == [("yaml/syntax", ("aaa", "bbb"))]


def test_one_mistake_hides_no_other() -> None:
    files = {
        "imprenta-sol.yaml": shop(
            version="3.28.0", more="admin:\n  recipients: [ventas@imprenta-sol.es]\n"
        )
        .replace("contacto@imprenta-sol.es", "contacto@@imprenta-sol.es")
        .replace("{tls: 465}", '{tls: "465"}')
        .replace("{env: IMPRENTA_SOL_SMTP}", "hunter2-canary")
        .replace("url:", "ulr:")
        .replace("contact:", "contact: {email: info@imprenta-sol.es}\ncontact:")
    }
    assert found(run(files)) == {
        # The missing url follows from the misspelt key, and is no finding of its own.
        ("imprenta-sol.yaml", 3, "schema/unknown-key"),
        ("imprenta-sol.yaml", 5, "yaml/duplicate-key"),
        ("imprenta-sol.yaml", 5, "address/syntax"),
        ("imprenta-sol.yaml", 10, "schema/type"),
        ("imprenta-sol.yaml", 12, "secret/plaintext"),
        ("imprenta-sol.yaml", 14, "platform/version-gate"),
    }


def test_a_rule_that_raises_is_a_finding_and_the_run_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Iterator[Finding]:
        message = "hunter2-canary"
        raise ValueError(message)

    request = request_for({"imprenta-sol.yaml": shop(), "bad.yaml": "shop: other\n"})
    policy = request.work.policy()
    crashing = policy.rules["platform/version-format"]._replace(
        rule=all_rules()["platform/version-format"]._replace(check=broken)
    )
    changed = policy._replace(
        shop=tuple(crashing if item.id == crashing.id else item for item in policy.shop)
    )
    result = check(request._replace(work=request.work._replace(policy=lambda: changed)))
    crashes = [item for item in result.diagnostics if item.rule == "internal/rule-crash"]
    assert [item.path for item in crashes] == ["configs/bad.yaml", "configs/imprenta-sol.yaml"]
    assert "platform/version-format" in text(crashes[0])
    assert "hunter2" not in str(result.diagnostics)
    assert "fleet/file-name" in {item.rule for item in result.diagnostics}


def test_named_files_choose_what_is_reported_and_the_fleet_is_seen_whole() -> None:
    files = {
        "_defaults.yaml": DEFAULTS,
        "a/same.yaml": shop("same"),
        "b/same.yaml": shop("same"),
        "other.yaml": shop("other").replace("contacto@", "contacto@@"),
    }

    def rules(*given: str) -> set[str]:
        chosen = frozenset(f"configs/{name}" for name in given)
        return {item.rule for item in run(files, given=chosen).diagnostics}

    assert rules("a/same.yaml") == {"fleet/duplicate-shop", "platform/version-gate"}
    assert rules("other.yaml") == {"address/syntax", "platform/version-gate"}
    assert rules("_defaults.yaml") == {
        "address/syntax", "fleet/duplicate-shop", "platform/version-gate",
    }  # fmt: skip


def test_fingerprints_do_not_move_with_lines_or_list_order() -> None:
    more = "admin:\n  recipients: [ventas@@imprenta-sol.es, taller@imprenta-sol.es]\n"
    before = only({"imprenta-sol.yaml": shop(version="3.30.0", more=more)}, "address/syntax")
    moved = "# new\n\n" + shop(
        version="3.30.0",
        more="admin:\n  recipients:\n  - taller@imprenta-sol.es\n  - ventas@@imprenta-sol.es\n",
    )
    after = only({"imprenta-sol.yaml": moved}, "address/syntax")
    assert before.range != after.range
    assert (before.fingerprint, before.key) == (after.fingerprint, after.key)


def test_every_shop_of_two_environments_may_have_the_same_id() -> None:
    options = parse("/nowhere", "wakagitops.toml", b'environments = ["staging", "production"]\n')
    files = {"staging/same.yaml": shop("same"), "production/same.yaml": shop("same")}
    assert found(run(files, options)) == set()
    assert {rule for _, _, rule in found(run(files))} == {"fleet/duplicate-shop"}


def test_a_shop_outside_every_environment_is_an_error() -> None:
    options = parse("/nowhere", "wakagitops.toml", b'environments = ["staging"]\n')
    result = run({"staging/aaa.yaml": shop("aaa"), "bbb.yaml": shop("bbb")}, options)
    assert found(result) == {("bbb.yaml", 1, "fleet/file-name")}


@pytest.mark.parametrize(
    ("toml", "line", "column", "words"),
    [
        (b'rooot = "x"\n', 1, 1, "did you mean root"),
        (b'root = "x"\nexclude = "y"\n', 2, 1, "exclude must be a list"),
        (b'[rules."contact/role-acount"]\n', 1, 2, "did you mean contact/role-account"),
        (b'[rules."contact/role-account"]\nacounts = []\n', 2, 1, "did you mean accounts"),
        (b'[severity]\n"address/syntax" = "fatal"\n', 2, 1, '"error", "warning"'),
        (b'select = ["nothing"]\n', 1, 1, "there is no rule nothing"),
        (b"root = \n", 1, 8, "not valid TOML"),
        (b'root = "../x"\n', 1, 1, "below the folder"),
        (b'lang = "fr"\n', 1, 1, '"en" or "es"'),
    ],
)
def test_a_wrong_wakagitops_toml_is_told_with_its_place(
    toml: bytes, line: int, column: int, words: str
) -> None:
    with pytest.raises(UsageError) as caught:
        run({"a.yaml": "shop: a\n"}, parse("/nowhere", "wakagitops.toml", toml))
    assert (caught.value.line, caught.value.column) == (line, column)
    assert words in Translator()(caught.value.message)


def test_permuted_files_give_the_same_diagnostics() -> None:
    files = {f"{name}.yaml": shop("same") for name in ("aaa", "bbb", "ccc")}
    files["_defaults.yaml"] = DEFAULTS
    backwards = dict(reversed(list(files.items())))
    assert run(files).diagnostics == run(backwards).diagnostics


def test_the_sample_fleet_has_no_finding_but_notes() -> None:
    root = Path(__file__).parent.parent
    files = {
        str(path.relative_to(root / "configs")): path.read_text(encoding="utf-8")
        for path in (root / "configs").rglob("*.yaml")
    }
    options = parse(str(root), "wakagitops.toml", (root / "wakagitops.toml").read_bytes())
    result = run(files, options)
    assert result.shops >= 8
    worse = [item for item in result.diagnostics if item.severity is not Severity.NOTE]
    assert json.dumps(worse, default=str) == "[]"


def test_a_fault_of_a_mapping_that_shops_add_to_is_theirs_too() -> None:
    twice = "contact: {publish: plain}\ncontact: {publish: entities}\n"
    files = {"_defaults.yaml": twice, "imprenta-sol.yaml": shop()}
    assert only(files, "yaml/duplicate-key").shops == ("imprenta-sol",)
    files["_defaults.yaml"] = "notifications: {smtp: {ports: {tls: 465, tls: 587}}}\n"
    assert only(files, "yaml/duplicate-key").shops == ()


def test_a_copy_is_reported_however_it_is_called() -> None:
    original = shop("imprenta-sol")
    files = {"a-copy.yaml": original, "imprenta-sol.yaml": original}
    clash = only(files, "fleet/duplicate-shop")
    assert (clash.path, [place.path for place in clash.related]) == (
        "configs/a-copy.yaml",
        ["configs/imprenta-sol.yaml"],
    )
    assert only(files, "fleet/shared-contact").path == "configs/a-copy.yaml"
    other = original.replace("host: smtp.", "host: mail.")
    copied = {"a-copy.yaml": other, "imprenta-sol.yaml": original}
    assert only(copied, "fleet/inconsistent-account").path == "configs/a-copy.yaml"
    cased = {"Imprenta-Sol.yaml": original, "imprenta-sol.yaml": original}
    assert {item.path for item in run(cased).diagnostics if item.rule == "fleet/file-name"} == {
        "configs/Imprenta-Sol.yaml"
    }
    # Where both names are right, the order decides.
    both = {"b/imprenta-sol.yaml": original, "a/imprenta-sol.yaml": original}
    assert only(both, "fleet/duplicate-shop").path == "configs/b/imprenta-sol.yaml"
