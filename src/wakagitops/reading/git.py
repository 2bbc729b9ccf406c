"""The files of a git revision, read from git's objects: nothing is checked out, nothing is changed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from wakagitops.core.errors import ToolError, UsageError
from wakagitops.core.messages import msg
from wakagitops.reading.yaml_reader import MAX_BYTES

_REGULAR = (b"100644", b"100755", b"100664")
_CHUNK = 1 << 20
# A hook's git tells where its repository is, relative to a folder that is not ours.
_HOOK_VARIABLES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR")


class RevisionTree:
    """The files below a folder as a git revision has them; a ``Tree``, to be used in a ``with``."""

    def __init__(self, base: str, revision: str) -> None:
        """Find the revision and list its files.

        Args:
            base: the folder, an absolute path of the operating system, in a git working tree.
            revision: any name that git knows a commit by: a branch, a tag, a digest.

        Raises:
            UsageError: git knows no commit of that name.
            ToolError: there is no git, or the folder is in no git repository.
        """
        self.base = base
        self.revision = revision
        self._batch: subprocess.Popen[bytes] | None = None
        prefix = self._git("rev-parse", "--show-prefix")
        if prefix is None:
            raise ToolError(msg("{folder} is in no git repository", folder=base))
        commit = self._git(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
        )
        if commit is None:
            raise UsageError(msg("git knows no revision {revision}", revision=revision))
        self.commit = commit.strip().decode()
        """The commit's digest."""
        self._blobs = self._listed(os.fsdecode(prefix.rstrip(b"\n")))

    def __enter__(self) -> Self:
        """Return the tree itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the git process that read the files."""
        if self._batch is not None:
            assert self._batch.stdin is not None  # noqa: S101 - it was opened with pipes
            assert self._batch.stdout is not None  # noqa: S101
            self._batch.stdin.close()
            self._batch.stdout.close()
            self._batch.wait()
            self._batch = None

    def walk(self, folder: str) -> Iterator[str]:
        """Yield the path of every regular file below a folder, hidden folders left out."""
        start = f"{folder}/" if folder else ""
        for path in self._blobs:
            if path.startswith(start) and "/." not in f"/{path[len(start) :].rpartition('/')[0]}":
                yield path

    def read(self, path: str) -> bytes:
        """Return a file's bytes, at most one more than ``MAX_BYTES``.

        Raises:
            FileNotFoundError: the revision has no such file.
            ToolError: git cannot read the object.
        """
        if path not in self._blobs:
            raise FileNotFoundError(path)
        if self._batch is None:
            self._batch = self._started("cat-file", "--batch")
        incoming, outgoing = self._batch.stdin, self._batch.stdout
        assert incoming is not None  # noqa: S101 - it was opened with pipes
        assert outgoing is not None  # noqa: S101
        try:
            incoming.write(self._blobs[path] + b"\n")
            incoming.flush()
            header = outgoing.readline().split()
            size = int(header[2])
        except (OSError, IndexError, ValueError) as error:
            raise ToolError(
                msg("git cannot read {path} of {revision}", path=path, revision=self.revision)
            ) from error
        data = outgoing.read(min(size, MAX_BYTES + 1))
        rest = size - len(data) + 1
        while rest > 0 and (skipped := outgoing.read(min(rest, _CHUNK))):
            rest -= len(skipped)
        return data

    def _listed(self, prefix: str) -> dict[str, bytes]:
        """Return the object of each regular file, by its path below the base."""
        arguments = ["ls-tree", "-r", "-z", "--full-tree", self.commit]
        listing = self._git(*arguments, *(["--", prefix] if prefix else []))
        if listing is None:
            raise ToolError(msg("git cannot list the files of {revision}", revision=self.revision))
        blobs = {}
        for line in listing.split(b"\0"):
            facts, _, path = line.partition(b"\t")
            if facts[:6] in _REGULAR:
                blobs[os.fsdecode(path).removeprefix(prefix)] = facts.split()[2]
        return blobs

    def _git(self, *arguments: str) -> bytes | None:
        """Return what git prints, or None where it fails."""
        process = self._started(*arguments)
        found, _ = process.communicate()
        return found if process.returncode == 0 else None

    def _started(self, *arguments: str) -> subprocess.Popen[bytes]:
        environ = {name: value for name, value in os.environ.items() if name not in _HOOK_VARIABLES}
        # What a partial clone lacks is not fetched: no command of ours uses the network.
        environ |= {"GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
        try:
            return subprocess.Popen(  # noqa: S603 - the arguments are ours, a revision's name guarded
                ["git", "-C", self.base, *arguments],  # noqa: S607 - git is found as in every hook
                env=environ,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError as error:
            message = msg(
                "git, which reads revisions, cannot be run: {reason}", reason=error.strerror or ""
            )
            raise ToolError(message) from error
