"""``html``: one file to look at, with the fleet at a glance and every finding in its place.

The page is self-contained and asks the network for nothing. Its content security policy names the
hashes of its one style and its one script, and the script makes text nodes only, so that no text of
a settings file can become markup.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from wakagitops.core.visible import as_json
from wakagitops.reports import Presentation
from wakagitops.reports._caches import Caches, page_caches
from wakagitops.reports._fleet import SCALE, fleet
from wakagitops.reports._page_data import Page, page_data, said
from wakagitops.reports._page_words import page_words
from wakagitops.reports._summary import more, verdict
from wakagitops.validate.result import CheckResult

_FOLDER = Path(__file__).parent / "_html"
_STATIC_ROWS = 200
"""How many findings stand in the page itself, for readers whose scripts are blocked."""


def report(result: CheckResult, presentation: Presentation) -> Iterator[str]:
    """Yield the page."""
    translate = presentation.translate
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    style = (_FOLDER / "page.css").read_text(encoding="utf-8")
    script = (_FOLDER / "page.js").read_text(encoding="utf-8")
    page = page_data(result, presentation)
    words = page_words(translate)
    caches = page_caches(result.caches, presentation)
    static = [entry for entry in page.findings if "suppressed" not in entry]
    yield from environment.get_template("page.html.jinja").generate(
        w=words,
        language=translate.language,
        version=presentation.version,
        policy=_policy(style, script),
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        verdict=translate(verdict(result)),
        more=[said(sentence, presentation) for sentence in more(result)],
        fleet=fleet(result, page.shops),
        scale=SCALE,
        severities=("error", "warning", "note"),
        rows=static[:_STATIC_ROWS],
        left=max(0, len(static) - _STATIC_ROWS),
        shops=page.shops,
        caches=caches,
        cache_rows=caches.rows[:_STATIC_ROWS],
        data=_embedded(page, caches, words),
    )


def _policy(style: str, script: str) -> str:
    """Return the policy: this style and this script, an inlined icon, and nothing else."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _embedded(page: Page, caches: Caches, words: Mapping[str, str]) -> Markup:
    """Return the data as JSON that can stand in a script element: no ``<`` is left in it."""
    data = {**page.as_json(), "caches": caches.as_json(), "words": words}
    text = as_json(data, separators=(",", ":"))
    for char in "<>&":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)  # noqa: S704 - nothing in it can end the element
