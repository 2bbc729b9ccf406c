"""``wakagitops schema``: print a JSON Schema that the tool ships, or renew those of a repository."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from wakagitops.cli.checking_run import add_output_flags
from wakagitops.cli.console import Console
from wakagitops.cli.reporting import write_report
from wakagitops.core.errors import ExitStatus, NothingToCheckError, ToolError, UsageError
from wakagitops.core.messages import Translator, msg
from wakagitops.core.safe_files import read_named
from wakagitops.core.system_reasons import system_reason
from wakagitops.settings.config import Options
from wakagitops.settings.schema import SCHEMA_FILES, schema_folder

FOLDER = "schema"
"""Where a new repository keeps its schemas."""


def configure(parser: argparse.ArgumentParser, translate: Translator) -> None:
    """Add the command's arguments."""
    others = sorted(
        path.name.removesuffix(".schema.json")
        for path in Path(schema_folder()).glob("*.schema.json")
        if path.name not in SCHEMA_FILES.values()
    )
    parser.epilog = translate(
        msg(
            "examples:\n"
            "  wakagitops schema file > mail-settings-file.schema.json\n"
            "  wakagitops schema --refresh schema    renew what editors check by, after an update"
        )
    )
    parser.add_argument(
        "name",
        metavar="NAME",
        nargs="?",
        default="file",
        choices=(*SCHEMA_FILES, *others),
        help=translate(
            msg(
                "file: what one settings file may hold (the default); effective: what a shop's merged "
                "settings must hold; what else the tool reads and writes: {others}",
                others=", ".join(others),
            )
        ),
    )
    parser.add_argument(
        "--refresh",
        metavar="DIR",
        nargs="?",
        const=FOLDER,
        help=translate(
            msg(
                "write the schemas that DIR holds anew, where this version has others "
                "(default: {folder})",
                folder=FOLDER,
            )
        ),
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help=translate(msg("with --refresh: write nothing, and exit with 1 where one is stale")),
    )
    add_output_flags(parser, translate)


def run(arguments: argparse.Namespace, console: Console, options: Options) -> int:
    """Print the schema, or renew those in a folder."""
    del options
    if arguments.refresh is not None:
        return _refresh(arguments.refresh, console, check=arguments.check)
    if arguments.check:
        raise UsageError(
            msg(
                "--check compares the schemas of a folder: name it with --refresh, as in "
                "`wakagitops schema --refresh {folder} --check`",
                folder=FOLDER,
            )
        )
    file = SCHEMA_FILES.get(arguments.name, f"{arguments.name}.schema.json")
    console.out(Path(schema_folder(), file).read_text(encoding="utf-8"))
    return int(ExitStatus.CLEAN)


def _refresh(folder: str, console: Console, *, check: bool) -> int:
    """Write the schemas that are stale, or say which are.

    Raises:
        NothingToCheckError: the folder holds no schema of ours.
        ToolError: one cannot be written.
    """
    shipped = sorted(Path(schema_folder()).glob("*.schema.json"))
    held = [path for path in shipped if os.path.lexists(os.path.join(folder, path.name))]
    if not held:
        raise NothingToCheckError(msg("{folder} holds no schema of wakagitops", folder=folder))
    stale = False
    for path in held:
        place = os.path.join(folder, path.name)
        if _text(place) == path.read_bytes():
            continue
        stale = True
        if check:
            line = msg(
                "{path} is stale; `wakagitops schema --refresh {folder}` renews it",
                path=place,
                folder=folder,
            )
        else:
            write_report(place, path.read_text(encoding="utf-8"))
            line = msg("{path} is renewed", path=place)
        console.out(f"{console.translate(line)}\n")
    return int(ExitStatus.FINDINGS if stale and check else ExitStatus.CLEAN)


def _text(path: str) -> bytes:
    try:
        # A checkout with CRLF holds the same schema.
        return read_named(path).replace(b"\r\n", b"\n")
    except OSError as error:
        message = msg("{path} cannot be read: {reason}", path=path, reason=system_reason(error))
        raise ToolError(message) from error
