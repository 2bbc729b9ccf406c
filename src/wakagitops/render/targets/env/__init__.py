"""The target ``env``: a file of variables that every common reader of env files reads the same."""

from __future__ import annotations

from collections.abc import Iterator

from wakagitops.core.messages import msg
from wakagitops.render.escaping import env_value
from wakagitops.render.files import PUBLIC_MODE, Refusal, RenderedFile, Target
from wakagitops.render.jinja import builtin_template
from wakagitops.render.refusals import ambiguous_recipients, sops_password, unfit_values
from wakagitops.render.variables import variables_of
from wakagitops.settings.model import ShopSettings

_MAX_LINE = 65_535
"""The longest line in bytes that docker and kustomize read: Go's line scanner holds 64 KiB."""


def _refuse(settings: ShopSettings) -> Iterator[Refusal]:
    yield from sops_password(settings)
    yield from ambiguous_recipients(settings)
    variables = variables_of(settings)
    yield from unfit_values(((variable.pointer, variable.value) for variable in variables), env_value)
    for variable in variables:
        if len(f"{variable.name}={variable.value}".encode(errors="replace")) > _MAX_LINE:
            message = msg("a line of an env file holds at most {limit} bytes", limit=_MAX_LINE)
            yield Refusal(variable.pointer, message)


def _render(settings: ShopSettings) -> Iterator[RenderedFile]:
    text = builtin_template("env/mail.env.j2", "env")(variables=variables_of(settings))
    yield RenderedFile(
        f"shops/{settings.shop}/mail.env", text.encode(), PUBLIC_MODE, settings.shop, "env"
    )


TARGET = Target(
    summary=msg(
        "Variables for docker --env-file, Compose, kustomize and python-dotenv; secrets by their names."
    ),
    render=_render,
    refuse=_refuse,
)
