"""Mailboxes behind addresses: which addresses reach the same one."""

from __future__ import annotations

from functools import lru_cache

from wakagitops.mail.address import judge
from wakagitops.mail.domains import ascii_form

_GMAIL = ("gmail.com", "googlemail.com")


@lru_cache(maxsize=512)
def mailbox(address: str) -> str | None:
    """Return a key that is equal for addresses that reach one mailbox, or None for no sound address.

    Case is not told apart: RFC 5321, section 2.4 leaves the local part's case to its server, and
    hardly any server uses it. ``+tag`` is a sub-address of the same mailbox (RFC 5233). Gmail
    ignores dots and has two domains.
    """
    verdict = judge(address)
    if verdict.fault is not None:
        return None
    local = verdict.local.casefold()
    base = local.partition("+")[0] or local
    domain = ascii_form(verdict.domain) or verdict.domain
    if domain in _GMAIL:
        return f"{base.replace('.', '')}@{_GMAIL[0]}"
    return f"{base}@{domain}"


def spelled(address: str) -> tuple[str, str] | None:
    """Return an address's exact local part and its domain in the DNS's form; None for no sound one."""
    verdict = judge(address)
    if verdict.fault is not None:
        return None
    return verdict.local, ascii_form(verdict.domain) or verdict.domain
