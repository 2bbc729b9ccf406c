"""What commands that check have in common: their flags, and the request made from them."""

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from wakagitops.cache.location import FORMER
from wakagitops.cache.tool import files_digest, tool_digest
from wakagitops.cli.console import Console
from wakagitops.cli.env import day, flag, number, one_of, texts, told, version
from wakagitops.cli.known_findings import with_known
from wakagitops.core.digests import digest
from wakagitops.core.errors import NothingToCheckError, UsageError
from wakagitops.core.messages import Message, Translator, msg
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.rule import Rule
from wakagitops.core.safe_files import refuse_links
from wakagitops.core.system_reasons import system_reason
from wakagitops.core.typed import Any
from wakagitops.rules import all_rules, team_rules
from wakagitops.settings.config import LANGUAGES, Options, find, is_outside
from wakagitops.settings.repository import Repository
from wakagitops.settings.schema import schema_folder
from wakagitops.sources.trees import Overlay, Tree, WorkingTree
from wakagitops.validate.cache_folder import cache_folder
from wakagitops.validate.gather import Work
from wakagitops.validate.pipeline import Request
from wakagitops.validate.policy import Policy, kept_on, policy
from wakagitops.validate.results_cache import ResultsCache

STDIN = "-"
COLORS = ("auto", "always", "never")
WORTH_A_STATUS = 1000
"""The number of files from which people at a terminal are told how far the run is."""


class Prepared(NamedTuple):
    """A command's repository, policy and request, ready to be checked."""

    options: Options
    repository: Repository
    policy: Callable[[], Policy]
    request: Request
    shown: Callable[[str], str]
    """Turns a path relative to the base into one relative to the current directory."""


def add_flags(parser: argparse.ArgumentParser, translate: Translator) -> None:
    """Add the flags that every checking command has."""

    def add(*names: str, help: Message, **settings: Any) -> None:  # noqa: A002 - argparse's word
        parser.add_argument(*names, help=translate(help), **settings)

    add("--config", metavar="FILE", help=msg("the wakagitops.toml to use"))
    add(
        "--policy-from",
        metavar="REF",
        help=msg("take wakagitops.toml and the baseline from a git revision, not the working tree"),
    )
    add("--select", metavar="RULE,…", action="append", help=msg("run only these rules or groups"))
    add("--ignore", metavar="RULE,…", action="append", help=msg("leave these rules or groups out"))
    add("--strict", action="store_true", help=msg("let warnings fail the run too"))
    add(
        "--assume-version",
        metavar="X",
        type=told(version, "--assume-version"),
        help=msg("judge every shop as if its platform were X"),
    )
    add("--no-suppressions", action="store_true", help=msg("report suppressed findings as well"))
    add("--baseline", metavar="FILE", help=msg("leave out the findings that FILE lists"))
    add(
        "--today",
        metavar="DATE",
        type=told(day, "--today"),
        help=msg("the day that suppressions expire against and dated facts are judged by"),
    )
    add(
        "--jobs",
        metavar="N",
        type=told(number, "--jobs"),
        help=msg("how many processes to use; 0 decides by itself"),
    )
    add("--no-cache", action="store_true", help=msg("check everything anew"))
    add(
        "--allow-code",
        action="store_true",
        help=msg("load the team's own rules, which are Python code of this repository"),
    )
    add_output_flags(parser, translate)
    parser.set_defaults(
        environment_twins={
            "config": str,
            "policy_from": str,
            "select": texts,
            "ignore": texts,
            "strict": flag,
            "assume_version": version,
            "no_suppressions": flag,
            "baseline": str,
            "today": day,
            "jobs": number,
            "no_cache": flag,
            "allow_code": flag,
            **parser.get_default("environment_twins"),
        }
    )


def add_output_flags(parser: argparse.ArgumentParser, translate: Translator) -> None:
    """Add the flags of language, colour and verbosity, which every command has."""
    parser.add_argument("--lang", choices=LANGUAGES, help=translate(msg("the language of messages")))
    parser.add_argument(
        "--color",
        choices=COLORS,
        default="auto",
        help=translate(msg("when to use colour (default: auto)")),
    )
    parser.add_argument("-q", "--quiet", action="count", default=0, help=translate(msg("say less")))
    parser.add_argument("-v", "--verbose", action="count", default=0, help=translate(msg("say more")))
    parser.add_argument(
        "--debug", action="store_true", help=translate(msg("show where an internal error arose"))
    )
    parser.set_defaults(
        environment_twins={
            "color": one_of(COLORS),
            "quiet": number,
            "verbose": number,
            **(parser.get_default("environment_twins") or {}),
        }
    )


def prepare(
    arguments: argparse.Namespace,
    console: Console,
    options: Options,
    paths: Sequence[str] = (),
    tree: Tree | None = None,
) -> Prepared:
    """Make the request that the arguments ask for.

    Args:
        arguments: the parsed flags.
        console: told of paths that are skipped.
        options: what ``wakagitops.toml`` says.
        paths: the files and folders that findings are wanted of; none for all.
        tree: the files, where they are not the working tree's.

    Raises:
        UsageError: a flag or ``wakagitops.toml`` is wrong.
        NothingToCheckError: a path does not exist, or there is no settings file.
    """
    cwd = os.getcwd()

    def shown(path: str) -> str:
        if path == "<stdin>":
            return path
        return os.path.relpath(os.path.join(options.base, path), cwd).replace(os.sep, "/")

    _refuse_wrong(arguments, paths)
    if tree is None:
        disk = tree = WorkingTree(options.base)
        if STDIN in paths:
            tree = _with_stdin(disk, _stdin_path(arguments, options, cwd))
    repository = Repository(tree, options.layout)
    given = _given(arguments, console, options, repository, paths, cwd) if paths else None
    if not given and not (repository.files or repository.strays):
        # Also where paths were named: with a wrong root, a hook would pass whatever is committed.
        raise NothingToCheckError(why_nothing(options, shown(options.layout.root)))
    select, ignore = _split(arguments.select), _split(arguments.ignore)

    for rule in kept_on(options, ignore):
        console.note(msg("{rule} cannot be switched off or lowered, and runs as an error", rule=rule))

    @cache
    def rules() -> Mapping[str, Rule]:
        return rules_of(options, allow_code=arguments.allow_code)

    @cache
    def chosen() -> Policy:
        _check_targets(options)
        return policy(options, rules(), select=select, ignore=ignore)

    if options.team_rules and not arguments.allow_code:
        rules()

    work = Work(
        repository,
        chosen,
        arguments.assume_version,
        _crash_reporter(console) if arguments.debug else None,
        arguments.jobs,
        _results_cache(arguments, console, options, select, ignore),
        on_step=_status(console) if console.shows_status else None,
    )
    request = Request(
        work,
        rules,
        arguments.today or today(),
        given=given,
        suppress=not arguments.no_suppressions,
    )
    if work.cache is None:
        chosen()
    request = with_known(arguments, console, options, request)
    return Prepared(options, repository, chosen, request, shown)


def _refuse_wrong(arguments: argparse.Namespace, paths: Sequence[str]) -> None:
    """Stop where a flag would do nothing."""
    if getattr(arguments, "stdin_filename", None) and STDIN not in paths:
        raise UsageError(msg("--stdin-filename names what - stands for: give - as a path too"))


def rules_of(options: Options, *, allow_code: bool) -> Mapping[str, Rule]:
    """Return every rule: ours, and the team's where running its code is allowed.

    Raises:
        UsageError: ``team_rules`` is set and code is not allowed, or a team's rule cannot be loaded.
    """
    if not options.team_rules:
        return all_rules()
    if not allow_code:
        options.fail(
            msg(
                "team_rules names Python code, which is only run with --allow-code or "
                "WAKAGITOPS_ALLOW_CODE=1, set outside the repository"
            ),
            "team_rules",
        )
    if options.revision:
        from wakagitops.cli.policy_source import team_rules_of  # noqa: PLC0415 - only --policy-from asks git

        return {**all_rules(), **team_rules_of(options)}
    return {**all_rules(), **team_rules(os.path.relpath(_team_folder(options)))}


def _team_folder(options: Options) -> str:
    """Return the folder of the team's own rules.

    Raises:
        UsageError: it is a link or lies behind one.
    """
    try:
        refuse_links(options.base, options.team_rules)
    except OSError as error:
        message = msg(
            "{path} cannot be read: {reason}", path=options.team_rules, reason=system_reason(error)
        )
        options.fail(message, "team_rules")
    return os.path.join(options.base, options.team_rules)


def _results_cache(
    arguments: argparse.Namespace,
    console: Console,
    options: Options,
    select: list[str],
    ignore: list[str],
) -> ResultsCache | None:
    """Return the cache of this repository, its context being all that decides but the files."""
    if os.path.lexists(os.path.join(options.base, FORMER)):
        former = os.path.relpath(os.path.join(options.base, FORMER))
        console.note_once(msg("{folder} is not used any more; delete it", folder=former))
    if arguments.no_cache or arguments.debug:
        return None
    tool = tool_digest(schema_folder())
    if not tool:
        return None
    folder = cache_folder(options.base, options.text)
    if folder.problem is None:
        folder.begin()
        folder.try_to_write()
    if folder.problem is not None:
        console.note_once(folder.problem)
        return None
    context = digest(
        tool,
        # Where a revision decides, so do its team's rules.
        files_digest(_team_folder(options)) if options.team_rules and not options.revision else "",
        options.text,
        options.commit if options.team_rules else "",
        str(options.layout),
        ",".join(sorted(select)),
        ",".join(sorted(ignore)),
        arguments.assume_version or "",
    )
    return ResultsCache(folder, context)


def today() -> str:
    """Return the day in UTC, ``YYYY-MM-DD``."""
    import time  # noqa: PLC0415 - built in; only asked here

    return time.strftime("%Y-%m-%d", time.gmtime())


def _status(console: Console) -> Callable[[int, int], None]:
    """Return what tells how many files are checked: at the first, and a hundred times in all."""

    def step(done: int, total: int) -> None:
        if total >= WORTH_A_STATUS and (done == 1 or done % (total // 100) == 0):
            console.status(msg("checked {done} of {total} files", done=done, total=total))

    return step


def _crash_reporter(console: Console) -> Callable[[str, str, BaseException], None]:
    def report(rule: str, path: str, error: BaseException) -> None:
        console.note(msg("{rule} failed on {path}:", rule=rule, path=path))
        console.frames(error)

    return report


def _stdin_path(arguments: argparse.Namespace, options: Options, cwd: str) -> str:
    if "stdin_filename" not in arguments:
        message = msg("`wakagitops {command}` reads no standard input", command=arguments.command)
        raise UsageError(message)
    named: str = arguments.stdin_filename
    if not named:
        raise UsageError(
            msg("reading standard input needs --stdin-filename, such as configs/imprenta-sol.yaml")
        )
    return _below_base(named, options, cwd)


def _with_stdin(tree: WorkingTree, path: str) -> Overlay:
    """Lay standard input over the files, unless it stands for a symlink, which no run follows."""
    if sys.stdin is None:
        raise UsageError(msg("standard input is closed"))
    data = sys.stdin.buffer.read()
    return Overlay(tree, {} if tree.is_linked(path) else {path: data})


def _below_base(path: str, options: Options, cwd: str) -> str:
    full = os.path.join(os.path.realpath(cwd), path)
    folder, name = os.path.split(full)
    full = os.path.join(os.path.realpath(folder), name)
    return os.path.relpath(full, os.path.realpath(options.base)).replace(os.sep, "/")


def _given(  # noqa: PLR0913, PLR0917 - the parts of one decision
    arguments: argparse.Namespace,
    console: Console,
    options: Options,
    repository: Repository,
    paths: Sequence[str],
    cwd: str,
) -> frozenset[str]:
    """Return the settings files that the paths name."""
    known = frozenset(repository.files)
    if STDIN not in paths:
        known |= {stray.path for stray in repository.strays}
    chosen: set[str] = set()
    empty: list[Message] = []
    is_excluded = False
    for path in paths:
        shown, relative = _named(path, arguments, options, cwd)
        if is_outside(relative):
            empty.append(outside(shown, options))
        elif relative in known:
            chosen.add(relative)
        elif path != STDIN and os.path.isdir(path):
            start = "" if relative == "." else f"{relative}/"
            below = {name for name in known if name.startswith(start)}
            if not below:
                empty.append(msg("there is no settings file below {path}", path=path))
            chosen |= below
        else:
            is_excluded = is_excluded or repository.is_excluded(relative)
            console.note(_why_skipped(shown, relative, repository))
    if empty and not chosen:
        raise NothingToCheckError(empty[0])
    if known and not chosen and (STDIN in paths or not is_excluded):
        # What is excluded is left out on purpose, so that a hook lets its commit pass.
        raise NothingToCheckError(_no_settings_file(paths, options))
    for message in empty:
        console.note(message)
    return frozenset(chosen)


def _named(path: str, arguments: argparse.Namespace, options: Options, cwd: str) -> tuple[str, str]:
    """Return a path as messages show it, and relative to the base.

    Raises:
        NothingToCheckError: it does not exist.
    """
    if path == STDIN:
        return arguments.stdin_filename, _stdin_path(arguments, options, cwd)
    if not os.path.lexists(path):
        raise NothingToCheckError(msg("{path} does not exist", path=path))
    return path, _below_base(path, options, cwd)


def _no_settings_file(paths: Sequence[str], options: Options) -> Message:
    if STDIN not in paths:
        return msg("no file that is named is a settings file")
    example = os.path.join(options.base, options.layout.root, "imprenta-sol.yaml")
    return msg(
        "standard input stands for no settings file; name one with --stdin-filename, such as {path}",
        path=os.path.relpath(example),
    )


def outside(path: str, options: Options) -> Message:
    """Say that a path belongs to no settings of this run, and where a run would find it."""
    folder = path if os.path.isdir(path) else os.path.dirname(path)
    own, _ = find(os.path.realpath(folder))
    return msg(
        "{path} lies outside {folder}, where this run looks for settings; `cd {own}` and run it there",
        path=path,
        folder=options.base,
        own=os.path.relpath(own),
    )


def why_nothing(options: Options, root: str) -> Message:
    """Say why there is no settings file.

    Args:
        options: what ``wakagitops.toml`` says.
        root: the folder that was searched, as messages show it.
    """
    if WorkingTree(options.base).is_linked(options.layout.root):
        return msg("{root} is reached by a symlink, and symlinks are not followed", root=root)
    if not options.path and not os.path.exists(os.path.join(options.base, ".git")):
        return msg(
            "there is no settings file below {folder}: neither git nor a wakagitops.toml says where the "
            "repository begins, so it was looked for in the current folder. Run from the repository's "
            "folder, or give its wakagitops.toml with --config.",
            folder=os.path.join(options.base, options.layout.root),
        )
    return msg("there is no settings file below {root}", root=root)


def no_shop(prepared: Prepared) -> NothingToCheckError:
    """Return the error of a run that found no shop, whatever else it found."""
    repository = prepared.repository
    root = prepared.shown(repository.layout.root)
    if repository.defaults:
        return NothingToCheckError(msg("there is no shop below {root}", root=root))
    return NothingToCheckError(why_nothing(prepared.options, root))


def _why_skipped(path: str, relative: str, repository: Repository) -> Message:
    root = repository.layout.root
    if root and relative != root and not relative.startswith(f"{root}/"):
        return msg("{path} is skipped: it is not below {root}", path=path, root=root)
    if repository.is_excluded(relative):
        return msg("{path} is skipped: wakagitops.toml excludes it", path=path)
    return msg("{path} is skipped: it is no settings file", path=path)


def _check_targets(options: Options) -> None:
    """Tell of a target that does not exist before it is rendered.

    Raises:
        UsageError: ``targets`` names one.
    """
    if options.targets == Options("").targets:
        return
    from wakagitops.render.targets import target_names  # noqa: PLC0415 - only where one is named

    known = (*target_names(), *options.team_targets)
    for name in options.targets:
        if name not in known:
            message = msg(
                "there is no target {target}; there are: {known}", target=name, known=", ".join(known)
            )
            options.fail(message, "targets")


def _split(values: Sequence[str] | None) -> list[str]:
    return [name.strip() for value in values or () for name in value.split(",") if name.strip()]
