"""What a run over a repository makes of its units: as it is put together, and as it is reported."""

from collections.abc import Callable, Mapping

from wakagitops.core.diagnostic import Diagnostic
from wakagitops.core.messages import Message
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.settings.suppression_comments import Suppression
from wakagitops.validate.unit import Located, Unit

Crash = Callable[[str, str, BaseException], None]
"""Told of a rule that raised: rule id, file or environment, exception."""


class Gathered(NamedTuple):
    """Every diagnostic of a repository before suppressions, and the suppressions."""

    diagnostics: tuple[Diagnostic, ...]
    suppressions: tuple[Suppression, ...]
    versions: Mapping[str, str]
    """The platform version of each shop's file, where it is known."""
    fixed: frozenset[str]
    """Ids of the rules whose findings cannot be suppressed."""
    auditors: tuple[str, ...]
    """Ids of the rules that judge suppressions and report."""
    unjudged: Mapping[str, tuple[str, ...]]
    """By file, the rules that could not run there (``Unit.unjudged``)."""
    digests: Mapping[str, str] = {}
    """By file, the digest of the bytes that were checked; empty where a commit stands for them."""
    unread: Mapping[str, Message] = {}
    """By file, why it cannot be read; such a run is never kept."""


class Run(NamedTuple):
    """All units of a repository and what the fleet's rules found, as little of it as can be."""

    digests: dict[str, str]
    """By file, the digest of its bytes."""
    versions: dict[str, str]
    """By shop's file, the platform version where it is known."""
    keys: dict[str, str]
    """By shop's file, what the rules of the fleet find it by (``Compared.keys``)."""
    units: list[Unit]
    """The units with something to say, by path, without what those rules make of them."""
    fleet: list[Located]
    is_whole: bool = True
    """False where a rule of the fleet failed or has no keys: then nothing can be put in anew."""
