"""``json``: for programs, version 1, as ``schema/diagnostics-v1.schema.json`` describes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from wakagitops.core.diagnostic import Diagnostic, Edit, Related, Severity
from wakagitops.core.source import Position
from wakagitops.core.visible import as_json
from wakagitops.reports import Presentation
from wakagitops.validate.result import CheckResult


def report(result: CheckResult, presentation: Presentation) -> Iterator[str]:
    """Yield the report, one diagnostic a line, in plain ASCII that any locale can print."""
    tool = {"name": "wakagitops", "version": presentation.version}
    summary = {
        "files": result.files,
        "shops": result.shops,
        "errors": result.count(Severity.ERROR),
        "warnings": result.count(Severity.WARNING),
        "notes": result.count(Severity.NOTE),
        "suppressed": len(result.suppressed),
    }
    yield f'{{\n  "version": 1,\n  "tool": {as_json(tool)},\n  "summary": {as_json(summary)},\n'
    yield from _array("diagnostics", (_diagnostic(item, presentation) for item in result.diagnostics))
    yield ",\n"
    suppressed = (
        {**_diagnostic(entry.diagnostic, presentation), "reason": entry.reason}
        for entry in result.suppressed
    )
    yield from _array("suppressed", suppressed)
    for name, value in result.outcome.items():
        yield f",\n  {as_json(name)}: {as_json(value)}"
    yield "\n}\n"


def _array(name: str, values: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield a member that holds a list, item by item: a large fleet's findings need no second copy."""
    yield f'  "{name}": ['
    lead = "\n    "
    for value in values:
        yield lead + as_json(value)
        lead = ",\n    "
    yield "]" if lead == "\n    " else "\n  ]"


def _diagnostic(item: Diagnostic, presentation: Presentation) -> dict[str, Any]:
    fix = item.fix
    return {
        "rule": item.rule,
        "severity": item.severity.value,
        "message": presentation.translate.exact(item.message),
        "path": presentation.relative(item.path),
        "start": _position(item.range.start),
        "end": _position(item.range.end),
        "pointer": item.pointer,
        "shops": list(item.shops),
        "related": [_related(place, presentation) for place in item.related],
        "help": presentation.translate.exact(item.help),
        "fix": None
        if fix is None
        else {
            "description": presentation.translate.exact(fix.description),
            "edits": [_edit(edit, presentation) for edit in fix.edits],
        },
        "fingerprint": item.fingerprint,
    }


def _related(place: Related, presentation: Presentation) -> dict[str, Any]:
    return {
        "path": presentation.relative(place.path),
        "start": _position(place.range.start),
        "end": _position(place.range.end),
        "message": presentation.translate.exact(place.message),
    }


def _edit(edit: Edit, presentation: Presentation) -> dict[str, Any]:
    return {
        "path": presentation.relative(edit.path),
        "start": _position(edit.range.start),
        "end": _position(edit.range.end),
        "text": edit.text,
    }


def _position(position: Position) -> dict[str, int]:
    """Return a position as people and editors count, from 1."""
    return {"line": position.line + 1, "column": position.column + 1}
