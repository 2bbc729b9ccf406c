"""Repositories with a change, and the plans of it, for the tests of ``wakagitops plan``."""

from __future__ import annotations

import io
import json
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

from tests.repository_case import Case, shop
from tests.schema_case import admits
from wakagitops.cli.app import main

COSTA = """\
platform_version: "3.28.1"
notifications:
  smtp:
    host: smtp.grupo-costa.es
admin:
  recipients:
    - expediciones@grupo-costa.es
"""
COSTA_SHOP = """\
shop: {name}
url: https://www.{name}.es
contact:
  email: contacto@{name}.es
notifications:
  email: pedidos@{name}.es
  smtp:
    ports: {{starttls: 587}}
    username: pedidos@{name}.es
    password: {{env: {variable}_SMTP_PASSWORD}}
"""
COSTA_SHOPS = ("papeleria-luna", "rotulos-mar", "toldos-brisa")


class Planned(NamedTuple):
    """What a run of ``wakagitops plan`` came to."""

    status: int
    out: str
    errors: str

    @property
    def json(self) -> dict[str, Any]:
        """Return the plan as programs read it."""
        plan: dict[str, Any] = json.loads(self.out)
        assert admits("plan-v1.schema.json", plan)
        return plan

    @property
    def shops(self) -> dict[str, dict[str, Any]]:
        """Return what is said of each shop, whatever becomes of it."""
        plan = self.json
        return {item["shop"]: item for kind in ("shops", "added", "removed") for item in plan[kind]}

    def changes(self, name: str) -> dict[str, tuple[Any, Any]]:
        """Return the old and new values of a shop's changed settings."""
        return {
            change["pointer"]: (change["old"], change["new"]) for change in self.shops[name]["changes"]
        }

    def change(self, name: str, pointer: str) -> dict[str, Any]:
        """Return one change of a shop."""
        found: dict[str, Any]
        (found,) = [item for item in self.shops[name]["changes"] if item["pointer"] == pointer]
        return found


def costa_shop(name: str, more: str = "") -> str:
    """Return a shop's file that needs the defaults of the coast; ``more`` is added to it."""
    return COSTA_SHOP.format(name=name, variable=name.upper().replace("-", "_")) + more


def fleet(folder: Path, settings: str = "") -> Case:
    """Return a repository with a commit: three shops on the coast, and nine on their own."""
    case = Case(folder, settings)
    case.write("costa/_defaults.yaml", COSTA)
    for name in COSTA_SHOPS:
        case.write(f"costa/{name}.yaml", costa_shop(name))
    for number in range(9):
        case.write(f"imprenta-{number}.yaml", shop(f"imprenta-{number}"))
    case.commit()
    return case


def plan(case: Case, *arguments: str, base: str = "HEAD", form: str = "json") -> Planned:
    """Run ``wakagitops plan`` in a repository, against its last commit."""
    out, errors = io.StringIO(), io.StringIO()
    with chdir(case.folder), redirect_stdout(out), redirect_stderr(errors):
        status = main(["plan", "--base", base, "--format", form, *arguments])
    return Planned(status, out.getvalue(), errors.getvalue())
