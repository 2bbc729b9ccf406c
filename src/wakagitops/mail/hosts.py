"""Host names of mail servers: their form, where they can be reached, and what was pasted with them."""

from collections.abc import Iterable
from enum import Enum

from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.patterns import regex
from wakagitops.mail.domains import ascii_form, unicode_label

_ORDINARY = regex(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?\Z")
"""A name of ASCII labels whose last one begins with a letter: what hardly any host is not."""
_LABEL = regex(r"[^\W_](?:(?:[^\W_]|-){0,61}[^\W_])?\Z")
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_LOOPBACK_4 = regex(rf"127(?:\.{_OCTET}){{3}}\Z")
_IP_4 = regex(rf"{_OCTET}(?:\.{_OCTET}){{3}}\Z")
_SCHEME = regex(r"([A-Za-z][A-Za-z0-9+.-]*):/{2,}")
_PORT = regex(r":([0-9]*)\Z")
_LOOPBACK = frozenset({"localhost", "::1", "0:0:0:0:0:0:0:1"})
_CLUSTER = ".svc.cluster.local"
_TLS_SCHEMES = frozenset({"smtps", "ssmtp", "ssl", "tls"})
_VARIABLE = regex(r"\$\w|\$\(\w+\)|%\w+%")
"""A variable in the manner of a shell, of make or of Windows; no host's name has either sign."""
_MAX_NAME = 253
_TLS_PORTS = frozenset({465, 2465})


class HostFault(Enum):
    """What is wrong with the text of a host."""

    VARIABLE = "variable"
    SCHEME = "scheme"
    USER = "user"
    PATH = "path"
    PORT = "port"
    SPACE = "space"
    UNDERSCORE = "underscore"
    BRACKETS = "brackets"
    CHARACTER = "character"
    NUMBERS = "numbers"
    LABEL = "label"


class Host(NamedTuple):
    """A host as written, taken apart."""

    fault: HostFault | None
    name: str = ""
    """The name that was probably meant; empty where none can be made out."""
    port: int | None = None
    """The port that was written along with it."""
    security: str = ""
    """``tls`` or ``starttls``, where the scheme or the port tells."""


def host_of(text: str) -> Host:
    """Take a host apart and say what is wrong with it (RFC 1123, section 2.1).

    A user and password in a URL are dropped unread: nothing of them is in the outcome.
    """
    if _ORDINARY.match(text) and len(text) <= _MAX_NAME and "xn--" not in text:
        return Host(None, text, None, "")  # of every field, since defaults take longer
    if "@" not in text and _VARIABLE.search(text):
        return Host(HostFault.VARIABLE)
    rest = text.strip()
    fault = HostFault.SPACE if rest != text else None
    scheme = _SCHEME.match(rest)
    if scheme is not None:
        fault, rest = HostFault.SCHEME, rest[scheme.end() :]
    if "@" in rest:
        fault, rest = fault or HostFault.USER, rest[rest.rindex("@") + 1 :]
    if "/" in rest or "\\" in rest or "?" in rest or "#" in rest:
        fault = fault or HostFault.PATH
        rest = regex(r"[/\\?#]").split(rest, maxsplit=1)[0]
    port = None
    written = _PORT.search(rest) if rest.count(":") == 1 or "]:" in rest else None
    if written is not None:
        fault, rest = fault or HostFault.PORT, rest[: written.start()]
        port = int(written[1]) if 0 < len(written[1]) < 6 else None
    if rest[:1] == "[" and rest[-1:] == "]":
        fault, rest = fault or HostFault.BRACKETS, rest[1:-1]
    inner = _judged(rest)
    security = ""
    if port in _TLS_PORTS or (scheme is not None and scheme[1].lower() in _TLS_SCHEMES):
        security = "tls"
    elif port is not None:
        security = "starttls"
    return Host(fault or inner.fault, rest if inner.fault is None else "", port, security)


def _judged(name: str) -> Host:
    """Judge a text that should be a name or an IP address and nothing else."""
    if any(sign.isspace() for sign in name):
        return Host(HostFault.SPACE)
    if ":" in name:
        return Host(None, name) if _is_ip_6(name) else Host(HostFault.CHARACTER)
    if "_" in name:
        return Host(HostFault.UNDERSCORE)
    labels = name.removesuffix(".").split(".")
    if any(not _LABEL.match(label) for label in labels):
        sound = all(sign.isalnum() or sign in "-." for sign in name)
        return Host(HostFault.LABEL if sound else HostFault.CHARACTER)
    if len(name) > _MAX_NAME or not has_dns_form(labels):
        return Host(HostFault.LABEL)
    if labels[-1].isdecimal() and not _IP_4.match(name):
        return Host(HostFault.NUMBERS)
    return Host(None, name)


def has_dns_form(labels: list[str]) -> bool:
    """True if a name with letters beyond ASCII, or with ``xn--`` labels, can stand in the DNS.

    In that form each label has at most 63 octets and the name 253 (RFC 5890, section 2.3.2.1).
    """
    name = ".".join(labels)
    if name.isascii() and "xn--" not in name.lower():
        return True
    return ascii_form(".".join(map(unicode_label, labels))) is not None and not any(
        label[:4].lower() == "xn--" and unicode_label(label) == label for label in labels
    )


def _is_ip_6(text: str) -> bool:
    import ipaddress  # noqa: PLC0415 - hardly any host is an IPv6 address

    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine: ``localhost``, 127.0.0.0/8 or ::1 (RFC 6761, RFC 1122)."""
    name = host.lower().removesuffix(".").strip("[]")
    return name in _LOOPBACK or _LOOPBACK_4.match(name) is not None


def is_in_cluster(host: str) -> bool:
    """Tell whether a host is a Service of a Kubernetes cluster, by its full name."""
    return host.lower().removesuffix(".").endswith(_CLUSTER)


def is_unreachable(host: str) -> bool:
    """Tell whether a name means nothing beyond its machine or its link: ``.localhost``, ``.local``.

    (RFC 6761, section 6.3; RFC 6762, section 3.) This machine itself and a Kubernetes Service are
    names that work where a shop runs.
    """
    name = host.lower().removesuffix(".")
    if not name.endswith((".localhost", ".local")) and name != "local":
        return False
    return not name.endswith(_CLUSTER)


def is_listed(host: str, patterns: Iterable[str]) -> bool:
    """Tell whether a host is one of some names; ``*.`` before a name stands for all below it."""
    for pattern in patterns:
        name = host.lower().removesuffix(".")
        wanted = pattern.lower().removesuffix(".")
        if name == wanted or (wanted[:2] == "*." and name.endswith(wanted[1:])):
            return True
    return False
