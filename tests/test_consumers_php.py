"""Real PHP reads ``mail.php``."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.deployment_case import shop
from tests.target_case import account, reference, refused, rendered, texts
from wakagitops.settings.model import ShopSettings

pytestmark = pytest.mark.skipif(which("php") is None, reason="php is not installed")

# Written in hexadecimal, so that PHP's encoder of JSON has no say in what a text is.
_READ = """
error_reporting(E_ALL);
set_error_handler(function ($number, $message) { fwrite(STDERR, $message); exit(1); });
function plain($value) {
    return is_string($value) ? ['text' => bin2hex($value)]
        : (is_array($value) ? ['array' => array_map('plain', $value)] : ['other' => $value]);
}
foreach (array_slice($argv, 1) as $file) { echo json_encode(plain(require $file)), "\\n"; }
"""


def _php(folder: Path, shops: Sequence[ShopSettings]) -> list[Any]:
    paths = []
    for number, item in enumerate(shops):
        (file,) = rendered("php", item).values()
        path = folder / f"{number}.php"
        path.write_bytes(file.data)
        paths.append(str(path))
    run = subprocess.run(["php", "-n", "-r", _READ, "--", *paths], capture_output=True, check=False)
    assert run.returncode == 0, run.stderr.decode()
    return [_value(json.loads(line)) for line in run.stdout.splitlines()]


def _value(plain: dict[str, Any]) -> Any:
    if "text" in plain:
        return bytes.fromhex(plain["text"]).decode()
    if "array" in plain:
        array = plain["array"]
        if isinstance(array, dict):
            return {key: _value(item) for key, item in array.items()}
        return [_value(item) for item in array]
    return plain["other"]


def test_php_reads_every_setting_under_its_name(tmp_path: Path) -> None:
    settings = shop(
        recipients=("ventas@imprenta-sol.es", "taller@imprenta-sol.es"),
        notifications__name='L\'Impremta \\ "Sol" $x {$y} <?php ñ',
    )
    assert _php(tmp_path, [settings]) == [
        {
            "shop": "imprenta-sol",
            "environment": "",
            "platform_version": "3.28.1",
            "url": "https://www.imprenta-sol.es",
            "contact": {
                "email": "contacto@imprenta-sol.es",
                "publish": "assembled",
                "pages": ["/contacto", "/aviso-legal"],
            },
            "notifications": {
                "email": "pedidos@imprenta-sol.es",
                "name": 'L\'Impremta \\ "Sol" $x {$y} <?php ñ',
                "smtp": {
                    "host": "smtp.imprenta-sol.es",
                    "port": 465,
                    "ports": {"tls": 465, "starttls": 587},
                    "security": "tls",
                    "username": "pedidos@imprenta-sol.es",
                    "password": {"env": "SMTP_PASSWORD"},
                },
            },
            "admin": {"recipients": ["ventas@imprenta-sol.es", "taller@imprenta-sol.es"]},
        }
    ]


def test_what_is_not_set_is_null_or_empty(tmp_path: Path) -> None:
    bare = shop(
        recipients=(),
        notifications__name=None,
        notifications__username=None,
        notifications__password=None,
    )
    (found,) = _php(tmp_path, [bare])
    assert found["notifications"]["name"] is None
    assert found["notifications"]["smtp"]["password"] is None
    assert found["admin"]["recipients"] == []


def test_references_are_named_never_read(tmp_path: Path) -> None:
    external = reference("external", store="vault", key="shops/sol", property="password")
    (found,) = _php(tmp_path, [account(username=reference("env", env="SMTP_USER"), password=external)])
    smtp = found["notifications"]["smtp"]
    assert smtp["username"] == {"env": "SMTP_USER"}
    assert smtp["password"] == {
        "external": {"store": "vault", "key": "shops/sol", "property": "password"}
    }


def test_a_password_that_sops_encrypted_is_refused() -> None:
    found = refused("php", account(password=reference("sops")))
    assert list(found) == ["/notifications/smtp/password"]


@settings(max_examples=10)
@given(st.lists(texts(), min_size=10, max_size=40))
def test_any_text_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    found = _php(tmp_path_factory.mktemp("php"), [account(name=name, username=name) for name in names])
    assert [item["notifications"]["name"] for item in found] == names
    assert [item["notifications"]["smtp"]["username"] for item in found] == names
