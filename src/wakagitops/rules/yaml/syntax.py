"""``yaml/syntax``: the file is not valid YAML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.settings.views import FileView
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
    "": (
        msg("YAML cannot read on from here"),
        msg("Look at this line and the one before: quotes, brackets, colons and indentation."),
    ),
}


def check(file: FileView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Report the place where reading broke off."""
    del options
    for problem in file.document.problems:
        if problem.kind == "syntax":
            message, advice = _DETAILS[problem.detail]
            yield Finding("", message, help=advice, span=problem.span)


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
        "and shops that inherit from it are not judged until it is mended."
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
    ),
    good=(
        Example({"imprenta-sol.yaml": "shop: imprenta-sol\n"}),
        Example({"imprenta-sol.yaml": "# a comment\n\nshop: imprenta-sol\n"}),
    ),
    turn_off=msg("Never: a file that does not parse cannot be deployed."),
)
