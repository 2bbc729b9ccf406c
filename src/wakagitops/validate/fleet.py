"""The rules that compare shops: run once for each environment, on the facts of all its shops."""

from __future__ import annotations

from binascii import crc32
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from wakagitops.core.diagnostic import Related
from wakagitops.core.rule import Finding, Place
from wakagitops.secrets import redaction
from wakagitops.settings.views import FleetView, ShopFacts
from wakagitops.validate import codec
from wakagitops.validate.locate import value_digest
from wakagitops.validate.policy import Active, Policy
from wakagitops.validate.rule_crashes import CRASH, crash
from wakagitops.validate.unit import Compared, Located

_NO_SECRETS: frozenset[str] = frozenset()


def fleet_findings(
    policy: Policy,
    environments: Mapping[str, Sequence[ShopFacts]],
    names: Sequence[str],
    on_crash: Callable[[str, str, BaseException], None] | None = None,
) -> Iterator[Located]:
    """Yield what the rules of fleet scope find in each environment.

    Args:
        policy: the rules that run.
        environments: the shops by environment; those that are in none under the empty name.
        names: the environments that ``wakagitops.toml`` names.
        on_crash: told of each rule that raised: rule id, environment, exception.
    """
    for environment in sorted(environments):
        shops = sorted(environments[environment], key=lambda facts: facts.path)
        yield from _judged(policy.fleet, FleetView(environment, shops, names), on_crash)


def _judged(
    rules: Iterable[Active],
    view: FleetView,
    on_crash: Callable[[str, str, BaseException], None] | None = None,
) -> Iterator[Located]:
    for active in rules:
        try:
            findings = list(active.rule.check(view, active.options))
            # Of a shop alone hardly any rule finds something.
            shops = {facts.path: facts for facts in view.shops} if findings else {}
            located = [_located(active.id, finding, shops) for finding in findings]
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a broken rule must not hide the other rules
            if on_crash is not None:
                on_crash(active.id, view.environment, error)
            finding = crash(active.id, error)._replace(shop=view.shops[0].path)
            yield _located(CRASH, finding, {finding.shop: view.shops[0]})
            continue
        yield from located


class Comparer:
    """Says what the rules of fleet scope make of one shop, without having seen another."""

    def __init__(self, policy: Policy, names: Sequence[str]) -> None:
        """Bind the rules that run, and the environments that ``wakagitops.toml`` names."""
        keys = [(active.id, active.rule.keys) for active in policy.fleet if active.rule.keys is not None]
        self._keys = keys if len(keys) == len(policy.fleet) else None
        """What finds a shop, by rule; None where some rule has nothing of the kind."""
        self._alone = [active for active in policy.fleet if active.rule.alone]
        self._names = names
        self.pointers = policy.compared
        """The settings that they read."""

    def compared(self, facts: ShopFacts) -> Compared:
        """Return what they make of a shop of which they know these facts."""
        keys = self._checksums(facts)
        alone: tuple[Located, ...] = ()
        if keys is not None:
            view = FleetView(facts.environment, (facts,), self._names)
            alone = tuple(_judged(self._alone, view))
            if any(item.rule == CRASH for item in alone):
                # It is told once for all shops, not for each.
                keys, alone = None, ()
        return Compared(keys, alone, codec.facts_text(facts, self.pointers))

    def _checksums(self, facts: ShopFacts) -> str | None:
        """Return those of a shop's keys; two keys with one cost a comparison, no more."""
        if self._keys is None:
            return None
        try:
            texts = [
                f"{name} {facts.environment} {key}" for name, keys in self._keys for key in keys(facts)
            ]
        except Exception:  # noqa: BLE001 - as any rule's failure, told where its check fails
            return None
        return " ".join([str(crc32(text.encode("utf-8", "replace"))) for text in dict.fromkeys(texts)])


def _located(rule: str, finding: Finding, shops: Mapping[str, ShopFacts]) -> Located:
    facts = shops[finding.shop]
    path, place = facts.place(finding.pointer)
    return Located(
        rule,
        path,
        place,
        finding.pointer,
        redaction.clean(finding.message, _NO_SECRETS),
        redaction.clean(finding.shared, _NO_SECRETS) if finding.shared else None,
        redaction.clean(finding.help, _NO_SECRETS),
        finding.severity.value if finding.severity is not None else "",
        tuple(_related(item, shops) for item in finding.related),
        None,
        facts.path,
        finding.pointer,
        value_digest(facts.value(finding.pointer)),
        finding.later,
    )


def _related(item: Place, shops: Mapping[str, ShopFacts]) -> Related:
    path, place = shops[item.shop].place(item.pointer)
    return Related(path, place, redaction.clean(item.message, _NO_SECRETS), (item.shop,))
