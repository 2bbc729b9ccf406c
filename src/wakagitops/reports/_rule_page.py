"""A rule's whole page as Markdown: what ``explain`` prints and what ``docs/rules`` holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from wakagitops.checking.examples import run_example
from wakagitops.core.messages import Translator, msg
from wakagitops.core.rule import Example, Rule
from wakagitops.reports import Presentation
from wakagitops.reports import text as text_report
from wakagitops.reports._markdown import prose
from wakagitops.reports._rule_help import example_files, options_table, rule_reasons
from wakagitops.reports._summary import severity_word


def rule_page(
    rule_id: str,
    rule: Rule,
    rules: Mapping[str, Rule],
    translate: Translator,
    *,
    markup: bool = True,
) -> str:
    """Return a rule's page, its bad examples with their real output.

    Args:
        rule_id: the rule's id.
        rule: the rule.
        rules: every rule by id, under which the examples are run.
        translate: the reader's language.
        markup: whether a program makes a page of it; else people read it as it is, at a terminal.
    """
    reasons = rule_reasons(rule, (lambda message: prose(message, translate)) if markup else translate)
    return "\n\n".join(_parts(rule_id, rule, rules, translate, reasons)) + "\n"


def _parts(
    rule_id: str,
    rule: Rule,
    rules: Mapping[str, Rule],
    translate: Translator,
    reasons: Iterable[str],
) -> Iterator[str]:
    yield f"# {rule_id}"
    yield f"{translate(rule.summary)}."
    facts = [translate(msg("Severity: {severity}", severity=severity_word(rule.severity)))]
    if rule.fixable:
        facts.append(translate(msg("`wakagitops fix` mends it where nothing is lost")))
    if not rule.suppressible:
        facts.append(translate(msg("it cannot be suppressed")))
    yield "; ".join(facts) + "."
    yield from reasons
    if rule.options:
        yield f"## {translate(msg('Options'))}"
        yield options_table(rule_id, rule, translate)
    if rule.bad:
        yield f"## {translate(msg('Not like this'))}"
        for example in rule.bad:
            yield from _example(example, translate)
            yield _output(rule_id, example, rules, translate)
    if rule.good:
        yield f"## {translate(msg('Like this'))}"
        for example in rule.good:
            yield from _example(example, translate)
    if rule.turn_off.text:
        yield f"## {translate(msg('When to turn it off'))}"
        yield translate(rule.turn_off)


def _example(example: Example, translate: Translator) -> Iterator[str]:
    if example.why.text:
        yield translate(example.why)
    yield example_files(example)


def _output(rule_id: str, example: Example, rules: Mapping[str, Rule], translate: Translator) -> str:
    result = run_example(rule_id, example, rules)
    presentation = Presentation(translate, lambda path: path)
    lines = "".join(text_report.report(result, presentation))
    return f"{translate(msg('The output is:'))}\n\n```text\n{lines}```"
