"""``wakagitops explain``: a rule's page for people, and who set an effective value, whole or in part."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli_case import SOL, cli, write

SHOP = "configs/costa/imprenta-sol.yaml"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A shop below two files of defaults."""
    (tmp_path / ".git").mkdir()
    write(
        tmp_path,
        "configs/_defaults.yaml",
        "contact: {publish: plain, pages: [/a, /aviso]}\n"
        "notifications: {name: Casa, smtp: {ports: {tls: 465}}}\n",
    )
    write(tmp_path, "configs/costa/_defaults.yaml", "contact: {publish: entities}\n")
    own = SOL.replace("notifications:\n", "  pages: [/contacto]\nnotifications:\n  name: null\n")
    write(tmp_path, SHOP, own)
    return tmp_path


@pytest.mark.parametrize(
    ("pointer", "told"),
    [
        (
            "/contact",
            (
                "contact = {publish: entities, pages: [/contacto], email: contacto@imprenta-sol.es}\n\n"
                "  set in part at configs/_defaults.yaml:1:10: {publish: plain, pages: [/a, /aviso]}\n"
                "  set in part at configs/costa/_defaults.yaml:1:10: {publish: entities}\n"
                f"  set in part at {SHOP}:5:3: {{email: contacto@imprenta-sol.es, pages: [/contacto]}}\n"
            ),
        ),
        (
            "contact.publish",
            (
                "contact.publish = entities\n\n"
                "  overridden: configs/_defaults.yaml:1:20: plain\n"
                "  set at configs/costa/_defaults.yaml:1:20: entities\n"
            ),
        ),
        (
            "/contact/pages/1",
            (
                "contact.pages[1] is not set\n\n"
                "  overridden: configs/_defaults.yaml:1:39: /aviso\n"
                f"  removed at {SHOP}:6:10\n"
            ),
        ),
        (
            "/notifications/smtp/ports",
            (
                "notifications.smtp.ports = {starttls: 587}\n\n"
                "  overridden: configs/_defaults.yaml:2:43: {tls: 465}\n"
                f"  set at {SHOP}:12:12: {{starttls: 587}}\n"
            ),
        ),
        (
            "/notifications/smtp/ports/tls",
            (
                "notifications.smtp.ports.tls is not set\n\n"
                "  overridden: configs/_defaults.yaml:2:49: 465\n"
                f"  removed at {SHOP}:12:12\n"
            ),
        ),
        (
            "/notifications/name",
            (
                "notifications.name is not set\n\n"
                "  overridden: configs/_defaults.yaml:2:23: Casa\n"
                f"  removed at {SHOP}:8:9\n"
            ),
        ),
    ],
)
def test_a_value_is_what_holds_and_each_file_has_its_say(shop: Path, pointer: str, told: str) -> None:
    run = cli(shop, "explain", SHOP, pointer)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith(told)


def test_a_rule_s_page_shows_what_to_do_about_each_example(shop: Path) -> None:
    page = cli(shop, "explain", "contact/role-account").stdout
    paste = 'under [rules."contact/role-account"]: accounts = ["zaguan"]\n'
    assert paste in page.partition("and the line to paste.")[2].partition("## Like this")[0]
    assert cli(shop, "explain", "address/mixed-script").stdout.count("What to do: Type the address") == 1


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (("contact.email",), 2, "`wakagitops explain FILE /contact/email`"),
        (("/contact/email",), 2, "/contact/email is a setting; name the shop's file before it"),
        (("url",), 2, "`wakagitops explain FILE /url`"),
        (("contact.emial",), 2, "there is no setting contact.emial; did you mean contact.email?"),
        (("contact.role-account",), 2, "did you mean contact/role-account?"),
        (("contact",), 2, "contact is a group of rules"),
        (("configs/nope.yaml",), 3, "configs/nope.yaml does not exist"),
        (("nope",), 2, "explain takes a rule, which `wakagitops rules` lists, or a shop's file and a"),
        (("",), 2, "explain takes a rule"),
        ((SHOP,), 2, f"name a setting of {SHOP} too"),
        (("contact.email", SHOP), 2, f"`wakagitops explain {SHOP} contact.email`"),
    ],
)
def test_what_is_missing_or_in_the_wrong_place_is_told(
    shop: Path, arguments: tuple[str, ...], status: int, told: str
) -> None:
    run = cli(shop, "explain", *arguments)
    assert (run.returncode, run.stdout) == (status, "")
    assert told in run.stderr


def test_of_a_file_that_does_not_parse_nothing_is_known(shop: Path) -> None:
    write(shop, "configs/costa/_defaults.yaml", "contact: {\n")
    run = cli(shop, "explain", SHOP, "/contact/publish")
    assert run.returncode == 1
    assert run.stderr.startswith("wakagitops: configs/costa/_defaults.yaml does not parse")


def test_a_rule_s_page_is_for_people_at_a_terminal(shop: Path) -> None:
    page = cli(shop, "explain", "yaml/comment-in-value").stdout
    assert "so `Foto #1` is read as `Foto`" in page
    assert "contacto@dominio.com is recommended" in cli(shop, "explain", "contact/free-mail").stdout


@pytest.mark.parametrize("name", ["free-mail", "contact/freemail", "fre-mail"])
def test_a_rule_is_known_by_half_its_name(shop: Path, name: str) -> None:
    run = cli(shop, "explain", name)
    assert run.returncode == 2
    assert "did you mean contact/free-mail?" in run.stderr
