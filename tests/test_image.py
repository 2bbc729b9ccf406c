"""The image of compiled modules saves time, and never changes what is run."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import wakagitops

PROGRAM = "from wakagitops.cli.program import program; program()"
SHOWS_LOADERS = (
    "import os, sys;"
    "os._exit = lambda status: print(*sorted({type(module.__spec__.loader).__name__"
    " for name, module in sys.modules.items() if name.startswith('wakagitops.')"
    " and name not in {'wakagitops.core', 'wakagitops.cli'}"
    " and name.rpartition('.')[2] not in {'program', 'image', 'digests'}}));" + PROGRAM
)


class Installation:
    """A copy of the package, with its compiled modules in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.package = folder / "lib/wakagitops"
        self.compiled = folder / "compiled"
        self.cwd = folder / "shop"
        self.cwd.mkdir()
        shutil.copytree(
            Path(wakagitops.__file__).parent, self.package, ignore=shutil.ignore_patterns("__pycache__")
        )
        schema = Path(wakagitops.__file__).parents[2] / "schema"
        if schema.is_dir():
            shutil.copytree(schema, self.package / "schema", dirs_exist_ok=True)

    def run(self, *arguments: str, code: str = PROGRAM, **environment: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", code, *arguments],
            cwd=self.cwd,
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
                "PYTHONPATH": str(self.package.parent),
                "PYTHONPYCACHEPREFIX": str(self.compiled),
                **environment,
            },
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip

    def loaders(self, *arguments: str) -> str:
        return self.run(*arguments, code=SHOWS_LOADERS).splitlines()[-1]

    @property
    def image(self) -> Path | None:
        return next(self.compiled.rglob("*.image"), None)


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return Installation(tmp_path)


def test_modules_come_from_it_from_the_second_run_on(installation: Installation) -> None:
    assert installation.loaders("rules") == "SourceFileLoader"
    assert installation.loaders("rules") == "Image"
    # Another command adds what it loads.
    assert installation.loaders("explain", "smtp/host") == "Image SourceFileLoader"
    assert installation.loaders("explain", "smtp/host") == "Image"
    assert installation.loaders("rules") == "Image"


def test_a_changed_source_counts_at_once(installation: Installation) -> None:
    rule = installation.package / "rules/smtp/port_security.py"
    word = "A port is set for the other kind of TLS"
    installation.run("rules")
    assert word in installation.run("rules")
    rule.write_text(rule.read_text("utf-8").replace(word, word.upper()), "utf-8")
    assert word.upper() in installation.run("rules")
    assert word.upper() in installation.run("rules")
    rule.unlink()
    assert "smtp/port-security" not in installation.run("rules")


def test_an_update_of_the_same_files_counts_at_once(installation: Installation) -> None:
    before = installation.run("--version")
    assert installation.run("--version") == before
    source = installation.package / "__init__.py"
    source.write_text(source.read_text("utf-8").replace(before.split()[-1], "99.1.0"), "utf-8")
    assert "99.1.0" in installation.run("--version")


def test_damage_costs_nothing_but_time(installation: Installation) -> None:
    expected = installation.run("rules")
    chance = random.Random(7)
    assert installation.image is not None
    whole = installation.image.read_bytes()
    for data in (
        b"",
        whole[:1000],
        whole[: len(whole) // 2],
        chance.randbytes(2000),
        b"N",
        b"i\1\0\0\0",
    ):
        installation.image.write_bytes(data)
        assert installation.run("rules") == expected
        assert installation.image.stat().st_size > len(data), "it was not written anew"


def test_where_python_writes_no_compiled_modules_neither_do_we(installation: Installation) -> None:
    installation.run("rules", PYTHONDONTWRITEBYTECODE="1")
    assert installation.image is None


def test_where_it_cannot_be_written_all_runs_as_ever(installation: Installation, tmp_path: Path) -> None:
    blocked = tmp_path / "a-file"
    blocked.touch()
    expected = installation.run("rules")
    assert installation.run("rules", PYTHONPYCACHEPREFIX=str(blocked)) == expected
    assert installation.run("rules", PYTHONPYCACHEPREFIX=str(blocked)) == expected


def test_many_at_once_leave_one_whole_image(installation: Installation) -> None:
    expected = installation.run("rules", PYTHONDONTWRITEBYTECODE="1")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
        "PYTHONPATH": str(installation.package.parent),
        "PYTHONPYCACHEPREFIX": str(installation.compiled),
    }
    running = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "rules"],
            cwd=installation.cwd, env=environment, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(4)
    ]  # fmt: skip
    assert [process.communicate()[0] for process in running] == [expected] * 4
    assert installation.loaders("rules") == "Image"
    assert len(list(installation.compiled.rglob("*.image*"))) == 1
