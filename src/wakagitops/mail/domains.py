"""Domain names as mail uses them: their forms, whose they are, and the Public Suffix List."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache

from wakagitops.core.typed import Any

_RESERVED_ENDINGS = frozenset(
    {
        "alt",  # RFC 9476
        "arpa",  # names of the network itself; home.arpa by RFC 8375
        "example",  # RFC 2606, section 2
        "internal",  # chosen by IANA for private use, 2024
        "invalid",  # RFC 2606, section 2
        "local",  # RFC 6762
        "localhost",  # RFC 2606, section 2
        "onion",  # RFC 7686
        "test",  # RFC 2606, section 2
    }
)
_RESERVED_DOMAINS = frozenset({"example.com", "example.net", "example.org"})
"""RFC 2606, section 3."""
_PLACEHOLDERS = frozenset({"dominio.com"})
"""What the product manual writes where a shop's own domain belongs."""
_COMMON_ENDINGS = frozenset(
    {
        "app", "ar", "biz", "bo", "br", "cat", "ch", "cl", "co", "com", "cr", "cu", "de", "dev", "do",
        "ec", "edu", "es", "eu", "eus", "fr", "gal", "gt", "hn", "info", "io", "it", "me", "mx", "net",
        "ni", "online", "org", "pa", "pe", "pr", "pro", "pt", "py", "shop", "store", "sv", "tienda",
        "tv", "uk", "us", "uy", "ve", "xyz",
    }
)  # fmt: skip
"""Endings that need no list to be known."""


@lru_cache(maxsize=512)
def ascii_form(domain: str) -> str | None:
    """Return a domain as the DNS has it: lower case, other letters as ``xn--`` (RFC 5891, UTS #46).

    An ASCII domain is only lower-cased, not checked.

    Returns:
        The domain, or None where it has a character or a label that no domain can have.
    """
    if domain.isascii():
        return domain.lower()
    import idna  # noqa: PLC0415 - only a domain beyond ASCII needs it

    try:
        return idna.encode(domain, uts46=True, std3_rules=True).decode("ascii").lower()
    except UnicodeError:
        return None


@lru_cache(maxsize=512)
def canonical(domain: str) -> str:
    """Return a sound domain as it is best written: lower case, composed letters, ordinary dots.

    An ``xn--`` label stays as it is, and a letter such as ``ñ`` stays a letter (UTS #46, mapping).
    """
    if domain.isascii():
        return domain.lower()
    import idna  # noqa: PLC0415 - only a domain beyond ASCII needs it

    return idna.uts46_remap(domain, std3_rules=True, transitional=False)


def unicode_label(label: str) -> str:
    """Return one label as browsers and mail programs show it; itself where it has no other form."""
    if label[:4].lower() != "xn--":
        return label
    import idna  # noqa: PLC0415 - only an xn-- label needs it

    try:
        return idna.ulabel(label)
    except UnicodeError:
        return label


def parents(domain: str) -> list[str]:
    """Return a domain and every domain above it, the longest first."""
    labels = domain.split(".")
    return [".".join(labels[at:]) for at in range(len(labels))]


def is_within(domain: str, suffixes: frozenset[str] | set[str]) -> bool:
    """Tell whether a lower-case domain is one of some domains or below one of them."""
    return domain in suffixes or any(parent in suffixes for parent in parents(domain))


def is_listed(domain: str, names: Iterable[str]) -> bool:
    """Tell whether a domain is one that a person listed, or below one.

    Args:
        domain: a domain in any form.
        names: domains or their ends, as people write them: any case, with or without a leading
            dot or ``*.``.
    """
    suffixes = {ascii_form(name.removeprefix("*").removeprefix(".")) or name for name in names}
    return is_within(ascii_form(domain) or domain, suffixes)


@lru_cache(maxsize=512)
def special_use(domain: str) -> str | None:
    """Return the reserved name that a domain lies under, or None for an ordinary domain.

    Those are RFC 2606's and 6761's, RFC 6762's ``local``, the later entries of IANA's registry of
    special-use names, and ``dominio.com``, which the product manual writes for the shop's own.
    """
    name = ascii_form(domain) or domain
    ending = name[name.rfind(".") + 1 :]
    if ending in _RESERVED_ENDINGS:
        return ending
    if ending in ("com", "net", "org"):
        at = name.rfind(".", 0, -4)
        base = name[at + 1 :]
        if base in _RESERVED_DOMAINS or base in _PLACEHOLDERS:
            return base
    return None


def is_placeholder(name: str) -> bool:
    """Tell whether a reserved name is only the manual's placeholder: it belongs to somebody."""
    return name in _PLACEHOLDERS


@lru_cache(maxsize=512)
def is_known_ending(domain: str) -> bool:
    """Tell whether a domain's last label is a top-level domain, by the Public Suffix List shipped.

    The list is as old as the installed ``publicsuffixlist``, so a new ending may be missing.
    """
    name = ascii_form(domain) or domain
    ending = name[name.rfind(".") + 1 :]
    return (
        ending in _COMMON_ENDINGS or _suffixes().publicsuffix(ending, accept_unknown=False) is not None
    )


@lru_cache(maxsize=512)
def registrable(domain: str, *, accept_unknown: bool = True) -> str | None:
    """Return the domain that somebody registered: one label more than its public suffix.

    Args:
        domain: a domain in any form.
        accept_unknown: treat an ending that the list lacks as a public suffix (the list's own
            default rule); otherwise such a domain has no registrable one.

    Returns:
        A lower-case ASCII domain, or None for a public suffix itself or an unknown ending.
    """
    name = ascii_form(domain)
    if name is None:
        return None
    found: str | None = _suffixes().privatesuffix(name, accept_unknown=accept_unknown)
    return found


def same_organisation(one: str, other: str) -> bool:
    """Tell whether two domains belong to one registrable domain."""
    first, second = ascii_form(one) or one, ascii_form(other) or other
    if first == second:
        return True
    base = registrable(first)
    return base is not None and base == registrable(second)


@lru_cache(maxsize=512)
def is_own(domain: str, url: str) -> bool:
    """Tell whether a mail domain is the shop's own: its public host, or a domain above or below it.

    Lists of other people's domains need not be asked about such a domain.
    """
    host = url.partition("://")[2].partition("/")[0].partition(":")[0].lower().removeprefix("www.")
    name = ascii_form(domain) or domain
    if not host or "." not in name:
        return False
    return name == host or host.endswith(f".{name}") or name.endswith(f".{host}")


@cache
def _suffixes() -> Any:
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415 - reading its list takes 40 ms

    return PublicSuffixList()
