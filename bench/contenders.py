"""Installs wakagitops and the validators it is measured against, each in an environment of its own."""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ROOT / ".venvs"

CHECK_JSONSCHEMA = "check-jsonschema==0.39.0"
YAMLLINT = "yamllint==1.38.0"
NATIVE = "sourcemeta-jsonschema==17.3.0"
AJV = "ajv-cli@5.0.0"


class Peer(NamedTuple):
    """Another validator."""

    name: str
    version: str
    on_files: Callable[[Path, Sequence[str]], tuple[str, ...]]
    """The command for some files, given the schema."""
    on_all: Callable[[Path, Sequence[str]], tuple[str, ...]]
    """The command for the whole folder ``configs``, in its fastest documented form."""
    statuses: tuple[int, ...] = (0, 1)


def wakagitops() -> Path:
    """Install this checkout as a user would, compiled and not editable; return the command."""
    environment = _environment("wakagitops", str(ROOT))
    _pip(environment, "--force-reinstall", "--no-deps", str(ROOT))
    return environment / "bin" / "wakagitops"


def peers() -> list[Peer]:
    """Install the peers and return those that this machine can run; say which it cannot."""
    found = [_check_jsonschema(), _yamllint()]
    native = _native()
    if native is None:
        _missing("the native jsonschema CLI", f"it has no build for {platform.machine()}")
    else:
        found.append(native)
    if shutil.which("npm") is None:
        _missing("ajv-cli", "there is no npm")
    else:
        found.append(_ajv())
    return found


def equivalent_schema(path: Path) -> Path:
    """Write the schema of one file without the keywords that only we and editors know.

    What decides stays, so all validators check the same; none spends time on annotations.
    """

    def plain(node: Any) -> Any:
        if isinstance(node, dict):
            return {
                key: plain(value)
                for key, value in node.items()
                if not key.startswith("x-") and key != "errorMessage"
            }
        if isinstance(node, list):
            return [plain(value) for value in node]
        return node

    schema = json.loads((ROOT / "schema/mail-settings-file.schema.json").read_text(encoding="utf-8"))
    path.write_text(json.dumps(plain(schema)), encoding="utf-8")
    return path


def _check_jsonschema() -> Peer:
    program = str(_environment("peers", CHECK_JSONSCHEMA, YAMLLINT) / "bin" / "check-jsonschema")

    def command(schema: Path, files: Sequence[str]) -> tuple[str, ...]:
        return program, "--schemafile", str(schema), *files

    return Peer("check-jsonschema", CHECK_JSONSCHEMA.partition("==")[2], command, command)


def _yamllint() -> Peer:
    program = str(_environment("peers", CHECK_JSONSCHEMA, YAMLLINT) / "bin" / "yamllint")
    return Peer(
        "yamllint",
        YAMLLINT.partition("==")[2],
        lambda _, files: (program, "-d", "relaxed", *files),
        lambda *_: (program, "-d", "relaxed", "configs"),
    )


def _native() -> Peer | None:
    environment = _environment("sourcemeta", NATIVE)
    # The package's console script starts a Python that starts the program; here it runs by itself.
    found = sorted(environment.glob(f"lib/*/site-packages/*/jsonschema-linux-{platform.machine()}"))
    if not found:
        return None
    options = (str(found[0]), "validate", "--fast", "--continue")
    return Peer(
        "jsonschema (C++)",
        NATIVE.partition("==")[2],
        lambda schema, files: (*options, str(schema), *files),
        lambda schema, _: (*options, str(schema), "configs"),
        statuses=(0, 2),
    )


def _ajv() -> Peer:
    folder = ENVIRONMENTS / "npm"
    program = folder / "node_modules" / ".bin" / "ajv"
    if not program.exists():
        print(f"Installing {AJV}", file=sys.stderr)
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), AJV],
            check=True,
            stdout=sys.stderr,
        )
    options = (str(program), "validate", "--spec=draft2020", "--strict=false", "--errors=no", "-s")
    return Peer(
        "ajv-cli",
        AJV.partition("@")[2],
        lambda schema, files: (
            *options,
            str(schema),
            *(part for file in files for part in ("-d", file)),
        ),
        lambda schema, _: (*options, str(schema), "-d", "configs/**/*.yaml"),
    )


def _environment(name: str, *packages: str) -> Path:
    """Return a venv with some packages, made where it is not there yet."""
    folder = ENVIRONMENTS / name
    made = folder / "made-with"
    if not made.exists() or made.read_text(encoding="utf-8") != "\n".join(packages):
        print(f"Installing {', '.join(packages)}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        _pip(folder, *packages)
        made.write_text("\n".join(packages), encoding="utf-8")
    return folder


def _pip(environment: Path, *arguments: str) -> None:
    pip = (str(environment / "bin" / "python"), "-m", "pip", "--disable-pip-version-check")
    subprocess.run([*pip, "install", "-qq", *arguments], check=True, stdout=sys.stderr)


def _missing(name: str, reason: str) -> None:
    print(f"Measuring without {name}: {reason}", file=sys.stderr)
