"""What lies in an output folder, and how it differs from what shall lie there: nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from wakagitops.core.digests import bytes_digest
from wakagitops.core.errors import ToolError
from wakagitops.core.messages import Message, counted, msg
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.render.manifest import (
    CACHE_BUST,
    MANIFEST,
    PENDING,
    BadManifestError,
    Entry,
    Manifest,
    decode,
    encode,
    kept,
)
from wakagitops.render.output_dir import Found, Kind, ObstructedError, OutFolder

_MAX_MANIFEST = 1 << 29
"""The largest manifest that is read, in bytes; 100,000 shops with six files each need 130 MB."""


def no_data(files: Sequence[Entry]) -> Mapping[str, bytes]:
    """Return nothing: where no file shall lie, none is written."""
    del files
    return {}


def any_path(path: str) -> bool:
    """Return True: every path may be one of a target."""
    del path
    return True


def no_path(path: str) -> bool:
    """Return False: no path may be one of a target."""
    del path
    return False


class Want(NamedTuple):
    """What shall lie in the output folder of one environment."""

    environment: str
    """Empty where the repository has no environments."""
    files: tuple[Entry, ...]
    cache_bust: bytes | None = None
    """The bytes of ``cache-bust.json``; None leaves the file as it is."""
    targets: frozenset[str] | None = None
    """The targets that may be written and removed; None for all of them."""
    is_gone: bool = False
    """The environment is no more: its files go, its manifest too."""
    data: Callable[[Sequence[Entry]], Mapping[str, bytes]] = no_data
    """Returns the bytes of some of the files by their paths; asked before anything is written."""
    is_ours: Callable[[str], bool] = any_path
    """True if a target could have written a path; else a manifest that names it is not followed."""


class State(NamedTuple):
    """What is known of an output folder from its manifests."""

    manifest: Manifest | None = None
    """The deployment; None where the folder is incomplete or new."""
    data: bytes = b""
    """The bytes of ``manifest.json``."""
    pending: Manifest | None = None
    """What a run that did not finish left."""

    @property
    def before(self) -> Manifest:
        """Return the last whole deployment."""
        return self.manifest or self.pending or Manifest()

    @property
    def is_new(self) -> bool:
        """Tell whether no run of ours was ever here."""
        return self.manifest is None and self.pending is None

    @property
    def is_incomplete(self) -> bool:
        """Tell whether a run was stopped before its commit."""
        return self.manifest is None and self.pending is not None


class Seen(NamedTuple):
    """What is known of the files of an output folder without reading them."""

    device: int = 0
    """The file system that the folder is on."""
    since: int = 0
    """A time of its clock from before anything was looked at, in nanoseconds; 0 where it has none."""
    marks: Mapping[str, Mapping[str, str]] = {}
    """By environment and path, the mark of a file whose bytes were read."""
    states: Mapping[str, State] = {}
    """By environment, the state that this run has brought the folder to."""


class Comparison(NamedTuple):
    """How a folder differs from what shall lie there, and what to do about it."""

    want: Want
    state: State = State()
    after: State = State()
    """The state that the folder shall be in."""
    missing: tuple[Entry, ...] = ()
    stale: tuple[Entry, ...] = ()
    """Files whose bytes are others."""
    exposed: tuple[Entry, ...] = ()
    """Files that strangers may read and should not; a checkout from git makes them so."""
    unwanted: tuple[str, ...] = ()
    """Files of ours that shall go."""
    leftover: tuple[str, ...] = ()
    """Paths that were ours and hold nothing of ours any more: only empty folders may have stayed."""
    room: tuple[str, ...] = ()
    """Where only files of ours that shall go are in the way: files for folders, or folders for files."""
    obstacles: tuple[Message, ...] = ()
    """What is in the way and is not ours."""
    is_cache_bust_stale: bool = False
    kept: tuple[str, ...] = ()
    """What a manifest names and wakagitops did not write: it stays, and is no longer listed."""
    marks: Mapping[str, str] = {}
    """By path, what tells each file that is as it shall be from what it may become (``Seen``)."""

    @property
    def written(self) -> tuple[Entry, ...]:
        """Return the files to write."""
        return (*self.missing, *self.stale, *self.exposed)

    @property
    def is_current(self) -> bool:
        """Tell whether the deployment is whole and as it shall be, but for modes and caches."""
        if self.want.is_gone:
            return self.state.is_new
        is_same = self.state.data == self.after.data
        return is_same and not (self.missing or self.stale or self.unwanted or self.obstacles)

    @property
    def is_settled(self) -> bool:
        """Tell whether there is nothing at all to do here."""
        rest = self.exposed or self.state.pending is not None or self.is_cache_bust_stale
        return self.is_current and not rest


def load(folder: OutFolder, expected: State = State()) -> State:  # noqa: B008 - a value
    """Read the manifests of an output folder.

    Args:
        folder: the folder.
        expected: the state that it may well be in.

    Raises:
        ToolError: one of them is no regular file, or nothing that should be followed.
        OSError: one of them cannot be read.
    """
    data, manifest = _load(folder, MANIFEST, expected)
    return State(manifest, data, _load(folder, PENDING)[1])


class _Reader:
    """Tells which files of a folder hold what they shall, and reads only those that may have changed."""

    def __init__(self, folder: OutFolder | None, known: Mapping[str, str], seen: Seen) -> None:
        self._folder = folder
        self._known = known
        self._seen = seen
        self.marks: dict[str, str] = {}

    def holds(self, found: Found, entry: Entry) -> bool:
        """Tell whether what stands at an entry's path has its bytes."""
        if self._folder is None or found.kind is not Kind.FILE or found.size != entry.size:
            return False
        mark = _mark(found, entry)
        if self._known.get(entry.path) != mark:
            try:
                if self._folder.digest(entry.path) != entry.sha256:
                    return False
            except (PermissionError, ObstructedError):
                return False
        if found.device == self._seen.device and found.ctime < self._seen.since:
            # A younger one could be changed in this very tick of the clock, and look the same.
            self.marks[entry.path] = mark
        return True


def _mark(found: Found, entry: Entry) -> str:
    """Return a digest of what the system says of a file, and of what it holds."""
    numbers = b"%d %d %d %d %d " % (found.device, found.inode, found.size, found.mtime, found.ctime)
    return bytes_digest(numbers + entry.sha256.encode())


def compare(folder: OutFolder | None, want: Want, seen: Seen = Seen()) -> Comparison:  # noqa: B008 - a value
    """Compare an output folder with what shall lie there.

    Args:
        folder: the folder; None where it does not exist.
        want: what shall lie there.
        seen: what is known of its files.

    Raises:
        ToolError: a manifest should not be followed, or ``targets`` leaves some out and the folder
            is incomplete.
        OSError: the folder cannot be read.
    """
    expected = seen.states.get(want.environment, State())
    state = load(folder, expected) if folder is not None else State()
    if want.targets is not None and state.is_incomplete:
        message = msg(
            "the last render into {folder} did not finish; run render once without --target",
            folder=folder.path if folder is not None else "",
        )
        raise ToolError(message)
    before = state.before
    owned = before.owned
    files = sorted(want.files)
    paths = {file.path for file in files}
    entries = list(files)
    if want.targets is not None:
        entries += [
            entry
            for entry in before.files
            if entry.target not in want.targets and entry.path not in paths
        ]
        entries.sort()
    reader = _Reader(folder, seen.marks.get(want.environment, {}), seen)
    retained: tuple[Entry, ...] = ()
    if folder is not None and not want.is_gone:
        stays = kept(before, entries)
        retained = tuple(
            entry
            for entry in stays
            if want.is_ours(entry.path) and reader.holds(folder.look(entry.path), entry)
        )
    gone = _gone(folder, want, state, reader, {entry.path for entry in (*entries, *retained)})
    leaving = [*gone.unwanted, *gone.leftover]

    missing: list[Entry] = []
    stale: list[Entry] = []
    exposed: list[Entry] = []
    room: list[str] = []
    obstacles: list[Message] = []
    for file in files:
        found = folder.look(file.path) if folder is not None else Found(Kind.ABSENT, file.path)
        if found.kind is Kind.ABSENT:
            missing.append(file)
        elif _yields(found, leaving):
            missing.append(file)
            room.append(found.path)
        elif found.kind is not Kind.FILE or file.path not in owned:
            obstacles.append(obstacle(folder, found))
        elif not reader.holds(found, file):
            stale.append(file)
        elif not file.mode & 0o077 and found.mode & 0o077:
            exposed.append(file)
    cache = folder.look(CACHE_BUST) if folder is not None else Found(Kind.ABSENT, CACHE_BUST)
    if want.cache_bust is not None and (
        cache.kind is Kind.OTHER or (state.is_new and cache.kind is Kind.FILE)
    ):
        obstacles.append(obstacle(folder, cache))
    manifest = Manifest(want.environment, tuple(entries), retained)
    after = expected if expected.manifest == manifest else State(manifest, encode(manifest))
    return Comparison(
        want,
        state,
        after,
        tuple(missing),
        tuple(stale),
        tuple(exposed),
        tuple(gone.unwanted),
        tuple(gone.leftover),
        tuple(room),
        tuple(obstacles),
        want.cache_bust is not None and not _holds(folder, cache, want.cache_bust),
        tuple(gone.kept),
        reader.marks,
    )


class _Gone(NamedTuple):
    """The paths that a manifest names and that no file is wanted at."""

    unwanted: list[str]
    leftover: list[str]
    kept: list[str]


def _gone(
    folder: OutFolder | None, want: Want, state: State, reader: _Reader, wanted: AbstractSet[str]
) -> _Gone:
    """Return what to do about the paths that a manifest names and that no file is wanted at.

    A manifest may be anybody's: a file only goes where a target could have written it and its bytes
    are those that the manifest says.
    """
    gone = _Gone([], [], [])
    if folder is None:
        return gone
    claims: dict[str, list[Entry]] = {path: [] for path in state.before.owned - wanted}
    for entry in state.before.entries:
        if entry.path not in wanted:
            claims[entry.path].append(entry)
    for path in sorted(claims):
        found = folder.look(path)
        if found.kind is Kind.ABSENT:
            if want.is_ours(path):
                gone.leftover.append(path)
        elif found.kind is Kind.FILE:
            is_ours = want.is_ours(path) and any(reader.holds(found, entry) for entry in claims[path])
            (gone.unwanted if is_ours else gone.kept).append(path)
        elif not (found.is_folder or found.path in claims or found.path in wanted):
            gone.kept.append(path)
    return gone


def refuse_obstacles(comparison: Comparison) -> None:
    """Stop when something that is not ours is in the way of a file.

    Raises:
        ToolError: something is, with the first such thing named.
    """
    obstacles = comparison.obstacles
    if len(obstacles) == 1:
        raise ToolError(obstacles[0])
    if obstacles:
        raise ToolError(
            counted(
                "{first} (and {count} more like it)",
                "{first} (and {count} more like it)",
                len(obstacles) - 1,
                first=obstacles[0],
            )
        )


def _load(
    folder: OutFolder,
    name: str,
    expected: State = State(),  # noqa: B008 - a value
) -> tuple[bytes, Manifest | None]:
    found = folder.look(name)
    if found.kind is Kind.ABSENT:
        return b"", None
    if found.kind is not Kind.FILE:
        raise ToolError(obstacle(folder, found))
    data = folder.read(name, _MAX_MANIFEST)
    if expected.manifest is not None and data == expected.data:
        return data, expected.manifest
    try:
        return data, decode(data)
    except BadManifestError as error:
        message = msg(
            "{path} is not a manifest that wakagitops wrote, so nothing in {folder} was touched; "
            "restore it, or render into an empty folder",
            path=f"{folder.path}/{name}",
            folder=folder.path,
        )
        raise ToolError(message) from error


def _yields(found: Found, gone: list[str]) -> bool:
    """Tell whether what is in the way of a file is only files of ours that shall go."""
    if found.kind is Kind.OBSTRUCTED:
        return found.path in gone
    return found.is_folder and any(path.startswith(f"{found.path}/") for path in gone)


def _holds(folder: OutFolder | None, found: Found, data: bytes) -> bool:
    if folder is None or found.kind is not Kind.FILE or found.size != len(data):
        return False
    try:
        return folder.read(found.path, len(data) + 1) == data
    except (PermissionError, ObstructedError):
        return False


def obstacle(folder: OutFolder | None, found: Found) -> Message:
    """Say what is in the way of a file."""
    path = f"{folder.path}/{found.path}" if folder is not None else found.path
    if found.kind is Kind.OBSTRUCTED:
        return msg(
            "{path} is in the way: it is a link or a file where a folder belongs; nothing was written",
            path=path,
        )
    if found.kind is Kind.OTHER:
        return msg(
            "{path} is in the way: it is a folder or a link where a file belongs; nothing was written",
            path=path,
        )
    return msg(
        "{path} is in the way: it is not a file that wakagitops wrote; nothing was written. Move it "
        "away, or choose another folder with --out",
        path=path,
    )
