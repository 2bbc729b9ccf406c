"""What a plain scalar means: YAML 1.2's core types, and where YAML 1.1 reads another value."""

from __future__ import annotations

from wakagitops.core.patterns import regex

_INTEGER = regex(r"[-+]?[0-9]+\Z")
_OCTAL = regex(r"0o[0-7]+\Z")
_HEX = regex(r"0x[0-9a-fA-F]+\Z")
_FLOAT = regex(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_SPECIAL_FLOAT = regex(r"([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\Z")
_CORE_WORDS: dict[str, object] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_OLD_WORDS = {
    word: value
    for value, words in ((True, ("yes", "on", "y")), (False, ("no", "off", "n")))
    for plain in words
    for word in (plain, plain.capitalize(), plain.upper())
}
_OLD_DATE = regex(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
    r"(([Tt]|[ \t]+)[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(\.[0-9]*)?"
    r"([ \t]*(Z|[-+][0-9]{1,2}(:?[0-9]{2})?))?)?\Z"
)
"""One digit for a month or a day is enough without a time too, for readers in Go."""
_OLD_SEXAGESIMAL = regex(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?\Z")
_OLD_OCTAL = regex(r"[-+]?0[0-7_]+\Z")
_OLD_BINARY = regex(r"[-+]?0b[01_]+\Z")
_OLD_UNDERSCORED = regex(r"[-+]?(0x[0-9a-fA-F_]+|[0-9][0-9_]*(\.[0-9_]*)?([eE][-+][0-9]+)?)\Z")
_MAX_DIGITS = 18
SUSPECT = frozenset("0123456789+-.~ynYNtTfFoO=<")
"""First characters without which a plain scalar is text in YAML 1.1 too."""


MEANINGFUL = frozenset("0123456789+-.~nNtTfF")
"""First characters without which a plain scalar is text."""


def resolve(text: str) -> object:
    """Return the value of a plain scalar by the core schema (YAML 1.2.2, section 10.3.2).

    A number of more than 18 digits stays text: no setting holds one, and converting it takes
    time that grows with its square.
    """
    if text in _CORE_WORDS:
        return _CORE_WORDS[text]
    if len(text) > _MAX_DIGITS + 2 or text[0] not in "0123456789+-.":
        return text
    if (text.isascii() and text.isdigit()) or _INTEGER.match(text):
        return int(text)
    if _OCTAL.match(text):
        return int(text[2:], 8)
    if _HEX.match(text):
        return int(text[2:], 16)
    if _FLOAT.match(text) or _SPECIAL_FLOAT.match(text):
        return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return text


def old_reading(text: str) -> str | None:
    """Say what YAML 1.1 loaders make of a plain scalar that YAML 1.2 reads as something else.

    Returns:
        The other value as a short text (``309``, ``false``, ``date``), the text itself where it is
        a sign with a meaning, or None where both agree.
        (YAML 1.1 type repository: bool, int, float, merge, timestamp, value.)
    """
    if not text or text[0] not in SUSPECT:
        return None
    if text in _OLD_WORDS:
        return "true" if _OLD_WORDS[text] else "false"
    if text in ("=", "<<"):
        return text
    if len(text) > 2 * _MAX_DIGITS or not (text[0].isdecimal() or text[0] in "+-"):
        return None
    if _OLD_DATE.match(text):
        return "date"
    return _old_number(text)


def _old_number(text: str) -> str | None:
    sign = -1 if text[0] == "-" else 1
    digits = text.lstrip("+-").replace("_", "")
    if _OLD_SEXAGESIMAL.match(text):
        total = 0.0
        for part in digits.split(":"):
            total = total * 60 + float(part)
        return f"{sign * total:g}" if total < 1e6 else str(sign * int(total))
    if _OLD_OCTAL.match(text):
        return str(sign * int(digits, 8))
    if _OLD_BINARY.match(text):
        return str(sign * int(digits[2:], 2))
    if "_" in text and _OLD_UNDERSCORED.match(text):
        return str(sign * int(digits, 16)) if digits.startswith("0x") else ("-" * (sign < 0)) + digits
    return None
