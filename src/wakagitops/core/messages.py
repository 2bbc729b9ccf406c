"""Messages as values: an English sentence with named fields, translated only when shown.

Code writes ``msg("{host} is no host name", host=host)``; Babel finds those calls, and the report
formats them in the reader's language. So findings, caches and plans hold no language.
"""

from collections.abc import Callable

from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.visible import visible


class Message(NamedTuple):
    """One sentence in English, the catalogue's key, with the values of its named fields."""

    text: str
    fields: tuple[tuple[str, object], ...] = ()
    """Field values: text, numbers, or other messages, which are translated too.

    Text may come from anywhere: the translator makes it visible (``core.visible``).
    """
    plural: str = ""
    """The plural sentence, where the sentence counts."""
    number: int = 0
    """The number that chooses between ``text`` and ``plural``."""

    def with_fields(self, **fields: object) -> "Message":
        """Return the same sentence with some fields set anew."""
        return self._replace(fields=tuple({**dict(self.fields), **fields}.items()))


def msg(text: str, /, **fields: object) -> Message:
    """Mark an English sentence for translation and bind its fields."""
    return Message(text, tuple(fields.items()))


def counted(text: str, plural: str, count: int, /, **fields: object) -> Message:
    """Mark a sentence that counts; ``{count}`` is bound to ``count``."""
    return Message(text, (("count", count), *fields.items()), plural, count)


class Translator:
    """Turns messages into text of one language; English needs no catalogue."""

    __slots__ = ("_catalogue", "language")

    def __init__(self, language: str = "en") -> None:
        """Load the catalogue of a language: ``en`` or ``es``.

        Raises:
            FileNotFoundError: there is no catalogue for that language.
        """
        self.language = language
        self._catalogue = None
        if language != "en":
            # gettext costs start-up time that an English run need not pay.
            import gettext  # noqa: PLC0415
            from pathlib import Path  # noqa: PLC0415

            folder = Path(__file__).parent.parent / "locale"
            self._catalogue = gettext.translation("wakagitops", folder, [language])

    def __call__(self, message: Message) -> str:
        """Return the message as text in this language, its fields filled in and made visible."""
        return self._filled(message, _shown)

    def exact(self, message: Message) -> str:
        """Return the message with its fields as they are, for JSON, which escapes them itself."""
        return self._filled(message, _unchanged)

    def _filled(self, message: Message, show: Callable[[object], object]) -> str:
        text = self._sentence(message)
        if not message.fields:
            # A sentence without fields may hold braces of its own, and is shown as it stands.
            return text
        fields = {
            name: self._filled(value, show) if isinstance(value, Message) else show(value)
            for name, value in message.fields
        }
        return text.format(**fields)

    def _sentence(self, message: Message) -> str:
        if not message.text:
            return ""
        if message.plural:
            if self._catalogue is not None:
                return self._catalogue.ngettext(message.text, message.plural, message.number)
            return message.text if message.number == 1 else message.plural
        return self._catalogue.gettext(message.text) if self._catalogue else message.text


def _shown(value: object) -> object:
    return visible(value) if isinstance(value, str) else value


def _unchanged(value: object) -> object:
    return value
