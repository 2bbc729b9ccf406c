"""``contact/shared-account``: the public contact address is also another of the shop's accounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import Message, msg
from wakagitops.core.rule import Example, Finding, Option, Place, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.mail.address import judge
from wakagitops.mail.domains import same_organisation
from wakagitops.mail.mailboxes import mailbox
from wakagitops.mail.shop_addresses import CONTACT, RECIPIENTS, SENDER
from wakagitops.settings.views import ShopView

_USERNAME = "/notifications/smtp/username"
_HOST = "/notifications/smtp/host"


def check(shop: ShopView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Compare the contact's mailbox with the others that the settings name."""
    contact = shop.text(CONTACT)
    key = mailbox(contact) if contact is not None else None
    if contact is None or key is None:
        return
    places = [
        *_user(shop, key, contact),
        *_sender(shop, key),
        *(() if options["allow_admin_recipient"] else _recipients(shop, key)),
    ]
    if not places:
        return
    yield Finding(
        CONTACT,
        _MESSAGES[places[0].pointer if places[0].pointer in _MESSAGES else RECIPIENTS],
        help=msg(
            "Publish an account that only receives what customers write, such as contacto@{domain}, "
            "or give the other setting an account of its own.",
            domain=judge(contact).domain,
        ),
        related=tuple(places),
    )


_MESSAGES: dict[str, Message] = {
    _USERNAME: msg("the public contact address is the user that signs in to the SMTP server"),
    SENDER: msg("the public contact address is also the account that sends the notifications"),
    RECIPIENTS: msg("the public contact address also receives the order notices"),
}


def _user(shop: ShopView, key: str, contact: str) -> Iterator[Place]:
    username = shop.text(_USERNAME)
    if username is None:
        return
    if "@" in username:
        same = mailbox(username) == key
    else:
        # A user without a domain is an account of the server's own domain.
        verdict = judge(contact)
        same = username.casefold() == verdict.local.casefold() and same_organisation(
            shop.text(_HOST) or "", verdict.domain
        )
    if same:
        yield Place(_USERNAME, msg("the SMTP user is the same account"), shop=shop.id)


def _sender(shop: ShopView, key: str) -> Iterator[Place]:
    sender = shop.text(SENDER)
    if sender is not None and mailbox(sender) == key:
        yield Place(SENDER, msg("the notifications come from the same account"), shop=shop.id)


def _recipients(shop: ShopView, key: str) -> Iterator[Place]:
    for pointer, text in shop.texts(RECIPIENTS):
        if mailbox(text) == key:
            yield Place(pointer, msg("the order notices go to the same account"), shop=shop.id)


_SENDER = """\
contact:
  email: pedidos@imprenta-sol.es         # expect: contact/shared-account
notifications:
  email: Pedidos@Imprenta-Sol.es         # expect: address/not-canonical
  smtp:
    host: smtp.imprenta-sol.es
    ports: {tls: 465}
    username: envios@imprenta-sol.es
    password: {env: IMPRENTA_SOL_SMTP_PASSWORD}
"""
_LOCAL_USER = """\
contact:
  email: contacto@imprenta-sol.es        # expect: contact/shared-account
notifications:
  email: pedidos@imprenta-sol.es
  smtp:
    host: smtp.imprenta-sol.es
    ports: {tls: 465}
    username: contacto
    password: {env: IMPRENTA_SOL_SMTP_PASSWORD}
"""
_ADMIN = """\
platform_version: "3.28.1"
contact:
  email: info+web@imprenta-sol.es        # expect: contact/shared-account
admin:
  recipients:
    - ventas@imprenta-sol.es
    - info@imprenta-sol.es
"""
_OTHER_DOMAIN = """\
contact:
  email: pedidos@imprenta-sol.es
notifications:
  email: pedidos@envios-sol.com
  smtp:
    host: smtp.envios-sol.com
    ports: {tls: 465}
    username: pedidos@envios-sol.com
    password: {env: IMPRENTA_SOL_SMTP_PASSWORD}
"""

RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.SHOP,
    summary=msg("The contact address is also another of the shop's accounts"),
    rationale=msg(
        "Published, the SMTP user is half of a credential and invites guesses at the other half; the "
        "notifications' sender gets its name on spam lists; and order notices drown in what "
        "harvesters send, or are forged by it. The product manual keeps the accounts apart, and "
        "advises a dedicated one for the contact. Two addresses are the same account when they "
        "differ only in case or in a +tag."
    ),
    authority=(
        "Wakaprint product manual: the contact address is public; the notification account is not",
        "RFC 5321, section 2.4, and RFC 5233, subaddressing",
    ),
    reads=(CONTACT, SENDER, _USERNAME, RECIPIENTS),
    apart=True,
    options=(
        Option(
            name="allow_admin_recipient",
            default=False,
            kind="boolean",
            description=msg(
                "Whether order notices may go to the contact address, as in one-person shops."
            ),
            looser="more",
        ),
    ),
    check=check,
    bad=(
        Example({"imprenta-sol.yaml": _SENDER}),
        Example({"imprenta-sol.yaml": _LOCAL_USER}, why=msg("The user of the same domain's server.")),
        Example({"imprenta-sol.yaml": _ADMIN}),
    ),
    good=(
        Example(
            {"imprenta-sol.yaml": _OTHER_DOMAIN},
            why=msg("The notifications may use another domain; the same name there is another account."),
        ),
        Example(
            {"imprenta-sol.yaml": _ADMIN.replace("# expect: contact/shared-account", "")},
            why=msg("With allow_admin_recipient = true."),
            options={"allow_admin_recipient": True},
        ),
    ),
    turn_off=msg(
        "Where every shop is one person with one mailbox. To allow only the order notices, set "
        "allow_admin_recipient."
    ),
)
