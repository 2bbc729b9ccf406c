"""``json``: the whole plan for programs, version 1, as ``schema/plan-v1.schema.json`` describes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from wakagitops.core.diagnostic import Diagnostic
from wakagitops.core.visible import as_json
from wakagitops.plan.changes import Change, Place
from wakagitops.plan.consequences import Files
from wakagitops.plan.model import Plan, Revision, ShopPlan
from wakagitops.plan.policy_changes import PolicyChange
from wakagitops.plan.risk import risk
from wakagitops.reports import Presentation


def report(plan: Plan, presentation: Presentation) -> Iterator[str]:
    """Yield the plan, one shop a line, in plain ASCII that any locale can print."""
    summary = {
        "shops": plan.total,
        "changed": len(plan.touched),
        "added": len(plan.added),
        "removed": len(plan.removed),
        "files": plan.file_count,
        "flushed": len(plan.flushed),
        "new_findings": len(plan.findings.new),
        "fixed_findings": len(plan.findings.fixed),
    }
    form = _Form(presentation)
    tool = {"name": "wakagitops", "version": presentation.version}
    yield f'{{\n  "version": 1,\n  "tool": {as_json(tool)},\n'
    yield f'  "base": {as_json(_revision(plan.base))},\n'
    yield f'  "head": {as_json(_revision(plan.head) if plan.head is not None else None)},\n'
    yield f'  "summary": {as_json(summary)},\n'
    for name, shops in (("shops", plan.shops), ("added", plan.added), ("removed", plan.removed)):
        yield from _array(name, (form.shop(shop, with_changes=name == "shops") for shop in shops))
    yield f'  "shared_files": {as_json(_files(plan.shared_files))},\n'
    findings = {name: form.findings(found) for name, found in plan.findings._asdict().items()}
    yield f'  "findings": {as_json(findings)},\n'
    policy = [form.policy(change) for change in plan.policy]
    yield f'  "policy": {as_json(policy)},\n'
    brake = {
        "holds": plan.brake.holds,
        "allowed": plan.brake.is_allowed,
        "reasons": list(plan.brake.reasons),
    }
    yield f'  "brake": {as_json(brake)},\n'
    yield f'  "risk": {as_json(presentation.translate(risk(plan).message))}\n}}\n'


def _array(name: str, values: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield a member that holds a list, item by item: a large fleet's plan needs no second copy."""
    yield f'  "{name}": ['
    lead = "\n    "
    for value in values:
        yield lead + as_json(value)
        lead = ",\n    "
    yield "],\n" if lead == "\n    " else "\n  ],\n"


class _Form:
    def __init__(self, presentation: Presentation) -> None:
        self._relative = presentation.relative
        self._translate = presentation.translate.exact

    def shop(self, plan: ShopPlan, *, with_changes: bool) -> dict[str, Any]:
        pair = plan.pair
        form: dict[str, Any] = {
            "shop": pair.id,
            "environment": pair.environment,
            "path": self._relative(pair.path),
            "moved_from": self._relative(plan.moved_from) if plan.moved_from else None,
            "standing": {
                "base": plan.base.value if plan.base is not None else None,
                "new": plan.new.value if plan.new is not None else None,
            },
        }
        if with_changes:
            form["changes"] = [self._change(change) for change in plan.changes]
        form["consequences"] = {
            "files": _files(plan.files),
            "flush_cache": bool(plan.flush),
            "reasons": [{"reason": reason.code, "pointer": reason.pointer} for reason in plan.flush],
            "findings": {
                "new": self.findings(plan.new_findings),
                "fixed": self.findings(plan.fixed_findings),
            },
        }
        return form

    def policy(self, change: PolicyChange) -> dict[str, Any]:
        return {
            "kind": change.kind,
            "message": self._translate(change.message),
            "path": self._relative(change.path) if change.path else None,
            "line": change.line or None,
        }

    def _change(self, change: Change) -> dict[str, Any]:
        return {
            "pointer": change.pointer,
            "old": change.old,
            "new": change.new,
            "cause": self._place(change.cause),
            "was": self._place(change.was) if change.was is not None else None,
        }

    def _place(self, place: Place) -> dict[str, Any]:
        return {"path": self._relative(place.path), "line": place.line}

    def findings(self, found: Iterable[Diagnostic]) -> list[dict[str, Any]]:
        return [
            {
                "rule": item.rule,
                "severity": item.severity.value,
                "message": self._translate(item.message),
                "path": self._relative(item.path),
                "line": item.range.start.line + 1,
                "pointer": item.pointer,
                "shops": list(item.shops),
            }
            for item in found
        ]


def _revision(revision: Revision) -> dict[str, str]:
    return {"revision": revision.name, "commit": revision.commit}


def _files(files: Files) -> dict[str, list[str]]:
    return {name: list(paths) for name, paths in files._asdict().items()}
