"""The target ``settings``: the panel's fields of each shop, ready to enter."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from wakagitops.core.messages import msg
from wakagitops.render.context import reference_data
from wakagitops.render.files import PUBLIC_MODE, RenderedFile, Target
from wakagitops.render.manifest import canonical
from wakagitops.render.refusals import ambiguous_recipients
from wakagitops.settings.model import Reference, ShopSettings
from wakagitops.settings.schema import shipped_annotations

# The panel speaks Spanish, and so do its fields here, whatever the language of the run.
_LABELS = {
    "/contact/email": "Email de contacto",
    "/notifications/email": "Dirección de correo",
    "/notifications/name": "Nombre del remitente",
    "/notifications/smtp/host": "Servidor SMTP",
    "/notifications/smtp/ports/tls": "Puerto (TLS)",
    "/notifications/smtp/ports/starttls": "Puerto (STARTTLS)",
    "/notifications/smtp/ports/plain": "Puerto (sin cifrar)",
    "/notifications/smtp/username": "Usuario",
    "/notifications/smtp/password": "Contraseña",
    "/admin/recipients": "Destinatarios del aviso de compra",
}
_NOTES = {
    "/contact/email": (
        "Después de guardar, puede ser necesario pulsar «Vaciar caché» para que la página pública "
        "muestre el cambio."
    ),
}


def _values(settings: ShopSettings) -> Iterator[tuple[str, str | Reference]]:
    """Yield what goes into each field, in the order in which a person enters them."""
    notifications = settings.notifications
    yield "/contact/email", settings.contact.email
    yield "/notifications/email", notifications.email
    if notifications.name is not None:
        yield "/notifications/name", notifications.name
    yield "/notifications/smtp/host", notifications.host
    for security, port in notifications.ports._asdict().items():
        if port is not None:
            yield f"/notifications/smtp/ports/{security}", str(port)
    if notifications.username is not None:
        yield "/notifications/smtp/username", notifications.username
    if notifications.password is not None:
        yield "/notifications/smtp/password", notifications.password
    if settings.recipients:
        yield "/admin/recipients", ",".join(settings.recipients)


@cache
def _field(pointer: str) -> dict[str, Any]:
    """Return what a field is called and where the panel has it; null where we do not know."""
    described = shipped_annotations()
    place = described.at(pointer)
    if place is not None and not place.panel:
        # The panel's place of the ports stands on the mapping that holds them.
        place = described.at(pointer.rpartition("/")[0])
    panel = place.panel if place is not None else ""
    label = _LABELS[pointer]
    field: dict[str, Any] = {
        "label": label,
        "panel": panel.removesuffix(f' > "{label}"') or None,
        "setting": pointer,
    }
    if pointer in _NOTES:
        field["note"] = _NOTES[pointer]
    return field


def _render(settings: ShopSettings) -> Iterator[RenderedFile]:
    fields = []
    for pointer, value in _values(settings):
        if isinstance(value, Reference):
            fields.append({**_field(pointer), "secret": reference_data(value, settings)})
        else:
            fields.append({**_field(pointer), "value": value})
    document = {
        "version": 1,
        "shop": settings.shop,
        "url": settings.url,
        "platform_version": settings.platform_version,
        "fields": fields,
    }
    path = f"shops/{settings.shop}/settings.json"
    yield RenderedFile(path, canonical(document), PUBLIC_MODE, settings.shop, "settings")


TARGET = Target(
    summary=msg("The panel's fields of each shop as JSON, ready to enter by hand or by a program."),
    render=_render,
    refuse=ambiguous_recipients,
)
