"""The rules that look at the tree of files: run once, on what is no settings file."""

from __future__ import annotations

from collections.abc import Iterator

from wakagitops.core.diagnostic import Diagnostic
from wakagitops.core.digests import digest
from wakagitops.core.rule import Finding
from wakagitops.core.source import Position, Range
from wakagitops.secrets import redaction
from wakagitops.settings.views import TreeView
from wakagitops.validate.gather import Work
from wakagitops.validate.policy import Policy
from wakagitops.validate.rule_crashes import CRASH, crash

_START = Range(Position(0, 0), Position(0, 0))


def stray_findings(work: Work) -> Iterator[Diagnostic]:
    """Yield what the rules of tree scope find."""
    view = TreeView(work.repository.strays, work.repository.layout.root)
    policy = work.policy()
    for active in policy.tree:
        if not active.reported:
            continue
        try:
            found = list(active.rule.check(view, active.options))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a broken rule must not hide the other rules
            if work.on_crash is not None:
                work.on_crash(active.id, view.root, error)
            finding = crash(active.id, error)._replace(shop=view.strays[0].path)
            yield _diagnostic(CRASH, policy, finding)
            continue
        for finding in found:
            if not policy.is_ignored(active.id, finding.shop):
                yield _diagnostic(active.id, policy, finding)


def _diagnostic(rule: str, policy: Policy, finding: Finding) -> Diagnostic:
    return Diagnostic(
        finding.shop,
        _START,
        rule,
        policy.severity(rule, finding.severity),
        redaction.clean(finding.message, frozenset()),
        "",
        help=finding.help,
        fingerprint=digest(rule, finding.shop, ""),
        key=digest(rule, ""),
    )
