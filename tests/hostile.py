"""A git repository with hostile text in every place that the author of a change controls."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.cli_case import SOL

STRINGS = (
    "a\n::error::pwned",
    "a\r\n  ::stop-commands::pwn",
    "::warning file=x::pwned",
    "##[error]pwned",
    "##vso[task.setvariable variable=x]pwned",
    "\x1b[31mred\x1b]8;;http://evil.es\x1b\\link",
    "\x9b31mc1\x85next",
    "bidi\u202e\u2066\u200f",
    "zero\u200bwidth\u2060\ufeff\u00ad",
    "line\u2028end\u2029",
    "tags\U000e0041\U000e007f",
    "private\ue000\U000f0000",
    "unassigned\u0378",
    "section_start:1:x\r\x1b[0K",
    "\x00nul\x07bell\x08\x7f",
    "<!-- wakagitops: findings -->|`|@team ![x](http://evil.es/x.png)<script>alert(1)</script>",
    "joiner\u200dhides\u200c here",
)
"""One of each kind of text that steers a terminal, a log, a comment or a page."""
RAW = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ud800-\uf8ff\U000e0000-\U0010ffff]|(?<![^\x00-\u05ff])[\u200c\u200d]"
)
"""What no output may hold, but for line feeds and our own colours."""
_COLOR = re.compile(r"\x1b\[[0-9;]*m")
_OURS = re.compile(r"::(?:(?:error|warning|notice) file=[^:]*::|group::|endgroup::$)")


def faults(text: str, *, color: bool = False, commands: bool = False) -> list[str]:
    """Return the lines of an output that act on a terminal or on a log.

    Args:
        text: the output.
        color: it was made with colour.
        commands: it is of the format ``github``.
    """
    if color:
        text = _COLOR.sub("", text)
    found = []
    for line in text.split("\n"):
        is_command = line.lstrip().startswith("::") and not (commands and _OURS.match(line))
        if is_command or RAW.search(line) or re.search(r"##\w*\[", line):
            found.append(line)
    return found


def in_yaml(text: str) -> str:
    """Return a double-quoted scalar that holds a text."""
    escaped = "".join(
        f"\\U{ord(sign):08x}" if not sign.isprintable() or sign in '"\\' else sign for sign in text
    )
    return f'"{escaped}"'


def in_toml(text: str) -> str:
    """Return a basic string that holds a text; TOML has no NUL in names of files, but in strings."""
    return in_yaml(text)


def is_name(text: str) -> bool:
    """True if a text can be the name of a file."""
    return "\x00" not in text and "/" not in text


def name(text: str) -> str:
    """Return the nearest name of a file to a text."""
    return text.replace("\x00", "").replace("/", "\u2215")


def write(folder: Path, path: str, text: str) -> None:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="", errors="surrogateescape")


def plant(folder: Path, strings: Sequence[str]) -> None:
    """Write settings files that hold each string as a name, key, value, comment and reason."""
    for number, text in enumerate(strings):
        path = f"configs/n{number}/{name(text)}"
        write(folder, f"{path}.yaml", SOL.replace("platform_version", "platform_versio"))
        write(folder, f"{path}.YAML", "")
        write(folder, f"{path}/sol.yaml", SOL.replace("imprenta-sol", in_yaml(text), 1))
        write(folder, f"configs/n{number}/_defaults.yaml", f"{in_yaml(text)}: {in_yaml(text)}\n")
        write(
            folder,
            f"configs/values-{number}.yaml",
            SOL.replace("contacto@imprenta-sol.es", in_yaml(text))
            .replace("smtp.imprenta-sol.es", in_yaml(text))
            .replace("{starttls: 587}", f"{{{in_yaml(text)}: 587}}")
            .replace("IMPRENTA_SOL_SMTP_PASSWORD", in_yaml(text))
            .replace("[ventas@imprenta-sol.es]", f"[{in_yaml(text)}, {in_yaml(text)}]"),
        )
        comment = text.replace("\n", " ").replace("\r", " ").replace("\u2028", " ").replace("\x85", " ")
        write(
            folder,
            f"configs/reasons-{number}.yaml",
            f"# wakagitops: ignore[contact/free-mail] {comment}\nshop: reasons-{number}  # {comment}\n"
            f"url: &{in_yaml(comment)} x\n",
        )
        write(folder, f"configs/fixed-{number}.yaml", f"\ufeffcontact:   # {comment}\r\n  email: a\r\n")


def baseline(strings: Sequence[str]) -> str:
    """Return a baseline with hostile fields."""
    entries = [
        {"file": text, "rule": text, "path": text, "value": text, "reason": text} for text in strings
    ]
    return json.dumps({"version": 1, "findings": entries})


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def repository(folder: Path) -> Path:
    """Make the repository; its branch ``a\u202eb`` holds an earlier state."""
    (folder / "wakagitops.toml").write_text("", encoding="utf-8")
    git(folder, "init", "-q", "-b", "main")
    write(folder, "configs/imprenta-sol.yaml", SOL)
    plant(folder, STRINGS[:2])
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "first")
    git(folder, "branch", "a\u202eb")
    plant(folder, STRINGS)
    return folder
