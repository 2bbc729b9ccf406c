"""A repository to render with what earlier runs left, beside a copy that knows nothing of them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.deployment_case import tree
from tests.render_case import make, shop_text
from wakagitops.cli import rendering_run
from wakagitops.cli.app import main

SOL, NORTE = "imprenta-sol", "rotulos-norte"


class Done(NamedTuple):
    """What a run did."""

    status: int
    out: str
    error: str
    tree: dict[str, bytes]


class Case:
    """A repository, and a copy of it in which nothing is known of earlier runs."""

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.folder = make(folder / "repo", SOL, NORTE)
        self.out = self.folder / "dist"
        self.rendered = 0
        """How many runs had to render."""
        self._copy = folder / "copy"
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        run = rendering_run.Renderer.run

        def counted(*arguments: object) -> object:
            self.rendered += 1
            return run(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(rendering_run.Renderer, "run", counted)

    def run(self, *arguments: str, at: Path | None = None) -> Done:
        """Run ``wakagitops render``."""
        folder = at or self.folder
        self._monkeypatch.chdir(folder)
        self._capsys.readouterr()
        status = main(["render", *arguments])
        said = self._capsys.readouterr()
        return Done(status, said.out, said.err, tree(folder / "dist"))

    def afresh(self, *arguments: str) -> Done:
        """Run it without a cache in a copy."""
        rendered = self.rendered
        shutil.rmtree(self._copy, ignore_errors=True)
        shutil.copytree(self.folder, self._copy, symlinks=True)
        done = self.run("--no-cache", *arguments, at=self._copy)
        self.rendered = rendered
        return done

    def is_remembered(self, *arguments: str) -> bool:
        """Run it, and tell whether it rendered nothing; it must have done the right thing anyway."""
        expected = self.afresh(*arguments)
        before = self.rendered
        assert self.run(*arguments) == expected
        return self.rendered == before

    def shop(self, name: str, **changes: str) -> None:
        """Write the settings of a shop."""
        (self.folder / "configs" / f"{name}.yaml").write_text(shop_text(name, **changes))
