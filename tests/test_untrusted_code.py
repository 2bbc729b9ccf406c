"""Nothing of the repository runs: not as a module, not as a program, from any command."""

from __future__ import annotations

import os
import py_compile
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import pytest

import wakagitops
from tests.cli_case import SOL, write
from wakagitops.cli.commands import COMMANDS

INSTALLED = str(Path(sys.executable).with_name("wakagitops"))
LOADS_ALL = """\
import importlib, pkgutil, sys, wakagitops
for module in pkgutil.walk_packages(wakagitops.__path__, "wakagitops."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print(*{name.partition(".")[0] for name in sys.modules}, *sys.stdlib_module_names)
"""
RUNS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "validate": (("validate", "--no-cache"), ("validate", "--since", "HEAD", "--jobs", "2")),
    "fix": (("fix", "--diff"), ("fix",)),
    "render": (("render", "--out", "dist"), ("render", "--out", "dist", "--check")),
    "plan": (("plan", "--base", "HEAD"), ("plan", "--base", "HEAD", "--format", "markdown")),
    "explain": (("explain", "contact/free-mail"), ("explain", "configs/imprenta-sol.yaml", "/url")),
    "rules": (("rules",), ("rules", "--format", "json")),
    "schema": (("schema", "file"),),
    "init": (("init", "new"),),
    "completion": (("completion", "bash"),),
    "cache": (("cache", "dir"), ("cache", "key"), ("cache", "clean")),
}


@cache
def _modules() -> frozenset[str]:
    """Return every name that the tool, its packages or Python itself may import."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", LOADS_ALL], capture_output=True, text=True, check=True
    )
    names = {*done.stdout.split(), *sys.modules, "sitecustomize", "usercustomize"}
    return frozenset(name.partition(".")[0] for name in names)


def _loaded_before(folder: Path) -> set[str]:
    """Return what ``python -m`` and a console script import before the tool's first line."""
    (folder / "probe.py").write_text("import sys\nprint(*sys.modules)")
    done = subprocess.run(
        [sys.executable, "-m", "probe"], cwd=folder, capture_output=True, text=True, check=True
    )
    script = {"re", "enum", "functools", "copyreg", "collections", "types", "operator", "keyword"}
    early = {*done.stdout.split(), *script, "sitecustomize", "usercustomize", "wakagitops"}
    # Python reads a few more only where it has to, such as the table of an encoding.
    return early | {"encodings", "reprlib", "_collections", "_functools"}


@pytest.fixture
def marks(tmp_path: Path) -> Path:
    folder = tmp_path / "marks"
    folder.mkdir()
    return folder


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    write(
        folder, "wakagitops.toml", 'targets = ["settings", "relay"]\nteam_targets = {relay = "relay"}\n'
    )
    write(folder, "configs/imprenta-sol.yaml", SOL)
    write(folder, "relay/relay.j2", "{{ shop }} {{ contact.email | upper }}\n")
    write(
        folder,
        "relay/target.toml",
        '[[files]]\ntemplate = "relay.j2"\npath = "shops/{shop}/relay"\nescape = "none"\n',
    )
    _git(folder, "init", "-q", "-b", "main")
    _commit(folder)
    write(folder, "configs/imprenta-sol.yaml", SOL.replace("contacto@", "info@"))
    return folder


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def _commit(folder: Path) -> None:
    _git(folder, "add", "-A")
    _git(folder, "commit", "-q", "-m", "a change")


def _plant_modules(folder: Path, names: Iterable[str], marks: Path) -> None:
    """Write a module and a package of each name, which leave a mark when they run."""
    for name in names:
        write(folder, f"{name}.py", f"open({str(marks / name)!r}, 'a').close()\n")
    for name in ("wakagitops", "jinja2", "yaml", "json", "markupsafe"):
        if name in names:
            write(folder, f"{name}/__init__.py", f"open({str(marks / name)!r}, 'a').close()\n")
    write(folder, "evil.pth", f"import sys; open({str(marks / 'pth')!r}, 'a').close()\n")
    write(folder, "pyvenv.cfg", f"home = {folder}\ninclude-system-site-packages = false\n")
    write(folder, "wakagitops.egg-info/entry_points.txt", "[console_scripts]\nwakagitops = json:x\n")


def _plant_programs(folder: Path, names: Iterable[str], marks: Path) -> None:
    for name in names:
        program = write(folder, name, f"#!/bin/sh\n: > '{marks / name}'\nexit 0\n")
        program.chmod(0o755)


def _environment(**changes: str) -> dict[str, str]:
    return {**os.environ, **changes}


def _run(folder: Path, *command: str, **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env=_environment(**changes), capture_output=True, text=True, check=False
    )


def _assert_all_finish(folder: Path, *start: str, **changes: str) -> None:
    for name in COMMANDS:
        for arguments in RUNS.get(name, ((name, "--help"),)):
            done = _run(folder, *start, *arguments, **changes)
            assert done.returncode in (0, 1), (arguments, done.stdout, done.stderr)


def test_no_module_of_the_repository_runs(checkout: Path, marks: Path) -> None:
    for folder in (checkout, checkout / "relay"):
        _plant_modules(folder, _modules(), marks)
    _commit(checkout)
    write(checkout, "configs/imprenta-sol.yaml", SOL.replace("contacto@", "pedidos-web@"))
    _assert_all_finish(checkout, INSTALLED)
    assert not list(marks.iterdir())
    assert (
        checkout / "dist/shops/imprenta-sol/relay"
    ).read_text() == "imprenta-sol PEDIDOS-WEB@IMPRENTA-SOL.ES\n"


@pytest.mark.parametrize(
    ("start", "variables"),
    [
        pytest.param((sys.executable, "-m", "wakagitops"), {}, id="python -m"),
        pytest.param((INSTALLED,), {"PYTHONPATH": "."}, id="PYTHONPATH with a relative entry"),
        pytest.param(
            (INSTALLED,), {"PYTHONPATH": f"{os.pathsep}/nowhere"}, id="PYTHONPATH with an empty entry"
        ),
        pytest.param((INSTALLED,), {"PYTHONPATH": "lib"}, id="PYTHONPATH below the checkout"),
        pytest.param(
            (INSTALLED,), {"PYTHONSTARTUP": "json.py", "PYTHONINSPECT": ""}, id="PYTHONSTARTUP"
        ),
    ],
)
def test_what_the_environment_adds_to_the_search_path_is_dropped(
    start: tuple[str, ...], variables: Mapping[str, str], checkout: Path, marks: Path, tmp_path: Path
) -> None:
    late = _modules() - _loaded_before(tmp_path)
    assert {"json", "argparse", "jinja2", "yaml", "tomllib", "subprocess"} <= late
    _plant_modules(checkout, late, marks)
    _plant_modules(checkout / "lib", late, marks)
    _assert_all_finish(checkout, *start, **variables)
    assert not list(marks.iterdir())
    assert (
        checkout / "dist/shops/imprenta-sol/relay"
    ).read_text() == "imprenta-sol INFO@IMPRENTA-SOL.ES\n"


def test_packages_that_only_pythonpath_names_are_found_by_the_templates_process(
    checkout: Path, tmp_path: Path
) -> None:
    """As in an installation by ``pip install --target``: an isolated interpreter does not look there."""
    program = (
        "import sys; sys.path[:0] = sys.argv.pop(1).split(':')\n"
        "from wakagitops.cli.program import run; sys.exit(run())"
    )
    import jinja2  # noqa: PLC0415
    import yaml  # noqa: PLC0415

    folders = {str(Path(module.__file__ or "").parent.parent) for module in (wakagitops, jinja2, yaml)}
    done = _run(
        checkout, sys.executable, "-S", "-c", program, ":".join(folders), "render", "--out", "dist"
    )
    assert done.returncode == 0, done.stderr
    assert (checkout / "dist/shops/imprenta-sol/relay").exists()


@pytest.mark.parametrize("entry", [".", "", "bin", "{checkout}/bin"])
def test_no_program_of_the_repository_runs(entry: str, checkout: Path, marks: Path) -> None:
    programs = ("git", "python", "python3", "python3.11", "sh", "env", "git-rev-parse", "git-cat-file")
    for folder in (checkout, checkout / "bin"):
        _plant_programs(folder, programs, marks)
    path = f"{entry.format(checkout=checkout)}{os.pathsep}{os.environ['PATH']}"
    _assert_all_finish(checkout, INSTALLED, PATH=path)
    assert not list(marks.iterdir())


def test_bytecode_in_the_repository_is_neither_written_nor_run(checkout: Path, tmp_path: Path) -> None:
    rule = (
        "from wakagitops.core.messages import msg\nfrom wakagitops.core.diagnostic import Severity\n"
        "from wakagitops.core.rule import Rule, Scope, Example\nRULE = Rule("
        'severity=Severity.ERROR, scope=Scope.SHOP, summary=msg("x"), rationale=msg("x"), '
        'turn_off=msg("x"), check=lambda view, options: iter(()), authority=("x",), '
        "reads=(), bad=(), good=())\n"
    )
    write(checkout, "rules/casa/host.py", rule)
    write(checkout, "wakagitops.toml", 'team_rules = "rules"\n')
    # Bytecode of another source, which an import would take for the rule's.
    stale = tmp_path / "other.py"
    stale.write_text("RULE = 1\n", encoding="utf-8")
    kept = checkout / "rules/casa" / f"__pycache__/host.{sys.implementation.cache_tag}.pyc"
    kept.parent.mkdir()
    py_compile.compile(
        str(stale), str(kept), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH
    )
    before = sorted(checkout.rglob("*"))
    done = _run(checkout, INSTALLED, "validate", "--allow-code", PYTHONDONTWRITEBYTECODE="")
    assert done.returncode == 0, done.stderr
    assert sorted(checkout.rglob("*")) == before


def test_a_zipped_package_says_how_to_install_it(checkout: Path, tmp_path: Path) -> None:
    package = Path(wakagitops.__file__).parent
    with zipfile.ZipFile(tmp_path / "wakagitops.zip", "w") as archive:
        for path in package.rglob("*.py"):
            archive.write(path, path.relative_to(package.parent))
    program = (
        "import sys; sys.path.insert(0, sys.argv.pop(1))\n"
        "from wakagitops.cli.program import run; sys.exit(run())"
    )
    for command in ("validate", "schema", "rules"):
        done = _run(checkout, sys.executable, "-c", program, str(tmp_path / "wakagitops.zip"), command)
        assert (done.returncode, done.stdout) == (4, "")
        assert done.stderr == (
            "wakagitops: error: wakagitops cannot run from a zip file; install it with pip, pipx or uv\n"
        )
