"""``wakagitops init``: a new repository is green at once, in a real git with the real pre-commit."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from wakagitops.cli.init import SCHEMAS, contents
from wakagitops.cli.install_source import InstallSource, installed_source, parse_install_source
from wakagitops.core.errors import UsageError

HERE = Path(sys.executable).parent
LANGUAGES = ("en", "es")
COMMIT = "0123456789abcdef0123456789abcdef01234567"
GIT = f"wakagitops @ git+https://git.imprenta-sol.es/wakagitops@{COMMIT}"
HASHES = ["wakagitops==0.1.0 --hash=sha256:" + "a" * 64, "idna==3.10 --hash=sha256:" + "b" * 64]
SOURCE = InstallSource()


def _run(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{HERE}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def _init(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return _run(folder, sys.executable, "-m", "wakagitops", "init", *arguments, **environment)


def _tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    assert isinstance(request.param, str)
    return request.param


def test_in_an_empty_folder_git_pre_commit_and_render_all_succeed(tmp_path: Path, language: str) -> None:
    done = _init(tmp_path, "--lang", language)
    assert done.returncode == 0
    assert "WAKAGITOPS_INSTALL" in done.stderr
    for command in (
        ("git", "init", "--quiet"),
        ("git", "add", "--all"),
        ("pre-commit", "run", "--all-files", "--verbose"),
        ("git", "diff", "--exit-code"),
        ("wakagitops", "validate", "--strict"),
        ("wakagitops", "schema", "--refresh", "schema", "--check"),
        ("wakagitops", "render"),
        ("wakagitops", "render", "--check"),
    ):
        run = _run(tmp_path, *command, PRE_COMMIT_HOME=str(tmp_path / ".git" / "pre-commit"))
        assert run.returncode == 0, f"{command}\n{run.stdout}{run.stderr}"
    assert (tmp_path / "dist" / "shops" / "imprenta-sol" / "settings.json").is_file()
    # What is made by working with it is no part of it.
    status = _run(tmp_path, "git", "status", "--short", "--ignored").stdout.splitlines()
    assert [line for line in status if line.startswith("!!")] == ["!! dist/"]


@pytest.mark.parametrize("where", ["", "shops", "shops/below"])
@pytest.mark.parametrize("has_git", [False, True])
def test_the_next_steps_start_a_git_repository_only_where_there_is_none(
    tmp_path: Path, where: str, *, has_git: bool
) -> None:
    if has_git:
        _run(tmp_path, "git", "init", "--quiet")
    done = _init(tmp_path, *where.split())
    steps = [
        *([f"cd {where}"] if where else []),
        *([] if has_git else ["git init"]),
        "pre-commit install",
        "wakagitops validate",
    ]
    assert done.stdout.partition("\nNext:\n")[2] == "".join(f"  {step}\n" for step in steps)


def test_its_check_finds_nothing_at_all_and_says_so(tmp_path: Path) -> None:
    _init(tmp_path)
    checked = _run(tmp_path, "wakagitops", "validate", "--format", "json")
    assert json.loads(checked.stdout)["diagnostics"] == []
    assert checked.stderr == ""


def test_a_mistake_in_the_new_repository_blocks_the_commit(tmp_path: Path) -> None:
    _init(tmp_path)
    shop = tmp_path / "configs" / "imprenta-sol.yaml"
    shop.write_text(shop.read_text(encoding="utf-8").replace("contacto@", "no-reply@"), encoding="utf-8")
    cache = str(tmp_path / ".git" / "pre-commit")
    for command in (["init", "-q"], ["add", "--all"]):
        _run(tmp_path, "git", *command)
    run = _run(tmp_path, "pre-commit", "run", "--all-files", PRE_COMMIT_HOME=cache)
    assert run.returncode == 1
    assert "configs/imprenta-sol.yaml:6:10" in run.stdout
    assert "address/no-reply" in run.stdout


def test_a_stale_schema_is_renewed_by_the_hook_and_refused_by_ci(tmp_path: Path) -> None:
    _init(tmp_path)
    schema = tmp_path / "schema" / SCHEMAS[0]
    sound = schema.read_bytes()
    schema.write_text("{}", encoding="utf-8")
    check = ("wakagitops", "schema", "--refresh", "schema")
    refused = _run(tmp_path, *check, "--check")
    assert refused.returncode == 1
    assert refused.stdout == (
        f"schema/{SCHEMAS[0]} is stale; `wakagitops schema --refresh schema` renews it\n"
    )
    # The folder of a new repository need not be named.
    assert _run(tmp_path, *check[:-1], "--check").stdout == refused.stdout
    assert schema.read_text(encoding="utf-8") == "{}"
    renewed = _run(tmp_path, *check)
    assert (renewed.returncode, renewed.stdout) == (0, f"schema/{SCHEMAS[0]} is renewed\n")
    assert schema.read_bytes() == sound
    assert _run(tmp_path, *check, "--check").stdout == ""
    assert _run(tmp_path, "wakagitops", "schema", "--refresh", "configs").returncode == 3


def test_a_check_of_schemas_needs_the_folder_that_holds_them(tmp_path: Path) -> None:
    alone = _run(tmp_path, "wakagitops", "schema", "--check")
    assert (alone.returncode, alone.stdout) == (2, "")
    advice = "--check compares the schemas of a folder: name it with --refresh, as in"
    assert advice in alone.stderr
    spanish = _run(tmp_path, "wakagitops", "schema", "--check", "--lang", "es")
    assert "`wakagitops schema --refresh schema --check`" in spanish.stderr


@pytest.mark.parametrize("taken", ["wakagitops.toml", ".gitignore", "configs/imprenta-sol.yaml"])
def test_what_is_there_stays_and_the_rest_is_added(tmp_path: Path, taken: str) -> None:
    whole = {name for name, _ in contents("en", SOURCE)}
    file = tmp_path / taken
    file.parent.mkdir(exist_ok=True)
    file.write_text("mine\n", encoding="utf-8")
    done = _init(tmp_path)
    assert done.returncode == 0
    assert f"\nThere already, and left as they are:\n  {taken}\n\nNext:\n" in done.stdout
    after = _tree(tmp_path)
    assert after.pop(taken) == b"mine\n"
    # The example's defaults would act on a shop that is there.
    beside = {"configs/_defaults.yaml"} if taken.startswith("configs/") else set()
    assert set(after) == whole - {taken} - beside
    assert f".: {len(after)} files written\n" in done.stdout
    assert ("no example is added" in done.stderr) is bool(beside)


def test_once_more_changes_nothing_and_names_what_stays(tmp_path: Path) -> None:
    _init(tmp_path)
    before = _tree(tmp_path)
    again = _init(tmp_path)
    assert again.returncode == 0
    assert ".: 0 files written\n" in again.stdout
    assert all(f"\n  {name}\n" in again.stdout for name in before)
    assert _tree(tmp_path) == before


def test_shops_that_are_there_are_as_before(tmp_path: Path) -> None:
    shop = tmp_path / "configs" / "costa" / "mia.yml"
    shop.parent.mkdir(parents=True)
    shop.write_text("shop: mia\n", encoding="utf-8")
    done = _init(tmp_path)
    assert (done.returncode, done.stderr.count("configs/ holds settings already")) == (0, 1)
    settings = {path.name for path in (tmp_path / "configs").rglob("*.y*ml")}
    assert settings == {"mia.yml"}
    assert (tmp_path / "configs" / "README.md").is_file()


@pytest.mark.parametrize("taken", ["configs", "schema", ".github"])
def test_a_file_where_a_folder_belongs_is_in_the_way(tmp_path: Path, taken: str) -> None:
    (tmp_path / taken).write_text("mine\n", encoding="utf-8")
    done = _init(tmp_path)
    assert done.returncode == 2
    assert f"a file stands where a folder is needed, for: {taken}/" in done.stderr
    assert _tree(tmp_path) == {taken: b"mine\n"}


def test_a_dangling_link_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "wakagitops.toml").symlink_to("nowhere")
    done = _init(tmp_path)
    assert (done.returncode, "\n  wakagitops.toml\n\n" in done.stdout) == (0, True)
    assert not (tmp_path / "nowhere").exists()


def test_other_files_stay_and_folders_are_made(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine\n", encoding="utf-8")
    assert _init(tmp_path).returncode == 0
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == "mine\n"
    done = _init(tmp_path, "deep/below")
    assert done.returncode == 0
    assert "cd deep/below" in done.stdout
    assert (tmp_path / "deep" / "below" / "wakagitops.toml").is_file()


def test_a_wrong_wakagitops_toml_around_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "wakagitops.toml").write_text("rot = 1\n", encoding="utf-8")
    assert _init(tmp_path, "below").returncode == 0


def test_when_the_disk_refuses_nothing_stays(tmp_path: Path) -> None:
    """A limit on the size of files stops the schema half-way, as a full disk would."""
    code = (
        "import resource, signal, sys\n"
        "sys.dont_write_bytecode = True\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))\n"
        "from wakagitops.cli.app import main\n"
        "sys.exit(main(['init', 'new']))\n"
    )
    run = _run(tmp_path, sys.executable, "-c", code)
    assert run.returncode == 4
    assert f"{SCHEMAS[0]} cannot be written" in run.stderr
    assert list(tmp_path.iterdir()) == []


def test_editors_find_the_schemas_by_every_modeline(tmp_path: Path) -> None:
    _init(tmp_path)
    found = 0
    for name, data in _tree(tmp_path).items():
        for match in re.finditer(r"(?:\$schema=|^#:schema )(\S+)", data.decode(), re.MULTILINE):
            found += 1
            assert (tmp_path / name).parent.joinpath(match[1]).resolve().is_file(), name
    assert found == 3
    settings = json.loads((tmp_path / ".vscode" / "settings.json").read_text(encoding="utf-8"))
    assert all((tmp_path / schema).is_file() for schema in settings["yaml.schemas"])


def test_the_two_languages_differ_in_words_only() -> None:
    english, spanish = dict(contents("en", SOURCE)), dict(contents("es", SOURCE))
    assert english.keys() == spanish.keys()
    for name, data in english.items():
        if name == ".gitlab-ci.yml":
            (english_job,), (spanish_job,) = (
                yaml.safe_load(text).values() for text in (data, spanish[name])
            )
            assert _without_names(english_job) == _without_names(spanish_job)
        elif name.endswith((".yaml", ".yml")):
            assert _without_names(yaml.safe_load(data)) == _without_names(yaml.safe_load(spanish[name]))
        if name.endswith(".toml"):
            told = tomllib.loads(spanish[name].decode())
            assert told.pop("lang") == "es"
            assert tomllib.loads(data.decode()) == told
        assert data.endswith(b"\n")
        assert b"\r" not in data
        assert b"%install%" not in data
        assert b"%version%" not in data


def _without_names(value: object) -> object:
    """Return a document without the texts that only people read."""
    if isinstance(value, dict):
        return {key: _without_names(item) for key, item in value.items() if key != "name"}
    if isinstance(value, str):
        return re.sub(r"(?m)^( *echo) '.*'", r"\1", value)
    return [_without_names(item) for item in value] if isinstance(value, list) else value


def test_the_language_is_that_of_the_reader(tmp_path: Path) -> None:
    done = _init(tmp_path, LC_ALL="es_ES.UTF-8")
    assert done.returncode == 0
    assert "Un ejemplo" in (tmp_path / "configs" / "imprenta-sol.yaml").read_text(encoding="utf-8")


def _installed_from(url: str, commit: str = COMMIT, **more: str) -> str:
    """Return pip's record of an installation from a git repository."""
    return json.dumps({"url": url, "vcs_info": {"vcs": "git", "commit_id": commit}, **more})


@pytest.mark.parametrize(
    ("record", "lines"),
    [
        ("", ()),
        ("no json", ()),
        ("[]", ()),
        ("null", ()),
        ('{"url": 3, "vcs_info": {"vcs": "git", "commit_id": 4}}', ()),
        ('{"url": "file:///src/wakagitops", "dir_info": {"editable": true}}', ()),
        (_installed_from("file:///src/wakagitops"), ()),
        (_installed_from("https://git.imprenta-sol.es/wakagitops", "0a1b2c"), ()),
        (_installed_from("https://git.imprenta-sol.es/wakagitops"), (GIT,)),
        (_installed_from("https://ana:hunter2@git.imprenta-sol.es/wakagitops"), (GIT,)),
        (_installed_from("https://ghp_token@git.imprenta-sol.es/wakagitops"), (GIT,)),
        (
            _installed_from("https://git.imprenta-sol.es/wakagitops", subdirectory="tools/mail"),
            (f"{GIT}#subdirectory=tools/mail",),
        ),
        (
            _installed_from("ssh://git@git.imprenta-sol.es/wakagitops"),
            (f"wakagitops @ git+ssh://git@git.imprenta-sol.es/wakagitops@{COMMIT}",),
        ),
    ],
)
def test_the_default_source_is_the_commit_that_the_tool_was_installed_from(
    record: str, lines: tuple[str, ...]
) -> None:
    assert installed_source(record).lines == lines


@pytest.mark.parametrize(
    ("specs", "told"),
    [
        (["wakagitops"], "once for wakagitops and for each package"),
        (["wakagitops==0.1.0"], "name==version --hash=sha256:"),
        (["wakagitops>=0.1.0 --hash=sha256:" + "a" * 64], "exact version"),
        (["wakagitops==0.1.* --hash=sha256:" + "a" * 64], "exact version"),
        (["wakagitops==0.1.0 --hash=md5:" + "a" * 32], "exact version"),
        (["wakagitops==0.1.0 --hash=sha256:" + "a" * 64 + " --index-url=x"], "exact version"),
        ([HASHES[1]], "names the package wakagitops"),
        (["./wakagitops"], "exact version"),
        (["--requirement=x"], "exact version"),
        (["main"], "exact version"),
        ([""], "empty"),
        (["wakagitops @ git+https://h/x@${{ secrets.X }}"], "expands"),
        ([GIT + "\nevil"], "expands"),
        ([f"git+file:///srv/w@{COMMIT}"], "expected the URL"),
        (["git+https://h/w"], "git ls-remote https://h/w HEAD"),
        (["git+https://h/w@main"], "git ls-remote https://h/w main"),
        (["git+https://h/w@v0.1.0"], "git ls-remote https://h/w v0.1.0"),
        ([f"git+https://h/w@{COMMIT[:12]}"], "git ls-remote https://h/w 0123456789ab"),
        ([f"git+https://h/w@{COMMIT.upper()}"], "git ls-remote"),
        ([f"git+http://h/w@{COMMIT}"], f"`git+https://h/w@{COMMIT}`"),
        ([f"https://h/w@{COMMIT}"], f"`git+https://h/w@{COMMIT}`"),
        ([f"other @ git+https://h/w@{COMMIT}"], f"`wakagitops @ git+https://h/w@{COMMIT}`"),
        ([f"git+https://h/w@{COMMIT} --extra-index-url=https://evil"], "expected the URL"),
        ([GIT, HASHES[0]], "given once"),
    ],
)
def test_a_source_that_can_move_is_wrong_usage(tmp_path: Path, specs: list[str], told: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_install_source(specs)
    done = _init(tmp_path, *(f"--install-from={spec}" for spec in specs), "--lang", "en")
    assert (done.returncode, done.stdout, list(tmp_path.iterdir())) == (2, "", [])
    assert told in " ".join(done.stderr.split()), caught.value
    advice = re.search(r"`((?:wakagitops @ )?git\+https://\S+)`", done.stderr)
    if advice and COMMIT in advice[1]:
        parse_install_source([advice[1]])


@pytest.mark.parametrize(
    "spec", [f"git+https://ana:hunter2@h/w@{COMMIT}", f"wakagitops @ git+https://hunter2@h/w@{COMMIT}"]
)
def test_a_source_with_a_password_is_refused_and_not_shown(tmp_path: Path, spec: str) -> None:
    done = _init(tmp_path, "--install-from", spec)
    assert (done.returncode, list(tmp_path.iterdir())) == (2, [])
    assert "hunter2" not in done.stderr + done.stdout


@pytest.mark.parametrize("specs", [[GIT], [GIT.removeprefix("wakagitops @ ")], HASHES])
def test_the_pinned_source_stands_in_both_pipelines(
    tmp_path: Path, language: str, specs: list[str]
) -> None:
    done = _init(tmp_path, *(f"--install-from={spec}" for spec in specs), "--lang", language)
    assert (done.returncode, done.stderr) == (0, "")
    lines = "\n".join(HASHES if specs == HASHES else [GIT])
    workflow = yaml.safe_load((tmp_path / ".github/workflows/wakagitops.yml").read_bytes())
    (install,) = [
        step["env"]["WAKAGITOPS_INSTALL"]
        for step in workflow["jobs"]["check"]["steps"]
        if "WAKAGITOPS_INSTALL" in step.get("env", {})
    ]
    (job,) = yaml.safe_load((tmp_path / ".gitlab-ci.yml").read_bytes()).values()
    assert install == job["variables"]["WAKAGITOPS_INSTALL"] == lines
    hooks = yaml.safe_load((tmp_path / ".pre-commit-config.yaml").read_bytes())["repos"]
    if specs == HASHES:
        assert hooks[0]["repo"] == "local"
    else:
        assert (hooks[0]["repo"], hooks[0]["rev"]) == (
            "https://git.imprenta-sol.es/wakagitops",
            COMMIT,
        )
    run = _run(tmp_path, "pre-commit", "validate-config", ".pre-commit-config.yaml")
    assert run.returncode == 0, run.stdout
    assert not (tmp_path / "requirements.txt").exists()
    assert list(tmp_path.glob(".pre-commit*")) == [tmp_path / ".pre-commit-config.yaml"]


@pytest.mark.parametrize(
    ("file", "schema"),
    [
        (".github/workflows/wakagitops.yml", "vendor.github-workflows"),
        (".gitlab-ci.yml", "vendor.gitlab-ci"),
    ],
)
def test_the_pipelines_pass_the_schemas_of_their_services(
    tmp_path: Path, language: str, file: str, schema: str
) -> None:
    _init(tmp_path, "--lang", language)
    options = ["--data-transform", "gitlab-ci"] if "gitlab" in schema else []
    run = _run(tmp_path, "check-jsonschema", "--builtin-schema", schema, *options, file)
    assert run.returncode == 0, run.stdout + run.stderr


def test_pre_commit_accepts_its_configuration(tmp_path: Path, language: str) -> None:
    _init(tmp_path, "--lang", language)
    run = _run(tmp_path, "pre-commit", "validate-config", ".pre-commit-config.yaml")
    assert run.returncode == 0, run.stdout


def test_zizmor_finds_nothing_unsafe_in_the_workflow(tmp_path: Path, language: str) -> None:
    _init(tmp_path, "--lang", language)
    command = ("zizmor", "--offline", "--persona", "regular", "--format", "plain", ".github")
    run = _run(tmp_path, *command)
    assert run.returncode == 0, run.stdout + run.stderr
