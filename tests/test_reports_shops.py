"""What a real run tells its reports of the fleet: every shop, and which caches are to be emptied."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import etree, html

from tests.repository_case import Case, shop

DEFAULTS = "contact:\n  pages: [/contacto, /aviso-legal]\n"


@pytest.fixture
def case(tmp_path: Path) -> Case:
    made = Case(tmp_path / "repository")
    for name in ("imprenta-sol", "rotulos-mar", "sellos-plaza"):
        made.write(f"costa/{name}.yaml", shop(name))
    made.write("vinilos-faro.yaml", shop("vinilos-faro"))
    made.commit()
    return made


def _page(case: Case, *arguments: str) -> Any:
    outcome = case.run("validate", "--exit-zero", "--output", "html=page.html", *arguments)
    assert outcome.status == 0, outcome.errors
    return html.fromstring((case.folder / "page.html").read_text())


def _caches(page: Any) -> list[list[str]]:
    return [
        [" ".join(" ".join(cell.itertext()).split()) for cell in row]
        for row in page.findall(".//tbody[@id='cache-rows']/tr")
    ]


def _glance(page: Any) -> str:
    panel = page.find(".//section[@aria-labelledby='caches-glance']")
    return " ".join(panel.text_content().split())


def test_a_change_that_the_public_sees_is_told_of_each_shop_that_it_reaches(case: Case) -> None:
    case.write("costa/_defaults.yaml", DEFAULTS)
    case.change("vinilos-faro.yaml", "smtp.vinilos-faro.es", "correo.vinilos-faro.es")
    page = _page(case, "--since", "main")
    assert _caches(page) == [
        [
            name,
            "contact.pages changed",
            f"https://www.{name}.es/aviso-legal https://www.{name}.es/contacto",
        ]
        for name in ("imprenta-sol", "rotulos-mar", "sellos-plaza")
    ]
    assert "Since main, something public changed in 3 shops." in _glance(page)
    assert "Atención al cliente" in _glance(page)


def test_the_page_and_the_plan_agree(case: Case) -> None:
    case.change("costa/imprenta-sol.yaml", "contacto@", "hola@")
    case.change("costa/rotulos-mar.yaml", "https://www.rotulos-mar.es", "https://rotulos-mar.es")
    case.path("costa/sellos-plaza.yaml").rename(case.path("sellos-plaza.yaml"))
    case.path("vinilos-faro.yaml").unlink()
    case.write("toldos-viento.yaml", shop("toldos-viento"))
    plan = case.run("plan", "--base", "main", "--format", "json").report
    flushed = {
        entry["shop"]
        for kind in ("shops", "added", "removed")
        for entry in plan[kind]
        if entry["consequences"]["flush_cache"]
    }
    rows = {name: (why, urls) for name, why, urls in _caches(_page(case, "--since", "main"))}
    assert flushed == rows.keys() == {
        "imprenta-sol", "rotulos-mar", "vinilos-faro", "toldos-viento"
    }  # fmt: skip
    assert rows["rotulos-mar"] == (
        "url changed",
        "https://rotulos-mar.es/contacto https://www.rotulos-mar.es/contacto",
    )
    assert rows["vinilos-faro"][0] == "the shop is removed"
    assert rows["toldos-viento"][0] == "it is published for the first time"


def test_errors_that_hide_what_the_public_will_see_are_told(case: Case) -> None:
    case.write("costa/imprenta-sol.yaml", "contact: [\n")
    case.change("vinilos-faro.yaml", "https://www.vinilos-faro.es", "www.vinilos-faro.es")
    rows = _caches(_page(case, "--since", "main"))
    assert rows == [
        [name, "it cannot be told: its errors come first", ""]
        for name in ("imprenta-sol", "vinilos-faro")
    ]


def test_what_the_public_does_not_see_empties_no_cache(case: Case) -> None:
    case.change("costa/imprenta-sol.yaml", "smtp.imprenta-sol.es", "correo.imprenta-sol.es")
    case.write(
        "costa/rotulos-mar.yaml", "# a comment\n" + case.path("costa/rotulos-mar.yaml").read_text()
    )
    page = _page(case, "--since", "main")
    assert _caches(page) == []
    assert "there is no cache to empty" in _glance(page)


def test_without_a_revision_the_page_says_how_to_ask(case: Case) -> None:
    page = _page(case)
    assert "--since REF --output html=FILE" in _glance(page)
    assert _caches(page) == []


def test_a_page_about_named_files_tells_of_their_shops_only(case: Case) -> None:
    for name in ("costa/imprenta-sol", "costa/rotulos-mar"):
        case.change(f"{name}.yaml", "contacto@", "hola@")
    page = _page(case, "--since", "main", "configs/costa/rotulos-mar.yaml")
    assert [row[0] for row in _caches(page)] == ["rotulos-mar"]
    assert page.find(".//div[@class='tile shops']/dd").text == "1"
    assert page.find(".//ul[@class='legend']").text_content().split() == ["1", "nothing", "found"]


def test_shops_are_named_with_their_environment_and_known_without_a_version(tmp_path: Path) -> None:
    case = Case(tmp_path / "repository", 'environments = ["staging", "production"]\n')
    case.write("staging/imprenta-sol.yaml", shop("imprenta-sol"))
    case.write("production/imprenta-sol.yaml", shop("imprenta-sol"))
    case.write("production/costa/rota.yaml", "contact: [\n")
    case.commit()
    case.change("production/imprenta-sol.yaml", "contacto@", "hola@")
    page = _page(case, "--since", "main")
    assert [row[:2] for row in _caches(page)] == [["production/imprenta-sol", "contact.email changed"]]
    known = [bar.text_content() for bar in page.findall(".//section[@aria-labelledby='versions']//th")]
    assert known[-2:] == ["3.27.0", "unknown"]
    case.run("validate", "--output", "junit=report.xml")
    suites = etree.parse(case.folder / "report.xml").getroot()
    assert [(suite.get("name"), suite.get("failures")) for suite in suites] == [
        ("configs/production/costa/rota.yaml", "1"),
        ("configs/production/imprenta-sol.yaml", "0"),
        ("configs/staging/imprenta-sol.yaml", "0"),
    ]


def test_no_other_format_pays_for_it(case: Case) -> None:
    """A wrong option of the public target is told only where it is needed."""
    (case.folder / "wakagitops.toml").write_text("[render.public]\nno_such_option = 1\n")
    assert case.run("validate", "--since", "main").status == 0
    outcome = case.run("validate", "--since", "main", "--format", "html")
    assert outcome.status == 2
    assert "no_such_option" in outcome.errors
