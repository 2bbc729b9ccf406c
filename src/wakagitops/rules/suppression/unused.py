"""``suppression/unused``: a suppression suppresses nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.settings.views import SuppressionUse

_FAULTS = {
    "start": (
        msg("this comment suppresses nothing: it does not begin with `wakagitops:`"),
        msg("Write `# wakagitops: ignore[group/name] reason`."),
    ),
    "word": (
        msg("this comment suppresses nothing: it begins with neither ignore nor ignore-file"),
        msg("Write `# wakagitops: ignore[group/name] reason`."),
    ),
    "syntax": (
        msg("this comment suppresses nothing: it names no rule in brackets"),
        msg("Write `# wakagitops: ignore[group/name] reason`."),
    ),
    "date": (
        msg("this comment suppresses nothing: its last day cannot be read"),
        msg("Write the day as until=2027-01-31, right after the bracket."),
    ),
    "place": (
        msg("this comment suppresses nothing: it stands below the file's first setting"),
        msg("Move it to the top of the file, or write `ignore` for one line."),
    ),
}


def check(use: SuppressionUse, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Report what cannot act, names no rule, or has nothing left to suppress."""
    del options
    if use.suppression.fault:
        message, advice = _FAULTS[use.suppression.fault]
        yield Finding("", message, help=advice)
        return
    for name in use.unknown:
        yield Finding(
            "",
            msg("there is no rule {rule}", rule=name),
            help=msg("`wakagitops rules` lists the rules."),
        )
    for name in use.refused:
        yield Finding(
            "",
            msg("{rule} cannot be suppressed", rule=name),
            help=msg("Mend what it finds."),
        )
    if use.expired or not use.idle:
        return
    rules = ", ".join(use.idle)
    if use.is_baseline:
        yield Finding(
            "",
            msg("the baseline's finding of {rule} is gone", rule=rules),
            help=msg("Delete this entry, or run `wakagitops validate --write-baseline` again."),
        )
    elif len(use.idle) == len(use.suppression.names):
        yield Finding(
            "",
            msg("nothing is left to suppress here for {rules}", rules=rules),
            help=msg("Delete the comment."),
        )
    else:
        yield Finding(
            "",
            msg("nothing is left to suppress here for {rules}", rules=rules),
            help=msg("Delete that name from the bracket."),
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
                "imprenta-sol.yaml": "shop: imprenta-sol  "
                "# wakagitops: ignore[contact/freemail] old shop  # expect: suppression/unused\n"
            },
            why=msg("A name that no rule has."),
        ),
        Example(
            {
                "imprenta-sol.yaml": "shop: imprenta-sol  "
                "# wakagitops ignore[contact/free-mail] moved  # expect: suppression/unused\n"
            },
            why=msg("The colon behind wakagitops is missing."),
        ),
        Example(
            {
                "imprenta-sol.yaml": "contact:\n"
                "  email: imprentasol@gmail.com  "
                "# wakagitops: ignore[contact/free-mail, smtp/host] new  # expect: suppression/unused\n"
            },
            why=msg("One name acts, the other does not."),
        ),
        Example(
            {
                "imprenta-sol.yaml": "contact:\n"
                "  # wakagitops: ignore-file[contact/free-mail] moves in spring\n"
                "  email: imprentasol@gmail.com  # expect: contact/free-mail\n"
            },
            why=msg("What acts on the whole file stands at its top."),
            marks=(("imprenta-sol.yaml", 2, "suppression/unused"),),
        ),
    ),
    good=(
        Example(
            {
                "imprenta-sol.yaml": "contact:\n"
                "  email: imprentasol@gmail.com  "
                "# wakagitops: ignore[contact/free-mail] moves in spring\n"
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
