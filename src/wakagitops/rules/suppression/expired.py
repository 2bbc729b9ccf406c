"""``suppression/expired``: a suppression is over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.settings.views import SuppressionUse


def check(use: SuppressionUse, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Report a suppression whose last day is over."""
    del options
    if not use.expired or use.suppression.fault:
        return
    day = use.suppression.until
    if use.is_baseline:
        yield Finding(
            "",
            msg("this entry of the baseline ended on {day}", day=day),
            help=msg("Mend its finding and delete the entry, or give it a new date."),
        )
    else:
        yield Finding(
            "",
            msg("this suppression ended on {day}", day=day),
            help=msg("Mend what it hid, or give it a new date and say why."),
        )


_OVER = (
    "contact:\n"
    "  email: imprentasol@gmail.com  # wakagitops: ignore[contact/free-mail] until=2020-01-31 moves"
)

RULE = Rule(
    severity=Severity.WARNING,
    scope=Scope.SUPPRESSION,
    summary=msg("A suppression is over"),
    rationale=msg(
        "A date makes an exception temporary. Once it has passed, the finding is back, and this says "
        "why. The day is judged in UTC; `render` asks no calendar, so that the same settings give the "
        "same deployment on any day."
    ),
    check=check,
    suppressible=False,
    bad=(
        Example({"imprenta-sol.yaml": _OVER + "  # expect: suppression/expired, contact/free-mail\n"}),
        Example(
            {
                "imprenta-sol.yaml": "shop: imprenta-sol  "
                "# wakagitops: ignore[platform] until=2020-01-31 test  # expect: suppression/expired\n"
            }
        ),
    ),
    good=(
        Example({"imprenta-sol.yaml": _OVER.replace("2020", "2999") + "\n"}),
        Example({"imprenta-sol.yaml": "shop: imprenta-sol\n"}),
    ),
    turn_off=msg("Never: give the suppression a new date, or none."),
)
