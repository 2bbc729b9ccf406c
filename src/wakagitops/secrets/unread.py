"""What stands in a part of a file that could not be read as YAML: what of it may be a secret."""

from collections.abc import Iterator
from functools import cache
from re import Match

from wakagitops.core import pointer as pointers
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.patterns import regex
from wakagitops.core.source import Span
from wakagitops.secrets import credential_words as words
from wakagitops.secrets.exposure import setting_keys
from wakagitops.secrets.references import places
from wakagitops.settings.schema import Annotations
from wakagitops.yaml.document import Document

_UNREAD_LINE = regex(
    r"""(?P<shown>[ \t]*(?:-[ \t]+)*(?:\{[ \t]*)?)"""
    r"""(?:(?P<quote>["']?)(?P<key>[\w-]+)(?P=quote)[ \t]*:[ \t]*)?(?P<rest>.*)"""
)
_INDICATORS = regex(r"[\[\]{},|>+\-?: \t]*\Z")
_COMMENT_AFTER = regex(r"[ \t]#.*")
_PLAIN_VALUE = regex(r"(?:[^:#\[\]{}]|:(?![ \t]|\Z)|(?<![ \t])#)*(?::[ \t])?")
"""A single value up to a comment, a collection or the sign that a second key stands before."""
_CONFLICT = regex(r"(?:<{7}|={7}|>{7}|\|{7})(?:[ \t].*)?\Z")
"""A line of a merge conflict, with the name of a branch."""
_REFERENCE = regex(r"\{[ \t]*(?:env:[ \t]+[A-Z_][A-Z0-9_]*|file:[ \t]+/[\w./-]+)[ \t]*\}[ \t]*(?=\Z|#)")
"""A reference to a secret that is whole on its line."""
_ADDRESS = regex(r"""["']?[\w.+-]*@[\w.-]+["']?(?=[ \t]*(?:#.*)?\Z)""")
"""An address, or what an ``@`` makes look like one."""
_ITEM = regex(r"[ \t]*-[ \t]")
_COMMENT = regex(r"[ \t]*(?:#.*)?\Z")
_INNER_KEY = regex(r"""(?<![\w-])([\w-]{1,64})["']?[ \t]*:(?=[ \t]|\Z)""")


def _unread_lines(document: Document, start: int) -> Iterator[tuple[int, Match[str]]]:
    """Yield each line from an offset on, with its own offset."""
    source = document.source
    for number in range(source.position(start).line, source.line_count):
        match = _UNREAD_LINE.match(source.line(number))
        assert match is not None  # noqa: S101 - every part may be empty
        yield source.line_start(number), match


def unread_secrets(document: Document, annotations: Annotations, start: int) -> Iterator[str]:
    """Yield the literals that stand behind the keys of secrets, from an offset on."""
    names = {pointers.tokens(place)[-1] for place in annotations.secret}
    for _, match in _unread_lines(document, start):
        rest = match["rest"]
        if match["key"] in names and _REFERENCE.match(rest) is None:
            yield _COMMENT_AFTER.sub("", rest).strip("\"' \t,}")
            yield from (tail[0].strip(" \t#") for tail in _COMMENT_AFTER.finditer(rest))


def unread_masks(document: Document, annotations: Annotations, start: int) -> Iterator[Span]:
    """Mask all of what was not read but indentation, the keys of settings and YAML's indicators.

    The values of settings that are no secrets are shown too, with their comments, down to the first
    key that may be a secret's; and the lines of a merge conflict anywhere.
    """
    keys = _keys(annotations)
    known = setting_keys(annotations)
    shows_values, holder = True, ""
    for offset, match in _unread_lines(document, start):
        if _CONFLICT.match(match.string):
            continue
        key = match["key"]
        begin = match.start("rest") if key in known else match.end("shown")
        word, _, _ = match["rest"].partition(" ")
        if key is None and word in known:
            begin = match.start("rest") + len(word)  # a setting's key that lacks its colon
        harmless = keys.harmless_start(key, match["rest"])
        shows_values = shows_values and (key is None or key in keys.public or harmless > 0)
        holder = holder if key is None else key
        if shows_values and harmless:
            begin = _end_of_comment(match.string, begin + harmless)
        elif shows_values:
            begin = _end_of_shown(match, begin, holder, keys)
        if begin < match.end() and not _INDICATORS.match(match.string, begin):
            yield Span(offset + begin, offset + match.end())


def _end_of_shown(match: Match[str], begin: int, holder: str, keys: "_Keys") -> int:
    """Return up to where a line that no secret stands before can be shown."""
    line = match.string
    if match["key"] in keys.lists and keys.secret.isdisjoint(_INNER_KEY.findall(line, begin)):
        return len(line)
    if match["key"] is None and line.lstrip().startswith("#"):
        return len(line) if _is_plain(line) else begin
    value = _PLAIN_VALUE.match(line, begin)
    assert value is not None  # noqa: S101 - every part may be empty
    end = value.end()
    is_item = match["key"] is None and holder in keys.lists and _ITEM.match(line)
    if match["key"] not in keys.single and not (is_item and _is_plain(line[begin:end])):
        return begin
    return _end_of_comment(line, end)


def _end_of_comment(line: str, start: int) -> int:
    """Return the line's end where nothing but a comment in prose stands before it, else the start."""
    return len(line) if _COMMENT.match(line, start) and _is_plain(line[start:]) else start


def _is_plain(text: str) -> bool:
    """True if each word is one of prose, a number or an address, and none a password's mixture."""
    return not any(
        words.is_mixed(word) and not _ADDRESS.match(word)
        for word in (piece.strip("\"'#(),.;:¡!¿?") for piece in text.split())
    )


class _Keys(NamedTuple):
    """The keys of settings, by what may stand behind them."""

    public: frozenset[str]
    """No secret."""
    single: frozenset[str]
    """No secret and one value."""
    lists: frozenset[str]
    """No secret, at any depth, in several values."""
    secret: frozenset[str]
    logins: frozenset[str]
    """What may be a token, too."""

    def harmless_start(self, key: str | None, rest: str) -> int:
        """Return how much of what stands behind the key of a secret or login is surely none."""
        if key in self.secret:
            found = _REFERENCE.match(rest)
        else:
            found = _ADDRESS.match(rest) if key in self.logins else None
        return found.end() if found is not None else 0


@cache
def _keys(annotations: Annotations) -> _Keys:
    secret = frozenset(pointers.tokens(place)[-1] for place in annotations.secret)
    public = [
        (place, pointers.tokens(place)[-1], setting)
        for place, setting in annotations.settings.items()
        if place
        and place[-2:] != "/*"
        and not any(pointers.covers(login, place) for login in places(annotations))
    ]
    single = frozenset(
        key
        for _, key, setting in public
        if "string" in setting.types or ("array" not in setting.types and "object" not in setting.types)
    )
    return _Keys(
        frozenset(key for _, key, _ in public),
        single,
        frozenset(
            key
            for place, key, _ in public
            if key not in single
            and not any(pointers.covers(place, hidden) for hidden in annotations.secret)
        ),
        secret,
        frozenset(pointers.tokens(place)[-1] for place in places(annotations)) - secret,
    )
