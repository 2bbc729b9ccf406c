"""Sources read again for reports that show them, with every secret masked."""

from __future__ import annotations

from wakagitops.core.errors import ToolError
from wakagitops.core.excerpt import Excerpt
from wakagitops.core.source import SourceText
from wakagitops.secrets import credentials, redaction
from wakagitops.settings.repository import Repository
from wakagitops.settings.schema import shipped_annotations
from wakagitops.validate.baseline import Baseline
from wakagitops.yaml.parser import read


class Excerpts:
    """The masked sources of a repository, each read once."""

    def __init__(self, repository: Repository, baseline: Baseline | None) -> None:
        """Bind the files and, where there is one, the baseline, which is shown too."""
        self._repository = repository
        self._files = frozenset(repository.files)
        self._read: dict[str, Excerpt] = {}
        if baseline is not None:
            source = baseline.source
            self._read[baseline.path] = Excerpt(source, credentials.find(source.text))

    def of(self, path: str) -> Excerpt:
        """Return the masked source of a file; an empty one where it cannot be read any more."""
        if path not in self._read:
            self._read[path] = self._excerpt(path)
        return self._read[path]

    def _excerpt(self, path: str) -> Excerpt:
        if path not in self._files:
            # What is no settings file may hold anything, and is not shown.
            return Excerpt(SourceText(""))
        try:
            document = read(path, self._repository.tree.read(path))
        except (FileNotFoundError, ToolError):
            return Excerpt(SourceText(""))
        return Excerpt(document.source, redaction.masks(document, shipped_annotations()))
