"""``wakagitops init``: a new settings repository, whole and green, that overwrites nothing."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from wakagitops import __version__
from wakagitops.cli.checking_run import add_output_flags
from wakagitops.cli.console import Console
from wakagitops.cli.install_source import InstallSource, installed_source, parse_install_source
from wakagitops.core.errors import ExitStatus, ToolError, UsageError
from wakagitops.core.messages import Translator, counted, msg
from wakagitops.core.safe_files import refuse_links, refuse_links_of_repository, replace_file
from wakagitops.core.system_reasons import system_reason
from wakagitops.core.visible import visible
from wakagitops.settings.config import Options
from wakagitops.settings.repository import ENDINGS, Layout, Repository
from wakagitops.settings.schema import SCHEMA_FILES, schema_folder
from wakagitops.sources.trees import WorkingTree

SCHEMAS = (SCHEMA_FILES["file"], "wakagitops-toml.schema.json")
"""The schemas that editors check by."""

_TEMPLATES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "init_files")
_ROOT = Layout().root
"""The folder of the example shop, which is where the new wakagitops.toml says."""
_PIPELINES = (".github/workflows/wakagitops.yml", ".gitlab-ci.yml")
_DOT = "dot_"
"""Stands for the dot of a file's name, so that a template rules nothing where it lies itself."""


def configure(parser: argparse.ArgumentParser, translate: Translator) -> None:
    """Add the command's arguments."""
    parser.description = translate(
        msg(
            "Start a new settings repository: an example shop, wakagitops.toml, commit hooks, CI, and\n"
            "settings for editors. It asks nothing and overwrites nothing: files that are there\n"
            "already stay as they are, and the others are added."
        )
    )
    parser.epilog = translate(
        msg(
            "examples:\n"
            "  wakagitops init my-shops\n"
            "  cd my-shops && git init && pre-commit install && wakagitops validate"
        )
    )
    parser.add_argument(
        "folder",
        metavar="DIR",
        nargs="?",
        default=".",
        help=translate(msg("the folder to fill (default: this one); it is made where there is none")),
    )
    parser.add_argument(
        "--install-from",
        metavar="SPEC",
        action="append",
        help=translate(
            msg(
                "what pip installs in CI: git+https://HOST/PATH@COMMIT with a full commit, or "
                "name==version --hash=sha256:…, repeated for each package (default: the commit that "
                "this wakagitops was installed from)"
            )
        ),
    )
    add_output_flags(parser, translate)


def run(arguments: argparse.Namespace, console: Console, options: Options) -> int:
    """Write the files that are not there yet, or none of them."""
    del options
    folder: str = arguments.folder
    given: list[str] = arguments.install_from or []
    source = parse_install_source(given) if given else installed_source()
    files = dict(sorted(contents(console.translate.language, source)))
    _refuse_linked(folder, files)
    if blocked := [name for name in files if _is_blocked(folder, name)]:
        message = msg(
            "nothing was written, since in {folder} a file stands where a folder is needed, for: "
            "{files}",
            folder=folder,
            files=", ".join(blocked),
        )
        raise UsageError(message)
    kept = [name for name in files if os.path.lexists(os.path.join(folder, name))]
    has_shops = _has_shops(folder, files)
    new = {
        name: data
        for name, data in files.items()
        if name not in kept and not (has_shops and _is_example(name))
    }
    _write(folder, new)
    if console.verbosity >= 0:
        console.out_all(_told(folder, new, kept, console.translate))
        if has_shops:
            console.note(msg("{root} holds settings already, so no example is added", root=f"{_ROOT}/"))
        if not source.lines and set(_PIPELINES) & set(new):
            console.note(
                msg(
                    "the pipelines do not know where to install wakagitops from, and fail until "
                    "WAKAGITOPS_INSTALL is filled in; --install-from fills it"
                )
            )
    return int(ExitStatus.CLEAN)


def _refuse_linked(folder: str, files: Iterable[str]) -> None:
    """Stop where a link of a repository leads to the folder, or a link in it to the place of a file.

    Raises:
        UsageError: it does.
    """
    try:
        refuse_links_of_repository(folder)
        for above in sorted({name.rpartition("/")[0] for name in files} - {""}):
            refuse_links(folder, above)
    except OSError as error:
        path, reason = str(error.filename), system_reason(error)
        message = msg("{path} cannot be written: {reason}", path=path, reason=reason)
        raise UsageError(message) from error


def _has_shops(folder: str, files: Mapping[str, bytes]) -> bool:
    """Return True if there are settings on which the example's defaults would act.

    The example itself does not count: a run that was killed may have left part of it.
    """
    tree = WorkingTree(os.path.abspath(folder))
    return any(
        name not in files or tree.read(name) != files[name]
        for name in Repository(tree, Layout(_ROOT)).files
    )


def _is_example(name: str) -> bool:
    return name.startswith(f"{_ROOT}/") and name.endswith(ENDINGS)


def contents(language: str, source: InstallSource) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a new repository: path and bytes.

    Args:
        language: of the comments, ``en`` or ``es``.
        source: where the pipelines and hooks install the tool from.
    """
    for branch in ("all", language):
        top = os.path.join(_TEMPLATES, branch)
        for place, _, names in os.walk(top):
            for name in names:
                path = os.path.join(place, name)
                if not _is_for(path, source):
                    continue
                with open(path, encoding="utf-8") as file:
                    text = file.read()
                parts = os.path.relpath(path, top).split(os.sep)
                shown = "/".join(
                    part.replace(_DOT, ".", 1) if part.startswith(_DOT) else part for part in parts
                )
                text = text.replace("%repository%", source.repository).replace("%commit%", source.commit)
                yield shown.replace(".git.yaml", ".yaml"), _filled(text, source).encode()
    for name in SCHEMAS:
        yield f"schema/{name}", Path(schema_folder(), name).read_bytes()


def _filled(text: str, source: InstallSource) -> str:
    """Put the install source into a template, in the YAML that its place needs."""
    text = text.replace("%version%", __version__)
    return re.sub(
        r'^( *)(.*)"%install%"$', lambda match: _block(match, source), text, flags=re.MULTILINE
    )


def _block(match: re.Match[str], source: InstallSource) -> str:
    """Return the line of a key with the install source as its value."""
    indent, key = match.groups()
    if not source.lines:
        return f'{indent}{key}""'
    return "\n".join((f"{indent}{key}|-", *(f"{indent}  {line}" for line in source.lines)))


def _is_for(path: str, source: InstallSource) -> bool:
    """True unless a template is of the other of the two ways to get the commit hooks."""
    if path.endswith("pre-commit-config.git.yaml"):
        return bool(source.repository)
    return not (source.repository and path.endswith("pre-commit-config.yaml"))


def _is_blocked(folder: str, name: str) -> bool:
    """Tell whether something else than a folder is where a file's folder has to be."""
    path = folder
    for part in name.split("/")[:-1]:
        path = os.path.join(path, part)
        if os.path.lexists(path) and not os.path.isdir(path):
            return True
    return False


def _write(folder: str, files: Mapping[str, bytes]) -> None:
    """Write all files; when one cannot be written, take away again what was.

    Raises:
        ToolError: the system refuses a file.
    """
    made: list[str] = []
    for name, data in files.items():
        path = os.path.join(folder, *name.split("/"))
        try:
            made.extend(_make_folders(os.path.dirname(path)))
            replace_file(path, data, is_new=True)
            made.append(path)
        except OSError as error:
            for leftover in reversed(made):
                with suppress(OSError):
                    (os.rmdir if os.path.isdir(leftover) else os.unlink)(leftover)
            reason = system_reason(error)
            message = msg("{path} cannot be written: {reason}", path=path, reason=reason)
            raise ToolError(message) from error


def _make_folders(folder: str) -> Iterator[str]:
    """Make a folder and those above it, and yield the ones that were not there."""
    if folder and not os.path.isdir(folder):
        yield from _make_folders(os.path.dirname(folder))
        os.mkdir(folder)
        yield folder


def _told(
    folder: str, files: Mapping[str, bytes], kept: Sequence[str], translate: Translator
) -> Iterator[str]:
    written = counted(
        "{folder}: {count} file written", "{folder}: {count} files written", len(files), folder=folder
    )
    yield f"{translate(written)}\n"
    for name in files:
        yield f"  {visible(name)}\n"
    if kept:
        yield f"\n{translate(msg('There already, and left as they are:'))}\n"
    for name in kept:
        yield f"  {visible(name)}\n"
    yield f"\n{translate(msg('Next:'))}\n"
    enter = [] if os.path.samefile(folder, ".") else [f"cd {folder}"]
    start = [] if _is_in_git(os.path.realpath(folder)) else ["git init"]
    for command in (*enter, *start, "pre-commit install", "wakagitops validate"):
        yield f"  {visible(command)}\n"


def _is_in_git(folder: str) -> bool:
    """Tell whether a folder, or one above it, is a git working tree."""
    above = os.path.dirname(folder)
    return os.path.exists(os.path.join(folder, ".git")) or (above != folder and _is_in_git(above))
