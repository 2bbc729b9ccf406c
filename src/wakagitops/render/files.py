"""What rendering speaks: a target, the files it makes, and the values it cannot carry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from wakagitops.core.messages import Message
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.rule import Option
from wakagitops.settings.model import ShopSettings

REFUSED = "render/refused"
"""The rule id under which a refusal is reported."""

PUBLIC_MODE = 0o644
PRIVATE_MODE = 0o600


class RenderedFile(NamedTuple):
    """One file of the deployment, whole."""

    path: str
    """Relative to the output folder of the environment, with ``/``."""
    data: bytes
    mode: int
    """``0o644``, or ``0o600`` where only the program that reads it may."""
    shop: str
    """The shop's id; empty for a file of the whole fleet."""
    target: str
    """The target's name."""
    artefact: str = ""
    """The name without its hash, for a public file whose name carries one: ``contact.html``."""


class Refusal(NamedTuple):
    """A value that a target cannot carry; reported at the value's origin, before anything is written."""

    pointer: str
    """The JSON Pointer of the value in the effective settings."""
    message: Message
    help: Message = Message("")
    """What to write instead."""


class Fleet(NamedTuple):
    """What a target's shared files are made from."""

    environment: str
    """Empty where the repository has no environments."""
    shops: Sequence[str]
    """The ids of the shops in this environment, sorted."""


def no_files(fleet: Fleet) -> Iterable[RenderedFile]:
    """Return nothing: most targets have no shared files."""
    del fleet
    return ()


def no_refusals(settings: ShopSettings) -> Iterable[Refusal]:
    """Return nothing: the target carries any text."""
    del settings
    return ()


class Target(NamedTuple):
    """One form of deployment: pure functions from settings to files.

    ``render`` is called only for settings that ``refuse`` finds nothing in.
    """

    summary: Message
    """What the target is for, in one sentence."""
    render: Callable[[ShopSettings], Iterable[RenderedFile]]
    """Return the files of one shop.

    Raises:
        wakagitops.core.errors.UsageError: a team's own template fails for this shop.
    """
    refuse: Callable[[ShopSettings], Iterable[Refusal]] = no_refusals
    shared: Callable[[Fleet], Iterable[RenderedFile]] = no_files
    """Return the files of the whole fleet: scripts, a list of the shops."""
    options: tuple[Option, ...] = ()
    """The settings of ``[render.<name>]`` in ``wakagitops.toml``."""
    configure: Callable[[Mapping[str, Any]], Target] | None = None
    """Return the same target under other options; the mapping holds every option."""
    paths: tuple[str, ...] = ()
    """For a team's own target, the paths that it declares; ``{shop}`` stands for a shop's id."""
    digest: str = ""
    """For a team's own target, a digest of its templates: outputs may be reused while it is equal.
    The built-in ones change only with the tool."""
