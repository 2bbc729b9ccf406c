"""``html``: one file, nothing from the network, a policy that fits it, no markup from any file."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from typing import Any

import pytest
from lxml import html

from tests.report_case import CACHES, CLEAN, EVIL_PATH, PLAIN, RESULT, SECRET, Marking
from wakagitops.core.visible import visible
from wakagitops.reports import html as html_report
from wakagitops.reports._fleet import SCALE, fleet
from wakagitops.reports._page_data import Shop, page_data
from wakagitops.validate.result import CheckResult


def _text(result: CheckResult = RESULT) -> str:
    return "".join(html_report.report(result, PLAIN))


def _page(result: CheckResult = RESULT) -> html.HtmlElement:
    return html.document_fromstring(_text(result))


def _data(page: html.HtmlElement) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(page.get_element_by_id("data").text or "")
    return data


def _only(page: html.HtmlElement, path: str) -> html.HtmlElement:
    (found,) = page.findall(path)
    return found


def test_the_page_asks_for_nothing_outside() -> None:
    for element in _page().iter():
        for name in ("src", "href", "srcset", "action", "poster", "background"):
            value = element.get(name, "#")
            assert value.startswith(("#", "data:")), (element.tag, name, value)
    assert "url(" not in _text()
    assert "@import" not in _text()


def test_the_policy_allows_this_style_and_this_script_only() -> None:
    page = _page()
    policy = _only(page, ".//meta[@http-equiv='Content-Security-Policy']").get("content", "")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert "unsafe" not in policy

    def source(text: str | None) -> str:
        return f"'sha256-{b64encode(sha256((text or '').encode()).digest()).decode()}'"

    assert rules["style-src"] == source(_only(page, ".//style").text)
    scripts = [each for each in page.iter("script") if each.get("type") is None]
    assert [source(each.text) for each in scripts] == [rules["script-src"]]


def test_nothing_needs_what_the_policy_forbids() -> None:
    for element in _page().iter():
        assert not [name for name in element.attrib if name == "style" or str(name).startswith("on")]


def test_hostile_text_makes_no_markup() -> None:
    page = _page()
    assert page.findall(".//img") == []
    assert len(list(page.iter("script"))) == 2
    text = page.text_content()
    assert visible(EVIL_PATH) in text
    assert not re.search(r"[\u202a-\u202e\x1b]", _text())
    assert SECRET not in _text()


def test_the_data_cannot_end_its_element() -> None:
    data = re.search(r'id="data">(.*?)</script>', _text(), re.DOTALL)
    assert data is not None
    assert not set("<>&") & set(data[1])
    assert len(_data(_page())["findings"]) == len(RESULT.diagnostics) + len(RESULT.suppressed)


def test_the_finding_is_marked_in_its_line() -> None:
    found = next(item for item in _data(_page())["findings"] if item["rule"] == "platform/version-gate")
    places = [place for place, _ in found["snippets"]]
    assert places == [
        "configs/costa/_defaults.yaml:7:3",
        "configs/costa/papeleria-luna.yaml:2:19",
        "configs/costa/rotulos-mar.yaml:2:19",
    ]
    lines = found["snippets"][0][1]
    assert [7, [["  ", 0], ["recipients", 1], [":", 0]], []] in lines
    related = found["snippets"][1][1]
    assert [2, [["platform_version: ", 0], ['"3.27.4"', 2]], [[2, "3.27.4 is set here"]]] in related


def test_a_reader_without_scripts_sees_the_findings() -> None:
    rows = _page().get_element_by_id("finding-rows").findall("tr")
    assert len(rows) == len(RESULT.diagnostics)
    many = _page(RESULT._replace(diagnostics=RESULT.diagnostics * 100))
    assert len(many.get_element_by_id("finding-rows").findall("tr")) == 200
    note = many.get_element_by_id("static-note").text_content()
    assert f"{len(RESULT.diagnostics) * 100 - 200} more findings are not in this list." in note


def test_the_page_says_what_a_clean_fleet_is() -> None:
    page = _page(CLEAN)
    assert "nothing to report" in _only(page, ".//p[@class='verdict']").text_content()
    assert _data(page)["findings"] == []


def test_every_word_is_translated() -> None:
    """With a translator that marks what it translates, only names and values stand outside its marks."""
    text = "".join(html_report.report(RESULT, PLAIN._replace(translate=Marking())))
    page = html.document_fromstring(text)
    for element in [*page.iter("script", "style", "code")]:
        element.drop_tree()
    shown = list(page.itertext())
    for name in ("aria-label", "placeholder", "title", "content"):
        shown += [element.get(name, "") for element in page.iter() if element.get("name") is None]
    left = " ".join(shown)
    before = ""
    while before != left:
        before, left = left, re.sub(r"«[^«»]*»", "", left)
    names = {shop.name for shop in page_data(RESULT, PLAIN).shops}
    names |= {item.rule.partition("/")[0] for item in RESULT.diagnostics}
    names |= {item.shop for item in CACHES.stale}
    names |= {visible(f"{item.path}") for item in RESULT.diagnostics} | {"wakagitops"}
    policy = page.find(".//meta[@http-equiv]")
    assert policy is not None
    for name in sorted({*names, policy.get("content", "")}, key=len, reverse=True):
        left = left.replace(name, "")
    assert not re.search(r"[A-Za-z]{2,}", left), left


@pytest.mark.parametrize("count", [1, 3, 4_999])
def test_one_shop_among_thousands_is_seen(count: int) -> None:
    shops = [Shop(f"s{n}", f"configs/s{n}.yaml", "3.28.1", (0, 0, 0)) for n in range(count)]
    shops.append(Shop("bad", "configs/bad.yaml", "3.28.1", (1, 0, 0)))
    figures = fleet(CLEAN._replace(shops=count + 1), shops)
    (error, clean) = figures.states.parts
    assert (error.kind, error.number, clean.number) == ("error", 1, count)
    assert error.length >= SCALE // 100
    assert error.start + error.length == clean.start


def test_versions_are_newest_first_and_the_many_are_summed() -> None:
    versions = ["V3.28.0", *(f"3.28.{n}" for n in range(1, 15)), "3.9", "odd"]
    shops = [Shop(f"s{n}", "x", version, (0, 0, 0)) for n, version in enumerate(versions)]
    shops += [Shop("new", "x", "", (0, 0, 0))] * 2
    bars = fleet(CLEAN._replace(shops=len(shops)), shops).versions
    assert [bar.label for bar in bars[:-2]] == [f"3.28.{n}" for n in range(14, 4, -1)]
    assert [(bar.word, bar.total) for bar in bars[-2:]] == [("other_versions", 7), ("unknown", 2)]


def test_shops_whose_version_is_unknown_have_a_bar_of_that_name() -> None:
    (row,) = [
        each
        for each in _page().findall(".//table[@class='bars']/tbody/tr")
        if _only(each, "th").text_content() == "unknown"
    ]
    assert _only(row, "td[@class='number']").text_content() == "4"
    unknown = _text(CLEAN._replace(shop_versions=dict.fromkeys(CLEAN.shop_versions, "")))
    assert "No shop's version is known." in html.document_fromstring(unknown).text_content()


def test_every_shop_has_a_row_and_so_has_one_that_only_a_finding_names() -> None:
    path = "configs/production/norte/imprenta-sol.yaml"
    item = RESULT.diagnostics[0]._replace(shops=("production/imprenta-sol", "staging/imprenta-sol"))
    result = CLEAN._replace(
        diagnostics=(item,),
        shop_versions={path: "3.28.1", "configs/production/sana.yaml": ""},
        shop_names={path: "production/imprenta-sol", "configs/production/sana.yaml": "production/sana"},
    )
    assert page_data(result, PLAIN).shops == [
        Shop("production/imprenta-sol", path, "3.28.1", (1, 0, 0)),
        Shop("production/sana", "configs/production/sana.yaml", "", (0, 0, 0)),
        Shop("staging/imprenta-sol", "", "", (1, 0, 0)),
    ]


def _glance(result: CheckResult = RESULT) -> str:
    panel = _only(_page(result), ".//section[@aria-labelledby='caches-glance']")
    return re.sub(r" (?=[,.])", "", " ".join(" ".join(panel.itertext()).split()))


def test_the_glance_says_which_caches_to_empty_and_where_the_panel_does_it() -> None:
    said = _glance()
    assert "Since origin/main, something public changed in 4 shops." in said
    assert f"under {CACHES.panel}, it may be necessary to press Vaciar caché after saving" in said
    assert "2 contact.email changed imprenta-sol, sellos-plaza" in said
    assert "1 contact.email changed, contact.pages changed rotulos-mar" in said
    assert "1 it cannot be told: its errors come first rota" in said
    stale = tuple(CACHES.stale[0]._replace(shop=f"s{n}") for n in range(5))
    assert "5 contact.email changed s0, s1, s2 and 2 more" in _glance(
        RESULT._replace(caches=CACHES._replace(stale=stale))
    )


def test_the_caches_are_listed_shop_by_shop_without_scripts_too() -> None:
    rows = _page().get_element_by_id("cache-rows").findall("tr")
    cells = [[" ".join(cell.itertext()).strip() for cell in row] for row in rows]
    assert cells[1] == ["rota", "it cannot be told: its errors come first", ""]
    assert cells[2][2].split() == [
        "https://www.rotulos-mar.es/aviso-legal",
        "https://www.rotulos-mar.es/contacto",
    ]
    assert len(rows) == 5


def test_nothing_to_empty_and_nothing_to_compare_with_are_told_apart() -> None:
    nothing = CLEAN._replace(caches=CACHES._replace(stale=(), unjudged=()))
    assert "there is no cache to empty" in _glance(nothing)
    assert "wakagitops validate --since REF --output html=FILE makes a page" in _glance(CLEAN)
    for result in (nothing, CLEAN):
        assert _page(result).find(".//table[@class='list caches']") is None
    unjudged = _glance(CLEAN._replace(caches=CACHES._replace(stale=())))
    assert "1 it cannot be told: its errors come first rota" in unjudged
    assert "there is no cache to empty" not in unjudged
