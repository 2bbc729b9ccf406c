"""``manifest.json``: the files of a deployment, and so which files of an output folder are ours.

The same form, with the paths that a run is about to write, is ``.manifest.pending.json`` while that
run is at work.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.patterns import regex
from wakagitops.render.files import RenderedFile

MANIFEST = "manifest.json"
PENDING = ".manifest.pending.json"
CACHE_BUST = "cache-bust.json"
RESERVED = frozenset((MANIFEST, PENDING, CACHE_BUST))
"""Names at the top of an output folder that no target may use."""
_FOLDERS = ("shops/", "public/", "kubernetes/")
"""Where the built-in targets write."""
PUBLIC_TARGET = "public"
"""The target whose files a browser asks for."""

_VERSION = 1
_DIGEST = regex(r"[0-9a-f]{64}\Z")
_MODE = regex(r"0[0-7]{3}\Z")
_NAME_HASH = regex(r"\.([0-9a-f]{8,64})\.[^.]+\Z")
_ODD = regex(r"[\x00-\x1f\x7f\\]")
_KEYS = ("path", "sha256", "bytes", "mode", "shop", "target")
_TYPES = (str, str, int, str, str, str)
_NO_NAME = regex(r"/\.{0,2}/")
_MAX_PATH = 4096
_line = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode
_text = json.encoder.encode_basestring


class Entry(NamedTuple):
    """One file of a deployment."""

    path: str
    """Relative to the output folder of the environment, with ``/``."""
    sha256: str
    """Of the file's bytes, 64 hexadecimal digits."""
    size: int
    """In bytes."""
    mode: int
    shop: str
    """The shop's id; empty for a file of the whole fleet."""
    target: str

    @property
    def is_hashed(self) -> bool:
        """Tell whether this is a public file whose name holds the digest of its own bytes."""
        if self.target != PUBLIC_TARGET:
            return False
        found = _NAME_HASH.search(self.path)
        return found is not None and self.sha256.startswith(found[1])


class Manifest(NamedTuple):
    """What a manifest file says."""

    environment: str = ""
    """The environment that the folder is for; empty where there are none."""
    files: tuple[Entry, ...] = ()
    """The deployment, sorted by path."""
    retained: tuple[Entry, ...] = ()
    """Hashed public files of the state before, which cached pages still ask for; sorted by path."""
    pending: tuple[str, ...] = ()
    """The paths that an unfinished run was about to write; sorted."""
    writing: tuple[Entry, ...] = ()
    """What that run was about to write there, so that it is known again; sorted."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return every file that the manifest claims; a path may stand there twice."""
        return (*self.files, *self.retained, *self.writing)

    @property
    def owned(self) -> frozenset[str]:
        """Return every path that the manifest claims."""
        return frozenset((*(entry.path for entry in self.entries), *self.pending))


class BadManifestError(ValueError):
    """The bytes are no manifest of ours, or one that nobody should follow."""


def entry_of(file: RenderedFile) -> Entry:
    """Return the manifest's entry of a file."""
    digest = sha256(file.data).hexdigest()
    return Entry(file.path, digest, len(file.data), file.mode, file.shop, file.target)


def shape(declared: Iterable[str] = ()) -> Callable[[str], bool]:
    """Return a predicate: True if a target could have written a path.

    Args:
        declared: the paths that the targets of a team declare; ``{shop}`` stands for a shop's id.
    """
    patterns = [
        regex(re.escape(path).replace(re.escape("{shop}"), "[a-z0-9-]{1,50}") + r"\Z")
        for path in declared
    ]

    def could_be_written(path: str) -> bool:
        if any(part.casefold() == ".git" for part in path.split("/")):
            return False
        return path.startswith(_FOLDERS) or any(pattern.match(path) for pattern in patterns)

    return could_be_written


def is_safe_path(path: str) -> bool:
    """Tell whether a path stays below the folder that it is relative to, and is written one way only."""
    if not path or len(path) > _MAX_PATH or _ODD.search(path) or path in RESERVED:
        return False
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return _NO_NAME.search(f"/{path}/") is None


def canonical(document: Mapping[str, Any]) -> bytes:
    """Return a JSON document as the same bytes everywhere, one line for each item of its collections.

    Keys are sorted, the encoding is UTF-8, lines end in LF, the last one too; so a change of one
    file is a change of one line.
    """
    members = []
    for key in sorted(document):
        value = document[key]
        if isinstance(value, Mapping) and value:
            body = ",\n".join(f"    {_line(name)}: {_line(value[name])}" for name in sorted(value))
            members.append(f"  {_line(key)}: {{\n{body}\n  }}")
        elif isinstance(value, (list, tuple)) and value:
            body = ",\n".join(f"    {_item(item)}" for item in value)
            members.append(f"  {_line(key)}: [\n{body}\n  ]")
        else:
            members.append(f"  {_line(key)}: {_line(value)}")
    return ("{\n" + ",\n".join(members) + "\n}\n").encode()


def encode(manifest: Manifest) -> bytes:
    """Return the bytes of a manifest file."""
    document: dict[str, Any] = {
        "version": _VERSION,
        "environment": manifest.environment,
        "files": manifest.files,
        "retained": manifest.retained,
    }
    if manifest.pending:
        document["pending"] = manifest.pending
    if manifest.writing:
        document["writing"] = manifest.writing
    return canonical(document)


def decode(data: bytes) -> Manifest:
    """Return what a manifest file says; it may be anybody's, so nothing in it is taken on trust.

    Raises:
        BadManifestError: the bytes are no manifest of version 1, or a path in it is absolute, holds
            ``..``, is one of our own file names or stands there twice.
    """
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        message = "not JSON"
        raise BadManifestError(message) from error
    if not isinstance(document, dict) or document.get("version") != _VERSION:
        message = "not version 1"
        raise BadManifestError(message)
    environment, pending = document.get("environment"), document.get("pending", [])
    if not isinstance(environment, str) or not isinstance(pending, list):
        message = "not in our form"
        raise BadManifestError(message)
    if not all(_is_path(path) for path in pending):
        message = "a path that is not safe"
        raise BadManifestError(message)
    files, retained = _entries(document.get("files")), _entries(document.get("retained", []))
    paths = [entry.path for entry in (*files, *retained)]
    if len(set(paths)) != len(paths):
        message = "a path twice"
        raise BadManifestError(message)
    writing = _entries(document.get("writing", []))
    return Manifest(environment, files, retained, tuple(pending), writing)


def kept(before: Manifest, files: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the hashed public files that outlive the state they were made for.

    A shop's files of the state before stay until its public files change again; those of a shop
    that is gone stay until the next deployment. So a page that was cached before a change still
    finds its script and its data after it.

    Args:
        before: the last whole deployment.
        files: the entries of the next one.
    """
    # Of nearly all shops there is nothing to ask, since their files are the same.
    changed = {entry.shop for entry in {*before.files} ^ {*files}}
    old, new = (
        _hashed(entry for entry in entries if entry.shop in changed) for entries in (before.files, files)
    )
    wanted = {entry.path for entry in files}
    shops = {entry.shop for entry in files}
    is_same = tuple(files) == before.files
    stay = [entry for shop, entries in old.items() if entries != new.get(shop) for entry in entries]
    stay += [
        entry
        for entry in before.retained
        if old.get(entry.shop) == new.get(entry.shop) and (entry.shop in shops or is_same)
    ]
    return tuple(sorted(entry for entry in set(stay) if entry.path not in wanted))


def _hashed(entries: Iterable[Entry]) -> dict[str, set[Entry]]:
    by_shop: dict[str, set[Entry]] = {}
    for entry in entries:
        if entry.is_hashed:
            by_shop.setdefault(entry.shop, set()).add(entry)
    return by_shop


def _item(value: object) -> str:
    if not isinstance(value, Entry):
        return _line(value)
    # There are tens of thousands: written part by part, as json would, in a sixth of the time.
    path, digest, size, mode, shop, target = value
    return (
        f'{{"bytes": {size}, "mode": "{mode:04o}", "path": {_text(path)}, "sha256": {_text(digest)}, '
        f'"shop": {_text(shop)}, "target": {_text(target)}}}'
    )


def _is_path(value: object) -> bool:
    return isinstance(value, str) and is_safe_path(value)


def _entries(items: object) -> tuple[Entry, ...]:
    if not isinstance(items, list):
        message = "no list of files"
        raise BadManifestError(message)
    return tuple(_entry(item) for item in items)


def _entry(item: object) -> Entry:
    values: tuple[Any, ...] = tuple(map(item.get, _KEYS)) if isinstance(item, dict) else ()
    # A pattern of ``match`` says the same, and takes five times as long for tens of thousands.
    if tuple(map(type, values)) == _TYPES:
        path, digest, size, mode, shop, target = values
        if is_safe_path(path) and _DIGEST.match(digest) and size >= 0 and _MODE.match(mode):
            return Entry(path, digest, size, int(mode, 8), shop, target)
    message = "a file that is not described as ours are"
    raise BadManifestError(message)
