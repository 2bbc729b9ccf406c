"""Putting units together: the fleet's rules over all shops, then one diagnostic for each origin.

A run is kept as it was put together. Where few files changed since, only they are put in anew: a
shop that shares no key of a fleet rule with another is judged as if it were alone.
"""

from binascii import crc32
from collections.abc import Collection, Iterable, Sequence
from itertools import chain
from typing import TypeVar

from wakagitops.checking.crashes import CRASH
from wakagitops.checking.fleet import fleet_findings
from wakagitops.checking.merging import merged
from wakagitops.checking.policy import Policy
from wakagitops.checking.run import Crash, Gathered, Run
from wakagitops.checking.unit import Located, Unit
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.reading.repository import Repository
from wakagitops.reading.views import ShopFacts

_Value = TypeVar("_Value")


class Combiner(NamedTuple):
    """What it takes to put units together."""

    repository: Repository
    policy: Policy
    on_crash: Crash | None = None

    def run(self, units: Iterable[Unit], *, keyed: bool) -> Run:
        """Put all units of a repository together.

        Args:
            units: the units, by path.
            keyed: keep what it takes to put single files in anew.
        """
        run = Run({}, {}, {}, [], [])
        shops: list[ShopFacts] = []
        for unit in units:
            keyed = self._add(run, unit, keyed=keyed)
            if unit.facts is not None:
                shops.append(unit.facts)
        found = self._fleet(shops)
        is_whole = keyed and not any(item.rule == CRASH for item in found)
        return run._replace(fleet=found, is_whole=is_whole)

    def renewed(self, last: Run, units: Sequence[Unit], gone: Collection[str]) -> Run | None:
        """Put some units in anew, or return None where other shops would have to be judged as well.

        Args:
            last: the run before.
            units: the units of the files that changed or that inherit from one that did.
            gone: the files that are no more.
        """
        if not last.is_whole:
            return None
        new = Run({}, {}, {}, [], [])
        for unit in units:
            if unit.unread is not None or not self._add(new, unit, keyed=True):
                return None
        replaced = new.digests.keys() | set(gone)
        keys = _without(last.keys, replaced)
        touched = {
            key for known in (last.keys, new.keys) for path in replaced for key in known.get(path, ())
        }
        if not touched.isdisjoint(chain.from_iterable(keys.values())):
            return None
        found = self._fleet(unit.facts for unit in units if unit.facts is not None)
        if any(item.rule == CRASH for item in found):
            return None
        return Run(
            _without(last.digests, replaced) | new.digests,
            _without(last.versions, replaced) | new.versions,
            keys | new.keys,
            sorted(
                [*new.units, *(unit for unit in last.units if unit.path not in replaced)],
                key=lambda unit: unit.path,
            ),
            [*found, *(item for item in last.fleet if item.shop not in replaced)],
        )

    def gathered(self, run: Run) -> Gathered:
        """Return the diagnostics of a run, one for each rule and origin."""
        policy = self.policy
        located = [item for unit in run.units for item in unit.findings]
        located += run.fleet
        wanted = [item for item in located if not policy.is_ignored(item.rule, item.path)]
        return Gathered(
            tuple(merged(wanted, policy, self.repository.shop_name)),
            tuple(item for unit in run.units for item in unit.suppressions),
            run.versions,
            frozenset(name for name, active in policy.rules.items() if not active.rule.suppressible),
            tuple(active.id for active in policy.suppression),
            {unit.path: unit.unjudged for unit in run.units if unit.unjudged},
            run.digests,
            {unit.path: unit.unread for unit in run.units if unit.unread is not None},
        )

    def _add(self, run: Run, unit: Unit, *, keyed: bool) -> bool:
        """Add what is kept of a unit, but for its facts; tell whether its keys are known, if wanted."""
        run.digests[unit.path] = unit.digest
        if unit.version:
            run.versions[unit.path] = unit.version
        if unit.findings or unit.suppressions or unit.unjudged or unit.unread is not None:
            run.units.append(unit._replace(facts=None))
        if not keyed or unit.facts is None:
            return keyed
        keys = self._keys(unit.facts)
        if keys is not None:
            run.keys[unit.path] = keys
        return keys is not None

    def _fleet(self, shops: Iterable[ShopFacts]) -> list[Located]:
        environments: dict[str, list[ShopFacts]] = {}
        for facts in shops:
            environments.setdefault(facts.environment, []).append(facts)
        names = self.repository.layout.environments
        return list(fleet_findings(self.policy, environments, names, self.on_crash))

    def _keys(self, facts: ShopFacts) -> tuple[int, ...] | None:
        """Return the checksums of a shop's keys, or None where a rule has none or fails."""
        found: set[int] = set()
        for active in self.policy.fleet:
            try:
                if active.rule.keys is None:
                    return None
                found.update(
                    crc32(f"{facts.environment} {active.id} {key}".encode("utf-8", "replace"))
                    for key in active.rule.keys(facts)
                )
            except Exception:  # noqa: BLE001 - as any rule's failure, told where its check fails
                return None
        return tuple(found)


def _without(known: dict[str, _Value], paths: Collection[str]) -> dict[str, _Value]:
    return {path: value for path, value in known.items() if path not in paths}
