"""The baseline: a file of known findings, which are left out until somebody mends them.

An entry names its finding by file, rule, place in the document and value, never by a line, so that it
holds while the file is edited; ``schema/baseline-v1.schema.json`` describes the file.
"""

import json
from collections.abc import Callable, Iterable, Sequence

from wakagitops.core.diagnostic import Diagnostic
from wakagitops.core.errors import ToolError, UsageError
from wakagitops.core.messages import Message, msg
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.patterns import regex
from wakagitops.core.safe_files import read_below, read_named, replace_file
from wakagitops.core.source import SourceText, Span
from wakagitops.core.suggest import nearest
from wakagitops.core.system_reasons import system_reason
from wakagitops.core.typed import Any, NoReturn
from wakagitops.settings.suppression_comments import WHOLE_FILE, Suppression, is_date, is_over

VERSION = 1
_LIST = regex(r'"findings"\s*:\s*\[')
_BETWEEN = regex(r"[\s,]*")
_DIGITS = 20
"""More digits than any number in a baseline has."""
_REQUIRED = ("file", "rule", "pointer", "key")
_OPTIONAL = ("reason", "owner", "until")
_NOTHING: frozenset[str] = frozenset()


class Entry(NamedTuple):
    """One known finding."""

    file: str
    """The file, relative to the repository's base, with ``/``."""
    rule: str
    pointer: str
    """Where the finding was when it was written down, for people."""
    key: str
    """``Diagnostic.key``: what the finding is known by, beside its file."""
    reason: str = ""
    owner: str = ""
    """Who is to mend it."""
    until: str = ""
    """The last day on which the entry acts, ``YYYY-MM-DD``; empty where it does not expire."""

    def is_expired(self, today: str) -> bool:
        """Tell whether the day after ``until`` has come; ``today`` is ``YYYY-MM-DD`` in UTC."""
        return is_over(self.until, today)


class Baseline:
    """A baseline file as read."""

    def __init__(self, path: str, source: SourceText, entries: Sequence[tuple[Entry, Span]]) -> None:
        """Bind the entries.

        Args:
            path: the file, relative to the repository's base, with ``/``.
            source: its text.
            entries: each with its offsets.
        """
        self.path = path
        self.source = source
        self.entries = tuple(entry for entry, _ in entries)
        self.withdrawn: frozenset[Entry] = frozenset()
        """Entries that the working tree no longer lists: nobody is asked to remove them."""
        self._spans = [span for _, span in entries]
        self._by_finding: dict[tuple[str, str, str], list[int]] = {}
        for index, entry in enumerate(self.entries):
            self._by_finding.setdefault((entry.file, entry.rule, entry.key), []).append(index)

    def matching(self, item: Diagnostic) -> Sequence[int]:
        """Return the indexes of the entries that a finding is listed by."""
        return self._by_finding.get((item.path, item.rule, item.key), ())

    def suppression(self, index: int) -> Suppression:
        """Return an entry as the rules on suppressions see it, with its place in the baseline file."""
        entry = self.entries[index]
        place = self.source.range(self._spans[index])
        return Suppression(self.path, place, WHOLE_FILE, (entry.rule,), entry.reason, entry.until)


def load(full: str, shown: str, path: str) -> Baseline:
    """Read a baseline file.

    Args:
        full: the file, a path of the operating system.
        shown: the file as messages name it.
        path: the file relative to the repository's base, with ``/``.

    Raises:
        UsageError: it cannot be read, or is no baseline; with the line that is wrong.
    """
    try:
        is_below = not path.startswith("../") and full.endswith(f"/{path}")
        data = read_below(full.removesuffix(path), path) if is_below else read_named(full)
    except OSError as error:
        message = msg(
            "the baseline {path} cannot be read: {reason}; "
            "`wakagitops validate --write-baseline {path}` makes one",
            path=shown,
            reason=system_reason(error),
        )
        raise UsageError(message) from error
    return parse(data, shown, path)


def parse(data: bytes, shown: str, path: str) -> Baseline:
    """Check the bytes of a baseline file and return what it lists.

    Raises:
        UsageError: it is no baseline; with the line that is wrong.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(msg("the file is not UTF-8"), path=shown, line=1, column=1) from error
    return _Parser(text, shown).baseline(path)


class _Parser:
    """Checks a baseline's text entry by entry, so that each has its line."""

    def __init__(self, text: str, shown: str) -> None:
        self.source = SourceText(text)
        self.shown = shown

    def baseline(self, path: str) -> Baseline:
        text = self.source.text
        try:
            table = json.loads(text, object_pairs_hook=_without_twins, parse_int=_integer)
        except json.JSONDecodeError as error:
            self.fail(msg("this is not valid JSON"), error.pos)
        except RecursionError:
            self.fail(msg("this is not valid JSON: it is nested too deeply"), 0)
        except _TwinError as error:
            self.fail(msg("{key} stands twice in one object", key=str(error)), 0)
        if not isinstance(table, dict) or not isinstance(table.get("findings"), list):
            self.fail(msg("a baseline is an object with version and findings"), 0)
        for key in table:
            if key not in ("version", "findings"):
                self.fail(msg("a baseline has no {key}", key=key), max(text.find(json.dumps(key)), 0))
        if table.get("version") != VERSION or isinstance(table.get("version"), bool):
            message = msg("this baseline is not of version {version}, which is read", version=VERSION)
            self.fail(message, max(text.find('"version"'), 0))
        return Baseline(path, self.source, list(self.entries(len(table["findings"]))))

    def entries(self, count: int) -> Iterable[tuple[Entry, Span]]:
        text = self.source.text
        match = _LIST.search(text)
        if match is None:
            # The key is written with an escape, or in another object.
            self.fail(msg('write the key "findings" without escapes'), 0)
        at = match.end()
        decoder = json.JSONDecoder(parse_int=_integer)
        for _ in range(count):
            between = _BETWEEN.match(text, at)
            start = between.end() if between is not None else at
            value, at = decoder.raw_decode(text, start)
            yield self.entry(value, start), Span(start, at)

    def entry(self, value: Any, start: int) -> Entry:
        if not isinstance(value, dict):
            self.fail(msg("an entry of the baseline is an object"), start)
        for key, member in value.items():
            if key not in (*_REQUIRED, *_OPTIONAL):
                meant = nearest(key, (*_REQUIRED, *_OPTIONAL))
                if meant is not None:
                    message = msg(
                        "an entry of the baseline has no {key}; did you mean {meant}?",
                        key=key,
                        meant=meant,
                    )
                    self.fail(message, start)
                self.fail(msg("an entry of the baseline has no {key}", key=key), start)
            if not isinstance(member, str):
                self.fail(msg("{key} must be a text", key=key), start)
        for key in _REQUIRED:
            if key not in value or not (value[key] or key == "pointer"):
                self.fail(msg("this entry of the baseline lacks {key}", key=key), start)
        if "until" in value and not is_date(value["until"]):
            self.fail(msg("until must be a day such as 2027-01-31"), start)
        return Entry(**value)

    def fail(self, message: Message, offset: int) -> NoReturn:
        line, column = self.source.position(offset)
        raise UsageError(message, path=self.shown, line=line + 1, column=column + 1)


def _integer(text: str) -> int:
    """Return a whole number; 0, which is no version, for one that Python would not convert."""
    return int(text) if len(text) < _DIGITS else 0


class _TwinError(Exception):
    """An object has a key twice; which one holds would be a guess."""


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _TwinError(key)
        found[key] = value
    return found


def rewritten(
    found: Iterable[Diagnostic], old: Baseline | None, is_judged: Callable[[str], bool]
) -> list[Entry]:
    """Return the entries that list some findings, with what people wrote beside the old ones.

    Args:
        found: the findings to list.
        old: the baseline that is replaced, if there is one.
        is_judged: tells whether a rule ran; entries of rules that did not are kept.
    """
    from wakagitops.secrets import redaction  # noqa: PLC0415 - only writing needs its patterns

    places = {(item.path, item.rule, item.key): item.pointer for item in found}
    kept: dict[tuple[str, str, str], Entry] = {}
    left: dict[tuple[str, str], list[Entry]] = {}
    for entry in old.entries if old is not None else ():
        place = (entry.file, entry.rule, entry.key)
        if place in places or not is_judged(entry.rule):
            kept[place] = entry
        else:
            left.setdefault(place[1:], []).append(entry)
    for place, pointer in places.items():
        # A file that was renamed takes along what people wrote.
        gone = left.get(place[1:])
        entry = kept.get(place) or (gone.pop() if gone else Entry(*place[:2], "", place[2]))
        kept[place] = entry._replace(file=place[0], pointer=redaction.clean_text(pointer, _NOTHING))
    return sorted(kept.values(), key=lambda entry: (entry.file, entry.rule, entry.pointer, entry.key))


def encoded(entries: Iterable[Entry]) -> str:
    """Return the text of a baseline file: one entry a line, so that changes to it are read easily."""
    lines = ",\n".join(f"    {_encoded(entry)}" for entry in entries)
    findings = f"[\n{lines}\n  ]" if lines else "[]"
    return f'{{\n  "version": {VERSION},\n  "findings": {findings}\n}}\n'


def _encoded(entry: Entry) -> str:
    members = {key: value for key, value in entry._asdict().items() if value or key in _REQUIRED}
    text = json.dumps(members, ensure_ascii=False)
    # What no UTF-8 can hold, such as a strange file name, is written as an escape.
    return text if text.isprintable() else json.dumps(members)


def write(full: str, shown: str, text: str) -> None:
    """Replace a baseline file at once, so that nobody reads half of one.

    Raises:
        ToolError: it cannot be written.
    """
    try:
        replace_file(full, text.encode("utf-8"))
    except OSError as error:
        message = msg("{path} cannot be written: {reason}", path=shown, reason=system_reason(error))
        raise ToolError(message) from error
