"""The words that announce a credential, in Spanish and English, and what may follow them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from wakagitops.core.patterns import regex
from wakagitops.core.source import Span

_SIGNS = ("pass", "pwd", "clave", "contras", "secret", "token", "key", "auth", "creden", "pin")
"""Every keyword begins with one of them, or has it after a first word such as ``api``."""
_QUALIFIERS = (
    "api", "access", "private", "secret", "account", "auth", "signing", "encryption", "master",
    "bearer", "refresh",
)  # fmt: skip
_AFTER = "".join(rf"(?<={word}[ _.-])|(?<={word})|" for word in _QUALIFIERS)
_OWNERS = "".join(rf"(?<={word})|" for word in ("smtp", "db", "mail", "user", "root", "admin"))
_STRONG = (
    rf"pass(?:word|wd|wort|phrase)s?|(?:{_OWNERS}(?<=smtp[_-]))pass(?:wd|w)?"
    r"|(?<![a-z])(?:pwd|claves?|contrase(?:ñ|n\u0303?|nh|ny)as?|contrasinal|secretos?)(?![a-zñ])"
)
"""Words that name a password and nothing else; ``palabra clave`` is taken out where they are used."""
_WEAK = (
    r"(?<![a-z])(?:pass|secrets?|secreta|tokens?|credentials?|credencial(?:es)?|pin|authorization|auth)(?![a-zñ])"
    rf"|(?:{_AFTER}(?!))(?:keys?|tokens?)(?![a-zñ])"
)
"""Words that also name what is no secret: a Secret of Kubernetes, a way to sign in."""
_QUOTES = {'"': '"', "'": "'", "`": "`", "«": "»", "“": "”"}
_ANNOUNCED = regex(
    rf"(?:(?P<strong>{_STRONG})|(?P<weak>{_WEAK}))"
    r"(?P<gap>[\w.-]{0,40}[\"'`*)]{0,3}|[^\r\n:={}\[\]/]{0,40}?)"
    r"(?:[ \t]{0,40}(?::=|=>|[:=])|(?P<verb>[ \t]{1,40}(?:is|es|era|was)(?=[ \t])))"
    r"[ \t]{0,40}(?:[&!][\w-]{1,40}[ \t]+){0,2}(?=[^\s{])"
)
"""A keyword, what may stand between, a sign or verb, and where the literal would begin."""
_SUFFIXES = frozenset({
    "env", "envvar", "var", "variable", "file", "path", "dir", "ref", "reference", "name", "names",
    "url", "uri", "id", "ids", "cmd", "command", "eval", "store", "policy", "type", "length", "len",
    "expires", "expiry", "ttl", "date", "version", "fichero", "archivo", "ruta", "nombre", "public",
    "publica", "hint",
})  # fmt: skip
"""Last words of keys that name where a secret is or what it is like, not the secret."""
_SIGN = regex("|".join(_SIGNS))
_KEY_WORD = regex(rf"(?:{_STRONG}|{_WEAK})")
_STRONG_WORD = regex(_STRONG)
_VERBS = frozenset({"is", "es", "era", "was"})
_EVERYWHERE = {"password": True, "key": False}
"""What the patterns say of the keys that settings have, without compiling them."""
_KEY_PARTS = regex(r"[\W_]+")
_CAMEL = regex(r"(?<=[a-z0-9])(?=[A-Z])")
_IN_QUERY = regex(r"[?&;][^\s?&;=]*\Z")
_WORD = regex(r"\S+")
_SPACE = regex(r"\s")
_LINE_END = regex("[\r\n]")
_NEAR = 64
_FAR = 400
"""How far around a keyword is looked, in characters, so that no text takes long."""
_LEADING = "([¿¡*_"
_TRAILING = ".,;:!?)]}>»”\"'`*_"
_SYMBOLS = frozenset('!"#$%&*+<=>?@\\^`{|}~')
"""Signs that passwords hold and prose does not (``- _ . ' / , ; : ( )`` join and end words)."""
_WORDS_AND_NUMBERS = regex(r"(?:[^\W\d_]+|[0-9]{1,4})(?:[-_./ ](?:[^\W\d_]+|[0-9]{1,4}))*\Z")
_SEGMENT = r"[^\W\d_]*[0-9]{0,4}(?:[-_.][^\W\d_]*[0-9]{0,4})*"
_PLACEHOLDER = regex(
    r"\$\{.*|\$\(.*|\$[A-Za-z_]\w*\Z|%[A-Za-z_]\w*%\Z|%[sdr({].*|\{\{.*|\{[^}]*\}?\Z|<[^>]*>?\Z|\[[^\]]*\]?\Z"
    r"|[*•.·x_?-]{2,}\Z|[Xx]{3,}\Z|\*\w+\Z|[|>][-+0-9]*\Z|=.*|//.*|ENC\[.*"
    r"|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\Z"
    rf"|{_SEGMENT}?/{_SEGMENT}(?:/{_SEGMENT})+/?\Z|/{_SEGMENT}/?\Z|\.{{1,2}}/.*|[a-z][a-z0-9+.-]*://.*"
    r"|(?:env|file|vault|kubernetes|k8s|external|sops|ssm|op|aws|gcp|azure|secret|secrets|arn)[:/].*"
    r"|(?:os|process|getenv|env|secrets?|vars?|config|settings|vault)[.(].*"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+\Z"
)
"""Names, references and blanks where a secret would be: variables, paths, URLs, addresses."""
_DATE_OR_VERSION = regex(r"[vV]?[0-9]+(?:[-/.:][0-9]+)+[a-z]?\Z|[0-9]{1,3}[a-z]{1,3}\Z|[vV][0-9]+\Z")
_SAID = frozenset({
    "1password", "1pass", "keepass", "keepassxc", "bitwarden", "lastpass", "dashlane", "passbolt",
    "vaultwarden", "vault", "doppler", "infisical", "sops", "kubernetes", "env", "file", "external",
    "ninguna", "ninguno", "nada", "none", "null", "nulo", "false", "true", "no", "yes", "si",
    "vacia", "vacio", "empty", "blank", "pendiente", "pending", "todo", "fixme", "falta", "missing",
    "secreta", "secreto", "secret", "oculta", "oculto", "hidden", "redacted", "masked",
    "obligatoria", "obligatorio", "requerida", "required", "opcional", "optional", "cambiar",
    "rotar", "rotada", "rotated", "igual", "misma", "same", "siempre", "ver", "see", "aqui", "here",
    "login", "plain", "bearer", "basic", "xoauth2", "oauth", "oauth2", "cram-md5", "digest-md5",
    "scram-sha-1", "scram-sha-256", "ntlm", "gssapi", "starttls", "tls", "ssl", "smtp", "imap",
    "on", "off", "auto", "string", "text", "texto", "password", "contrasena", "clave", "token",
    "caducada", "caducado", "expired", "desconocida", "unknown", "interna", "internal", "publica",
    "public", "privada", "private", "nueva", "nuevo", "new", "antigua", "antiguo", "old", "default",
})  # fmt: skip
"""Single words that people write after a keyword and that are no password."""
_ACCENTS = str.maketrans("áéíóúüñ", "aeiouun")
_VOWELS = frozenset("aeiou")
_CLUSTER = regex(
    r"[^aeiouy]{3}|[jqvz][^aeiouyhl]|[^aeiou]{2}\Z(?<!ns|rs|ls|st|nd|nt|rt|ck|ll|ss|rd|th|ng|rk)|(.)\1\1"
)


class _Plain(dict[int, str]):
    """Characters that read as ASCII ones, filled in as texts need them."""

    def __missing__(self, code: int) -> str:
        from unicodedata import normalize  # noqa: PLC0415 - hardly any text needs it

        plain = normalize("NFKC", chr(code))
        self[code] = found = plain if len(plain) == 1 and plain.isascii() else chr(code)
        return found


_PLAIN = _Plain(
    zip(
        map(ord, "аеорсухіѕјктмвнһԁԛԝѵьαορνικτεχυγոսօհıɑɡɩᴀᴄᴅᴇᴋᴍɴᴏᴘᴛᴜᴠᴡ"),
        "aeopcyxisjktmbhhdqwvbaopvikteuuynuohiagiacdekmnoptuvw",
        strict=True,
    )
)
"""Letters of other scripts that pass for Latin ones (UTS #39); the rest is Unicode's own (NFKC)."""


def folded(text: str) -> str:
    """Return a text in lower case, of the same length, look-alikes of ASCII letters as those."""
    if not text.isascii():
        try:
            text.encode("latin-1")  # the letters of Spanish and English are looked at no closer
        except UnicodeEncodeError:
            text = text.lower().translate(_PLAIN) if len(text.lower()) == len(text) else text
    lowered = text.lower()
    if len(lowered) != len(text):
        # U+0130 is the one character that lower case makes longer.
        lowered = text.replace("\u0130", "i").lower()
    return lowered


def has_keyword(lowered: str) -> bool:
    """Tell quickly whether a text in lower case may hold a keyword."""
    return any(sign in lowered for sign in _SIGNS)


def may_hold_literal(lowered: str) -> bool:
    """Tell whether a text in lower case holds a keyword with something after it."""
    if ":" not in lowered and "=" not in lowered and " " not in lowered and "\t" not in lowered:
        return False  # no sign, and no verb by itself
    for sign in _SIGNS:
        at = lowered.find(sign)
        while at >= 0:
            if _may_announce(lowered, at) and _ANNOUNCED.match(lowered, at) is not None:
                return True
            at = lowered.find(sign, at + 1)
    return False


def _may_announce(lowered: str, at: int) -> bool:
    """Tell whether a sign or verb with something behind it is on a keyword's line.

    In most files none is, and the pattern, which takes milliseconds to compile, is never asked.
    """
    # The pattern reaches less far than this.
    rest = lowered[at : at + _FAR].partition("\n")[0].rstrip(" \t\r:=>")
    return ":" in rest or "=" in rest or not _VERBS.isdisjoint(rest.split())


def literals(text: str, lowered: str) -> Iterator[Span]:
    """Yield the literals that keywords announce.

    Args:
        text: the text.
        lowered: what ``folded`` makes of it.
    """
    at = word_start = word_end = 0
    for sign in _SIGN.finditer(lowered):
        match = _ANNOUNCED.match(lowered, sign.start())
        if match is None or match.start() < at:
            continue
        before = lowered[max(match.start() - _NEAR, 0) : match.start()]
        if before.rstrip().endswith(("palabra", "palabras")):
            continue
        gap = match["gap"].strip("\"'`*) \t")
        if gap and _KEY_PARTS.split(gap)[-1] in _SUFFIXES:
            continue
        is_near = match["verb"] is None and " " not in gap and "\t" not in gap
        if not word_start <= match.end() < word_end:
            # Many keywords may stand in one long word, whose end is looked for once.
            word_start = word_end = match.end()
            word = _WORD.match(text, word_start)
            word_end = word.end() if word is not None else word_start
        start, end, rest = _literal_at(text, match.end(), word_end)
        if _IN_QUERY.search(before):
            for mark in "&#":
                cut = text.find(mark, start, end)
                end = cut if cut > start else end
        if start < end and _is_literal(
            text[start:end], rest, strong=match["strong"] is not None, near=is_near
        ):
            yield Span(start, end)
            at = end
        elif end - start > _FAR:
            at = end


@lru_cache(maxsize=512)
def names_secret(key: str) -> bool:
    """Tell whether a mapping's key is named like a password, a token or a key of an interface."""
    if not key.isprintable():
        key = "".join(filter(str.isprintable, key))  # a zero-width space hides no keyword
    lowered = folded(key)
    if lowered in _EVERYWHERE:
        return _EVERYWHERE[lowered]
    if not has_keyword(lowered):
        return False
    lowered = folded(_CAMEL.sub("_", key))
    if _KEY_PARTS.split(lowered.strip("_- "))[-1] in _SUFFIXES:
        return False
    return _KEY_WORD.search(lowered) is not None and "palabra" not in lowered


def may_be_value(key: str, text: str) -> bool:
    """Tell whether a text under a key that is named like a password may be the password."""
    if is_placeholder(text):
        return False
    is_strong = _STRONG_WORD.search(folded(key)) is not None
    return is_strong or text.lower().translate(_ACCENTS) not in _SAID


def may_be_password(text: str) -> bool:
    """Tell whether a text is one word that could be a password: letters with digits or signs."""
    return not _SPACE.search(text) and _is_literal(text, "", strong=False, near=True)


def is_placeholder(text: str) -> bool:
    """Tell whether a text stands where a secret would be and is none: ``${NAME}``, ``****``, a path."""
    return _PLACEHOLDER.match(text) is not None


def is_mixed(text: str) -> bool:
    """Tell whether a word is no word: letters with digits or with signs that prose does not use."""
    if not any(map(str.isalpha, text)) or _DATE_OR_VERSION.match(text):
        return False
    return any(map(str.isdigit, text)) or not _SYMBOLS.isdisjoint(text)


def is_sayable(group: str) -> bool:
    """Tell whether a group of letters could be a Spanish or English word."""
    return not _VOWELS.isdisjoint(group) and _CLUSTER.search(group) is None


def _literal_at(text: str, start: int, word_end: int) -> tuple[int, int, str]:
    """Return where the literal that begins at an offset ends, and what follows on its line.

    A word, which ends at ``word_end``, is taken whole, however long; beyond it nothing is looked at
    further than ``_FAR``.
    """
    window = text[start : start + _FAR]
    line = _LINE_END.split(window, maxsplit=1)[0]
    closing = _QUOTES.get(text[start])
    end = line.find(closing, 1) if closing is not None else -1
    if end >= 0:
        return start + 1, start + end, ""
    end = word_end
    rest = line[end - start :].strip()
    if closing is not None:
        # A quote that never closes: all of the line may be the literal.
        return start + 1, max(end, start + len(line)), ""
    return start, end, "" if rest.startswith("#") else rest.strip(_TRAILING)


def _is_literal(value: str, rest: str, *, strong: bool, near: bool) -> bool:
    """Judge what follows a keyword.

    Args:
        value: the word, or what stands in quotes.
        rest: what follows it on the line.
        strong: the keyword names a password and nothing else.
        near: nothing but a sign stands between the keyword and the value.
    """
    core = value.lstrip(_LEADING).rstrip(_TRAILING)
    if not strong and near and not rest and core.isdecimal():
        return False
    if len(core) < 4 or is_placeholder(value) or is_placeholder(core):
        return False
    if core.lower().translate(_ACCENTS) in _SAID or _DATE_OR_VERSION.match(core):
        return False
    is_prose = _WORDS_AND_NUMBERS.match(core) is not None
    if not strong:
        return is_mixed(core) and not is_prose
    if not near:
        return is_mixed(core) and len(core) > 4
    if rest:
        return (is_mixed(core) and not (is_prose and "/" in core)) or (
            core.isdecimal() and len(core) > 5
        )
    return not (" " in core and is_prose) or _is_app_password(core)


def _is_app_password(text: str) -> bool:
    return len(text) == 19 and text.replace(" ", "").isalpha() and text[4::5] == "   "
