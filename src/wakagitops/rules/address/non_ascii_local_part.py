"""``address/non-ascii-local-part``: a letter beyond ASCII before the ``@``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, Option, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.mail.address import shown
from wakagitops.mail.shop_addresses import ADDRESSES, CONTACT, SENDER, sound_addresses
from wakagitops.settings.views import ShopView


def check(shop: ShopView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Look for letters beyond ASCII in each local part."""
    for pointer, local, _ in sound_addresses(shop):
        if local.isascii() or (options["smtputf8"] and pointer != CONTACT):
            continue
        character = shown(next(sign for sign in local if not sign.isascii()))
        if pointer == SENDER:
            yield Finding(
                pointer,
                msg(
                    "most mail servers refuse a sender with {character} before the @",
                    character=character,
                ),
                help=msg("Send from an address in plain letters, such as pedidos@."),
            )
        else:
            yield Finding(
                pointer,
                msg("many mail servers cannot deliver to {character} before the @", character=character),
                help=msg("Give an address in plain letters: a, not á; n, not ñ."),
                severity=Severity.WARNING,
            )


_BAD = """\
contact: {email: atención@imprenta-sol.es}   # expect: address/non-ascii-local-part
notifications:
  email: diseño@imprenta-sol.es              # expect: address/non-ascii-local-part
  smtp: {host: smtp.imprenta-sol.es, ports: {tls: 465}}
"""
_RECIPIENT = """\
platform_version: "3.28.1"
admin:
  recipients:
    - almacén@imprenta-sol.es                # expect: address/non-ascii-local-part
"""
_IDN = """\
contact: {email: contacto@imprentaespaña.es}
notifications:
  email: pedidos@imprentaespaña.es
  smtp: {host: smtp.imprenta-sol.es, ports: {tls: 465}}
"""
_RELAY = """\
platform_version: "3.28.1"
notifications:
  email: diseño@imprenta-sol.es
  smtp: {host: smtp.imprenta-sol.es, ports: {tls: 465}}
admin: {recipients: [almacén@imprenta-sol.es]}
"""

RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.SHOP,
    summary=msg("A letter beyond ASCII stands before the @"),
    rationale=msg(
        "Such an address needs the SMTPUTF8 extension at every server on the way, and nothing turns "
        "the mail into a form that others accept: it comes back, or the shop's own program fails to "
        "send. For the sender that stops every automatic mail, so it is an error; for an address that "
        "others write to it is a warning. Letters such as ñ in the domain are fine: they have an ASCII "
        "form."
    ),
    authority=("RFC 6531, section 3.3", "RFC 6530, which withdrew the downgrade of RFC 5504"),
    reads=ADDRESSES,
    apart=True,
    options=(
        Option(
            "smtputf8",
            default=False,
            kind="boolean",
            description=msg(
                "The shops' SMTP servers offer SMTPUTF8: accept such senders and admin recipients. "
                "The contact address is still reported, since customers write to it from anywhere."
            ),
            looser="more",
        ),
    ),
    check=check,
    bad=(
        Example({"imprenta-sol.yaml": _BAD}),
        Example({"imprenta-sol.yaml": _RECIPIENT}),
    ),
    good=(
        Example({"imprenta-sol.yaml": _IDN}, why=msg("Only the domain has other letters.")),
        Example({"imprenta-sol.yaml": _RELAY}, options={"smtputf8": True}),
    ),
    turn_off=msg("Where every correspondent's mail server is known to offer SMTPUTF8."),
)
