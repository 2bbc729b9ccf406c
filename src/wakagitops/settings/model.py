"""The effective settings of a sound shop, typed and frozen: what rendering and the plan read."""

from __future__ import annotations

from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.typed import Any

DEFAULT_PUBLISH = "assembled"
DEFAULT_PAGES = ("/contacto",)


class Reference(NamedTuple):
    """Where a credential is kept; never the credential itself."""

    kind: str
    """``env``, ``file``, ``kubernetes``, ``external``, ``vault``, or ``sops``."""
    fields: tuple[tuple[str, str], ...]
    """Its names: ``env`` and ``file`` have one, called like the kind; the others their keys."""

    def field(self, name: str) -> str:
        """Return one of its names, or an empty text."""
        return dict(self.fields).get(name, "")


class Ports(NamedTuple):
    """The SMTP server's ports by security; at least one is set."""

    tls: int | None
    starttls: int | None
    plain: int | None

    @property
    def preferred(self) -> tuple[str, int]:
        """Return the security and port to use: tls, then starttls, then plain (RFC 8314, section 3)."""
        for security, port in zip(self._fields, self, strict=True):
            if port is not None:
                return security, port
        msg = "a shop without ports is no sound shop"
        raise ValueError(msg)


class Contact(NamedTuple):
    """The public contact address and how it is published."""

    email: str
    publish: str
    """``assembled``, ``entities`` or ``plain``."""
    pages: tuple[str, ...]
    """The paths that show it."""


class Notifications(NamedTuple):
    """The account that sends automatic mail to customers."""

    email: str
    name: str | None
    host: str
    ports: Ports
    username: str | Reference | None
    password: Reference | None


class ShopSettings(NamedTuple):
    """All effective settings of one shop."""

    shop: str
    environment: str
    """Empty where the repository has no environments."""
    path: str
    """The shop's own file, relative to the repository's base."""
    platform_version: str
    url: str
    contact: Contact
    notifications: Notifications
    recipients: tuple[str, ...]


def settings_of(path: str, environment: str, data: dict[str, Any]) -> ShopSettings:
    """Build the settings of a shop from effective data that passed the schema and every rule.

    Raises:
        KeyError, TypeError: the data did not pass the schema.
    """
    contact = data["contact"]
    notifications = data["notifications"]
    smtp = notifications["smtp"]
    ports = smtp["ports"]
    username = smtp.get("username")
    return ShopSettings(
        shop=data["shop"],
        environment=environment,
        path=path,
        platform_version=data["platform_version"],
        url=data["url"],
        contact=Contact(
            contact["email"],
            contact.get("publish", DEFAULT_PUBLISH),
            tuple(contact.get("pages", DEFAULT_PAGES)),
        ),
        notifications=Notifications(
            notifications["email"],
            notifications.get("name"),
            smtp["host"],
            Ports(ports.get("tls"), ports.get("starttls"), ports.get("plain")),
            username if username is None or isinstance(username, str) else reference_of(username),
            reference_of(smtp["password"]) if "password" in smtp else None,
        ),
        recipients=tuple(data.get("admin", {}).get("recipients", ())),
    )


def reference_of(value: object) -> Reference:
    """Return the reference that a mapping, or a SOPS text, stands for.

    Raises:
        TypeError: the value is neither.
    """
    if isinstance(value, str):
        return Reference("sops", ())
    if not isinstance(value, dict):
        message = "a reference is a mapping"
        raise TypeError(message)
    ((kind, target),) = value.items()
    if isinstance(target, dict):
        return Reference(kind, tuple(sorted(target.items())))
    return Reference(kind, ((kind, target),))
