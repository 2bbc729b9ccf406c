"""``address/no-reply``: an address that nobody reads, where mail is meant to be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from unicodedata import combining, normalize

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.patterns import regex
from wakagitops.core.rule import Example, Finding, Option, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.mail.shop_addresses import ADDRESSES, CONTACT, SENDER, sound_addresses
from wakagitops.settings.views import ShopView

_SEPARATORS = "[._-]"
_NAMES = (
    "no reply",
    "no replay",  # a common slip
    "do not reply",
    "dont reply",
    "never reply",
    "no responder",
    "no responda",
    "no respondas",
    "no respondan",
    "no contestar",
    "no conteste",
    "no contestes",
    "no contesten",
    "no respondre",
    "no respongueu",
    "non responder",
    "nao responder",
    "nao responda",
    "ne pas repondre",
)
"""English, Spanish, Catalan, Galician, Portuguese and French."""
_VERBS = ("repl", "respon", "contest", "repond")
"""One of them is in every name, which is quicker to see."""
_NO_REPLY = regex(
    rf"(?:\A|{_SEPARATORS}|[0-9])"
    rf"(?:{'|'.join(name.replace(' ', f'{_SEPARATORS}*') for name in _NAMES)})"
    rf"(?:\Z|{_SEPARATORS}|[0-9])"
)


def check(shop: ShopView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Look for names that say that nobody answers, before the ``@`` and any ``+tag``."""
    for pointer, local, _ in sound_addresses(shop):
        if pointer == SENDER:
            continue
        if not _is_no_reply(local) and not _is_named(local, options["names"]):
            continue
        if pointer == CONTACT:
            yield Finding(
                pointer,
                msg("customers are told to write to an address that nobody reads"),
                help=msg("Write an address that people answer, such as contacto@imprenta-sol.es."),
            )
        else:
            yield Finding(
                pointer,
                msg("orders are announced to an address that nobody reads"),
                help=msg("Write an address that somebody reads, such as ventas@imprenta-sol.es."),
            )


@lru_cache(maxsize=512)
def _is_no_reply(local: str) -> bool:
    """Tell whether a local part says so; shops have the same few."""
    name = _plain(local)
    return any(word in name for word in _VERBS) and _NO_REPLY.search(name) is not None


def _plain(local: str) -> str:
    """Return the mailbox's name in lower case, without tag and accents."""
    name = local.partition("+")[0].lower()
    if name.isascii():
        return name
    return "".join(sign for sign in normalize("NFD", name) if not combining(sign))


def _is_named(local: str, names: list[str]) -> bool:
    return bool(names) and _plain(local) in {_plain(item.partition("@")[0]) for item in names}


_BAD = """\
platform_version: "3.28.1"
contact: {email: no-reply@imprenta-sol.es}      # expect: address/no-reply
admin:
  recipients:
    - NoReply+pedidos@imprenta-sol.es           # expect: address/no-reply
    - no_responder@imprenta-sol.es              # expect: address/no-reply
    - pedidos-noreply2@imprenta-sol.es          # expect: address/no-reply
    - donotreply@imprenta-sol.es                # expect: address/no-reply
"""
_GOOD = """\
platform_version: "3.28.1"
notifications:
  email: no-reply@imprenta-sol.es
  smtp: {host: smtp.imprenta-sol.es, ports: {tls: 465}}
admin:
  recipients:
    - reply@imprenta-sol.es
    - respuestas@imprenta-sol.es
    - casino-reply@imprenta-sol.es
    - info+noreply@imprenta-sol.es
"""

RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.SHOP,
    summary=msg("The contact address or an admin recipient is one that nobody reads"),
    rationale=msg(
        "The contact address is where customers send their questions, and admin recipients are told of "
        "every purchase: both must be read. Names such as no-reply, donotreply, no-responder and "
        "no-contestar say that they are not, however they are separated, numbered or tagged. The "
        "notification account may well be one of them: the rule never looks at it."
    ),
    authority=(
        "Wakaprint product manual: customers write to the contact address",
        "Wakaprint product manual: admin recipients are told of every completed purchase",
    ),
    reads=ADDRESSES,
    apart=True,
    options=(
        Option(
            "names",
            [],
            "texts",
            msg("More names before the @ that nobody reads, such as bounces."),
            looser="less",
        ),
    ),
    check=check,
    bad=(
        Example({"imprenta-sol.yaml": _BAD}),
        Example(
            {
                "imprenta-sol.yaml": 'platform_version: "3.28.1"\nadmin:\n  recipients:\n'
                "    - automatico@imprenta-sol.es   # expect: address/no-reply\n"
            },
            options={"names": ["automático"]},
        ),
    ),
    good=(
        Example({"imprenta-sol.yaml": _GOOD}, why=msg("The sender, and names that only look alike.")),
        Example({"imprenta-sol.yaml": "contact: {email: atencion@imprenta-sol.es}\n"}),
    ),
    turn_off=msg("Never: suppress a single address that somebody reads in spite of its name."),
)
