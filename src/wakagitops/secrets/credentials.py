"""Credentials in text: stretches that look like one, found by what is written around or in them.

Four signs: a word such as ``password`` with a literal after it; a password in a URL; the prefix of
a provider's keys; and a run of characters as mixed as only chance mixes them. People's passwords
have no shape of their own, so the schema's ``x-secret`` settings are guarded by type instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from re import ASCII, DOTALL, IGNORECASE

from wakagitops.core.patterns import regex
from wakagitops.core.source import Span, merged
from wakagitops.secrets import credential_words as words

_SHORTEST = 4
"""Literals of fewer characters after a keyword are no finding: too many words are that short."""

_LONGEST_KNOWN = 8 * 1024
"""Of longer texts no line is remembered, so that the memory stays small."""
_MOST_LINES = 5_000
_SOUND_LINES: set[str] = set()
"""Lines that were found to hold no sign of a credential; a memory that changes no answer."""

_USER_INFO = regex(
    r":/{1,3}[^\s/?#:@\[\]\"'<>]{0,256}:"
    r"(?:([^\s/?#\"'<>]{1,512})@|(?![0-9]{1,5}(?:[/?#]|\Z))([^\s@\"'<>]{1,512})@[\w.-])"
)
"""The password of a URL (RFC 3986, section 3.2.1), also where its own ``@`` or ``/`` is not escaped."""
_USER_ALONE = regex(r"(/{1,3})([^\s/?#:@\[\]\"'<>]{4,512})@[\w.-]")
"""What stands alone before a host: for the web a token, as ``https://TOKEN@github.com`` has it."""
_USERS = frozenset({"user", "username", "usuario", "usuaria", "name", "nombre", "anonymous", "oauth2"})
_JOINED_LOGIN = regex(
    r"@[\w-]+(?:\.[\w-]+)+:(?![0-9]{1,5}(?![^\s\"']))([^\s/\"']{4,256})(?=[\"']?(?:\s|\Z))"
)
"""A password behind a user name that is an address, as in ``pedidos@x.es:PASSWORD``."""
_QUERY = regex(
    r"[?&;][\w.%\[\]-]*?(?:(tokens?|secret\w*|pass\w*|pwd|clave|contrase\w+)|(key|sig(?:nature)?|auth|code))"
    r"=([^&#\s\"'<>]+)"
)
_PRIVATE_KEY = regex(
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"
    r"(?:.*?-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|.*)",
    DOTALL,
)
_PREFIXED = tuple(
    (sign, regex(rf"(?<![A-Za-z0-9]){pattern}", ASCII))
    for sign, pattern in (
        ("SG.", r"SG\.[\w-]{16,}[\w.-]*"),
        ("AKIA", r"AKIA[A-Z0-9]{12,}"),
        ("ASIA", r"ASIA[A-Z0-9]{12,}"),
        ("sib-", r"x(?:key|smtp)sib-[\w-]{16,}"),
        ("key-", r"key-[0-9a-f]{32}"),
        ("gh", r"gh[pousr]_\w{16,}"),
        ("github_pat_", r"github_pat_\w{16,}"),
        ("xox", r"xox[abeoprs]-[\w-]{10,}"),
        ("glpat-", r"glpat-[\w-]{16,}"),
        ("k_", r"[sr]k_(?:live|test)_\w{10,}"),
        ("AIza", r"AIza[\w-]{30,}"),
        ("ya29.", r"ya29\.[\w.-]{16,}"),
        ("GOCSPX-", r"GOCSPX-[\w-]{16,}"),
        ("eyJ", r"eyJ[\w-]{8,1024}\.[\w-]{8,}(?:\.[\w-]*)*"),
        ("hvs.", r"hvs\.[\w-]{16,}"),
        ("shpat_", r"shpat_[0-9a-f]{32}"),
        ("AGE-SECRET", r"AGE-SECRET-KEY-[A-Z0-9]{16,}"),
    )
)
"""A sign that is quick to look for, and the keys of a provider or tool that hold it."""

_SHAPES = bytes.maketrans(
    bytes(range(256)),
    bytes(
        ord("a") if 0x61 <= code <= 0x7A
        else ord("A") if 0x41 <= code <= 0x5A
        else ord("0") if 0x30 <= code <= 0x39
        else 0x20 if code == 0x20
        else 0x2E
        for code in range(256)
    ),
)  # fmt: skip
"""Turns each byte into the class of its character: ``a``, ``A``, ``0``, a space, or anything else."""
_ZIGZAG = regex(
    rb"A[a0](?:(?<=[a0]A.)|(?<=a)[A0]|(?<=0)[aA])|0[aA](?:(?<=[aA]0.)|(?<=a)[A0]|(?<=A)[a0])"
)
"""One character between two of other classes: in every run that chance made, and in few words.

It is looked for behind each capital or digit that another class follows, as in few words either.
"""
_APP_PASSWORD_SHAPE = b"aaaa aaaa aaaa aaaa"
_APP_PASSWORD = regex(r"(?<![^\W\d_])[a-z]{4}(?: [a-z]{4}){3}(?![^\W\d_])")
"""Google's app passwords as Google shows them: sixteen letters in four groups."""
_RUN = regex(r"[A-Za-z0-9+/_-]{20,}={0,2}", ASCII)
_PUBLIC = regex(
    r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\Z|(?:sha[0-9]{1,3}|md5)-|age1[0-9a-z]{58}\Z"
)
"""UUIDs, digests with their method's name, and public keys of age."""
_HARMLESS_BEFORE = regex(
    r"(?:sha-?[0-9]{1,3}|md5|digest|commit|checksum|fingerprint|verification|revision|integrity)"
    r"[:=@ -]{1,2}\Z"
    r"|;base64,\Z|\bssh-[a-z0-9-]+ \Z|\bp=\Z|\bid=\Z",
    IGNORECASE,
)
"""What stands before public digests, proofs of ownership, embedded pictures and public keys."""
_WORD_BEFORE = regex(r"[\s\"'<>(]")
_SEPARATORS = regex(r"[-_+/]+")
_ENCRYPTED = regex(r"ENC\[AES256_GCM,[A-Za-z0-9+/=,:_]*\]")


def find(text: str, *, user_name: bool = False) -> list[Span]:
    """Return the stretches of a text that look like credentials, in order, none overlapping.

    Args:
        text: one value, comment, key or message; of several lines each is judged on its own, but
            for private keys.
        user_name: the text is a user name, which at some providers is a key or a token.

    Returns:
        Code-point offsets; the stretch after a keyword is the literal alone.
    """
    if len(text) < _SHORTEST:
        return []
    if "ENC[AES256_GCM," in text:
        text = _ENCRYPTED.sub(lambda match: " " * len(match[0]), text)
    folded = words.folded(text)
    found: list[Span] = []
    if words.may_hold_literal(folded):
        found.extend(words.literals(text, folded))
    if "=" in text and ("?" in text or "&" in text):
        found.extend(_in_queries(text, folded))
    if "@" in text and "/" in text:
        found.extend(_in_urls(text))
        found.extend(_in_user_parts(text))
    if "-----BEGIN" in text:
        found.extend(Span(*match.span()) for match in _PRIVATE_KEY.finditer(text))
    if user_name and ":" in text and "@" in text:
        found.extend(Span(*match.span(1)) for match in _JOINED_LOGIN.finditer(text))
    if not user_name:
        for pattern in [pattern for sign, pattern in _PREFIXED if sign in text]:
            found.extend(Span(*match.span()) for match in pattern.finditer(text))
    shape = _shape(text)
    if _APP_PASSWORD_SHAPE in shape:
        found.extend(_app_passwords(text))
    if not user_name and _has_zigzag(shape):
        found.extend(_random_runs(text))
    return merged(found) if found else found


def is_suspect(text: str) -> bool:
    """Tell quickly whether some part of a text may look like a credential.

    Where this is false, ``find`` finds nothing in any part of the text: what holds for a file's
    text holds for its comments, keys and values, unless escapes or folded lines hide them.
    """
    if len(text) > _LONGEST_KNOWN:
        return _is_suspect(text)
    # The files of a fleet share most of their lines: each is looked at once.
    lines = set(text.split("\n")) - _SOUND_LINES
    if not lines:
        return False
    if _is_suspect("\n".join(lines)):
        return True
    if len(_SOUND_LINES) > _MOST_LINES:
        _SOUND_LINES.clear()
    _SOUND_LINES.update(lines)
    return False


def _is_suspect(text: str) -> bool:
    shape = _shape(text)
    return bool(
        words.may_hold_literal(words.folded(text))
        or ("/" in text and "@" in text and (_USER_INFO.search(text) or _USER_ALONE.search(text)))
        or ("@" in text and _JOINED_LOGIN.search(text) is not None)
        or any(
            pattern.search(text) is not None
            for pattern in [pattern for sign, pattern in _PREFIXED if sign in text]
        )
        or _has_zigzag(shape)
        or (_APP_PASSWORD_SHAPE in shape and _APP_PASSWORD.search(text) is not None)
        or "-----BEGIN" in text
        or ("=" in text and ("?" in text or "&" in text) and _QUERY.search(text.lower()) is not None)
    )


def redact(text: str, mask: str) -> str:
    """Return a text with every stretch that ``find`` finds replaced by a mask."""
    found = find(text)
    if not found:
        return text
    kept, at = [], 0
    for span in found:
        kept += [text[at : span.start], mask]
        at = span.end
    kept.append(text[at:])
    return "".join(kept)


def _shape(text: str) -> bytes:
    return text.encode("utf-8", "replace").translate(_SHAPES)


def _has_zigzag(shape: bytes) -> bool:
    # The name of a variable has capitals alone, and needs no closer look.
    classes = (0x61 in shape) + (0x41 in shape) + (0x30 in shape)
    return classes > 1 and _ZIGZAG.search(shape) is not None


def _in_urls(text: str) -> Iterator[Span]:
    for match in _USER_INFO.finditer(text):
        group = 1 if match[1] is not None else 2
        if not words.is_placeholder(match[group]):
            yield Span(*match.span(group))


def _in_user_parts(text: str) -> Iterator[Span]:
    """Yield what stands alone before a URL's host: any word for the web; no plain name for mail."""
    for match in _USER_ALONE.finditer(text):
        slashes, user = match.groups()
        scheme, colon, rest = text[max(match.start() - 6, 0) : match.start()].lower().rpartition(":")
        has_scheme = bool(colon) and not rest
        if not has_scheme and (len(slashes) < 2 or rest[-1:].isalnum()):
            continue  # a path
        is_web = has_scheme and scheme.endswith(("http", "https"))
        is_name = user.lower() in _USERS or not (is_web or words.is_mixed(user))
        is_name = is_name or (has_scheme and scheme.endswith("ssh"))
        if not is_name and not words.is_placeholder(user):
            yield Span(*match.span(2))


def _in_queries(text: str, folded: str) -> Iterator[Span]:
    for match in _QUERY.finditer(folded):
        start, end = match.span(3)
        value = text[start:end]
        if len(value) < _SHORTEST or words.is_placeholder(value):
            continue
        if match[1] or (len(value) >= 2 * _SHORTEST and words.is_mixed(value)):
            yield Span(start, end)


def _app_passwords(text: str) -> Iterator[Span]:
    for match in _APP_PASSWORD.finditer(text):
        # Four short words in a row are prose: each can be said. Of random groups few can.
        if match[0] == text.strip() or not all(map(words.is_sayable, match[0].split())):
            yield Span(*match.span())


def _random_runs(text: str) -> Iterator[Span]:
    for match in _RUN.finditer(text):
        run = match[0].lstrip("/")
        start, end = match.end() - len(run), match.end()
        if _is_random(run.rstrip("=")) and not _is_harmless(text, start, end):
            yield Span(start, end)


def _is_random(run: str) -> bool:
    """Tell whether the characters of a run switch class as often as chance has it.

    Among base64's 64 characters two neighbours differ in class (upper, lower, digit) with a chance
    of 0.64, among lower-case hexadecimal ones of 0.47; in names made of words, of 0.25 and less.
    """
    if _PUBLIC.match(run):
        return False
    pieces = _SEPARATORS.split(run)
    joined = "".join(pieces)
    if not joined.isupper() and not joined.islower():
        # Words joined by separators, such as a path, have their capitals and digits at their edges.
        return _is_mixed_run(joined, 20, 0.4) and (
            max(map(len, pieces)) >= 12 or _is_mixed_run(joined, 24, 0.5)
        )
    longest = max(pieces, key=len)
    shortest = 32 if set(longest) <= set("0123456789abcdefABCDEF") else 24
    return _is_mixed_run(longest, shortest, 0.25)


def _is_mixed_run(run: str, shortest: int, share: float) -> bool:
    if len(run) < shortest or len(set(run)) < 8:
        return False
    shape = _shape(run)
    switches = sum(one != other for one, other in pairwise(shape))
    return switches >= share * (len(run) - 1) and _has_zigzag(shape)


def _is_harmless(text: str, start: int, end: int) -> bool:
    before = text[max(start - 3, 0) : start]
    if before.endswith("@") or (before.endswith(".") and before[-2:-1].isalnum()):
        return True
    after = text[end : end + 1]
    is_user = before == "://" and after == "@"
    if (after == "@" and not is_user) or (after == "." and text[end + 1 : end + 2].isalnum()):
        return True
    if _HARMLESS_BEFORE.search(text, max(start - 24, 0), start):
        return True
    word = _WORD_BEFORE.split(text[max(start - 1024, 0) : start])[-1]
    return "://" in word and not is_user and not any(sign in word for sign in "?#")
