"""Putting units together: the fleet's rules over all shops, then one diagnostic for each origin.

A run is kept as it was put together. Where few files changed since, only they are put in anew: a
shop that shares no key of a fleet rule with another is judged as if it were alone.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, pairwise

from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.typed import Any
from wakagitops.settings.repository import Repository
from wakagitops.settings.views import ShopFacts
from wakagitops.validate import codec
from wakagitops.validate.dedup import merged
from wakagitops.validate.fleet import fleet_findings
from wakagitops.validate.outcome import Crash, Gathered, Run
from wakagitops.validate.policy import Policy
from wakagitops.validate.rule_crashes import CRASH
from wakagitops.validate.unit import Located, Unit


class _Shops(NamedTuple):
    """What is held of all shops until their keys are known: so it is as little as can be."""

    facts: dict[str, str]
    """By shop's file, ``Compared.facts``."""
    alone: dict[str, tuple[Located, ...]]
    """By shop's file, ``Compared.alone``, where it is not empty."""


class Combiner(NamedTuple):
    """What it takes to put units together."""

    repository: Repository
    policy: Policy
    on_crash: Crash | None = None

    def run(self, units: Iterable[Unit]) -> Run:
        """Put all units of a repository together.

        Args:
            units: the units, by path.
        """
        run = Run({}, {}, {}, [], [])
        shops = self._add(run, units)
        found = self._fleet(run.keys, shops)
        is_whole = len(run.keys) == len(shops.facts) and not any(item.rule == CRASH for item in found)
        return run._replace(fleet=found, is_whole=is_whole)

    def renewed(self, last: Run, units: Sequence[Unit], gone: Collection[str]) -> Run | None:
        """Put some units in anew, or return None where other shops would have to be judged as well.

        Args:
            last: the run before.
            units: the units of the files that changed or that inherit from one that did.
            gone: the files that are no more.
        """
        new = Run({}, {}, {}, [], [])
        shops = self._add(new, units)
        if not last.is_whole or len(new.keys) < len(shops.facts) or any(unit.unread for unit in units):
            return None
        replaced = new.digests.keys() | set(gone)
        keys = _without(last.keys, replaced)
        touched = [known[path] for known in (last.keys, new.keys) for path in replaced & known.keys()]
        if not set(_each(touched)).isdisjoint(_each(keys.values())):
            return None
        found = self._fleet(new.keys, shops)
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

    @staticmethod
    def _add(run: Run, units: Iterable[Unit]) -> _Shops:
        """Add what is kept of units; return what is left for the rules of the fleet."""
        shops = _Shops({}, {})
        for unit in units:
            run.digests[unit.path] = unit.digest
            if unit.version:
                run.versions[unit.path] = unit.version
            if unit.findings or unit.suppressions or unit.unjudged or unit.unread is not None:
                run.units.append(unit._replace(compared=None))
            if unit.compared is not None:
                keys, alone, shops.facts[unit.path] = unit.compared
                if keys is not None:
                    run.keys[unit.path] = keys
                if alone:
                    shops.alone[unit.path] = alone
        return shops

    def _fleet(self, keys: Mapping[str, str], shops: _Shops) -> list[Located]:
        """Judge shops that share a key together, and take what was found of every other alone."""
        common = _common(keys.values())
        found: list[Located] = []
        together: dict[str, list[ShopFacts]] = {}
        pointers = self.policy.compared
        for path, text in shops.facts.items():
            if len(keys) == len(shops.facts) and common.isdisjoint(keys[path].split()):
                found += shops.alone.get(path, ())
            else:
                facts = codec.facts(path, pointers, text)
                together.setdefault(facts.environment, []).append(facts)
        names = self.repository.layout.environments
        return [*found, *fleet_findings(self.policy, together, names, self.on_crash)]


def _each(keys: Iterable[str]) -> Iterator[str]:
    return chain.from_iterable(map(str.split, keys))


def _common(keys: Iterable[str]) -> set[str]:
    """Return what occurs more than once."""
    # Sorted numbers, since a set of all would hold a large fleet's memory twice.
    numbers = sorted(map(int, _each(keys)))
    return {str(number) for number, following in pairwise(numbers) if number == following}


def _without(known: dict[str, Any], paths: Collection[str]) -> dict[str, Any]:
    return {path: value for path, value in known.items() if path not in paths}
