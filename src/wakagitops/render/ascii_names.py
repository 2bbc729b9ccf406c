"""Internationalised domain names in the form that every mail program takes (RFC 5891, section 5).

PHP's ``filter_var``, msmtp and most SMTP libraries refuse ``smtp.imprentaespaña.es``; all of them take
``smtp.xn--imprentaespaa-tkb.es``. What the public sees, the contact address and the shop's URL, stays
as it is written.
"""

from __future__ import annotations

from wakagitops.mail.domains import ascii_form
from wakagitops.settings.model import ShopSettings


def with_ascii_names(settings: ShopSettings) -> ShopSettings:
    """Return settings whose SMTP host and sender's domain are ASCII.

    A name that has no such form stays as it is: a rule has found it, or a target refuses it.
    """
    account = settings.notifications
    if account.host.isascii() and account.email.isascii():
        return settings
    local, at, domain = account.email.rpartition("@")
    return settings._replace(
        notifications=account._replace(host=_ascii(account.host), email=f"{local}{at}{_ascii(domain)}")
    )


def _ascii(name: str) -> str:
    return name if name.isascii() else (ascii_form(name) or name)
