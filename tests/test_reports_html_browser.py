"""The HTML report in a real browser: it filters, sorts and opens, for everybody, and says no error."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.report_case import CACHES, CLEAN, PLAIN, RESULT
from wakagitops.reports import html as html_report
from wakagitops.validate.result import CheckResult, StaleCache

CHROMIUM = "/usr/bin/chromium"
# A root user's Chromium has no sandbox; the rest keeps it from calling its maker.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

sync_api = pytest.importorskip("playwright.sync_api")
if not os.path.exists(CHROMIUM):
    pytest.skip("there is no Chromium", allow_module_level=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS])
        yield started
        started.close()


class Opened:
    """A page with a report in it, and all that the browser had to say."""

    def __init__(self, browser: Any, path: Path, **settings: Any) -> None:
        self.context = browser.new_context(**settings)
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: self.said.append(dialog.message))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.url = path.as_uri()
        self.page.goto(self.url)

    def rules(self) -> list[str]:
        """Return the rules of the rows that are shown, in their order."""
        texts: list[str] = self.page.locator("#finding-rows tr.row .col-rule").all_inner_texts()
        return texts

    def count(self) -> str:
        """Return what the page says of how many rows there are."""
        text: str = self.page.locator("#finding-pages [role=status]").inner_text()
        return text

    def row(self, rule: str) -> Any:
        """Return the row of a rule's first finding."""
        return self.page.locator("#finding-rows tr.row", has_text=rule).first

    def axe(self) -> list[str]:
        """Return the accessibility rules that the page breaks as it stands."""
        axe = pytest.importorskip("axe_playwright_python.sync_playwright")
        outcome = axe.Axe().run(self.page)
        return [f"{each['id']}: {each['nodes'][0]['html']}" for each in outcome.response["violations"]]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text("".join(html_report.report(RESULT, PLAIN)), encoding="utf-8")
    return path


@pytest.fixture
def opened(browser: Any, written: Path) -> Iterator[Opened]:
    one = Opened(browser, written)
    yield one
    assert one.said == [], "the browser complained"
    assert set(one.asked) == {one.url}, "the page asked for something"
    one.context.close()


def _write(folder: Path, result: CheckResult) -> Path:
    path = folder / "report.html"
    path.write_text("".join(html_report.report(result, PLAIN)), encoding="utf-8")
    return path


def test_the_page_shows_all_findings_worst_first(opened: Opened) -> None:
    assert opened.count() == "1 to 13 of 13"
    words = opened.page.locator("#finding-rows .badge").all_inner_texts()
    assert words == ["error"] * 7 + ["warning"] * 5 + ["note"]
    assert opened.page.locator("#static-note").is_hidden()


def test_a_search_filters(opened: Opened) -> None:
    opened.page.locator("#search").fill("MARIA.lopez imprenta")
    sync_api.expect(opened.page.locator("#finding-pages [role=status]")).to_have_text("1 to 1 of 1")
    assert opened.rules() == ["contact/role-account"]
    opened.page.locator("#search").fill("no such thing")
    sync_api.expect(opened.page.locator("#finding-rows")).to_contain_text("No finding matches")
    opened.page.get_by_role("button", name="Reset").click()
    sync_api.expect(opened.page.locator("#finding-pages [role=status]")).to_have_text("1 to 13 of 13")


def test_severities_groups_and_fixes_filter(opened: Opened) -> None:
    page = opened.page
    for name in ("error", "note"):
        box = page.get_by_role("checkbox", name=name, exact=True)
        box.focus()
        box.press("Space")
        assert not box.is_checked()
    sync_api.expect(page.locator("#finding-pages [role=status]")).to_have_text("1 to 5 of 5")
    page.locator("#group").select_option("smtp")
    sync_api.expect(page.locator("#finding-pages [role=status]")).to_have_text("1 to 1 of 1")
    assert opened.rules() == ["smtp/not-submission-port"]
    page.get_by_role("button", name="Reset").click()
    page.get_by_label("Can be fixed").check()
    sync_api.expect(page.locator("#finding-pages [role=status]")).to_have_text("1 to 2 of 2")


def test_a_group_in_the_chart_filters(opened: Opened) -> None:
    opened.page.get_by_role("button", name="admin", exact=True).click()
    assert set(opened.rules()) == {"admin/duplicate-recipient", "admin/too-many-recipients"}


def test_suppressed_findings_are_there_when_asked_for(opened: Opened) -> None:
    assert "contact/free-mail" not in opened.rules()
    opened.page.get_by_label("Suppressed too").check()
    sync_api.expect(opened.page.locator("#finding-pages [role=status]")).to_have_text("1 to 15 of 15")
    opened.row("contact/free-mail").get_by_role("button").click()
    assert "Suppressed because" in opened.page.locator("tr.detail").inner_text()


def test_columns_sort_both_ways(opened: Opened) -> None:
    head = opened.page.locator("table.findings thead")
    head.get_by_role("button", name="Rule").click()
    assert opened.rules() == sorted(opened.rules())
    assert head.locator("[data-sort=rule]").get_attribute("aria-sort") == "ascending"
    head.get_by_role("button", name="Rule").click()
    assert opened.rules() == sorted(opened.rules(), reverse=True)
    assert head.locator("[data-sort=rule]").get_attribute("aria-sort") == "descending"
    assert head.locator("[aria-sort]").count() == 1
    head.get_by_role("button", name="Finding").click()
    lines = opened.page.locator(".place", has_text="imprenta-sol.yaml").all_inner_texts()
    numbers = [int(line.split(":")[1]) for line in lines]
    assert numbers == sorted(numbers), "lines sort as numbers"


def test_a_finding_opens_with_its_source_and_closes(opened: Opened) -> None:
    button = opened.row("contact/role-account").get_by_role("button")
    button.click()
    detail = opened.page.locator("tr.detail")
    assert detail.locator("mark").all_inner_texts() == ["maria.lopez@imprenta-sol.es"]
    assert "Use an address of the shop, such as contacto@imprenta-sol.es." in detail.inner_text()
    opened.row("contact/role-account").get_by_role("button").click()
    assert detail.count() == 0


def test_the_keyboard_is_enough(opened: Opened) -> None:
    page = opened.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    for _ in range(40):
        page.keyboard.press("Tab")
        if "toggle-row" in page.evaluate("document.activeElement.className"):
            break
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"
    assert page.locator("tr.detail").count() == 1
    page.keyboard.press("Space")
    assert page.locator("tr.detail").count() == 0


def test_hostile_text_is_shown_as_text(opened: Opened) -> None:
    opened.row("value/template-residue").get_by_role("button").click()
    assert "<script>alert(1)</script>" in opened.page.locator("tr.detail").inner_text()
    assert opened.page.locator("img").count() == 0


def test_a_shop_leads_to_its_findings(opened: Opened) -> None:
    page = opened.page
    row = page.locator("#shop-rows tr", has_text="vinilos-sal")
    assert row.locator("td").all_inner_texts()[1:5] == ["3.9", "1", "0", "0"]
    row.get_by_role("button").click()
    assert opened.rules() == ["platform/version-gate"]
    page.locator("#shop-chip").click()
    assert len(opened.rules()) == 13


def test_versions_of_shops_sort_as_versions(opened: Opened) -> None:
    opened.page.get_by_role("button", name="Version").click()
    shown = opened.page.locator("#shop-rows tr td:nth-child(2)").all_inner_texts()
    known = [text for text in shown if text != "unknown"]
    assert known == ["3.9", "3.27.4", "3.27.4", "3.27.4", "3.28.0", "3.28.1"]


def test_caches_to_empty_sort_by_shop_and_by_reason(opened: Opened) -> None:
    page = opened.page
    page.get_by_role("link", name="Every shop, with its pages").click()
    assert page.url.endswith("#caches")
    shops = page.locator("#cache-rows td:first-child")
    assert shops.all_inner_texts() == [
        "imprenta-sol", "rota", "rotulos-mar", "sellos-plaza", "toldos-viento"
    ]  # fmt: skip
    page.locator("table.caches").get_by_role("button", name="Why").click()
    assert shops.all_inner_texts() == [
        "imprenta-sol", "sellos-plaza", "toldos-viento", "rotulos-mar", "rota"
    ]  # fmt: skip


def test_a_link_opens_its_finding(browser: Any, written: Path) -> None:
    one = Opened(browser, written)
    one.page.goto(f"{one.url}#f-{'0' * 32}-2")
    one.page.reload()
    detail = one.page.locator("tr.detail")
    assert detail.count() == 1
    assert "configs/imprenta-sol.yaml:15:7" in detail.inner_text()
    assert one.said == []
    one.context.close()


def test_without_scripts_the_findings_are_there(browser: Any, written: Path) -> None:
    one = Opened(browser, written, java_script_enabled=False)
    assert one.page.locator("#finding-rows tr").count() == 13
    assert "need JavaScript" in one.page.locator("#static-note").inner_text()
    assert one.page.locator("#filters").is_hidden()
    one.context.close()


def test_many_findings_turn_pages(browser: Any, tmp_path: Path) -> None:
    """5,000 shops; how long that takes is measured in bench/html_report.py."""
    item = RESULT.diagnostics[4]
    many = tuple(
        item._replace(path=f"configs/s{n}.yaml", shops=(f"s{n}",), fingerprint=f"{n:032x}")
        for n in range(5_000)
    )
    names = {f"configs/s{n}.yaml": f"s{n}" for n in range(5_000)}
    stale = tuple(
        StaleCache(name, CACHES.stale[0].reasons, (f"https://{name}.es/",)) for name in names.values()
    )
    result = RESULT._replace(
        diagnostics=many,
        shops=5_000,
        shop_versions=dict.fromkeys(names, "3.28.1"),
        shop_names=names,
        caches=CACHES._replace(stale=stale),
    )
    one = Opened(browser, _write(tmp_path, result))
    assert one.count() == "1 to 50 of 5000"
    one.page.locator("#finding-pages").get_by_role("button", name="Next").click()
    assert one.count() == "51 to 100 of 5000"
    one.page.locator("#search").fill("s4321.yaml")
    sync_api.expect(one.page.locator("#finding-pages [role=status]")).to_have_text("1 to 1 of 1")
    one.page.locator("#cache-search").fill("s1234.es")
    shown = one.page.locator("#cache-rows tr").all_inner_texts()
    assert [text.split() for text in shown] == [
        ["s1234", "contact.email", "changed", "https://s1234.es/"]
    ]
    assert one.said == []
    one.context.close()


def test_a_clean_fleet_has_no_filters(browser: Any, tmp_path: Path) -> None:
    one = Opened(browser, _write(tmp_path, CLEAN))
    assert one.page.locator("#filters").is_hidden()
    assert "There is nothing to report." in one.page.locator("#finding-rows").inner_text()
    assert one.axe() == []
    assert one.said == []
    one.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_is_accessible(browser: Any, written: Path, scheme: str, width: int) -> None:
    one = Opened(browser, written, color_scheme=scheme, viewport={"width": width, "height": 900})
    one.page.get_by_label("Suppressed too").check()
    one.row("platform/version-gate").get_by_role("button").click()
    one.row("address/not-canonical").get_by_role("button").click()
    assert one.axe() == []
    one.context.close()


def test_a_narrow_page_does_not_scroll_sideways(browser: Any, written: Path) -> None:
    one = Opened(browser, written, viewport={"width": 360, "height": 800})
    one.row("value/template-residue").get_by_role("button").click()
    width = one.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360
    row, table = (one.page.locator(name).first.bounding_box() for name in ("tr.row", ".scroll"))
    assert row["width"] > 0.95 * table["width"], "hidden columns leave no gap"
    one.context.close()
