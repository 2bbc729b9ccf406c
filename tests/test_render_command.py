"""``wakagitops render`` as people and pipelines call it."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.deployment_case import assert_manifest_holds, stamps, tree
from tests.render_case import git, make, render, shop_text
from wakagitops.settings.schema import schema_folder

SOL, NORTE = "imprenta-sol", "rotulos-norte"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return make(tmp_path / "repo", SOL, NORTE)


def _rewrite(repository: Path, name: str, **changes: str) -> None:
    (repository / "configs" / f"{name}.yaml").write_text(shop_text(name, **changes))


def _shops(out: Path) -> dict[str, Any]:
    document = json.loads((out / "cache-bust.json").read_bytes())
    _validate(document, "cache-bust-v1")
    shops: dict[str, Any] = document["shops"]
    return shops


def _validate(document: object, name: str) -> None:
    schema = json.loads((Path(schema_folder()) / f"{name}.schema.json").read_bytes())
    jsonschema.Draft202012Validator(schema).validate(document)


def _flushed(out: Path) -> dict[str, list[str]]:
    return {
        name: [reason["reason"] for reason in entry["reasons"]]
        for name, entry in _shops(out).items()
        if entry["flush_cache"]
    }


def _keep(repository: Path) -> str:
    """Keep the transition as the last applied one, as a pipeline does after a deployment."""
    shutil.copy(repository / "dist" / "cache-bust.json", repository / "applied.json")
    return "applied.json"


def test_it_writes_the_deployment_and_says_so(repository: Path) -> None:
    done = render(repository)
    assert done.returncode == 0, done.stderr
    out = repository / "dist"
    assert_manifest_holds(out)
    _validate(json.loads((out / "manifest.json").read_bytes()), "manifest-v1")
    assert _flushed(out) == {name: ["first-publication"] for name in (SOL, NORTE)}
    assert "dist: 7 files written, 0 removed, 0 unchanged" in done.stdout
    assert "+ shops/imprenta-sol/settings.json" in done.stdout
    assert "Neither --previous nor --base was given" in done.stdout
    assert "Vaciar caché" in done.stdout


def test_the_same_again_writes_nothing(repository: Path) -> None:
    render(repository)
    before = stamps(repository / "dist")
    done = render(repository)
    assert "dist is up to date: 7 files" in done.stdout
    assert stamps(repository / "dist") == before


def test_people_are_told_whose_caches_to_empty(repository: Path) -> None:
    render(repository)
    _rewrite(repository, SOL, email="hola@imprenta-sol.es")
    done = render(repository, "--previous", _keep(repository))
    told = done.stdout.partition("Cached pages of 1 shop show something old")[2]
    assert "[ ] imprenta-sol: contact.email changed" in told
    assert "Ajustes > Ajustes Generales > Atención al cliente" in told
    assert "it may be necessary to press «Vaciar caché»" in told
    assert "https://www.imprenta-sol.es/contacto" in told
    assert NORTE not in told


def test_where_nothing_public_changed_there_is_nothing_to_empty(repository: Path) -> None:
    render(repository)
    _rewrite(repository, SOL, host="smtp2.imprenta-sol.es")
    done = render(repository, "--previous", _keep(repository))
    assert "~ shops/imprenta-sol/settings.json" in done.stdout
    assert "there is no cache to empty" in done.stdout
    assert _flushed(repository / "dist") == {}


@pytest.mark.parametrize("before", [False, True])
def test_with_an_error_nothing_is_written(repository: Path, *, before: bool) -> None:
    if before:
        render(repository)
    old = tree(repository)
    _rewrite(repository, SOL, email="maria.lopez@imprenta-sol.es")
    (repository / "configs" / "nueva.yaml").write_text(shop_text("nueva"))
    done = render(repository)
    assert done.returncode == 1
    assert "contact/role-account" in done.stdout
    assert "nothing was rendered" in done.stderr
    checked = render(repository, "--check")
    assert checked.returncode == 1
    assert checked.stderr == ("wakagitops: nothing was compared: what is found above comes first\n")
    assert "wakagitops render" not in checked.stdout
    new = tree(repository)
    assert {path: data for path, data in new.items() if path.startswith("dist/")} == {
        path: data for path, data in old.items() if path.startswith("dist/")
    }


def test_a_warning_stops_only_a_strict_run(repository: Path) -> None:
    _rewrite(repository, SOL, email="contacto@gmail.com")
    done = render(repository, "--strict")
    assert done.returncode == 1
    assert not (repository / "dist").exists()
    done = render(repository)
    assert done.returncode == 0
    assert "contact/free-mail" in done.stdout
    assert (repository / "dist" / "manifest.json").exists()


def test_a_suppressed_finding_does_not_block(repository: Path) -> None:
    path = repository / "configs" / f"{SOL}.yaml"
    line = "  email: maria.lopez@imprenta-sol.es"
    text = shop_text(SOL, email="maria.lopez@imprenta-sol.es")
    path.write_text(
        text.replace(line, f"{line} # wakagitops: ignore[contact/role-account] ella atiende")
    )
    assert render(repository).returncode == 0
    assert (repository / "dist" / "manifest.json").exists()


def test_settings_that_are_unsound_behind_switched_off_rules_are_refused(repository: Path) -> None:
    (repository / "wakagitops.toml").write_text('ignore = ["schema"]\n')
    text = shop_text(SOL)
    (repository / "configs" / f"{SOL}.yaml").write_text(
        text.replace("url: https://www.imprenta-sol.es\n", "")
    )
    done = render(repository, "--format", "json")
    assert done.returncode == 1, done.stderr
    (found,) = json.loads(done.stdout)["diagnostics"]
    assert found["rule"] == "render/refused"
    assert found["path"] == "configs/imprenta-sol.yaml"
    assert not (repository / "dist").exists()


def test_a_value_that_a_target_cannot_carry_is_found_where_it_is_set(tmp_path: Path) -> None:
    folder = make(tmp_path / "repo", settings='targets = ["settings", "env"]\n')
    costa = folder / "configs" / "costa"
    costa.mkdir()
    defaults = 'platform_version: "3.28.1"\nnotifications:\n  name: "Costa $HOME"\n'
    (costa / "_defaults.yaml").write_text(defaults)
    for name in (SOL, NORTE):
        (costa / f"{name}.yaml").write_text(shop_text(name).replace("  name: Imprenta Sol\n", ""))
    done = render(folder, "--format", "json")
    assert done.returncode == 1, done.stderr
    document = json.loads(done.stdout)
    _validate(document, "diagnostics-v1")
    (found,) = document["diagnostics"]
    assert (found["rule"], found["path"]) == ("render/refused", "configs/costa/_defaults.yaml")
    assert (found["start"]["line"], found["start"]["column"]) == (3, 9)
    assert found["shops"] == [SOL, NORTE]
    assert "the target env cannot carry this" in found["message"]
    assert not (folder / "dist").exists()
    (folder / "wakagitops.toml").write_text('targets = ["settings", "public"]\n')
    assert render(folder).returncode == 0, "only the targets that are rendered may refuse"


def test_check_fails_while_the_folder_is_stale(repository: Path) -> None:
    done = render(repository, "--check")
    assert done.returncode == 1
    assert "dist is stale" in done.stdout
    assert not (repository / "dist").exists()
    render(repository)
    assert render(repository, "--check").returncode == 0
    (repository / "dist" / "cache-bust.json").unlink()
    assert render(repository, "--check").returncode == 0, "the transition is not of the deployment"

    _rewrite(repository, SOL, host="smtp2.imprenta-sol.es")
    before = stamps(repository / "dist")
    done = render(repository, "--check")
    assert done.returncode == 1
    assert "~ shops/imprenta-sol/settings.json" in done.stdout
    assert stamps(repository / "dist") == before
    render(repository)
    (repository / "dist" / "manifest.json").rename(repository / "dist" / ".manifest.pending.json")
    done = render(repository, "--check")
    assert done.returncode == 1
    assert "incomplete" in done.stdout


def test_check_compares_bytes_and_not_modes(tmp_path: Path) -> None:
    folder = make(tmp_path / "repo", SOL, settings='targets = ["msmtp"]\n')
    assert render(folder).returncode == 0
    (folder / "dist" / "shops" / SOL / "msmtprc").chmod(0o644)
    assert render(folder, "--check").returncode == 0


def test_programs_get_the_outcome_as_json(repository: Path) -> None:
    render(repository)
    _rewrite(repository, SOL, email="hola@imprenta-sol.es")
    (repository / "configs" / f"{NORTE}.yaml").unlink()
    done = render(repository, "--previous", _keep(repository), "--format", "json")
    document = json.loads(done.stdout)
    (deployment,) = document["deployments"]
    assert (document["version"], document["check"]) == (1, False)
    assert deployment["folder"] == "dist"
    assert deployment["changed"] == ["shops/imprenta-sol/settings.json"]
    assert deployment["removed"] == ["shops/rotulos-norte/settings.json"]
    assert len(deployment["added"]) == 2
    assert [item["shop"] for item in deployment["flush_cache"]] == [SOL, NORTE]
    again = json.loads(render(repository, "--check", "--format", "json").stdout)
    assert again["deployments"][0]["current"]
    assert again["check"]


def test_the_outcome_is_part_of_the_document_of_findings(repository: Path) -> None:
    _rewrite(repository, SOL, email="contacto@gmail.com")
    for flags, check in ((["--check"], True), ([], False), (["--check"], True)):
        done = render(repository, *flags, "--format", "json", "--output", "json=out.json")
        document = json.loads(done.stdout)
        _validate(document, "diagnostics-v1")
        assert done.stderr == ""
        assert (document["tool"]["name"], document["summary"]["warnings"]) == ("wakagitops", 1)
        assert [item["rule"] for item in document["diagnostics"]] == ["contact/free-mail"]
        assert document["suppressed"] == []
        assert document["check"] is check
        assert json.loads((repository / "out.json").read_bytes()) == document
    _rewrite(repository, SOL, email="maria.lopez@imprenta-sol.es")
    document = json.loads(render(repository, "--format", "json").stdout)
    _validate(document, "diagnostics-v1")
    assert "deployments" not in document


@pytest.mark.parametrize("name", ["json", "sarif", "junit", "gitlab", "github", "markdown", "html"])
def test_standard_output_holds_the_format_that_was_asked_for_and_nothing_else(
    repository: Path, name: str
) -> None:
    done = render(repository, "--format", name, "--output", f"{name}=report", "--output", "text=text")
    assert done.returncode == 0
    assert (repository / "report").read_text() == done.stdout
    assert (repository / "text").read_text().startswith("All good: 2 shops in 2 files")
    if name != "json":
        assert "dist: 7 files written" in done.stderr
        assert "Vaciar caché" in done.stderr
    stale = shop_text(NORTE, host="smtp2.rotulos-norte.es")
    (repository / "configs" / f"{NORTE}.yaml").write_text(stale)
    done = render(repository, "--format", name, "--check")
    assert done.returncode == 1
    assert ("dist is stale" in done.stderr) == (name != "json")


def test_in_an_action_the_step_has_its_summary(repository: Path) -> None:
    environ = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(repository / "summary.md")}
    done = render(repository, "--check", environ=environ)
    assert done.returncode == 1
    assert not (repository / "summary.md").exists(), "nothing is praised that fails"
    done = render(repository, environ=environ)
    assert done.stdout.startswith("All good")
    assert "dist: 7 files written" in done.stderr
    assert "All good" in (repository / "summary.md").read_text()


def test_a_chain_of_deployments_back_and_forth(repository: Path) -> None:
    ids = []
    arguments: tuple[str, ...] = ()
    for email in ("contacto", "hola", "contacto", "hola"):
        _rewrite(repository, SOL, email=f"{email}@imprenta-sol.es")
        assert render(repository, *arguments).returncode == 0
        ids.append(_shops(repository / "dist")[SOL]["operation_id"])
        arguments = ("--previous", _keep(repository))
    assert len(set(ids)) == 4
    assert _flushed(repository / "dist") == {SOL: ["contact-email-changed"]}


def test_the_file_about_to_be_written_is_no_previous_state(repository: Path) -> None:
    render(repository)
    (repository / "link.json").symlink_to("dist/cache-bust.json")
    os.link(repository / "dist" / "cache-bust.json", repository / "hard.json")
    for path in ("dist/cache-bust.json", "./dist/../dist/cache-bust.json", "link.json", "hard.json"):
        done = render(repository, "--previous", path)
        assert done.returncode == 2
        assert "is about to be written" in done.stderr


@pytest.mark.parametrize("text", ["", "{}", '{"version": 1, "shops": {"x": 3}}'])
def test_a_previous_state_that_is_none_is_wrong_usage(repository: Path, text: str) -> None:
    (repository / "applied.json").write_text(text)
    done = render(repository, "--previous", "applied.json")
    assert done.returncode == 2
    assert "applied.json is no cache-bust.json of version 1" in done.stderr
    assert not (repository / "dist").exists()


def test_a_previous_state_that_is_not_there_is_wrong_usage(repository: Path) -> None:
    done = render(repository, "--previous", "applied.json")
    assert done.returncode == 2
    assert "leave --previous out" in done.stderr


def test_a_revision_stands_for_the_last_deployment(repository: Path) -> None:
    git(repository, "init", "-q", "-b", "main")
    (repository / "configs" / "rota.yaml").write_text("shop: [\n")
    (repository / "configs" / "vieja.yaml").write_text(shop_text("vieja"))
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "one")
    _rewrite(repository, SOL, email="hola@imprenta-sol.es")
    _rewrite(repository, NORTE, host="smtp2.rotulos-norte.es")
    _rewrite(repository, "rota")
    (repository / "configs" / "vieja.yaml").unlink()
    before = tree(repository / "configs")
    done = render(repository, "--base", "HEAD")
    assert done.returncode == 0, done.stderr
    assert _flushed(repository / "dist") == {
        SOL: ["contact-email-changed"],
        "rota": ["first-publication"],
        "vieja": ["removed"],
    }
    assert tree(repository / "configs") == before
    done = render(repository, "--base", "nowhere")
    assert done.returncode == 2
    assert render(repository, "--base", "HEAD", "--previous", "x").returncode == 2


def test_a_revision_that_kept_its_settings_elsewhere(repository: Path) -> None:
    git(repository, "init", "-q", "-b", "main")
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "one")
    (repository / "configs").rename(repository / "tiendas")
    (repository / "wakagitops.toml").write_text('root = "tiendas"\n')
    assert render(repository, "--base", "HEAD").returncode == 0
    assert _flushed(repository / "dist") == {}


def test_targets_limit_what_is_written(repository: Path) -> None:
    render(repository)
    _rewrite(repository, SOL, email="hola@imprenta-sol.es")
    old = tree(repository / "dist")
    assert render(repository, "--target", "settings").returncode == 0
    new = tree(repository / "dist")
    changed = {path for path in new if new[path] != old.get(path)}
    assert changed == {"manifest.json", "shops/imprenta-sol/settings.json"}
    assert_manifest_holds(repository / "dist")
    assert render(repository, "--check", "--target", "settings").returncode == 0
    assert render(repository, "--check").returncode == 1
    assert render(repository, "--target", "settings", "public").returncode == 0
    assert render(repository, "--check").returncode == 0
    done = render(repository, "--target", "setings")
    assert done.returncode == 2
    assert "did you mean settings" in done.stderr


def test_environments_are_rendered_apart(tmp_path: Path) -> None:
    folder = make(tmp_path / "repo", settings='environments = ["staging", "production"]\n')
    for environment in ("staging", "production"):
        (folder / "configs" / environment).mkdir()
        (folder / "configs" / environment / f"{SOL}.yaml").write_text(shop_text(SOL))
    done = render(folder)
    assert done.returncode == 0, done.stderr
    assert "dist/staging: 4 files written" in done.stdout
    assert "[ ] production/imprenta-sol" in done.stdout
    for environment in ("staging", "production"):
        assert_manifest_holds(folder / "dist" / environment)
    assert not (folder / "dist" / "manifest.json").exists()
    tags = {
        _shops(folder / "dist" / name)[SOL]["purge"]["tags"][0] for name in ("staging", "production")
    }
    assert len(tags) == 2

    shutil.copytree(folder / "dist", folder / "applied")
    changed = shop_text(SOL, email="hola@imprenta-sol.es")
    (folder / "configs" / "staging" / f"{SOL}.yaml").write_text(changed)
    previous = [
        f"--previous={name}=applied/{name}/cache-bust.json" for name in ("staging", "production")
    ]
    assert render(folder, *previous).returncode == 0
    assert _flushed(folder / "dist" / "staging") == {SOL: ["contact-email-changed"]}
    assert _flushed(folder / "dist" / "production") == {}
    for wrong in (
        ["--previous", "applied/staging/cache-bust.json"],
        ["--previous", "test=applied/staging/cache-bust.json"],
        [previous[0], previous[0]],
        ["--previous", "staging=dist/staging/cache-bust.json"],
    ):
        assert render(folder, *wrong).returncode == 2

    shutil.rmtree(folder / "configs" / "staging")
    (folder / "wakagitops.toml").write_text('environments = ["production"]\n')
    assert render(folder, "--check").returncode == 1
    assert render(folder).returncode == 0
    assert not (folder / "dist" / "staging").exists()


def test_a_stranger_s_file_in_the_way_is_told(repository: Path) -> None:
    place = repository / "dist" / "shops" / SOL / "settings.json"
    place.parent.mkdir(parents=True)
    place.write_text("mía")
    done = render(repository)
    assert done.returncode == 4
    assert "dist/shops/imprenta-sol/settings.json is in the way" in done.stderr
    assert tree(repository / "dist") == {"shops/imprenta-sol/settings.json": "mía".encode()}
    for number in range(10):
        (repository / "configs" / f"otra-{number}.yaml").write_text(shop_text(f"otra-{number}"))
    done = render(repository, "--check")
    assert done.returncode == 1
    # It is told first, whatever else differs, and nobody is sent to run what would fail.
    verdict, obstacle, *_ = done.stdout.splitlines()
    assert verdict == "dist is stale, and cannot be rendered while something is in the way:"
    assert obstacle.startswith("  ! dist/shops/imprenta-sol/settings.json is in the way: ")
    spanish = render(repository, "--check", "--lang", "es")
    assert spanish.stdout.startswith("dist está desactualizada, y no se puede generar mientras")


def test_the_output_folder_lies_beside_the_settings_and_never_among_them(repository: Path) -> None:
    sub = repository / "configs"
    assert render(sub).returncode == 0
    assert (repository / "dist" / "manifest.json").exists(), "the default does not follow the caller"
    assert render(sub, "--out", "hier").returncode == 2
    assert render(repository, "--out", "configs").returncode == 2
    assert render(repository, "--out", "../fuera").returncode == 0
    assert (repository.parent / "fuera" / "manifest.json").exists()


def test_no_shop_at_all_removes_no_deployment(repository: Path) -> None:
    render(repository)
    before = tree(repository / "dist")
    for path in (repository / "configs").iterdir():
        path.unlink()
    (repository / "configs" / "_defaults.yaml").write_text('platform_version: "3.28.1"\n')
    assert render(repository).returncode == 3
    assert tree(repository / "dist") == before


def test_the_bytes_depend_on_nothing_but_the_settings(tmp_path: Path) -> None:
    names = [SOL, NORTE, "papeleria-luna", "ñandú".encode().hex()]
    settings = 'targets = ["settings", "public", "env", "php", "msmtp"]\n'
    here = make(tmp_path / "a", *names, settings=settings)
    there = make(tmp_path / "b" / "un sitio ñ", *names[::-1], settings=settings)
    with_clock = {"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "1", "LC_ALL": "C", "HOSTNAME": "x", "USER": "y"}
    other = {"TZ": "America/Lima", "PYTHONHASHSEED": "2", "LC_ALL": "es_ES.UTF-8", "PYTHONUTF8": "0"}
    assert render(here, environ=with_clock).returncode == 0
    assert render(there, "--lang", "en", "--jobs", "2", environ=other).returncode == 0
    assert tree(here / "dist") == tree(there / "dist")


def test_a_render_killed_at_any_moment_is_finished_by_the_next(tmp_path: Path) -> None:
    """The whole command, from its first import on; the protocol itself is tested call by call."""
    chance = random.Random(20261124)
    folder = make(tmp_path / "repo", *(f"tienda-{number}" for number in range(40)))
    started = time.monotonic()
    assert render(folder).returncode == 0
    took = time.monotonic() - started
    command = [sys.executable, "-m", "wakagitops", "render"]
    for turn in range(12):
        for number in range(40):
            name = f"tienda-{number}"
            _rewrite(folder, name, email=f"{('contacto', 'info', 'hola')[turn % 3]}@{name}.es")
        with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL) as process:
            time.sleep(took * (0.3 + 0.7 * chance.random()))
            process.kill()
        if (folder / "dist" / "manifest.json").exists():
            assert_manifest_holds(folder / "dist")
    assert render(folder).returncode == 0
    assert render(folder, "--check").returncode == 0
    assert_manifest_holds(folder / "dist")
    manifest = json.loads((folder / "dist" / "manifest.json").read_bytes())
    known = {entry["path"] for entry in (*manifest["files"], *manifest["retained"])}
    assert set(tree(folder / "dist")) == known | {"manifest.json", "cache-bust.json"}
