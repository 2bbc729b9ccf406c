"""A shop's settings as plain mappings, lists and text: what templates and data formats are made from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wakagitops.settings.model import Reference, ShopSettings


def context_of(settings: ShopSettings) -> dict[str, Any]:
    """Return the settings under the names they have in a settings file; what is not set is None.

    ``notifications.smtp`` also has ``security`` and ``port``, those of the preferred port.
    """
    notifications = settings.notifications
    ports = notifications.ports._asdict()
    security, port = notifications.ports.preferred
    username: str | dict[str, Any] | None
    if isinstance(notifications.username, Reference):
        username = reference_data(notifications.username, settings)
    else:
        username = notifications.username
    return {
        "shop": settings.shop,
        "environment": settings.environment,
        "platform_version": settings.platform_version,
        "url": settings.url,
        "contact": {
            "email": settings.contact.email,
            "publish": settings.contact.publish,
            "pages": list(settings.contact.pages),
        },
        "notifications": {
            "email": notifications.email,
            "name": notifications.name,
            "smtp": {
                "host": notifications.host,
                "ports": {name: number for name, number in ports.items() if number},
                "security": security,
                "port": port,
                "username": username,
                "password": reference_data(notifications.password, settings),
            },
        },
        "admin": {"recipients": list(settings.recipients)},
    }


def reference_data(reference: Reference | None, settings: ShopSettings) -> dict[str, Any] | None:
    """Return a reference as a settings file writes it, such as ``{"env": "NAME"}``.

    A password that SOPS encrypted is named by the file that holds it: ``{"sops": {"file": …}}``.
    """
    if reference is None:
        return None
    if reference.kind == "sops":
        return {"sops": {"file": settings.path}}
    if len(reference.fields) == 1 and reference.fields[0][0] == reference.kind:
        return dict(reference.fields)
    return {reference.kind: dict(reference.fields)}


def texts_of(value: object, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text in nested mappings and lists with its pointer; our keys need no escapes."""
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from texts_of(item, f"{pointer}/{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from texts_of(item, f"{pointer}/{index}")
