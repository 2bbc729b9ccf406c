"""From a format's "cannot hold this text" to refusals at the settings that hold it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from wakagitops.core.messages import msg
from wakagitops.core.patterns import regex
from wakagitops.render.escaping import UnfitTextError
from wakagitops.render.files import Refusal, Target
from wakagitops.settings.model import ShopSettings

_ID = regex(r"[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?\Z")


def refusals(target: Target, settings: ShopSettings) -> Iterator[Refusal]:
    """Yield what a target refuses in a shop's settings; nothing of the shop is rendered where any.

    The shop's id names folders and objects in every target, so no target takes one that is no
    RFC 1123 label, whichever rules were suppressed.
    """
    if _ID.match(settings.shop) is None:
        yield Refusal(
            "/shop",
            msg("the shop's id names folders, so it must be an RFC 1123 label of at most 50 characters"),
            msg("Write lower-case letters, digits and inner hyphens, such as imprenta-sol."),
        )
        return
    yield from target.refuse(settings)


def unfit_values(
    values: Iterable[tuple[str, object]], escape: Callable[[object], str]
) -> Iterator[Refusal]:
    """Yield a refusal for each value, given with its pointer, that a format's function cannot write."""
    for pointer, value in values:
        try:
            escape(value)
        except UnfitTextError as error:
            yield Refusal(pointer, error.message, error.advice)


def ambiguous_recipients(settings: ShopSettings) -> Iterator[Refusal]:
    """Yield a refusal for each admin recipient that a list joined by commas would take apart."""
    for index, recipient in enumerate(settings.recipients):
        if "," in recipient:
            yield Refusal(
                f"/admin/recipients/{index}",
                msg("the panel separates recipients by commas, and this address holds one"),
                msg("Use an address without a comma, or write each address as an item of its own."),
            )


def sops_password(settings: ShopSettings) -> Iterator[Refusal]:
    """Yield a refusal for a password that SOPS encrypted in place: it has no name to refer to it by."""
    password = settings.notifications.password
    if password is not None and password.kind == "sops":
        yield Refusal(
            "/notifications/smtp/password",
            msg(
                "a deployment needs a reference to the password, and SOPS encrypts it in this very file"
            ),
            msg(
                "Have the deployment decrypt the password into a file, and name that file: "
                "password: {{file: /run/secrets/{shop}-smtp}}.",
                shop=settings.shop,
            ),
        )
