"""``schema/unknown-key``: a key is no setting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core import pointer as pointers
from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, ProposedFix, Rule, Scope, TextEdit
from wakagitops.core.source import Span
from wakagitops.core.suggest import distance, nearest
from wakagitops.core.typed import Any
from wakagitops.secrets.references import owns
from wakagitops.settings.views import FileView, Violation
from wakagitops.yaml.missing_space import TIGHT_COLON, tight_colon_of_key


def check(file: FileView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Report each key that the schema does not know."""
    del options
    for item in file.violations:
        if item.keyword != "additionalProperties" or not isinstance(item.expected, tuple):
            continue
        place = pointers.child(item.pointer, item.key)
        if owns(file.annotations, place) or (item.key == "<<" and _is_merge(file, place)):
            continue
        yield _finding(file, item, place)


def _is_merge(file: FileView, place: str) -> bool:
    """Tell whether a key is a merge key, which ``yaml/alias`` reports; in quotes it is none."""
    return any(
        problem.kind == "alias" and problem.detail == "merge" and problem.pointer == place
        for problem in file.document.problems
    )


def _finding(file: FileView, item: Violation, place: str) -> Finding:
    known: tuple[str, ...] = tuple(map(str, item.expected)) if isinstance(item.expected, tuple) else ()
    node = file.node(item.pointer)
    sign = tight_colon_of_key(node, item.key, known.__contains__) if node is not None else None
    if sign is not None:
        message, advice = TIGHT_COLON
        return Finding(place, message, help=advice, span=sign)
    meant = nearest(item.key, known)
    if meant is not None:
        return Finding(
            place,
            msg("there is no setting {key}; did you mean {meant}?", key=item.key, meant=meant),
            on="key",
            help=msg("Write {meant}.", meant=meant),
            fix=_fix(file, item, meant, known),
        )
    homes = [
        pointers.dotted(pointer)
        for pointer in file.annotations.settings
        if pointer.rpartition("/")[2] == item.key
    ]
    if homes:
        advice = msg("{key} belongs at {places}.", key=item.key, places=", ".join(homes))
    else:
        advice = msg("Settings here are: {known}.", known=", ".join(known))
    where = pointers.dotted(item.pointer)
    if where:
        message = msg("there is no setting {key} in {mapping}", key=item.key, mapping=where)
    else:
        message = msg("there is no setting {key}", key=item.key)
    return Finding(place, message, on="key", help=advice)


def _fix(file: FileView, item: Violation, meant: str, known: tuple[str, ...]) -> ProposedFix | None:
    """Rename the key, where just one absent key is one edit away."""
    node = file.node(item.pointer)
    near = [name for name in known if distance(item.key, name) == 1]
    if node is None or near != [meant] or meant in node.keys:
        return None
    document, start, end = node.keys[item.key]
    written = document.source.text[start:end]
    if written[0] in "\"'" and written[1:-1] == item.key:
        start, end = start + 1, end - 1
    elif written != item.key:
        return None
    return ProposedFix(
        msg("rename the key to {meant}", meant=meant), (TextEdit(Span(start, end), meant),)
    )


RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.FILE,
    summary=msg("A key is no setting"),
    rationale=msg(
        "A mistyped key is a setting that is not made: the shop keeps what it had, and nobody notices."
    ),
    authority=("JSON Schema 2020-12, additionalProperties",),
    check=check,
    upon="violations",
    fixable=True,
    bad=(
        Example(
            {
                "imprenta-sol.yaml": "contact:\n  email: contacto@imprenta-sol.es\n"
                "  publis: plain   # expect: schema/unknown-key\n"
            }
        ),
        Example({"imprenta-sol.yaml": '"<<": {shop: imprenta-sol}   # expect: schema/unknown-key\n'}),
        Example(
            {"imprenta-sol.yaml": "smtp_server: smtp.imprenta-sol.es   # expect: schema/unknown-key\n"}
        ),
    ),
    good=(
        Example({"imprenta-sol.yaml": "contact: {email: contacto@imprenta-sol.es, publish: plain}\n"}),
        Example({"imprenta-sol.yaml": "# publis: plain\nshop: imprenta-sol\n"}),
    ),
    turn_off=msg("Never: remove the key, or write it as a comment."),
)
