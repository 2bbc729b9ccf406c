"""Where files come from: the working tree, or one with some files replaced (standard input)."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from wakagitops.core.errors import ToolError, UnreadableError
from wakagitops.core.messages import Message, msg
from wakagitops.core.safe_files import refuse_irregular
from wakagitops.core.system_reasons import system_reason
from wakagitops.core.typed import TYPE_CHECKING, Literal, Protocol
from wakagitops.yaml.limits import MAX_BYTES

_FOR_READING = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_USUAL_BYTES = 8 * 1024
"""What nearly every settings file fits into."""


if TYPE_CHECKING:
    Kind = Literal["hidden", "link", "folder", "special", "repository", "deep"]

MAX_FOLDER_BYTES = 2_048
"""How long the path of a folder that is searched may be: its files still fit into the 4,096 bytes of
Linux (PATH_MAX), with the base before them."""

OF_PROGRAMS = frozenset({
    ".cache", ".circleci", ".devcontainer", ".direnv", ".github", ".gitlab", ".husky", ".idea",
    ".mypy_cache", ".nox", ".pytest_cache", ".ruff_cache", ".terraform", ".tox", ".venv", ".vscode",
    ".yarn",
})  # fmt: skip
"""Hidden folders of programs, which are not searched where the root is the whole repository."""


class Tree(Protocol):
    """A folder of files at one moment; paths are relative to its top, with ``/``."""

    def walk(self, folder: str) -> Iterator[str]:
        """Yield the path of every regular file below a folder, hidden folders left out."""

    def others(self, folder: str) -> Iterator[tuple[str, Kind]]:
        """Yield what ``walk`` leaves out below a folder: symlinks, hidden files, git repositories."""

    def read(self, path: str) -> bytes:
        """Return a file's bytes, at most one more than ``MAX_BYTES``.

        Raises:
            FileNotFoundError: there is no such file.
            ToolError: it cannot be read; UnreadableError where others may be.
        """


def others_of(
    files: Iterable[str], links: Iterable[str], folder: str, repositories: Iterable[str] = ()
) -> Iterator[tuple[str, Kind]]:
    """Yield what ``walk`` leaves out, of a tree whose paths are all known.

    Args:
        files: the paths of the regular files.
        links: the paths of the symlinks.
        folder: where to look.
        repositories: the paths of the submodules.
    """
    start = f"{folder}/" if folder else ""
    folders: set[str] = set()
    for path in files:
        if path.startswith(start):
            inner = path[len(start) :].rpartition("/")[0]
            folders.add(inner)
            if is_hidden(inner) and not _is_passed_over(inner, folder):
                yield path, "hidden"
    named = {
        "/".join(parts[:end])
        for parts in (inner.split("/") for inner in folders)
        for end in range(1, len(parts) + 1)
        if "." in parts[end - 1]
    }
    yield from ((f"{start}{path}", "folder") for path in named if not is_hidden(path))
    for path in links:
        inner = path.removeprefix(start).rpartition("/")[0]
        if path.startswith(start) and not (is_hidden(inner) and _is_passed_over(inner, folder)):
            yield path, "link"
    yield from ((path, "repository") for path in repositories if path.startswith(start))


def is_git_folder(path: str) -> bool:
    """Return True if a path is the ``.git`` of a repository, under any case that a disk may ignore."""
    return path.rpartition("/")[2].lower() == ".git"


def is_hidden(folder: str) -> bool:
    """Return True if a folder, or one above it, is hidden."""
    return "/." in f"/{folder}"


def _is_passed_over(inner: str, folder: str) -> bool:
    parts = inner.split("/")
    return ".git" in parts or (not folder and not OF_PROGRAMS.isdisjoint(parts))


class WorkingTree:
    """The files on disk below a base folder."""

    __slots__ = ("_empty", "_hidden", "_others", "base")

    def __init__(self, base: str) -> None:
        """Bind the base folder, an absolute path of the operating system."""
        self.base = base
        self._others: list[tuple[str, Kind]] = []
        self._hidden: list[str] = []
        self._empty: list[str] = []
        """Folders without an entry: git keeps none, but checks out a submodule as one."""

    def walk(self, folder: str) -> Iterator[str]:
        """Yield the path of every regular file; symlinks are not followed.

        Raises:
            ToolError: a folder cannot be listed.
        """
        self._others, self._hidden, self._empty = [], [], []
        pending = [] if self.is_linked(folder) else [folder]
        while pending:
            folder = pending.pop()
            path = ""
            try:
                with os.scandir(os.path.join(self.base, folder) if folder else self.base) as entries:
                    for entry in entries:
                        path = f"{folder}/{entry.name}" if folder else entry.name
                        # Files first, since there may be a hundred thousand of them.
                        if entry.is_file(follow_symlinks=False):
                            yield path
                        elif entry.is_symlink():
                            self._others.append((path, "link"))
                        elif not entry.is_dir(follow_symlinks=False):
                            self._others.append((path, "special"))
                        elif entry.name[0] == ".":
                            self._hidden.append(path)
                        elif len(os.fsencode(path)) > MAX_FOLDER_BYTES:
                            self._others.append((path, "deep"))
                        else:
                            pending.append(path)
                            if "." in entry.name:
                                self._others.append((path, "folder"))
            except FileNotFoundError:
                # No root is an empty repository; and a folder may go while it is looked for.
                continue
            except OSError as error:
                raise ToolError(_unreadable(self.base, folder, error)) from error
            if not path:
                self._empty.append(folder)

    def others(self, folder: str) -> Iterator[tuple[str, Kind]]:
        """Yield what the last ``walk`` left out, the files of hidden folders among it."""
        for path, kind in self._others:
            yield (path.rpartition("/")[0], "repository") if is_git_folder(path) else (path, kind)
        pending, empty = list(self._hidden), list(self._empty)
        while pending:
            place = pending.pop()
            if is_git_folder(place):
                yield place.rpartition("/")[0], "repository"
            if _is_passed_over(place.rpartition("/")[2], folder):
                continue
            path = ""
            # What is hidden may well not be readable, and holds no shop that anything reads.
            with suppress(OSError), os.scandir(os.path.join(self.base, place)) as entries:
                for entry in entries:
                    path = f"{place}/{entry.name}"
                    if entry.is_dir(follow_symlinks=False):
                        # The bound of walk; what is hidden deeper holds no shop that anything reads.
                        if len(path) <= MAX_FOLDER_BYTES:
                            pending.append(path)
                    else:
                        yield path, "hidden"
                if not path:
                    empty.append(place)
        if empty:
            from wakagitops.sources.git import submodules  # noqa: PLC0415 - most trees have no such folder

            yield from ((path, "repository") for path in submodules(self.base, folder, empty))

    def is_linked(self, folder: str) -> bool:
        """Tell whether a folder, or one between it and the base, is a symlink."""
        while folder:
            if os.path.islink(os.path.join(self.base, folder)):
                return True
            folder = folder.rpartition("/")[0]
        return False

    def read(self, path: str) -> bytes:
        """Return a file's bytes, at most one more than ``MAX_BYTES``.

        Raises:
            FileNotFoundError: there is no such file.
            UnreadableError: the file cannot be read.
        """
        try:
            # Unbuffered calls: for small files half the cost of open().
            handle = os.open(f"{self.base}/{path}", _FOR_READING)
            try:
                # Asking for the most at once would clear a buffer of that size for every small file.
                data = os.read(handle, _USUAL_BYTES)
                if len(data) == _USUAL_BYTES:
                    data += os.read(handle, MAX_BYTES + 1 - _USUAL_BYTES)
                elif not data:
                    # A pipe without a writer reads as an empty file.
                    refuse_irregular(os.fstat(handle).st_mode, path)
            finally:
                os.close(handle)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise UnreadableError(_unreadable(self.base, path, error)) from error
        return data


class Overlay:
    """A tree with some files replaced or added by bytes in memory."""

    __slots__ = ("_replaced", "_tree")

    def __init__(self, tree: Tree, replaced: Mapping[str, bytes]) -> None:
        """Lay ``replaced`` (path to bytes) over a tree."""
        self._tree = tree
        self._replaced = replaced

    def walk(self, folder: str) -> Iterator[str]:
        """Yield the tree's files and the added ones, those in hidden folders left out."""
        start = f"{folder}/" if folder else ""
        yield from (path for path in self._tree.walk(folder) if path not in self._replaced)
        for path in self._replaced:
            below = path.removeprefix(start)
            if path.startswith(start) and "/." not in f"/{below.rpartition('/')[0]}":
                yield path

    def others(self, folder: str) -> Iterator[tuple[str, Kind]]:
        """Yield what the tree's ``walk`` leaves out."""
        return self._tree.others(folder)

    def read(self, path: str) -> bytes:
        """Return the replaced bytes, or the tree's."""
        data = self._replaced.get(path)
        return self._tree.read(path) if data is None else data[: MAX_BYTES + 1]


def _unreadable(base: str, path: str, error: OSError) -> Message:
    shown = os.path.relpath(os.path.join(base, path)).replace(os.sep, "/")
    return msg("{path} cannot be read: {reason}", path=shown, reason=system_reason(error))


class MemoryTree:
    """A tree of files that exists in memory only."""

    __slots__ = ("_files",)

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """Bind the files: path to bytes."""
        self._files = files

    def walk(self, folder: str) -> Iterator[str]:
        """Yield the path of every file below a folder, hidden folders left out."""
        start = f"{folder}/" if folder else ""
        for path in self._files:
            if path.startswith(start) and not is_hidden(path[len(start) :].rpartition("/")[0]):
                yield path

    def others(self, folder: str) -> Iterator[tuple[str, Kind]]:
        """Yield what ``walk`` leaves out."""
        return others_of(self._files, (), folder)

    def read(self, path: str) -> bytes:
        """Return a file's bytes, at most one more than ``MAX_BYTES``.

        Raises:
            FileNotFoundError: there is no such file.
        """
        if path not in self._files:
            raise FileNotFoundError(path)
        return self._files[path][: MAX_BYTES + 1]
