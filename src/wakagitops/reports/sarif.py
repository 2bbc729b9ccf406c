"""``sarif``: SARIF 2.1.0, for code scanning and for editors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from re import Match
from typing import Any
from urllib.parse import quote

from wakagitops.core.diagnostic import Diagnostic, Fix, Severity, Suppressed
from wakagitops.core.messages import msg
from wakagitops.core.patterns import regex
from wakagitops.core.rule import Rule
from wakagitops.core.source import Range
from wakagitops.core.visible import as_json, visible
from wakagitops.reports import Presentation
from wakagitops.reports._fingerprints import distinct
from wakagitops.reports._rule_help import rule_help
from wakagitops.reports._snippet import NOWHERE
from wakagitops.validate.result import CheckResult

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
_RELATED = 100
"""The most related places of one result; code scanning shows no more."""
_PROBLEM = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "recommendation"}
_PLACEHOLDER = regex(r"\{+\d+\}+")
_RFC = regex(r"\bRFC (\d+)")


def report(result: CheckResult, presentation: Presentation) -> Iterator[str]:
    """Yield the log: one run, its rules, and one result a line, suppressed ones among them."""
    rules = result.rules()
    order = {rule_id: index for index, rule_id in enumerate(sorted(rules))}
    driver = {
        "name": "wakagitops",
        "semanticVersion": presentation.version,
        "language": presentation.translate.language,
        "rules": [_rule(rule_id, rules[rule_id], presentation) for rule_id in order],
    }
    head = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": True}],
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {
            _ROOT: {"description": {"text": presentation.translate(msg("the folder of the run"))}}
        },
        "artifacts": [{"location": _artifact(path, presentation)} for path in _paths(result)],
    }
    members = ",\n".join(f"   {as_json(key)}: {as_json(value)}" for key, value in head.items())
    yield f'{{\n "$schema": {as_json(_SCHEMA)},\n "version": "2.1.0",\n "runs": [\n  {{\n{members},\n'
    yield '   "results": ['
    lead = "\n    "
    for item in _results(result, order, presentation):
        yield lead + as_json(item)
        lead = ",\n    "
    yield "]\n  }\n ]\n}\n" if lead == "\n    " else "\n   ]\n  }\n ]\n}\n"


def _results(
    result: CheckResult, order: Mapping[str, int], presentation: Presentation
) -> Iterator[dict[str, Any]]:
    hidden = [entry.diagnostic for entry in result.suppressed]
    fingerprints = distinct([*result.diagnostics, *hidden])
    for item in result.diagnostics:
        yield _result(item, next(fingerprints), order, presentation)
    for entry in result.suppressed:
        found = _result(entry.diagnostic, next(fingerprints), order, presentation)
        yield {**found, "suppressions": [_suppression(entry)]}


def _rule(rule_id: str, rule: Rule, presentation: Presentation) -> dict[str, Any]:
    translate = presentation.translate
    page = rule_help(rule_id, rule, translate)
    found: dict[str, Any] = {
        "id": rule_id,
        "name": "".join(word.capitalize() for word in rule_id.replace("/", "-").split("-")),
        "shortDescription": {"text": _plain(translate(rule.summary))},
        "fullDescription": {"text": _plain(translate(rule.rationale))},
        "help": {"text": _plain(translate(rule.rationale)), "markdown": page},
        "defaultConfiguration": {"enabled": True, "level": rule.severity.value},
        "properties": {
            "tags": [rule_id.partition("/")[0]],
            "precision": "very-high",
            "problem.severity": _PROBLEM[rule.severity],
        },
    }
    # Our own pages ship with the tool (help.markdown); the web has the standard that a rule rests on.
    standard = _RFC.search(" ".join(rule.authority))
    if standard is not None:
        found["helpUri"] = f"https://www.rfc-editor.org/rfc/rfc{standard[1]}"
    return found


def _result(
    item: Diagnostic, fingerprint: str, order: Mapping[str, int], presentation: Presentation
) -> dict[str, Any]:
    translate = presentation.translate
    message = _plain(translate(item.message))
    if item.help.text:
        message = f"{message}\n\n{_plain(translate(item.help))}"
    found: dict[str, Any] = {
        "ruleId": item.rule,
        "level": item.severity.value,
        "message": {"text": message},
        "locations": [
            {
                "physicalLocation": _physical(item.path, item.range, presentation),
                "logicalLocations": [{"fullyQualifiedName": item.pointer, "kind": "member"}],
            }
        ],
        # Not primaryLocationLineHash: GitHub's upload computes that key itself, from the line's text,
        # and warns of a value that differs.
        "partialFingerprints": {"wakagitops/v1": fingerprint},
        "properties": {"shops": list(item.shops)},
    }
    if not item.pointer:
        del found["locations"][0]["logicalLocations"]
    if item.rule in order:
        found["ruleIndex"] = order[item.rule]
    if item.related:
        found["relatedLocations"] = [
            {
                "id": index,
                "physicalLocation": _physical(place.path, place.range, presentation),
                "message": {"text": _plain(translate(place.message))},
            }
            for index, place in enumerate(item.related[:_RELATED])
        ]
    if len(item.related) > _RELATED:
        found["properties"]["relatedLeftOut"] = len(item.related) - _RELATED
    if item.fix is not None:
        found["fixes"] = [_fix(item.fix, presentation)]
    return found


def _suppression(entry: Suppressed) -> dict[str, Any]:
    kind = "external" if entry.kind == "baseline" else "inSource"
    found = {"kind": kind, "status": "accepted"}
    return {**found, "justification": _plain(entry.reason)} if entry.reason else found


def _fix(fix: Fix, presentation: Presentation) -> dict[str, Any]:
    changes: dict[str, list[dict[str, Any]]] = {}
    for edit in fix.edits:
        replacement = {
            "deletedRegion": _region(edit.range, exact=True),
            "insertedContent": {"text": edit.text},
        }
        changes.setdefault(edit.path, []).append(replacement)
    return {
        "description": {"text": _plain(presentation.translate(fix.description))},
        "artifactChanges": [
            {"artifactLocation": _artifact(path, presentation), "replacements": replacements}
            for path, replacements in changes.items()
        ],
    }


def _physical(path: str, place: Range, presentation: Presentation) -> dict[str, Any]:
    return {"artifactLocation": _artifact(path, presentation), "region": _region(place)}


def _region(place: Range, *, exact: bool = False) -> dict[str, int]:
    """Return a range as a region; a finding on a whole file is on its first line."""
    if place == NOWHERE and not exact:
        return {"startLine": 1}
    start, end = place
    return {
        "startLine": start.line + 1,
        "startColumn": start.column + 1,
        "endLine": end.line + 1,
        "endColumn": end.column + 1,
    }


def _artifact(path: str, presentation: Presentation) -> dict[str, str]:
    """Return a file's location: a relative reference (RFC 3986) against the checkout's root."""
    shown = presentation.relative(path).encode("utf-8", "surrogateescape")
    return {"uri": quote(shown, safe="/"), "uriBaseId": _ROOT}


def _paths(result: CheckResult) -> list[str]:
    items = [*result.diagnostics, *(entry.diagnostic for entry in result.suppressed)]
    return sorted({item.path for item in items})


def _plain(text: str) -> str:
    """Return a text as a SARIF plain text message: no placeholder and no link can hide in it.

    A lone brace stays as it is, though section 3.11.5 would have it doubled: readers show the text
    raw, and only a number in braces is taken for a placeholder.
    """
    return _PLACEHOLDER.sub(_doubled, visible(text)).replace("](", "] (")


def _doubled(found: Match[str]) -> str:
    return found[0].replace("{", "{{").replace("}", "}}")
