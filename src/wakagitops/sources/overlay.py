"""A revision's files, read from a working tree where they are the same there: git answers slowly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from wakagitops.core.errors import ToolError
from wakagitops.core.typed import TYPE_CHECKING
from wakagitops.sources.git import RevisionTree, object_id
from wakagitops.sources.trees import Tree

if TYPE_CHECKING:
    from wakagitops.sources.trees import Kind


class BorrowedTree:
    """The files of a revision; a ``Tree``, to be used while the revision's is open."""

    __slots__ = ("_lender", "revision")

    def __init__(self, revision: RevisionTree, lender: Tree) -> None:
        """Bind the revision, and the tree that has most of its files too."""
        self.revision = revision
        self._lender = lender

    def walk(self, folder: str) -> Iterator[str]:
        """Yield the path of every regular file of the revision below a folder, hidden folders left out.

        Raises:
            ToolError: git cannot list the files.
        """
        return self.revision.walk(folder)

    def others(self, folder: str) -> Iterator[tuple[str, Kind]]:
        """Yield what ``walk`` leaves out below a folder."""
        return self.revision.others(folder)

    def read(self, path: str) -> bytes:
        """Return a file's bytes as the revision has them, at most one more than ``MAX_BYTES``.

        Raises:
            FileNotFoundError: the revision has no such file.
            ToolError: git cannot read the object.
        """
        known = self.revision.object_id(path)
        if known:
            # Where there is a folder now, or nothing, or a file that cannot be read, git has the bytes.
            with suppress(FileNotFoundError, ToolError):
                data = self._lender.read(path)
                # Of a file that is too large only a part is read, whose digest is another.
                if object_id(data, known) == known:
                    return data
        return self.revision.read(path)
