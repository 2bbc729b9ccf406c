"""The files of a git revision, read from git's objects: nothing is checked out, nothing is changed."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from types import TracebackType

from wakagitops.core.errors import ToolError, UsageError
from wakagitops.core.messages import msg
from wakagitops.core.system_reasons import system_reason
from wakagitops.core.typed import TYPE_CHECKING, NoReturn, Self
from wakagitops.sources.checkout import checkout_root, is_below, search_path
from wakagitops.sources.trees import others_of
from wakagitops.yaml.limits import MAX_BYTES

if TYPE_CHECKING:
    from wakagitops.sources.trees import Kind


_SETTINGS_FILE = "wakagitops.toml"
_CHUNK = 1 << 20
_MAX_TREE, _MAX_FILES, _MAX_PATH = 64 << 20, 1_000_000, 4096
"""The bytes of one tree object, the files below one folder, the bytes of one path."""
_GITLINK, _GITLINK_MODE = 0o160000, b"160000 "
"""The mode of a submodule in a tree, and as ``ls-files`` writes it."""
_MARKERS = ("..", "@{", ":")
"""What makes a name stand for several commits, for the reflog or for a file."""
_OWN_SETTINGS = (
    # A repository without a working tree answers only where it is named, never because one is found.
    "safe.bareRepository=explicit",
    "core.fsmonitor=false", f"core.hooksPath={os.devnull}", "protocol.allow=never",
)  # fmt: skip
_HONOURED = (
    "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM", "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS",
)  # fmt: skip
"""The variables of git that act. All others do not: a hook's git sets some of them for the repository
that the commit is made in, and the repository that counts is the one that the folder lies in."""
_HONOURED_STARTS = ("GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_")
_QUARANTINE = ("GIT_QUARANTINE_PATH", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES")
"""Where the objects of a push lie until the server's hooks accept it."""
_SET = {
    # What a partial clone lacks is not fetched: no command of ours uses the network. The second
    # variable says so to a git before 2.45, which does not know the first.
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "LC_ALL": "C",
}


def git_environment(folder: str) -> dict[str, str]:
    """Return the environment that git runs in, for a repository that is found from a folder."""
    environ = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name in _HONOURED or name.startswith(_HONOURED_STARTS)
    }
    if "GIT_QUARANTINE_PATH" in os.environ:
        environ |= {name: os.environ[name] for name in _QUARANTINE if name in os.environ}
    return environ | _SET | {"PATH": search_path(folder, environ.get("PATH", os.defpath))}


def git_command(environ: Mapping[str, str]) -> list[str]:
    """Return how git is started: the program, and the settings that hold whatever the clone says.

    Raises:
        ToolError: there is no git in ``PATH``, less the places that belong to the repository.
    """
    # One folder at a time: without one, Windows would look in the current directory first.
    places = filter(None, environ["PATH"].split(os.pathsep))
    program = next(filter(None, (shutil.which(os.path.join(place, "git")) for place in places)), None)
    if program is None:
        raise ToolError(msg("git, which reads revisions, is not in PATH"))
    return [program, "--no-pager", *(part for item in _OWN_SETTINGS for part in ("-c", item))]


def is_safe_name(name: bytes, *, windows: bool = os.name == "nt") -> bool:
    """Return True if an entry of a tree can be a file or a folder of a checkout.

    Args:
        name: the entry's name.
        windows: judge it as on Windows, where more signs separate or lead elsewhere.
    """
    if name in (b"", b".", b"..") or b"/" in name or name.lower() == b".git":
        return False
    return not (windows and (b"\\" in name or b":" in name))


def object_id(data: bytes, like: str) -> str:
    """Return the digest by which git knows some bytes, made as another one is (SHA-1, or SHA-256)."""
    import hashlib  # noqa: PLC0415 - few commands ask for it

    made = hashlib.new("sha256" if len(like) == 64 else "sha1", usedforsecurity=False)
    made.update(b"blob %d\0" % len(data))
    made.update(data)
    return made.hexdigest()


class GitRepository:
    """The git repository that a folder lies in, and how git is run for it."""

    def __init__(self, base: str) -> None:
        """Find the repository.

        Args:
            base: the folder, an absolute path of the operating system, in a git working tree.

        Raises:
            ToolError: there is no git, or the folder is in no git repository.
        """
        self.base = base
        self._repository, self.top, self.is_bare = self._find_repository()
        self._prefix = self._find_prefix()

    def submodules(self, folder: str) -> Iterator[str]:
        """Yield the submodules below a folder that the index has: entries of mode 160000.

        Args:
            folder: relative to the base; empty for the base itself.
        """
        place = f"{self._prefix}{folder}" or "."
        status, found, _ = self._git("--literal-pathspecs", "ls-files", "--stage", "-z", "--", place)
        for line in found.split(b"\0") if status == 0 and not self.is_bare else ():
            facts, _, name = line.partition(b"\t")
            if facts.startswith(_GITLINK_MODE):
                yield os.fsdecode(name).removeprefix(self._prefix)

    def _find_repository(self) -> tuple[list[str], str, bool]:
        """Return how git is pointed at the repository, the top of its working tree, and if it is bare.

        It is the one whose ``.git`` is the nearest upward. Git looks for it, and so judges whose it is
        and what it may read, but only from the folder that holds the ``.git``: from a folder below, it
        would take one that looks like a bare repository for the real one.
        """
        real = os.path.realpath(self.base)
        root = checkout_root(real)
        if not root:
            return self._find_named(real)
        folder, is_bare, cdup = self._asked_for("-C", root)
        if is_bare:
            self._fail_outside()
        # The way up leads to another repository where this `.git` is none. Else it comes from
        # `core.worktree`, which moves the working tree away from the files that are checked.
        above = os.path.normpath(os.path.join(root, cdup))
        top = above if os.path.lexists(os.path.join(above, ".git")) else root
        return [f"--git-dir={folder}", f"--work-tree={top}", "-C", top], top, False

    def _find_named(self, real: str) -> tuple[list[str], str, bool]:
        """Return the repository that ``GIT_DIR`` names, as git does for a server's hooks, or the base.

        The base is one itself where it is a bare repository, and is not laid out as a checkout.
        """
        named = os.environ.get("GIT_DIR")
        place = os.path.abspath(named) if named else real
        if not named and os.path.lexists(os.path.join(real, _SETTINGS_FILE)):
            self._fail_outside()
        if named:
            folder, is_bare, _ = self._asked_for(f"--git-dir={place}")
        else:
            folder, is_bare, _ = self._asked_for("-c", "safe.bareRepository=all", "-C", place)
            if not is_bare or os.path.realpath(folder) != real:
                self._fail_outside()
        top = real if is_bare else os.path.realpath(os.environ.get("GIT_WORK_TREE") or os.getcwd())
        if not is_below(real, top):
            self._fail_outside()
        return [f"--git-dir={folder}", "-C", top], top, is_bare

    def _asked_for(self, *place: str) -> tuple[str, bool, str]:
        """Return the repository that git finds at a place, if it is bare, and the way up to its top."""
        self._repository = list(place)
        status, answer, complaint = self._git(
            "rev-parse", "--is-bare-repository", "--show-cdup", "--absolute-git-dir"
        )
        if status == 0:
            is_bare, _, rest = os.fsdecode(answer.removesuffix(b"\n")).partition("\n")
            if is_bare == "true":  # there is no way up
                return rest, True, ""
            cdup, _, folder = rest.partition("\n")
            return folder, False, cdup
        if b"dubious ownership" not in complaint:
            self._fail_outside()
        message = msg(
            "git reads no repository of another user; `git config --global --add safe.directory "
            "{folder}` allows it",
            folder=self.base,
        )
        raise ToolError(message)

    def _fail_outside(self) -> NoReturn:
        raise ToolError(msg("{folder} is in no git repository", folder=self.base))

    def _find_prefix(self) -> str:
        """Return the base's place in the repository; empty at its top, else ending in ``/``."""
        relative = os.path.relpath(os.path.realpath(self.base), self.top).replace(os.sep, "/")
        return "" if relative == "." else f"{relative}/"

    def _git(self, *arguments: str) -> tuple[int, bytes, bytes]:
        """Return git's exit status, what it prints and what it complains of."""
        process = self._started(*arguments, stderr=subprocess.PIPE)
        found, complaint = process.communicate()
        return process.returncode, found, complaint

    def _started(self, *arguments: str, stderr: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        environ = git_environment(self.base)
        command = git_command(environ)
        try:
            return subprocess.Popen(  # noqa: S603 - the arguments are ours, a revision's name guarded
                [*command, *self._repository, *arguments],
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


def submodules(base: str, folder: str, places: Iterable[str]) -> list[str]:
    """Return which places are submodules by the index of the repository; none where git has no answer.

    Args:
        base: the base folder, an absolute path of the operating system.
        folder: where to look, relative to the base.
        places: paths relative to the base.
    """
    try:
        return sorted(set(places).intersection(GitRepository(base).submodules(folder)))
    except ToolError:
        return []  # files are checked outside git as well


class RevisionTree(GitRepository):
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
        self.revision = revision
        self._batches: dict[int, subprocess.Popen[bytes]] = {}
        self._trees: dict[bytes, list[tuple[int, str, bytes]]] = {}
        super().__init__(base)
        self.commit = self._find_commit()
        """The commit's digest."""
        self._blobs: dict[str, bytes] = {}
        self._links: set[str] = set()
        self._submodules: set[str] = set()
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
        """Yield what ``walk`` leaves out below a folder: symlinks, submodules, hidden files.

        Raises:
            ToolError: git cannot list the files.
        """
        self._list(folder)
        return others_of(self._blobs, self._links, folder, self._submodules)

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
        return self._object(self._blobs[path], b"blob", path, limit)

    def _object(self, name: bytes, kind: bytes, path: str, limit: int) -> bytes:
        """Return an object's bytes, at most ``limit`` of them; ``path`` is for the message."""
        # One for each process: those forked from ours must not read the answers to its questions.
        batch = self._batches.get(os.getpid())
        if batch is None:
            batch = self._batches[os.getpid()] = self._started("cat-file", "--batch")
        incoming, outgoing = batch.stdin, batch.stdout
        assert incoming is not None  # noqa: S101 - it was opened with pipes
        assert outgoing is not None  # noqa: S101
        try:
            incoming.write(name + b"\n")
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
        if header[1] != kind:
            self._fail_unsafe(path)
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
        """Learn the objects of the regular files at or below a place, which may not exist.

        The tree objects are read one by one, since a listing by git hides where a name holds a slash.
        """
        if place in self._listed or "" in self._listed:
            return
        self._listed.add(place)
        tree = f"{self.commit}^{{tree}}".encode()
        parts = [part for part in f"{self._prefix}{place}".split("/") if part]
        at = ""
        for number, part in enumerate(parts):
            found = [entry for entry in self._entries(tree, at) if entry[1] == part]
            at = f"{at}/{part}" if at else part
            if not found:
                return
            ((mode, _, tree),) = found
            if not stat.S_ISDIR(mode):
                if number == len(parts) - 1:
                    self._learn(mode, at, tree)
                return
        self._list_below(tree, at)

    def _list_below(self, tree: bytes, at: str) -> None:
        """Learn the files of a tree; without recursion, as deep as a path can be."""
        count = 0
        pending = [(at, iter(self._entries(tree, at)))]
        while pending:
            above, entries = pending[-1]
            entry = next(entries, None)
            if entry is None:
                pending.pop()
                continue
            mode, name, digest = entry
            path = f"{above}/{name}" if above else name
            count += 1
            if count > _MAX_FILES:
                message = msg(
                    "{revision} has more than {limit} files below {folder}",
                    revision=self.revision,
                    limit=_MAX_FILES,
                    folder=at or ".",
                )
                raise UsageError(message)
            if len(path) > _MAX_PATH:
                self._fail_unsafe(f"{path[:80]}…")
            if stat.S_ISDIR(mode):
                pending.append((path, iter(self._entries(digest, path))))
            else:
                self._learn(mode, path, digest)

    def _learn(self, mode: int, path: str, digest: bytes) -> None:
        relative = path.removeprefix(self._prefix)
        if stat.S_ISREG(mode):
            self._blobs[relative] = digest
        elif stat.S_ISLNK(mode):
            self._links.add(relative)
        elif stat.S_IFMT(mode) == _GITLINK:
            self._submodules.add(relative)

    def _entries(self, tree: bytes, path: str) -> list[tuple[int, str, bytes]]:
        """Return the mode, name and digest of each entry of a tree object.

        Raises:
            UsageError: it holds a name that no checkout can have, or one twice.
        """
        if tree in self._trees:
            return self._trees[tree]
        data = self._object(tree, b"tree", path or ".", _MAX_TREE)
        size = len(self.commit) // 2
        found, names, start = [], set(), 0
        while start < len(data):
            try:
                space = data.index(b" ", start)
                end = data.index(b"\0", space)
                mode = int(data[start:space], 8)
            except ValueError:
                self._fail_unsafe(path)
            name = data[space + 1 : end]
            shown = os.fsdecode(name)
            if not is_safe_name(name) or name in names:
                self._fail_unsafe(f"{path}/{shown}" if path else shown)
            names.add(name)
            start = end + 1 + size
            found.append((mode, shown, data[end + 1 : start].hex().encode()))
        self._trees[tree] = found
        return found

    def _fail_unsafe(self, path: str) -> NoReturn:
        raise UsageError(
            msg(
                "{revision} holds an entry that no checkout can have: {path}; a damaged or forged "
                "revision is not read",
                revision=self.revision,
                path=path,
            )
        )

    def _find_commit(self) -> str:
        name = self.revision
        is_name = min(name, default="") >= " " and not any(marker in name for marker in _MARKERS)
        if not is_name or name.startswith(("-", "^")):
            raise UsageError(
                msg(
                    "git knows no revision {revision}; write a branch, a tag or a commit's digest, such "
                    "as origin/main",
                    revision=name,
                )
            )
        verify = ("rev-parse", "--verify", "--quiet", "--end-of-options")
        status, commit, _ = self._git(*verify, f"{name}^{{commit}}")
        if status:
            self._fail_unknown(is_object=self._git(*verify, f"{name}^{{object}}")[0] == 0)
        return commit.strip().decode()

    def _fail_unknown(self, *, is_object: bool) -> NoReturn:
        if is_object:
            raise UsageError(
                msg(
                    "{revision} is no commit; write a branch, a tag or a commit's digest, such as "
                    "origin/main",
                    revision=self.revision,
                )
            )
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
