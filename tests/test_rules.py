"""Every rule's examples: bad ones found on exactly the marked lines, good ones clean under all rules."""

from __future__ import annotations

import pytest

from wakagitops.core.rule import Example
from wakagitops.rules import all_rules
from wakagitops.validate.examples import expected, found, run_example

_BAD = [
    pytest.param(rule_id, example, id=f"{rule_id}-{index}")
    for rule_id, rule in all_rules().items()
    for index, example in enumerate(rule.bad)
]
_GOOD = [
    pytest.param(rule_id, example, id=f"{rule_id}-{index}")
    for rule_id, rule in all_rules().items()
    for index, example in enumerate(rule.good)
]
_WITHOUT_EXAMPLES = {"internal/rule-crash", "render/refused"}
"""No settings file can make a sound rule raise: ``test_engine.py`` breaks one. Only render refuses:
the tests of the targets say what."""


@pytest.mark.parametrize(("rule_id", "example"), _BAD)
def test_a_bad_example_is_found_on_the_marked_lines(rule_id: str, example: Example) -> None:
    marks = expected(example)
    assert rule_id in {rule for _, _, rule in marks}
    assert found(run_example(rule_id, example, all_rules())) == marks


@pytest.mark.parametrize(("rule_id", "example"), _GOOD)
def test_a_good_example_is_clean_under_all_rules(rule_id: str, example: Example) -> None:
    result = run_example(rule_id, example, all_rules())
    assert result.shops > 0
    assert found(result) == frozenset()


@pytest.mark.parametrize("rule_id", sorted(set(all_rules()) - _WITHOUT_EXAMPLES))
def test_a_rule_has_two_bad_and_two_good_examples_and_a_page(rule_id: str) -> None:
    rule = all_rules()[rule_id]
    assert len(rule.bad) >= 2
    assert len(rule.good) >= 2
    assert rule.rationale.text
    assert rule.turn_off.text


@pytest.mark.parametrize(
    ("rule_id", "example"), [case for case in _BAD + _GOOD if not all_rules()[str(case.values[0])].alone]
)
def test_a_rule_that_only_compares_finds_nothing_of_one_shop(rule_id: str, example: Example) -> None:
    asked = {**all_rules(), rule_id: all_rules()[rule_id]._replace(alone=True)}
    for path, text in example.files.items():
        single = Example({path: text}, complete=example.complete)
        assert rule_id not in {rule for _, _, rule in found(run_example(rule_id, single, asked))}
