"""The target ``php``: a file that returns the settings as an array."""

from __future__ import annotations

from collections.abc import Iterator

from wakagitops.core.messages import msg
from wakagitops.render.context import context_of
from wakagitops.render.files import PUBLIC_MODE, RenderedFile, Target
from wakagitops.render.jinja import builtin_template
from wakagitops.render.refusals import sops_password
from wakagitops.settings.model import ShopSettings


def _render(settings: ShopSettings) -> Iterator[RenderedFile]:
    context = context_of(settings)
    text = builtin_template("php/mail.php.j2", "php")(settings=context)
    yield RenderedFile(
        f"shops/{settings.shop}/mail.php", text.encode(), PUBLIC_MODE, settings.shop, "php"
    )


TARGET = Target(
    summary=msg("A PHP file that returns the settings as an array; secrets by their names."),
    render=_render,
    refuse=sops_password,
)
