"""The Jinja2 environment of all templates: sandboxed, strict, every value escaped for the format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from wakagitops.render.escaping import ESCAPES, UnfitTextError, html_references

_FOLDER = Path(__file__).parent / "targets"
_RANDOM = ("lipsum",)
_NOT_OURS = ("random", "urlize", "xmlattr", "forceescape")
"""Filters that are not deterministic, or escape for HTML whatever the format."""


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

    class Written(Markup):
        """A piece of output, escaped already; text that is joined to it is escaped on the way."""

        __slots__ = ()

        @classmethod
        def escape(cls, s: Any, /) -> Written:
            return finished(s)

    def filter_of(function: Callable[[Any], str]) -> Callable[[object], Written]:
        def escaped(value: object) -> Written:
            if isinstance(value, jinja2.Undefined):
                # Raises, with the name.
                str(value)
            try:
                return Written(function(value))
            except UnfitTextError as error:
                error.value = value
                raise

        return escaped

    escape = filter_of(ESCAPES[escape_as])

    def finished(value: object) -> Written:
        return value if isinstance(value, Written) else escape(value)

    environment = ImmutableSandboxedEnvironment(
        # A template's name stands for its file, so that errors name it.
        loader=jinja2.FunctionLoader(
            lambda name: (sources[name], name, None) if name in sources else None
        ),
        undefined=Missing,
        # Jinja2's own escaping knows HTML alone; this one is for every format.
        autoescape=False,
        finalize=finished,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        newline_sequence="\n",
        auto_reload=False,
    )
    # What macros and blocks put together is not escaped again.
    environment.concat = lambda pieces: Written("".join(pieces))  # type: ignore[method-assign]
    for name in _RANDOM:
        del environment.globals[name]
    for name in _NOT_OURS:
        del environment.filters[name]
    for name, function in ESCAPES.items():
        environment.filters[name] = filter_of(function)
    environment.filters["references"] = filter_of(html_references)
    environment.filters["safe"] = environment.filters.pop("none")
    environment.filters["tojson"] = environment.filters["json"]
    environment.filters["e"] = environment.filters["escape"] = escape
    return environment


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
