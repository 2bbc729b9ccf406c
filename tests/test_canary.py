"""No output of any command, format or language shows a secret, nor a digest of one."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from tests.cache_case import kept_in
from tests.canaries import SOUND, WORD, plants
from wakagitops.cli.app import main
from wakagitops.cli.commands import COMMANDS
from wakagitops.core.excerpt import MASK
from wakagitops.core.rule import Finding
from wakagitops.reports import format_names
from wakagitops.rules import all_rules
from wakagitops.settings.config import LANGUAGES
from wakagitops.settings.schema import shipped_annotations
from wakagitops.settings.views import FileView

TODAY = "--today=2026-11-24"
_WORD = re.compile(WORD, re.IGNORECASE)
_HEX = re.compile(r"[0-9a-f]{12,}")
_BETWEEN = re.compile(r"[\s\"'<>,]+")


class Shown(NamedTuple):
    """What one run gave away: its status, and every byte that it wrote anywhere."""

    status: int
    out: str
    everything: str


Run = Callable[..., Shown]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("repository")
    (base / "wakagitops.toml").write_text("", encoding="utf-8")
    # The last commit holds other secrets in the same places, for what compares with it.
    _plant(base, b"old")
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "first"]):
        subprocess.run(["git", *command], cwd=base, check=True)
    _plant(base, b"")
    return base


def _plant(base: Path, before: bytes) -> None:
    for plant in plants():
        file = base / "configs" / plant.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(plant.data.replace(WORD.encode(), before + WORD.encode()))


@pytest.fixture
def run(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> Run:
    monkeypatch.chdir(repository)
    before = _written(repository)
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))

    def run(*arguments: str) -> Shown:
        status = main(list(arguments))
        out, err = capfd.readouterr()
        written = {**_written(repository), **_written(tmp_path)}
        texts = [text for path, text in written.items() if before.get(path) != text]
        return Shown(status, out, "\n".join([out, err, *texts]))

    return run


def _written(folder: Path) -> dict[Path, str]:
    """Every file that a run may write: packed content is unpacked."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file() and ".git" not in path.parts and "configs" not in path.parts:
            data = path.read_bytes()
            texts = [data, *_unpacked(data)]
            found[path] = f"{path.name}\n" + "\n".join(text.decode("utf-8", "replace") for text in texts)
    return found


def _unpacked(data: bytes) -> Iterator[bytes]:
    for window in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):
        try:
            yield zlib.decompress(data, window)
        except zlib.error:
            continue


def _digests(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for form in (text, f'"{text}"'):
            data = form.encode()
            for name in ("md5", "sha1", "sha256"):
                yield hashlib.new(name, data, usedforsecurity=False).hexdigest()
            for size in (8, 16, 32):
                yield hashlib.blake2b(data, digest_size=size).hexdigest()


@pytest.fixture(scope="module")
def secrets(repository: Path) -> list[str]:
    text = "\n".join(
        path.read_bytes().decode("utf-8", "replace") for path in (repository / "configs").rglob("*.yaml")
    )
    return sorted({word for word in _BETWEEN.split(text) if WORD in word.lower()})


@pytest.fixture(scope="module")
def digests(secrets: list[str]) -> frozenset[str]:
    return frozenset(digest[:12] for digest in _digests(secrets))


def assert_silent(shown: Shown, digests: frozenset[str]) -> None:
    text = shown.everything.replace(Path(__file__).name, "")
    places = [match.start() for match in _WORD.finditer(text)]
    assert [text[max(at - 60, 0) : at + 40] for at in places[:5]] == []
    assert digests.isdisjoint(run[:12] for run in _HEX.findall(text))


def test_every_kind_of_place_holds_a_canary(secrets: list[str]) -> None:
    planted = {plant.path for plant in plants() if WORD.encode() in plant.data.lower()}
    for setting in shipped_annotations().settings.values():
        assert setting.pointer == "" or setting.title or setting.description
    assert len(planted) > 200
    assert len(secrets) > 150


def test_each_planted_file_has_an_error(run: Run) -> None:
    shown = run("validate", "--format", "json", TODAY, "--no-cache", "--no-suppressions")
    assert shown.status == 1
    found = {
        item["path"] for item in json.loads(shown.out)["diagnostics"] if item["severity"] == "error"
    }
    planted = {f"configs/{plant.path}" for plant in plants() if WORD.encode() in plant.data.lower()}
    assert planted - found == set()


@pytest.mark.parametrize(
    "flags",
    [
        ("--lang", "en", "--no-cache"),
        ("--lang", "es", "--no-cache", "--strict"),
        ("--lang", "es", "--debug", "-vv", "--no-suppressions"),
    ],
)
@pytest.mark.parametrize("name", format_names())
def test_no_report_shows_a_secret(
    run: Run, digests: frozenset[str], tmp_path: Path, name: str, flags: tuple[str, ...]
) -> None:
    # A report to a file is the full one, with snippets.
    file = tmp_path / "report"
    shown = run("validate", "--format", name, "--output", f"{name}={file}", TODAY, *flags)
    assert shown.status == 1
    assert file.stat().st_size > 0
    assert_silent(shown, digests)


def test_the_text_report_has_masks_where_secrets_are(run: Run, tmp_path: Path) -> None:
    run("validate", "--output", f"text={tmp_path / 'report'}", TODAY, "--no-cache")
    assert (tmp_path / "report").read_text(encoding="utf-8").count(MASK) > 100


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_cache_holds_no_secret(
    run: Run, digests: frozenset[str], repository: Path, jobs: str
) -> None:
    for _ in range(2):
        assert_silent(run("validate", "--format", "json", "--jobs", jobs, TODAY), digests)
    assert any(kept_in(repository).iterdir())


@pytest.mark.parametrize(
    "flags",
    [
        ("--assume-version", "3.27.0"),
        ("--assume-version", "3.99"),
        ("--since", "HEAD"),
        ("--write-baseline", "baseline.json"),
        ("--select", "schema,yaml", "--format", "sarif"),
        ("--color", "always", "-v"),
        ("configs/costa-literal", "-q"),
    ],
)
def test_no_flag_makes_a_secret_show(run: Run, digests: frozenset[str], flags: tuple[str, ...]) -> None:
    shown = run("validate", *flags, TODAY, "--no-cache")
    assert shown.status in (0, 1)
    assert_silent(shown, digests)


OTHERS = {
    "fix": [["--diff"], ["--check"], ["--diff", "--select", "yaml,schema"]],
    "render": [["--out", "out"], ["--out", "out", "--check"], ["--out", "out", "--ignore", "secret"]],
    "plan": [["--base", "HEAD", "--format", name] for name in ("text", "json", "markdown")],
    "rules": [[], ["--format", "json"]],
    "schema": [["file"], ["effective"]],
    "init": [["nuevo-{lang}"]],
    "completion": [["bash"]],
    "cache": [["dir"], ["key"]],
}
"""What is run of every other command; ``explain`` has a test of its own."""


def test_every_command_is_tried() -> None:
    assert {*OTHERS, "validate", "explain"} == set(COMMANDS)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("command", "arguments"),
    [(command, arguments) for command, several in OTHERS.items() for arguments in several],
)
def test_no_command_shows_a_secret(
    run: Run, digests: frozenset[str], command: str, arguments: list[str], lang: str
) -> None:
    shown = run(command, *(text.format(lang=lang) for text in arguments), "--lang", lang)
    assert shown.status in (0, 1)
    assert_silent(shown, digests)


def test_no_page_or_provenance_shows_a_secret(run: Run, digests: frozenset[str]) -> None:
    places = [
        setting.pointer.replace("*", "0")
        for setting in shipped_annotations().settings.values()
        if setting.pointer
    ]
    files = [f"configs/{plant.path}" for plant in plants() if "_defaults" not in plant.path]
    secret = "/notifications/smtp/password"
    asked = {(file, places[number % len(places)]) for number, file in enumerate(files)}
    asked.update((file, secret) for file in files if "password" in file or "costa" in file)
    for file, place in sorted(asked):
        shown = run("explain", file, place)
        # 1 says that a file does not parse, which hides nothing of a secret.
        assert shown.status in (0, 1)
        assert_silent(shown, digests)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_standard_input_shows_no_secret(
    run: Run, digests: frozenset[str], repository: Path, lang: str
) -> None:
    file = next(path for path in (repository / "configs").glob("password-open-double*"))
    shown = subprocess.run(
        [
            sys.executable, "-m", "wakagitops", "validate", "-", "--lang", lang, "--debug",
            "--stdin-filename", "configs/nueva.yaml", "--color", "always",
        ],
        input=file.read_bytes(), capture_output=True, cwd=repository, check=False,
    )  # fmt: skip
    assert shown.returncode == 1
    text = (shown.stdout + shown.stderr).decode()
    assert_silent(Shown(1, text, text), digests)


def test_a_crash_of_a_rule_shows_no_secret(
    run: Run, digests: frozenset[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def check(view: FileView, options: object) -> Iterator[Finding]:
        raise ValueError(view.document.source.text)

    rules = {**all_rules(), "yaml/encoding": all_rules()["yaml/encoding"]._replace(check=check)}
    monkeypatch.setattr("wakagitops.cli.checking_run.all_rules", lambda: rules)
    shown = run("validate", "--debug", TODAY)
    assert shown.status == 1
    assert "internal/rule-crash" in shown.out
    assert_silent(shown, digests)


@pytest.mark.parametrize(
    "password",
    [
        "hunter2-canary",
        "{value: hunter2-canary}",
        "{env: hunter2-canary}",
        "{file: hunter2-canary}",
        "{env: SMTP_PASSWORD, note: hunter2-canary}",
        "{kubernetes: {name: imprenta-sol, key: smtp, note: hunter2-canary}}",
    ],
)
def test_no_deployment_holds_a_secret_whatever_is_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], password: str
) -> None:
    text = yaml.safe_dump(SOUND, sort_keys=False)
    sound = "    password:\n      env: IMPRENTA_SOL_SMTP_PASSWORD\n"
    assert sound in text
    (tmp_path / "configs").mkdir()
    shop = tmp_path / "configs" / "imprenta-sol.yaml"
    (tmp_path / "wakagitops.toml").write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    shop.write_text(text, encoding="utf-8")
    assert main(["render", "--out", "sound"]) == 0
    shop.write_text(text.replace(sound, f"    password: {password}\n"), encoding="utf-8")
    assert main(["render", "--out", "bad", "--ignore", "secret"]) == 1
    assert not (tmp_path / "bad").exists()
    out, err = capfd.readouterr()
    assert WORD not in out + err
