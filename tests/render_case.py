"""Repositories of shops on disk for the tests of ``wakagitops render``, and running it there."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

SHOP = """\
shop: {name}
platform_version: "3.28.1"
url: https://www.{name}.es
contact:
  email: {email}
  publish: {publish}
  pages: [/contacto, /aviso-legal]
notifications:
  email: pedidos@{name}.es
  name: {sender}
  smtp:
    host: {host}
    ports: {{starttls: 587, tls: 465}}
    username: pedidos@{name}.es
    password: {{env: {variable}_SMTP_PASSWORD}}
admin:
  recipients:
    - ventas@{name}.es
"""


def shop_text(name: str, **changes: str) -> str:
    """Return a sound settings file; ``changes`` name what it says otherwise."""
    values = {
        "email": f"contacto@{name}.es",
        "publish": "assembled",
        "sender": "Imprenta Sol",
        "host": f"smtp.{name}.es",
        "variable": name.upper().replace("-", "_"),
        **changes,
    }
    return SHOP.format(name=name, **values)


def make(folder: Path, *names: str, settings: str = "") -> Path:
    """Make a repository of sound shops, with the given ``wakagitops.toml``."""
    (folder / "configs").mkdir(parents=True)
    (folder / "wakagitops.toml").write_text(settings)
    for name in names:
        (folder / "configs" / f"{name}.yaml").write_text(shop_text(name))
    return folder


def git(folder: Path, *arguments: str) -> None:
    """Run git."""
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def render(
    folder: Path, *arguments: str, environ: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run ``wakagitops render`` in a folder, as people do."""
    return subprocess.run(
        [sys.executable, "-m", "wakagitops", "render", *arguments],
        cwd=folder,
        env={**os.environ, **(environ or {})},
        capture_output=True,
        text=True,
        check=False,
    )
