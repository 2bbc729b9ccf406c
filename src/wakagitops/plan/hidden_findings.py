"""Findings that an exception hides though it was granted for another value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wakagitops.core.diagnostic import Diagnostic
from wakagitops.core.messages import msg
from wakagitops.plan.policy_changes import PolicyChange
from wakagitops.secrets import redaction
from wakagitops.settings.repository import Repository
from wakagitops.settings.suppression_comments import stands_for


def hidden_findings(
    findings: Iterable[Diagnostic], listed: Iterable[PolicyChange], repository: Repository
) -> Iterator[PolicyChange]:
    """Yield the findings that a former suppression or baseline entry hides from now on.

    An exception is granted for one value. Where the value or the place of the comment changes, the
    comment stays as it was and hides what nobody has agreed to.

    Args:
        findings: those that are hidden now and were not hidden in the base.
        listed: the changes that are known already; what they hide is not listed twice.
        repository: the new state.
    """
    files = {repository.shop_name(path): path for path in repository.shops}
    added = [
        (str(fields["rule"]), str(fields["path"]))
        for change in listed
        if change.kind in ("suppression-added", "baseline-entry-added")
        for fields in (dict(change.message.fields),)
    ]
    seen = set()
    for item in findings:
        places = {item.path, *(place.path for place in item.related)}
        places.update(files[shop] for shop in item.shops if shop in files)
        is_listed = any(path in places and stands_for(name, item.rule) for name, path in added)
        if not is_listed and (item.rule, item.path) not in seen:
            seen.add((item.rule, item.path))
            message = msg(
                "an existing suppression hides a new finding of {rule} in {path}",
                rule=item.rule,
                path=item.path,
            )
            message = redaction.clean(message, frozenset())
            yield PolicyChange("finding-hidden", message, item.path, item.range.start.line + 1)
