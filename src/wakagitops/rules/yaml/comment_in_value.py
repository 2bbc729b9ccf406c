"""``yaml/comment-in-value``: a value seems to be cut off by a comment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.patterns import regex
from wakagitops.core.rule import Example, Finding, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.settings.suppression_comments import is_directive
from wakagitops.settings.views import FileView

_TIGHT = regex(r"#(?<=[ \t]#)[^\s#!]")
"""What may be such a comment; its sign first, which is quick to find."""


def check(file: FileView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Report a comment without a space after its ``#`` right behind a plain value."""
    del options
    if _TIGHT.search(file.document.source.text) is None:
        return
    comments = [
        comment for comment in file.document.comments
        if not comment.alone and comment.text[:1].strip() and comment.text[0] not in "#!"
        and not is_directive(comment.text)
    ]  # fmt: skip
    if not comments:
        return
    text = file.document.source.text
    ends = {node.end: (pointer, node) for pointer, node in file.scalars if node.plain}
    for comment in comments:
        end = len(text[: comment.span.start].rstrip(" \t"))
        if end in ends:
            pointer, _ = ends[end]
            yield Finding(
                pointer,
                msg("the value ends before the `#`: what follows is a comment"),
                help=msg(
                    "Put the whole value in quotes if the `#` belongs to it; else write `# ` with a "
                    "space."
                ),
                span=comment.span,
            )


_SMTP = "  smtp: {host: smtp.imprenta-sol.es, ports: {tls: 465}}\n"
_BAD = (
    "notifications:\n  email: pedidos@imprenta-sol.es\n"
    "  name: Foto #1   # expect: yaml/comment-in-value\n" + _SMTP
)
_GOOD = 'notifications:\n  email: pedidos@imprenta-sol.es\n  name: "Foto #1"\n' + _SMTP

RULE = Rule(
    severity=Severity.WARNING,
    scope=Scope.FILE,
    summary=msg("A value seems to be cut off by a comment"),
    rationale=msg(
        "In YAML a `#` after a space starts a comment, so `Foto #1` is read as `Foto`. Nobody writes a "
        "comment without a space after the mark, so such a `#` was probably meant as part of the value."
    ),
    authority=("YAML 1.2.2, section 6.6",),
    check=check,
    bad=(
        Example({"imprenta-sol.yaml": _BAD}),
        Example(
            {
                "imprenta-sol.yaml": "contact:\n  email: contacto@imprenta-sol.es"
                " #info@imprenta-sol.es   # expect: yaml/comment-in-value\n"
            }
        ),
    ),
    good=(
        Example({"imprenta-sol.yaml": _GOOD}),
        Example(
            {"imprenta-sol.yaml": "shop: imprenta-sol # the shop's id\n#commented: out\n"},
            why=msg("A space after the mark shows a comment that is meant."),
        ),
    ),
    turn_off=msg("Where comments are written without a space after the mark."),
)
