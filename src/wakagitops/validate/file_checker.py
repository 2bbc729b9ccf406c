"""The unit of work: one settings file with its defaults chain, checked on its own.

A unit depends on nothing but its own bytes, its chain's and the policy; so units run in any order,
in other processes, and are kept by the results cache.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import product

from wakagitops.core import pointer as pointers
from wakagitops.core.digests import bytes_digest
from wakagitops.core.errors import UnreadableError
from wakagitops.core.messages import Message
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.rule import Finding, Rule
from wakagitops.core.source import SourceText
from wakagitops.core.typed import Any
from wakagitops.secrets import redaction
from wakagitops.secrets.exposure import is_unremarkable
from wakagitops.secrets.references import places
from wakagitops.settings.cascade import effective
from wakagitops.settings.repository import Repository
from wakagitops.settings.schema import Annotations
from wakagitops.settings.schema_validation import violations
from wakagitops.settings.suppression_comments import Suppression, read_suppressions
from wakagitops.settings.views import FileView, ShopFacts, ShopView, Violation
from wakagitops.validate.fleet import Comparer
from wakagitops.validate.listed import limited
from wakagitops.validate.locate import Resolver, cleaned, locate, mask_ranges, place_of_comment
from wakagitops.validate.policy import Active, Policy
from wakagitops.validate.rule_crashes import CRASH, CRASH_TEXT, crash
from wakagitops.validate.unit import EVERY_RULE, Located, Unit
from wakagitops.yaml.document import Document, Node
from wakagitops.yaml.parser import read

_Runnable = tuple[Active, Callable[[Any, Mapping[str, Any]], Iterable[Finding]], Mapping[str, Any]]


class _Read(NamedTuple):
    """A document with its file-scope findings."""

    document: Document
    findings: tuple[Located, ...]
    broken: tuple[str, ...]
    secrets: frozenset[str]
    digest: str
    is_sound: bool = False
    """True where the schema is kept and nothing is removed (``Annotations.is_complete``)."""
    is_unremarkable: bool = False
    """True where nothing looks like a credential (``exposure.is_unremarkable``)."""
    unread: Message | None = None
    """Why there is nothing of it."""
    advised: tuple[str, ...] = ()
    """Settings that the advice of a finding makes: where they are missing, that is no second finding."""


class _Chain(NamedTuple):
    """The ``_defaults.yaml`` files above a shop, outermost first, and what holds of all of them."""

    files: tuple[_Read, ...] = ()
    base: Node | None = None
    """What they set, where all of them can be read."""
    is_whole: bool = True
    is_sound: bool = True
    is_unremarkable: bool = True
    secrets: frozenset[str] = frozenset()
    telling: tuple[_Read, ...] = ()
    """Those with findings, of this or of rules that are not reported."""


class UnitChecker:
    """Checks the files of one repository, remembering the defaults of the folder that it is at."""

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
        self._file_rules = _by_case(policy.file)
        self._shop_rules = _by_case(policy.shop)
        self._shared: dict[str, _Read] = {}
        self._names: tuple[str, ...] = ()
        """The chain that the checker is in, by its paths."""
        self._chain = _Chain()
        self._comparer = Comparer(policy, repository.layout.environments)
        self._facts_read = [
            (pointer, annotations.is_secret(pointer), pointer in places(annotations))
            for pointer in self._comparer.pointers
        ]
        """What fleet rules read: a setting, whether it is secret, and whether it may be a reference."""

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
            return _Read(document, (), (), frozenset(), "", unread=error.message)
        document = read(path, data)
        found: tuple[Violation, ...] = ()
        if document.root is not None:
            found = violations("file", document.root.data)
        view = FileView(document, self._annotations, found)
        findings: list[Located] = []
        broken: list[str] = []
        advised: list[str] = []
        resolve = Resolver(document.root, document)
        shop = "" if view.is_defaults else path
        rules = self._file_rules[bool(document.problems), bool(found)]
        found_here = self._run(rules, view, path)
        for active, finding in found_here:
            if active.rule.breaks and finding.pointer:
                broken.append(finding.pointer)
            if active.reported:
                advised.extend(finding.sets)
        for item in limited(found_here):
            active, finding = item.active, item.finding
            if active.reported or finding.message.text.startswith(CRASH_TEXT):
                place = locate(finding, _id(active, finding), resolve, shop, self._annotations)
                findings.append(item.counted(place))
        secrets = redaction.secrets(document, self._annotations)
        kept = cleaned(findings, secrets, [document], self._annotations)
        return _Read(
            document,
            kept,
            tuple(broken),
            secrets,
            bytes_digest(data),
            advised=tuple(advised),
            is_sound=not (found or document.has_null),
            is_unremarkable=is_unremarkable(document, self._annotations),
        )

    def _check_shop(self, path: str, own: _Read) -> Unit:
        suppressions = _suppressions(own, self._annotations)
        above = self._enter(self._repository.chain(path))
        if not (above.is_whole and own.document.whole):
            inherited = [
                finding._replace(shop=path)
                for item in above.telling
                for finding in item.findings
                if not item.document.whole
            ]
            known = (*own.findings, *inherited)
            unread = next((item.unread for item in (own, *above.files) if item.unread is not None), None)
            return Unit(path, known, suppressions, None, "", own.digest, EVERY_RULE, unread)
        root = effective([own.document], self._annotations.atomic, above.base)
        if root is None:
            root = Node(own.document, 0, 0, {})
            root.items, root.keys = {}, {}
        broken, inherited = self._inherit(root, own, path)
        nodes = root.index()
        is_sound = own.is_sound and above.is_sound and self._annotations.is_complete(nodes)
        view = ShopView(
            path,
            root,
            self._annotations,
            nodes=nodes,
            violations=() if is_sound else self._effective_violations(root, broken),
            broken=broken,
            environment=self._repository.environment(path),
            version=self._assume_version,
        )
        resolve = Resolver(root, own.document)
        rules = self._shop_rules[False, bool(view.violations)]
        unjudged: tuple[str, ...] = ()
        blocking = frozenset(broken)
        if self._assume_version is not None:
            # Nobody asks for the version that is set where another is assumed.
            blocking -= {"/platform_version"}
        if blocking:
            rules = [item for item in rules if not _is_blocked(item[0].rule, blocking)]
            unjudged = tuple(
                active.id for active in self._policy.shop if _is_blocked(active.rule, blocking)
            )
        findings = [
            item.counted(
                locate(item.finding, _id(item.active, item.finding), resolve, path, self._annotations)
            )
            for item in limited(self._run(rules, view, path))
            if item.active.reported
        ]
        secrets = own.secrets | above.secrets
        documents = [own.document, *[item.document for item in above.files]]
        told = cleaned(findings, secrets, documents, self._annotations) if findings else ()
        version = view.text("/platform_version") or ""
        return Unit(
            path,
            (*own.findings, *inherited, *told),
            suppressions,
            self._comparer.compared(
                self._facts(view, secrets, is_plain=own.is_unremarkable and above.is_unremarkable)
            ),
            "" if redaction.is_suspect(version, secrets) else version,
            own.digest,
            unjudged,
        )

    def _enter(self, names: tuple[str, ...]) -> _Chain:
        """Return a chain of files. Only one is kept in mind: files come folder by folder."""
        if names != self._names:
            files = tuple(self._defaults(path) for path in names)
            documents = [item.document for item in files]
            is_whole = all(document.whole for document in documents)
            self._names, self._shared = names, dict(zip(names, files, strict=True))
            self._chain = _Chain(
                files,
                effective(documents, self._annotations.atomic) if is_whole else None,
                is_whole,
                all(item.is_sound for item in files),
                all(item.is_unremarkable for item in files),
                frozenset().union(*(item.secrets for item in files)),
                tuple(item for item in files if item.findings or item.broken or item.advised),
            )
        return self._chain

    def _inherit(self, root: Node, own: _Read, path: str) -> tuple[tuple[str, ...], list[Located]]:
        """Return the broken places of the effective settings, and the findings inherited with them."""
        broken: list[str] = []
        inherited: list[Located] = []
        for item in self._chain.telling:
            for pointer in item.broken:
                node = root.at(pointer)
                if node is None or node.document is item.document:
                    broken.append(pointer)
            inherited.extend(
                finding._replace(shop=path)
                for finding in item.findings
                if self._has_say(item.document, root, finding.pointer)
            )
        for item in (*self._chain.telling, own):
            broken.extend(pointer for pointer in item.advised if root.at(pointer) is None)
        return (*broken, *own.broken), inherited

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
        places = frozenset(broken)
        return tuple(
            item
            for item in found
            if not (
                pointers.is_covered(places, item.pointer)
                or (item.key and pointers.is_covered(places, pointers.child(item.pointer, item.key)))
            )
        )

    def _facts(self, view: ShopView, secrets: frozenset[str], *, is_plain: bool) -> ShopFacts:
        """Collect what fleet rules read; a value that may be a credential is left out.

        Args:
            view: the shop.
            secrets: the secrets of its files.
            is_plain: nothing else in them looks like a credential, user names neither.
        """
        facts = {}
        for pointer, is_secret, is_place in self._facts_read:
            node = view.node(pointer)
            if node is None or (is_secret and node.is_scalar):
                continue
            if (secrets or (is_place and not is_plain)) and redaction.holds_secret(
                pointer, node, secrets, self._annotations
            ):
                continue
            document = node.document
            path = "" if document.path == view.path else document.path
            facts[pointer] = (node.data, path, *document.source.numbers(node.start, node.end))
        return ShopFacts(view.path, view.id, view.environment, facts)

    def _run(
        self, rules: Sequence[_Runnable], view: FileView | ShopView, path: str
    ) -> list[tuple[Active, Finding]]:
        """Run rules; one that raises becomes a finding, and the run goes on."""
        found = []
        for active, check, options in rules:
            try:
                for finding in check(view, options):
                    found.append((active, finding))  # noqa: PERF401 - what was found before it raised stays
            except (Exception, SystemExit) as error:  # noqa: BLE001 - a broken rule must not hide the other rules
                if self._on_crash is not None:
                    self._on_crash(active.id, path, error)
                found.append((active, crash(active.id, error)))
        return found


def _by_case(rules: Iterable[Active]) -> dict[tuple[bool, bool], list[_Runnable]]:
    """Return the rules to run by whether reading met a problem, and whether the schema is broken.

    Each with what is asked of it for every file, so that it is looked up once.
    """
    runnable = [(active, active.rule.check, active.options) for active in rules]
    found: dict[tuple[bool, bool], list[_Runnable]] = {}
    for met, broken in product((False, True), (False, True)):
        there = {"settings": True, "problems": met, "violations": broken, "nothing": False}
        found[met, broken] = [item for item in runnable if there[item[0].rule.upon]]
    return found


def _suppressions(own: _Read, annotations: Annotations) -> tuple[Suppression, ...]:
    """Return a file's suppressions, with nothing secret in what they say and where they stand."""
    found = read_suppressions(own.document)
    if not found:
        return ()
    masks = mask_ranges(own.document, annotations)
    return tuple(
        item._replace(
            range=place_of_comment(item.range, masks),
            names=tuple(redaction.clean_text(name, own.secrets) for name in item.names),
            reason=redaction.clean_text(item.reason, own.secrets),
        )
        for item in found
    )


def _id(active: Active, finding: Finding) -> str:
    return CRASH if finding.message.text.startswith(CRASH_TEXT) else active.id


def _is_blocked(rule: Rule, broken: Collection[str]) -> bool:
    """Tell whether a rule cannot judge because of values that cannot be used."""
    unusable = [pointers.is_covered(broken, read) for read in rule.reads]
    return bool(unusable) and (all(unusable) if rule.apart else any(unusable))
