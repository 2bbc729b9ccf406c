"""``suppression/unused``: a suppression suppresses nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, Rule, Scope
from wakagitops.reading.views import SuppressionUse

def check(use: SuppressionUse, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Report a comment that cannot act, names no rule, or has nothing left to suppress."""
    del options
    item = use.suppression
    if item.fault == "syntax":
        yield Finding(
            "",
            msg("this comment suppresses nothing: it names no rule"),
            help=msg("Write `# wakagitops: ignore[group/name] reason`."),
        )
    elif item.fault == "date":
        yield Finding(
            "",
            msg("this comment suppresses nothing: its date is none"),
            help=msg("Write the last day as until=2027-01-31, right after the bracket."),
        )
    elif use.unknown:
        yield Finding(
            "",
            msg("there is no rule {rule}", rule=", ".join(use.unknown)),
            help=msg("`wakagitops rules` lists the rules."),
        )
    elif not use.acted and not use.expired and use.judged:
        yield Finding(
            "",
            msg("nothing is left to suppress here for {rules}", rules=", ".join(item.names)),
            help=msg("Delete the comment."),
        )


RULE = Rule(
    severity=Severity.WARNING,
    scope=Scope.SUPPRESSION,
    summary=msg("A suppression suppresses nothing"),
    rationale=msg(
        "A comment that outlives its finding hides the next one, and one that is mistyped hides "
        "nothing while its author believes that it does."
    ),
    check=check,
    suppressible=False,
    bad=(
        Example(
            {
                "imprenta-sol.yaml": "shop: imprenta-sol  # wakagitops: ignore[contact/free-mail] moved"
                "  # expect: suppression/unused\n"
            }
        ),
        Example(
            {
                "imprenta-sol.yaml": "shop: imprenta-sol  # wakagitops: ignore[contact/freemail] old shop"
                "  # expect: suppression/unused\n"
            }
        ),
    ),
    good=(
        Example(
            {
                "imprenta-sol.yaml": "contact:\n"
                "  email: imprentasol@gmail.com  # wakagitops: ignore[contact/free-mail] moves in spring\n"
            }
        ),
        Example(
            {
                "imprenta-sol.yaml": "# wakagitops: ignore-file[contact/free-mail] moves in spring\n"
                "contact:\n  email: imprentasol@gmail.com\n"
            }
        ),
    ),
    turn_off=msg("While rules are being switched on and off."),
)
