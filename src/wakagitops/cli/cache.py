"""``wakagitops cache``: show where the cache lies, the key for a CI cache, or empty it."""

from __future__ import annotations

import argparse
import os

from wakagitops.cache.folders import clean
from wakagitops.cache.location import cache_root, why_unusable
from wakagitops.cache.tool import tool_digest
from wakagitops.cli.checking_run import add_output_flags
from wakagitops.cli.console import Console
from wakagitops.core.errors import ExitStatus, ToolError
from wakagitops.core.messages import Message, Translator, counted, msg
from wakagitops.core.system_reasons import system_reason
from wakagitops.settings.config import Options
from wakagitops.settings.schema import schema_folder

ACTIONS = ("dir", "key", "clean")


def configure(parser: argparse.ArgumentParser, translate: Translator) -> None:
    """Add the command's arguments."""
    parser.epilog = translate(
        msg(
            "The cache lies in the user's cache folder, or where WAKAGITOPS_CACHE_DIR says.\n"
            "It must lie outside the repository and belong to this user alone.\n"
            "\n"
            "examples:\n"
            "  wakagitops cache dir      the folder to keep between CI runs\n"
            "  wakagitops cache key      changes when the tool or its data changes\n"
            "  wakagitops cache clean    remove the results of all repositories"
        )
    )
    parser.add_argument(
        "action",
        metavar="ACTION",
        choices=ACTIONS,
        help=translate(
            msg(
                "dir: print the folder of the cache; key: print the digest of the tool and its data, as "
                "part of the key of a CI cache; clean: empty the cache"
            )
        ),
    )
    add_output_flags(parser, translate)


def run(arguments: argparse.Namespace, console: Console, options: Options) -> int:
    """Print the folder or the key, or empty the cache.

    Raises:
        ToolError: the tool's files cannot be read, or the cache cannot be emptied.
    """
    if arguments.action == "key":
        console.out(f"{_key()}\n")
        return int(ExitStatus.CLEAN)
    root = cache_root(os.environ)
    problem = why_unusable(root, options.base)
    if arguments.action == "dir" and root:
        console.out(f"{root}\n")
        if problem is not None:
            console.note(problem)
        return int(ExitStatus.CLEAN)
    if problem is not None:
        raise ToolError(problem)
    console.out(f"{console.translate(_cleaned(root))}\n")
    return int(ExitStatus.CLEAN)


def _key() -> str:
    key = tool_digest(schema_folder())
    if not key:
        raise ToolError(msg("the files of the installed tool cannot be read; install it as a wheel"))
    return key


def _cleaned(root: str) -> Message:
    try:
        count = clean(root)
    except OSError as error:
        raise ToolError(
            msg("{folder} cannot be emptied: {reason}", folder=root, reason=system_reason(error))
        ) from error
    return counted(
        "removed the cache of {count} checkout from {folder}",
        "removed the caches of {count} checkouts from {folder}",
        count,
        folder=root,
    )
