"""The files of a git revision, read from git's objects: nothing is checked out, nothing is changed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from types import TracebackType

from wakagitops.core.errors import ToolError, UsageError
from wakagitops.core.messages import msg
from wakagitops.core.system_reasons import system_reason
from wakagitops.core.typed import TYPE_CHECKING, NoReturn, Self
from wakagitops.sources.checkout import search_path
from wakagitops.sources.trees import others_of
from wakagitops.yaml.limits import MAX_BYTES

if TYPE_CHECKING:
    from wakagitops.sources.trees import Kind


_REGULAR = (b"100644", b"100755", b"100664")
_LINK = b"120000"
_CHUNK = 1 << 20
_LOST = (
    # A hook's git tells where its repository is, relative to a folder that is not ours.
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_NAMESPACE",
    # These change what a path on the command line means.
    "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS",
)  # fmt: skip
_SET = {
    # What a partial clone lacks is not fetched: no command of ours uses the network. The second
    # variable says so to a git before 2.45, which does not know the first.
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "LC_ALL": "C",
}


def object_id(data: bytes, like: str) -> str:
    """Return the digest by which git knows some bytes, made as another one is (SHA-1, or SHA-256)."""
    import hashlib  # noqa: PLC0415 - few commands ask for it

    made = hashlib.new("sha256" if len(like) == 64 else "sha1", usedforsecurity=False)
    made.update(b"blob %d\0" % len(data))
    made.update(data)
    return made.hexdigest()


class RevisionTree:
    """The files below a folder as a git revision has them; a ``Tree``, to be used in a ``with``.

    Only objects are read: no filter, hook or attribute of the repository acts, and neither the index
    nor the working tree is looked at. Symlinks and submodules are left out, as in a ``WorkingTree``.
    """

    def __init__(self, base: str, revision: str) -> None:
        """Find the revision.

        Args:
            base: the folder, an absolute path of the operating system, in a git working tree.
            revision: any name that git knows a commit by: a branch, a tag, a digest.

        Raises:
            UsageError: git knows no commit of that name.
            ToolError: there is no git, or the folder is in no git repository.
        """
        self.base = base
        self.revision = revision
        self._batches: dict[int, subprocess.Popen[bytes]] = {}
        self._prefix = self._find_prefix()
        self.commit = self._find_commit()
        """The commit's digest."""
        self._blobs: dict[str, bytes] = {}
        self._links: set[str] = set()
        self._listed: set[str] = set()

    def __enter__(self) -> Self:
        """Return the tree itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the git process that read the files."""
        self._end_batch()

    @property
    def state(self) -> str:
        """Return what stands for all files of the tree: the commit, and the folder in it."""
        return f"{self.commit} {self._prefix}"

    @property
    def top(self) -> str:
        """Return the folder at the top of the repository's working tree."""
        above = self._prefix.count("/")
        return os.path.normpath(os.path.join(os.path.realpath(self.base), *[os.pardir] * above))

    @property
    def is_bare(self) -> bool:
        """Tell whether the repository has no working tree, as on a server."""
        _, answer, _ = self._git("rev-parse", "--is-bare-repository")
        return answer.strip() == b"true"

    def walk(self, folder: str) -> Iterator[str]:
        """Yield the path of every regular file below a folder, hidden folders left out.

        Raises:
            ToolError: git cannot list the files.
        """
        start = f"{folder}/" if folder else ""
        self._list(folder)
        for path in self._blobs:
            if path.startswith(start) and "/." not in f"/{path[len(start) :].rpartition('/')[0]}":
                yield path

    def others(self, folder: str) -> Iterator[tuple[str, Kind]]:
        """Yield what ``walk`` leaves out below a folder: symlinks and what hidden folders hold.

        Raises:
            ToolError: git cannot list the files.
        """
        self._list(folder)
        return others_of(self._blobs, self._links, folder)

    def read(self, path: str, limit: int = MAX_BYTES + 1) -> bytes:
        """Return a file's bytes, at most ``limit`` of them.

        Raises:
            FileNotFoundError: the revision has no such file.
            ToolError: git cannot read the object.
        """
        if path not in self._blobs:
            self._list(path)
            if path not in self._blobs:
                raise FileNotFoundError(path)
        # One for each process: those forked from ours must not read the answers to its questions.
        batch = self._batches.get(os.getpid())
        if batch is None:
            batch = self._batches[os.getpid()] = self._started("cat-file", "--batch")
        incoming, outgoing = batch.stdin, batch.stdout
        assert incoming is not None  # noqa: S101 - it was opened with pipes
        assert outgoing is not None  # noqa: S101
        try:
            incoming.write(self._blobs[path] + b"\n")
            incoming.flush()
            header = outgoing.readline().split()
            size = int(header[2])
        except (OSError, IndexError, ValueError) as error:
            message = msg(
                "git cannot read {path} of {revision}; a partial clone may lack it: fetch it first",
                path=path,
                revision=self.revision,
            )
            raise ToolError(message) from error
        data = outgoing.read(min(size, limit))
        rest = size - len(data) + 1
        while rest > 0 and (skipped := outgoing.read(min(rest, _CHUNK))):
            rest -= len(skipped)
        return data

    def object_id(self, path: str) -> str:
        """Return the digest by which git knows a file's bytes; empty where there is no such file.

        Raises:
            ToolError: git cannot list the files.
        """
        if path not in self._blobs:
            self._list(path)
        return self._blobs.get(path, b"").decode()

    def is_link(self, path: str) -> bool:
        """Return True if a path is a symlink in the revision.

        Raises:
            ToolError: git cannot list the files.
        """
        self._list(path)
        return path in self._links

    def _list(self, place: str) -> None:
        """Learn the objects of the regular files at or below a place, which may not exist."""
        if place in self._listed or "" in self._listed:
            return
        self._listed.add(place)
        full = f"{self._prefix}{place}".rstrip("/")
        arguments = ["ls-tree", "-r", "-z", "--full-tree", self.commit, *(["--", full] if full else [])]
        status, listing, _ = self._git(*arguments)
        if status:
            raise ToolError(msg("git cannot list the files of {revision}", revision=self.revision))
        for line in listing.split(b"\0"):
            facts, _, path = line.partition(b"\t")
            relative = os.fsdecode(path).removeprefix(self._prefix)
            if facts[:6] in _REGULAR:
                self._blobs[relative] = facts.split()[2]
            elif facts[:6] == _LINK:
                self._links.add(relative)

    def _find_prefix(self) -> str:
        """Return the base's place in the repository; empty at its top, else ending in ``/``."""
        status, prefix, complaint = self._git("rev-parse", "--show-prefix")
        if status == 0:
            return os.fsdecode(prefix.removesuffix(b"\n"))
        if b"dubious ownership" in complaint:
            message = msg(
                "git reads no repository of another user; `git config --global --add safe.directory "
                "{folder}` allows it",
                folder=self.base,
            )
            raise ToolError(message)
        raise ToolError(msg("{folder} is in no git repository", folder=self.base))

    def _find_commit(self) -> str:
        name = f"{self.revision}^{{commit}}"
        status, commit, _ = self._git("rev-parse", "--verify", "--quiet", "--end-of-options", name)
        if status or self.revision.startswith(("-", "^")):
            self._fail_unknown()
        return commit.strip().decode()

    def _fail_unknown(self) -> NoReturn:
        _, shallow, _ = self._git("rev-parse", "--is-shallow-repository")
        if shallow.strip() == b"true":
            message = msg(
                "git knows no revision {revision}; this clone has only part of the history: fetch the "
                "revision first, or clone it whole (fetch-depth: 0)",
                revision=self.revision,
            )
            raise UsageError(message)
        status, commits, _ = self._git("rev-list", "--all", "--max-count=1")
        if status == 0 and not commits:
            message = msg(
                "git knows no revision {revision}, since this repository has no commit yet; make the "
                "first one before you compare with it",
                revision=self.revision,
            )
            raise UsageError(message)
        raise UsageError(msg("git knows no revision {revision}", revision=self.revision))

    def _git(self, *arguments: str) -> tuple[int, bytes, bytes]:
        """Return git's exit status, what it prints and what it complains of."""
        process = self._started(*arguments, stderr=subprocess.PIPE)
        found, complaint = process.communicate()
        return process.returncode, found, complaint

    def _started(self, *arguments: str, stderr: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        environ = {name: value for name, value in os.environ.items() if name not in _LOST} | _SET
        environ["PATH"] = search_path(self.base, environ.get("PATH", os.defpath))
        # One folder at a time: without one, Windows would look in the current directory first.
        places = filter(None, environ["PATH"].split(os.pathsep))
        program = next(
            filter(None, (shutil.which(os.path.join(place, "git")) for place in places)), None
        )
        if program is None:
            raise ToolError(msg("git, which reads revisions, is not in PATH"))
        try:
            return subprocess.Popen(  # noqa: S603 - the arguments are ours, a revision's name guarded
                [program, "-C", self.base, *arguments],
                env=environ,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
            )
        except OSError as error:
            message = msg(
                "git, which reads revisions, cannot be run: {reason}", reason=system_reason(error)
            )
            raise ToolError(message) from error

    def _end_batch(self) -> None:
        batch = self._batches.pop(os.getpid(), None)
        if batch is None:
            return
        assert batch.stdin is not None  # noqa: S101 - it was opened with pipes
        assert batch.stdout is not None  # noqa: S101
        with suppress(BrokenPipeError):
            # A process that died has made a read fail, which was told.
            batch.stdin.close()
        batch.stdout.close()
        batch.wait()
