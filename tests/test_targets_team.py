"""Targets of a team's own: what their folders say, how they fail, and what bounds them."""

from __future__ import annotations

import gc
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.deployment_case import shop
from tests.target_case import refused
from wakagitops.core.errors import UsageError
from wakagitops.core.messages import Translator
from wakagitops.render.files import Fleet, RenderedFile, Target
from wakagitops.render.target_selection import selected_targets
from wakagitops.render.user_targets.runner import Bounds
from wakagitops.render.user_targets.target import team_target
from wakagitops.settings import config as reading_options

BOUNDS = Bounds(seconds=1.0, shop_bytes=10_000, fleet_bytes=10_000)
MANIFEST = """\
summary = "A relay map for Postfix"

[[files]]
template = "relay.j2"
path = "shops/{shop}/relay"
escape = "none"
"""


def _folder(root: Path, files: Mapping[str, str]) -> Path:
    folder = root / "targets" / "relay"
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def _target(root: Path, template: str = "", manifest: str = MANIFEST, **more: str) -> Target:
    files = {
        "target.toml": manifest,
        "relay.j2": template,
        **{k.replace("__", "/"): v for k, v in more.items()},
    }
    _folder(root, files)
    return team_target("relay", str(root), "targets/relay", BOUNDS)


def _one(target: Target, **changes: Any) -> RenderedFile:
    (file,) = target.render(shop(**changes))
    return file


def _told(error: pytest.ExceptionInfo[UsageError]) -> tuple[str, int, str]:
    return error.value.path, error.value.line, Translator()(error.value.message)


def test_a_template_sees_the_settings_under_their_own_names(tmp_path: Path) -> None:
    target = _target(
        tmp_path,
        "{{ notifications.email }} [{{ notifications.smtp.host }}]:{{ notifications.smtp.port }}\n"
        "{% if notifications.smtp.password.env is defined %}\n"
        "password in {{ notifications.smtp.password.env }}\n"
        "{% endif %}\n",
    )
    file = _one(target)
    assert file.data.decode() == (
        "pedidos@imprenta-sol.es [smtp.imprenta-sol.es]:465\npassword in SMTP_PASSWORD\n"
    )
    assert file == RenderedFile("shops/imprenta-sol/relay", file.data, 0o644, "imprenta-sol", "relay")
    assert target.summary.text == "A relay map for Postfix"


@pytest.mark.parametrize(
    ("escape", "expected"),
    [
        ("none", "Sol & \"Luna\"; 'Mar'"),
        ("html", "Sol &amp; &quot;Luna&quot;; &#x27;Mar&#x27;"),
        ("json", '"Sol & \\"Luna\\"; \'Mar\'"'),
        ("yaml", '"Sol & \\"Luna\\"; \'Mar\'"'),
        ("php", "'Sol & \"Luna\"; \\'Mar\\''"),
        ("shell", "'Sol & \"Luna\"; '\"'\"'Mar'\"'\"''"),
        ("env", "Sol & \"Luna\"; 'Mar'"),
        ("msmtp", '"Sol & "Luna"; \'Mar\'"'),
    ],
)
def test_each_value_is_escaped_for_the_format_of_the_file(
    tmp_path: Path, escape: str, expected: str
) -> None:
    target = _target(tmp_path, "{{ notifications.name }}", MANIFEST.replace('"none"', f'"{escape}"'))
    assert _one(target, notifications__name="Sol & \"Luna\"; 'Mar'").data.decode() == expected


def test_nothing_is_escaped_twice(tmp_path: Path) -> None:
    template = (
        "{% from 'macros.j2' import bold %}"
        "{% macro twice(text) %}{{ text }}, {{ text }}{% endmacro %}"
        "{% set joined %}{{ notifications.name }}!{% endset %}"
        "{{ twice(notifications.name) }} {{ joined }} {{ notifications.name|e }} "
        "{% include 'part.j2' %} {{ bold(notifications.name)|trim }} {{ joined + '<' }}"
    )
    target = _target(
        tmp_path,
        template,
        MANIFEST.replace('"none"', '"html"'),
        **{
            "part.j2": "{{ notifications.name|upper }}",
            "macros.j2": "{% macro bold(text) %} <b>{{ text }}</b> {% endmacro %}",
        },
    )
    file = _one(target, notifications__name="A&B")
    assert file.data.decode() == (
        "A&amp;B, A&amp;B A&amp;B! A&amp;B A&amp;B <b>A&amp;B</b> A&amp;B!&lt;"
    )


def test_a_constant_is_escaped_as_a_value_is(tmp_path: Path) -> None:
    target = _target(tmp_path, "{{ 'a & b' }} {{ 'a & b'|e }} {{ 'a & b'|safe }} {{ 'c & ' ~ shop }}")
    assert _one(target).data == b"a & b a & b a & b c & imprenta-sol"


def test_one_value_may_be_escaped_for_another_format_on_the_way(tmp_path: Path) -> None:
    target = _target(tmp_path, "run {{ notifications.name|shell }}\n")
    assert _one(target, notifications__name="it's").data == b"run 'it'\"'\"'s'\n"


def test_a_value_that_the_format_cannot_hold_is_refused_at_its_setting(tmp_path: Path) -> None:
    target = _target(tmp_path, "NAME={{ notifications.name }}\n", MANIFEST.replace('"none"', '"env"'))
    assert refused(target, shop()) == {}
    assert refused(target, shop(notifications__name="Foto #1")) == {
        "/notifications/name": "env files are not read alike where a value holds #"
    }


def test_a_public_file_sees_nothing_but_what_is_public(tmp_path: Path) -> None:
    manifest = (
        MANIFEST.replace('"shops/{shop}/relay"', '"public/{shop}/card.html"') + 'scope = "public"\n'
    )
    target = _target(tmp_path, "{{ contact.email|references }}", manifest)
    assert b"&#" in _one(target).data
    target = _target(tmp_path, "{{ shop }}\n{{ notifications.smtp.host }}", manifest)
    with pytest.raises(UsageError) as error:
        _one(target)
    assert _told(error) == (
        "targets/relay/relay.j2",
        2,
        "for imprenta-sol: there is no notifications here",
    )


def test_a_file_of_the_whole_fleet_is_written_once(tmp_path: Path) -> None:
    manifest = MANIFEST.replace("shops/{shop}/relay", "relay/all") + 'scope = "fleet"\nmode = "0600"\n'
    target = _target(tmp_path, "{% for shop in shops %}\n{{ shop }}\n{% endfor %}\n", manifest)
    assert list(target.render(shop())) == []
    (file,) = target.shared(Fleet("", ["imprenta-sol", "rotulos-norte"]))
    assert file == RenderedFile("relay/all", b"imprenta-sol\nrotulos-norte\n", 0o600, "", "relay")


@pytest.mark.parametrize(
    ("template", "line", "message"),
    [
        ("\n{{ contact.emial }}", 2, "there is no emial here"),
        ("\n\n{{ relay }}", 3, "there is no relay here"),
        ("\n{% if %}", 2, "this is not valid Jinja2"),
        ("{{ shop", 1, "this is not valid Jinja2"),
        (
            "\n{% fro %}",
            2,
            "this is not valid Jinja2: the tag fro does not exist, or does not belong here",
        ),
        (
            "\n{% if shop %}{% endfor %}",
            2,
            "this is not valid Jinja2: the tag endfor does not exist, or does not belong here",
        ),
        ("{% if shop %}\n", 1, "this is not valid Jinja2: the tag if is open where the template ends"),
        ("\n{{ shop ! }}", 2, "this is not valid Jinja2: the character ! does not belong here"),
        ("\n{{ 'shop }}", 2, "this is not valid Jinja2: the character ' does not belong here"),
        ("\n{{ shop is known }}", 2, "this is not valid Jinja2: there is no test known"),
        ("\n{% include 'header.j2' %}", 2, "the target's folder has no template header.j2"),
        (
            "\n{{ contact.pages }}",
            2,
            "only text and numbers can be written here, no list, mapping, none or true",
        ),
        ("\n\n{{ 1 // 0 }}", 3, "the template divides by zero"),
        (
            "\n{{ shop + 1 }}",
            2,
            "an operation, a filter or a call here does not take a value of this kind",
        ),
        ("\n{% for n in range(9999999) %}{% endfor %}", 2, "a number or a range is too large"),
        ("\n{{ '%d-%z'|format(1, 2) }}", 2, "the template fails with ValueError"),
        ("\n{{ ''.__class__.__mro__ }}", 2, "templates may not use __class__"),
        ("\n{% set x = contact.pages.append('/') %}", 2, "templates may not use append"),
        ("\n{{ contact.email|random }}", 2, "this is not valid Jinja2: there is no filter random"),
        (
            "{% macro again() %}\n{{ again() }}{% endmacro %}{{ again() }}",
            2,
            "the template calls itself without end",
        ),
    ],
)
def test_an_error_names_the_template_its_line_and_the_shop(
    tmp_path: Path, template: str, line: int, message: str | None
) -> None:
    target = _target(tmp_path, template)
    with pytest.raises(UsageError) as error:
        _one(target)
    path, told_line, told = _told(error)
    assert (path, told_line) == ("targets/relay/relay.j2", line)
    assert told.startswith("for imprenta-sol: ")
    if message is not None:
        assert told == f"for imprenta-sol: {message}"


def test_an_error_is_told_in_spanish_whoever_found_it(tmp_path: Path) -> None:
    for template, told in (
        ("{% if %}", "esto no es Jinja2 válido"),
        ("{{ shop|upcase }}", "esto no es Jinja2 válido: no existe el filtro upcase"),
        ("{{ 1 // 0 }}", "la plantilla divide entre cero"),
    ):
        with pytest.raises(UsageError) as error:
            _one(_target(tmp_path, template))
        assert Translator("es")(error.value.message) == f"en imprenta-sol: {told}"


def test_an_error_in_an_included_template_is_told_there(tmp_path: Path) -> None:
    target = _target(tmp_path, "\n{% include 'parts/a.j2' %}", **{"parts__a.j2": "\n\n{{ nothing }}"})
    with pytest.raises(UsageError) as error:
        _one(target)
    assert _told(error)[:2] == ("targets/relay/parts/a.j2", 3)


@pytest.mark.parametrize(
    ("template", "message"),
    [
        (
            "{% set r = range(99999) %}{% for a in r %}{% for b in r %}{% endfor %}{% endfor %}",
            "longer than 1 s",
        ),
        ("\n{{ 9 ** (9 ** 9) }}", "takes longer than 1 second"),
        ("{% for a in range(99999) %}\n{{ contact.email }}{% endfor %}", "writes more than 10000 bytes"),
        ("{{ 'x' * 5_000_000_000 }}", "too much memory"),
    ],
)
def test_a_template_without_end_is_stopped(tmp_path: Path, template: str, message: str) -> None:
    target = _target(tmp_path, template)
    started = time.monotonic()
    with pytest.raises(UsageError) as error:
        _one(target)
    assert time.monotonic() - started < 30
    assert message in _told(error)[2]
    assert _told(error)[0] == "targets/relay/relay.j2"


def test_after_a_template_was_stopped_the_next_shop_is_rendered(tmp_path: Path) -> None:
    target = _target(
        tmp_path, "{% set n = 9 ** 9 %}{% if shop == 'lenta' %}{{ 9 ** n }}{% endif %}{{ shop }}"
    )
    with pytest.raises(UsageError):
        list(target.render(shop("lenta")))
    assert _one(target).data == b"imprenta-sol"


def test_templates_do_not_see_the_environment_of_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI_TOKEN", "canary")
    names = (
        "{{ ([].append.__globals__ if [].append.__globals__ is defined else '') }}{{ self }}{{ cycler }}"
    )
    target = _target(tmp_path, names)
    with pytest.raises(UsageError) as error:
        _one(target)
    assert "canary" not in _told(error)[2]


@pytest.mark.parametrize(
    ("manifest", "line", "message"),
    [
        ("files = 3", 1, "say what the target writes, each file in a table [[files]]"),
        (
            'summary = "x"\n[[files]]\nfile = "a"',
            3,
            "there is no setting file; there are: template, path, escape, mode, scope",
        ),
        ('[[files]]\ntemplat = "a"', 2, "there is no setting templat; did you mean template?"),
        ('[[files]]\ntemplate = "relay.j2"', 1, "this file has no path"),
        (MANIFEST + 'mode = "0777"', 7, "mode must be one of: 0644, 0600"),
        (MANIFEST + "mode = 420", 7, "mode must be a text"),
        (MANIFEST.replace("none", "xml"), 6, None),
        (MANIFEST.replace("relay.j2", "../relay.j2"), 4, None),
        (
            MANIFEST.replace("shops/{shop}", "../{shop}"),
            5,
            "a path is relative to the output folder and stays below it",
        ),
        (
            MANIFEST.replace("shops/{shop}", "/{shop}"),
            5,
            "a path is relative to the output folder and stays below it",
        ),
        (MANIFEST.replace("{shop}", "all"), 5, "each shop needs a path of its own: write {shop} in it"),
        (MANIFEST.replace("{shop}", "{shop}/{id}"), 5, "a path holds no other placeholder than {shop}"),
        (
            MANIFEST.replace("shops/", "public/"),
            5,
            "files with scope public, and only they, lie below public/",
        ),
        (MANIFEST + MANIFEST[26:].replace("relay.j2", "other.j2"), 7, None),
        ("x = ", 1, "this is not valid TOML"),
    ],
)
def test_a_wrong_manifest_is_told_with_its_line(
    tmp_path: Path, manifest: str, line: int, message: str | None
) -> None:
    with pytest.raises(UsageError) as error:
        _target(tmp_path, "", manifest)
    path, told_line, told = _told(error)
    assert (path, told_line) == ("targets/relay/target.toml", line)
    if message is not None:
        assert told == message


def test_a_folder_that_is_no_target_is_told(tmp_path: Path) -> None:
    def told(files: Mapping[str, str | bytes]) -> tuple[str, str]:
        base = tmp_path / str(len(list(tmp_path.iterdir())))
        folder = base / "targets" / "relay"
        for name, content in files.items():
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        with pytest.raises(UsageError) as error:
            team_target("relay", str(base), "targets/relay", BOUNDS)
        return error.value.path, Translator()(error.value.message)

    needs = "the folder of a target needs a target.toml that says what it writes"
    assert told({})[1] == "the folder of the target cannot be read: No such file or directory"
    assert told({"relay.j2": ""}) == ("targets/relay", needs)
    assert told({"target.toml": MANIFEST, "relay.j2": b"\xff"}) == (
        "targets/relay/relay.j2",
        "the file is not UTF-8",
    )
    assert told({"target.toml": MANIFEST, "relay.j2": "x" * 300_000}) == (
        "targets/relay/relay.j2",
        "a template has at most 262144 bytes",
    )
    many = {f"{number}.j2": "" for number in range(100)}
    assert told({"target.toml": MANIFEST, **many})[1] == "a target has at most 100 files"
    large = {f"{number}.j2": "x" * 262_144 for number in range(4)}
    assert told({"target.toml": MANIFEST, **large}) == (
        "targets/relay",
        "the files of a target have at most 1048576 bytes together",
    )


def test_a_target_writes_at_most_a_hundred_files(tmp_path: Path) -> None:
    table = '[[files]]\ntemplate = "a.j2"\npath = "shops/{shop}/%d"\nescape = "none"\n'
    for number in (100, 101):
        base = tmp_path / str(number)
        manifest = "".join(table % index for index in range(number))
        folder = base / "targets" / "relay"
        folder.mkdir(parents=True)
        (folder / "target.toml").write_text(manifest)
        (folder / "a.j2").write_text("")
        if number == 100:
            team_target("relay", str(base), "targets/relay", BOUNDS)
            continue
        with pytest.raises(UsageError) as error:
            team_target("relay", str(base), "targets/relay", BOUNDS)
        assert Translator()(error.value.message) == "a target writes at most 100 files"
        assert (error.value.path, error.value.line) == ("targets/relay/target.toml", 401)


def test_an_error_in_a_file_of_the_fleet_names_no_shop(tmp_path: Path) -> None:
    manifest = MANIFEST.replace("shops/{shop}/relay", "relay/all") + 'scope = "fleet"\n'
    for escape, template, message in (
        ("none", "\n{{ shop }}", "there is no shop here"),
        ("env", "{{ '#' }}", "env files are not read alike where a value holds #"),
    ):
        target = _target(tmp_path, template, manifest.replace('"none"', f'"{escape}"'))
        with pytest.raises(UsageError) as error:
            list(target.shared(Fleet("", [])))
        assert (_told(error)[0], _told(error)[2]) == ("targets/relay/relay.j2", message)


def test_the_process_of_the_templates_ends_with_its_target(tmp_path: Path) -> None:
    target = _target(tmp_path, "{{ shop }}")
    _one(target)
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    if not children.exists():
        pytest.skip("the system does not list the children of a process")
    assert _workers(children)
    del target
    gc.collect()
    assert not _workers(children)


def _workers(children: Path) -> list[str]:
    numbers = children.read_text(encoding="ascii").split()
    commands = [Path(f"/proc/{number}/cmdline").read_bytes() for number in numbers]
    return [command.decode() for command in commands if b"/render/user_targets/worker.py" in command]


def test_only_templates_below_the_folder_are_read(tmp_path: Path) -> None:
    (tmp_path / "secret.j2").write_text("canary", encoding="utf-8")
    folder = _folder(tmp_path, {"target.toml": MANIFEST, "relay.j2": "{% include 'link.j2' %}"})
    (folder / "link.j2").symlink_to(tmp_path / "secret.j2")
    with pytest.raises(UsageError, match=r"Message") as error:
        _one(team_target("relay", str(tmp_path), "targets/relay", BOUNDS))
    assert _told(error)[2] == "for imprenta-sol: the target's folder has no template link.j2"


def test_the_digest_covers_every_template(tmp_path: Path) -> None:
    first = _target(tmp_path, "{% include 'a.j2' %}", **{"a.j2": "1"})
    same = _target(tmp_path, "{% include 'a.j2' %}", **{"a.j2": "1"})
    other = _target(tmp_path, "{% include 'a.j2' %}", **{"a.j2": "2"})
    assert first.digest == same.digest != other.digest


def _selected(root: Path, text: str) -> dict[str, Target]:
    return selected_targets(reading_options.parse(str(root), "wakagitops.toml", text.encode()))


def test_wakagitops_toml_names_targets_and_their_options(tmp_path: Path) -> None:
    _folder(tmp_path, {"target.toml": MANIFEST, "relay.j2": "{{ shop }}"})
    targets = _selected(
        tmp_path,
        'targets = ["public", "relay"]\n[team_targets]\nrelay = "targets/relay"\n'
        '[render.public]\nassets_url = "https://cdn.imprenta-sol.es/"\n',
    )
    assert list(targets) == ["public", "relay"]
    assert _one(targets["relay"]).data == b"imprenta-sol"
    contact = json.loads(list(targets["public"].render(shop()))[1].data)
    assert contact["script"].startswith("https://cdn.imprenta-sol.es/contact-address.")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (
            'targets = ["publik"]',
            1,
            "there is no target publik; there are: env, kubernetes, msmtp, php, public, settings",
        ),
        ('lang = "es"\n[render.publik]', 2, "there is no setting publik; did you mean public?"),
        (
            'targets = ["msmtp"]\n[render.msmtp]\ntimeout = "1"',
            3,
            "timeout must be a whole number of seconds from 1 to 3600; write timeout = 30",
        ),
        (
            'targets = ["msmtp"]\n[render.msmtp]\ntimeuot = 1',
            3,
            "there is no setting timeuot; did you mean timeout?",
        ),
        ('[team_targets]\nphp = "targets/php"', 2, None),
        ("[render]\nmsmtp = 3", 2, "options of a target stand in a table: [render.msmtp]"),
        (
            'targets = ["msmtp"]\n[render.msmtp]\ntls_trust_file = "a\\nb"',
            3,
            (
                'tls_trust_file must be "system" or the path of a file that begins with / or ~/; '
                'write tls_trust_file = "system"'
            ),
        ),
        (
            'targets = ["relay"]\n[team_targets]\nrelay = "targets/relay"\n[render.relay]\na = 1',
            4,
            "a target of your own has no options; write them into its templates",
        ),
    ],
)
def test_a_wrong_choice_of_targets_is_told_with_its_line(
    tmp_path: Path, text: str, line: int, message: str | None
) -> None:
    with pytest.raises(UsageError) as error:
        _selected(tmp_path, text)
    assert (error.value.path, error.value.line) == ("wakagitops.toml", line)
    if message is not None:
        assert Translator()(error.value.message) == message
