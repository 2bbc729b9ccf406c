"""Real Chromium shows the public snippet, with scripts and without, under a strict policy."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from shutil import which
from typing import Any
from urllib.parse import unquote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.deployment_case import shop
from tests.target_case import rendered, shared
from wakagitops.settings.model import ShopSettings

CHROMIUM = which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")

POLICY = "default-src 'none'; script-src 'self'; require-trusted-types-for 'script'"
MODES = ("assembled", "entities", "plain")
EMAIL, HREF = "contacto+web@imprenta-sol.es", "mailto:contacto%2Bweb@imprenta-sol.es"
_PAGE = """\
<!doctype html>
<html lang="es">
<head><meta charset="utf-8"><title>Contacto</title></head>
<body><main><h1>Contacto</h1>
{snippet}</main></body>
</html>
"""
_TYPES = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
}


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, files: Mapping[str, bytes], *rest: Any) -> None:
        self.files = files
        super().__init__(*rest)

    def do_GET(self) -> None:
        data = self.files.get(self.path)
        self.send_response(404 if data is None else 200)
        self.send_header("Content-Type", _TYPES.get(self.path.rpartition(".")[2], _TYPES["html"]))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Length", str(len(data or b"")))
        self.end_headers()
        self.wfile.write(data or b"")

    def log_message(self, *message: object) -> None:
        """Say nothing: the test's output is the test's."""


@contextmanager
def _served(files: Mapping[str, bytes]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, files))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield started
        started.close()


def _settings(publish: str, email: str = EMAIL) -> ShopSettings:
    return shop(contact__email=email, contact__publish=publish)


def _site(settings: ShopSettings, options: Mapping[str, Any] | None = None) -> dict[str, bytes]:
    """Return a page with the snippet, and the shared script where the page looks for it."""
    files = {
        f"/{file.path.removeprefix('public/')}": file.data
        for file in shared("public", settings.shop).values()
    }
    snippet = next(
        file.data.decode()
        for file in rendered("public", settings, options).values()
        if file.artefact == "contact.html"
    )
    return {**files, "/contacto": _PAGE.replace("{snippet}", snippet).encode()}


@contextmanager
def _opened(
    browser: Browser, site: Mapping[str, bytes], *, scripts: bool = True, bypass_csp: bool = False
) -> Iterator[tuple[Page, list[str]]]:
    """Open the page and collect what the browser complains of, broken policies included."""
    with _served(site) as origin:
        context = browser.new_context(java_script_enabled=scripts, bypass_csp=bypass_csp, locale="es-ES")
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda request: complaints.append(request.url))
        page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
        page.goto(f"{origin}/contacto", wait_until="load")
        try:
            yield page, complaints
        finally:
            context.close()


@pytest.mark.parametrize("publish", MODES)
def test_with_scripts_every_mode_shows_a_link_to_the_address(browser: Browser, publish: str) -> None:
    with _opened(browser, _site(_settings(publish))) as (page, complaints):
        link = page.get_by_role("link")
        assert link.inner_text() == EMAIL
        assert link.get_attribute("href") == HREF
        assert page.locator("main p").inner_text().strip() == EMAIL
        assert complaints == []


@pytest.mark.parametrize("publish", ["entities", "plain"])
def test_without_scripts_the_link_is_the_same(browser: Browser, publish: str) -> None:
    with _opened(browser, _site(_settings(publish)), scripts=False) as (page, _):
        link = page.get_by_role("link")
        assert (link.inner_text(), link.get_attribute("href")) == (EMAIL, HREF)


WORDS = "contacto+web [arroba] imprenta-sol.es (escriba el signo de arroba en lugar de [arroba])"


def _words(page: Page) -> str:
    return " ".join(page.locator("main p").inner_text().split())


def test_without_scripts_the_assembled_address_is_there_in_words(browser: Browser) -> None:
    with _opened(browser, _site(_settings("assembled")), scripts=False) as (page, _):
        assert page.locator("main p").is_visible()
        assert _words(page) == WORDS


def test_where_the_script_does_not_come_the_words_stay(browser: Browser) -> None:
    site = {path: data for path, data in _site(_settings("assembled")).items() if path == "/contacto"}
    with _opened(browser, site) as (page, _):
        assert _words(page) == WORDS


@pytest.mark.parametrize("publish", MODES)
@pytest.mark.parametrize(
    "email", ["info@españa.es", 'l\'impremta&"sol"<b>@x.es', "j%2f\\?#@x.es", "ñandú😀@imprenta-sol.es"]
)
def test_any_address_is_shown_and_linked_as_it_is(browser: Browser, publish: str, email: str) -> None:
    with _opened(browser, _site(_settings(publish, email))) as (page, complaints):
        link = page.get_by_role("link")
        assert link.inner_text() == email
        assert unquote(link.get_attribute("href") or "") == f"mailto:{email}"
        assert complaints == []


def test_the_script_may_come_twice_and_serves_every_snippet_of_a_page(browser: Browser) -> None:
    site = _site(_settings("assembled"))
    page_of_one = site["/contacto"].decode()
    snippet = page_of_one.partition("<h1>Contacto</h1>")[2].partition("</main>")[0]
    site["/contacto"] = page_of_one.replace("</main>", f"{snippet}</main>").encode()
    with _opened(browser, site) as (page, complaints):
        assert page.get_by_role("link").all_inner_texts() == [EMAIL, EMAIL]
        assert complaints == []


@pytest.mark.parametrize(
    ("publish", "with_script"), [*((mode, True) for mode in MODES), ("assembled", False)]
)
def test_axe_finds_nothing(browser: Browser, publish: str, with_script: bool) -> None:  # noqa: FBT001
    site = _site(_settings(publish))
    if not with_script:
        site = {"/contacto": site["/contacto"]}
    with _opened(browser, site, bypass_csp=True) as (page, _):
        assert page.get_by_role("link").count() == with_script
        results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def test_the_address_keeps_its_form_when_a_page_is_translated(browser: Browser) -> None:
    for publish in MODES:
        with _opened(browser, _site(_settings(publish))) as (page, _):
            assert page.get_by_role("link").evaluate("link => link.translate") is False
