"""``fleet/inconsistent-account``: two shops disagree about one SMTP account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, Place, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.mail.domains import ascii_form
from wakagitops.mail.providers import provider_of
from wakagitops.settings.shop_copies import originals_first
from wakagitops.settings.views import FleetView, ShopFacts

_HOST = "/notifications/smtp/host"
_PASSWORD = "/notifications/smtp/password"  # noqa: S105 - a pointer, no password
_PORTS = "/notifications/smtp/ports"
_USER = "/notifications/smtp/username"


def check(fleet: FleetView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Compare the shops that log in as one user, and those that keep one secret."""
    del options
    servers: dict[str, ShopFacts] = {}
    users: dict[str, ShopFacts] = {}
    for facts in originals_first(fleet.shops):
        user = facts.value(_USER)
        if not isinstance(user, str):
            continue
        account = _account(facts)
        first = servers.setdefault(account, facts) if account is not None else facts
        pointer = _difference(facts, first) if first is not facts else None
        if pointer is not None:
            yield Finding(
                pointer,
                msg(
                    "the shop {shop} uses the same SMTP user with another server or port", shop=first.id
                ),
                help=msg("One account has one server: mend the shop that is out of date."),
                related=(Place(pointer, msg("the other one is here"), shop=first.path),),
                shop=facts.path,
            )
        secret = _secret(facts)
        if secret is None:
            continue
        owner = users.setdefault(secret, facts)
        if owner is not facts and str(owner.value(_USER)).casefold() != user.casefold():
            yield Finding(
                _PASSWORD,
                msg("the shop {shop} uses the same secret for another user", shop=owner.id),
                help=msg("Two accounts have two passwords: name the secret of this one."),
                related=(Place(_PASSWORD, msg("the same secret is here"), shop=owner.path),),
                shop=facts.path,
            )


def _account(facts: ShopFacts) -> str | None:
    """Return what an account is known by; None where there is none of a shop's own."""
    user = facts.value(_USER)
    if not isinstance(user, str) or _is_everybodys(facts, user):
        return None
    return user.casefold()


def _secret(facts: ShopFacts) -> str | None:
    """Return what a secret's place is known by, whatever the order of its names."""
    secret = facts.value(_PASSWORD)
    return _in_order(secret) if isinstance(secret, dict) else None


def _in_order(value: object) -> str:
    if not isinstance(value, dict):
        return repr(value)
    # All of it by itself where there is nothing to order, as nearly always.
    order = sorted(value) if len(value) > 1 else value
    return f"{{{', '.join([f'{name!r}: {_in_order(value[name])}' for name in order])}}}"


def _is_everybodys(facts: ShopFacts, user: str) -> bool:
    """Tell whether all of a provider's customers log in by this user name, such as ``apikey``."""
    host = facts.value(_HOST)
    provider = provider_of(host) if isinstance(host, str) else None
    return provider is not None and provider.is_common_user(user)


def _difference(facts: ShopFacts, first: ShopFacts) -> str | None:
    """Return where two shops of one account have another server."""
    return next(
        (place for place in (_HOST, _PORTS) if _folded(facts, place) != _folded(first, place)), None
    )


def _folded(facts: ShopFacts, pointer: str) -> object:
    """Return a value for comparing; host names have no case (RFC 4343), and may end in a dot."""
    value = facts.value(pointer)
    if not isinstance(value, str):
        return value
    host = value.removesuffix(".")
    return ascii_form(host) or host


def _keys(facts: ShopFacts) -> Iterator[str]:
    if isinstance(facts.value(_USER), str):
        yield from (key for key in (_account(facts), _secret(facts)) if key is not None)


_SHOP = """\
notifications:
  email: pedidos@{0}.es
  smtp:
    host: {1}   {3}
    ports: {{tls: 465}}
    username: pedidos@{2}.es
    password: {{env: SMTP_PASSWORD}}   {4}
"""
_AT_SENDGRID = """\
notifications:
  email: pedidos@{0}.es
  smtp:
    host: {1}.sendgrid.net
    ports: {{tls: 465}}
    username: apikey
    password: {{env: {2}_SMTP_PASSWORD}}
"""
_IN_KUBERNETES = """\
notifications:
  email: pedidos@{0}.es
  smtp:
    host: smtp.{0}.es
    ports: {{tls: 465}}
    username: pedidos@{0}.es
    password: {{kubernetes: {{{1}}}}}   {2}
"""

RULE = Rule(
    severity=Severity.WARNING,
    scope=Scope.FLEET,
    summary=msg("Two shops disagree about one SMTP account"),
    rationale=msg(
        "One user with two servers, or one secret for two users, means that one of the shops was not "
        "updated: its order mail fails at the next login."
    ),
    authority=("Wakaprint product manual: the notification account",),
    reads=("/shop", _USER, _HOST, _PORTS, _PASSWORD),
    keys=_keys,
    alone=False,
    check=check,
    bad=(
        Example(
            {
                "imprenta-sol.yaml": _SHOP.format(
                    "imprenta-sol", "smtp.imprenta-sol.es", "imprenta-sol", "", ""
                ),
                "imprenta-sol-taller.yaml": "contact: {email: taller@imprenta-sol.es}\n"
                + _SHOP.format("imprenta-sol", "mail.imprenta-sol.es", "imprenta-sol", "", ""),
            },
            marks=(("imprenta-sol.yaml", 4, "fleet/inconsistent-account"),),
        ),
        Example(
            {
                "imprenta-sol.yaml": _SHOP.format(
                    "imprenta-sol", "smtp.imprenta-sol.es", "imprenta-sol", "", ""
                ),
                "rotulos-norte.yaml": _SHOP.format(
                    "rotulos-norte",
                    "smtp.rotulos-norte.es",
                    "rotulos-norte",
                    "",
                    "# expect: fleet/inconsistent-account",
                ),
            }
        ),
        Example(
            {
                "imprenta-sol.yaml": _IN_KUBERNETES.format("imprenta-sol", "name: smtp, key: clave", ""),
                "rotulos-norte.yaml": _IN_KUBERNETES.format(
                    "rotulos-norte", "key: clave, name: smtp", "# expect: fleet/inconsistent-account"
                ),
            },
            why=msg("The order of a reference's names does not matter."),
        ),
    ),
    good=(
        Example(
            {
                "imprenta-sol.yaml": _SHOP.format(
                    "imprenta-sol", "smtp.imprenta-sol.es", "imprenta-sol", "", ""
                ),
                "imprenta-sol-taller.yaml": "contact: {email: taller@imprenta-sol.es}\n"
                + _SHOP.format("imprenta-sol", "smtp.imprenta-sol.es", "imprenta-sol", "", ""),
            },
            why=msg("Two shops may share one account."),
        ),
        Example(
            {
                "imprenta-sol.yaml": _AT_SENDGRID.format("imprenta-sol", "smtp", "SOL"),
                "rotulos-norte.yaml": _AT_SENDGRID.format("rotulos-norte", "smtp.eu", "NORTE"),
            },
            why=msg("At SendGrid everybody's user is apikey: these are two accounts."),
        ),
        Example(
            {
                "imprenta-sol.yaml": _SHOP.format(
                    "imprenta-sol", "smtp.imprenta-sol.es", "imprenta-sol", "", ""
                ),
                "imprenta-sol-taller.yaml": "contact: {email: taller@imprenta-sol.es}\n"
                + _SHOP.format("imprenta-sol", "SMTP.imprenta-sol.es.", "imprenta-sol", "", ""),
            },
            why=msg("Capitals and a dot at its end do not make a host another one."),
        ),
        Example({"imprenta-sol.yaml": "shop: imprenta-sol\n"}),
    ),
    turn_off=msg("Where shops share a relay whose servers have several names."),
)
