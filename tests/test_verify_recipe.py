"""The script of docs/cache-bust.md that looks at flushed pages, behind a CDN that rewrites them."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.cli_case import SOL, cli, write

DOC = Path(__file__).parent.parent / "docs" / "cache-bust.md"
ADDRESS = "contacto@imprenta-sol.es"


def _obfuscated(address: str) -> str:
    """Return a link as Cloudflare's Email Address Obfuscation writes it, with the key 0x5a."""
    code = bytes([0x5A, *(byte ^ 0x5A for byte in address.encode())]).hex()
    return f'<a href="/cdn-cgi/l/email-protection#{code}"><span class="__cf_email__">[email]</span></a>'


@contextmanager
def _site(page: str) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _verified(folder: Path, publish: str, rewrite: str) -> subprocess.CompletedProcess[str]:
    shop = SOL.replace(f"  email: {ADDRESS}\n", f"  email: {ADDRESS}\n  publish: {publish}\n", 1)
    write(folder, "configs/imprenta-sol.yaml", shop)
    run = cli(folder, "render", "--out", "dist")
    assert run.returncode == 0, run.stdout + run.stderr
    (snippet,) = (folder / "dist/public/imprenta-sol").glob("contact.*.html")
    text = snippet.read_text(encoding="utf-8")
    pages = {
        "as rendered": text,
        "rocket loader": text.replace("<script ", '<script type="0123-text/javascript" '),
        "obfuscated": re.sub(r"<a .*?</a>", _obfuscated(ADDRESS), text),
        "obfuscated old address": re.sub(r"<a .*?</a>", _obfuscated("info@imprenta-sol.es"), text),
        "old": "<p>info@imprenta-sol.es</p>",
    }
    recipe = re.search(
        r"<!-- recipe: verify.py -->\n```python\n(.*?)```", DOC.read_text("utf-8"), re.DOTALL
    )
    assert recipe is not None
    script = write(folder, "verify.py", recipe[1])
    with _site(f"<html>{pages[rewrite]}</html>") as site:
        return subprocess.run(
            [sys.executable, str(script), str(folder / "dist"), site],
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.mark.parametrize(
    ("publish", "page", "status"),
    [
        ("assembled", "as rendered", 0),
        ("assembled", "rocket loader", 0),
        ("plain", "as rendered", 0),
        ("plain", "obfuscated", 0),
        ("entities", "obfuscated", 0),
        ("plain", "obfuscated old address", 1),
        ("assembled", "old", 1),
        ("plain", "old", 1),
    ],
)
def test_a_page_that_the_cdn_rewrote_is_judged_by_its_address(
    tmp_path: Path, publish: str, page: str, status: int
) -> None:
    run = _verified(tmp_path, publish, page)
    assert (run.returncode, run.stdout.split()[0]) == (status, "OLD" if status else "ok"), run.stderr
