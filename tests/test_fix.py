"""``wakagitops fix``: safe, complete in one run, and gentle with everything around."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli_case import ERROR, LUNA, SOL, write
from tests.examples import request_for
from wakagitops.core.rule import Example
from wakagitops.rules import all_rules
from wakagitops.settings.repository import Repository
from wakagitops.validate.fixes import edited, fix
from wakagitops.validate.pipeline import Request, check
from wakagitops.yaml.parser import read

SHOP = """\
# the shop's page: https://wiki.imprenta-sol.es/ficha
shop: imprenta-sol            # its id
platform_version: {version}   # as the panel shows it

url: https://www.imprenta-sol.es
contact:
  {email}: {contact}   # read by sales
  publish: {publish}
notifications:
  email: pedidos@imprenta-sol.es
  name: {name}      # é😀
  smtp:
    host: smtp.imprenta-sol.es
    ports: {{tls: {port}}}   # TLS
    username: pedidos@imprenta-sol.es
    password: {{env: IMPRENTA_SOL_SMTP_PASSWORD}}
# nobody reads this
admin:
  recipients: {recipients}   # told of orders
"""
SOUND = {
    "version": '"3.30.1"',
    "email": "email",
    "contact": "contacto@imprenta-sol.es",
    "publish": "assembled",
    "name": "Imprenta Sol",
    "port": "465",
    "recipients": "[ventas@imprenta-sol.es, taller@imprenta-sol.es]",
}
MUTATIONS = {
    "version": ["3.30", "V3.30.1", '"3.30.1"'],
    "email": ["email", "emial", "e-mail"],
    "contact": [
        "contacto@IMPRENTA-SOL.es",
        '" contacto@imprenta-sol.es"',
        "mailto:contacto@imprenta-sol.es",
    ],
    "publish": ["plain", "~", "entities"],
    "name": ["no", "0123", "2026-11-24", '"Foto #1"', "22:22", "true", "Imprenta Sol"],
    "port": ["0465", "465", "00465"],
    "recipients": [
        "ventas@imprenta-sol.es, taller@imprenta-sol.es",
        "ventas@imprenta-sol.es; taller@imprenta-sol.es",
        "[ventas@imprenta-sol.es, ventas@imprenta-sol.es]",
        "ventas@imprenta-sol.es",
    ],
}


def fixed(files: dict[str, str | bytes]) -> dict[str, bytes]:
    """Return the files after one run of ``fix``."""
    request = request_for(files)

    def again(repository: Repository) -> Request:
        return request._replace(work=request.work._replace(repository=repository))

    outcome = fix(request, again)
    before = {
        f"configs/{name}": text if isinstance(text, bytes) else text.encode()
        for name, text in files.items()
    }
    return {name.removeprefix("configs/"): data for name, data in {**before, **outcome.files}.items()}


def comments(text: str) -> list[str]:
    return [comment.text for comment in read("x.yaml", text.encode()).comments]


def meanings(text: str) -> dict[str, str]:
    """Return each value's text, in the words of whoever wrote it: quotes and lists taken off."""
    root = read("x.yaml", text.encode()).root
    assert root is not None
    found: dict[str, str] = {}
    for pointer, node in root.walk():
        if node.is_scalar:
            key = re.sub(r"/\d+$", "", pointer)
            words = re.split(r"[,;]\s*", node.raw.strip().removeprefix("mailto:"))
            for word in words:
                name, at, domain = word.rpartition("@")
                word = f"{name}{at}{domain.lower()}" if at else word  # noqa: PLW2901
                kept = found.get(key, "")
                if word.strip() not in kept.split("|"):
                    found[key] = f"{kept}|{word.strip()}"
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.fixed_dictionaries({name: st.sampled_from(values) for name, values in MUTATIONS.items()}))
def test_fix_keeps_meaning_and_comments_and_is_done_in_one_run(mutated: dict[str, str]) -> None:
    text = SHOP.format(**mutated)
    after = fixed({"imprenta-sol.yaml": text})["imprenta-sol.yaml"].decode()
    assert comments(after) == comments(text)
    old, new = meanings(text), meanings(after)
    renamed = {re.sub("/(emial|e-mail)$", "/email", key): value for key, value in old.items()}
    if "/contact/email" not in new:
        renamed = old
    for number in ("/notifications/smtp/ports/tls",):
        renamed[number] = "|" + renamed[number].lstrip("|0")
    if new["/contact/publish"] == "|null":
        renamed["/contact/publish"] = "|null"
    assert new == renamed
    assert fixed({"imprenta-sol.yaml": after})["imprenta-sol.yaml"].decode() == after


@pytest.mark.parametrize("name", sorted(SOUND))
def test_a_sound_file_is_left_alone(name: str) -> None:
    text = SHOP.format(**SOUND)
    assert name in SOUND
    assert fixed({"imprenta-sol.yaml": text})["imprenta-sol.yaml"].decode() == text


_HIDDEN_BEFORE = {"admin/missing-recipients"}
"""Judged by the version, which could not be read before it was mended."""

_FIXABLE = [
    pytest.param(rule_id, example, id=f"{rule_id}-{at}")
    for rule_id, rule in all_rules().items()
    if rule.fixable
    for at, example in enumerate(rule.bad)
]


@pytest.mark.parametrize(("rule_id", "example"), _FIXABLE)
def test_every_proposed_fix_removes_its_finding_and_adds_none(rule_id: str, example: Example) -> None:
    from wakagitops.validate.examples import completed  # noqa: PLC0415 - beside its only use

    files: dict[str, str | bytes] = dict(completed(example))
    before = check(request_for(files)).diagnostics
    for item in before:
        if item.rule != rule_id or item.fix is None:
            continue
        name = item.path.removeprefix("configs/")
        text = files[name]
        data = text if isinstance(text, bytes) else text.encode()
        changed = {**files, name: edited(data, item.path, [item.fix])}
        after = check(request_for(changed)).diagnostics
        left = [(found.rule, found.pointer) for found in after]
        gone = [(found.rule, found.pointer) for found in before]
        gone.remove((item.rule, item.pointer))
        added = [place for place in left if place not in gone]
        assert (item.rule, item.pointer) not in left
        assert [rule for rule, _ in added if rule not in _HIDDEN_BEFORE] == []


def test_a_fix_of_lines_and_marks_keeps_every_other_byte() -> None:
    text = "\ufeff" + SHOP.format(**SOUND).replace("\n", "\r\n", 3)
    after = fixed({"imprenta-sol.yaml": text})["imprenta-sol.yaml"]
    assert after == SHOP.format(**SOUND).encode()


def test_a_mark_hides_no_line_ends_and_goes_though_they_stay() -> None:
    text = "\ufeff" + SHOP.format(**SOUND).replace("\n", "\r\n")
    found = check(request_for({"imprenta-sol.yaml": text})).diagnostics
    assert sorted((item.rule, item.severity.value) for item in found) == [
        ("yaml/encoding", "note"),
        ("yaml/encoding", "warning"),
    ]
    assert fixed({"imprenta-sol.yaml": text})["imprenta-sol.yaml"].decode() == text[1:]


def test_a_sops_file_is_never_rewritten() -> None:
    more = "sops:\n  mac: ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]\n  version: 3.9.0\n"
    text = SHOP.format(**{**SOUND, "version": "3.30"}) + more
    assert fixed({"imprenta-sol.yaml": text})["imprenta-sol.yaml"].decode() == text
    # Nor does a report offer what an editor would then do.
    (item,) = check(request_for({"imprenta-sol.yaml": text})).diagnostics
    assert (item.rule, item.fix) == ("yaml/implicit-type", None)


def test_a_finding_that_was_hidden_does_not_stop_a_fix() -> None:
    text = SHOP.format(**{**SOUND, "version": "3.20"})
    after = fixed({"imprenta-sol.yaml": text})["imprenta-sol.yaml"].decode()
    assert after == text.replace("3.20", '"3.20"')
    assert "platform/version-gate" in {
        item.rule for item in check(request_for({"imprenta-sol.yaml": after})).diagnostics
    }


@pytest.mark.parametrize("key", ["contac", '"contac"', "'contac'"])
def test_what_is_wrong_under_a_mistyped_key_does_not_stop_its_fix(key: str) -> None:
    sound = SHOP.format(**SOUND)
    wrong = sound.replace("contact:\n", f"{key}:\n  pages: ~\n")
    after = fixed({"imprenta-sol.yaml": wrong})["imprenta-sol.yaml"].decode()
    name = key.replace("contac", "contact")
    assert after == sound.replace("contact:\n", f"{name}:\n  pages: null\n")


def test_a_fix_that_would_bring_a_new_finding_is_refused() -> None:
    text = SHOP.format(**SOUND).replace("url: ", "urls: ") + "url: https://www.imprenta-sol.es\n"
    assert fixed({"imprenta-sol.yaml": text})["imprenta-sol.yaml"].decode() == text


def _cli(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "wakagitops", "fix", *arguments],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_diff_and_check_write_nothing(tmp_path: Path) -> None:
    file = tmp_path / "configs" / "imprenta-sol.yaml"
    file.parent.mkdir()
    text = SHOP.format(**{**SOUND, "name": "no"}).replace(
        "{env: IMPRENTA_SOL_SMTP_PASSWORD}", "hunter2-canary"
    )
    file.write_text(text, encoding="utf-8")
    file.chmod(0o640)
    shown = _cli(tmp_path, "--diff")
    assert shown.returncode == 0
    assert '+  name: "no"      # é😀' in shown.stdout
    assert "hunter2" not in shown.stdout + shown.stderr
    assert _cli(tmp_path, "--check").returncode == 1
    assert file.read_text(encoding="utf-8") == text
    # The secret in clear text is for people to mend.
    assert _cli(tmp_path).returncode == 1
    assert file.read_text(encoding="utf-8") == text.replace("name: no", 'name: "no"')
    assert file.stat().st_mode & 0o777 == 0o640
    assert _cli(tmp_path, "--check").returncode == 0


def test_only_named_files_are_changed(tmp_path: Path) -> None:
    folder = tmp_path / "configs"
    folder.mkdir()
    for name in ("aaa", "bbb"):
        (folder / f"{name}.yaml").write_text(f"shop: {name}\nplatform_version: 3.27\n", encoding="utf-8")
    assert _cli(tmp_path, "configs/aaa.yaml", "--exit-zero").returncode == 0
    assert '"3.27"' in (folder / "aaa.yaml").read_text(encoding="utf-8")
    assert '"3.27"' not in (folder / "bbb.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("contact", "arguments", "status"),
    [
        ("contacto@imprenta-sol.es", (), 0),
        ("no-reply@imprenta-sol.es", (), 1),
        ("no-reply@imprenta-sol.es", ("--exit-zero",), 0),
        ("no-reply@imprenta-sol.es", ("--ignore", "address/no-reply"), 0),
        ("imprentasol@gmail.com", (), 0),
        ("imprentasol@gmail.com", ("--strict",), 1),
        ("no-reply@imprenta-sol.es", ("--diff",), 0),
        ("no-reply@imprenta-sol.es", ("--check",), 1),
    ],
)
def test_errors_that_are_left_fail_the_run(
    tmp_path: Path, contact: str, arguments: tuple[str, ...], status: int
) -> None:
    write(tmp_path, "configs/imprenta-sol.yaml", SOL.replace("contacto@imprenta-sol.es", contact))
    write(tmp_path, "configs/papeleria-luna.yaml", f"\ufeff{LUNA}")
    assert _cli(tmp_path, *arguments).returncode == status


def test_errors_of_other_files_than_those_named_do_not_fail_it(tmp_path: Path) -> None:
    write(tmp_path, "configs/imprenta-sol.yaml", ERROR)
    luna = write(tmp_path, "configs/papeleria-luna.yaml", f"\ufeff{LUNA}")
    done = _cli(tmp_path, "configs/papeleria-luna.yaml")
    assert (done.returncode, luna.read_text(encoding="utf-8")) == (0, LUNA)
    assert done.stderr == "wakagitops: fixed 1 finding in 1 file\n"
