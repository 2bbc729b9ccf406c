"""``wakagitops.toml``: finding it, reading it strictly, and saying where it is wrong."""

import os
from collections.abc import Callable, Mapping
from re import MULTILINE, escape

from wakagitops.core.errors import UsageError
from wakagitops.core.messages import Message, msg
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.patterns import regex
from wakagitops.core.safe_files import read_below, read_named
from wakagitops.core.suggest import nearest
from wakagitops.core.system_reasons import system_reason
from wakagitops.core.typed import Any, NoReturn
from wakagitops.settings.repository import Layout
from wakagitops.settings.toml_reader import TomlError, read_toml

FILE_NAME = "wakagitops.toml"
LANGUAGES = ("en", "es")
_MAX_PATH, _MAX_NAME = 1024, 255
"""The most bytes of a path that the settings name, and of one name in it."""
SEVERITIES = ("error", "warning", "note", "off")


class Options(NamedTuple):
    """What ``wakagitops.toml`` says, checked for shape; rule ids and options are checked later."""

    base: str
    """The folder that all paths are relative to, an absolute path of the operating system."""
    path: str = ""
    """The file itself, relative to the base or absolute; empty where there is none."""
    text: str = ""
    """The file's text, for the places of what is wrong in it."""
    revision: str = ""
    """The git revision that the file was read from, as it was named; empty for the working tree."""
    commit: str = ""
    """The digest of that revision's commit."""
    layout: Layout = Layout()
    lang: str = ""
    targets: tuple[str, ...] = ("settings", "public")
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, str] = {}
    """Rule id or group to severity, or ``off``."""
    rules: Mapping[str, Mapping[str, Any]] = {}
    """Rule id to the options set for it."""
    per_path_ignores: Mapping[str, tuple[str, ...]] = {}
    """Path pattern to the rule ids and groups that are not reported there."""
    baseline: str = ""
    team_rules: str = ""
    """The folder of the team's own rules; loaded only where the caller allows code."""
    team_targets: Mapping[str, str] = {}
    """Name of a target of the team's own to its folder of templates."""
    render: Mapping[str, Mapping[str, Any]] = {}
    """Name of a target to the options set for it."""

    @property
    def shown(self) -> str:
        """Return how messages name the file: with its revision, where it is not the working tree's."""
        return f"{self.revision}:{self.path}" if self.revision else self.path

    def fail(self, message: Message, *path: str) -> NoReturn:
        """Stop because a value in the file is wrong.

        Args:
            message: what is wrong and what to write instead.
            path: the keys that lead to the value, whose place is shown.

        Raises:
            UsageError: always.
        """
        line, column = _locate(self.text, path)
        raise UsageError(message, path=self.shown, line=line, column=column)


TEXT_LISTS = ("exclude", "environments", "targets", "select", "ignore")
TEXTS = ("root", "lang", "baseline", "team_rules")
TABLES = ("severity", "rules", "per_path_ignores", "team_targets", "render")
KEYS = (*TEXTS, *TEXT_LISTS, *TABLES)


def find(start: str) -> tuple[str, str]:
    """Return the base folder and the ``wakagitops.toml`` that hold for a folder.

    The file is the nearest one upward, never above the git root; the base is its folder, else the
    git root, else the folder itself. The file is empty where there is none.
    """
    folder = start
    while True:
        candidate = os.path.join(folder, FILE_NAME)
        if os.path.lexists(candidate):
            return folder, candidate
        is_git_root = os.path.lexists(os.path.join(folder, ".git"))
        above = os.path.dirname(folder)
        if is_git_root:
            return folder, ""
        if above == folder:
            return start, ""
        folder = above


def is_outside(relative: str) -> bool:
    """Tell whether a path relative to the base leads out of it."""
    return relative == ".." or relative.startswith("../")


Parse = Callable[[str], dict[str, Any]]
"""Makes a table of a text in TOML, or raises TomlError."""


def load(
    start: str, named: str | None = None, kept: Callable[[str, str, Parse], dict[str, Any]] | None = None
) -> Options:
    """Read the ``wakagitops.toml`` that holds for a folder, or the named one.

    Args:
        start: the folder.
        named: the file, where it is named.
        kept: returns the table of a text for a base folder, from a cache where it can.

    Raises:
        UsageError: the named file does not exist, or the file is wrong, with its line and column.
    """
    if named is None:
        base, path = find(start)
        if not path:
            return Options(base)
    else:
        path = os.path.abspath(os.path.join(start, named))
        base = os.path.dirname(path)
    try:
        data = read_below(base, FILE_NAME) if named is None else read_named(path)
    except OSError as error:
        message = msg("{path} cannot be read: {reason}", path=named or path, reason=system_reason(error))
        raise UsageError(message) from error
    relative = os.path.relpath(path, start)
    if kept is None:
        return parse(base, relative, data)
    return parse(base, relative, data, lambda text: kept(base, text, read_toml))


def parse(base: str, path: str, data: bytes, table_of: Parse = read_toml) -> Options:
    """Check the bytes of a ``wakagitops.toml`` and return what it says.

    Raises:
        UsageError: it is no TOML, or a key or value is not one of ours.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(msg("the file is not UTF-8"), path=path, line=1, column=1) from error
    try:
        table = table_of(text)
    except TomlError as error:
        fault = error.fault
        raise UsageError(fault.message, path=path, line=fault.line, column=fault.column) from None
    try:
        return _Checked(Options(base, path, text), table).options()
    except UsageError as error:
        if table.get("lang") in LANGUAGES:
            error.lang = table["lang"]
        raise


class _Checked:
    """Checks a parsed table key by key against what the file may hold."""

    def __init__(self, blank: Options, table: dict[str, Any]) -> None:
        self.blank = blank
        self.table = table

    def options(self) -> Options:
        for key in self.table:
            if key not in KEYS:
                unknown_key(self.blank, key, KEYS)
        texts = {key: self.text(key) for key in TEXTS if key in self.table}
        lists = {key: self.texts(key) for key in TEXT_LISTS if key in self.table}
        if texts.get("lang", "en") not in LANGUAGES:
            self.blank.fail(msg('lang must be "en" or "es"'), "lang")
        root = _inside(self.blank, texts.get("root", Layout().root), "root")
        return self.blank._replace(
            layout=Layout(
                root, lists.get("exclude", ()), self.environments(lists, root), self.named(texts)
            ),
            lang=texts.get("lang", ""),
            baseline=_inside(self.blank, texts.get("baseline", ""), "baseline"),
            team_rules=_inside(self.blank, texts.get("team_rules", ""), "team_rules"),
            targets=lists.get("targets", self.blank.targets),
            select=lists.get("select", ()),
            ignore=lists.get("ignore", ()),
            severity=self.severity(),
            rules=self.rules(),
            per_path_ignores=self.per_path_ignores(),
            team_targets=self.team_targets(),
            render=self.render(),
        )

    def environments(self, lists: Mapping[str, tuple[str, ...]], root: str) -> tuple[str, ...]:
        names = lists.get("environments", ())
        for name in names:
            if not name or "/" in name or name.startswith((".", "_")):
                message = msg("an environment is the name of a folder directly under {root}", root=root)
                self.blank.fail(message, "environments")
        return names

    def named(self, texts: Mapping[str, str]) -> tuple[str, ...]:
        """Return the files and folders that are named for something else than settings."""
        places = (texts.get("baseline"), texts.get("team_rules"), *self.team_targets().values())
        return tuple(os.path.normpath(place).replace(os.sep, "/") for place in places if place)

    def severity(self) -> dict[str, str]:
        severity = self.mapping("severity")
        for rule, value in severity.items():
            if value not in SEVERITIES:
                message = msg(
                    'the severity of {rule} must be "error", "warning", "note" or "off"', rule=rule
                )
                self.blank.fail(message, "severity", rule)
        return severity

    def rules(self) -> dict[str, dict[str, Any]]:
        rules = self.mapping("rules")
        for rule, value in rules.items():
            if not isinstance(value, dict):
                message = msg('options of a rule stand in a table: [rules."{rule}"]', rule=rule)
                self.blank.fail(message, "rules", rule)
        return rules

    def per_path_ignores(self) -> dict[str, tuple[str, ...]]:
        ignores = self.mapping("per_path_ignores")
        for pattern, value in ignores.items():
            if not _is_texts(value):
                message = msg("the rules to ignore for a path are a list of texts")
                self.blank.fail(message, "per_path_ignores", pattern)
        return {pattern: tuple(value) for pattern, value in ignores.items()}

    def team_targets(self) -> dict[str, str]:
        folders = self.mapping("team_targets")
        for name, folder in folders.items():
            if not isinstance(folder, str):
                message = msg("a target is named with its folder, a text")
                self.blank.fail(message, "team_targets", name)
            folders[name] = _inside(self.blank, folder, "team_targets", name)
        return folders

    def render(self) -> dict[str, dict[str, Any]]:
        render = self.mapping("render")
        for name, value in render.items():
            if not isinstance(value, dict):
                message = msg("options of a target stand in a table: [render.{target}]", target=name)
                self.blank.fail(message, "render", name)
        return render

    def text(self, key: str) -> str:
        value = self.table[key]
        if not isinstance(value, str):
            self.blank.fail(msg('{key} must be a text, such as {key} = "..."', key=key), key)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.table[key]
        if not _is_texts(value):
            self.blank.fail(msg('{key} must be a list of texts, such as {key} = ["..."]', key=key), key)
        return tuple(value)

    def mapping(self, key: str) -> dict[str, Any]:
        value = self.table.get(key, {})
        if not isinstance(value, dict):
            self.blank.fail(msg("{key} must be a table: [{key}]", key=key), key)
        return dict(value)


def unknown_key(options: Options, key: str, known: tuple[str, ...], *above: str) -> NoReturn:
    """Stop because a key is none of ours, naming the one that was probably meant.

    Raises:
        UsageError: always.
    """
    meant = nearest(key, known)
    if meant is not None:
        options.fail(
            msg("there is no setting {key}; did you mean {meant}?", key=key, meant=meant), *above, key
        )
    message = msg(
        "there is no setting {key}; there are: {known}", key=key, known=", ".join(sorted(known))
    )
    options.fail(message, *above, key)


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _inside(options: Options, folder: str, *key: str) -> str:
    """Return a path below the base in normal form, or stop."""
    path = os.path.normpath(folder).replace(os.sep, "/") if folder else ""
    if "\0" in path:
        options.fail(msg("{key} holds a NUL character, which no path has", key=".".join(key)), *key)
    if len(os.fsencode(path)) > _MAX_PATH or any(
        len(os.fsencode(part)) > _MAX_NAME for part in path.split("/")
    ):
        options.fail(msg("{key} is longer than a path can be", key=".".join(key)), *key)
    if os.path.isabs(folder) or is_outside(path):
        options.fail(
            msg("{key} must be a path below the folder of wakagitops.toml", key=".".join(key)), *key
        )
    return "" if path == "." else path


def _locate(text: str, path: tuple[str, ...]) -> tuple[int, int]:
    """Return the 1-based line and column of a key in TOML text; the first line where it is not found.

    TOML parsers give no places; the key's header or assignment is searched instead.
    """
    if not path:
        return 1, 1

    def quoted(part: str) -> str:
        return rf"""(?:"{escape(part)}"|'{escape(part)}'|{escape(part)})"""

    dotted = r"\s*\.\s*".join(quoted(part) for part in path)
    header = regex(rf"^[ \t]*\[+[ \t]*({dotted})[ \t]*\]", MULTILINE).search(text)
    if header:
        return _line_column(text, header.start(1))
    start = 0
    if len(path) > 1:
        above = r"\s*\.\s*".join(quoted(part) for part in path[:-1])
        section = regex(rf"^[ \t]*\[[ \t]*{above}[ \t]*\]", MULTILINE).search(text)
        start = section.end() if section else 0
    found = regex(rf"^[ \t]*(?:.*[{{,.][ \t]*)?({quoted(path[-1])})[ \t]*(?:=|\.)", MULTILINE).search(
        text, start
    )
    if found is None:
        return _locate(text, path[:-1])
    return _line_column(text, found.start(1))


def _line_column(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1
