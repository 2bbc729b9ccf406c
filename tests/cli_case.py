"""What the tests of the command line share: a small repository, and the tool as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SOL = """\
shop: imprenta-sol
platform_version: "3.28.1"
url: https://www.imprenta-sol.es
contact:
  email: contacto@imprenta-sol.es
notifications:
  email: pedidos@imprenta-sol.es
  smtp:
    host: smtp.imprenta-sol.es
    ports: {starttls: 587}
    username: pedidos@imprenta-sol.es
    password: {env: IMPRENTA_SOL_SMTP_PASSWORD}
admin:
  recipients: [ventas@imprenta-sol.es]
"""
"""A sound shop in which nothing is found."""
ERROR = SOL.replace("contacto@", "no-reply@")
"""``address/no-reply`` at 5:10."""
WARNING = SOL.replace("contacto@imprenta-sol.es", "imprentasol@gmail.com")
"""``contact/free-mail`` at 5:10."""
NOTE = SOL.replace("admin:\n  recipients: [ventas@imprenta-sol.es]\n", "")
"""``admin/missing-recipients``."""
LUNA = SOL.replace("imprenta-sol", "papeleria-luna").replace("IMPRENTA_SOL", "PAPELERIA_LUNA")


def write(folder: Path, path: str, text: str) -> Path:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def cli(
    folder: Path, *arguments: str, stdin: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the tool in a folder, as a hook or a pipeline does."""
    return subprocess.run(
        [sys.executable, "-m", "wakagitops", *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
