"""The plan as a comment: rendered as a forge does, within its limit, nothing cut unsaid."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from markdown_it import MarkdownIt

from tests.plan_case import COSTA_SHOPS, fleet, plan
from tests.report_case import EVIL, PLAIN
from tests.repository_case import Case, shop
from wakagitops.core.visible import visible
from wakagitops.plan.brake import Brake
from wakagitops.plan.changes import Change, Place
from wakagitops.plan.consequences import Files
from wakagitops.plan.findings import FindingChanges
from wakagitops.plan.model import Plan, Revision, ShopPlan, Standing
from wakagitops.plan.outputs import markdown, text
from wakagitops.plan.pairs import Pair
from wakagitops.render.cache_bust import Reason

LIMIT = 65_536
SOL = "imprenta-0"
GFM = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
ALLOWED = {
    "div", "h3", "h4", "p", "strong", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "code",
    "pre", "br", "ul", "li", "details", "summary", "b", "sub",
}  # fmt: skip


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return fleet(tmp_path / "repo")


def _page(source: str) -> html.HtmlElement:
    page = html.fragment_fromstring(GFM.render(source), create_parent="div")
    assert {each.tag for each in page.iter() if isinstance(each.tag, str)} <= ALLOWED
    return page


def _diffs(page: html.HtmlElement) -> list[str]:
    return [str(each.text_content()) for each in page.iterfind(".//code[@class='language-diff']")]


def _summary(group: html.HtmlElement) -> str:
    return str(next(group.iter("summary")).text_content())


def _length(source: str) -> int:
    return len(source.encode("utf-16-le")) // 2


def _shop(name: str, *changes: Change, flush: Sequence[Reason] = ()) -> ShopPlan:
    path = f"configs/{name}.yaml"
    files = Files(rewritten=(f"shops/{name}/settings.json",))
    return ShopPlan(
        Pair("", name, path, path),
        Standing.SOUND,
        Standing.SOUND,
        changes,
        files,
        frozenset({name}),
        tuple(flush),
    )


def _plan(*shops: ShopPlan) -> Plan:
    return Plan(
        Revision("origin/main", "0" * 40), None, len(shops), shops, (), (), Files(), FindingChanges(),
        Brake(), 1,
    )  # fmt: skip


def _comment(planned: Plan) -> str:
    return "".join(markdown.report(planned, PLAIN))


def _change(pointer: str, old: object, new: object, path: str, line: int = 4) -> Change:
    return Change(pointer, old, new, Place(path, line), Place(path, line))


def test_a_bot_finds_its_comment_again(case: Case) -> None:
    assert plan(case, form="markdown").out.startswith("<!-- wakagitops-plan -->\n")
    case.change(f"{SOL}.yaml", "host: smtp.", "host: correo.")
    assert plan(case, form="markdown").out.startswith("<!-- wakagitops-plan -->\n")


def test_where_nothing_changes_the_comment_is_short(case: Case) -> None:
    comment = plan(case, form="markdown").out
    page = _page(comment)
    assert page.findtext("h3") == "✅ wakagitops plan: nothing changes for 12 shops"
    assert len(comment) < 300
    assert page.find(".//table") is None


def test_the_change_of_one_line_is_one_diff_with_its_cause(case: Case) -> None:
    case.change("costa/_defaults.yaml", "smtp.grupo-costa.es", "smtp2.grupo-costa.es")
    page = _page(plan(case, form="markdown").out)
    assert _diffs(page)[0] == (
        "@@ configs/costa/_defaults.yaml:4 @@\n"
        "-notifications.smtp.host: smtp.grupo-costa.es\n"
        "+notifications.smtp.host: smtp2.grupo-costa.es\n"
    )
    (group,) = [each for each in page.iterfind("details") if each.get("open") is not None]
    assert _summary(group) == "3 shops: notifications.smtp.host"
    names = [code.text for code in group.iterfind("p/code")]
    assert tuple(names) == COSTA_SHOPS


def test_the_comment_tells_files_caches_findings_and_risk(case: Case) -> None:
    case.change(f"{SOL}.yaml", f"contacto@{SOL}.es", f"maria.lopez@{SOL}.es")
    case.path("imprenta-8.yaml").unlink()
    page = _page(plan(case, form="markdown").out)
    told = page.text_content()
    for sentence in (
        "High risk: 1 shop is removed; 1 error is new",
        "The brake holds: 1 shop is removed.",
        "contact.email changed: imprenta-0",
        "the shop is removed: imprenta-8",
        "imprenta-8 (configs/imprenta-8.yaml)",
        "Files of the deployment: 3 rewritten, 3 removed",
        "- shops/imprenta-8/settings.json",
        "contact/role-account",
    ):
        assert sentence in told
    numbers = next(page.iter("table"))
    assert [cell.text_content() for cell in numbers.iter("td")] == [
        "3 rewritten, 3 removed", "2 shops", "1 error", "none",
    ]  # fmt: skip


def test_the_comment_tells_what_moved_was_added_and_fixed(case: Case) -> None:
    case.change(f"{SOL}.yaml", f"contacto@{SOL}.es", f"maria.lopez@{SOL}.es")
    case.commit()
    case.change(f"{SOL}.yaml", f"maria.lopez@{SOL}.es", f"hola@{SOL}.es")
    case.path("norte").mkdir()
    case.git("mv", "configs/imprenta-1.yaml", "configs/norte/")
    case.write("imprenta-sol.yaml", shop("imprenta-sol"))
    page = _page(plan(case, form="markdown").out)
    told = page.text_content()
    assert "imprenta-1: from configs/imprenta-1.yaml to configs/norte/imprenta-1.yaml" in told
    assert "imprenta-sol (configs/imprenta-sol.yaml)" in told
    assert "has errors → sound: imprenta-0" in told
    headings = [each.text_content() for each in page.iterfind("h4")]
    assert headings == [
        "Changes", "Added shops", "Moved shops", "Shops with errors, before → now", "Caches to empty",
        "Fixed findings",
    ]  # fmt: skip


def test_lists_are_compared_item_by_item(case: Case) -> None:
    case.change("costa/_defaults.yaml", "    - expediciones@grupo-costa.es\n",
                "    - expediciones@grupo-costa.es\n    - taller@grupo-costa.es\n")  # fmt: skip
    (diff, *_) = _diffs(_page(plan(case, form="markdown").out))
    assert diff.splitlines()[1:] == [
        " admin.recipients:",
        "     - expediciones@grupo-costa.es",
        "+    - taller@grupo-costa.es",
    ]


FENCES = ["```", "````\n# no title", "~~~", "</code></pre></details><script>alert(1)</script>", EVIL]


@pytest.mark.parametrize("evil", FENCES)
def test_hostile_text_stays_text_wherever_it_stands(evil: str) -> None:
    path = f"configs/{evil}.yaml"
    hostile = ShopPlan(
        Pair("", evil, path, path),
        Standing.INVALID,
        Standing.SOUND,
        (
            _change(f"/{evil.replace('/', '~1')}", evil, f"{evil}x", path),
            _change("/admin/recipients", [evil, "a@b.es"], ["a@b.es", f"{evil}y"], f"configs/{evil}"),
        ),
        Files((f"{evil}/new",), (f"{evil}/changed",), (f"{evil}/gone",)),
        frozenset({evil}),
        (Reason(f"{evil}-changed", f"/{evil}"),),
    )
    calm = _shop("rotulos-mar", _change("/url", "https://a.es", "https://b.es", "configs/a.yaml"))
    both = _plan(hostile, calm)._replace(added=(hostile,), removed=(hostile,))
    page = _page(_comment(both._replace(base=Revision(evil, "0" * 40))))
    told = page.text_content()
    assert visible(evil) in told
    assert "alert(1)" not in "".join(str(each.text) for each in page.iter("script"))
    assert "+url: https://b.es" in told
    diffs = _diffs(page)
    assert len(diffs) == 4, "each fence ends where it is meant to"
    assert all(line[:1] in ("@", "-", "+", " ", "~") for diff in diffs for line in diff.splitlines())


@given(st.text(), st.text())
def test_any_values_come_back_in_the_diff(old: str, new: str) -> None:
    change = _change("/notifications/name", f"a{old}", f"b{new}", "configs/a.yaml")
    (diff, *_) = _diffs(_page(_comment(_plan(_shop("a", change)))))
    cause, before, after = diff.splitlines()
    assert cause == "@@ configs/a.yaml:4 @@"
    assert before.startswith("-notifications.name: ")
    assert after.startswith("+notifications.name: ")


def _unnamed(comment: str) -> int:
    found = re.search(r"Left out for want of room: (\d+) changed shops", comment)
    assert found is not None
    return int(found[1])


def _named(page: html.HtmlElement, names: Sequence[str]) -> int:
    (heading,) = [each for each in page.iterfind("h4") if each.text_content() == "Changes"]
    told = []
    for each in heading.itersiblings():
        if each.tag == "h4":
            break
        told.append(each.text_content())
    words = set(re.findall(r"[\w-]+", " ".join(told)))
    return len(words & set(names))


NAMES = [f"encuadernacion-almendro-{number:04}" for number in range(3000)]


def test_one_line_that_reaches_3000_shops_fits_and_counts_those_it_does_not_name() -> None:
    change = _change("/contact/publish", "plain", "entities", "configs/_defaults.yaml")
    reason = Reason("publish-changed", "/contact/publish")
    comment = _comment(_plan(*(_shop(name, change, flush=[reason]) for name in NAMES)))
    assert _length(comment) <= LIMIT
    assert _length(comment) > LIMIT / 2, "room is used"
    page = _page(comment)
    assert "3000 shops: contact.publish" in page.text_content()
    assert _named(page, NAMES) + _unnamed(comment) == 3000
    assert "wakagitops plan --base origin/main -v" in comment
    assert "~ shops/*/settings.json  (3000)" in page.text_content()


def test_3000_changes_of_their_own_fit_and_the_rest_is_counted() -> None:
    shops = [
        _shop(
            name,
            _change("/notifications/smtp/host", "smtp.viejo.es", f"{name}.es", f"configs/{name}.yaml"),
            flush=[Reason("url-changed", "/url")],
        )
        for name in NAMES
    ]
    comment = _comment(_plan(*shops))
    assert _length(comment) <= LIMIT
    page = _page(comment)
    (diff, _) = _diffs(page)
    shown = diff.count("@@ configs/")
    assert shown > 300
    assert "3000 shops, each in its own way: notifications.smtp.host" in page.text_content()
    left = re.search(r"^and (\d+) others$", comment, re.MULTILINE)
    assert left is not None
    assert shown + int(left[1]) == 3000
    assert shown + _unnamed(comment) == 3000
    assert "wakagitops plan --base origin/main -v" in comment


def test_3000_changes_of_different_settings_fit_and_the_rest_is_counted() -> None:
    shops = [
        _shop(
            name,
            _change(f"/extra-{number}", None, name, f"configs/{name}.yaml"),
        )
        for number, name in enumerate(NAMES)
    ]
    comment = _comment(_plan(*shops))
    assert _length(comment) <= LIMIT
    page = _page(comment)
    groups = [each for each in page.iterfind("details") if "extra-" in _summary(each)]
    left = re.search(r"… and (\d+) more groups of changes, in (\d+) shops", comment)
    assert left is not None
    assert len(groups) + int(left[1]) == len(groups) + int(left[2]) == 3000
    assert len(groups) + _unnamed(comment) == 3000


def test_characters_that_count_twice_are_counted_twice() -> None:
    change = _change("/notifications/name", "Sol", "🖨️" * 40, "configs/_defaults.yaml")
    shops = [_shop(f"{name}-🖨", change._replace(new="🖨" * 60 + name)) for name in NAMES]
    assert _length(_comment(_plan(*shops))) <= LIMIT


def test_thousands_of_everything_share_the_room() -> None:
    """Removed shops, findings and files are told too, however many shops change."""
    gone = tuple(
        ShopPlan(Pair("", name, f"configs/{name}.yaml", ""), Standing.UNREADABLE, None,
                 flush=(Reason("removed"),))
        for name in NAMES
    )  # fmt: skip
    change = _change("/contact/publish", "plain", "entities", "configs/_defaults.yaml")
    added = tuple(shop._replace(pair=Pair("", shop.pair.id, "", shop.pair.new)) for shop in gone)
    planned = _plan(*(_shop(name, change) for name in NAMES))._replace(
        added=added, removed=gone, brake=Brake(("mass-change", "shop-removed"))
    )
    comment = _comment(planned)
    assert _length(comment) <= LIMIT
    page = _page(comment)
    headings = [each.text_content() for each in page.iterfind("h4")]
    assert headings == [
        "Removed shops", "Changes", "Added shops", "Shops with errors, before → now", "Caches to empty",
    ]  # fmt: skip
    for what in ("changed", "removed", "added"):
        left = re.search(rf"(\d+) {what} shops", comment)
        assert left is not None, what
        assert 0 < int(left[1]) < 3000


def test_the_text_has_room_for_all_of_it() -> None:
    change = _change("/contact/publish", "plain", "entities", "configs/_defaults.yaml")
    planned = _plan(*(_shop(name, change) for name in NAMES))
    whole = "".join(text.report(planned, PLAIN._replace(verbosity=1)))
    assert all(name in whole for name in NAMES)


def test_a_real_change_of_many_files(tmp_path: Path) -> None:
    """300 real shops, through git: what one line of defaults does is one group."""
    case = Case(tmp_path / "repo")
    case.write("_defaults.yaml", "contact: {publish: assembled}\n")
    for number in range(300):
        case.write(f"imprenta-{number:03}.yaml", shop(f"imprenta-{number:03}"))
    case.commit()
    case.write("_defaults.yaml", "contact: {publish: entities}\n")
    planned = plan(case, form="markdown")
    assert planned.status == 1
    page = _page(planned.out)
    (diff, files) = _diffs(page)
    assert diff.splitlines()[0] == "@@ configs/_defaults.yaml:1 @@"
    assert files.splitlines() == [
        "~ public/*/contact.*.html  (300)",
        "~ public/*/contact.*.json  (300)",
    ]
    assert _named(page, [f"imprenta-{number:03}" for number in range(300)]) == 300
    assert "Left out" not in planned.out
