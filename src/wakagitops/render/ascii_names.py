"""Domain names in the form that the programs behind a deployment look up (RFC 5890, section 2.3.2.1).

PHP's filters, libraries that open a connection and SMTP without SMTPUTF8 take no letter outside ASCII
in a host or in an address's domain. What the public reads keeps its letters.
"""

from __future__ import annotations

from wakagitops.core.messages import msg
from wakagitops.mail.domains import ascii_form
from wakagitops.render.escaping import UnfitTextError
from wakagitops.settings.model import ShopSettings


def ascii_host(host: object) -> str:
    """Return a host name as the DNS has it; an ASCII name as it is written.

    Raises:
        UnfitTextError: no name in the DNS can have such a label (RFC 5891).
    """
    text = str(host)
    if text.isascii():
        return text
    name = ascii_form(text)
    if name is None:
        raise UnfitTextError(msg("this is no host name that DNS can look up"))
    return name


def with_ascii_names(settings: ShopSettings) -> ShopSettings:
    """Return settings whose SMTP host and the domains of sender, user and recipients are ASCII.

    What stands before an ``@`` stays, and so does a user name without one. The contact address stays
    as people read it on the public page.
    """
    account = settings.notifications
    username = account.username
    return settings._replace(
        notifications=account._replace(
            email=_deliverable(account.email),
            host=account.host if account.host.isascii() else ascii_form(account.host) or account.host,
            username=_deliverable(username) if isinstance(username, str) else username,
        ),
        recipients=tuple(_deliverable(recipient) for recipient in settings.recipients),
    )


def _deliverable(address: str) -> str:
    local, at, domain = address.rpartition("@")
    if not at or domain.isascii():
        return address
    return f"{local}@{ascii_form(domain) or domain}"
