"""A rule's whole page as Markdown: what ``explain`` prints and what ``docs/rules`` holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from wakagitops.core.messages import Message, Translator, msg
from wakagitops.core.rule import Example, Rule
from wakagitops.reports import Presentation
from wakagitops.reports import text as text_report
from wakagitops.reports._markdown import prose
from wakagitops.reports._rule_help import example_files, options_table, rule_reasons
from wakagitops.reports._summary import severity_word
from wakagitops.validate.examples import run_example
from wakagitops.validate.result import CheckResult


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
    say = (lambda message: prose(message, translate)) if markup else translate
    return "\n\n".join(_parts(rule_id, rule, rules, translate, say)) + "\n"


def _parts(
    rule_id: str,
    rule: Rule,
    rules: Mapping[str, Rule],
    translate: Translator,
    say: Callable[[Message], str],
) -> Iterator[str]:
    yield f"# {rule_id}"
    yield f"{translate(rule.summary)}."
    facts = [translate(msg("Severity: {severity}", severity=severity_word(rule.severity)))]
    if rule.fixable:
        facts.append(translate(msg("`wakagitops fix` mends it where nothing is lost")))
    if not rule.suppressible:
        facts.append(translate(msg("it cannot be suppressed")))
    yield "; ".join(facts) + "."
    yield from rule_reasons(rule, say)
    if rule.options:
        yield f"## {translate(msg('Options'))}"
        yield options_table(rule_id, rule, translate)
    if rule.bad:
        yield f"## {translate(msg('Not like this'))}"
        advised: set[Message] = set()
        for example in rule.bad:
            yield from _example(example, translate)
            result = run_example(rule_id, example, rules)
            yield _output(result, translate)
            advice = dict.fromkeys(item.help for item in result.diagnostics if item.rule == rule_id)
            yield from (
                say(msg("What to do: {help}", help=each))
                for each in advice
                if each.text and each not in advised
            )
            advised.update(advice)
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


def _output(result: CheckResult, translate: Translator) -> str:
    presentation = Presentation(translate, lambda path: path)
    lines = "".join(text_report.report(result, presentation))
    return f"{translate(msg('The output is:'))}\n\n```text\n{lines}```"
