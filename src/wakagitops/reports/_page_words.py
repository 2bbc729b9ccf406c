"""What the HTML page says beside the findings themselves, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import Message, msg
from wakagitops.reports._summary import severity_word


def page_words(translate: Callable[[Message], str]) -> dict[str, str]:
    """Return the page's words by name; braces that are left in a text are filled by the script."""
    return {
        **{each.value: translate(severity_word(each)) for each in Severity},
        **{name: translate(message) for name, message in _WORDS.items()},
    }


_WORDS = {
    "title": msg("Mail settings report"),
    "skip": msg("Skip to the findings"),
    "glance": msg("The fleet at a glance"),
    "files": msg("Files"),
    "shops": msg("Shops"),
    "errors": msg("Errors"),
    "warnings": msg("Warnings"),
    "notes": msg("Notes"),
    "suppressed": msg("Suppressed"),
    "states": msg("Shops by their worst finding"),
    "with_error": msg("with errors"),
    "with_warning": msg("with warnings"),
    "with_note": msg("with notes"),
    "clean": msg("nothing found"),
    "versions": msg("Platform versions"),
    "version": msg("Version"),
    "other_versions": msg("other versions"),
    "no_versions": msg("No shop's version is known."),
    "which_caches": msg("Which caches to empty"),
    "caches": msg("Caches to empty"),
    "every_cache": msg("Every shop, with its pages"),
    "cause": msg("Why"),
    "look_at": msg("Pages to look at afterwards"),
    "pages_of_caches": msg("Pages of caches"),
    "no_cache_matches": msg("No shop matches this search."),
    "groups": msg("Findings by group of rules"),
    "group": msg("Group"),
    "findings": msg("Findings"),
    "no_findings": msg("There is nothing to report."),
    "nothing_matches": msg("No finding matches these filters."),
    "no_shop_matches": msg("No shop matches these filters."),
    "search": msg("Search"),
    "search_hint": msg("Address, file, shop, rule…"),
    "severity": msg("Severity"),
    "all_groups": msg("All groups"),
    "only_fixable": msg("Can be fixed"),
    "with_suppressed": msg("Suppressed too"),
    "only_found": msg("With findings only"),
    "reset": msg("Reset"),
    "only_shop": msg("Shop: {shop}", shop="{shop}"),
    "drop_shop": msg("Show all shops"),
    "showing": msg("{first} to {last} of {total}", first="{first}", last="{last}", total="{total}"),
    "before": msg("Previous"),
    "next": msg("Next"),
    "pages_of_findings": msg("Pages of findings"),
    "pages_of_shops": msg("Pages of shops"),
    "finding": msg("Finding"),
    "rule": msg("Rule"),
    "shop": msg("Shop"),
    "file": msg("File"),
    "help": msg("What to do"),
    "fix": msg("Fix"),
    "fix_command": msg("The command wakagitops fix does this."),
    "why": msg("Why this rule is there"),
    "value": msg("Value"),
    "fingerprint": msg("Fingerprint"),
    "related": msg("Related places"),
    "and_more": msg("and {count} more", count="{count}"),
    "reason": msg("Suppressed because"),
    "baseline": msg("It is in the baseline."),
    "no_reason": msg("No reason is given."),
    "unknown": msg("unknown"),
    "link": msg("Link to this finding"),
    "scripts": msg("Filters and source lines need JavaScript, which is blocked here."),
    "left_out": msg("{count} more findings are not in this list.", count="{count}"),
    "source": msg("Source lines of {place}", place="{place}"),
}
