"""The plan as a value: what changes from one state of the repository to another, and what follows."""

from __future__ import annotations

from enum import Enum

from wakagitops.core import pointer as pointers
from wakagitops.core.diagnostic import Diagnostic, Severity
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.plan.brake import Brake
from wakagitops.plan.changes import Change
from wakagitops.plan.consequences import Files
from wakagitops.plan.findings import FindingChanges
from wakagitops.plan.pairs import Pair
from wakagitops.plan.policy_changes import PolicyChange
from wakagitops.render.cache_bust import Reason
from wakagitops.settings.schema import shipped_annotations


class Revision(NamedTuple):
    """A commit."""

    name: str
    """As it was named, such as ``origin/main``."""
    commit: str
    """Its digest."""


class Standing(Enum):
    """What is known of a shop in one state."""

    SOUND = "sound"
    """It has no error and can be rendered."""
    INVALID = "invalid"
    """It has errors; its settings are known all the same."""
    UNREADABLE = "unreadable"
    """Its file, or a ``_defaults.yaml`` above it, is no YAML: its settings are not known."""


class ShopPlan(NamedTuple):
    """What changes for one shop."""

    pair: Pair
    base: Standing | None
    """None for a shop that is added."""
    new: Standing | None
    """None for a shop that is removed."""
    changes: tuple[Change, ...] = ()
    files: Files = Files()
    folders: frozenset[str] = frozenset()
    """The shop's id as its settings say, in both states: what its files are called after."""
    flush: tuple[Reason, ...] = ()
    """Why its caches are to be emptied; empty where they are not."""
    new_findings: tuple[Diagnostic, ...] = ()
    fixed_findings: tuple[Diagnostic, ...] = ()
    is_unknown: bool = False
    """Its files differ, but what changes cannot be told, as one of its states cannot be read."""
    faults: frozenset[str] = frozenset()
    """The pointers at which the new state has a value that its setting cannot have."""

    @property
    def moved_from(self) -> str:
        """Return the path of the file that the shop had, or nothing where it stays in its place."""
        return self.pair.base if self.pair.new and self.pair.base != self.pair.new else ""

    @property
    def working(self) -> tuple[Change, ...]:
        """Return the changes that something follows from: of settings, to values that they can have."""
        known = shipped_annotations()
        return tuple(
            change
            for change in self.changes
            if known.at(change.pointer) is not None
            and not any(
                fault
                and (pointers.covers(fault, change.pointer) or pointers.covers(change.pointer, fault))
                for fault in self.faults
            )
        )

    @property
    def is_touched(self) -> bool:
        """Tell whether the shop itself changes, not only its place or what is found about it."""
        return bool(self.changes or self.files.total or self.is_unknown)


class Plan(NamedTuple):
    """Everything that changes between two states."""

    base: Revision
    head: Revision | None
    """None for the working tree."""
    total: int
    """How many shops the new state has."""
    shops: tuple[ShopPlan, ...]
    """Those in both states of which anything differs: settings, files, place or findings."""
    added: tuple[ShopPlan, ...]
    removed: tuple[ShopPlan, ...]
    shared_files: Files
    """The files of the deployment that belong to no single shop."""
    findings: FindingChanges
    brake: Brake
    differing: int
    """How many settings files have other bytes, if only in a comment."""
    policy: tuple[PolicyChange, ...] = ()
    """What the change takes away from the policy."""

    @property
    def all_shops(self) -> tuple[ShopPlan, ...]:
        """Return the shops of all three kinds."""
        return (*self.shops, *self.added, *self.removed)

    @property
    def touched(self) -> tuple[ShopPlan, ...]:
        """Return the shops in both states that change themselves."""
        return tuple(shop for shop in self.shops if shop.is_touched)

    @property
    def moved(self) -> tuple[ShopPlan, ...]:
        """Return the shops whose file lies in another folder now."""
        return tuple(shop for shop in self.shops if shop.moved_from)

    @property
    def flushed(self) -> tuple[ShopPlan, ...]:
        """Return the shops whose caches are to be emptied."""
        return tuple(shop for shop in self.all_shops if shop.flush)

    @property
    def file_count(self) -> int:
        """Return how many files of the deployment are written, rewritten or removed."""
        return self.shared_files.total + sum(shop.files.total for shop in self.all_shops)

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing changes at all."""
        return not (self.all_shops or self.shared_files.total or any(self.findings) or self.policy)

    def new_count(self, severity: Severity) -> int:
        """Return how many findings of a severity are new."""
        return sum(1 for item in self.findings.new if item.severity is severity)
