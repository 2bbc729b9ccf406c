"""The brake: a plan that touches so much that somebody should look twice fails, unless it is allowed."""

from __future__ import annotations

from wakagitops.core.named_tuple import NamedTuple

MASS_CHANGE = "mass-change"
SHOP_REMOVED = "shop-removed"
POLICY_WEAKENED = "policy-weakened"
_FEW = 3
"""So many shops may change whatever their share is."""
_SHARE = 30
"""The share of the shops that may change, in percent."""


class Brake(NamedTuple):
    """Whether a plan is stopped, and by what."""

    reasons: tuple[str, ...] = ()
    """``mass-change``, ``shop-removed``, ``policy-weakened``; empty where nothing trips the brake."""
    is_allowed: bool = False
    """True where the caller allows the mass change all the same."""
    is_policy_allowed: bool = False
    """True where the caller allows the change of the policy all the same."""

    @property
    def holds(self) -> bool:
        """Tell whether the exit status is 1 because of the brake."""
        return bool(self.holding)

    @property
    def holding(self) -> tuple[str, ...]:
        """Return the reasons that nobody allows."""
        return tuple(
            reason
            for reason in self.reasons
            if not (self.is_policy_allowed if reason == POLICY_WEAKENED else self.is_allowed)
        )


def brake(*, shops: int, changed: int, removed: int, allowed: bool, weakened: int = 0) -> Brake:
    """Judge a plan by its numbers.

    Args:
        shops: how many shops there were.
        changed: how many of them change and stay.
        removed: how many of them go.
        weakened: in how many ways the policy is weakened.
        allowed: whether the caller allows the changed and removed shops all the same.
    """
    reasons = []
    if changed > _FEW and changed * 100 > shops * _SHARE:
        reasons.append(MASS_CHANGE)
    if removed:
        reasons.append(SHOP_REMOVED)
    if weakened:
        reasons.append(POLICY_WEAKENED)
    return Brake(tuple(reasons), allowed)
