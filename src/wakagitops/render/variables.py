"""A shop's mail settings as flat variables: what env files and a ConfigMap hold."""

from __future__ import annotations

from collections.abc import Iterator

from wakagitops.core.named_tuple import NamedTuple
from wakagitops.settings.model import Reference, ShopSettings


class Variable(NamedTuple):
    """One variable and the setting that its value comes from."""

    name: str
    value: str
    pointer: str


def variables_of(settings: ShopSettings) -> list[Variable]:
    """Return the variables of a shop, sorted by name; a setting that is not set has none.

    A credential is named, never held: ``SMTP_PASSWORD_ENV`` is the name of the variable that holds the
    password, ``SMTP_PASSWORD_FILE`` the path of its file, and so on for each kind of reference.
    """
    return sorted(_variables(settings))


def _variables(settings: ShopSettings) -> Iterator[Variable]:
    notifications = settings.notifications
    security, port = notifications.ports.preferred
    yield Variable("SHOP_ID", settings.shop, "/shop")
    yield Variable("SHOP_URL", settings.url, "/url")
    yield Variable("CONTACT_EMAIL", settings.contact.email, "/contact/email")
    yield Variable("MAIL_FROM_ADDRESS", notifications.email, "/notifications/email")
    if notifications.name is not None:
        yield Variable("MAIL_FROM_NAME", notifications.name, "/notifications/name")
    yield Variable("SMTP_HOST", notifications.host, "/notifications/smtp/host")
    yield Variable("SMTP_PORT", str(port), f"/notifications/smtp/ports/{security}")
    yield Variable("SMTP_SECURITY", security, f"/notifications/smtp/ports/{security}")
    for setting, value in (("username", notifications.username), ("password", notifications.password)):
        name, pointer = f"SMTP_{setting.upper()}", f"/notifications/smtp/{setting}"
        if isinstance(value, Reference):
            yield from _naming(name, value, pointer)
        elif value is not None:
            yield Variable(name, value, pointer)
    if settings.recipients:
        yield Variable("ADMIN_RECIPIENTS", ",".join(settings.recipients), "/admin/recipients")


def _naming(name: str, reference: Reference, pointer: str) -> Iterator[Variable]:
    for field, value in reference.fields:
        if field == reference.kind:
            yield Variable(f"{name}_{field.upper()}", value, f"{pointer}/{field}")
        else:
            variable = f"{name}_{reference.kind.upper()}_{field.upper()}"
            yield Variable(variable, value, f"{pointer}/{reference.kind}/{field}")
