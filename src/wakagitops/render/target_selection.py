"""The targets of a run: those that ``wakagitops.toml`` names, built in or a team's own."""

from __future__ import annotations

from re import ASCII

from wakagitops.core.errors import UsageError
from wakagitops.core.messages import msg
from wakagitops.core.patterns import regex
from wakagitops.render import targets
from wakagitops.render.files import Target
from wakagitops.settings.config import Options, unknown_key
from wakagitops.validate.policy import option_values

_NAME = regex(r"[a-z][a-z0-9-]*\Z", ASCII)


def selected_targets(options: Options) -> dict[str, Target]:
    """Return the targets that ``targets`` names, by name, under their options.

    Raises:
        UsageError: there is no such target or option, or a team's own target is wrong.
    """
    built_in = targets.target_names()
    for name in options.team_targets:
        if name in built_in or _NAME.match(name) is None:
            message = msg(
                "name your own target in lower-case letters, digits and hyphens, other than {known}",
                known=", ".join(built_in),
            )
            options.fail(message, "team_targets", name)
    known = (*built_in, *options.team_targets)
    for name, given in options.render.items():
        if name not in known:
            unknown_key(options, name, known, "render")
        if name in built_in:
            option_values(options, targets.load(name).options, given, "render", name)
    selected: dict[str, Target] = {}
    for name in options.targets:
        if name in built_in:
            selected[name] = _built_in(options, name)
        elif name in options.team_targets:
            selected[name] = _team_target(options, name)
        else:
            message = msg(
                "there is no target {target}; there are: {known}", target=name, known=", ".join(known)
            )
            options.fail(message, "targets")
    return selected


def _built_in(options: Options, name: str) -> Target:
    given = options.render.get(name, {})
    target = targets.load(name)
    if not given:
        return target
    values = option_values(options, target.options, given, "render", name)
    try:
        return targets.load(name, values)
    except UsageError as error:
        options.fail(error.message, "render", name)


def _team_target(options: Options, name: str) -> Target:
    from wakagitops.render.user_targets.target import team_target  # noqa: PLC0415 - few teams have one

    if options.render.get(name):
        options.fail(
            msg("a target of your own has no options; write them into its templates"), "render", name
        )
    return team_target(name, options.base, options.team_targets[name])
