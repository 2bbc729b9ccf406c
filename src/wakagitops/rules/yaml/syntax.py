"""``yaml/syntax``: the file is not valid YAML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import Message, msg
from wakagitops.core.patterns import regex
from wakagitops.core.rule import Example, Finding, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.settings.views import FileView
from wakagitops.yaml.document import Problem
from wakagitops.yaml.missing_space import TIGHT_COLON, TIGHT_DASH

_DETAILS = {
    "conflict": (
        msg("a merge conflict is left in the file: the two sides of it begin here"),
        msg(
            "Keep one side, or put the two together, and delete the lines of <<<<<<<, ======= "
            "and >>>>>>>."
        ),
    ),
    "tab": (
        msg("a tab is used for indentation, which YAML does not allow"),
        msg("Indent with spaces: two for each level."),
    ),
    "quote": (
        msg("a quoted text that starts before this place is not closed where it should be"),
        msg("Close the text with the quote it begins with; double a single quote inside it."),
    ),
    "quote-open": (
        msg("a quoted text begins here and is never closed"),
        msg("Close the text with the quote it begins with; double a single quote inside it."),
    ),
    "escape": (
        msg("a backslash in double quotes begins an escape that YAML does not know"),
        msg("Write two backslashes for one, or put the text in single quotes."),
    ),
    "template": (
        msg("a template's mark was never filled in, and YAML reads its brace as a mapping"),
        msg("Write the value itself: settings files are not templates."),
    ),
    "variable": (
        msg("this names a variable, and variables are not filled in here"),
        msg("Write the value itself; for a secret, write where it is kept, such as {env: NAME}."),
    ),
    "space": TIGHT_COLON,
    "dash-space": TIGHT_DASH,
    "behind": (
        msg("nothing may stand here, behind the end of a value"),
        msg("Put the whole value in quotes, and double a single quote inside it."),
    ),
    "dash": (
        msg("a list cannot begin here, on the line of a key"),
        msg("Put each item on a line of its own, or write `[a, b]`."),
    ),
    "colon": (
        msg("a second colon with a space on one line: YAML sees a key inside a value"),
        msg("Put the value in quotes, or the inner key on its own, deeper line."),
    ),
    "colon-missing": (
        msg("a colon is missing after a key"),
        msg("Write `key: value`, with a space after the colon."),
    ),
    "bracket": (
        msg("a list that starts with an opening bracket is not closed"),
        msg("Close it with `]`, with commas between its items."),
    ),
    "brace": (
        msg("a mapping that starts with an opening brace is not closed"),
        msg("Close the brace, with commas between the members."),
    ),
    "alias": (
        msg("an anchor or alias is broken; settings files use neither"),
        msg("Write the value out; what shops share belongs in `_defaults.yaml`."),
    ),
    "indent": (
        msg("the indentation does not fit what stands before"),
        msg("Keys of one mapping begin in the same column."),
    ),
    "start": (
        msg("no value may begin with this character"),
        msg("Put the value in quotes."),
    ),
    "key": (
        msg("a key must be plain text"),
        msg("Write the name of a setting, such as `contact`."),
    ),
    "mapping": (
        msg("a settings file is a mapping of settings, and this one is not"),
        msg("Begin with `shop:` and the shop's id on a line of its own."),
    ),
    "utf-8": (
        msg("a character on this line is not UTF-8"),
        msg("Save the file as UTF-8."),
    ),
    "wide": (
        msg("the file is UTF-16 or UTF-32, not UTF-8"),
        msg("Save the file as UTF-8."),
    ),
    "directive": (
        msg("a directive stands here, and settings files have none"),
        msg("Remove the line."),
    ),
    "shallow": (
        msg(
            "this line belongs to a value in brackets or quotes, and is not indented deeper than its key"
        ),
        msg("Indent the line by two spaces more than the key, or write the value on one line."),
    ),
    "": (
        msg("YAML cannot read on from here"),
        msg("Look at this line and the one before: quotes, brackets, colons and indentation."),
    ),
}


_SLIPS = {
    "space-indent": msg("{sign} in the indentation, where YAML knows only ordinary spaces"),
    "space-after": msg("{sign} where an ordinary space must separate two parts of this line"),
    "space-key": msg("{sign} between a key and its colon"),
    "space-comment": msg("{sign} before `#`: YAML takes the comment for part of the value"),
    "space-end": msg("{sign} behind the end of a value"),
    "slip-quotes": msg("a typographic quote, {sign}: YAML knows only straight quotes"),
    "slip-dash": msg("{sign} begins this item of a list; YAML knows only the hyphen `-`"),
    "slip-wide": msg("{sign}, a character of Asian typography that YAML takes for text"),
    "slip-equals": msg("`=` stands where the colon of a key belongs"),
    "slip-comment": msg("a space is missing before this `#`: YAML 1.2 sees no comment without it"),
    "slip-colon": msg("the space belongs behind this colon, not before it"),
    "slip-escaped": msg("the quotes of this value are escaped with backslashes"),
}
"""Slips that were put right to read on, by their case (``yaml.slips``)."""
_NO_BREAK = ("\u00a0", "\u202f")
_SHOWN_LINES = 10
_UNSHOWN = regex(r"(?i)pass|pwd|clave|contras|secret|token|key|auth|creden")
"""What a line that may hold a secret has in it (``secrets.credential_words``)."""


def check(file: FileView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Report the place where reading broke off, and each kind of slip that was put right."""
    del options
    for problem in file.document.problems:
        if problem.kind != "syntax":
            continue
        if problem.detail in _SLIPS:
            yield _slip(file, problem)
        else:
            message, advice = _DETAILS[problem.detail]
            yield Finding("", message, help=advice, span=problem.span)


def _slip(file: FileView, problem: Problem) -> Finding:
    written = file.document.source.text[problem.span.start : problem.span.end]
    sign = next((character for character in written if character not in " \t"), " ")
    message = _SLIPS[problem.detail].with_fields(sign=_named(sign))
    return Finding("", message, help=_correction(problem), span=problem.span)


def _named(sign: str) -> Message:
    code = f"U+{ord(sign):04X}"
    if sign in _NO_BREAK:
        return msg("a non-breaking space ({code})", code=code)
    if sign.isspace():
        return msg("a special space ({code})", code=code)
    return msg("the character {sign} ({code})", sign=sign, code=code)


def _correction(problem: Problem) -> Message:
    """Return the line as it was meant; of one that may hold a secret only where it is."""
    lines = _ranges(problem.lines)
    if _UNSHOWN.search(problem.instead):
        if problem.detail.startswith("space"):
            return msg("Write ordinary spaces on these lines: {lines}.", lines=lines)
        return msg(
            "Write `key: value` with ASCII quotes and signs on these lines: {lines}.", lines=lines
        )
    if len(problem.lines) == 1:
        return msg("Write `{line}`.", line=problem.instead)
    return msg(
        "Write `{line}`, and change these lines likewise: {lines}.",
        line=problem.instead,
        lines=_ranges(problem.lines[1:]),
    )


def _ranges(numbers: tuple[int, ...]) -> str:
    """Return line numbers as text, neighbours together, such as ``5, 7-9``."""
    groups: list[list[int]] = []
    for number in numbers:
        if groups and number == groups[-1][-1] + 1:
            groups[-1].append(number)
        else:
            groups.append([number])
    shown = [f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in groups]
    return ", ".join(shown[:_SHOWN_LINES]) + (", …" if len(shown) > _SHOWN_LINES else "")


_CONFLICT = """\
shop: imprenta-sol
<<<<<<< HEAD
url: https://www.imprenta-sol.es
=======
url: https://tienda.imprenta-sol.es
>>>>>>> tienda
"""

RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.FILE,
    summary=msg("The file is not valid YAML"),
    rationale=msg(
        "What does not parse has no settings. The rest of the file after the fault is not looked at, "
        "and shops that inherit from it are not judged until it is corrected. A slip whose meaning is "
        "plain, such as a non-breaking space in the indentation or a typographic quote, is reported "
        "once with the line as it was meant, and the rest of the file is checked as if it were right."
    ),
    authority=("YAML 1.2.2",),
    check=check,
    upon="problems",
    bad=(
        Example(
            {
                "imprenta-sol.yaml": "shop: imprenta-sol\nurl: https: //www.imprenta-sol.es"
                "  # expect: yaml/syntax\n"
            },
            complete=False,
        ),
        Example({"imprenta-sol.yaml": "- shop  # expect: yaml/syntax\n"}, complete=False),
        Example(
            {"imprenta-sol.yaml": _CONFLICT},
            complete=False,
            why=msg("A merge that was left in the middle."),
            marks=(("imprenta-sol.yaml", 2, "yaml/syntax"),),
        ),
        Example(
            {
                "imprenta-sol.yaml": "contact:\n"
                "\u00a0\u00a0email: contacto@imprenta-sol.es   # expect: yaml/syntax\n"
            },
            why=msg("Non-breaking spaces, as web pages hold them, look like an indentation."),
        ),
        Example(
            {
                "imprenta-sol.yaml": "contact:\n"
                "  email: \u201ccontacto@imprenta-sol.es\u201d   # expect: yaml/syntax\n"
            },
            why=msg("Quotes as a word processor writes them."),
        ),
        Example(
            {
                "imprenta-sol.yaml": "contact:\n"
                "  email = contacto@imprenta-sol.es   # expect: yaml/syntax\n"
            },
            why=msg("The sign of other formats in a colon's place."),
        ),
    ),
    good=(
        Example({"imprenta-sol.yaml": "shop: imprenta-sol\n"}),
        Example({"imprenta-sol.yaml": "# a comment\n\nshop: imprenta-sol\n"}),
        Example(
            {
                "imprenta-sol.yaml": "notifications:\n  email: pedidos@imprenta-sol.es\n"
                "  name: \u00abRótulos\u00a0Sol\u00bb\n"
                "  smtp: {host: smtp.imprenta-sol.es, ports: {tls: 465}}\n"
            },
            why=msg("In a display name such characters are text."),
        ),
    ),
    turn_off=msg("Never: a file that does not parse cannot be deployed."),
)
