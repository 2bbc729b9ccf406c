"""The outcome of a check: what every report, the plan and the exit status are made from."""

from collections.abc import Callable, Iterator, Mapping

from wakagitops.core.diagnostic import Diagnostic, Severity, Suppressed
from wakagitops.core.excerpt import Excerpt
from wakagitops.core.messages import Message
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.rule import Rule


class OnDemand(Mapping[str, str]):
    """A mapping that is made when it is first looked into, which a clean run never does."""

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[], Mapping[str, str]]) -> None:
        """Bind what makes the mapping."""
        self._make = make
        self._made: Mapping[str, str] | None = None

    def __getitem__(self, key: str) -> str:
        """Return the value of a key.

        Raises:
            KeyError: there is none.
        """
        return self._all()[key]

    def __iter__(self) -> Iterator[str]:
        """Return the keys in their order."""
        return iter(self._all())

    def __len__(self) -> int:
        """Return how many keys there are."""
        return len(self._all())

    def _all(self) -> Mapping[str, str]:
        if self._made is None:
            self._made = self._make()
        return self._made


class StaleCache(NamedTuple):
    """A shop whose cached pages show something old once this state is published."""

    shop: str
    """Its name, as in ``Diagnostic.shops``."""
    reasons: tuple[Message, ...]
    urls: tuple[str, ...]
    """The addresses of its pages, before and after."""


class CacheChanges(NamedTuple):
    """Which caches are to be emptied for what changed since a revision."""

    revision: str
    """As it was named, such as ``origin/main``."""
    stale: tuple[StaleCache, ...]
    unjudged: tuple[str, ...]
    """The names of shops that changed, but of which errors hide what the public will see."""
    panel: str
    """The place of the contact address in the platform's panel."""
    button: str
    """What the panel's button for emptying caches is called."""


class CheckResult(NamedTuple):
    """All findings of one run, in their total order, and how much was looked at."""

    diagnostics: tuple[Diagnostic, ...]
    suppressed: tuple[Suppressed, ...]
    files: int
    """Settings files that findings were wanted of, ``_defaults.yaml`` files included."""
    shops: int
    """Shops that findings were wanted of."""
    shop_versions: Mapping[str, str]
    """The platform version of each of these shops' files, by path; empty where it is not known."""
    excerpt: Callable[[str], Excerpt]
    """The masked source of a file, read again when a report asks for it."""
    rules: Callable[[], Mapping[str, Rule]]
    """Every rule by id; loading them costs time, so it waits for a report that shows them."""
    shop_names: Mapping[str, str] = {}
    """Each of these shops as ``Diagnostic.shops`` names it, by the path of its file."""
    caches: CacheChanges | None = None
    """None where there is nothing to compare with, or nobody asked."""
    digests: Mapping[str, str] = {}
    """By file, the digest of the bytes that were checked."""
    unread: tuple[Message, ...] = ()
    """Why files cannot be read; they and the shops below them are not judged, nor counted."""
    outcome: Mapping[str, object] = {}
    """What else came of the run, as members of the JSON document: the deployments of a render."""

    def count(self, severity: Severity) -> int:
        """Return how many diagnostics have a severity."""
        return sum(1 for item in self.diagnostics if item.severity is severity)
