"""Running the examples that rules carry: small trees of files, each checked as a whole repository."""

from __future__ import annotations

import re
from collections.abc import Mapping

from wakagitops.core.rule import Example, Rule
from wakagitops.settings.config import Options
from wakagitops.settings.repository import Repository
from wakagitops.sources.trees import MemoryTree
from wakagitops.validate.gather import Work
from wakagitops.validate.pipeline import Request, check
from wakagitops.validate.policy import policy
from wakagitops.validate.result import CheckResult

TODAY = "2026-11-24"
"""The day that examples are judged by, so that their output stays the same."""

_SECTIONS = {
    "shop": "shop: {stem}\n",
    "platform_version": 'platform_version: "3.27.0"\n',
    "url": "url: https://www.{stem}.es\n",
    "contact": "contact: {{email: contacto@{stem}.es}}\n",
    "notifications": (
        "notifications:\n"
        "  email: pedidos@{stem}.es\n"
        "  smtp:\n"
        "    host: smtp.{stem}.es\n"
        "    ports: {{tls: 465}}\n"
        "    username: pedidos@{stem}.es\n"
        "    password: {{env: {variable}_SMTP_PASSWORD}}\n"
    ),
}
_EXPECT = re.compile(r"#\s*expect:\s*([a-z0-9/,\s-]+?)\s*$")
_LINE_END = re.compile("\r\n|\r|\n")

Marks = frozenset[tuple[str, int, str]]
"""File, 1-based line and rule id of findings."""


def completed(example: Example) -> dict[str, str]:
    """Return an example's files with the top-level sections that its shops lack, made sound."""
    files = {}
    for name, text in example.files.items():
        stem = name.rpartition("/")[2].rpartition(".")[0]
        whole = text
        if example.complete and not stem.startswith("_"):
            variable = stem.upper().replace("-", "_")
            for section, lines in _SECTIONS.items():
                if not re.search(rf"(?m)^{section}:", text.lstrip("\ufeff")):
                    whole += lines.format(stem=stem.lower(), variable=variable)
        files[name] = whole
    return files


def expected(example: Example) -> Marks:
    """Return the findings that an example's marks promise."""
    marks = set(example.marks)
    for name, text in example.files.items():
        for number, line in enumerate(_LINE_END.split(text), 1):
            match = _EXPECT.search(line)
            if match:
                marks.update((name, number, rule.strip()) for rule in match[1].split(","))
    return frozenset(marks)


def run_example(rule_id: str, example: Example, rules: Mapping[str, Rule]) -> CheckResult:
    """Check an example under all rules, with its options set for its own rule."""
    options = Options("/", rules={rule_id: dict(example.options)} if example.options else {})
    tree = MemoryTree(
        {
            f"{options.layout.root}/{name}": text.encode("utf-8", "surrogatepass")
            for name, text in completed(example).items()
        }
    )
    chosen = policy(options, rules)
    work = Work(Repository(tree, options.layout), lambda: chosen)
    return check(Request(work, lambda: rules, TODAY))


def found(result: CheckResult) -> Marks:
    """Return where a result's findings are, as examples mark them."""
    return frozenset(
        (item.path.partition("/")[2], item.range.start.line + 1, item.rule)
        for item in result.diagnostics
    )


def failures(rule_id: str, rule: Rule, rules: Mapping[str, Rule]) -> list[tuple[str, Marks, Marks]]:
    """Run a rule's examples and return those that do not hold.

    Returns:
        For each: its name (``bad 1``), what it promises and does not give, what it gives besides.
    """
    failed = []
    for kind, examples in (("bad", rule.bad), ("good", rule.good)):
        for number, example in enumerate(examples, 1):
            promised = expected(example) if kind == "bad" else frozenset()
            given = found(run_example(rule_id, example, rules))
            silent = kind == "bad" and rule_id not in {mark[2] for mark in promised}
            if given != promised or silent:
                failed.append((f"{kind} {number}", promised - given, given - promised))
    return failed
