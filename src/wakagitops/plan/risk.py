"""The risk of a plan in one line: how much is at stake, and why."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from wakagitops.core import pointer as pointers
from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import Message, counted, msg
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.plan.brake import MASS_CHANGE
from wakagitops.plan.model import Plan, ShopPlan

_MAIL = ("/notifications",)
_RECIPIENTS = ("/admin",)
_PUBLIC = ("/contact", "/url")


class Level(Enum):
    """How much is at stake."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NONE = "none"


class Risk(NamedTuple):
    """The risk of a plan."""

    level: Level
    message: Message
    """The level, and every reason for it, the gravest first, in one line."""


def risk(plan: Plan) -> Risk:
    """Return the risk of a plan."""
    grave, notable, slight = _grave(plan), _notable(plan), _slight(plan)
    if grave:
        return Risk(Level.HIGH, msg("High risk: {reasons}.", reasons=_joined([*grave, *notable])))
    if notable:
        return Risk(Level.MEDIUM, msg("Medium risk: {reasons}.", reasons=_joined(notable)))
    if slight:
        return Risk(Level.LOW, msg("Low risk: {reasons}.", reasons=_joined(slight)))
    return Risk(Level.NONE, msg("No risk: nothing changes."))


def _grave(plan: Plan) -> list[Message]:
    reasons = []
    if plan.removed:
        reasons.append(
            counted("{count} shop is removed", "{count} shops are removed", len(plan.removed))
        )
    if MASS_CHANGE in plan.brake.reasons:
        reasons.append(msg("more than 30 % of the shops change"))
    if plan.policy:
        reasons.append(
            counted(
                "the policy is weakened in {count} way",
                "the policy is weakened in {count} ways",
                len(plan.policy),
            )
        )
    errors = plan.new_count(Severity.ERROR)
    if errors:
        reasons.append(
            counted(
                "{count} error is new, and nothing is rendered until it is mended",
                "{count} errors are new, and nothing is rendered until they are mended",
                errors,
            )
        )
    unknown = sum(1 for shop in plan.shops if shop.is_unknown)
    if unknown:
        reasons.append(
            counted(
                "what changes in {count} shop is not known",
                "what changes in {count} shops is not known",
                unknown,
            )
        )
    return reasons


def _notable(plan: Plan) -> list[Message]:
    reasons = []
    mail, recipients, public = (
        _changing(plan.shops, sections) for sections in (_MAIL, _RECIPIENTS, _PUBLIC)
    )
    if mail:
        reasons.append(
            counted(
                "{count} shop sends its mail to customers in another way",
                "{count} shops send their mail to customers in another way",
                mail,
            )
        )
    if recipients:
        reasons.append(
            counted(
                "other people are told of the orders of {count} shop",
                "other people are told of the orders of {count} shops",
                recipients,
            )
        )
    if public:
        reasons.append(
            counted(
                "what the public sees of {count} shop changes",
                "what the public sees of {count} shops changes",
                public,
            )
        )
    return reasons


def _slight(plan: Plan) -> list[Message]:
    reasons = []
    if plan.touched:
        reasons.append(counted("{count} shop changes", "{count} shops change", len(plan.touched)))
    if plan.added:
        reasons.append(counted("{count} shop is new", "{count} shops are new", len(plan.added)))
    if plan.shared_files.total and not reasons:
        reasons.append(msg("only files of the deployment change"))
    if not reasons and not plan.is_empty:
        reasons.append(msg("no setting of any shop changes"))
    return reasons


def _changing(shops: Iterable[ShopPlan], sections: tuple[str, ...]) -> int:
    """Return how many shops change in some sections of their settings, so that something follows."""
    return sum(
        1
        for shop in shops
        if any(
            pointers.covers(section, change.pointer) for change in shop.working for section in sections
        )
    )


def _joined(reasons: list[Message]) -> Message:
    """Return several reasons as one."""
    joined = reasons[0]
    for reason in reasons[1:]:
        joined = Message("{first}; {next}", (("first", joined), ("next", reason)))
    return joined
