"""What a rule is: one value with its check, its settings, its page and its tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum

from wakagitops.core.diagnostic import Later, Severity
from wakagitops.core.messages import Message
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.source import Span
from wakagitops.core.typed import Any, Literal


class Scope(Enum):
    """What a rule looks at, and so what its ``check`` is handed."""

    FILE = "file"
    """One settings file as written (``settings.views.FileView``)."""
    SHOP = "shop"
    """The effective settings of one shop (``settings.views.ShopView``)."""
    FLEET = "fleet"
    """All shops of one environment (``settings.views.FleetView``)."""
    TREE = "tree"
    """What lies below the root and is no settings file (``settings.views.TreeView``)."""
    SUPPRESSION = "suppression"
    """One suppression comment and whether it acted (``settings.views.SuppressionUse``)."""


class Place(NamedTuple):
    """A symbolic place: a pointer into the same view, on its key or its value."""

    pointer: str
    message: Message
    on: Literal["key", "value"] = "value"
    shop: str = ""
    """In a fleet rule: the path of the other shop's file."""
    span: Span | None = None
    """In a file rule: exact offsets, for what has no pointer of its own."""


class TextEdit(NamedTuple):
    """A replacement inside the file that a finding is in, by code-point offsets."""

    span: Span
    text: str


class ProposedFix(NamedTuple):
    """A safe fix as a rule proposes it: nothing is lost by it."""

    description: Message
    edits: tuple[TextEdit, ...]


class Finding(NamedTuple):
    """What a rule yields: a symbolic place and a message; the engine adds id, severity, range."""

    pointer: str
    message: Message
    on: Literal["key", "value"] = "value"
    help: Message = Message("")
    """What to write instead."""
    related: tuple[Place, ...] = ()
    fix: ProposedFix | None = None
    span: Span | None = None
    """In a file rule: exact offsets, for what has no pointer (a comment, broken syntax)."""
    shared: Message | None = None
    """What to say when several shops inherit the same value: no word of any one shop's facts."""
    severity: Severity | None = None
    """Where one rule has two degrees of harm; ``None`` takes the rule's own."""
    shop: str = ""
    """In a fleet rule: the path of the shop's file."""
    later: Later | None = None
    """What the finding becomes on a day that a dated fact names; judged after the cache."""
    sets: tuple[str, ...] = ()
    """In a file rule: the settings that the advice makes, which are not reported as missing too."""


class Example(NamedTuple):
    """A small tree of files that shows a rule at work; run as a test and shown in the docs.

    Lines that a finding is expected on end in ``# expect: group/name`` (several separated by a
    comma). ``files`` maps paths below the root to text; a sole shop file may leave out what the
    example is not about: the harness adds it (see ``tests/examples.py``).
    """

    files: Mapping[str, str]
    why: Message = Message("")
    complete: bool = True
    """False to leave the files as they are."""
    marks: tuple[tuple[str, int, str], ...] = ()
    """File, 1-based line and rule of findings on lines that cannot carry a mark of their own."""
    options: Mapping[str, Any] = {}
    """Options of this rule for this example, as in ``[rules."group/name"]``."""


class Option(NamedTuple):
    """A setting of a rule in ``[rules."group/name"]``."""

    name: str
    default: Any
    kind: Literal["boolean", "integer", "text", "texts"]
    description: Message
    choices: tuple[str, ...] = ()
    looser: Literal["more", "less", "any"] = "any"
    """Which change makes the rule find less: more items, a larger number, ``true`` or a later choice
    (``more``), the opposite (``less``), or every change."""
    form: Message = Message("")
    """What the value must be, where its kind alone does not say it; follows "must be"."""
    pattern: str = ""
    """A regular expression of Python and JSON Schema that the whole of a text must match."""
    bounds: tuple[int, int] | None = None
    """The least and the greatest integer."""


class Rule(NamedTuple):
    """One rule; its id is its place, ``rules/<group>/<name>.py`` being ``group/name``."""

    severity: Severity
    scope: Scope
    summary: Message
    rationale: Message
    check: Callable[[Any, Mapping[str, Any]], Iterable[Finding]]
    """Called with the view of its scope and the rule's options."""
    authority: tuple[str, ...] = ()
    """The standards and manuals that the rule rests on."""
    reads: tuple[str, ...] = ()
    """Pointers that the rule looks at; it does not run where one of them is broken."""
    keys: Callable[[Any], Iterable[str]] | None = None
    """In a fleet rule: the texts that a shop (``settings.views.ShopFacts``) is compared by. Two shops
    without a common one have no part in each other's findings, so a changed shop is judged without
    reading the fleet; a rule without this sees all shops at each change."""
    alone: bool = True
    """In a fleet rule with keys: False where it finds nothing of a shop that has none in common with
    another, so that it need not run for it."""
    apart: bool = False
    """Each pointer of ``reads`` is judged by itself: the rule runs unless all of them are broken."""
    upon: Literal["settings", "problems", "violations", "nothing"] = "settings"
    """What the rule only puts into words: what reading the file met (``Document.problems``), or how the
    settings break the schema (``violations`` of the view). Without that it need not run; and what the
    engine finds itself is put into words by no rule's check, upon ``nothing``."""
    options: tuple[Option, ...] = ()
    bad: tuple[Example, ...] = ()
    good: tuple[Example, ...] = ()
    turn_off: Message = Message("")
    """When a team may well turn the rule off."""
    worst: Severity | None = None
    """The worst severity of its findings, where some are worse than ``severity`` says."""
    fixable: bool = False
    suppressible: bool = True
    breaks: bool = False
    """The value at the finding's place cannot be used: rules that read it do not run."""
