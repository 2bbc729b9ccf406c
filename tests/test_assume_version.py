"""``--assume-version``: what another platform version would break or open up, said as an assumption."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.examples import found, run
from tests.repository_case import Case, shop
from wakagitops.core.diagnostic import Diagnostic
from wakagitops.core.messages import Translator
from wakagitops.validate.result import CheckResult

GATE = "platform/version-gate"
MISSING = "admin/missing-recipients"
RECIPIENTS = "admin:\n  recipients: [ventas@operador-shops.es]\n"


def only(result: CheckResult, rule: str) -> Diagnostic:
    (item,) = [item for item in result.diagnostics if item.rule == rule]
    return item


def texts(item: Diagnostic) -> list[str]:
    translate = Translator()
    return [
        translate(message) for message in (item.message, item.help, *(p.message for p in item.related))
    ]


def test_going_back_breaks_what_the_older_platform_lacks() -> None:
    files = {"aaa-sol.yaml": shop("aaa-sol", version="3.28.1", more=RECIPIENTS)}
    assert found(run(files)) == frozenset()
    item = only(run(files, assume_version="3.28.0"), GATE)
    assert (item.range.start.line + 1, [place.range.start.line + 1 for place in item.related]) == (
        14,
        [2],
    )
    assert texts(item) == [
        "admin.recipients needs platform 3.28.1 or later, and 3.28.0 is assumed",
        "A shop that runs 3.28.0 ignores admin.recipients.",
        "3.28.1 is set here, and 3.28.0 is assumed",
    ]


def test_an_upgrade_opens_up_what_nobody_has_set() -> None:
    files = {"aaa-sol.yaml": shop("aaa-sol")}
    assert found(run(files)) == frozenset()
    item = only(run(files, assume_version="3.28.1"), MISSING)
    assert item.range.start.line + 1 == 2
    assert texts(item) == [
        "platform 3.28.1, which is assumed, can tell people of every order, and nobody is named",
        "Name who is told under admin.recipients once the shop runs 3.28.1.",
    ]


def test_an_upgrade_mends_what_was_too_early() -> None:
    files = {"aaa-sol.yaml": shop("aaa-sol", more=RECIPIENTS)}
    assert GATE in {rule for _, _, rule in found(run(files))}
    assert found(run(files, assume_version="V3.30")) == frozenset()


def test_shops_that_inherit_are_one_finding_that_says_what_is_assumed() -> None:
    files = {"_defaults.yaml": RECIPIENTS}
    files |= {f"{name}.yaml": shop(name, version="3.28.1") for name in ("aaa-sol", "bbb-sol")}
    item = only(run(files, assume_version="3.27"), GATE)
    assert item.shops == ("aaa-sol", "bbb-sol")
    assert texts(item)[0] == (
        "admin.recipients needs platform 3.28.1 or later, and 3.27 is assumed (in aaa-sol, bbb-sol)"
    )


@pytest.mark.parametrize("version", ["", 'platform_version: "latest"\n', "platform_version: 3.30\n"])
def test_a_version_that_is_missing_or_wrong_does_not_matter(version: str) -> None:
    text = shop("aaa-sol", more=RECIPIENTS).replace('platform_version: "3.27.0"\n', version)
    rules = {rule for _, _, rule in found(run({"aaa-sol.yaml": text}, assume_version="3.27.0"))}
    assert GATE in rules
    assert rules & {"schema/required", "platform/version-format", "yaml/implicit-type"}


def test_nothing_is_called_assumed_where_nothing_is() -> None:
    files = {
        "aaa-sol.yaml": shop("aaa-sol", more=RECIPIENTS),
        "bbb-sol.yaml": shop("bbb-sol", version="3.30.0"),
    }
    result = run(files)
    assert {rule for _, _, rule in found(result)} == {GATE, MISSING}
    assert not [text for item in result.diagnostics for text in texts(item) if "assumed" in text]


def test_the_flag_the_variable_and_the_cache(tmp_path: Path) -> None:
    case = Case(tmp_path / "repository")
    case.write("aaa-sol.yaml", shop("aaa-sol"))
    case.commit()
    assert case.validate().places == []
    assumed = case.validate("--assume-version", "3.28.1")
    assert assumed.places == [("aaa-sol.yaml", 2, MISSING)]
    assert case.validate(environ={"WAKAGITOPS_ASSUME_VERSION": "3.28.1"}).report == assumed.report
    assert case.validate().places == []
    # What an assumption finds is not what a change introduces.
    assert case.validate("--assume-version", "3.28.1", "--since", "main").places == []


@pytest.mark.parametrize("version", ["latest", "3", "1!3.28", "3.28.1.post1", ""])
def test_a_wrong_version_is_wrong_usage(tmp_path: Path, version: str) -> None:
    case = Case(tmp_path / "repository")
    case.write("aaa-sol.yaml", shop("aaa-sol"))
    outcome = case.validate(f"--assume-version={version}")
    assert outcome.status == 2
    assert "--assume-version takes a platform version" in outcome.errors
