"""A real Varnish with xkey: the recipes of docs/cache-bust.md refresh exactly the shop that changed."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.render_case import make, render, shop_text

DOC = Path(__file__).parent.parent / "docs" / "cache-bust.md"
VARNISHD = shutil.which("varnishd") or shutil.which("varnishd", path="/usr/sbin")
XKEY = any(Path("/usr/lib").glob("*/varnish/vmods/libvmod_xkey.so")) or any(
    Path("/usr/lib").glob("varnish/vmods/libvmod_xkey.so")
)
SOL, NORTE = "imprenta-sol", "rotulos-norte"
PAGES = ("/contacto", "/aviso-legal")

needs_varnish = pytest.mark.skipif(
    VARNISHD is None or not XKEY, reason="varnish or varnish-modules is not installed"
)


def _recipe(name: str) -> str:
    """Return the code block of the documentation that a comment names."""
    text = DOC.read_text(encoding="utf-8")
    found = re.search(rf"<!-- recipe: {re.escape(name)} -->\n```[a-z]*\n(.*?)```", text, re.DOTALL)
    assert found is not None, name
    return found[1]


def _run(folder: Path, name: str, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    script = folder / name
    script.write_text(_recipe(name), encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-W", "error", str(script), *arguments],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )


class Shops(ThreadingHTTPServer):
    """The shops' web servers: pages with the published snippet, tagged or not, and how often asked."""

    def __init__(self, site: Path, tags: dict[str, str]) -> None:
        super().__init__(("127.0.0.1", 0), _Page)
        self.site = site
        self.tags = tags
        self.asked: Counter[tuple[str, str]] = Counter()

    def snippet(self, shop: str) -> bytes:
        document = json.loads((self.site / "cache-bust.json").read_bytes())
        name: str = document["shops"][shop]["artefacts"]["contact.html"]["file"]
        return (self.site / name).read_bytes()


class _Page(BaseHTTPRequestHandler):
    server: Shops

    def do_GET(self) -> None:
        shop = self.headers["Host"].removeprefix("www.").removesuffix(".es")
        self.server.asked[shop, self.path] += 1
        body = b"<main>" + self.server.snippet(shop) + b"</main>"
        self.send_response(200)
        self.send_header("Cache-Control", "public, max-age=3600")
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        if shop in self.server.tags:
            self.send_header("xkey", self.server.tags[shop])
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Varnish:
    """A Varnish with the documentation's VCL in front of the shops."""

    def __init__(self, folder: Path, backend: int) -> None:
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        assert VARNISHD is not None
        (folder / "xkey.vcl").write_text(_recipe("xkey.vcl").replace('"8080"', f'"{backend}"'))
        workdir = folder / "varnish"
        workdir.mkdir()
        command = [VARNISHD, "-F", "-j", "none", "-n", str(workdir), "-a", f"127.0.0.1:{self.port}"]
        command += ["-f", str(folder / "xkey.vcl"), "-s", "malloc,16m"]
        self.log = folder / "varnish.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        for _ in range(300):
            assert self.process.poll() is None, self.log.read_text()
            try:
                self.get(NORTE, "/")
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError(self.log.read_text())

    def get(self, shop: str, path: str) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path, headers={"Host": f"www.{shop}.es"})
            answer = connection.getresponse()
            assert answer.status == 200
            assert answer.getheader("xkey") is None, "visitors need not see the tags"
            return answer.read()
        finally:
            connection.close()


class World:
    """A repository, what was published of it, the shops and the cache in front of them."""

    def __init__(self, folder: Path, *, is_tagged: bool) -> None:
        self.folder = folder
        self.repository = make(folder / "repo", SOL, NORTE)
        self.site = folder / "site"
        self.applied = folder / "applied.json"
        assert render(self.repository).returncode == 0
        self.publish()
        shops = json.loads(self.applied.read_bytes())["shops"]
        tags = {name: " ".join(entry["purge"]["tags"]) for name, entry in shops.items()}
        self.shops = Shops(self.site, tags if is_tagged else {})
        threading.Thread(target=self.shops.serve_forever, daemon=True).start()
        self.varnish = Varnish(folder, self.shops.server_port)

    def close(self) -> None:
        self.varnish.process.terminate()
        self.varnish.process.wait()
        self.shops.shutdown()
        self.shops.server_close()

    def publish(self) -> None:
        """Copy the deployment to the web servers, and keep its transition as the last applied."""
        shutil.copytree(self.repository / "dist", self.site, dirs_exist_ok=True)
        shutil.copy(self.repository / "dist" / "cache-bust.json", self.applied)

    def change(self, **changes: str) -> None:
        path = self.repository / "configs" / f"{SOL}.yaml"
        path.write_text(shop_text(SOL, **changes))
        done = render(self.repository, "--previous", str(self.applied))
        assert done.returncode == 0, done.stderr
        self.publish()

    def purge(self, **without: object) -> str:
        document = json.loads((self.site / "cache-bust.json").read_bytes())
        for entry in document["shops"].values():
            entry["purge"].update(without)
        manifest = self.folder / "to-purge.json"
        manifest.write_text(json.dumps(document))
        done = _run(self.folder, "varnish.py", str(manifest), self.varnish.url)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def verify(self) -> int:
        return _run(self.folder, "verify.py", str(self.site), self.varnish.url).returncode

    def pages(self, shop: str) -> set[bytes]:
        """Return what a visitor sees of a shop."""
        return {self.varnish.get(shop, page) for page in PAGES}

    def asked(self, shop: str) -> int:
        """Return how often the shop's own server was asked for a page that shows the address."""
        return sum(self.shops.asked[shop, page] for page in PAGES)


@pytest.fixture
def world(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    made = World(tmp_path, is_tagged=getattr(request, "param", True))
    try:
        yield made
    finally:
        made.close()


@needs_varnish
@pytest.mark.parametrize("without", ["neither", "urls", "tags"])
def test_a_purge_refreshes_exactly_the_shop_that_changed(world: World, without: str) -> None:
    """By tags and addresses together, by tags alone, by addresses alone."""
    old, other = world.pages(SOL), world.pages(NORTE)
    assert world.pages(SOL) == old
    assert (world.asked(SOL), world.asked(NORTE)) == (2, 2), "the pages are cached"

    world.change(email="hola@imprenta-sol.es")
    assert world.pages(SOL) == old, "without a purge the old address goes on being shown"
    assert world.verify() == 1

    world.purge(**({} if without == "neither" else {without: []}))
    new = world.pages(SOL)
    assert new != old
    assert world.shops.snippet(SOL) in next(iter(new))
    assert len(new) == 1
    assert world.verify() == 0
    assert world.pages(NORTE) == other
    assert (world.asked(SOL), world.asked(NORTE)) == (4, 2), "no other shop was asked again"


@needs_varnish
def test_a_second_purge_is_harmless(world: World) -> None:
    world.pages(SOL)
    world.change(email="hola@imprenta-sol.es")
    assert "wk-imprenta-sol-contact Purged 2" in world.purge()
    assert "wk-imprenta-sol-contact Purged 0" in world.purge()
    new = world.pages(SOL)
    world.purge()
    assert world.pages(SOL) == new
    assert world.verify() == 0


@needs_varnish
@pytest.mark.parametrize("world", [False], indirect=True)
def test_pages_that_were_cached_before_they_had_a_tag_are_found_by_address(world: World) -> None:
    old = world.pages(SOL)
    world.change(email="hola@imprenta-sol.es")
    assert "wk-imprenta-sol-contact Purged 0" in world.purge()
    assert world.pages(SOL) != old
    assert world.verify() == 0


@needs_varnish
def test_what_is_not_public_leaves_the_cache_alone(world: World) -> None:
    old = world.pages(SOL)
    world.change(host="smtp2.imprenta-sol.es")
    assert world.purge() == ""
    assert world.pages(SOL) == old
    assert world.asked(SOL) == 2


@needs_varnish
def test_strangers_may_not_purge(world: World) -> None:
    """The documentation's VCL names who may."""
    text = _recipe("xkey.vcl")
    assert "client.ip !~ purgers" in text
    config = world.folder / "strict.vcl"
    port = world.shops.server_port
    config.write_text(text.replace('"127.0.0.1";\n}', '"192.0.2.1";\n}').replace('"8080"', f'"{port}"'))
    for command in (f"vcl.load strict {config}", "vcl.use strict"):
        subprocess.run(
            ["varnishadm", "-n", str(world.folder / "varnish"), *command.split()],
            check=True,
            capture_output=True,
        )
    world.change(email="hola@imprenta-sol.es")
    manifest = str(world.site / "cache-bust.json")
    done = _run(world.folder, "varnish.py", manifest, world.varnish.url)
    assert done.returncode == 1
    assert "403" in done.stderr


class _Recorder(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((self.path, self.headers, json.loads(body)))  # type: ignore[attr-defined]
        answer = b'{"success": true}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


@pytest.fixture
def recorder() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Recorder) as server:
        server.requests = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def manifest(tmp_path: Path) -> str:
    """Return the manifest of a first deployment of more shops than one request may name."""
    repository = make(tmp_path / "repo", *(f"tienda-{number}" for number in range(70)))
    assert render(repository).returncode == 0
    return str(repository / "dist" / "cache-bust.json")


def test_the_fastly_recipe_names_every_key_once(
    tmp_path: Path, manifest: str, recorder: ThreadingHTTPServer
) -> None:
    api = f"http://127.0.0.1:{recorder.server_port}"
    done = _run(tmp_path, "fastly.py", manifest, "SERVICE", FASTLY_API=api, FASTLY_API_TOKEN="secreta")
    assert done.returncode == 0, done.stderr
    ((path, headers, body),) = recorder.requests  # type: ignore[attr-defined]
    assert path == "/service/SERVICE/purge"
    assert headers["Fastly-Key"] == "secreta"
    assert set(body) == {"surrogate_keys"}
    assert sorted(body["surrogate_keys"]) == sorted(
        f"wk-tienda-{number}-contact" for number in range(70)
    )


@pytest.mark.parametrize(("kind", "count"), [("tags", 70), ("files", 140)])
def test_the_cloudflare_recipe_keeps_within_the_limit(
    tmp_path: Path, manifest: str, recorder: ThreadingHTTPServer, kind: str, count: int
) -> None:
    api = f"http://127.0.0.1:{recorder.server_port}"
    done = _run(
        tmp_path,
        "cloudflare.py",
        manifest,
        "ZONE",
        kind,
        CLOUDFLARE_API=api,
        CLOUDFLARE_API_TOKEN="secreta",
    )
    assert done.returncode == 0, done.stderr
    requests = recorder.requests  # type: ignore[attr-defined]
    assert {path for path, _, _ in requests} == {"/zones/ZONE/purge_cache"}
    assert {headers["Authorization"] for _, headers, _ in requests} == {"Bearer secreta"}
    assert all(set(body) == {kind} and len(body[kind]) <= 30 for _, _, body in requests)
    assert len({item for _, _, body in requests for item in body[kind]}) == count
