"""The target ``kubernetes``: manifests of each shop for kustomize, Argo CD and Flux."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from re import ASCII
from typing import Any

from wakagitops.core.messages import msg
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.patterns import regex
from wakagitops.core.rule import Option
from wakagitops.render.escaping import UnfitTextError, shown, yaml_value
from wakagitops.render.files import PUBLIC_MODE, Fleet, Refusal, RenderedFile, Target
from wakagitops.render.jinja import builtin_template
from wakagitops.render.refusals import ambiguous_recipients, sops_password, unfit_values
from wakagitops.render.variables import variables_of
from wakagitops.secrets.references import is_name
from wakagitops.settings.model import Reference, ShopSettings

# Kubernetes, "Labels and Selectors": the syntax of a label's value.
_LABEL = regex(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?\Z", ASCII)
# No variable holds the first; kustomize 5.5 writes the others as they are, and cannot read that.
_UNFIT = regex("[\x00\x7f-\x9f\ufffe\uffff]")
_MAX_NAME = 253
"""The longest name of an object, in characters (RFC 1123)."""


class _Remote(NamedTuple):
    """A credential that the External Secrets Operator fetches into the shop's own Secret."""

    variable: str
    store: str
    key: str
    property: str


class _Held(NamedTuple):
    """A credential that a Secret holds."""

    variable: str
    name: str
    key: str


def _object_name(shop: str) -> str:
    """Return the name of the shop's objects: at most 55 characters, where a label may have 63."""
    return f"{shop}-mail"


def _references(settings: ShopSettings) -> Iterator[tuple[str, Reference]]:
    account = settings.notifications
    for name, value in (("username", account.username), ("password", account.password)):
        if isinstance(value, Reference):
            yield name, value


def _refuse(settings: ShopSettings) -> Iterator[Refusal]:
    if settings.environment and _LABEL.match(settings.environment) is None:
        yield Refusal(
            "",
            msg("Kubernetes takes no label {environment}", environment=settings.environment),
            msg(
                "Name the environment's folder in letters, digits and inner hyphens, such as production."
            ),
        )
    yield from sops_password(settings)
    yield from ambiguous_recipients(settings)
    values = ((variable.pointer, variable.value) for variable in variables_of(settings))
    yield from unfit_values(values, _variable_value)
    for name, reference in _references(settings):
        if reference.kind in ("kubernetes", "external"):
            for member, value in reference.fields:
                too_long = member in ("store", "name") and len(value) > _MAX_NAME
                if too_long or not is_name(reference.kind, member, value):
                    yield Refusal(
                        f"/notifications/smtp/{name}/{reference.kind}/{member}",
                        msg("Kubernetes takes no {member} of this form", member=member),
                        msg(
                            "Write the {member} as it stands in Kubernetes or in the store.",
                            member=member,
                        ),
                    )


def _variable_value(value: object) -> str:
    """Write a value of a ConfigMap, which kustomize reads and writes again."""
    unfit = _UNFIT.search(str(value))
    if unfit:
        raise UnfitTextError(
            msg("kustomize cannot carry the character {character}", character=shown(unfit[0]))
        )
    return yaml_value(value)


def _render(settings: ShopSettings, options: Mapping[str, Any]) -> Iterator[RenderedFile]:
    name = _object_name(settings.shop)
    remote: list[_Remote] = []
    held: list[_Held] = []
    for setting, reference in _references(settings):
        variable = f"SMTP_{setting.upper()}"
        if reference.kind == "external":
            remote.append(
                _Remote(
                    variable,
                    reference.field("store"),
                    reference.field("key"),
                    reference.field("property"),
                )
            )
            held.append(_Held(variable, name, variable))
        elif reference.kind == "kubernetes":
            held.append(_Held(variable, reference.field("name"), reference.field("key")))
    # What Kubernetes itself hands to the container needs no variable that names it.
    bound = tuple(f"{variable}_" for variable, _, _ in held)
    variables = [variable for variable in variables_of(settings) if not variable.name.startswith(bound)]
    common = {"name": name, "shop": settings.shop, "environment": settings.environment, **options}
    dollar = any("$" in variable.value for variable in variables)
    configmap = _written("configmap", variables=variables, dollar=dollar, **common)
    files = {"configmap.yaml": configmap}
    if remote:
        files["externalsecret.yaml"] = _written("externalsecret", remote=remote, **common)
    checksum = sha256("".join(files.values()).encode()).hexdigest()
    files["kustomization.yaml"] = _written("kustomization", resources=list(files))
    files["component/kustomization.yaml"] = _written("component", **common)
    files["component/deployment.yaml"] = _written(
        "deployment", secrets=held, checksum=checksum, **common
    )
    for path, text in files.items():
        yield _file(f"shops/{settings.shop}/kubernetes/{path}", text, settings.shop)


def _shared(fleet: Fleet) -> Iterator[RenderedFile]:
    folders = [f"../shops/{shop}/kubernetes" for shop in fleet.shops]
    yield _file("kubernetes/kustomization.yaml", _written("kustomization", resources=folders), "")


def _written(template: str, /, **values: object) -> str:
    return builtin_template(f"kubernetes/{template}.yaml.j2", "yaml")(**values)


def _file(path: str, text: str, shop: str) -> RenderedFile:
    return RenderedFile(path, text.encode(), PUBLIC_MODE, shop, "kubernetes")


def _configured(options: Mapping[str, Any]) -> Target:
    return TARGET._replace(render=lambda settings: _render(settings, options))


_OPTIONS = (
    Option(
        "container",
        "shop",
        "text",
        msg("The container of the Deployment that reads the settings."),
        form=msg("the name of a container: lower-case letters, digits and hyphens, at most 63"),
        pattern="[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?",
    ),
    Option(
        "store_kind",
        "ClusterSecretStore",
        "text",
        msg("The kind of store that the External Secrets Operator reads."),
        ("ClusterSecretStore", "SecretStore"),
    ),
    Option(
        "refresh_interval",
        "1h",
        "text",
        msg("How often the operator reads the store again."),
        form=msg('a duration of hours, minutes and seconds, such as "1h30m"'),
        pattern="0|(?=.{1,32}$)(?:[0-9]+(?:[.][0-9]+)?(?:ms|s|m|h))+",
    ),
)
_DEFAULTS = {option.name: option.default for option in _OPTIONS}

TARGET = Target(
    summary=msg(
        "A ConfigMap, the secrets' references and a kustomization for each shop, and one for the fleet."
    ),
    render=lambda settings: _render(settings, _DEFAULTS),
    refuse=_refuse,
    shared=_shared,
    options=_OPTIONS,
    configure=_configured,
)
