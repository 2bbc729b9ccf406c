"""The outcome of one settings file, as it is kept in the cache and passed between processes."""

from wakagitops.core.diagnostic import Fix, Later, Related
from wakagitops.core.messages import Message
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.source import Range
from wakagitops.settings.suppression_comments import Suppression

EVERY_RULE = ("*",)


class Located(NamedTuple):
    """A finding with its place resolved to a file and a range."""

    rule: str
    path: str
    range: Range
    pointer: str
    message: Message
    shared: Message | None
    help: Message
    severity: str
    """The finding's own severity; empty to take the rule's."""
    related: tuple[Related, ...]
    fix: Fix | None
    shop: str
    """The path of the shop's file that it holds for; empty for a defaults file on its own."""
    stable: str
    """The pointer with list items named by a digest of their value instead of their index."""
    digest: str
    """A digest of what the finding is about, never of a secret: the value, or the text of a stretch
    without a value; empty for a finding on a key, whatever its value."""
    later: Later | None = None
    """What it becomes on a day; its severity is before the policy's."""
    more: int = 0
    """How many findings of the rule in the file it stands for, which are not listed; 0 for a finding."""


class Compared(NamedTuple):
    """What the rules that compare shops make of one shop, without having seen another."""

    keys: str | None
    """Checksums of what they find it by (``Rule.keys``), in decimal with a space between; None where a
    rule has no keys, or fails: then all shops have to be seen together."""
    alone: tuple[Located, ...]
    """What they find, if no other shop has one of its keys."""
    facts: str
    """What they know of it, encoded: it is asked for only where another shop has one of its keys."""


class Unit(NamedTuple):
    """The outcome of one file: its findings, what fleet rules make of it, its suppressions."""

    path: str
    findings: tuple[Located, ...]
    suppressions: tuple[Suppression, ...]
    compared: Compared | None
    """None for a defaults file, and for a shop whose settings are not known."""
    version: str
    """The effective platform version, where it is text."""
    digest: str
    """A digest of the file's bytes."""
    unjudged: tuple[str, ...] = ()
    """Ids of rules that could not run here, or ``EVERY_RULE`` where something did not parse: that they
    found nothing says nothing."""
    unread: Message | None = None
    """Why the file, or one of its chain, cannot be read."""
