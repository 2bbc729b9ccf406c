"""Runs the examples that rules carry: a small tree of files, checked as a whole repository."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from wakagitops.checking.check import Request, check
from wakagitops.checking.gathering import Work
from wakagitops.checking.policy import policy
from wakagitops.checking.result import CheckResult
from wakagitops.core.rule import Example
from wakagitops.reading.options import Options
from wakagitops.reading.repository import Repository
from wakagitops.rules import all_rules

TODAY = "2026-11-24"

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


class MemoryTree:
    """A tree of files in memory."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files

    def walk(self, folder: str):  # type: ignore[no-untyped-def]  # noqa: ANN201
        return (path for path in self._files if path.startswith(f"{folder}/"))

    def read(self, path: str) -> bytes:
        return self._files[path][: 256 * 1024 + 1]


def completed(example: Example) -> dict[str, str]:
    """Return an example's files with the sections that its shops lack."""
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


def expected(files: Mapping[str, str]) -> set[tuple[str, int, str]]:
    """Return the file, 1-based line and rule of each ``# expect:`` mark."""
    found = set()
    for name, text in files.items():
        for number, line in enumerate(re.split("\r\n|\r|\n", text), 1):
            match = _EXPECT.search(line)
            if match:
                found.update((name, number, rule.strip()) for rule in match[1].split(","))
    return found


def request_for(
    files: Mapping[str, str | bytes], options: Options | None = None, **settings: Any
) -> Request:
    """Return the request to check files that lie below ``configs``."""
    tree = MemoryTree(
        {
            f"configs/{name}": text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
            for name, text in files.items()
        }
    )
    options = options or Options("/nowhere")
    repository = Repository(tree, options.layout)
    chosen = policy(options, all_rules())
    work = Work(repository, lambda: chosen, settings.pop("assume_version", None))
    return Request(work, all_rules, settings.pop("today", TODAY), **settings)


def run(files: Mapping[str, str | bytes], options: Options | None = None, **settings: Any) -> CheckResult:
    """Check files that lie below ``configs``, under every rule."""
    return check(request_for(files, options, **settings))


def found(result: CheckResult) -> set[tuple[str, int, str]]:
    """Return the file, 1-based line and rule of each diagnostic."""
    return {
        (item.path.removeprefix("configs/"), item.range.start.line + 1, item.rule)
        for item in result.diagnostics
    }


def run_example(rule: str, example: Example) -> CheckResult:
    """Check an example, with its options set for its rule."""
    options = Options("/nowhere", rules={rule: dict(example.options)} if example.options else {})
    return run(completed(example), options)
