"""``suppression/missing-reason``: a suppression gives no reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.settings.views import SuppressionUse


def check(use: SuppressionUse, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Report a suppression without a word of explanation."""
    del options
    item = use.suppression
    if not item.fault and not item.reason and not use.is_baseline:
        yield Finding(
            "",
            msg("this suppression gives no reason"),
            help=msg("Say why behind the bracket, so that the next reader knows when it can go."),
        )


RULE = Rule(
    severity=Severity.WARNING,
    scope=Scope.SUPPRESSION,
    summary=msg("A suppression gives no reason"),
    rationale=msg(
        "A year later nobody knows whether an unexplained suppression still stands for anything."
    ),
    check=check,
    suppressible=False,
    bad=(
        Example(
            {
                "imprenta-sol.yaml": "contact:\n"
                "  # wakagitops: ignore[contact/free-mail]\n"
                "  email: imprentasol@gmail.com\n"
            },
            marks=(("imprenta-sol.yaml", 2, "suppression/missing-reason"),),
        ),
        Example(
            {
                "imprenta-sol.yaml": "# wakagitops: ignore-file[contact/free-mail] until=2999-01-31\n"
                "contact:\n"
                "  email: imprentasol@gmail.com\n"
            },
            marks=(("imprenta-sol.yaml", 1, "suppression/missing-reason"),),
        ),
    ),
    good=(
        Example(
            {
                "imprenta-sol.yaml": "contact:\n"
                "  # wakagitops: ignore[contact/free-mail] until=2999-01-31 moves in spring\n"
                "  email: imprentasol@gmail.com\n"
            }
        ),
        Example({"imprenta-sol.yaml": "shop: imprenta-sol\n"}),
    ),
    turn_off=msg("Where the reasons stand in the commits that add the comments."),
)
