"""``wakagitops schema``: print a JSON Schema that the tool ships."""

from __future__ import annotations

import argparse

from wakagitops.cli.checking_run import add_output_flags
from wakagitops.cli.console import Console
from wakagitops.core.errors import ExitStatus
from wakagitops.core.messages import Translator, msg
from wakagitops.reading.annotations import SCHEMA_FILES, schema_folder
from wakagitops.reading.options import Options


def configure(parser: argparse.ArgumentParser, translate: Translator) -> None:
    """Add the command's arguments."""
    others = sorted(
        path.name.removesuffix(".schema.json")
        for path in schema_folder().glob("*.schema.json")
        if path.name not in SCHEMA_FILES.values()
    )
    parser.epilog = translate(
        msg("examples:\n  wakagitops schema file > mail-settings-file.schema.json")
    )
    parser.add_argument(
        "name",
        nargs="?",
        default="file",
        choices=(*SCHEMA_FILES, *others),
        help=translate(
            msg(
                "file: what one settings file may hold (the default); effective: what a shop's merged "
                "settings must hold; the others describe what the tool writes and reads besides"
            )
        ),
    )
    add_output_flags(parser, translate)


def run(arguments: argparse.Namespace, console: Console, options: Options) -> int:
    """Print the schema."""
    del options
    file = SCHEMA_FILES.get(arguments.name, f"{arguments.name}.schema.json")
    console.out((schema_folder() / file).read_text(encoding="utf-8"))
    return int(ExitStatus.CLEAN)
