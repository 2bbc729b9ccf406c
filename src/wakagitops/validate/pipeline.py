"""The pipeline: gather the findings of every file and of the fleet, suppress, choose, order."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache

from wakagitops.core.diagnostic import Diagnostic, Suppressed
from wakagitops.core.errors import ToolError
from wakagitops.core.excerpt import Excerpt
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.rule import Rule
from wakagitops.core.typed import TYPE_CHECKING
from wakagitops.settings.repository import Repository
from wakagitops.validate.gather import Work, gather
from wakagitops.validate.result import CheckResult, OnDemand

if TYPE_CHECKING:
    from wakagitops.validate.baseline import Baseline
    from wakagitops.validate.since import Since


class Request(NamedTuple):
    """What one run is asked to do."""

    work: Work
    rules: Callable[[], Mapping[str, Rule]]
    """Every rule by id; reports that show rules ask for them."""
    today: str
    """The day that suppressions expire against and that dated facts are judged by, ``YYYY-MM-DD`` in
    UTC; empty where the result has to be the same on any day: then no suppression expires, and a dated
    fact is judged by the day of its data."""
    given: frozenset[str] | None = None
    """The files that findings are wanted of; None for all. The fleet is seen whole all the same."""
    suppress: bool = True
    """False to audit: suppression comments and the baseline do not act."""
    baseline: "Baseline | None" = None
    """The known findings."""
    since: "Since | None" = None
    """An older state, whose findings are left out."""
    in_part: bool = False
    """True to check what can be read, where a file cannot; else that ends the run."""


def check(request: Request) -> CheckResult:
    """Check a repository and return every finding in its total order.

    Raises:
        ToolError: a file cannot be read, or a process died.
    """
    repository = request.work.repository
    gathered = gather(request.work)
    unread = gathered.unread
    if unread and not request.in_part:
        raise ToolError(next(iter(unread.values())))
    if repository.strays:
        from wakagitops.validate.strays import stray_findings  # noqa: PLC0415 - most repositories have none

        gathered = gathered._replace(diagnostics=(*gathered.diagnostics, *stray_findings(request.work)))
    if any(item.later is not None for item in gathered.diagnostics):
        dated = tuple(item.on(request.today) for item in gathered.diagnostics)
        gathered = gathered._replace(diagnostics=dated)
    kept: list[Diagnostic] = list(gathered.diagnostics)
    suppressed: list[Suppressed] = []
    if request.suppress and (gathered.suppressions or request.baseline is not None):
        from wakagitops.validate.suppressions import Suppressing  # noqa: PLC0415 - most runs have none

        suppressing = Suppressing(gathered, repository, request.today, request.baseline)
        kept, suppressed = suppressing.apply()
        kept.extend(suppressing.findings(request.work.policy))
    kept.sort(key=order)
    suppressed.sort(key=lambda item: order(item.diagnostic))
    if request.since is not None:
        kept, suppressed = request.since.introduced(kept, suppressed, repository)
    files, shops = len(repository.shops) + len(repository.defaults), repository.shops
    if request.given is not None:
        wanted = _Wanted(repository, request.given)
        files, shops = len(request.given.intersection(repository.files)), wanted.paths
        kept = [item for item in kept if wanted.has(item)]
        suppressed = [item for item in suppressed if wanted.has(item.diagnostic)]
    if unread:
        shops = [path for path in shops if path not in unread]
        files -= sum(request.given is None or path in request.given for path in unread)
    return CheckResult(
        tuple(kept),
        tuple(suppressed),
        files=files,
        shops=len(shops),
        shop_versions=OnDemand(lambda: {path: gathered.versions.get(path, "") for path in shops}),
        excerpt=_excerpts(repository, request.baseline),
        rules=request.rules,
        digests=gathered.digests,
        shop_names=OnDemand(lambda: {path: repository.shop_name(path) for path in shops}),
        unread=tuple(dict.fromkeys(unread.values())),
    )


def _excerpts(repository: Repository, baseline: "Baseline | None") -> Callable[[str], Excerpt]:
    @cache
    def sources() -> Callable[[str], Excerpt]:
        # A run without findings shows no source, and needs neither YAML nor the patterns of secrets.
        from wakagitops.validate.excerpts import Excerpts  # noqa: PLC0415

        return Excerpts(repository, baseline).of

    def excerpt(path: str) -> Excerpt:
        return sources()(path)

    return excerpt


def concerning(
    items: Iterable[Diagnostic], repository: Repository, given: frozenset[str]
) -> list[Diagnostic]:
    """Return the findings that concern some files: theirs, and those of the shops that they set."""
    return list(filter(_Wanted(repository, given).has, items))


def order(item: Diagnostic) -> tuple[object, ...]:
    """Return the key of the total order: by place, then rule, then what is said."""
    return (item.path, item.range, item.rule, item.pointer, item.message.text, str(item.message.fields))


class _Wanted:
    """Decides whether a finding concerns the files that were named."""

    def __init__(self, repository: Repository, given: frozenset[str]) -> None:
        self._given = given
        defaults = given.intersection(repository.defaults)
        self.paths = [
            path
            for path in repository.shops
            if path in given or (defaults and not defaults.isdisjoint(repository.chain(path)))
        ]
        self._shops = {repository.shop_name(path) for path in self.paths}

    def has(self, item: Diagnostic) -> bool:
        return (
            item.path in self._given
            or any(place.path in self._given for place in item.related)
            or not self._shops.isdisjoint(item.shops)
        )
