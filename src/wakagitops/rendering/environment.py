"""The Jinja2 environment of all templates: sandboxed, strict, every value escaped for the format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from wakagitops.rendering.escaping import ESCAPES, UnfitTextError, html_references

_FOLDER = Path(__file__).parent / "targets"
_RANDOM = ("lipsum",)
_HTML_ONLY = ("urlize", "xmlattr")


def make_environment(escape_as: str, sources: Mapping[str, str]) -> Any:
    """Return a ``jinja2`` environment whose every ``{{ … }}`` is escaped for one format.

    What a template writes itself is kept; what it takes from a value goes through the format's
    function of ``escaping.ESCAPES``, after all filters. Only ``|safe`` keeps a value as it is.

    Args:
        escape_as: a name of ``ESCAPES``.
        sources: the templates by name; no other file can be read.
    """
    # Jinja2 costs start-up time that a run with nothing to render need not pay.
    import jinja2  # noqa: PLC0415
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415
    from markupsafe import Markup  # noqa: PLC0415

    class Missing(jinja2.StrictUndefined):
        """What a template asks for and a shop does not have; the error's text is the name alone."""

        @property
        def _undefined_message(self) -> str:
            name = self._undefined_name
            return name if isinstance(name, str) else repr(name)

    escape = _marked(ESCAPES[escape_as])

    def finished(value: object) -> str:
        if isinstance(value, Markup):
            return value
        if isinstance(value, jinja2.Undefined):
            str(value)
        return escape(value)

    environment = ImmutableSandboxedEnvironment(
        # A template's name stands for its file, so that errors name it.
        loader=jinja2.FunctionLoader(
            lambda name: (sources[name], name, None) if name in sources else None
        ),
        undefined=Missing,
        # Jinja2 then joins escaped pieces as such and escapes nothing twice.
        autoescape=True,
        finalize=finished,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        newline_sequence="\n",
        auto_reload=False,
    )
    for name in _RANDOM:
        del environment.globals[name]
    del environment.filters["random"]
    for name in ("e", "escape", "forceescape"):
        environment.filters[name] = finished
    for name, function in ESCAPES.items():
        if name != "none":
            environment.filters[name] = _marked(function)
    environment.filters["references"] = _marked(html_references)
    if escape_as != "html":
        for name in _HTML_ONLY:
            del environment.filters[name]
    return environment


def _marked(escape: Callable[[Any], str]) -> Callable[[object], str]:
    """Return the filter that escapes for a format, and marks the text so that no other one does."""
    from markupsafe import Markup  # noqa: PLC0415 - as above

    def escaped(value: object) -> str:
        try:
            return Markup(escape(value))  # noqa: S704 - made safe for its format
        except UnfitTextError as error:
            error.value = value
            raise

    return escaped


@cache
def _builtin_environment(escape_as: str) -> Any:
    sources = {
        path.relative_to(_FOLDER).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(_FOLDER.glob("*/*.j2"))
    }
    return make_environment(escape_as, sources)


@cache
def builtin_template(name: str, escape_as: str) -> Callable[..., str]:
    """Return the renderer of a template that ships with the tool.

    Args:
        name: its path below the folder of the targets, such as ``public/contact.html.j2``.
        escape_as: a name of ``escaping.ESCAPES``.
    """
    renderer: Callable[..., str] = _builtin_environment(escape_as).get_template(name).render
    return renderer
