"""Internationalised host and sender names: each target writes the form that its readers take."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from shutil import which

import pytest

from tests.cli_case import cli, write
from wakagitops.mail.hosts import HostFault, host_of

_SHOP = """\
shop: imprenta-espana
platform_version: "3.28.1"
url: https://www.imprenta-espana.es
contact:
  email: contacto@imprentaespaña.es
notifications:
  email: pedidos@imprentaespaña.es
  smtp:
    host: smtp.imprentaespaña.es
    ports: {starttls: 587}
    username: pedidos@imprentaespaña.es
    password: {env: IMPRENTA_SMTP_PASSWORD}
"""
_HOST = "smtp.xn--imprentaespaa-tkb.es"
_SENDER = "pedidos@xn--imprentaespaa-tkb.es"
_TARGETS = '["settings", "public", "env", "php", "msmtp", "kubernetes"]'


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("idn")
    write(folder, "configs/imprenta-espana.yaml", _SHOP)
    write(folder, "wakagitops.toml", f"targets = {_TARGETS}\n")
    run = cli(folder, "render", "--out", "dist")
    assert run.returncode == 0, run.stdout + run.stderr
    return folder / "dist" / "shops" / "imprenta-espana"


def test_the_env_file_holds_the_dns_form(deployment: Path) -> None:
    lines = (deployment / "mail.env").read_text(encoding="utf-8").splitlines()
    assert f"SMTP_HOST={_HOST}" in lines
    assert f"MAIL_FROM_ADDRESS={_SENDER}" in lines
    # The public address is what people read.
    assert "CONTACT_EMAIL=contacto@imprentaespaña.es" in lines


def test_the_settings_hold_the_dns_form(deployment: Path) -> None:
    document = json.loads((deployment / "settings.json").read_text(encoding="utf-8"))
    values = {field["setting"]: field.get("value") for field in document["fields"]}
    assert values["/notifications/smtp/host"] == _HOST
    assert values["/notifications/email"] == _SENDER
    assert values["/contact/email"] == "contacto@imprentaespaña.es"


def test_msmtp_and_kubernetes_hold_the_dns_form(deployment: Path) -> None:
    assert f"\nhost {_HOST}\n" in (deployment / "msmtprc").read_text(encoding="utf-8")
    manifests = "".join(
        path.read_text(encoding="utf-8") for path in deployment.rglob("kubernetes/**/*.yaml")
    )
    assert _HOST in manifests
    assert "smtp.imprentaespaña.es" not in manifests


@pytest.mark.skipif(which("php") is None, reason="php is not installed")
def test_php_accepts_the_host_and_the_sender(deployment: Path) -> None:
    code = (
        "$mail = require $argv[1]; $account = $mail['notifications'];"
        "var_export([filter_var($account['smtp']['host'], FILTER_VALIDATE_DOMAIN, FILTER_FLAG_HOSTNAME),"
        "filter_var($account['email'], FILTER_VALIDATE_EMAIL)]);"
    )
    run = subprocess.run(
        ["php", "-n", "-r", code, "--", str(deployment / "mail.php")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"'{_HOST}'" in run.stdout
    assert f"'{_SENDER}'" in run.stdout


@pytest.mark.parametrize(
    ("host", "fault"),
    [
        ("smtp.imprentaespaña.es", None),
        (_HOST, None),
        ("SMTP.XN--ESPAA-RTA.ES", None),
        ("smtp.españa.es.", None),
        ("smtp.日本.jp", None),
        # 60 octets as typed in letters, 64 and more with xn--.
        ("smtp." + "ñá" * 30 + ".es", HostFault.LABEL),
        (".".join(["ñandu"] * 30) + ".es", HostFault.LABEL),
        ("smtp.-ñ.es", HostFault.LABEL),
        ("xn--a.es", HostFault.LABEL),
        ("smtp.xn--zzzzzzzz99999.es", HostFault.LABEL),
    ],
)
def test_a_host_has_a_form_that_dns_can_hold(host: str, fault: HostFault | None) -> None:
    assert host_of(host).fault is fault


@pytest.mark.parametrize(
    "host", ["xn--a.es", "www.xn--a.es", "xn--a.es:8443", "xn--99999999999.es", "a.xn--a"]
)
def test_a_url_whose_punycode_is_not_valid_is_an_error(tmp_path: Path, host: str) -> None:
    write(
        tmp_path,
        "configs/imprenta-espana.yaml",
        _SHOP.replace("www.imprenta-espana.es", host).replace("españa", "-espana"),
    )
    done = cli(tmp_path, "validate", "--format", "json", "--select", "schema")
    (item,) = json.loads(done.stdout)["diagnostics"]
    assert (done.returncode, item["rule"], item["pointer"]) == (1, "schema/value", "/url")
    assert item["start"] == {"line": 3, "column": 6}
    assert item["message"] == (
        "the host's name in url has a part that begins with xn-- and is not valid punycode"
    )


def test_a_url_with_valid_punycode_is_fine(tmp_path: Path) -> None:
    text = _SHOP.replace("www.imprenta-espana.es", "www.xn--imprentaespaa-tkb.es")
    write(tmp_path, "configs/imprenta-espana.yaml", text)
    done = cli(tmp_path, "validate", "--select", "schema")
    assert done.returncode == 0, done.stdout
