"""Putting units together: the fleet's rules over all shops, then one diagnostic for each origin.

A run is kept as it was put together. Where few files changed since, only they are put in anew: a
shop that shares no key of a fleet rule with another is judged as if it were alone.
"""

from binascii import crc32
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from wakagitops.checking.crashes import CRASH
from wakagitops.checking.fleet import fleet_findings
from wakagitops.checking.merging import merged
from wakagitops.checking.policy import Policy
from wakagitops.checking.run import Crash, FileRecord, Gathered, Run
from wakagitops.checking.unit import Located, Unit
from wakagitops.reading.repository import Repository
from wakagitops.reading.views import ShopFacts


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
        files: dict[str, FileRecord] = {}
        kept: list[Unit] = []
        shops: list[ShopFacts] = []
        for unit in units:
            if unit.facts is not None:
                shops.append(unit.facts)
            keys = self._keys(unit.facts) if keyed else ()
            keyed = keys is not None and keyed
            files[unit.path] = FileRecord(unit.digest, unit.version, keys or ())
            if _has_more(unit):
                kept.append(unit._replace(facts=None))
        found = self._fleet(shops)
        return Run(files, kept, found, keyed and not any(item.rule == CRASH for item in found))

    def renewed(self, last: Run, units: Sequence[Unit], gone: Collection[str]) -> Run | None:
        """Put some units in anew, or return None where other shops would have to be judged as well.

        Args:
            last: the run before.
            units: the units of the files that changed or that inherit from one that did.
            gone: the files that are no more.
        """
        if not last.is_whole:
            return None
        replaced = {unit.path for unit in units}.union(gone)
        files = {path: record for path, record in last.files.items() if path not in replaced}
        touched = {key for path in replaced if path in last.files for key in last.files[path].keys}
        renewed = {}
        for unit in units:
            keys = self._keys(unit.facts)
            if keys is None or unit.unread is not None:
                return None
            touched.update(keys)
            renewed[unit.path] = FileRecord(unit.digest, unit.version, keys)
        if not all(touched.isdisjoint(record.keys) for record in files.values()):
            return None
        found = self._fleet([unit.facts for unit in units if unit.facts is not None])
        if any(item.rule == CRASH for item in found):
            return None
        kept = [unit for unit in last.units if unit.path not in replaced]
        kept += [unit._replace(facts=None) for unit in units if _has_more(unit)]
        kept.sort(key=lambda unit: unit.path)
        return Run(
            files | renewed, kept, [*(item for item in last.fleet if item.shop not in replaced), *found]
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
            {path: record.version for path, record in run.files.items() if record.version},
            frozenset(name for name, active in policy.rules.items() if not active.rule.suppressible),
            tuple(active.id for active in policy.suppression),
            {unit.path: unit.unjudged for unit in run.units if unit.unjudged},
            {path: record.digest for path, record in run.files.items()},
            {unit.path: unit.unread for unit in run.units if unit.unread is not None},
        )

    def _fleet(self, shops: Iterable[ShopFacts]) -> list[Located]:
        environments: dict[str, list[ShopFacts]] = {}
        for facts in shops:
            environments.setdefault(facts.environment, []).append(facts)
        names = self.repository.layout.environments
        return list(fleet_findings(self.policy, environments, names, self.on_crash))

    def _keys(self, facts: ShopFacts | None) -> tuple[int, ...] | None:
        """Return the checksums of a shop's keys, or None where a rule has none or fails."""
        found: set[int] = set()
        if facts is not None:
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


def _has_more(unit: Unit) -> bool:
    return bool(unit.findings or unit.suppressions or unit.unjudged or unit.unread is not None)
