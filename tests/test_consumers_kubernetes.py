"""kustomize builds what the target ``kubernetes`` writes, and Kubernetes' own schemas accept it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from re import ASCII
from re import compile as regex
from shutil import which
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.deployment_case import shop
from tests.target_case import account, reference, refused, rendered, shared, texts
from wakagitops.settings.model import ShopSettings

# Debian has no kustomize of this decade: where kubectl is absent, PyYAML reads what kustomize would.
_KUBECTL = which("kubectl")

# Kubernetes, "Object Names and IDs" and "Labels and Selectors".
_NAME = regex(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?\Z", ASCII)
_LABEL_KEY = regex(r"(?:[a-z0-9.-]{1,253}/)?[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?\Z", ASCII)
_LABEL = regex(r"(?:[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?)?\Z", ASCII)
_DATA_KEY = regex(r"[-._a-zA-Z0-9]{1,253}\Z", ASCII)

_STORE = {
    "type": "object",
    "required": ["name", "kind"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "maxLength": 253, "pattern": r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"},
        "kind": {"enum": ["SecretStore", "ClusterSecretStore"]},
    },
}
EXTERNAL_SECRET = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["apiVersion", "kind", "metadata", "spec"],
    "additionalProperties": False,
    "properties": {
        "apiVersion": {"const": "external-secrets.io/v1"},
        "kind": {"const": "ExternalSecret"},
        "metadata": {"type": "object"},
        "spec": {
            "type": "object",
            "required": ["secretStoreRef", "target", "data"],
            "additionalProperties": False,
            "properties": {
                "refreshInterval": {"type": "string", "pattern": "^([0-9]+(h|m|s|ms))+$"},
                "secretStoreRef": _STORE,
                "target": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "name": {"type": "string"},
                        "creationPolicy": {"enum": ["Owner", "Orphan", "Merge", "None"]},
                    },
                },
                "data": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "object",
                        "required": ["secretKey", "remoteRef"],
                        "additionalProperties": False,
                        "properties": {
                            "secretKey": {"type": "string", "pattern": "^[-._a-zA-Z0-9]+$"},
                            "remoteRef": {
                                "type": "object",
                                "required": ["key"],
                                "additionalProperties": False,
                                "properties": {
                                    "key": {"type": "string"},
                                    "property": {"type": "string"},
                                },
                            },
                            "sourceRef": {
                                "type": "object",
                                "maxProperties": 1,
                                "additionalProperties": False,
                                "properties": {"storeRef": _STORE},
                            },
                        },
                    },
                },
            },
        },
    },
}
EXTERNAL = reference("external", store="vault", key="shops/sol/smtp", property="password")
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: tienda
  labels: {app.kubernetes.io/instance: imprenta-sol}
spec:
  selector: {matchLabels: {app: tienda}}
  template:
    metadata: {labels: {app: tienda}}
    spec:
      containers:
        - name: shop
          image: registry.imprenta-sol.es/tienda:1
          env: [{name: TZ, value: Europe/Madrid}]
        - name: sidecar
          image: registry.imprenta-sol.es/sidecar:1
"""


def _write(folder: Path, *shops: ShopSettings, options: Mapping[str, Any] | None = None) -> Path:
    files = [file for item in shops for file in rendered("kubernetes", item, options).values()]
    files += shared("kubernetes", *sorted(item.shop for item in shops)).values()
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    return folder


def _build(folder: Path) -> list[dict[str, Any]]:
    if _KUBECTL is None:
        return [document for path in _resources(folder) for document in _read(path)]
    run = subprocess.run(["kubectl", "kustomize", str(folder)], capture_output=True, check=False)
    assert run.returncode == 0, run.stderr.decode()
    return list(yaml.load_all(run.stdout, _Loader))


class _Loader(yaml.SafeLoader):
    """PyYAML's safe loader, for which the plain text "=" that kustomize writes is text."""


_Loader.add_constructor("tag:yaml.org,2002:value", lambda _, node: node.value)


def _resources(path: Path) -> list[Path]:
    """Return the files that a kustomization leads to."""
    if path.is_file():
        return [path]
    (kustomization,) = _read(path / "kustomization.yaml")
    return [file for name in kustomization["resources"] for file in _resources(path / name)]


def _read(path: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(path.read_bytes()))


def _documents(settings: ShopSettings) -> dict[str, dict[str, Any]]:
    files = rendered("kubernetes", settings)
    return {
        path.removeprefix(f"shops/{settings.shop}/kubernetes/"): yaml.safe_load(file.data)
        for path, file in files.items()
    }


def _by_kind(documents: Iterable[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [document for document in documents if document["kind"] == kind]


def _assert_sound(document: dict[str, Any]) -> None:
    """Judge an object by Kubernetes' schemas, or ours for the operator's; names and labels too."""
    if document["kind"] == "ExternalSecret":
        jsonschema.validate(document, EXTERNAL_SECRET)
    else:
        kubernetes_validate.validate(document, "1.32", strict=True)
    metadata = document["metadata"]
    assert _NAME.match(metadata["name"])
    for key, value in metadata["labels"].items():
        assert _LABEL_KEY.match(key)
        assert _LABEL.match(value)
    if document["kind"] == "ConfigMap":
        assert all(_DATA_KEY.match(key) for key in document["data"])


def test_kustomize_builds_the_whole_fleet(tmp_path: Path) -> None:
    shops = [
        shop(),
        shop("rotulos-norte", notifications__password=EXTERNAL),
        shop(
            "123", notifications__name=None, notifications__username=None, notifications__password=None
        ),
    ]
    built = _build(_write(tmp_path, *shops) / "kubernetes")
    for document in built:
        _assert_sound(document)
    assert {item["metadata"]["name"] for item in _by_kind(built, "ConfigMap")} == {
        "imprenta-sol-mail",
        "rotulos-norte-mail",
        "123-mail",
    }
    (secret,) = _by_kind(built, "ExternalSecret")
    assert secret["metadata"]["name"] == "rotulos-norte-mail"


def test_a_fleet_without_shops_builds(tmp_path: Path) -> None:
    assert _build(_write(tmp_path) / "kubernetes") == []


def test_a_config_map_holds_the_settings_as_text() -> None:
    (configmap,) = _by_kind(_documents(shop()).values(), "ConfigMap")
    assert configmap["data"] == {
        "ADMIN_RECIPIENTS": "ventas@imprenta-sol.es",
        "CONTACT_EMAIL": "contacto@imprenta-sol.es",
        "MAIL_FROM_ADDRESS": "pedidos@imprenta-sol.es",
        "MAIL_FROM_NAME": "Imprenta Sol",
        "SHOP_ID": "imprenta-sol",
        "SHOP_URL": "https://www.imprenta-sol.es",
        "SMTP_HOST": "smtp.imprenta-sol.es",
        "SMTP_PASSWORD_ENV": "SMTP_PASSWORD",
        "SMTP_PORT": "465",
        "SMTP_SECURITY": "tls",
        "SMTP_USERNAME": "pedidos@imprenta-sol.es",
    }


def test_an_external_secret_fetches_each_credential_from_its_store() -> None:
    user = reference("external", store="users", key="sol", property="user")
    (secret,) = _by_kind(
        _documents(account(username=user, password=EXTERNAL)).values(), "ExternalSecret"
    )
    _assert_sound(secret)
    assert secret["spec"]["secretStoreRef"] == {"kind": "ClusterSecretStore", "name": "vault"}
    assert secret["spec"]["data"] == [
        {
            "secretKey": "SMTP_USERNAME",
            "sourceRef": {"storeRef": {"kind": "ClusterSecretStore", "name": "users"}},
            "remoteRef": {"key": "sol", "property": "user"},
        },
        {"secretKey": "SMTP_PASSWORD", "remoteRef": {"key": "shops/sol/smtp", "property": "password"}},
    ]


@pytest.mark.parametrize(
    ("credential", "name", "key"),
    [
        (EXTERNAL, "imprenta-sol-mail", "SMTP_PASSWORD"),
        (reference("kubernetes", name="sol-smtp", key="pass.word"), "sol-smtp", "pass.word"),
    ],
)
def test_the_component_gives_a_deployment_its_settings_and_its_secret(
    tmp_path: Path, credential: object, name: str, key: str
) -> None:
    _write(tmp_path / "dist", account(password=credential))
    (tmp_path / "deployment.yaml").write_text(DEPLOYMENT, encoding="utf-8")
    (tmp_path / "kustomization.yaml").write_text(
        "resources: [deployment.yaml, dist/shops/imprenta-sol/kubernetes]\n"
        "components: [dist/shops/imprenta-sol/kubernetes/component]\n",
        encoding="utf-8",
    )
    built = _build(tmp_path)
    (configmap,) = _by_kind(built, "ConfigMap")
    assert not [variable for variable in configmap["data"] if variable.startswith("SMTP_PASSWORD")]
    if _KUBECTL is None:
        (patch,) = _read(tmp_path / "dist/shops/imprenta-sol/kubernetes/component/deployment.yaml")
        (patched,) = patch["spec"]["template"]["spec"]["containers"]
        assert patched["env"][0]["valueFrom"] == {"secretKeyRef": {"name": name, "key": key}}
        return
    (deployment,) = _by_kind(built, "Deployment")
    kubernetes_validate.validate(deployment, "1.32", strict=True)
    container, sidecar = deployment["spec"]["template"]["spec"]["containers"]
    assert container["envFrom"] == [{"configMapRef": {"name": "imprenta-sol-mail"}}]
    assert sorted(container["env"], key=lambda item: str(item["name"])) == [
        {"name": "SMTP_PASSWORD", "valueFrom": {"secretKeyRef": {"name": name, "key": key}}},
        {"name": "TZ", "value": "Europe/Madrid"},
    ]
    assert sidecar.keys() == {"name", "image"}


def test_pods_start_anew_when_a_setting_changes_and_only_then() -> None:
    def checksum(settings: ShopSettings) -> str:
        template = _documents(settings)["component/deployment.yaml"]["spec"]["template"]
        return str(template["metadata"]["annotations"]["checksum/mail-settings"])

    assert checksum(shop()) == checksum(shop(contact__pages=("/hola",)))
    assert checksum(shop()) != checksum(account(host="smtp2.imprenta-sol.es"))


def test_the_options_name_container_and_kind_of_store() -> None:
    files = rendered(
        "kubernetes", account(password=EXTERNAL), {"container": "php-fpm", "store_kind": "SecretStore"}
    )
    folder = "shops/imprenta-sol/kubernetes"
    secret = yaml.safe_load(files[f"{folder}/externalsecret.yaml"].data)
    assert secret["spec"]["secretStoreRef"]["kind"] == "SecretStore"
    patch = yaml.safe_load(files[f"{folder}/component/deployment.yaml"].data)
    assert patch["spec"]["template"]["spec"]["containers"][0]["name"] == "php-fpm"


def test_flux_is_kept_from_replacing_what_looks_like_a_variable() -> None:
    for name, expected in (("Imprenta ${SOL}", "disabled"), ("Imprenta Sol", None)):
        (configmap,) = _by_kind(_documents(account(name=name)).values(), "ConfigMap")
        annotations = configmap["metadata"].get("annotations", {})
        assert annotations.get("kustomize.toolkit.fluxcd.io/substitute") == expected


@settings(max_examples=25)
@given(
    st.from_regex(r"[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?", fullmatch=True),
    st.sampled_from(["", "production"]),
)
def test_names_and_labels_are_valid_for_every_shop_id(name: str, environment: str) -> None:
    settings = shop(name, environment=environment, notifications__password=EXTERNAL)
    for path, document in _documents(settings).items():
        if path in ("configmap.yaml", "externalsecret.yaml"):
            _assert_sound(document)
            assert document["metadata"]["labels"]["app.kubernetes.io/instance"] == name
            assert document["metadata"]["labels"].get("environment", "") == environment


def test_an_environment_that_is_no_label_is_refused() -> None:
    assert refused("kubernetes", shop(environment="pre producción")) == {
        "": "Kubernetes takes no label pre producción"
    }


@pytest.mark.parametrize(
    ("credential", "pointer"),
    [
        (reference("sops"), "/notifications/smtp/password"),
        (
            reference("kubernetes", name="Sol_SMTP", key="a"),
            "/notifications/smtp/password/kubernetes/name",
        ),
        (reference("kubernetes", name="sol", key="a b"), "/notifications/smtp/password/kubernetes/key"),
        (
            reference("external", store="Vault", key="a", property="b"),
            "/notifications/smtp/password/external/store",
        ),
        (
            reference("external", store="v" * 254, key="a", property="b"),
            "/notifications/smtp/password/external/store",
        ),
    ],
)
def test_a_name_that_kubernetes_does_not_take_is_refused(credential: object, pointer: str) -> None:
    assert list(refused("kubernetes", account(password=credential))) == [pointer]


@settings(max_examples=5)
@given(st.lists(texts(), min_size=20, max_size=40))
def test_any_text_comes_back_from_kustomize_as_it_was_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    held = [name for name in names if not refused("kubernetes", account(name=name))]
    assert {name for name in names if name.isprintable()} <= set(held)
    folder = tmp_path_factory.mktemp("kubernetes")
    for number, name in enumerate(held):
        (folder / f"{number}.yaml").write_bytes(
            rendered("kubernetes", shop(f"s{number}", notifications__name=name))[
                f"shops/s{number}/kubernetes/configmap.yaml"
            ].data
        )
    files = [f"{number}.yaml" for number in range(len(held))]
    (folder / "kustomization.yaml").write_text(yaml.safe_dump({"resources": files}), encoding="utf-8")
    built = {item["metadata"]["name"]: item["data"]["MAIL_FROM_NAME"] for item in _build(folder)}
    assert [built[f"s{number}-mail"] for number in range(len(held))] == held
