"""The contact address as each publish mode lets it appear in public."""

from __future__ import annotations

from base64 import urlsafe_b64encode

from wakagitops.core.named_tuple import NamedTuple
from wakagitops.render.escaping import html_references


class AddressParts(NamedTuple):
    """The two sides of an address, each in unpadded base64url of its UTF-8 (RFC 4648, section 5)."""

    user: str
    domain: str


def address_parts(email: str) -> AddressParts:
    """Return the encoded sides of an address, split at its last ``@`` (RFC 5321, section 4.1.2)."""
    user, _, domain = email.rpartition("@")
    return AddressParts(_encoded(user), _encoded(domain))


def encoded_address(email: str, publish: str) -> str:
    """Return an address in one text that shows harvesters no more than the public page does.

    Args:
        email: the contact address.
        publish: ``assembled``, ``entities`` or ``plain``.

    Returns:
        The encoded sides with a dot between them, HTML character references, or the address itself.

    Raises:
        wakagitops.render.escaping.UnfitTextError: HTML has no form for one of its characters.
    """
    if publish == "assembled":
        return ".".join(address_parts(email))
    return html_references(email) if publish == "entities" else email


def _encoded(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode("ascii").rstrip("=")
