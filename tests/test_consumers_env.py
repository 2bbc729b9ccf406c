"""Readers of ``mail.env``: python-dotenv, kustomize, and the rules of docker and Compose."""

from __future__ import annotations

import subprocess
from io import StringIO
from pathlib import Path
from shutil import which

import pytest
import yaml
from dotenv import dotenv_values
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.deployment_case import shop
from tests.target_case import account, reference, refused, rendered, texts
from wakagitops.settings.model import ShopSettings

EXPECTED = {
    "ADMIN_RECIPIENTS": "ventas@imprenta-sol.es,taller@imprenta-sol.es",
    "CONTACT_EMAIL": "contacto@imprenta-sol.es",
    "MAIL_FROM_ADDRESS": "pedidos@imprenta-sol.es",
    "MAIL_FROM_NAME": "L'Impremta: Sol & Lluna, S.L. ñ=ü",
    "SHOP_ID": "imprenta-sol",
    "SHOP_URL": "https://www.imprenta-sol.es",
    "SMTP_HOST": "smtp.imprenta-sol.es",
    "SMTP_PASSWORD_ENV": "SMTP_PASSWORD",
    "SMTP_PORT": "465",
    "SMTP_SECURITY": "tls",
    "SMTP_USERNAME": "pedidos@imprenta-sol.es",
}
SHOP = shop(
    recipients=("ventas@imprenta-sol.es", "taller@imprenta-sol.es"),
    notifications__name=EXPECTED["MAIL_FROM_NAME"],
)
HEAD = (
    "# Not for a shell to source: values stand unquoted. "
    "For docker --env-file, Compose, kustomize, python-dotenv.\n"
)
# The spaces of Go's unicode.IsSpace.
_GO_SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    chr(code) for code in range(0x2000, 0x200B)
)


def _text(settings: ShopSettings) -> str:
    (file,) = rendered("env", settings).values()
    return file.data.decode()


def _docker(text: str) -> dict[str, str]:
    """Read as ``docker run --env-file`` documents: a value is what follows the sign, as it stands.

    Strict: whatever docker would silently do otherwise, such as taking a name without a sign from
    its own environment, fails here.
    """
    found = {}
    for number, line in enumerate(text.removesuffix("\n").split("\n")):
        assert len(line.encode()) < 64 * 1024
        stripped = line.removesuffix("\r").lstrip(_GO_SPACES)
        assert stripped, "an empty line"
        assert stripped.startswith("#") == (number == 0), "only the first line is a comment"
        if number == 0:
            continue
        name, sign, value = stripped.partition("=")
        assert sign, "a name without a value"
        assert name.isidentifier()
        assert name not in found
        found[name] = value
    return found


def _compose(text: str) -> dict[str, str]:
    """Read as Compose documents its env files, and fail where it would read anything into a value."""
    found = {}
    for number, line in enumerate(text.removesuffix("\n").split("\n")):
        assert line.startswith("#") == (number == 0), "only the first line is a comment"
        if number == 0:
            continue
        name, _, value = line.partition("=")
        value = value.strip(_GO_SPACES)
        assert not value.startswith(("'", '"')), "a quoted value"
        assert "$" not in value, "a variable"
        found[name] = value.partition(" #")[0].rstrip(_GO_SPACES)
    return found


def _dotenv(text: str) -> dict[str, str | None]:
    return dict(dotenv_values(stream=StringIO(text, newline=None), interpolate=True))


def _kustomize(folder: Path, texts: list[str]) -> list[dict[str, str]]:
    """Read files with the ``envs`` of a ConfigMap generator, each as one ConfigMap.

    Debian has no kustomize that could be installed where there is none: docker's rules are the same.
    """
    if which("kubectl") is None:
        return [_docker(text) for text in texts]
    generators = []
    for number, text in enumerate(texts):
        (folder / f"{number}.env").write_text(text, encoding="utf-8")
        generators.append({"name": f"m{number}", "envs": [f"{number}.env"]})
    kustomization = {
        "configMapGenerator": generators,
        "generatorOptions": {"disableNameSuffixHash": True},
    }
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(kustomization), encoding="utf-8")
    run = subprocess.run(["kubectl", "kustomize", str(folder)], capture_output=True, check=False)
    assert run.returncode == 0, run.stderr.decode()
    # PyYAML would take the plain text "=" that kustomize writes for a value of another type.
    documents = yaml.load_all(run.stdout, yaml.BaseLoader)
    found = {item["metadata"]["name"]: item["data"] for item in documents}
    return [found[f"m{number}"] for number in range(len(texts))]


def test_lines_are_sorted_below_one_comment_and_name_the_secret() -> None:
    lines = "".join(f"{name}={value}\n" for name, value in sorted(EXPECTED.items()))
    assert _text(SHOP) == HEAD + lines


def test_python_dotenv_docker_and_compose_read_the_same() -> None:
    text = _text(SHOP)
    assert _dotenv(text) == EXPECTED
    assert _docker(text) == EXPECTED
    assert _compose(text) == EXPECTED


def test_kustomize_reads_the_same(tmp_path: Path) -> None:
    assert _kustomize(tmp_path, [_text(SHOP)]) == [EXPECTED]


@pytest.mark.parametrize(
    ("credential", "expected"),
    [
        (reference("env", env="SMTP_PASSWORD"), {"SMTP_PASSWORD_ENV": "SMTP_PASSWORD"}),
        (reference("file", file="/run/secrets/smtp"), {"SMTP_PASSWORD_FILE": "/run/secrets/smtp"}),
        (
            reference("vault", path="secret/shops/sol", key="password"),
            {"SMTP_PASSWORD_VAULT_PATH": "secret/shops/sol", "SMTP_PASSWORD_VAULT_KEY": "password"},
        ),
        (
            reference("kubernetes", name="sol-smtp", key="password"),
            {"SMTP_PASSWORD_KUBERNETES_NAME": "sol-smtp", "SMTP_PASSWORD_KUBERNETES_KEY": "password"},
        ),
        (None, {}),
    ],
)
def test_a_secret_is_named_by_the_parts_of_its_reference(
    credential: object, expected: dict[str, str]
) -> None:
    found = _docker(_text(account(password=credential)))
    assert {name: value for name, value in found.items() if "PASSWORD" in name} == expected


def test_a_password_that_sops_encrypted_is_refused() -> None:
    found = refused("env", account(password=reference("sops")))
    assert list(found) == ["/notifications/smtp/password"]


@pytest.mark.parametrize(
    "name",
    [
        "Foto #1",
        "#1",
        "'Sol'",
        '"Sol',
        "Sol ",
        "\xa0Sol",
        "5 $",
        "${HOME}",
        "a\\nb",
        "a`b",
        "a\nb",
        "a\rb",
        "a\x00b",
        "a\x85b",
    ],
)
def test_what_readers_take_differently_is_refused(name: str) -> None:
    assert list(refused("env", account(name=name))) == ["/notifications/name"]


def test_a_line_that_is_too_long_for_a_reader_is_refused() -> None:
    recipients = tuple(f"{'a' * 60}{number}@imprenta-sol.es" for number in range(1_000))
    assert list(refused("env", shop(recipients=recipients))) == ["/admin/recipients"]


@given(texts(), texts())
def test_any_text_is_read_back_as_it_was_or_refused(name: str, username: str) -> None:
    shop_with = account(name=name, username=username)
    if refused("env", shop_with):
        return
    for read in (_dotenv, _docker, _compose):
        found = read(_text(shop_with))
        assert (found["MAIL_FROM_NAME"], found["SMTP_USERNAME"]) == (name, username)


@settings(max_examples=5)
@given(st.lists(texts(), min_size=20, max_size=60))
def test_kustomize_reads_any_text_back_that_is_not_refused(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    held = [name for name in names if not refused("env", account(name=name))]
    found = _kustomize(tmp_path_factory.mktemp("envs"), [_text(account(name=name)) for name in held])
    assert [item["MAIL_FROM_NAME"] for item in found] == held
