"""``address/syntax``: a text is no mail address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.injection import line_break, template_mark
from wakagitops.core.messages import Message, counted, msg
from wakagitops.core.rule import Example, Finding, ProposedFix, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.mail.address import Fault, Verdict, judge
from wakagitops.mail.shop_addresses import ADDRESSES, SENDER, placed_addresses
from wakagitops.settings.views import ShopView
from wakagitops.yaml.document import Node
from wakagitops.yaml.quoting import respelled

_USERNAME = "/notifications/smtp/username"
_MESSAGES = {
    Fault.EMPTY: msg("the address is empty"),
    Fault.SPACE_AROUND: msg("there is space before or after the address"),
    Fault.MAILTO: msg("this is a mailto: link, not an address"),
    Fault.ANGLE_BRACKETS: msg("the address is in angle brackets"),
    Fault.DISPLAY_NAME: msg("there is a name beside the address"),
    Fault.SEVERAL: msg("there are several addresses where one belongs"),
    Fault.NO_AT: msg("this is no address: it has no @"),
    Fault.LOOKALIKE_AT: msg("the sign {character} looks like @ but is another", character=""),
    Fault.TWO_AT: msg("the address has more than one @"),
    Fault.NO_LOCAL_PART: msg("nothing stands before the @"),
    Fault.NO_DOMAIN: msg("nothing stands after the @"),
    Fault.SPACE_INSIDE: msg("there is space inside the address"),
    Fault.INVISIBLE: msg("the invisible character {character} is in the address", character=""),
    Fault.QUOTED: msg("the part before the @ is in quotes"),
    Fault.IP_ADDRESS: msg("an IP address stands in place of the domain"),
    Fault.LOCAL_DOT: msg("the part before the @ begins or ends with a dot, or has two in a row"),
    Fault.LOCAL_CHARACTER: msg("the sign {character} cannot stand before the @", character=""),
    Fault.LOCAL_PART: msg("the part before the @ has a character that no address can have"),
    Fault.DOMAIN_DOT: msg("the domain begins or ends with a dot, or has two in a row"),
    Fault.DOMAIN_CHARACTER: msg("the sign {character} cannot stand in a domain", character=""),
    Fault.DOMAIN_HYPHEN: msg("a part of the domain begins or ends with a hyphen"),
    Fault.DOMAIN_RESERVED: msg("a part of the domain has two hyphens as its third and fourth sign"),
    Fault.DOMAIN_SINGLE: msg("the domain has no dot"),
    Fault.DOMAIN_ENDING: msg("the domain ends in a number"),
    Fault.DOMAIN_NAME: msg("the domain has a letter or an xn-- part that no domain can have"),
}
_ONLY_THE_ADDRESS = msg("Write only the address, such as contacto@imprenta-sol.es.")
_FULL_NAME = msg("Write the mail domain's full name, such as imprenta-sol.es.")
_TYPE_ANEW = msg("Type the address anew: this one was probably pasted from a document or a web page.")
_SHORTER = msg("Mail servers may refuse what is longer; a letter such as ñ counts as two bytes.")
_HELP: dict[Fault | None, Message] = {
    Fault.SPACE_AROUND: _ONLY_THE_ADDRESS,
    Fault.MAILTO: _ONLY_THE_ADDRESS,
    Fault.ANGLE_BRACKETS: _ONLY_THE_ADDRESS,
    Fault.DISPLAY_NAME: _ONLY_THE_ADDRESS,
    Fault.SPACE_INSIDE: msg("Take the space out; a text over several lines gets one where they meet."),
    Fault.SEVERAL: msg("Write one address."),
    Fault.TWO_AT: msg("Write one address."),
    Fault.QUOTED: msg(
        "Use an address that needs no quotes: most shops and mail programs refuse others."
    ),
    Fault.IP_ADDRESS: _FULL_NAME,
    Fault.DOMAIN_ENDING: _FULL_NAME,
    Fault.DOMAIN_SINGLE: _FULL_NAME,
    Fault.LOOKALIKE_AT: _TYPE_ANEW,
    Fault.INVISIBLE: _TYPE_ANEW,
    Fault.LOCAL_TOO_LONG: _SHORTER,
    Fault.DOMAIN_TOO_LONG: _SHORTER,
    Fault.LABEL_TOO_LONG: _SHORTER,
    Fault.TOO_LONG: _SHORTER,
}
_COPIED = (Fault.SPACE_AROUND, Fault.MAILTO, Fault.ANGLE_BRACKETS, Fault.DISPLAY_NAME)
"""What comes along when somebody copies an address from elsewhere."""


def check(shop: ShopView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Judge every address, and what was copied along with one into the SMTP user."""
    del options
    for pointer, text, verdict in placed_addresses(shop):
        if verdict.fault is not None:
            yield from _findings(shop, pointer, text, verdict)
    username = shop.text(_USERNAME)
    # Many servers take users that are no address, such as sol@relay, so only the wrapping counts.
    if username is not None and "@" in username:
        verdict = judge(username)
        if verdict.fault in _COPIED:
            yield from _findings(shop, _USERNAME, username, verdict)


def _findings(shop: ShopView, pointer: str, text: str, verdict: Verdict) -> Iterator[Finding]:
    # The value/ rules report these, and what is wrong besides shows once they are gone.
    if line_break(text) >= 0 or template_mark(text):
        return
    node = shop.node(pointer)
    yield Finding(
        pointer,
        _message(verdict),
        help=_help(pointer, verdict.fault),
        fix=_fix(node, verdict) if node is not None else None,
    )


def _fix(node: Node, verdict: Verdict) -> ProposedFix | None:
    """Offer to keep only the address, where everything else that was written says nothing."""
    if not verdict.bare or not verdict.whole:
        return None
    edit = respelled(node, verdict.bare)
    if edit is None:
        return None
    return ProposedFix(msg("keep only the address"), (edit,))


def _message(verdict: Verdict) -> Message:
    fault, limit, over = verdict.fault, verdict.limit, verdict.octets - verdict.limit
    if fault in _MESSAGES:
        message = _MESSAGES[fault]
        return message.with_fields(character=verdict.character) if verdict.character else message
    if fault is Fault.LABEL_TOO_LONG:
        return counted(
            "a part of the domain is {count} character over its limit of {limit}",
            "a part of the domain is {count} characters over its limit of {limit}",
            over,
            limit=limit,
        )
    if fault is Fault.LOCAL_TOO_LONG:
        return counted(
            "the part before the @ is {count} byte over its limit of {limit}",
            "the part before the @ is {count} bytes over its limit of {limit}",
            over,
            limit=limit,
        )
    if fault is Fault.DOMAIN_TOO_LONG:
        return counted(
            "the domain is {count} byte over its limit of {limit}",
            "the domain is {count} bytes over its limit of {limit}",
            over,
            limit=limit,
        )
    return counted(
        "the address is {count} byte over its limit of {limit}",
        "the address is {count} bytes over its limit of {limit}",
        over,
        limit=limit,
    )


def _help(pointer: str, fault: Fault | None) -> Message:
    if fault is Fault.DISPLAY_NAME and pointer == SENDER:
        return msg("Write only the address here, and the name as notifications.name.")
    return _HELP.get(fault, msg("An address looks like contacto@imprenta-sol.es."))


_EXPECT = "  # expect: address/syntax\n"
_FAULTS = """\
platform_version: "3.28.1"
contact:
  email: contacto@imprenta-sol,es            # expect: address/syntax
notifications:
  email: Imprenta Sol <pedidos@imprenta-sol.es>  # expect: address/syntax
  smtp: {host: smtp.imprenta-sol.es, ports: {tls: 465}}
admin:
  recipients:
    - "ventas@imprenta-sol.es "              # expect: address/syntax
    - mailto:taller@imprenta-sol.es          # expect: address/syntax
    - ventas..web@imprenta-sol.es            # expect: address/syntax
    - gerencia@imprenta-sol                  # expect: address/syntax
    - almacen@imprenta_sol.es                # expect: address/syntax
"""
_USER = """\
notifications:
  email: pedidos@imprenta-sol.es
  smtp:
    host: smtp.imprenta-sol.es
    ports: {tls: 465}
    username: "pedidos@imprenta-sol.es "     # expect: address/syntax
    password: {env: IMPRENTA_SOL_SMTP_PASSWORD}
"""
_UNUSUAL = """\
platform_version: "3.28.1"
contact:
  email: contacto+tienda@imprenta-sol.es
notifications:
  email: o'brien_pedidos@mail.imprenta-sol.com.es
  smtp:
    host: smtp.imprenta-sol.es
    ports: {tls: 465}
    username: sol@relay
    password: {env: IMPRENTA_SOL_SMTP_PASSWORD}
admin:
  recipients:
    - ventas@xn--espaa-rta.es
    - taller-2@3dimprenta.es
"""

RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.SHOP,
    summary=msg("A text is no mail address"),
    rationale=msg(
        "A mail to such an address cannot be sent, or bounces. The rule asks for what mail systems, "
        "shop panels and PHP all take: letters, digits and the usual signs before the @, at most 64 "
        "bytes of them, and a full domain name after it, 254 bytes in all. Quoted parts, comments and "
        "IP addresses are allowed by the standards and refused by most programs, so they are errors "
        "too. An SMTP user need not be an address; there the rule only finds what was copied along "
        "with one."
    ),
    authority=(
        "RFC 5321, sections 4.1.2 and 4.5.3.1",
        "RFC 5322, section 3.4.1",
        "RFC 5890 and UTS #46, domain names with letters beyond ASCII",
        "RFC 6531, section 3.3",
    ),
    reads=(*ADDRESSES, _USERNAME),
    apart=True,
    check=check,
    bad=(
        Example({"imprenta-sol.yaml": _FAULTS}),
        Example(
            {"imprenta-sol.yaml": _USER},
            why=msg("Copied along with the user; the server would refuse the login."),
        ),
        Example(
            {"imprenta-sol.yaml": f"contact:\n  email: {'contacto' * 8}s@imprenta-sol.es{_EXPECT}"},
            why=msg("The part before the @ may have 64 bytes."),
        ),
    ),
    good=(
        Example(
            {"imprenta-sol.yaml": _UNUSUAL},
            why=msg("Unusual and sound; and a user that is no address."),
        ),
        Example({"imprenta-sol.yaml": "contact:\n  email: info@imprentaespaña.es\n"}),
    ),
    turn_off=msg("Never: suppress a single address that is known to work."),
    fixable=True,
)
