"""``address/not-canonical``: a domain that is not in lower case or not composed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, ProposedFix, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.mail.domains import canonical
from wakagitops.mail.shop_addresses import ADDRESSES, sound_addresses
from wakagitops.settings.views import ShopView
from wakagitops.yaml.quoting import respelled


def check(shop: ShopView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Compare each domain with its canonical form."""
    del options
    for pointer, local, domain in sound_addresses(shop):
        if domain.isascii() and domain == domain.lower():
            continue
        better = canonical(domain)
        if better == domain:
            continue
        node = shop.node(pointer)
        edit = respelled(node, f"{local}@{better}") if node is not None else None
        yield Finding(
            pointer,
            msg("the domain is usually written {domain}", domain=better),
            help=msg("Write {domain} after the @; what stands before it is left alone.", domain=better),
            fix=ProposedFix(msg("write the domain as {domain}", domain=better), (edit,))
            if edit
            else None,
        )


_BAD = """\
platform_version: "3.28.1"
contact:
  email: contacto@Imprenta-Sol.ES         # expect: address/not-canonical
admin:
  recipients:
    - "Ventas@IMPRENTA-SOL.ES"            # expect: address/not-canonical
"""
_DECOMPOSED = """\
contact:
  email: contacto@imprentaespan\u0303a.es   # expect: address/not-canonical
"""
_GOOD = """\
platform_version: "3.28.1"
contact: {email: contacto@imprentaespaña.es}
admin: {recipients: [Ventas.Web@imprenta-sol.es, taller@xn--espaa-rta.es]}
"""

RULE = Rule(
    severity=Severity.NOTE,
    scope=Scope.SHOP,
    summary=msg("A domain is not written in its usual form"),
    rationale=msg(
        "Domains do not tell upper from lower case, nor a composed ñ from an n with a tilde, but "
        "comparisons, digests and duplicate checks do. One form everywhere keeps diffs quiet. The part "
        "before the @ may differ by case, so neither the rule nor its fix touches it."
    ),
    authority=("RFC 5321, section 2.4", "RFC 5891 and UTS #46, mapping of domain names"),
    reads=ADDRESSES,
    apart=True,
    check=check,
    bad=(
        Example({"imprenta-sol.yaml": _BAD}),
        Example(
            {"imprenta-sol.yaml": _DECOMPOSED},
            why=msg("An n and a combining tilde: it looks the same as ñ."),
        ),
    ),
    good=(
        Example({"imprenta-sol.yaml": _GOOD}, why=msg("Capitals before the @ may matter.")),
        Example({"imprenta-sol.yaml": "contact: {email: contacto@imprenta-sol.es}\n"}),
    ),
    turn_off=msg("Where addresses must stand as another system exports them."),
    fixable=True,
)
