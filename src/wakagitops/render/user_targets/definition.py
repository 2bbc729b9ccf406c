"""Reading a target of a team's own: its ``target.toml`` and its templates, checked before use."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from errno import EFBIG
from hashlib import sha256
from re import MULTILINE, escape
from typing import Any, NoReturn

from wakagitops.core.errors import UsageError
from wakagitops.core.messages import Message, msg
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.patterns import regex
from wakagitops.core.safe_files import read_below, refuse_links
from wakagitops.core.suggest import nearest
from wakagitops.core.system_reasons import system_reason
from wakagitops.render.escaping import ESCAPES
from wakagitops.render.files import PRIVATE_MODE, PUBLIC_MODE
from wakagitops.settings.toml_reader import TomlError, read_toml

MANIFEST = "target.toml"
_MAX_FILES, _MAX_BYTES, _MAX_TOGETHER = 100, 256 * 1024, 1024 * 1024
"""How many files a target has and may write for a shop; bytes of one of them, and of all together."""
_MODES = {"0644": PUBLIC_MODE, "0600": PRIVATE_MODE}
_SCOPES = ("shop", "fleet", "public")
_KEYS = ("template", "path", "escape", "mode", "scope")
_PLACEHOLDER = regex(r"\{([^{}]*)\}")


class Output(NamedTuple):
    """One file that a target writes for each shop, or once."""

    template: str
    path: str
    """Relative to the output folder; ``{shop}`` stands for the shop's id."""
    escape: str
    mode: int
    scope: str
    """``shop``; ``fleet`` for one file of all shops; ``public`` for a shop's file that sees only what
    is public."""


class TeamFolder(NamedTuple):
    """A checked folder of templates."""

    shown: str
    """The folder as messages show it, with ``/``."""
    summary: str
    outputs: tuple[Output, ...]
    sources: Mapping[str, str]
    """The templates by name: their paths below the folder."""
    digest: str


def read_folder(base: str, shown: str) -> TeamFolder:
    """Read and check a folder.

    Args:
        base: the folder of ``wakagitops.toml``, which is trusted.
        shown: the folder of the target, relative to it, with ``/``.

    Raises:
        UsageError: it is not there or lies behind a link, or ``target.toml`` or a template is wrong,
            with its line.
    """
    try:
        refuse_links(base, shown)
        texts = dict(_texts(os.path.join(base, shown), shown))
    except OSError as error:
        message = msg("the folder of the target cannot be read: {reason}", reason=system_reason(error))
        raise UsageError(message, path=shown) from error
    if MANIFEST not in texts:
        message = msg("the folder of a target needs a {name} that says what it writes", name=MANIFEST)
        raise UsageError(message, path=shown)
    digest = sha256()
    for name in sorted(texts):
        digest.update(f"{len(name)} {name} {len(texts[name])} ".encode() + texts[name].encode())
    manifest = texts.pop(MANIFEST)
    summary, outputs = _Manifest(f"{shown}/{MANIFEST}", manifest, texts).checked()
    return TeamFolder(shown, summary, outputs, texts, digest.hexdigest())


def _texts(folder: str, shown: str) -> Iterator[tuple[str, str]]:
    """Yield the manifest and every template below a folder; no link is followed."""
    count = together = 0
    for place, folders, files in os.walk(folder, onerror=_raise):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for file in sorted(files):
            path = os.path.join(place, file)
            name = os.path.relpath(path, folder).replace(os.sep, "/")
            if os.path.islink(path) or not (name == MANIFEST or file.endswith(".j2")):
                continue
            count += 1
            if count > _MAX_FILES:
                raise UsageError(msg("a target has at most {limit} files", limit=_MAX_FILES), path=shown)
            try:
                data = read_below(folder, name, _MAX_BYTES)
            except OSError as error:
                message = msg("the file cannot be read: {reason}", reason=system_reason(error))
                if error.errno == EFBIG:
                    message = msg("a template has at most {limit} bytes", limit=_MAX_BYTES)
                raise UsageError(message, path=f"{shown}/{name}") from error
            together += len(data)
            if together > _MAX_TOGETHER:
                raise UsageError(
                    msg(
                        "the files of a target have at most {limit} bytes together", limit=_MAX_TOGETHER
                    ),
                    path=shown,
                )
            try:
                text = data.decode("utf-8")
            except UnicodeDecodeError as error:
                raise UsageError(msg("the file is not UTF-8"), path=f"{shown}/{name}") from error
            yield name, text.replace("\r\n", "\n")


def _raise(error: OSError) -> NoReturn:
    raise error


class _Manifest:
    """Checks a ``target.toml`` key by key."""

    def __init__(self, path: str, text: str, sources: Mapping[str, str]) -> None:
        self.path = path
        self.text = text
        self.sources = sources

    def checked(self) -> tuple[str, tuple[Output, ...]]:
        try:
            table = read_toml(self.text)
        except TomlError as error:
            fault = error.fault
            raise UsageError(
                fault.message, path=self.path, line=fault.line, column=fault.column
            ) from None
        self.known(table, ("summary", "files"), None)
        summary = table.get("summary", "")
        if not isinstance(summary, str):
            self.fail(msg("{key} must be a text", key="summary"), None, "summary")
        files = table.get("files")
        if not isinstance(files, list) or not files or not all(isinstance(item, dict) for item in files):
            self.fail(msg("say what the target writes, each file in a table [[files]]"), None, "files")
        if len(files) > _MAX_FILES:
            self.fail(msg("a target writes at most {limit} files", limit=_MAX_FILES), _MAX_FILES)
        return summary, tuple(self.output(index, item) for index, item in enumerate(files))

    def output(self, index: int, item: dict[str, Any]) -> Output:
        self.known(item, _KEYS, index)
        texts = {"mode": "0644", "scope": "shop", **item}
        for key in _KEYS:
            if key not in texts:
                self.fail(msg("this file has no {key}", key=key), index)
            if not isinstance(texts[key], str):
                self.fail(msg("{key} must be a text", key=key), index, key)
        for key, allowed in (
            ("template", [name for name in self.sources if name.endswith(".j2")]),
            ("escape", list(ESCAPES)),
            ("mode", list(_MODES)),
            ("scope", list(_SCOPES)),
        ):
            if texts[key] not in allowed:
                choices = ", ".join(allowed)
                self.fail(msg("{key} must be one of: {choices}", key=key, choices=choices), index, key)
        self.path_of(index, texts)
        return Output(
            texts["template"], texts["path"], texts["escape"], _MODES[texts["mode"]], texts["scope"]
        )

    def path_of(self, index: int, texts: Mapping[str, str]) -> None:
        path, scope = texts["path"], texts["scope"]
        placeholders = _PLACEHOLDER.findall(path)
        if [name for name in placeholders if name != "shop"] or "{" in _PLACEHOLDER.sub("", path):
            self.fail(msg("a path holds no other placeholder than {shop}"), index, "path")
        if scope == "fleet" and placeholders:
            self.fail(msg("a file of the whole fleet has no {shop} in its path"), index, "path")
        if scope != "fleet" and not placeholders:
            self.fail(msg("each shop needs a path of its own: write {shop} in it"), index, "path")
        if (scope == "public") is not path.startswith("public/"):
            self.fail(msg("files with scope public, and only they, lie below public/"), index, "path")
        parts = path.split("/")
        if "\\" in path or any(part in ("", ".", "..") for part in parts):
            self.fail(msg("a path is relative to the output folder and stays below it"), index, "path")

    def known(self, table: Mapping[str, Any], keys: tuple[str, ...], index: int | None) -> None:
        for key in table:
            if key in keys:
                continue
            meant = nearest(key, keys)
            if meant is None:
                known = ", ".join(keys)
                self.fail(
                    msg("there is no setting {key}; there are: {known}", key=key, known=known),
                    index,
                    key,
                )
            self.fail(
                msg("there is no setting {key}; did you mean {meant}?", key=key, meant=meant), index, key
            )

    def fail(self, message: Message, index: int | None, key: str = "") -> NoReturn:
        """Stop at a key, in the table ``[[files]]`` of that index or before the first."""
        start = 0
        if index is not None:
            headers = list(regex(r"^[ \t]*\[\[[ \t]*files[ \t]*\]\]", MULTILINE).finditer(self.text))
            start = headers[index].start() if index < len(headers) else 0
        offset = start
        if key:
            found = regex(rf"^[ \t\[]*(\"?{escape(key)}\b)", MULTILINE).search(self.text, start)
            offset = found.start(1) if found else start
        line = self.text.count("\n", 0, offset) + 1
        column = offset - (self.text.rfind("\n", 0, offset) + 1) + 1
        raise UsageError(message, path=self.path, line=line, column=column)
