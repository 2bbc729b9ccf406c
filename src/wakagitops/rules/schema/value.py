"""``schema/value``: a value is not allowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core import pointer as pointers
from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import Message, msg
from wakagitops.core.patterns import regex
from wakagitops.core.rule import Example, Finding, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.mail.hosts import has_dns_form
from wakagitops.secrets.references import owns
from wakagitops.settings.views import FileView, Violation

_URL = "/url"
_ADVICE = {
    "/shop": msg(
        "Write lower-case letters, digits and hyphens, at most 50 of them, beginning and ending in a "
        "letter or digit, such as imprenta-sol."
    ),
    _URL: msg("Write the public origin and nothing behind it, such as https://www.imprenta-sol.es."),
    "/contact/pages": msg("Name each page once, and at least one."),
    "/contact/pages/*": msg("Write a path that begins with one `/`, without spaces, `?`, `#` or `..`."),
    "/notifications/name": msg("Write a short name on one line, or leave the setting out."),
    "/notifications/smtp/ports": msg(
        "Write one or more of tls, starttls and plain, such as a tls port 465."
    ),
    "/admin/recipients": msg("Write at least one address, or leave the setting out."),
}

_NO_HOST_SIGN = regex(r"[^a-z0-9.-]")
_NUMBER = regex(r"[1-9][0-9]*\Z")
_LAST_PORT = 65_535


def check(file: FileView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Report each value that has the right type and is still not allowed."""
    del options
    yield from _impossible_host(file)
    for item in file.violations:
        if item.keyword in _OTHERS or owns(file.annotations, item.pointer, item.keyword):
            continue
        setting = file.annotations.at(item.pointer)
        place = setting.pointer if setting is not None else item.pointer
        advice = _ADVICE.get(place, Message(""))
        if item.keyword in ("enum", "const") and isinstance(item.expected, tuple):
            advice = msg("Write one of: {choices}.", choices=", ".join(map(str, item.expected)))
        node = file.node(item.pointer) if place == _URL and item.keyword == "pattern" else None
        if node is not None and isinstance(node.data, str):
            yield Finding(item.pointer, _no_origin(node.data.rstrip("\n")), help=advice)
        else:
            yield Finding(item.pointer, _message(item, pointers.dotted(item.pointer)), help=advice)


def _impossible_host(file: FileView) -> Iterator[Finding]:
    """Judge the punycode in the host of an origin that the schema has nothing against (RFC 5891)."""
    node = file.node(_URL)
    if node is None or not isinstance(node.data, str) or "xn--" not in node.data:
        return
    if any(item.pointer == _URL for item in file.violations):
        return
    host = node.data.partition("://")[2].partition(":")[0]
    if not has_dns_form(host.split(".")):
        message = msg(
            "the host's name in url has a part that begins with xn-- and is not valid punycode"
        )
        yield Finding(_URL, message, help=_ADVICE[_URL])


def _no_origin(text: str) -> Message:
    """Say why a text is no origin, without a word of it: a user's password may stand in a URL."""
    scheme, _, rest = text.partition("://")
    host, colon, port = rest.partition(":")
    if scheme not in ("http", "https"):
        return msg("url does not begin with https:// or http://")
    if any(sign.isspace() for sign in rest):
        return msg("there is space in url")
    if "@" in rest:
        return msg("a user stands before the host's name in url")
    if any(sign in rest for sign in "/?#\\"):
        return msg("something stands behind the host's name in url")
    if rest[:1] == "[" or _NO_HOST_SIGN.search(host):
        return msg("the host's name in url has other signs than a-z, 0-9, hyphens and dots")
    if colon and not (_NUMBER.match(port) and int(port) <= _LAST_PORT):
        return msg("the port in url is no whole number from 1 to 65535")
    return msg("the host's name in url has a part that is empty, too long or no name")


def _message(item: Violation, setting: str) -> Message:
    match item.keyword:
        case "enum" | "const":
            return msg("{setting} has no such value", setting=setting)
        case "minimum" | "exclusiveMinimum":
            return msg("{setting} is below {limit}", setting=setting, limit=item.expected)
        case "maximum" | "exclusiveMaximum":
            return msg("{setting} is above {limit}", setting=setting, limit=item.expected)
        case "maxLength":
            return msg(
                "{setting} is longer than {limit} characters", setting=setting, limit=item.expected
            )
        case "minLength" | "minItems" | "minProperties":
            return msg("{setting} is empty", setting=setting)
        case "uniqueItems":
            return msg("{setting} names an item twice", setting=setting)
        case _:
            return msg("{setting} does not have the form it needs", setting=setting)


_OTHERS = frozenset({"type", "required", "dependentRequired", "additionalProperties"})
"""Keywords that the other rules of this group report."""

RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.FILE,
    summary=msg("A value is not allowed"),
    rationale=msg(
        "The schema bounds each setting to what the platform and the rendered files can carry: ids that "
        "become names, ports that exist, paths that can be purged."
    ),
    authority=("JSON Schema 2020-12", "RFC 1123, section 2.1 (host names, whose labels shop ids are)"),
    check=check,
    breaks=True,
    bad=(
        Example(
            {
                "imprenta-sol.yaml": "contact:\n  email: contacto@imprenta-sol.es\n"
                "  publish: hidden   # expect: schema/value\n"
                '  pages: ["contacto"]   # expect: schema/value\n'
            }
        ),
        Example({"imprenta-sol.yaml": "url: www.imprenta-sol.es   # expect: schema/value\n"}),
        Example({"imprenta-sol.yaml": "url: https://xn--a.es   # expect: schema/value\n"}),
        Example(
            {"imprenta-sol.yaml": "url: https://www.imprenta-sol.es:84430   # expect: schema/value\n"}
        ),
    ),
    good=(
        Example(
            {"imprenta-sol.yaml": "contact: {email: contacto@imprenta-sol.es, publish: entities}\n"}
        ),
        Example({"imprenta-sol.yaml": "url: https://tienda.imprenta-sol.es\n"}),
    ),
    turn_off=msg("Never: such a value cannot be deployed."),
)
