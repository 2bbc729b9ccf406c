"""Nothing that a repository holds steers a terminal, a log, a comment or a page."""

from __future__ import annotations

import io
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import hostile
from tests.cli_case import SOL
from tests.hostile import STRINGS, faults
from wakagitops.cli.app import main
from wakagitops.core.messages import Translator, msg
from wakagitops.core.visible import Guard, Visible, WorkflowCommand, as_json, visible
from wakagitops.reports import format_names

Run = Callable[..., tuple[int, str, str]]
TODAY = "--today=2026-11-24"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\n::x", r"a\n::x"),
        ("\r\t\x00\x1b\x85", r"\r\t\x00\x1b\x85"),
        ("\u202e\u2066\u200b\ufeff\u2028", r"\u202e\u2066\u200b\ufeff\u2028"),
        ("\udcff\ud800", r"\udcff\ud800"),
        ("\ue000\U000f0000\U0010ffff", r"\ue000\U000f0000\U0010ffff"),
        ("\u0378\ufdd0\uffff", r"\u0378\ufdd0\uffff"),
        ("\U000e0041", r"\U000e0041"),
        ("\u3164\u115f\u2800", r"\u3164\u115f\u2800"),
        ("##[error] ##vso[x] # #[ ##", r"##\x5berror] ##vso\x5bx] # #[ ##"),
        ("pay\u200dpal", r"pay\u200dpal"),
        ("a\ufe0f", r"a\ufe0f"),
    ],
)
def test_what_is_invisible_or_acts_is_escaped(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert visible(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Imprenta Ñandú «Sol» – 30\u00a0% · ¿qué?",
        "👩‍💻 👨‍👩‍👧 ❤️ 1️⃣ ©️ 🏳️‍🌈 🖨️",
        "می‌خواهم",
        "क्‍ष",
        "印刷所 Ελλάδα Москва",
        "C:\\new ::1 {x} <b> a\\nb",
        "\U0001fae9",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    assert visible(text) == text


@given(st.text(st.characters(), max_size=40))
def test_no_text_is_left_that_acts(text: str) -> None:
    shown = visible(text)
    assert faults(shown) in ([], [shown])
    assert not hostile.RAW.search(shown)
    assert visible(shown) == shown
    assert faults(Guard()(text, color=False)) == []


@given(st.lists(st.text(st.sampled_from(":# [\n\x1bam\u202e"), max_size=6), max_size=6))
def test_no_lines_in_any_parts_act(lines: list[str]) -> None:
    guard = Guard()
    assert faults("".join(guard(f"{line}\n", color=False) for line in lines)) == []


def test_the_guard_lets_colour_and_our_commands_through() -> None:
    guard = Guard()
    assert guard("\x1b[1m::x\x1b[0m\n", color=True) == "\x1b[1m\\x3a:x\x1b[0m\n"
    assert guard("\x1b[1mx\x1b[2J\x1b[0m\n", color=True) == "\x1b[1mx\\x1b[2J\x1b[0m\n"
    assert guard("\x1b[1mx\n", color=False) == "\\x1b[1mx\n"
    assert guard(WorkflowCommand("::endgroup::\n"), color=False) == "::endgroup::\n"
    assert guard("a ", color=False) + guard("::b\n \u00a0::c", color=False) == ("a ::b\n \u00a0\\x3a:c")


def test_a_message_escapes_its_fields_and_its_exact_form_does_not() -> None:
    message = msg("{name}: {inner}", name="a\nb", inner=msg("{x}", x="\u202e"))
    assert Translator()(message) == r"a\nb: \u202e"
    assert Translator().exact(message) == "a\nb: \u202e"
    assert Translator()(msg("{text}", text=Visible("a\nb"))) == "a\nb"


@given(st.recursive(st.text(), lambda inner: st.dictionaries(st.text(), inner), max_leaves=4))
def test_json_keeps_the_true_value_and_no_log_acts_on_it(value: object) -> None:
    text = as_json(value)
    assert json.loads(text) == value
    assert faults(text) == []


def test_json_with_signs_of_commands_keeps_them() -> None:
    value = {"##[error]": "##vso[x] \\##[ \u202e"}
    assert json.loads(as_json(value)) == value
    assert faults(as_json(value)) == []


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hostile.repository(tmp_path_factory.mktemp("hostile"))


@pytest.fixture
def run(repository: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    return _runner(repository, monkeypatch, capfd)


def _runner(folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(folder)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(SOL.encode())))

    def run(*arguments: str) -> tuple[int, str, str]:
        try:
            status = main(list(arguments))
        except SystemExit as end:  # --help
            status = int(end.code or 0)
        out, err = capfd.readouterr()
        return status, out, err

    return run


def assert_inert(output: tuple[int, str, str], statuses: tuple[int, ...], **kind: bool) -> None:
    status, out, err = output
    assert faults(out, **kind) == []
    assert faults(err, color=kind.get("color", False)) == []
    assert status in statuses, err


@pytest.mark.parametrize("flags", [(), ("-v", "--color", "always"), ("--lang", "es")])
@pytest.mark.parametrize("form", format_names())
def test_no_report_acts_on_a_log(run: Run, tmp_path: Path, form: str, flags: tuple[str, ...]) -> None:
    file = tmp_path / "report"
    output = run("validate", "--format", form, "--output", f"{form}={file}", TODAY, "--no-cache", *flags)
    assert_inert(output, (1,), color="always" in flags, commands=form == "github")
    written = file.read_text(encoding="utf-8")
    assert faults(written, commands=form == "github") == []
    assert "pwned" in written


def test_json_has_the_true_names(run: Run) -> None:
    _, out, _ = run("validate", "--format", "json", TODAY, "--no-cache")
    paths = {item["path"] for item in json.loads(out)["diagnostics"]}
    for number, text in enumerate(STRINGS):
        assert f"configs/n{number}/{hostile.name(text)}.yaml" in paths


COMMANDS = [
    (("fix", "--diff"), (0, 1)),
    (("fix", "--diff", "--color", "always"), (0, 1)),
    (("fix", "--check"), (1,)),
    (("render", "--out", "out"), (1,)),
    (("plan", "--base", "a\u202eb"), (0, 1)),
    (("plan", "--base", "a\u202eb", "--format", "json"), (0, 1)),
    (("plan", "--base", "a\u202eb", "--format", "markdown"), (0, 1)),
    (("plan", "--base", "a\u202eb", "-v", "--color", "always"), (0, 1)),
    (("validate", "--since", "a\u202eb", TODAY), (1,)),
    (("validate", "-", "--stdin-filename", "configs/a\n::error::x\u202e.yaml"), (0, 1, 2, 3)),
    (("rules",), (0,)),
    (("rules", "--format", "json"), (0,)),
    (("schema", "file"), (0,)),
    (("completion", "bash"), (0,)),
    (("--help",), (0,)),
]


@pytest.mark.parametrize(("arguments", "statuses"), COMMANDS)
def test_no_command_acts_on_a_log(
    run: Run, arguments: tuple[str, ...], statuses: tuple[int, ...]
) -> None:
    assert_inert(run(*arguments), statuses, color="always" in arguments)


@pytest.mark.parametrize("place", ["contact.email", "/notifications/smtp", "admin.recipients", "shop"])
def test_no_provenance_acts_on_a_log(run: Run, place: str) -> None:
    for number, text in enumerate(STRINGS):
        for file in (f"configs/values-{number}.yaml", f"configs/n{number}/{hostile.name(text)}.yaml"):
            assert_inert(run("explain", file, place), (0, 1, 3))


@pytest.mark.parametrize("text", STRINGS)
def test_no_wrong_usage_acts_on_a_log(run: Run, text: str) -> None:
    for arguments in (
        ("validate", text),
        ("validate", "--format", text),
        ("validate", f"--{text}"),
        ("validate", "--today", text),
        ("validate", "--select", text),
        ("validate", "--assume-version", text),
        ("validate", "--output", text),
        ("validate", "--baseline", text),
        ("validate", "--since", text),
        ("validate", "--config", text),
        ("validate", "-", "--stdin-filename", text),
        ("plan", "--base", text),
        ("render", "--out", "out", "--target", text),
        ("render", "--out", "out", "--previous", text),
        ("explain", text),
        ("explain", text, text),
        ("explain", "configs/imprenta-sol.yaml", text),
        ("rules", text),
        ("schema", "--refresh", text),
        ("completion", text),
        (text,),
    ):
        assert_inert(run(*arguments), (0, 1, 2, 3, 4))


@pytest.mark.parametrize("text", [text for text in STRINGS if "\x00" not in text])
def test_no_variable_acts_on_a_log(run: Run, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    for variable in ("FORMAT", "SELECT", "TODAY", "LANG", "CONFIG", "BASELINE", "SINCE", "QUIET"):
        with monkeypatch.context() as patched:
            patched.setenv(f"WAKAGITOPS_{variable}", text)
            assert_inert(run("validate"), (0, 1, 2, 3, 4))


TOML = (
    "{text} = 1",
    "lang = {text}",
    "root = {text}",
    "exclude = [{text}]",
    "select = [{text}]",
    "targets = [{text}]",
    "environments = [{text}]",
    "baseline = {text}",
    "[rules]\n{text} = 1",
    "[rules.{text}]\nx = 1",
    "[severity]\n{text} = {text}",
    "[per-path-ignores]\n{text} = [{text}]",
    "[render.{text}]\nfolder = {text}",
    "[[{text}]]",
    "x = {text} {text}",
    "# {raw}\nx = ",
    "x = {raw}",
)


@pytest.mark.parametrize("form", TOML)
def test_no_wrong_settings_of_the_tool_act_on_a_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], form: str
) -> None:
    run = _runner(tmp_path, monkeypatch, capfd)
    hostile.write(tmp_path, "configs/imprenta-sol.yaml", SOL)
    for text in STRINGS:
        settings_text = form.format(text=hostile.in_toml(text), raw=text)
        hostile.write(tmp_path, "wakagitops.toml", settings_text)
        assert_inert(run("validate", TODAY), (0, 1, 2, 3, 4))
        assert_inert(run("render", "--out", "out"), (0, 1, 2, 3, 4))


def test_no_baseline_acts_on_a_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    run = _runner(tmp_path, monkeypatch, capfd)
    hostile.write(tmp_path, "configs/imprenta-sol.yaml", SOL)
    hostile.write(tmp_path, "wakagitops.toml", "")
    sound = hostile.baseline(STRINGS)
    for text in (sound, *(sound.replace('"rule"', json.dumps(bad), 1) for bad in STRINGS)):
        hostile.write(tmp_path, "baseline.json", text)
        for form in format_names():
            arguments = ("validate", "--baseline", "baseline.json", "--format", form, TODAY)
            assert_inert(run(*arguments), (0, 1, 2), commands=form == "github")


TARGET = 'summary = {x}\n[[files]]\ntemplate = "x.j2"\npath = "shops/{{shop}}/x"\nescape = "none"\n'
TEAM = (
    ('targets = [{x}]\n[team_targets]\n{x} = "t"\n', TARGET, "{{{{ nothing }}}}"),
    ('targets = ["ours"]\n[team_targets]\nours = {x}\n', TARGET, "x"),
    ('targets = ["ours"]\n[team_targets]\nours = "t"\n', "{x} = 1\n" + TARGET, "x"),
    ('targets = ["ours"]\n[team_targets]\nours = "t"\n', TARGET.replace('"x.j2"', "{x}"), "x"),
    ('targets = ["ours"]\n[team_targets]\nours = "t"\n', TARGET + "scope = {x}\n", "x"),
    ('targets = ["ours"]\n[team_targets]\nours = "t"\n', TARGET, "{{{{ {{}}[{x}] }}}}"),
    ('targets = ["ours"]\n[team_targets]\nours = "t"\n', TARGET, "{{% include {x} %}}"),
    ('targets = ["ours"]\n[team_targets]\nours = "t"\n', TARGET, "{{% {raw} %}}"),
    ('targets = ["ours"]\n[team_targets]\nours = "t"\n', TARGET, "{{{{ {raw} }}}}"),
)


@pytest.mark.parametrize("case", TEAM)
def test_no_target_of_a_team_acts_on_a_log(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    case: tuple[str, str, str],
) -> None:
    toml, target, template = case
    run = _runner(tmp_path, monkeypatch, capfd)
    hostile.write(tmp_path, "configs/imprenta-sol.yaml", SOL)
    for text in STRINGS[::2]:
        names = {"x": hostile.in_toml(text), "raw": text}
        hostile.write(tmp_path, "wakagitops.toml", toml.format(**names))
        hostile.write(tmp_path, "t/target.toml", target.format(**names))
        hostile.write(tmp_path, "t/x.j2", template.format(**names))
        assert_inert(run("render", "--out", "out", "--debug"), (0, 1, 2, 4))


def test_no_folder_of_an_environment_acts_on_a_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    run = _runner(tmp_path, monkeypatch, capfd)
    names = [text for text in STRINGS if hostile.is_name(text)]
    for text in names:
        hostile.write(tmp_path, f"configs/{text}/imprenta-sol.yaml", SOL)
    hostile.write(tmp_path, "configs/papeleria-luna.yaml", SOL)
    listed = ", ".join(map(hostile.in_toml, names))
    hostile.write(tmp_path, "wakagitops.toml", f"environments = [{listed}]\n")
    for form in format_names():
        arguments = ("validate", "--format", form, TODAY)
        assert_inert(run(*arguments), (0, 1, 2), commands=form == "github")
    assert_inert(run("render", "--out", "out"), (0, 1, 2))


def test_no_listing_of_written_files_acts_on_a_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    run = _runner(tmp_path, monkeypatch, capfd)
    for text in STRINGS:
        if hostile.is_name(text):
            assert_inert(run("init", text), (0,))
            monkeypatch.chdir(tmp_path / text)
            assert_inert(run("render", "--out", f"../out{text}"), (0,))
            assert_inert(run("validate"), (0,))
            monkeypatch.chdir(tmp_path)


def test_a_path_at_the_start_of_a_line_is_no_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    run = _runner(tmp_path, monkeypatch, capfd)
    hostile.write(tmp_path, "wakagitops.toml", 'root = "."\n')
    hostile.write(tmp_path, "::error::x/sol.yaml", SOL.replace("contacto@", "no-reply@"))
    for form in format_names():
        assert_inert(run("validate", "--format", form, TODAY), (1,), commands=form == "github")
    status, out, _ = run("validate", "--format", "text", TODAY)
    assert (status, out.partition(": ")[0]) == (1, r"\x3a:error::x/sol.yaml:1:7")


def test_a_name_that_is_no_text_is_shown_by_its_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    run = _runner(tmp_path, monkeypatch, capfd)
    (tmp_path / "configs").mkdir()
    (tmp_path / "wakagitops.toml").write_text("")
    with open(os.fsencode(tmp_path) + b"/configs/s\xff.yaml", "w", encoding="utf-8") as file:
        file.write(SOL)
    for form in format_names():
        assert_inert(run("validate", "--format", form, TODAY), (1,), commands=form == "github")
    _, out, _ = run("validate", "--format", "text", TODAY)
    assert out.startswith("configs/s\\udcff.yaml:1:7: error: ")


@settings(max_examples=15, deadline=None)
@given(text=st.text(st.characters(), min_size=1, max_size=30))
def test_no_planted_text_acts_on_a_log(text: str) -> None:
    with pytest.MonkeyPatch.context() as patched:
        _plant_and_run(text, patched)


def _plant_and_run(text: str, patched: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text = text.encode("utf-8", "replace").decode()
        hostile.write(folder, "wakagitops.toml", "")
        hostile.plant(folder, [text])
        patched.chdir(folder)
        for arguments in (("validate", "--format", "text", "-v"), ("validate", "--format", "junit")):
            status, shown = _captured(*arguments, TODAY, "--no-cache")
            assert status == 1
            assert faults(shown) == []


def _captured(*arguments: str) -> tuple[int, str]:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "stdout", stream)
        patched.setattr(sys, "stderr", stream)
        status = main(list(arguments))
    stream.flush()
    return status, stream.buffer.getvalue().decode("utf-8")


def test_the_marker_of_our_comment_cannot_be_forged(run: Run) -> None:
    for arguments in (
        ("validate", "--format", "markdown", TODAY, "--no-cache"),
        ("plan", "--base", "a\u202eb", "--format", "markdown"),
    ):
        _, out, _ = run(*arguments)
        assert len(re.findall("<!--", out)) == 1
        assert "![" not in re.sub(r"```.*?```", "", out, flags=re.DOTALL)
        assert not re.search(r"(?<![&\w])@team", re.sub(r"```.*?```", "", out, flags=re.DOTALL))
