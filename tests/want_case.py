"""What shall lie in an output folder, from files whose bytes are at hand."""

from __future__ import annotations

from collections.abc import Sequence

from wakagitops.render.diff import Want
from wakagitops.render.files import RenderedFile
from wakagitops.render.manifest import Entry, entry_of


def want_of(
    environment: str,
    files: Sequence[RenderedFile],
    cache_bust: bytes | None = None,
    targets: frozenset[str] | None = None,
) -> Want:
    """Return what shall lie in the folder of one environment."""
    data = {file.path: file.data for file in files}

    def data_of(entries: Sequence[Entry]) -> dict[str, bytes]:
        return {entry.path: data[entry.path] for entry in entries}

    return Want(environment, tuple(map(entry_of, files)), cache_bust, targets, data=data_of)


def files_of(want: Want) -> tuple[RenderedFile, ...]:
    """Return the files that shall lie there, with their bytes."""
    data = want.data(want.files)
    return tuple(
        RenderedFile(file.path, data[file.path], file.mode, file.shop, file.target)
        for file in want.files
    )
