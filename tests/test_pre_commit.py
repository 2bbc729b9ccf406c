"""A real ``git commit``, the real pre-commit, and the hooks as this repository offers them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent

DEFAULTS = """\
platform_version: "3.28.1"
notifications:
  smtp:
    host: smtp.imprenta-sol.es
    ports: {starttls: 587}
"""
COSTA = """\
contact:
  email: no-reply@imprenta-sol.es
"""
SHOP = """\
shop: imprenta-sol
url: https://www.imprenta-sol.es
contact:
  email: contacto@imprenta-sol.es
notifications:
  email: pedidos@imprenta-sol.es
admin:
  recipients: [ventas@imprenta-sol.es]
"""
NEW_SHOP = """\
shop: imprenta-mar
url: https://www.imprenta-mar.es
notifications:
  email: pedidos@imprenta-sol.es
admin:
  recipients: [ventas@imprenta-sol.es]
"""
CONFIG = """\
repos:
  - repo: {tool}
    rev: {revision}
    hooks:
      - id: wakagitops-validate
      - id: wakagitops-fleet
"""


class Commit(NamedTuple):
    """What a ``git commit`` did."""

    landed: bool
    output: str

    def hook(self, name: str) -> str:
        """Return the end of a hook's line: ``Passed``, ``Failed`` or ``Skipped``."""
        (line,) = [line for line in self.output.splitlines() if line.startswith(f"{name}.")]
        return line.rpartition(".")[2].removeprefix("(no files to check)")


class Shops:
    """A settings repository whose commits run the hooks."""

    def __init__(self, folder: Path, cache: Path) -> None:
        self.folder = folder
        self.environment = {**os.environ, "PRE_COMMIT_HOME": str(cache)}

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, check=False, text=True, capture_output=True
        )

    def write(self, path: str, text: str) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def commit(self) -> Commit:
        self.run("git", "add", "--all")
        done = self.run("git", "commit", "--message", "Change shops")
        return Commit(done.returncode == 0, done.stdout + done.stderr)


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository's working tree as a git repository, for pre-commit to install from."""
    folder = tmp_path_factory.mktemp("tool")
    for name in ("src", "schema"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, folder / name)
    for command in (
        ["init", "--quiet"],
        ["add", "--all"],
        ["commit", "--quiet", "--message", "The tool"],
    ):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """pre-commit's own folder, so that the hooks are installed once."""
    return tmp_path_factory.mktemp("pre-commit-home")


@pytest.fixture
def shops(tmp_path: Path, tool: Path, cache: Path) -> Shops:
    """A sound repository: one folder whose defaults serve a shop that overrides the bad one."""
    shops = Shops(tmp_path / "shops", cache)
    revision = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=tool, check=True, text=True, capture_output=True
    ).stdout.strip()
    shops.write(".pre-commit-config.yaml", CONFIG.format(tool=tool, revision=revision))
    shops.write("configs/_defaults.yaml", DEFAULTS)
    shops.write("configs/costa/_defaults.yaml", COSTA)
    shops.write("configs/costa/imprenta-sol.yaml", SHOP)
    shops.run("git", "init", "--quiet")
    installed = shops.run(sys.executable, "-m", "pre_commit", "install")
    assert installed.returncode == 0, installed.stdout + installed.stderr
    first = shops.commit()
    assert first.landed, first.output
    return shops


def test_a_bad_shop_is_blocked_and_lands_once_mended(shops: Shops) -> None:
    path = "configs/costa/imprenta-sol.yaml"
    shops.write(path, SHOP.replace("contacto@", "no-reply@"))
    blocked = shops.commit()
    assert not blocked.landed
    assert f"{path}:4:" in blocked.output
    assert "address/no-reply" in blocked.output
    assert blocked.hook("wakagitops validate") == "Failed"
    shops.write(path, SHOP.replace("contacto@", "hola@"))
    mended = shops.commit()
    assert mended.landed, mended.output
    assert mended.hook("wakagitops validate") == "Passed"


def test_a_new_shop_is_blocked_for_what_it_inherits(shops: Shops) -> None:
    path = "configs/costa/imprenta-mar.yaml"
    shops.write(path, NEW_SHOP)
    blocked = shops.commit()
    assert not blocked.landed
    # The finding is in a file that is not part of the commit.
    assert "configs/costa/_defaults.yaml:2:" in blocked.output
    assert "address/no-reply" in blocked.output
    assert blocked.hook("wakagitops validate") == "Failed"
    shops.write(path, NEW_SHOP + "contact: {email: contacto@imprenta-mar.es}\n")
    mended = shops.commit()
    assert mended.landed, mended.output


def test_bad_defaults_are_blocked(shops: Shops) -> None:
    shops.write("configs/_defaults.yaml", DEFAULTS.replace("3.28.1", "3.27.9"))
    blocked = shops.commit()
    assert not blocked.landed
    assert "configs/costa/imprenta-sol.yaml:8:" in blocked.output
    assert "platform/version-gate" in blocked.output
    assert blocked.hook("wakagitops validate") == "Failed"
    shops.write("configs/_defaults.yaml", DEFAULTS.replace("3.28.1", "3.30.0"))
    mended = shops.commit()
    assert mended.landed, mended.output


def test_deleting_defaults_that_shops_need_is_blocked(shops: Shops) -> None:
    shops.run("git", "rm", "--quiet", "configs/_defaults.yaml")
    blocked = shops.commit()
    assert not blocked.landed
    # No file name is left to hand over: only the hook for the whole fleet can see it.
    assert blocked.hook("wakagitops validate") == "Skipped"
    assert blocked.hook("wakagitops validate (whole fleet)") == "Failed"
    assert "schema/required" in blocked.output
    shops.write("configs/costa/_defaults.yaml", DEFAULTS + COSTA)
    mended = shops.commit()
    assert mended.landed, mended.output


def test_a_commit_without_settings_still_checks_the_fleet(shops: Shops) -> None:
    shops.write("NOTES.md", "Nothing about mail.\n")
    done = shops.commit()
    assert done.landed, done.output
    assert done.hook("wakagitops validate") == "Skipped"
    assert done.hook("wakagitops validate (whole fleet)") == "Passed"
