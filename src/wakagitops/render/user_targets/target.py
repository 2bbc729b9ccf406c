"""A target of a team's own, as any other target: settings in, files out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

from wakagitops.core.errors import UsageError
from wakagitops.core.messages import Message, msg
from wakagitops.render.context import context_of
from wakagitops.render.files import Fleet, Refusal, RenderedFile, Target
from wakagitops.render.user_targets.definition import Output, TeamFolder, read_folder
from wakagitops.render.user_targets.runner import (
    Bounds,
    TemplateFailedError,
    TemplateRunner,
    UnfitValueError,
)
from wakagitops.settings.model import ShopSettings

_PUBLIC = ("shop", "url", "contact")


def team_target(name: str, base: str, shown: str, bounds: Bounds = Bounds()) -> Target:  # noqa: B008 - a value
    """Return the target that a folder of templates makes.

    Args:
        name: what ``wakagitops.toml`` calls it.
        base: the folder of ``wakagitops.toml``, which is trusted.
        shown: the folder, relative to it, with ``/``.
        bounds: what a file may cost.

    Raises:
        UsageError: the folder, its ``target.toml`` or a template is wrong.
    """
    read = read_folder(base, shown)
    team = _Team(name, read, bounds)
    return Target(
        summary=Message(read.summary),
        render=team.render,
        refuse=team.refuse,
        shared=team.shared,
        paths=tuple(output.path for output in read.outputs),
        digest=read.digest,
    )


class _Team:
    """The functions of a target over one folder and the process that runs its templates."""

    def __init__(self, name: str, folder: TeamFolder, bounds: Bounds) -> None:
        self.name = name
        self.folder = folder
        self.bounds = bounds
        self.runner = TemplateRunner(folder.sources, bounds)

    def refuse(self, settings: ShopSettings) -> Iterator[Refusal]:
        for output in self.folder.outputs:
            if output.scope != "fleet":
                try:
                    self.text(output, settings)
                except UnfitValueError as error:
                    yield Refusal(error.pointer, error.message, error.advice)

    def render(self, settings: ShopSettings) -> Iterator[RenderedFile]:
        for output in self.folder.outputs:
            if output.scope != "fleet":
                path = output.path.replace("{shop}", settings.shop)
                text = self.text(output, settings)
                yield RenderedFile(path, text.encode(), output.mode, settings.shop, self.name)

    def shared(self, fleet: Fleet) -> Iterator[RenderedFile]:
        for output in self.folder.outputs:
            if output.scope == "fleet":
                values = {"environment": fleet.environment, "shops": list(fleet.shops)}
                try:
                    text = self.runner.render(
                        output.template, output.escape, values, self.bounds.fleet_bytes
                    )
                except TemplateFailedError as error:
                    self.fail(error, error.message)
                except UnfitValueError as error:
                    raise UsageError(
                        error.message, path=f"{self.folder.shown}/{output.template}"
                    ) from error
                yield RenderedFile(output.path, text.encode(), output.mode, "", self.name)

    def text(self, output: Output, settings: ShopSettings) -> str:
        values: dict[str, Any] = context_of(settings)
        if output.scope == "public":
            values = {key: values[key] for key in _PUBLIC}
        try:
            return self.runner.render(output.template, output.escape, values, self.bounds.shop_bytes)
        except TemplateFailedError as error:
            self.fail(error, msg("for {shop}: {reason}", shop=settings.shop, reason=error.message))

    def fail(self, error: TemplateFailedError, message: Message) -> NoReturn:
        template, line = error.place
        path = f"{self.folder.shown}/{template}"
        raise UsageError(message, path=path, line=line, column=1 if line else 0) from error
