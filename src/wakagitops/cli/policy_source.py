"""``--policy-from``: take the policy from a git revision that the author of a change cannot write.

The policy is ``wakagitops.toml``, the baseline and the team's own rules. The settings files, and the
templates of a team's own targets, always come from what is checked.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from tempfile import TemporaryDirectory

from wakagitops.core.errors import UsageError
from wakagitops.core.messages import Message, counted, msg
from wakagitops.core.rule import Rule
from wakagitops.plan.revisions import copy_folder
from wakagitops.rules import team_rules
from wakagitops.settings.config import FILE_NAME, Options, is_outside, parse
from wakagitops.settings.toml_reader import read_toml
from wakagitops.sources.git import RevisionTree
from wakagitops.validate import baseline as baselines
from wakagitops.validate.baseline import Baseline

_MAX_BYTES = 64 << 20
"""The most that is read of a baseline."""


def policy_of(revision: str, named: str | None) -> Options:
    """Return what ``wakagitops.toml`` says in a revision.

    Args:
        revision: any name that git knows a commit by.
        named: the file that ``--config`` names, which is looked up under the same path.

    Raises:
        UsageError: git knows no such revision, or its file is missing where it is named, or wrong.
        ToolError: git fails.
    """
    cwd = os.getcwd()
    with RevisionTree(cwd, revision) as here:
        top, commit = here.top, here.commit
    with RevisionTree(top, commit) as tree:
        path = _named(named, revision, cwd, top) if named else _nearest(tree, cwd, top)
        data = _read(tree, path, revision) if path else None
    if data is None and named:
        message = msg("{revision} has no {path}, which --config names", revision=revision, path=named)
        raise UsageError(message)
    base = os.path.dirname(os.path.join(top, path)) if path else top
    if data is None:
        options = Options(base)
    else:
        shown = os.path.relpath(os.path.join(top, path)).replace(os.sep, "/")
        try:
            options = parse(base, shown, data)
        except UsageError as error:
            error.path = f"{revision}:{error.path}"
            raise
    return options._replace(revision=revision, commit=commit)


def compare_options(options: Options, working: Options) -> Message | None:
    """Return how the working tree's ``wakagitops.toml`` differs from the one that is used, if it does.

    Args:
        options: what the file says in the policy's revision.
        working: what the working tree's file says.
    """
    revision = options.revision
    if not working.path and not options.path:
        return None
    if not options.path:
        return msg(
            "{path} is not used: {revision} has no wakagitops.toml, so the defaults apply",
            path=working.path,
            revision=revision,
        )
    if not working.path:
        return msg(
            "the working tree has no {path}; the one of {revision} is used",
            path=options.path,
            revision=revision,
        )
    if working.base != options.base or working.path != options.path:
        return msg(
            "{path} is not used; the policy is {used} as {revision} has it",
            path=working.path,
            used=options.path,
            revision=revision,
        )
    if working.text == options.text:
        return None
    old, new = read_toml(options.text), read_toml(working.text)
    keys = sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
    if not keys:
        return None
    return msg(
        "{path} differs from {revision}, whose policy is used; what differs: {keys}",
        path=working.path,
        revision=revision,
        keys=", ".join(keys),
    )


def baseline_of(options: Options, full: str) -> Baseline | None:
    """Return a baseline as the policy's revision has it; None for a file outside the repository.

    Args:
        options: what ``wakagitops.toml`` says, with the revision.
        full: the file, an absolute path of the operating system.

    Raises:
        UsageError: the revision has no such file, or it is no baseline.
        ToolError: git fails.
    """
    shown = os.path.relpath(full).replace(os.sep, "/")
    with RevisionTree(options.base, options.commit) as here:
        top = here.top
    relative = os.path.relpath(full, top).replace(os.sep, "/")
    if is_outside(relative):
        return None
    with RevisionTree(top, options.commit) as tree:
        data = _read(tree, relative, options.revision)
    if data is None:
        raise UsageError(
            msg(
                "{revision} has no baseline {path}; with --policy-from, only a baseline that is "
                "committed there acts",
                revision=options.revision,
                path=shown,
            )
        )
    return baselines.parse(
        data, f"{options.revision}:{shown}", os.path.relpath(full, options.base).replace(os.sep, "/")
    )


def compare_baseline(used: Baseline, full: str, options: Options) -> Message | None:
    """Return how the working tree's baseline differs from the one that is used, if it does.

    An entry that the working tree withdraws still acts, but is not reported as unused.

    Args:
        used: the baseline of the policy's revision.
        full: the file in the working tree.
        options: what ``wakagitops.toml`` says, with the revision.
    """
    path, revision = os.path.relpath(full), options.revision
    try:
        working = baselines.load(full, path, used.path)
    except UsageError:
        return msg(
            "{path} is missing or wrong in the working tree; the one of {revision} is used",
            path=path,
            revision=revision,
        )
    old, new = set(used.entries), set(working.entries)
    used.withdrawn = frozenset(old - new)
    if old == new:
        return None
    return msg(
        "{path} differs from {revision}, whose baseline is used: {added}, {removed}",
        path=path,
        revision=revision,
        added=counted("{count} entry added", "{count} entries added", len(new - old)),
        removed=counted("{count} entry removed", "{count} entries removed", len(old - new)),
    )


def team_rules_of(options: Options) -> Mapping[str, Rule]:
    """Load the team's own rules as the policy's revision has them.

    Raises:
        UsageError: there is no rule, or one cannot be loaded.
        ToolError: git fails.
    """
    with TemporaryDirectory() as scratch, RevisionTree(options.base, options.commit) as tree:
        copy_folder(tree, options.team_rules, scratch)
        try:
            return team_rules(os.path.join(scratch, options.team_rules))
        except UsageError as error:
            error.path = error.path.replace(f"{scratch}/", f"{options.revision}:")
            if "folder" in dict(error.message.fields):
                error.message = error.message.with_fields(folder=options.team_rules)
            raise


def _named(named: str, revision: str, cwd: str, top: str) -> str:
    full = os.path.join(cwd, named)
    full = os.path.join(os.path.realpath(os.path.dirname(full)), os.path.basename(full))
    relative = os.path.relpath(full, top).replace(os.sep, "/")
    if is_outside(relative):
        message = msg(
            "{path} lies outside the repository, so {revision} does not have it; leave --config or "
            "--policy-from out",
            path=named,
            revision=revision,
        )
        raise UsageError(message)
    return relative


def _nearest(tree: RevisionTree, cwd: str, top: str) -> str:
    """Return the nearest ``wakagitops.toml`` upward as the revision has it; empty where it has none."""
    folder = os.path.relpath(cwd, top).replace(os.sep, "/")
    folder = "" if folder == "." else folder
    while True:
        path = f"{folder}/{FILE_NAME}" if folder else FILE_NAME
        if tree.object_id(path) or tree.is_link(path) or not folder:
            return path
        folder = folder.rpartition("/")[0]


def _read(tree: RevisionTree, path: str, revision: str) -> bytes | None:
    """Return a file's bytes, or None where the revision has none."""
    if tree.is_link(path):
        message = msg(
            "{path} is a symlink in {revision}, and no symlink is followed; commit the file itself",
            path=path,
            revision=revision,
        )
        raise UsageError(message)
    try:
        return tree.read(path, _MAX_BYTES)
    except FileNotFoundError:
        return None
