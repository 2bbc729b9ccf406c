"""The options of targets are checked as those of rules are: a wrong one is named with its place."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest

from tests.cli_case import SOL, cli, write

_SCHEMA = Path(__file__).parent.parent / "schema" / "wakagitops-toml.schema.json"
_SECONDS = "timeout must be a whole number of seconds from 1 to 3600; write timeout = 30"
_DURATION = (
    'refresh_interval must be a duration of hours, minutes and seconds, such as "1h30m"; '
    'write refresh_interval = "1h"'
)
_CONTAINER = (
    "container must be the name of a container: lower-case letters, digits and hyphens, at most 63; "
    'write container = "shop"'
)
_FILE = (
    'tls_trust_file must be "system" or the path of a file that begins with / or ~/; '
    'write tls_trust_file = "system"'
)
_URL = (
    "assets_url must be a path or an https:// address that ends in a slash; "
    'write assets_url = "../assets/"'
)
WRONG = [
    ("msmtp", "timeout = -5", _SECONDS),
    ("msmtp", "timeout = 0", _SECONDS),
    ("msmtp", "timeout = 3601", _SECONDS),
    ("msmtp", 'timeout = "30"', _SECONDS),
    ("msmtp", "timeout = true", _SECONDS),
    ("msmtp", "timeout = 1.5", _SECONDS),
    ("msmtp", 'tls_trust_file = ""', _FILE),
    ("msmtp", 'tls_trust_file = "ca.pem"', _FILE),
    ("msmtp", 'tls_trust_file = "/a\\nb"', _FILE),
    ("kubernetes", 'refresh_interval = "1 dia"', _DURATION),
    ("kubernetes", 'refresh_interval = ""', _DURATION),
    ("kubernetes", 'refresh_interval = "-1h"', _DURATION),
    ("kubernetes", 'refresh_interval = "1d"', _DURATION),
    ("kubernetes", "refresh_interval = 1", _DURATION),
    ("kubernetes", 'container = ""', _CONTAINER),
    ("kubernetes", 'container = "Shop"', _CONTAINER),
    ("kubernetes", 'container = "my shop"', _CONTAINER),
    ("kubernetes", f'container = "{"a" * 64}"', _CONTAINER),
    (
        "kubernetes",
        'store_kind = "Store"',
        'store_kind must be one of: "ClusterSecretStore", "SecretStore"',
    ),
    ("public", 'assets_url = "assets"', _URL),
    ("public", 'assets_url = "javascript:x/"', _URL),
    ("public", 'assets_url = "/a b/"', _URL),
]
RIGHT = [
    ("msmtp", "timeout = 1"),
    ("msmtp", "timeout = 3600"),
    ("msmtp", 'tls_trust_file = "/etc/ssl/ca.pem"'),
    ("msmtp", 'tls_trust_file = "~/ca.pem"'),
    ("kubernetes", 'refresh_interval = "1h30m"'),
    ("kubernetes", 'refresh_interval = "0"'),
    ("kubernetes", 'container = "web-1"'),
    ("public", 'assets_url = "/assets/"'),
    ("public", 'assets_url = "https://cdn.imprentas.es:8443/a/"'),
]


@pytest.mark.parametrize(("target", "line", "message"), WRONG)
def test_a_wrong_option_is_named_with_its_place(
    target: str, line: str, message: str, tmp_path: Path
) -> None:
    text = f'targets = ["{target}"]\n\n[render.{target}]\n{line}\n'
    write(tmp_path, "configs/imprenta-sol.yaml", SOL)
    write(tmp_path, "wakagitops.toml", text)
    run = cli(tmp_path, "render", "--out", "dist")
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == f"wakagitops: error: wakagitops.toml:4:1: {message}\n"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tomllib.loads(text), json.loads(_SCHEMA.read_text()))


def test_a_wrong_option_is_named_in_spanish(tmp_path: Path) -> None:
    write(tmp_path, "configs/imprenta-sol.yaml", SOL)
    write(tmp_path, "wakagitops.toml", '[render.kubernetes]\nrefresh_interval = "1 dia"\n')
    run = cli(tmp_path, "render", "--out", "dist", "--lang", "es")
    assert run.returncode == 2
    assert (
        'refresh_interval debe ser una duración de horas, minutos y segundos, como "1h30m"' in run.stderr
    )


@pytest.mark.parametrize(("target", "line"), RIGHT)
def test_a_right_option_is_taken(target: str, line: str, tmp_path: Path) -> None:
    text = f'targets = ["settings"]\n[render.{target}]\n{line}\n'
    write(tmp_path, "configs/imprenta-sol.yaml", SOL)
    write(tmp_path, "wakagitops.toml", text)
    run = cli(tmp_path, "render", "--out", "dist", "--first-publication")
    assert "must be" not in run.stderr
    jsonschema.validate(tomllib.loads(text), json.loads(_SCHEMA.read_text()))
