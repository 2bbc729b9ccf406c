"""Known mail providers: how each takes mail, from a dated data file."""

import json
import os
from functools import cache, lru_cache

from wakagitops.core.named_tuple import NamedTuple

_FILE = os.path.join(os.path.dirname(__file__), "data", "providers.json")
_READING = frozenset({"imap", "imap4", "imap-mail", "imaps", "pop", "pop3", "pop-mail", "pops"})
"""First labels of the hosts that mail is read from."""


class Provider(NamedTuple):
    """One provider's way of taking mail from an application."""

    name: str
    is_relay: bool
    """True for a service that sends for any domain; its users are no mailboxes of the sender's."""
    hosts: tuple[str, ...]
    """The hosts that take mail; one ``*`` stands for any text."""
    tls: tuple[int, ...]
    starttls: tuple[int, ...]
    user: str
    """``address``, ``exactly:WORD``, ``token`` (anything but an address) or ``any``."""
    senders: tuple[str, ...]
    """The provider's own mailbox domains; ``outlook.*`` stands for any ending."""
    source: str

    @property
    def ports(self) -> dict[str, tuple[int, ...]]:
        """Return the ports by security."""
        return {"tls": self.tls, "starttls": self.starttls}

    @property
    def host(self) -> str:
        """Return the host to name to people."""
        return self.hosts[0]


class _Directory(NamedTuple):
    providers: tuple[Provider, ...]
    exact: dict[str, Provider]
    patterns: tuple[tuple[str, str, Provider], ...]
    """What stands before and after the part of a host that differs from one customer to the next."""
    ends: tuple[str, ...]
    """What the hosts of the patterns end in."""
    zones: dict[str, Provider]
    wrong: dict[str, Provider]
    senders: dict[str, tuple[Provider, ...]]
    as_of: str


@lru_cache(maxsize=512)
def provider_of(host: str) -> Provider | None:
    """Return the provider that takes mail at a host, or None for a host that is not known."""
    directory = _directory()
    name = host.lower().removesuffix(".")
    found = directory.exact.get(name)
    if found is not None:
        return found
    if not name.endswith(directory.ends):
        return None
    for start, end, provider in directory.patterns:
        if len(name) > len(start) + len(end) and name.startswith(start) and name.endswith(end):
            return provider
    return None


def provider_with_other_host(host: str) -> Provider | None:
    """Return the provider whose host this is, where it is one that takes no mail from applications."""
    directory = _directory()
    name = host.lower().removesuffix(".")
    found = directory.wrong.get(name)
    if found is not None:
        return found
    label, _, zone = name.partition(".")
    return directory.zones.get(zone) if label in _READING else None


def providers_of_sender(domain: str) -> tuple[Provider, ...]:
    """Return the providers whose own mailbox domain this is; empty for a domain that is not known.

    Args:
        domain: a mail domain in lower case, in the DNS's form.
    """
    senders = _directory().senders
    found = senders.get(domain)
    if found is None:
        label, _, ending = domain.partition(".")
        found = senders.get(f"{label}.*", ()) if ending.count(".") < 2 else ()
    return found


def as_of() -> str:
    """Return the day that the facts about providers were last looked up, ``YYYY-MM-DD``."""
    return _directory().as_of


@cache
def _directory() -> _Directory:
    with open(_FILE, encoding="utf-8") as file:
        data = json.load(file)
    providers = []
    zones: dict[str, Provider] = {}
    wrong: dict[str, Provider] = {}
    senders: dict[str, tuple[Provider, ...]] = {}
    for item in data["providers"]:
        provider = Provider(
            item["name"],
            item["kind"] == "relay",
            tuple(item["hosts"]),
            tuple(item["tls"]),
            tuple(item["starttls"]),
            item["user"],
            tuple(item.get("senders", ())),
            item["source"],
        )
        providers.append(provider)
        for zone in item.get("zones", ()):
            zones.setdefault(zone, provider)
        wrong.update(dict.fromkeys(item.get("wrong_hosts", ()), provider))
        for domain in provider.senders:
            senders[domain] = (*senders.get(domain, ()), provider)
    return _Directory(
        tuple(providers),
        {host: provider for provider in providers for host in provider.hosts if "*" not in host},
        tuple(
            (start, end, provider)
            for provider in providers
            for host in provider.hosts
            for start, sign, end in (host.partition("*"),)
            if sign
        ),
        tuple({host.partition("*")[2] for item in providers for host in item.hosts if "*" in host}),
        zones,
        wrong,
        senders,
        data["as_of"],
    )
