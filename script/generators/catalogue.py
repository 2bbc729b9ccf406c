"""The Spanish catalogue: ``wakagitops.po``, which people translate, and ``wakagitops.mo``, made from it.

The file keeps what is translated, in the order in which the code says it. A sentence that is new
gets an empty translation, which a test reports; one that nobody says any more goes.
"""

from __future__ import annotations

import ast
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from re import compile as regex
from typing import Any, NamedTuple

from babel.messages.mofile import write_mo
from babel.messages.pofile import normalize, read_po

SOURCE = "src/wakagitops"
SCHEMA = "schema/mail-settings.schema.json"
FOLDER = f"{SOURCE}/locale/es/LC_MESSAGES"
WIDTH = 105
_WORDS = regex("[a-z]{3}")

ARGPARSE: tuple[str | tuple[str, str], ...] = (
    "usage: ",
    "positional arguments",
    "options",
    "show this help message and exit",
    "show program's version number and exit",
    "%(heading)s:",
    "argument %(argument_name)s: %(message)s",
    "the following arguments are required: %s",
    "one of the arguments %s is required",
    "unrecognized arguments: %s",
    "not allowed with argument %s",
    "ignored explicit argument %r",
    "ambiguous option: %(option)s could match %(matches)s",
    "unexpected option string: %s",
    "expected one argument",
    "expected at most one argument",
    "expected at least one argument",
    ("expected %s argument", "expected %s arguments"),
    "invalid %(type)s value: %(value)r",
    "invalid choice: %(value)r (choose from %(choices)s)",
    "invalid choice: %(value)r, maybe you meant %(arg_value)r? (choose from %(choices)s)",
    "unknown parser %(parser_name)r (choices: %(choices)s)",
)
"""What argparse itself may say to whoever calls us, in Python 3.11 and later."""


class Sentence(NamedTuple):
    """One entry of the catalogue."""

    text: str
    plural: str
    """Empty where the sentence does not count."""
    files: tuple[str, ...]
    """Who says it."""


class Translation(NamedTuple):
    """What a person wrote for one sentence."""

    forms: tuple[str, ...]
    """One text, or the singular and the plural."""
    comments: tuple[str, ...] = ()


def outputs(root: Path) -> Iterator[tuple[str, bytes]]:
    """Yield both files of the catalogue."""
    path = root / FOLDER / "wakagitops.po"
    header, known = read(path.read_text(encoding="utf-8"))
    said = sentences(root)
    text = "\n".join((header, *(_entry(each, known.get(each.text)) for each in said)))
    yield f"{FOLDER}/wakagitops.po", text.encode()
    yield f"{FOLDER}/wakagitops.mo", compiled(text)


def sentences(root: Path) -> list[Sentence]:
    """Return every sentence, in the order of the files and of the lines that say it first.

    Raises:
        ValueError: a call holds no literal text, or a text counts in one place and not in another.
    """
    found: dict[str, Sentence] = {}
    for file, text, plural in (*_of_argparse(), *_of_schema(root), *_of_code(root)):
        before = found.get(text, Sentence(text, plural, ()))
        if before.plural != plural:
            other = f"{before.plural!r} in {before.files[0]}"
            error = f"{file}: {text!r} has the plural {plural!r} here, and {other}"
            raise ValueError(error)
        if file not in before.files:
            found[text] = before._replace(files=(*before.files, file))
    return list(found.values())


def read(text: str) -> tuple[str, dict[str, Translation]]:
    """Return a catalogue's header as it is written, and its translations by their English text."""
    header, _, _ = text.partition("\n\n")
    known = {}
    for entry in read_po(io.BytesIO(text.encode()), locale="es"):
        if entry.id:
            one = entry.id if isinstance(entry.id, str) else entry.id[0]
            forms = (entry.string,) if isinstance(entry.string, str) else entry.string
            known[one] = Translation(tuple(forms or ()), tuple(entry.user_comments))
    return f"{header}\n", known


def compiled(text: str) -> bytes:
    """Return the catalogue as gettext reads it: the same bytes on every machine.

    Args:
        text: the catalogue as people write it; sentences without a translation are left out.
    """
    catalog = read_po(io.BytesIO(text.encode()), locale="es")
    # Babel writes both dates, which are not in the file and would be today's.
    catalog.creation_date = catalog.revision_date = datetime.fromtimestamp(0, UTC)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    return compiled.getvalue()


def _entry(sentence: Sentence, translation: Translation | None) -> str:
    """Return one entry of the file for people."""
    forms = translation.forms if translation is not None else ()
    lines = [f"# {comment}".rstrip() for comment in (translation.comments if translation else ())]
    lines += [f"#: {file}" for file in sentence.files]
    lines.append(f"msgid {normalize(sentence.text, width=WIDTH)}")
    if sentence.plural:
        both = forms if len(forms) == 2 else ("", "")
        lines.append(f"msgid_plural {normalize(sentence.plural, width=WIDTH)}")
        lines += [f"msgstr[{index}] {normalize(form, width=WIDTH)}" for index, form in enumerate(both)]
    else:
        only = forms[0] if len(forms) == 1 else ""
        lines.append(f"msgstr {normalize(only, width=WIDTH)}")
    return "".join(f"{line}\n" for line in lines)


def _of_argparse() -> Iterator[tuple[str, str, str]]:
    for words in ARGPARSE:
        one, many = (words, "") if isinstance(words, str) else words
        yield "argparse", one, many


def _of_schema(root: Path) -> Iterator[tuple[str, str, str]]:
    """Yield what ``wakagitops explain`` quotes from the schema."""

    def texts(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            yield from (part[key] for key in ("title", "description") if isinstance(part.get(key), str))
            for member in part.values():
                yield from texts(member)

    for text in texts(json.loads((root / SCHEMA).read_text(encoding="utf-8"))):
        yield SCHEMA, text, ""


def _authorities(module: ast.Module) -> Iterator[str]:
    """Yield what a rule rests on, where it is told in words and is no mere number of a standard."""
    for node in ast.walk(module):
        if isinstance(node, ast.keyword) and node.arg == "authority":
            for part in ast.walk(node.value):
                if isinstance(part, ast.Constant) and _WORDS.search(str(part.value)):
                    yield str(part.value)


def _of_code(root: Path) -> Iterator[tuple[str, str, str]]:
    folder = root / SOURCE
    for path in sorted(folder.rglob("*.py")):
        name = path.relative_to(folder).as_posix()
        module = ast.parse(path.read_bytes())
        calls = [
            node
            for node in ast.walk(module)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("msg", "counted")
        ]
        for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
            texts = [part.value for part in call.args if isinstance(part, ast.Constant)]
            literal = [text for text in texts if isinstance(text, str)]
            if len(literal) != (
                2 if isinstance(call.func, ast.Name) and call.func.id == "counted" else 1
            ):
                error = f"{name}:{call.lineno}: a sentence must be a literal, so that it can be found"
                raise ValueError(error)
            yield name, literal[0], literal[1] if len(literal) == 2 else ""
        yield from ((name, text, "") for text in _authorities(module))
