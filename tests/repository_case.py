"""Git repositories of shops on disk for the tests, and validating them as people do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

SHOP = """\
shop: {name}
platform_version: "{version}"
url: https://www.{name}.es
contact:
  email: {email}
notifications:
  email: pedidos@{name}.es
  smtp:
    host: smtp.{name}.es
    ports: {{starttls: 587, tls: 465}}
    username: pedidos@{name}.es
    password: {{env: {variable}_SMTP_PASSWORD}}
"""

Place = tuple[str, int, str]
"""File below ``configs``, 1-based line and rule of a finding."""


class Outcome(NamedTuple):
    """What a run of ``wakagitops`` came to."""

    status: int
    report: dict[str, Any]
    """The JSON report; empty where there is none."""
    errors: str
    """What was written to standard error."""

    @property
    def places(self) -> list[Place]:
        """Return where the findings are, in their order."""
        return _places(self.report["diagnostics"])

    @property
    def suppressed(self) -> list[Place]:
        """Return where the suppressed findings are, in their order."""
        return _places(self.report["suppressed"])

    def shops(self, rule: str) -> list[list[str]]:
        """Return the shops of each finding of a rule."""
        return [item["shops"] for item in self.report["diagnostics"] if item["rule"] == rule]


def _places(items: list[dict[str, Any]]) -> list[Place]:
    return [
        (item["path"].removeprefix("configs/"), item["start"]["line"], item["rule"]) for item in items
    ]


class Case:
    """A repository in a folder."""

    def __init__(self, folder: Path, settings: str = "") -> None:
        self.folder = folder
        (folder / "configs").mkdir(parents=True)
        if settings:
            (folder / "wakagitops.toml").write_text(settings)

    def path(self, name: str) -> Path:
        """Return the file of a name below ``configs``."""
        return self.folder / "configs" / name

    def write(self, name: str, text: str) -> None:
        """Write a settings file below ``configs``."""
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        self.path(name).write_bytes(text.encode())

    def change(self, name: str, old: str, new: str) -> None:
        """Replace a text that a settings file must have."""
        text = self.path(name).read_text()
        assert old in text
        self.write(name, text.replace(old, new))

    def git(self, *arguments: str) -> str:
        """Run git and return what it prints."""
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def commit(self) -> None:
        """Commit everything, in a new repository on its branch ``main``."""
        if not (self.folder / ".git").exists():
            self.git("init", "-q", "-b", "main")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "a change")

    def run(self, *arguments: str, environ: Mapping[str, str] | None = None) -> Outcome:
        """Run ``wakagitops`` in the repository."""
        done = subprocess.run(
            [sys.executable, "-m", "wakagitops", *arguments],
            cwd=self.folder,
            env={**os.environ, **(environ or {})},
            check=False,
            capture_output=True,
            text=True,
        )
        report = json.loads(done.stdout) if done.stdout.startswith("{") else {}
        return Outcome(done.returncode, report, done.stderr)

    def validate(self, *arguments: str, environ: Mapping[str, str] | None = None) -> Outcome:
        """Run ``wakagitops validate`` with a report that a test can read."""
        return self.run("validate", "--format", "json", *arguments, environ=environ)


def shop(name: str, *, email: str = "", version: str = "3.27.0", more: str = "") -> str:
    """Return a settings file without a finding; ``more`` is added to it."""
    variable = name.upper().replace("-", "_")
    email = email or f"contacto@{name}.es"
    return SHOP.format(name=name, version=version, email=email, variable=variable) + more
