"""Letters that look like others: words that read as ASCII and are not (UTS #39)."""

from unicodedata import normalize

from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.patterns import regex

_WORD = regex(r"[^\W\d_]+")
_LATIN = regex(
    r"[A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0300-\u036f\u1e00-\u1eff]*\Z"
)
"""Latin letters with their accents, which nobody takes for others."""


class Lookalike(NamedTuple):
    """A character that reads as another."""

    character: str
    reads_as: str


def lookalike(text: str) -> Lookalike | None:
    """Return the first character of a text that passes for an ASCII letter where it misleads.

    It misleads in a word that also has Latin letters (mixed scripts), such as ``contacto`` with a
    Cyrillic o, and in one whose every letter passes for a Latin one (a whole-script confusable); the
    Russian word for mail does neither. Ligatures and letters of mathematics or of full width count
    as look-alikes anywhere.

    Args:
        text: a local part, or a domain whose labels are in their Unicode form.
    """
    if text.isascii():
        return None
    for word in _WORD.findall(text):
        if word.isascii() or _LATIN.match(word):
            continue
        found = _misleading(word)
        if found is not None:
            return found
    return None


def _misleading(word: str) -> Lookalike | None:
    imitations = []
    latin = 0
    foreign = 0
    for character in word:
        if _LATIN.match(character):
            latin += 1
            continue
        plain = normalize("NFKC", character)
        if plain != character and plain.isascii() and plain.isalnum():
            return Lookalike(character, plain)
        reads_as = _ascii_twin(character)
        if reads_as:
            imitations.append(Lookalike(character, reads_as))
        else:
            foreign += 1
    if imitations and (latin or not foreign):
        return imitations[0]
    return None


def _ascii_twin(character: str) -> str:
    """Return the ASCII letter that a letter of another script is confused with, or an empty text."""
    # Its tables take 50 ms to load, so only a letter outside Latin asks for them.
    from confusable_homoglyphs.confusables import confusables_data  # noqa: PLC0415

    for twin in confusables_data.get(character, ()):
        letter: str = twin["c"]
        if len(letter) == 1 and letter.isascii() and letter.isalpha():
            return letter
    return ""
