"""The Spanish catalogue: whole, in step with the code, and written by the same rules throughout."""

from __future__ import annotations

import argparse
import ast
import gettext
import re
import shutil
import string
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.spanish_case import FOLDER, ROOT, Entry, entries, translated, words

_SAME = {
    "%(heading)s:",
    "Email de contacto",
    "External Secrets Operator",
    "JSON Schema 2020-12",
    "JSON Schema 2020-12, additionalProperties",
    "JSON Schema 2020-12, type",
    "RFC 6762 (local), RFC 7686 (onion), RFC 8375 (home.arpa), RFC 9476 (alt)",
    "Unicode Technical Report 36",
    "git core.ignoreCase",
    "HashiCorp Vault",
    "SHELL",
    "error",
    "wakagitops plan: {headline}",
    "{base} ({commit}) → {head} ({head_commit})",
    "{count} error",
    "{folder}: {written}, {removed}, {unchanged}",
    "{place}: {fix} [{rule}]",
    "{setting} = {value}",
}
"""What reads the same in both languages."""
_CODE_IN_SPANISH = (
    "examples:",
    "`wakagitops validate --since REF",
    "Write its members",
    "Write a list: ",
    "Write `key",
    "Use {env: NAME}",
)
"""Sentences whose code holds words for the reader, which are translated."""
_TO_PROGRAMMERS = re.compile(
    r"conflicting|not defined|'required' is|mutually exclusive arguments must|not callable|cannot merge|"
    r"invalid option string|dest= is|invalid conflict_resolution|cannot have multiple|can't open|"
    r"%\(prog\)s: (?:error|warning)|is deprecated|argument \"-\" with mode"
)
"""What argparse says where a program misuses it, or what this program has no use for."""
_NAME = re.compile(r"[A-Z]{2}|Wakaprint|Gmail|Unicode|Kubernetes")
"""Sentences that begin with a name, which the translation may have elsewhere."""
_FIELD = re.compile(r"\{[a-z_]+\}|%\([a-z_]+\)[a-z]|%[rs]")
_FLAG = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")


def _named(entry: Entry) -> str:
    return entry.english[0][:60]


def _generate(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(root / "script" / "generate"), *arguments, "catalogue"],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_catalogue_is_in_step_with_the_code() -> None:
    run = _generate(ROOT, "--check")
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_every_sentence_is_translated() -> None:
    assert [_named(entry) for entry in entries() if not all(entry.spanish)] == []
    assert [_named(entry) for entry in entries() if len(entry.spanish) != len(entry.english)] == []


def test_what_is_compiled_is_what_is_written() -> None:
    with (FOLDER / "wakagitops.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for entry in translated():
        if len(entry.english) == 1:
            assert compiled.gettext(entry.english[0]) == entry.spanish[0]
        else:
            one, many = entry.english
            assert compiled.ngettext(one, many, 1) == entry.spanish[0]
            assert {compiled.ngettext(one, many, number) for number in (0, 2, 11, 21)} == {
                entry.spanish[1]
            }


@pytest.mark.parametrize("form", [0, 1])
def test_translations_have_the_fields_of_their_sentences(form: int) -> None:
    for entry in translated():
        if form < len(entry.english):
            fields = Counter(_FIELD.findall(entry.english[form]))
            assert Counter(_FIELD.findall(entry.spanish[form])) == fields, _named(entry)


def test_translations_with_fields_can_be_filled_in() -> None:
    for entry in translated():
        names = {found[1:-1] for found in _FIELD.findall(entry.english[0]) if found[0] == "{"}
        for english, spanish in zip(entry.english, entry.spanish, strict=True):
            try:
                needed = {name for _, name, _, _ in string.Formatter().parse(english) if name}
            except ValueError:
                continue  # it has no fields, but braces of its own, and is shown as it stands
            if names and needed == names:
                assert spanish.format(**dict.fromkeys(names, "·")), _named(entry)


def test_translations_keep_space_line_ends_and_closing_marks() -> None:
    for entry in translated():
        for english, spanish in zip(entry.english, entry.spanish, strict=True):
            assert (
                english[: len(english) - len(english.lstrip())]
                == (spanish[: len(spanish) - len(spanish.lstrip())])
            ), _named(entry)
            assert english[len(english.rstrip()) :] == spanish[len(spanish.rstrip()) :], _named(entry)
            assert english.count("\n") == spanish.count("\n"), _named(entry)
            assert "  " not in spanish.strip() or "  " in english, _named(entry)
            closing = english.rstrip()[-1:]
            if closing in ".:?" or spanish.rstrip()[-1:] in ".:?":
                assert spanish.rstrip()[-1:] == closing, _named(entry)


def test_sentences_begin_as_they_do_in_english() -> None:
    for entry in translated():
        if "core/system_reasons.py" in entry.files:
            continue
        for english, spanish in zip(entry.english, entry.spanish, strict=True):
            first, other = english[:1], spanish.lstrip("¿¡")[:1]
            if first.isalpha() and other.isalpha() and not _NAME.match(english):
                assert first.isupper() == other.isupper(), _named(entry)


def test_only_what_reads_the_same_is_left_in_english() -> None:
    same = {entry.english[0] for entry in translated() if entry.english[0] == entry.spanish[0]}
    examples = {text for text in same if text.startswith("examples:")}
    assert examples == set()
    assert same <= _SAME


def test_quotation_marks_are_spanish_and_code_is_left_alone() -> None:
    for entry in translated():
        for english, spanish in zip(entry.english, entry.spanish, strict=True):
            assert not re.search("[‘’“”']", spanish), _named(entry)
            assert spanish.count("«") == spanish.count("»"), _named(entry)
            assert english.count('"') == spanish.count('"'), _named(entry)
            assert english.count("`") == spanish.count("`"), _named(entry)
            assert (spanish.count("(") == spanish.count(")")) or "(" in english, _named(entry)
            if not english.startswith(_CODE_IN_SPANISH):
                assert Counter(_FLAG.findall(english)) == Counter(_FLAG.findall(spanish)), _named(entry)
            if not english.startswith(_CODE_IN_SPANISH) and "ignore[" not in english:
                code = re.findall(r"`[^`]*`", english)
                assert sorted(code) == sorted(re.findall(r"`[^`]*`", spanish)), _named(entry)


def test_questions_and_exclamations_are_opened() -> None:
    for entry in translated():
        for spanish in entry.spanish:
            prose = re.sub(r"`[^`]*`", "", spanish)
            assert prose.count("¿") == prose.count("?"), _named(entry)


_OTHER_TERMS = {
    "panel": "gestor",
    "archivo": "fichero",
    "archivos": "ficheros",
    "directorio": "carpeta",
    "warning": "advertencia",
    "warnings": "advertencias",
    "mapeo": "mapa",
    "diccionario": "mapa",
    "renderizar": "generar",
    "password": "contraseña",
    "login": "inicio de sesión",
    "shop": "tienda",
    "flota": "conjunto de tiendas",
    "escriba": "escribe",
    "añada": "añade",
    "quite": "quita",
    "elija": "elige",
    "utilice": "usa",
    "indique": "indica",
}
_NAMES_OF_THINGS = {"password", "shop", "warning"}
"""These are also keys and values, which stay as they are."""


def test_one_thing_has_one_name_and_the_reader_is_addressed_in_one_way() -> None:
    for entry in translated():
        english = set().union(*(words(form) for form in entry.english))
        for spanish in entry.spanish:
            wrong = words(spanish) & _OTHER_TERMS.keys()
            assert not wrong - (_NAMES_OF_THINGS & english), f"{_named(entry)}: {wrong}"


def test_whatever_argparse_says_is_in_the_catalogue() -> None:
    known = {entry.english[0] for entry in entries()}
    calls = [
        node
        for node in ast.walk(ast.parse(Path(argparse.__file__).read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("_", "ngettext")
        and isinstance(node.args[0], ast.Constant)
    ]
    said = {str(ast.literal_eval(call.args[0])) for call in calls}
    assert len(said) > 20
    assert {text for text in said - known if not _TO_PROGRAMMERS.search(text)} == set()


def _small_project(root: Path, code: str) -> Path:
    """Make a copy of the generator with a program of one file, and the catalogue as it is."""
    shutil.copytree(ROOT / "script", root / "script", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "schema").mkdir()
    (root / "schema" / "mail-settings.schema.json").write_text('{"title": "Mail settings"}')
    catalogue = root / FOLDER.relative_to(ROOT) / "wakagitops.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text(
        '# The head stays.\nmsgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
        '# A hint for translators.\nmsgid "kept {name}"\nmsgstr "queda {name}"\n\n'
        'msgid "nobody says this"\nmsgstr "nadie lo dice"\n\n'
        'msgid "{count} shop"\nmsgid_plural "{count} shops"\n'
        'msgstr[0] "{count} tienda"\nmsgstr[1] "{count} tiendas"\n'
    )
    (root / "src" / "wakagitops" / "code.py").write_text(code)
    return catalogue


def test_new_sentences_come_in_empty_old_ones_go_and_translations_stay(tmp_path: Path) -> None:
    catalogue = _small_project(
        tmp_path,
        "f\"{translate(msg('new, within an f-string'))}\"\n"
        'msg("kept " "{name}", name=1)\n'
        'counted("{count} shop", "{count} shops", 2)\n',
    )
    assert _generate(tmp_path, "--check").returncode == 1
    assert _generate(tmp_path).returncode == 0
    text = catalogue.read_text(encoding="utf-8")
    assert text.startswith("# The head stays.\n")
    assert '#: code.py\nmsgid "new, within an f-string"\nmsgstr ""\n' in text
    assert '# A hint for translators.\n#: code.py\nmsgid "kept {name}"\nmsgstr "queda {name}"\n' in text
    assert 'msgstr[1] "{count} tiendas"\n' in text
    assert "nobody says this" not in text
    with catalogue.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert compiled.gettext("kept {name}") == "queda {name}"
    assert compiled.gettext("new, within an f-string") == "new, within an f-string"
    assert compiled.ngettext("{count} shop", "{count} shops", 2) == "{count} tiendas"
    assert _generate(tmp_path, "--check").returncode == 0


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("\nmsg(sentence)\n", "code.py:2: a sentence must be a literal"),
        ('msg(f"{shop} is odd")\n', "code.py:1: a sentence must be a literal"),
        ('counted("one", plural, 2)\n', "code.py:1: a sentence must be a literal"),
        (
            'msg("one")\ncounted("one", "many", 2)\n',
            "'one' has the plural 'many' here, and '' in code.py",
        ),
    ],
)
def test_a_sentence_that_cannot_be_found_or_translated_is_refused(
    tmp_path: Path, code: str, problem: str
) -> None:
    _small_project(tmp_path, code)
    run = _generate(tmp_path)
    assert run.returncode != 0
    assert problem in run.stderr
