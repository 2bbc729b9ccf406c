"""``address/mixed-script``: a letter that looks like another one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.mail.domains import canonical, unicode_label
from wakagitops.mail.lookalikes import lookalike
from wakagitops.mail.shop_addresses import ADDRESSES, sound_addresses
from wakagitops.settings.views import ShopView


def check(shop: ShopView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Look for look-alikes before the ``@`` and in each label, ``xn--`` labels as they are shown."""
    del options
    for pointer, local, domain in sound_addresses(shop):
        if local.isascii() and domain.isascii() and "xn--" not in domain.lower():
            continue
        # Full-width letters and the like in a domain mean the plain ones: address/not-canonical's.
        labels = (unicode_label(label) for label in canonical(domain).split("."))
        found = next(filter(None, map(lookalike, (local, *labels))), None)
        if found is not None:
            yield Finding(
                pointer,
                msg(
                    "{character} ({code}) looks like {letter} but is another letter",
                    character=found.character,
                    code=f"U+{ord(found.character):04X}",
                    letter=found.reads_as,
                ),
                help=msg(
                    "Type the address anew with plain letters, and find out where this one came from."
                ),
            )


_BAD = """\
platform_version: "3.28.1"
admin:
  recipients:
    - vent\u0430s@imprenta-sol.es   # expect: address/mixed-script, address/non-ascii-local-part
"""
_DOMAIN = """\
platform_version: "3.28.1"
admin:
  recipients:
    - ventas@impr\u0435nta-sol.com       # expect: address/mixed-script
    - taller@xn--imprnta-sol-rkj.com     # expect: address/mixed-script
"""
_GOOD = """\
platform_version: "3.28.1"
contact: {email: contacto@imprentaespaña.es}
admin: {recipients: [ventas@почта-про.рф, taller@xn--espaa-rta.es]}
"""

RULE = Rule(
    severity=Severity.WARNING,
    scope=Scope.SHOP,
    summary=msg("An address holds a letter that looks like another one"),
    rationale=msg(
        "A Cyrillic o in contacto cannot be told from a Latin one by eye, and is another address: the "
        "mail goes nowhere, or to whoever registered the look-alike domain. The rule reports a word "
        "that mixes Latin letters with look-alikes from other scripts, a word made only of look-alikes, "
        "and ligatures. Words written in one script of their own, and letters with accents, are fine."
    ),
    authority=(
        "UTS #39, Unicode Security Mechanisms: mixed-script and whole-script confusables",
        "CWE-1007",
    ),
    reads=ADDRESSES,
    apart=True,
    check=check,
    bad=(
        Example({"imprenta-sol.yaml": _BAD}),
        Example(
            {"imprenta-sol.yaml": _DOMAIN},
            why=msg("An xn-- name is judged as mail programs show it."),
        ),
    ),
    good=(
        Example({"imprenta-sol.yaml": _GOOD}, why=msg("Accents, and whole words of one script.")),
        Example({"imprenta-sol.yaml": "contact: {email: hola@imprenta-sol.es}\n"}),
    ),
    turn_off=msg("Where shops really use names that mix scripts."),
)
