"""Suppression comments: where they act, for whom, until when, and what is said of idle ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli_case import cli, write
from tests.examples import found, run
from tests.repository_case import Case, shop
from wakagitops.core.diagnostic import Diagnostic
from wakagitops.core.messages import Translator
from wakagitops.settings.config import parse
from wakagitops.validate.result import CheckResult

FREE = "contact/free-mail"
GATE = "platform/version-gate"
UNUSED = "suppression/unused"
EMAIL = "  email: {name}@gmail.com"
IGNORE = "# wakagitops: ignore[contact/free-mail] spring"
RECIPIENTS = "admin:\n  recipients: [ventas@operador-shops.es]\n"

Found = set[tuple[str, int, str]]


def free(name: str = "aaa-sol") -> str:
    """Return a shop whose contact address, on line 5, is at a free-mail provider."""
    return shop(name, email=f"{name}@gmail.com")


def with_end(comment: str, text: str = "") -> str:
    """Return a free-mail shop with a comment at the end of that line."""
    text = text or free()
    line = EMAIL.format(name="aaa-sol")
    assert line in text
    return text.replace(line, f"{line}  {comment}")


def only(result: CheckResult, rule: str) -> Diagnostic:
    (item,) = [item for item in result.diagnostics if item.rule == rule]
    return item


def said(item: Diagnostic) -> str:
    return Translator()(item.message)


@pytest.mark.parametrize(
    "text",
    [
        with_end(IGNORE),
        with_end(IGNORE.replace("contact/free-mail", "contact")),
        with_end(IGNORE.replace("contact/free-mail", "contact/free-mail,contact/free-mail")),
        with_end("#wakagitops:ignore [ contact/free-mail ]spring"),
        with_end("# wakagitops:  ignore[contact/free-mail] until=2027-01-31 spring"),
        with_end(IGNORE.replace("contact/free-mail", "contact/")),
        with_end("# wakagitops: ignore[contact/free-mail] [see #12] (spring)"),
        free().replace("contact:\n", f"contact:\n  {IGNORE}\n"),
        free().replace("contact:\n", f"contact:\n{IGNORE}\n\n  # another comment\n\n"),
        free().replace("contact:\n  email", f"contact:   # público\n  {IGNORE}\n  email"),
        IGNORE.replace("ignore", "ignore-file") + "\n" + free(),
        "# tienda\n\n---\n" + IGNORE.replace("ignore", "ignore-file") + "\n" + free(),
        "---  " + IGNORE.replace("ignore", "ignore-file") + "\n" + free(),
        with_end(IGNORE).replace("\n", "\r\n"),
        "\ufeff" + IGNORE.replace("ignore", "ignore-file") + "\n" + free(),
    ],
)
def test_a_suppression_takes_its_finding_out(text: str) -> None:
    result = run({"aaa-sol.yaml": text})
    assert not {rule for _, _, rule in found(result)} & {FREE, UNUSED, "suppression/missing-reason"}
    assert [(entry.diagnostic.rule, entry.kind) for entry in result.suppressed] == [(FREE, "inline")]
    assert "spring" in result.suppressed[0].reason


@pytest.mark.parametrize(
    ("text", "places"),
    [
        # Another line, another rule, another group.
        (free().replace("contact:\n", f"contact:  {IGNORE}\n"), {(4, UNUSED)}),
        (free().replace("url:", f"{IGNORE}\nurl:"), {(3, UNUSED)}),
        (with_end(IGNORE.replace("free-mail", "role-account")), {(5, UNUSED)}),
        (with_end(IGNORE.replace("contact/free-mail", "smtp")), {(5, UNUSED)}),
        # Not at the top of the file.
        (with_end(IGNORE.replace("ignore", "ignore-file")), {(5, UNUSED)}),
        (
            free().replace("contact:", IGNORE.replace("ignore", "ignore-file") + "\ncontact:"),
            {(4, UNUSED)},
        ),
        (free() + IGNORE.replace("ignore", "ignore-file") + "\n", {(13, UNUSED)}),
        # Nothing follows.
        (free() + IGNORE + "\n", {(13, UNUSED)}),
        # Not understood.
        (with_end("# wakagitops: ignore contact/free-mail"), {(5, UNUSED)}),
        (with_end("# wakagitops: ignore[] spring"), {(5, UNUSED)}),
        (with_end("# wakagitops: ignore[contact/free-mail spring"), {(5, UNUSED)}),
        (with_end("# wakagitops: ignroe[contact/free-mail] spring"), {(5, UNUSED)}),
        (with_end("# wakagitops: disable[contact/free-mail] spring"), {(5, UNUSED)}),
        (with_end("# wakagitops: IGNORE[contact/free-mail] spring"), {(5, UNUSED)}),
        (with_end("# wakagitops: ignore-line[contact/free-mail] spring"), {(5, UNUSED)}),
        (with_end("# wakagitops ignore[contact/free-mail] spring"), {(5, UNUSED)}),
        (with_end("# wakagitops ignored[contact/free-mail] spring"), {(5, UNUSED)}),
        (with_end("# wakagitops ignore contact/free-mail"), {(5, UNUSED)}),
        (with_end("# Wakagitops: ignore[contact/free-mail] spring"), {(5, UNUSED)}),
        (with_end("# WAKAGITOPS - ignore(contact/free-mail) spring"), {(5, UNUSED)}),
        (with_end(f"# público  {IGNORE}"), {(5, UNUSED)}),
        ("# wakagitops ignore-file[contact/free-mail] spring\n" + free(), {(1, UNUSED)}),
        (with_end(IGNORE.replace("free-mail]", "free-mail] until=soon")), {(5, UNUSED)}),
        (with_end(IGNORE.replace("free-mail]", "free-mail] until=2027-02-30")), {(5, UNUSED)}),
        (with_end(IGNORE.replace("free-mail]", "free-mail] until=")), {(5, UNUSED)}),
        (with_end(IGNORE + " until=2027-01-31"), {(5, UNUSED)}),
        # No rule of that name.
        (with_end(IGNORE.replace("free-mail", "freemail")), {(5, UNUSED)}),
    ],
)
def test_what_does_not_act_is_reported(text: str, places: set[tuple[int, str]]) -> None:
    result = run({"aaa-sol.yaml": text})
    findings = {(line, rule) for _, line, rule in found(result)}
    assert {(line, rule) for line, rule in findings if rule == UNUSED} == places
    assert FREE in {rule for _, rule in findings}
    assert result.suppressed == ()


@pytest.mark.parametrize(
    "comment",
    [
        "# wakagitops is great",
        "# see wakagitops: the docs",
        "# wakagitops: see the docs",
        "# ignore[all]",
        "# wakagitops ignores this one",
        "# wakagitops ignores contact/free-mail for such shops",
        "# write wakagitops: ignore[contact/free-mail] to be rid of it",
    ],
)
def test_plain_words_are_no_suppression(comment: str) -> None:
    assert found(run({"aaa-sol.yaml": with_end(comment)})) == {("aaa-sol.yaml", 5, FREE)}


def test_a_suppression_that_is_commented_out_is_none() -> None:
    text = f"# {IGNORE}\n# todo: {IGNORE}\n{free()}"
    assert found(run({"aaa-sol.yaml": text})) == {("aaa-sol.yaml", 7, FREE)}


def test_what_does_not_begin_as_a_suppression_is_told_how_one_begins(tmp_path: Path) -> None:
    text = with_end("# wakagitops ignore[contact/free-mail] spring")
    write(tmp_path, "configs/aaa-sol.yaml", text)
    out = cli(tmp_path, "validate", "--no-cache", "--format", "text", "--lang", "en").stdout
    assert "this comment suppresses nothing: it does not begin with `wakagitops:`" in out
    out = cli(tmp_path, "validate", "--no-cache", "--format", "json", "--lang", "en").stdout
    assert "Write `# wakagitops: ignore[group/name] reason`." in out


@pytest.mark.parametrize(
    "text",
    [
        free().replace("  email: pedidos@", f"  name: 'Sol {IGNORE}'\n  email: pedidos@"),
        free().replace("  email: pedidos@", f'  name: "Sol\n    {IGNORE}"\n  email: pedidos@'),
        free().replace("  email: pedidos@", f"  name: |-\n    {IGNORE}\n  email: pedidos@"),
        free() + "admin:\n  recipients:\n    - 'ventas@aaa-sol.es'\n" + f"    - '{IGNORE}'\n",
    ],
)
def test_text_in_a_value_is_no_suppression(text: str) -> None:
    result = run({"aaa-sol.yaml": text.replace("3.27.0", "3.30.0")})
    assert (5, FREE) in {(line, rule) for _, line, rule in found(result)}
    assert UNUSED not in {rule for _, _, rule in found(result)}


@pytest.mark.parametrize(
    "lines",
    [
        "  recipients: [\n    ventas@aaa-sol.es,  {0}\n    Ventas@AAA-SOL.es,\n  ]\n",
        "  recipients: [\n    {0}\n    ventas@aaa-sol.es,\n    Ventas@AAA-SOL.es\n  ]\n",
        "  recipients:\n    - ventas@aaa-sol.es\n    {0}\n    - Ventas@AAA-SOL.es\n",
        "  recipients:\n    - ventas@aaa-sol.es\n    - Ventas@AAA-SOL.es  {0}\n",
    ],
)
def test_comments_among_the_items_of_a_list_act_on_either_place_of_a_finding(lines: str) -> None:
    comment = "# wakagitops: ignore[admin/duplicate-recipient] two boxes"
    more = "admin:\n" + lines.format(comment)
    result = run({"aaa-sol.yaml": shop("aaa-sol", version="3.30.0", more=more)})
    rules = {rule for _, _, rule in found(result)}
    assert not {"admin/duplicate-recipient", UNUSED} & rules
    assert "admin/duplicate-recipient" in {entry.diagnostic.rule for entry in result.suppressed}


def test_a_comment_alone_acts_on_the_comments_below_it_too() -> None:
    comment = "# wakagitops: ignore[secret/credential-shape] made up"
    suspect = "# la clave es hunter2, hasta diciembre\n"
    text = f"{comment}\n{suspect}\n{suspect}{shop('aaa-sol')}{suspect}"
    assert found(run({"aaa-sol.yaml": text})) == {("aaa-sol.yaml", 17, "secret/credential-shape")}


def test_each_name_is_judged_by_itself() -> None:
    text = with_end(
        "# wakagitops: ignore[contact/free-mail, smtp, platform/nothing, secret/plaintext] old"
    )
    result = run({"aaa-sol.yaml": text})
    messages = sorted(said(item) for item in result.diagnostics if item.rule == UNUSED)
    assert messages == [
        "nothing is left to suppress here for smtp",
        "secret/plaintext cannot be suppressed",
        "there is no rule platform/nothing",
    ]
    assert [entry.diagnostic.rule for entry in result.suppressed] == [FREE]


def test_of_two_suppressions_of_one_finding_the_second_is_idle() -> None:
    text = IGNORE.replace("ignore", "ignore-file") + "\n" + with_end(IGNORE)
    assert found(run({"aaa-sol.yaml": text})) == {("aaa-sol.yaml", 6, UNUSED)}


def test_a_suppression_without_a_space_is_no_cut_off_value() -> None:
    assert found(run({"aaa-sol.yaml": with_end(IGNORE.replace("# ", "#"))})) == set()


@pytest.mark.parametrize("name", ["yaml/limit", "secret/plaintext", "internal/rule-crash", UNUSED])
def test_some_rules_cannot_be_suppressed(name: str) -> None:
    secret = shop("aaa-sol").replace("{env: AAA_SOL_SMTP_PASSWORD}", "hunter2-canary")
    text = f"# wakagitops: ignore-file[{name}] never mind\n{secret}"
    result = run({"aaa-sol.yaml": text})
    assert {rule for _, _, rule in found(result)} == {"secret/plaintext", UNUSED}
    assert said(only(result, UNUSED)) == f"{name} cannot be suppressed"
    assert result.suppressed == ()


# Inherited findings


def inherited(**comments: str) -> CheckResult:
    """Check three shops that inherit what their platform does not know, with comments by shop."""
    files = {"_defaults.yaml": RECIPIENTS + comments.get("defaults", "")}
    for name in ("aaa", "bbb", "ccc"):
        version = f'platform_version: "3.27.0"  {comments.get(name, "")}'.rstrip()
        text = shop(f"{name}-sol").replace('platform_version: "3.27.0"', version)
        files[f"{name}-sol.yaml"] = comments.get(f"{name}_top", "") + text
    return run(files)


NEXT_WEEK = "# wakagitops: ignore[platform/version-gate] upgraded next week"


def test_a_related_line_takes_only_its_shop_out() -> None:
    result = inherited(bbb=NEXT_WEEK)
    item = only(result, GATE)
    assert item.shops == ("aaa-sol", "ccc-sol")
    assert said(item).endswith("(in aaa-sol, ccc-sol)")
    assert [place.shops for place in item.related] == [("aaa-sol",), ("ccc-sol",)]
    (entry,) = result.suppressed
    assert entry.diagnostic.shops == ("bbb-sol",)
    assert "aaa-sol" not in said(entry.diagnostic)
    assert entry.reason == "upgraded next week"


def test_a_shop_s_own_file_takes_it_out_of_what_it_inherits() -> None:
    top = NEXT_WEEK.replace("ignore", "ignore-file") + "\n"
    result = inherited(ccc_top=top)
    assert only(result, GATE).shops == ("aaa-sol", "bbb-sol")
    assert [entry.diagnostic.shops for entry in result.suppressed] == [("ccc-sol",)]
    assert UNUSED not in {rule for _, _, rule in found(result)}


def test_when_each_shop_is_taken_out_nothing_is_left() -> None:
    result = inherited(aaa=NEXT_WEEK, bbb=NEXT_WEEK, ccc=NEXT_WEEK)
    assert found(result) == frozenset()
    assert sorted(entry.diagnostic.shops for entry in result.suppressed) == [
        ("aaa-sol",), ("bbb-sol",), ("ccc-sol",),
    ]  # fmt: skip


def test_the_defaults_line_takes_all_shops_out() -> None:
    files = {"_defaults.yaml": RECIPIENTS.replace("  recip", f"  {NEXT_WEEK}\n  recip")}
    files |= {f"{name}.yaml": shop(name) for name in ("aaa-sol", "bbb-sol")}
    result = run(files)
    assert found(result) == frozenset()
    assert [entry.diagnostic.shops for entry in result.suppressed] == [("aaa-sol", "bbb-sol")]


def test_a_defaults_file_can_speak_for_a_folder() -> None:
    top = NEXT_WEEK.replace("ignore", "ignore-file")
    files = {
        "costa/_defaults.yaml": f"{top}\n{RECIPIENTS}",
        "norte/_defaults.yaml": RECIPIENTS,
        "costa/aaa-sol.yaml": shop("aaa-sol"),
        "norte/bbb-sol.yaml": shop("bbb-sol"),
    }
    assert found(run(files)) == {("norte/_defaults.yaml", 2, GATE)}


def test_a_version_set_in_the_defaults_is_one_related_line_of_all_shops() -> None:
    shared = f'platform_version: "3.27.0"  {NEXT_WEEK}\n'
    files = {"_defaults.yaml": RECIPIENTS, "costa/_defaults.yaml": shared}
    for name in ("aaa-sol", "bbb-sol"):
        files[f"costa/{name}.yaml"] = shop(name).replace('platform_version: "3.27.0"\n', "")
    files["ccc-sol.yaml"] = shop("ccc-sol")
    result = run(files)
    assert only(result, GATE).shops == ("ccc-sol",)
    (entry,) = result.suppressed
    assert entry.diagnostic.shops == ("aaa-sol", "bbb-sol")
    files["costa/_defaults.yaml"] = 'platform_version: "3.27.0"\n'
    assert [(place.path, place.shops) for place in only(run(files), GATE).related] == [
        ("configs/ccc-sol.yaml", ("ccc-sol",)),
        ("configs/costa/_defaults.yaml", ("aaa-sol", "bbb-sol")),
    ]


# Time


EXPIRING = "# wakagitops: ignore[contact/free-mail] until=2027-01-31 spring"


@pytest.mark.parametrize(("today", "acts"), [("2027-01-31", True), ("2027-02-01", False)])
def test_a_suppression_acts_to_the_end_of_its_last_day(today: str, *, acts: bool) -> None:
    result = run({"aaa-sol.yaml": with_end(EXPIRING)}, today=today)
    expected = set() if acts else {("aaa-sol.yaml", 5, FREE), ("aaa-sol.yaml", 5, "suppression/expired")}
    assert found(result) == expected


def test_what_has_expired_is_not_called_idle_as_well() -> None:
    result = run({"aaa-sol.yaml": shop("aaa-sol") + EXPIRING + "\n"}, today="2028-01-01")
    assert [item.rule for item in result.diagnostics] == ["suppression/expired"]


def test_the_day_is_asked_after_the_cache(tmp_path: Path) -> None:
    case = Case(tmp_path / "repository")
    case.write("aaa-sol.yaml", with_end(EXPIRING))
    assert case.validate("--today", "2027-01-31").places == []
    assert len(case.validate("--today", "2027-02-01").places) == 2
    assert case.validate("--today", "2027-01-31").places == []
    late = case.validate(environ={"WAKAGITOPS_TODAY": "2027-02-01"})
    assert [rule for _, _, rule in late.places] == [FREE, "suppression/expired"]
    assert case.validate("--today", "soon").status == 2


def test_what_is_rendered_does_not_depend_on_the_day(tmp_path: Path) -> None:
    case = Case(tmp_path / "repository")
    comment = "# wakagitops: ignore[platform/version-gate] until=2027-01-31 upgraded then"
    case.write("aaa-sol.yaml", shop("aaa-sol", more=f"admin:\n  {comment}\n" + RECIPIENTS[7:]))
    assert case.validate("--today", "2027-02-01").status == 1
    assert case.run("render", "--out", "before", "--today", "2027-01-31").status == 0
    assert case.run("render", "--out", "after", "--today", "2027-02-01").status == 0
    assert _tree(case.folder / "before") == _tree(case.folder / "after")


def _tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "cache-bust.json"
    }


# What stays silent, and auditing


def test_a_suppression_of_a_rule_that_does_not_run_is_not_idle() -> None:
    options = parse("/nowhere", "wakagitops.toml", b'ignore = ["smtp/host"]\n')
    for names in ("smtp/host", "smtp"):
        text = with_end(IGNORE).replace("url:", f"# wakagitops: ignore[{names}] relay\nurl:")
        assert found(run({"aaa-sol.yaml": text}, options)) == frozenset()


def test_a_suppression_in_what_cannot_be_read_is_not_idle() -> None:
    files = {"aaa-sol.yaml": with_end(IGNORE) + "admin: [\n"}
    assert {rule for _, _, rule in found(run(files))} == {"yaml/syntax"}
    files = {"_defaults.yaml": "admin: [\n", "aaa-sol.yaml": with_end(IGNORE)}
    assert {rule for _, _, rule in found(run(files))} == {"yaml/syntax"}


def test_a_suppression_of_a_rule_that_a_broken_value_blocks_is_not_idle() -> None:
    text = shop("aaa-sol", more=RECIPIENTS).replace("recipients:", f"recipients:  {NEXT_WEEK}\n   ")
    assert found(run({"aaa-sol.yaml": text})) == frozenset()
    broken = text.replace('"3.27.0"', "3.27")
    assert {rule for _, _, rule in found(run({"aaa-sol.yaml": broken}))} == {"yaml/implicit-type"}


def test_rules_on_suppressions_have_severities_and_ignored_paths() -> None:
    text = shop("aaa-sol") + IGNORE + "\n"
    found_by = [
        [
            (item.rule, item.severity.value)
            for item in run({"aaa-sol.yaml": text}, parse("/", "wakagitops.toml", toml)).diagnostics
        ]
        for toml in (
            b'[severity]\n"suppression" = "off"\n',
            b'[per_path_ignores]\n"configs/aaa*" = ["suppression"]\n',
            b'[per_path_ignores]\n"configs/bbb*" = ["suppression"]\n',
            b'[severity]\n"suppression/unused" = "error"\n',
        )
    ]
    assert found_by == [[], [], [(UNUSED, "warning")], [(UNUSED, "error")]]


def test_no_suppressions_shows_what_is_hidden(tmp_path: Path) -> None:
    case = Case(tmp_path / "repository")
    case.write("aaa-sol.yaml", with_end("# wakagitops: ignore[contact/free-mail]"))
    shown = case.validate()
    assert shown.places == [("aaa-sol.yaml", 5, "suppression/missing-reason")]
    assert shown.suppressed == [("aaa-sol.yaml", 5, FREE)]
    for outcome in (
        case.validate("--no-suppressions"),
        case.validate(environ={"WAKAGITOPS_NO_SUPPRESSIONS": "1"}),
    ):
        assert outcome.places == [("aaa-sol.yaml", 5, FREE)]
        assert outcome.suppressed == []


def test_a_reason_shows_no_secret() -> None:
    text = with_end(IGNORE + " hunter2-canary AKIA" + "QYLPMN5HHHHHHHHH")
    text = text.replace("{env: AAA_SOL_SMTP_PASSWORD}", "hunter2-canary")
    result = run({"aaa-sol.yaml": text.replace("free-mail]", "free-mail, hunter2-canary]")})
    shown = repr((result.diagnostics, result.suppressed))
    assert "spring" in shown
    assert "hunter2" not in shown
    assert "QYLPMN5" not in shown


def test_a_team_s_rule_may_judge_every_suppression(tmp_path: Path) -> None:
    case = Case(tmp_path / "repository", 'team_rules = "rules"\n')
    folder = case.folder / "rules" / "team"
    folder.mkdir(parents=True)
    (folder / "ticket.py").write_text(
        '"""A suppression names a ticket."""\n'
        "from wakagitops.core.diagnostic import Severity\n"
        "from wakagitops.core.messages import msg\n"
        "from wakagitops.core.rule import Finding, Rule, Scope\n\n\n"
        "def check(use, options):\n"
        "    if 'MAIL-' not in use.suppression.reason:\n"
        "        yield Finding('', msg('no ticket'))\n\n\n"
        "RULE = Rule(Severity.ERROR, Scope.SUPPRESSION, msg('A ticket'), msg('Why not.'), check)\n"
    )
    case.write("aaa-sol.yaml", with_end(IGNORE))
    case.write("bbb-sol.yaml", with_end(IGNORE + " MAIL-12").replace("aaa-sol", "bbb-sol"))
    outcome = case.validate("--allow-code")
    assert [place for place in outcome.places if place[2].startswith("team/")] == [
        ("aaa-sol.yaml", 5, "team/ticket")
    ]
    assert case.validate("--allow-code").report == outcome.report


@pytest.mark.parametrize("secret", ["abc", "hunter2", "'hunter2 hunter3'", '"hunter2\n      hunter3"'])
def test_a_suppression_behind_a_secret_does_not_tell_its_length(secret: str) -> None:
    comment = "# wakagitops: ignore[secret] x"
    text = f"notifications:\n  smtp:\n    username: pedidos\n    password: {secret} {comment}\n"
    result = run({"imprenta-sol.yaml": text})
    item = only(result, UNUSED)
    column = 0 if "\n" in secret else 14
    assert (item.range.start.column, item.range.end) == (column, item.range.start)
    assert item.range.start.line == text.rstrip("\n").count("\n")
