"""The tour of both READMEs, between its markers: its commands are run, and what they print is put in.

The commands are those that stand there, in ``console`` blocks after ``$``; they run in a copy of the
sample fleet that is a git repository, as ``script/run`` leaves it, on a terminal of 100 columns
without colour.
"""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

PAGES = {"README.md": "en", "docs/LEEME.md": "es"}
"""The pages, and the language in which each takes its tour."""
START = "<!-- tour -->\n"
END = "<!-- /tour -->"
BLOCK = "```console\n"
FENCE = "```\n"
COLUMNS = 100
SAMPLE = ("configs", "schema", "wakagitops.toml")


def outputs(root: Path) -> Iterator[tuple[str, bytes]]:
    """Yield each page with the output of its tour made anew.

    Raises:
        ValueError: a page has no tour.
    """
    for page, language in PAGES.items():
        text = (root / page).read_text(encoding="utf-8")
        before, found, rest = text.partition(START)
        tour, closed, after = rest.partition(END)
        if not found or not closed:
            message = f"{page} has no place for the tour"
            raise ValueError(message)
        with tempfile.TemporaryDirectory(prefix="wakagitops-tour-") as work:
            folder = sample(root, Path(work))
            first, *blocks = tour.split(BLOCK)
            for block in blocks:
                session, _, prose = block.partition(FENCE)
                first += BLOCK + "".join(replayed(session, folder, language)) + FENCE + prose
        yield page, f"{before}{START}{first}{END}{after}".encode()


def sample(root: Path, work: Path) -> Path:
    """Return a git repository that holds the sample fleet and, as in the reader's clone, its output."""
    folder = work / "shops"
    folder.mkdir()
    for name in SAMPLE:
        if (root / name).is_dir():
            shutil.copytree(root / name, folder / name)
        else:
            shutil.copy(root / name, folder / name)
    # The program as it is installed, under its own name.
    programs = work / "bin"
    programs.mkdir()
    program = programs / "wakagitops"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m wakagitops "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    (folder / ".gitignore").write_text("/dist/\n", encoding="utf-8")
    for command in (
        "git init -q -b main",
        "git add .",
        "git commit -q -m Shops",
        "wakagitops render",
    ):
        _run(command, folder)
    return folder


def replayed(session: str, folder: Path, language: str) -> Iterator[str]:
    """Yield the commands of a session, each followed by what it prints now."""
    for line in session.splitlines():
        if line.startswith("$ "):
            yield f"{line}\n"
            yield _run(line.removeprefix("$ "), folder, language)


def _run(command: str, folder: Path, language: str = "en") -> str:
    """Run a command of the shell on a terminal and return what it prints there."""
    environment = {
        "PATH": f"{folder.parent / 'bin'}:{os.environ['PATH']}",
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "HOME": str(folder.parent),
        "LC_ALL": "C.UTF-8",
        "WAKAGITOPS_LANG": language,
        "TERM": "xterm",
        "NO_COLOR": "1",
        "COLUMNS": str(COLUMNS),
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    for who in ("AUTHOR", "COMMITTER"):
        environment |= {f"GIT_{who}_NAME": "Sol", f"GIT_{who}_EMAIL": "sol@imprenta-sol.example"}
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        ["sh", "-c", command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    printed = bytearray()
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:
            # Linux answers EIO once the other end is closed (pty(7)).
            break
        if not part:
            break
        printed += part
    process.wait()
    os.close(ours)
    lines = printed.decode("utf-8").replace("\r\n", "\n").splitlines()
    return "".join(f"{line.rstrip()}\n" for line in lines)
