"""Writing a value into a format so that the format's real parser gives the same value back.

One function a format. Each either returns text that its parser reads as the value given, or says by
an error why the format cannot hold it; none drops or replaces a character.
"""

from __future__ import annotations

import html
import json
import shlex
from collections.abc import Callable, Mapping, Sequence
from re import Match

from wakagitops.core.messages import Message, msg
from wakagitops.core.patterns import regex

_SURROGATE = regex("[\ud800-\udfff]")
_CONTROL = regex("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_C0 = regex("[\x00-\x1f\x7f]")
_BARE = regex('[^" ]+\\Z')
# What a parser of HTML drops, replaces or turns into a line feed, as text or as a reference.
_NO_HTML = regex(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef"
    + "".join(chr((plane << 16) + last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
# What YAML 1.1 or 1.2 does not take unescaped, and what nobody would see.
_YAML_ESCAPED = regex(
    '[\x00-\x1f"\\\\\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff0-\uffff]'
)
# Spaces by the definitions of Go and of Python together.
_SPACES = " \t\n\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    chr(code) for code in range(0x2000, 0x200B)
)
_NO_HELP = Message("")
_ENV_ADVICE = msg("Change the value, or use a target that holds any text, such as php or kubernetes.")


class UnfitTextError(ValueError):
    """A format has no way to hold a text."""

    value: object = None
    """The text, where a template was about to write it."""

    def __init__(self, message: Message, advice: Message = _NO_HELP) -> None:
        """Keep why, and what to write instead."""
        super().__init__(message)
        self.message = message
        self.advice = advice


class UnfitTypeError(TypeError):
    """A template writes a list, a mapping or nothing where the format holds only text and numbers."""


def shown(character: str) -> str:
    """Return a character as a message shows it: itself where it can be seen, else its code point."""
    return character if "!" <= character <= "~" else f"U+{ord(character):04X}"


def html_text(value: object) -> str:
    """Return HTML for a text, in an element or in a quoted attribute.

    Raises:
        UnfitTextError: HTML has no form for a character (HTML Standard, "Preprocessing the input
            stream" and "Numeric character reference end state").
        UnfitTypeError: the value is no text or number.
    """
    text = _text(value)
    unfit = _NO_HTML.search(text)
    if unfit:
        raise UnfitTextError(
            msg("HTML cannot hold the character {character}", character=shown(unfit[0]))
        )
    return html.escape(text, quote=True)


def html_references(text: str) -> str:
    """Return a text with every character as an HTML character reference, decimal and hexadecimal mixed.

    The mix depends on the text alone, so the same text gives the same bytes.

    Raises:
        UnfitTextError: a character reference of a control character means another character.
    """
    html_text(text)
    return "".join(
        f"&#{ord(character)};" if (index + ord(character)) % 3 else f"&#x{ord(character):x};"
        for index, character in enumerate(text)
    )


def json_value(value: object) -> str:
    """Return JSON (RFC 8259) for any value, on one line."""
    return json.dumps(_checked(value), ensure_ascii=False, sort_keys=True)


def yaml_value(value: object) -> str:
    """Return YAML for any value, on one line, that YAML 1.1 and 1.2 read alike.

    Text is always double-quoted (YAML 1.2.2, section 5.7), so no reader takes it for another type.
    """
    if isinstance(value, Mapping):
        pairs = (f"{yaml_value(str(key))}: {yaml_value(value[key])}" for key in sorted(value))
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(yaml_value(item) for item in value) + "]"
    if not isinstance(value, str):
        return json_value(value)
    return '"' + _YAML_ESCAPED.sub(_yaml_escape, _unicode(value)) + '"'


def _yaml_escape(match: Match[str]) -> str:
    character = match[0]
    if character in '"\\':
        return f"\\{character}"
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def php_value(value: object, indent: int = 0) -> str:
    """Return a PHP literal: single-quoted text, numbers, ``null``, arrays with one member a line.

    Single-quoted text knows two escapes, for the quote and the backslash (PHP manual, "Strings").
    """
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        escaped = _unicode(value).replace("\\", "\\\\").replace("'", "\\'")
        return f"'{escaped}'"
    inner = " " * (indent + 4)
    if isinstance(value, Mapping):
        lines = [
            f"{inner}{php_value(str(key))} => {php_value(value[key], indent + 4)},\n"
            for key in sorted(value)
        ]
    elif isinstance(value, Sequence):
        lines = [f"{inner}{php_value(item, indent + 4)},\n" for item in value]
    else:
        raise UnfitTypeError
    return "[\n" + "".join(lines) + " " * indent + "]" if lines else "[]"


def shell_word(value: object) -> str:
    """Return one word of a POSIX shell.

    Raises:
        UnfitTextError: a NUL, which no shell can hold.
        UnfitTypeError: the value is no text or number.
    """
    text = _text(value)
    if "\x00" in text:
        raise UnfitTextError(
            msg("a shell word cannot hold the character {character}", character="U+0000")
        )
    return shlex.quote(text)


def env_value(value: object) -> str:
    """Return a value for a line ``NAME=value`` that every reader of env files takes as it stands.

    ``docker --env-file`` and kustomize keep quotes, while Compose and python-dotenv strip them, cut
    comments and expand variables; so only text that none of them touches is let through.

    Raises:
        UnfitTextError: a reader would read something else.
        UnfitTypeError: the value is no text or number.
    """
    text = _text(value)
    control = _CONTROL.search(text)
    if control:
        message = msg(
            "a line of an env file cannot hold the character {character}", character=shown(control[0])
        )
        raise UnfitTextError(message, _ENV_ADVICE)
    # Whether one of these is read as it stands depends on the reader and on what is beside it.
    touched = next((character for character in "#$\\`" if character in text), None)
    if touched:
        message = msg("env files are not read alike where a value holds {character}", character=touched)
        raise UnfitTextError(message, _ENV_ADVICE)
    if text[:1] in ("'", '"'):
        message = msg(
            "env files are not read alike where a value begins with {character}", character=text[0]
        )
        raise UnfitTextError(message, _ENV_ADVICE)
    if text.strip(_SPACES) != text:
        message = msg("env files are not read alike where a value begins or ends with a space")
        raise UnfitTextError(message, _ENV_ADVICE)
    return text


def msmtp_argument(value: object) -> str:
    """Return an argument of an ``msmtprc`` line; quotes around it are taken off, nothing else is read.

    Raises:
        UnfitTextError: a control character, which would end the line or be cut.
        UnfitTypeError: the value is no text or number.
    """
    text = _text(value)
    control = _C0.search(text)
    if control:
        raise UnfitTextError(
            msg(
                "a line of an msmtprc cannot hold the character {character}", character=shown(control[0])
            )
        )
    return text if _BARE.match(text) else f'"{text}"'


def as_it_stands(value: object) -> str:
    """Return text unchanged, for formats that the template's author escapes.

    Raises:
        UnfitTypeError: the value is no text or number.
    """
    return _text(value)


ESCAPES: Mapping[str, Callable[[object], str]] = {
    "env": env_value,
    "html": html_text,
    "json": json_value,
    "msmtp": msmtp_argument,
    "none": as_it_stands,
    "php": php_value,
    "shell": shell_word,
    "yaml": yaml_value,
}
"""The formats that a template can be in, by name."""


def _text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise UnfitTypeError
    return _unicode(str(value))


def _unicode(text: str) -> str:
    """Return the text, unless it has half of a surrogate pair, which UTF-8 cannot hold."""
    if _SURROGATE.search(text):
        raise UnfitTextError(msg("the text is not Unicode: it holds half of a surrogate pair"))
    return text


def _checked(value: object) -> object:
    """Return the value, unless one of its texts is not Unicode."""
    if isinstance(value, str):
        _unicode(value)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            _checked(key)
            _checked(item)
    elif isinstance(value, Sequence):
        for item in value:
            _checked(item)
    return value
