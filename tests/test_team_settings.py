"""The pages on three kinds of teams: their files are written, their commands run, their output compared.

``UPDATE_GOLDENS=1 pytest tests/test_team_settings.py`` writes the output into the pages anew; read
the diff.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.cli_case import write
from tests.schema_case import admits

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted(path for path in (ROOT / "docs" / "teams").glob("*.md") if path.name != "README.md")
BIN = Path(sys.executable).parent
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
# The pages show commits by their ids.
_DATES = dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), "2026-11-24T12:00:00Z")
_MARK = "---- end of what a command prints ----"


def _session(block: str) -> list[str]:
    """Return the commands of a ``console`` block."""
    return [line[2:] for line in block.splitlines() if line.startswith("$ ")]


def _played(page: Path, folder: Path) -> str:
    """Write a page's files, run its commands in one shell, and return the page as it should be."""
    text = page.read_text(encoding="utf-8")
    script = ["exec 2>&1"]
    for language, block in _BLOCK.findall(text):
        name = block.partition("\n")[0].removeprefix("# ")
        if language in {"toml", "yaml", "python"}:
            # The first line says which file it is; it is part of the file.
            write(folder, name, block)
        elif language == "sh":
            script.append(block)
        else:
            for command in _session(block):
                script += [command, f"printf '%s\\n' '{_MARK}'"]
    run = subprocess.run(
        ["bash", "-c", "\n".join(script)],
        cwd=folder,
        env={**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", **_DATES},
        capture_output=True,
        text=True,
        check=False,
    )
    printed = iter(run.stdout.split(f"{_MARK}\n"))

    def replayed(match: re.Match[str]) -> str:
        if match[1] != "console":
            return match[0]
        lines = "".join(f"$ {command}\n{next(printed)}" for command in _session(match[2]))
        return f"```console\n{lines}```\n"

    return _BLOCK.sub(replayed, text)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_the_page_shows_what_really_happens(path: Path, tmp_path: Path) -> None:
    text = _played(path, tmp_path)
    if os.environ.get("UPDATE_GOLDENS"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
    # Its commands fail only where the page says so, and its settings pass the schema.
    for word in ("Traceback", "internal error", "command not found", "No such file", "there is no flag"):
        assert word not in text
    settings = tomllib.loads((tmp_path / "wakagitops.toml").read_text(encoding="utf-8"))
    assert admits("wakagitops-toml.schema.json", settings)
    if path.stem == "hosting":
        assert "5009 shops" in text
        assert (tmp_path / "dist" / "production" / "shops" / "tienda-5000" / "mail.env").is_file()
