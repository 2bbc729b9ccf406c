"""The unit of work: one settings file with its defaults chain, checked on its own.

A unit depends on nothing but its own bytes, its chain's and the policy; so units run in any order,
in other processes, and are kept by the results cache.
"""

from collections.abc import Callable, Sequence

from wakagitops.checking import redaction
from wakagitops.checking.crashes import CRASH, CRASH_TEXT, crash
from wakagitops.checking.locating import Resolver, cleaned, locate, place_of_comment
from wakagitops.checking.policy import Active, Policy
from wakagitops.checking.schemas import violations
from wakagitops.checking.unit import EVERY_RULE, Located, Unit
from wakagitops.core import pointer as pointers
from wakagitops.core.digests import bytes_digest
from wakagitops.core.errors import UnreadableError
from wakagitops.core.messages import Message
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.rule import Finding, Rule
from wakagitops.core.source import SourceText
from wakagitops.reading.annotations import Annotations
from wakagitops.reading.cascade import effective
from wakagitops.reading.document import Document, Node
from wakagitops.reading.repository import Repository
from wakagitops.reading.suppressions import Suppression, read_suppressions
from wakagitops.reading.views import FileView, ShopFacts, ShopView, Violation
from wakagitops.reading.yaml_reader import read


class _Read(NamedTuple):
    """A document with its file-scope findings."""

    document: Document
    findings: tuple[Located, ...]
    broken: tuple[str, ...]
    secrets: frozenset[str]
    digest: str
    unread: Message | None = None
    """Why there is nothing of it."""


class UnitChecker:
    """Checks the files of one repository, remembering the defaults that they share."""

    def __init__(
        self,
        repository: Repository,
        policy: Policy,
        annotations: Annotations,
        *,
        assume_version: str | None = None,
        on_crash: Callable[[str, str, BaseException], None] | None = None,
    ) -> None:
        """Bind the repository and the policy.

        Args:
            repository: the files.
            policy: the rules that run.
            annotations: what the schema says of each setting.
            assume_version: the platform version that every shop is judged by.
            on_crash: told of each rule that raised: rule id, file, exception.
        """
        self._repository = repository
        self._policy = policy
        self._annotations = annotations
        self._assume_version = assume_version
        self._on_crash = on_crash
        self._shared: dict[str, _Read] = {}
        self._merged: dict[tuple[str, ...], Node | None] = {}
        self._fact_pointers = tuple(
            dict.fromkeys(pointer for active in policy.fleet for pointer in active.rule.reads)
        )

    def check(self, path: str) -> Unit:
        """Check one settings file.

        Raises:
            ToolError: no file can be read, as where git fails.
        """
        name = path.rpartition("/")[2]
        if name[0] == "_":
            own = self._defaults(path)
            unjudged = () if own.document.whole else EVERY_RULE
            return Unit(
                path,
                own.findings,
                _suppressions(own, self._annotations),
                None,
                "",
                own.digest,
                unjudged,
                own.unread,
            )
        own = self._read(path)
        unit = self._check_shop(path, own)
        # The tree refers to its file and back, which only the garbage collector would find.
        own.document.root = None
        own.document.shadowed = []
        return unit

    def _defaults(self, path: str) -> _Read:
        known = self._shared.get(path)
        if known is None:
            known = self._shared[path] = self._read(path)
        return known

    def _read(self, path: str) -> _Read:
        """Read a file and run the rules of file scope."""
        try:
            data = self._repository.tree.read(path)
        except FileNotFoundError:
            data = b""
        except UnreadableError as error:
            document = Document(path, SourceText(""))
            document.whole = False
            return _Read(document, (), (), frozenset(), "", error.message)
        document = read(path, data)
        found: tuple[Violation, ...] = ()
        if document.root is not None:
            found = violations("file", document.root.data)
        view = FileView(document, self._annotations, found)
        findings: list[Located] = []
        broken: list[str] = []
        resolve = Resolver(document.root, document)
        shop = "" if view.is_defaults else path
        for active in self._policy.file:
            for finding in self._run(active, view, path):
                if active.rule.breaks and finding.pointer:
                    broken.append(finding.pointer)
                if active.reported or finding.message.text.startswith(CRASH_TEXT):
                    findings.append(
                        locate(finding, _id(active, finding), resolve, shop, self._annotations)
                    )
        secrets = redaction.secrets(document, self._annotations)
        kept = cleaned(findings, secrets, [document], self._annotations)
        return _Read(document, kept, tuple(broken), secrets, bytes_digest(data))

    def _check_shop(self, path: str, own: _Read) -> Unit:
        suppressions = _suppressions(own, self._annotations)
        chain = self._repository.chain(path)
        above = [self._defaults(defaults) for defaults in chain]
        documents = [item.document for item in (*above, own)]
        if not all(document.whole for document in documents):
            inherited = [
                finding._replace(shop=path)
                for item in above
                for finding in item.findings
                if not item.document.whole
            ]
            known = (*own.findings, *inherited)
            unread = next((item.unread for item in (own, *above) if item.unread is not None), None)
            return Unit(path, known, suppressions, None, "", own.digest, EVERY_RULE, unread)
        root = self._merge(chain, documents)
        broken, inherited = self._inherit(root, [*above, own], path)
        environment = self._repository.environment(path)
        view = ShopView(
            path,
            root,
            self._annotations,
            violations=self._effective_violations(root, broken),
            broken=broken,
            environment=environment,
            version=self._assume_version,
        )
        resolve = Resolver(root, own.document)
        findings: list[Located] = []
        unjudged: list[str] = []
        blocking = broken
        if self._assume_version is not None:
            # Nobody asks for the version that is set where another is assumed.
            blocking = tuple(pointer for pointer in broken if pointer != "/platform_version")
        for active in self._policy.shop:
            if blocking and _is_blocked(active.rule, blocking):
                unjudged.append(active.id)
                continue
            found = self._run(active, view, path)
            if found and active.reported:
                findings.extend(
                    locate(finding, _id(active, finding), resolve, path, self._annotations)
                    for finding in found
                )
        secrets = own.secrets.union(*(item.secrets for item in above))
        version = view.text("/platform_version") or ""
        return Unit(
            path,
            (*own.findings, *inherited, *cleaned(findings, secrets, documents, self._annotations)),
            suppressions,
            self._facts(view, secrets),
            "" if redaction.is_suspect(version, secrets) else version,
            own.digest,
            tuple(unjudged),
        )

    def _merge(self, chain: tuple[str, ...], documents: Sequence[Document]) -> Node:
        """Return the effective tree of a shop; an empty mapping where nothing is set."""
        own = documents[-1]
        if chain:
            if chain not in self._merged:
                self._merged[chain] = effective(documents[:-1], self._annotations.atomic)
            base = self._merged[chain]
            root = effective([own], self._annotations.atomic, base)
        else:
            root = effective([own], self._annotations.atomic)
        if root is None:
            root = Node(own, 0, 0, {})
            root.items, root.keys = {}, {}
        return root

    def _inherit(
        self, root: Node, files: Sequence[_Read], path: str
    ) -> tuple[tuple[str, ...], list[Located]]:
        """Return the broken places of the effective settings, and the findings inherited with them."""
        broken: list[str] = []
        inherited: list[Located] = []
        for item in files:
            is_own = item is files[-1]
            for pointer in item.broken:
                node = root.at(pointer)
                if is_own or node is None or node.document is item.document:
                    broken.append(pointer)
            if not is_own:
                inherited.extend(
                    finding._replace(shop=path)
                    for finding in item.findings
                    if self._has_say(item.document, root, finding.pointer)
                )
        return tuple(broken), inherited

    def _has_say(self, document: Document, root: Node, pointer: str) -> bool:
        """Tell whether a file sets the effective value at a pointer, or some of a merged mapping."""
        node = root.at(pointer) if pointer else root
        if node is None or not pointer or node.document is document:
            return node is not None
        own = document.root.at(pointer) if document.root is not None else None
        return (
            own is not None
            and isinstance(own.items, dict)
            and isinstance(node.items, dict)
            and not any(pointers.covers(place, pointer) for place in self._annotations.atomic)
        )

    def _effective_violations(self, root: Node, broken: Sequence[str]) -> tuple[Violation, ...]:
        found = violations("effective", root.data)
        if not found or not broken:
            return found
        return tuple(
            item
            for item in found
            if not any(
                pointers.covers(bad, item.pointer)
                or (item.key and pointers.covers(bad, pointers.child(item.pointer, item.key)))
                for bad in broken
            )
        )

    def _facts(self, view: ShopView, secrets: frozenset[str]) -> ShopFacts:
        """Collect what fleet rules read; a value that may be a credential is left out."""
        facts = {}
        for pointer in self._fact_pointers:
            node = view.node(pointer)
            if node is None or (node.is_scalar and self._annotations.is_secret(pointer)):
                continue
            if redaction.holds_secret(pointer, node, secrets, self._annotations):
                continue
            document = node.document
            path = "" if document.path == view.path else document.path
            facts[pointer] = (node.data, path, *document.source.numbers(node.start, node.end))
        return ShopFacts(view.path, view.id, view.environment, facts)

    def _run(self, active: Active, view: FileView | ShopView, path: str) -> list[Finding]:
        """Run a rule; one that raises becomes a finding, and the run goes on."""
        found: list[Finding] = []
        try:
            found.extend(active.rule.check(view, active.options))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a broken rule must not hide the other rules
            if self._on_crash is not None:
                self._on_crash(active.id, path, error)
            found.append(crash(active.id, error))
        return found


def _suppressions(own: _Read, annotations: Annotations) -> tuple[Suppression, ...]:
    """Return a file's suppressions, with nothing secret in what they say and where they stand."""
    return tuple(
        item._replace(
            range=place_of_comment(own.document, item.range, annotations),
            names=tuple(redaction.clean_text(name, own.secrets) for name in item.names),
            reason=redaction.clean_text(item.reason, own.secrets),
        )
        for item in read_suppressions(own.document)
    )


def _id(active: Active, finding: Finding) -> str:
    return CRASH if finding.message.text.startswith(CRASH_TEXT) else active.id


def _is_blocked(rule: Rule, broken: Sequence[str]) -> bool:
    """Tell whether a rule cannot judge because of values that cannot be used."""
    unusable = [any(pointers.covers(bad, read) for bad in broken) for read in rule.reads]
    return bool(unusable) and (all(unusable) if rule.apart else any(unusable))
