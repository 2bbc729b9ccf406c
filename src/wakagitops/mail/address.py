"""Mail addresses: what is one, what is wrong with what is none, and its two parts.

Two regular expressions know the ordinary address. Whatever they do not match is looked at closely:
here for the faults that people make, and at last by email-validator.
"""

from enum import Enum
from functools import lru_cache
from unicodedata import category

from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.patterns import regex
from wakagitops.mail.domains import ascii_form, special_use

MAX_LOCAL_OCTETS = 64
"""The longest local part (RFC 5321, section 4.5.3.1.1)."""
MAX_DOMAIN_OCTETS = 253
"""The longest name in the DNS as text; RFC 5321, section 4.5.3.1.2 allows 255 with what DNS adds."""
MAX_OCTETS = 254
"""The longest address: a path has 256 octets with its ``<`` and ``>`` (RFC 5321, section 4.5.3.1.3)."""
MAX_LABEL_OCTETS = 63
"""The longest part of a domain between two dots (RFC 1035, section 2.3.4)."""

_ATEXT = "A-Za-z0-9!#$%&'*+/=?^_`{|}~-"
_LABEL = "(?!..--)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ORDINARY_LOCAL = regex(rf"[{_ATEXT}]+(?:\.[{_ATEXT}]+)*\Z")
"""A dot-atom (RFC 5322, section 3.2.3)."""
_ORDINARY_DOMAIN = regex(rf"(?:{_LABEL}\.)+[A-Za-z]{{1,63}}\Z")
"""A name of letters, digits and hyphens, without ``xn--``."""
_NOT_ATEXT = regex(r"""[\x00-\x20"(),:;<>@\[\\\]\x7f]""")
"""ASCII that no dot-atom holds. (A class of all that is not ASCII takes 4 ms to compile.)"""
_NOT_IN_DOMAIN = regex(r"[\x00-,/:-@\[-`{-\x7f]")
_NAMED = regex(r"(?s)(.*)<\s*([^<>]*?)\s*>\Z")
_SEPARATOR = regex(r"[\s,;]+")
_SPACE = regex(r"\s")
_IP_ADDRESS = regex(r"[0-9]+(?:\.[0-9]+){3}\Z")
_RESERVED_HYPHENS = regex(r"(?:\A|\.)(?![Xx][Nn]--)[^.]{2}--")
_HYPHEN_AT_EDGE = regex(r"(?:\A|\.)-|-(?:\.|\Z)")
_LOOKALIKE_AT = ("\uff20", "\ufe6b")
_LONGEST_READ = 1000
"""Nothing longer is looked at closely: it is no address whatever else it is."""


class Fault(Enum):
    """What is wrong with an address."""

    EMPTY = "empty"
    SPACE_AROUND = "space-around"
    MAILTO = "mailto"
    ANGLE_BRACKETS = "angle-brackets"
    DISPLAY_NAME = "display-name"
    SEVERAL = "several"
    NO_AT = "no-at"
    LOOKALIKE_AT = "lookalike-at"
    TWO_AT = "two-at"
    NO_LOCAL_PART = "no-local-part"
    NO_DOMAIN = "no-domain"
    SPACE_INSIDE = "space-inside"
    INVISIBLE = "invisible"
    QUOTED = "quoted"
    IP_ADDRESS = "ip-address"
    LOCAL_DOT = "local-dot"
    LOCAL_CHARACTER = "local-character"
    LOCAL_TOO_LONG = "local-too-long"
    DOMAIN_DOT = "domain-dot"
    DOMAIN_CHARACTER = "domain-character"
    DOMAIN_HYPHEN = "domain-hyphen"
    DOMAIN_RESERVED = "domain-reserved"
    DOMAIN_SINGLE = "domain-single"
    DOMAIN_ENDING = "domain-ending"
    DOMAIN_NAME = "domain-name"
    LABEL_TOO_LONG = "label-too-long"
    DOMAIN_TOO_LONG = "domain-too-long"
    TOO_LONG = "too-long"
    LOCAL_PART = "local-part"


class Verdict(NamedTuple):
    """What was found of a text: a sound address in its two parts, or one fault."""

    fault: Fault | None
    local: str = ""
    """The part before the ``@``, of a sound address."""
    domain: str = ""
    """The part after the ``@``, of a sound address, as written."""
    bare: str = ""
    """The sound address that stands inside a text with space, ``mailto:`` or a name around it."""
    whole: bool = False
    """With ``bare``: True when it says all that the text says, so that taking it loses nothing."""
    character: str = ""
    """The character at fault as people read it: itself, or ``U+`` and its number."""
    octets: int = 0
    """How long the part at fault is, in UTF-8 octets."""
    limit: int = 0
    """How long it may be."""


@lru_cache(maxsize=512)
def judge(text: str) -> Verdict:
    """Say whether a text is a mail address as mail systems and shops accept it, and if not, why.

    That is RFC 5321's ``Mailbox`` (section 4.1.2) less the forms that hardly any shop, panel or PHP
    takes: quoted local parts, IP literals, comments, domains without a dot. Non-ASCII letters are
    sound here (RFC 6531, section 3.3); reserved names such as ``example.com`` and ``localhost``
    are too, for both have rules of their own.
    """
    local, _, domain = text.partition("@")
    if _is_ordinary_local(local) and _is_ordinary_domain(domain) and len(text) <= MAX_OCTETS:
        # Of every field, since most addresses come this way and defaults take longer.
        return Verdict(None, local, domain, "", False, "", 0, 0)  # noqa: FBT003
    if len(text) > _LONGEST_READ:
        return Verdict(Fault.TOO_LONG, octets=_octets(text), limit=MAX_OCTETS)
    return _unwrapped(text) or _whole_fault(text) or _parts_verdict(*text.split("@"))


# Each half by itself: a shop's addresses share a domain, and shops share what stands before it.
@lru_cache(maxsize=512)
def _is_ordinary_local(local: str) -> bool:
    return len(local) <= MAX_LOCAL_OCTETS and _ORDINARY_LOCAL.match(local) is not None


@lru_cache(maxsize=64)
def _is_ordinary_domain(domain: str) -> bool:
    return _ORDINARY_DOMAIN.match(domain) is not None


def is_address(text: str) -> bool:
    """Tell whether a text is a sound mail address."""
    return judge(text).fault is None


def _unwrapped(text: str) -> Verdict | None:
    """Take off what people copy along with an address, and judge what is left."""
    bare = text.strip()
    if bare != text:
        return _within(Fault.SPACE_AROUND, bare, whole=True)
    if text[:7].lower() == "mailto:":
        # A percent sign stands for another character in a URI (RFC 6068), but not in an address.
        return _within(
            Fault.MAILTO, text[7:].partition("?")[0], whole="?" not in text and "%" not in text
        )
    named = _NAMED.match(text) if text[-1:] == ">" else None
    if named is not None and "@" not in named[1]:
        if named[1].strip():
            return _within(Fault.DISPLAY_NAME, named[2], whole=False)
        return _within(Fault.ANGLE_BRACKETS, named[2], whole=True)
    return None


def _within(fault: Fault, bare: str, *, whole: bool) -> Verdict:
    inner = judge(bare)
    if inner.fault is None:
        return Verdict(fault, bare=bare, whole=whole)
    return inner._replace(whole=inner.whole and whole)


def _whole_fault(text: str) -> Verdict | None:  # noqa: PLR0911 - a table of cases, in their order
    """Return the fault that shows before the text is split at its ``@``."""
    if not text:
        return Verdict(Fault.EMPTY)
    hidden = next((sign for sign in text if _is_invisible(sign)), "")
    if hidden:
        return Verdict(Fault.INVISIBLE, character=shown(hidden))
    if "@" not in text:
        lookalike = next((sign for sign in _LOOKALIKE_AT if sign in text), "")
        if lookalike:
            return Verdict(Fault.LOOKALIKE_AT, character=shown(lookalike))
        return Verdict(Fault.NO_AT)
    if text[0] == '"' and '"@' in text:
        return Verdict(Fault.QUOTED)
    if sum("@" in part for part in _SEPARATOR.split(text)) > 1:
        return Verdict(Fault.SEVERAL)
    if text.count("@") > 1:
        return Verdict(Fault.TWO_AT)
    if text[0] == "@":
        return Verdict(Fault.NO_LOCAL_PART)
    if text[-1] == "@":
        return Verdict(Fault.NO_DOMAIN)
    if _SPACE.search(text):
        return Verdict(Fault.SPACE_INSIDE)
    return None


def _parts_verdict(local: str, domain: str) -> Verdict:
    """Judge the two parts of a text that has one ``@`` and no space."""
    return (
        _local_fault(local)
        or _domain_fault(domain)
        or _length_fault(local, domain)
        or _library_fault(local, domain)
        or Verdict(None, local, domain)
    )


def _local_fault(local: str) -> Verdict | None:
    bad = _NOT_ATEXT.search(local)
    if bad is not None:
        return Verdict(Fault.LOCAL_CHARACTER, character=shown(bad[0]))
    if local[0] == "." or local[-1] == "." or ".." in local:
        return Verdict(Fault.LOCAL_DOT)
    if _octets(local) > MAX_LOCAL_OCTETS:
        return Verdict(Fault.LOCAL_TOO_LONG, octets=_octets(local), limit=MAX_LOCAL_OCTETS)
    return None


def _domain_fault(domain: str) -> Verdict | None:  # noqa: PLR0911 - a table of cases, in their order
    if domain[0] == "[" or _IP_ADDRESS.match(domain):
        return Verdict(Fault.IP_ADDRESS)
    bad = _NOT_IN_DOMAIN.search(domain)
    if bad is not None:
        return Verdict(Fault.DOMAIN_CHARACTER, character=shown(bad[0]))
    if domain[0] == "." or domain[-1] == "." or ".." in domain:
        return Verdict(Fault.DOMAIN_DOT)
    if _HYPHEN_AT_EDGE.search(domain):
        return Verdict(Fault.DOMAIN_HYPHEN)
    if _RESERVED_HYPHENS.search(domain):
        return Verdict(Fault.DOMAIN_RESERVED)
    longest = max(len(label) for label in domain.split("."))
    if longest > MAX_LABEL_OCTETS:
        return Verdict(Fault.LABEL_TOO_LONG, octets=longest, limit=MAX_LABEL_OCTETS)
    if len(domain) > MAX_DOMAIN_OCTETS:
        return Verdict(Fault.DOMAIN_TOO_LONG, octets=_octets(domain), limit=MAX_DOMAIN_OCTETS)
    ascii_domain = ascii_form(domain)
    if ascii_domain is None:
        return _encoded_fault(domain)
    if "." not in ascii_domain and special_use(ascii_domain) is None:
        return Verdict(Fault.DOMAIN_SINGLE)
    if ascii_domain[-1].isdigit():
        return Verdict(Fault.DOMAIN_ENDING)
    return None


def _encoded_fault(domain: str) -> Verdict:
    """Say why a domain beyond ASCII has no form in the DNS: its length there, or its letters."""
    labels = [
        len(label) if label.isascii() else len(f"xn--{label.encode('punycode').decode('ascii')}")
        for label in domain.split(".")
    ]
    if max(labels) > MAX_LABEL_OCTETS:
        return Verdict(Fault.LABEL_TOO_LONG, octets=max(labels), limit=MAX_LABEL_OCTETS)
    octets = sum(labels) + len(labels) - 1
    if octets > MAX_DOMAIN_OCTETS:
        return Verdict(Fault.DOMAIN_TOO_LONG, octets=octets, limit=MAX_DOMAIN_OCTETS)
    return Verdict(Fault.DOMAIN_NAME)


def _length_fault(local: str, domain: str) -> Verdict | None:
    """Measure the longer of the two forms that the domain takes on its way."""
    octets = _octets(local) + 1 + max(_octets(domain), len(ascii_form(domain) or ""))
    if octets > MAX_OCTETS:
        return Verdict(Fault.TOO_LONG, octets=octets, limit=MAX_OCTETS)
    return None


def _library_fault(local: str, domain: str) -> Verdict | None:
    """Ask email-validator about what is neither ordinary nor a fault that we know."""
    # 40 ms that ordinary addresses never pay; without deliverability it imports no DNS library.
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415

    # It refuses reserved names, which have a rule of their own: another name stands for them.
    asked = "wakagitops.net" if special_use(domain) else domain
    for fault, address in (
        (Fault.DOMAIN_NAME, f"a@{asked}"),
        (Fault.LOCAL_PART, f"{local}@wakagitops.net"),
    ):
        try:
            validate_email(address, strict=True, check_deliverability=False)
        except EmailNotValidError:
            return Verdict(fault)
    return None


def shown(character: str) -> str:
    """Return a character as people can read it: itself where it shows, else its code point."""
    if character.isprintable() and character not in " \u00a0\u3000" and category(character)[0] != "M":
        return character
    return f"U+{ord(character):04X}"


def _is_invisible(character: str) -> bool:
    """Tell whether a character is a control, a format mark or none at all (Unicode category C)."""
    return not character.isprintable() and category(character)[0] == "C" and not character.isspace()


def _octets(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
