"""Known mail providers: how each takes mail and what breaks it, from a dated data file."""

import json
import os
from functools import cache, lru_cache

from wakagitops.core.named_tuple import NamedTuple
from wakagitops.mail.mistypings import mistyped_provider

_FILE = os.path.join(os.path.dirname(__file__), "data", "providers.json")
_READING = frozenset(
    {
        "imap", "imap4", "imap-mail", "imaps", "imappro", "pop", "pop3", "pop3s", "pop-mail", "poppro",
        "pops",
    }
)  # fmt: skip
"""First labels of the hosts that mail is read from."""
_GENERAL_ENDINGS = frozenset({"com", "net", "org"})
_SECOND_LEVELS = frozenset({"co", "com", "net", "org"})
_BRAND_ENDINGS = frozenset({"ai", "am", "cc", "fm", "gg", "io", "me", "sh", "to", "tv", "ws"})
"""Country codes that anybody registers for the sound of a name, so that they prove no provider."""


class Provider(NamedTuple):
    """One provider's way of taking mail from an application; what is not known is empty."""

    name: str
    family: str
    """The operator, which is the same for several entries of one; else the name."""
    kind: str
    """``mailbox``, ``relay`` (sends for any domain that the account has proved) or ``test-inbox``."""
    hosts: tuple[str, ...]
    """The hosts that take mail; one ``*`` stands for any text."""
    tls: tuple[int, ...]
    starttls: tuple[int, ...]
    knows_ports: bool
    """False where it is not known which ports there are."""
    user: str
    """``address``, ``local-part``, ``exactly:WORD``, ``token`` (anything but an address), ``none`` (the
    host takes no sign-in) or ``any``."""
    sender: str
    """``any``, ``own-domain``, ``own-mailbox``, or empty."""
    password_ends: str
    """The first day on which no password signs in, ``YYYY-MM-DD``; empty where one does."""
    refuses_passwords: bool
    """True where that holds for every account; False where an administrator may turn passwords on."""
    common_users: tuple[str, ...]
    """User names that all customers share."""
    instead: str
    """The host that delivers, where this provider is a test inbox and has one."""

    @property
    def is_relay(self) -> bool:
        """Return True for a service whose users are no mailboxes of the sender's."""
        return self.kind == "relay"

    @property
    def delivers(self) -> bool:
        """Return False for a test inbox, which shows mail to developers and passes none on."""
        return self.kind != "test-inbox"

    def is_common_user(self, user: str) -> bool:
        """Return True if all customers sign in by a user name, and only the password is one's own."""
        return user in self.common_users or self.user == f"exactly:{user}"

    @property
    def ports(self) -> dict[str, tuple[int, ...]]:
        """Return the ports by security."""
        return {"tls": self.tls, "starttls": self.starttls}

    @property
    def host(self) -> str:
        """Return the host to name to people; empty where each customer has another."""
        return self.hosts[0] if "*" not in self.hosts[0] else ""

    def offers(self, security: str, port: object) -> bool:
        """Return True if the provider documents a port with this security."""
        return port in self.ports.get(security, ())

    def has_port(self, port: object) -> bool:
        """Return True if the provider documents a port, with whatever security."""
        return port in self.tls or port in self.starttls

    def host_like(self, host: str) -> str:
        """Return the outgoing host of the zone that another host of the provider is in, or the first."""
        zone = host.lower().removesuffix(".").partition(".")[2]
        return next((name for name in self.hosts if name.partition(".")[2] == zone), self.host)

    @property
    def ports_to_write(self) -> str:
        """Return the value of ``ports`` to write, a YAML mapping; empty where no ports are known."""
        first = [f"{name}: {ports[0]}" for name, ports in self.ports.items() if ports]
        return f"{{{', '.join(first)}}}" if first else ""

    def takes_password(self, today: str) -> bool:
        """Return True if a password signs in on a day, ``YYYY-MM-DD``."""
        return not self.password_ends or today < self.password_ends


class _Names:
    """Providers by names, of which some hold a ``*`` for what differs between customers."""

    def __init__(self) -> None:
        self._exact: dict[str, Provider] = {}
        self._patterns: list[tuple[str, str, Provider]] = []
        self._ends: tuple[str, ...] = ()

    def add(self, names: tuple[str, ...], provider: Provider) -> None:
        """Add the names of a provider."""
        for name in names:
            start, sign, end = name.partition("*")
            if sign:
                self._patterns.append((start, end, provider))
                self._ends = (*self._ends, end)
            else:
                self._exact.setdefault(name, provider)

    def find(self, name: str) -> Provider | None:
        """Return the provider of a name in lower case, or None."""
        found = self._exact.get(name)
        if found is not None or not name.endswith(self._ends):
            return found
        for start, end, provider in self._patterns:
            if len(name) >= len(start) + len(end) and name.startswith(start) and name.endswith(end):
                return provider
        return None


class _Directory:
    """All that the data file says, by the names that rules ask for."""

    def __init__(self) -> None:
        self.as_of = ""
        self.providers: list[Provider] = []
        self.hosts = _Names()
        self.incoming = _Names()
        self.others = _Names()
        self.test_senders = _Names()
        self.zones: dict[str, Provider] = {}
        self.mailboxes: dict[str, list[Provider]] = {}


@lru_cache(maxsize=512)
def provider_of(host: str) -> Provider | None:
    """Return the provider that takes mail at a host, or None for a host that is not known."""
    return _directory().hosts.find(_plain(host))


@lru_cache(maxsize=512)
def owner_of(host: str) -> Provider | None:
    """Return the provider that a host belongs to, whatever the host is for, or None."""
    name = _plain(host)
    directory = _directory()
    found = directory.hosts.find(name) or directory.incoming.find(name) or directory.others.find(name)
    at = 0
    while found is None and at >= 0:
        found = directory.zones.get(name[at:].removeprefix("."))
        at = name.find(".", at + 1)
    return found


def provider_with_incoming_host(host: str) -> Provider | None:
    """Return the provider that only hands out or only receives mail at a host, or None.

    Those are the hosts for IMAP and POP3, and the mail exchangers of domains (RFC 5321, section 5).
    """
    directory = _directory()
    name = _plain(host)
    if directory.hosts.find(name) is not None:
        return None
    found = directory.incoming.find(name)
    if found is not None:
        return found
    label, _, zone = name.partition(".")
    return directory.zones.get(zone) if label in _READING else None


def provider_with_other_host(host: str) -> Provider | None:
    """Return the provider that has a host which is mistaken for its outgoing one, or None."""
    return _directory().others.find(_plain(host))


def is_named_for_reading(host: str) -> bool:
    """Return True for a host whose first label says that mail is read there, such as ``imap``."""
    return _plain(host).partition(".")[0] in _READING and "." in _plain(host)


@lru_cache(maxsize=512)
def providers_of_mailbox(domain: str) -> tuple[Provider, ...]:
    """Return the providers at which anybody gets a mailbox of this domain; empty where none is known.

    Args:
        domain: a mail domain in lower case, in the DNS's form.
    """
    mailboxes = _directory().mailboxes
    found = mailboxes.get(domain)
    if found is None and mistyped_provider(domain) is None:
        label, _, ending = domain.partition(".")
        found = mailboxes.get(f"{label}.*") if _is_usual_ending(ending) else None
    return tuple(found or ())


def _is_usual_ending(ending: str) -> bool:
    """Return True for the endings under which a provider has its national domains."""
    second, _, country = ending.rpartition(".")
    if second:
        return second in _SECOND_LEVELS and len(country) == 2
    return ending in _GENERAL_ENDINGS or (len(ending) == 2 and ending not in _BRAND_ENDINGS)


def provider_of_test_sender(domain: str) -> Provider | None:
    """Return the provider whose test domain this is: its mail does not reach customers."""
    return _directory().test_senders.find(domain)


def as_of() -> str:
    """Return the day that the facts about providers were last looked up, ``YYYY-MM-DD``."""
    return _directory().as_of


def _plain(host: str) -> str:
    return host.lower().removesuffix(".")


@cache
def _directory() -> _Directory:
    with open(_FILE, encoding="utf-8") as file:
        data = json.load(file)
    directory = _Directory()
    directory.as_of = data["as_of"]
    for item in data["providers"]:
        provider = _provider(item)
        directory.providers.append(provider)
        directory.hosts.add(provider.hosts, provider)
        directory.incoming.add(item.get("incoming", ()), provider)
        directory.others.add(item.get("other_hosts", ()), provider)
        directory.test_senders.add(item.get("test_senders", ()), provider)
        for zone in item.get("zones", ()):
            directory.zones.setdefault(zone, provider)
        for domain in item.get("mailbox_domains", ()):
            directory.mailboxes.setdefault(domain, []).append(provider)
    return directory


def _provider(item: dict[str, object]) -> Provider:
    ports, password = item.get("ports"), item.get("password")
    tls, starttls = (ports["tls"], ports["starttls"]) if isinstance(ports, dict) else ((), ())
    ends, degree = (password["ends"], password["degree"]) if isinstance(password, dict) else ("", "")
    hosts, users = item["hosts"], item.get("common_users")
    return Provider(
        str(item["name"]),
        str(item.get("family", item["name"])),
        str(item["kind"]),
        tuple(hosts) if isinstance(hosts, list) else (),
        tuple(tls),
        tuple(starttls),
        ports is not None,
        str(item["user"]),
        str(item.get("sender", "")),
        ends,
        degree == "refused",
        tuple(users) if isinstance(users, list) else (),
        str(item.get("instead", "")),
    )
