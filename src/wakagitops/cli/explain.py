"""``wakagitops explain``: a rule's page, or where an effective value comes from."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator

from wakagitops.cli.checking_run import add_output_flags, outside, rules_of, why_nothing
from wakagitops.cli.console import Console
from wakagitops.cli.env import flag
from wakagitops.core import pointer as pointers
from wakagitops.core.errors import ExitStatus, NothingToCheckError, UsageError
from wakagitops.core.excerpt import MASK
from wakagitops.core.messages import Message, Translator, msg
from wakagitops.core.suggest import nearest
from wakagitops.core.typed import NoReturn
from wakagitops.reports._rule_page import rule_page
from wakagitops.reports._wrapping import wrapped_page
from wakagitops.secrets import redaction
from wakagitops.settings.cascade import Origin, effective, is_merged, origins
from wakagitops.settings.config import Options, is_outside
from wakagitops.settings.repository import ENDINGS, Repository
from wakagitops.settings.schema import Annotations, shipped_annotations
from wakagitops.sources.trees import WorkingTree
from wakagitops.validate.policy import unknown_rule
from wakagitops.yaml.document import Document, Node
from wakagitops.yaml.parser import read

_SOPS = "/sops"
"""What SOPS writes about an encrypted file: keys and digests, which say nothing to people."""


def configure(parser: argparse.ArgumentParser, translate: Translator) -> None:
    """Add the command's arguments."""
    parser.epilog = translate(
        msg(
            "examples:\n"
            "  wakagitops explain platform/version-gate\n"
            "  wakagitops explain configs/imprenta-sol.yaml notifications.smtp.host"
        )
    )
    parser.add_argument(
        "subject",
        metavar="RULE|FILE",
        help=translate(msg("a rule's id; or a shop's file, with a setting after it")),
    )
    parser.add_argument(
        "pointer",
        metavar="POINTER",
        nargs="?",
        help=translate(msg("a setting, as /contact/email or contact.email")),
    )
    parser.add_argument("--config", metavar="FILE", help=translate(msg("the wakagitops.toml to use")))
    parser.add_argument(
        "--allow-code",
        action="store_true",
        help=translate(msg("load the team's own rules, which are Python code of this repository")),
    )
    parser.set_defaults(environment_twins={"allow_code": flag, "config": str})
    add_output_flags(parser, translate)


def run(arguments: argparse.Namespace, console: Console, options: Options) -> int:
    """Print the page or the provenance."""
    if arguments.pointer is not None:
        return _explain_value(arguments, console, options)
    rules = rules_of(options, allow_code=arguments.allow_code)
    rule_id = arguments.subject
    if rule_id not in rules:
        _refuse(rule_id, tuple(rules))
    page = rule_page(rule_id, rules[rule_id], rules, console.translate, markup=False)
    console.out(_laid_out(page, console.columns))
    return int(ExitStatus.CLEAN)


def _refuse(subject: str, ids: tuple[str, ...]) -> NoReturn:
    """Stop because of a sole argument that is no rule, and say what it lacks to be something else.

    Raises:
        NothingToCheckError: it names a file that is not there.
        UsageError: it is anything else.
    """
    if os.path.exists(subject):
        raise UsageError(msg("name a setting of {path} too, such as contact.email", path=subject))
    if subject.endswith(ENDINGS):
        raise NothingToCheckError(msg("{path} does not exist", path=subject))
    known = shipped_annotations()
    is_rule = any(rule == subject.replace(".", "/") or rule.startswith(f"{subject}/") for rule in ids)
    is_setting = subject.startswith("/") or "." in subject or known.at(_as_pointer(subject)) is not None
    if is_setting and subject and not is_rule:
        raise UsageError(
            msg(
                "{setting} is a setting; name the shop's file before it: "
                "`wakagitops explain {file} {pointer}`",
                setting=subject,
                file=msg("FILE"),
                pointer=_pointer(subject, known),
            )
        )
    nothing = msg(
        "there is no rule {rule}; explain takes a rule, which `wakagitops rules` lists, or a shop's "
        "file and a setting: `wakagitops explain {file} /contact/email`",
        rule=subject,
        file=msg("FILE"),
    )
    raise UsageError(unknown_rule(subject, ids, nothing))


def _laid_out(text: str, columns: int | None) -> str:
    """Return a page as the terminal is wide; as it is where there is no terminal."""
    return text if columns is None else "\n".join(wrapped_page(text.split("\n"), columns))


def _explain_value(arguments: argparse.Namespace, console: Console, options: Options) -> int:
    """Print where a value comes from, and say which of the files hide it."""
    known = shipped_annotations()
    if os.path.exists(arguments.pointer) and not os.path.exists(arguments.subject):
        message = msg(
            "the file goes before the setting: `wakagitops explain {path} {setting}`",
            path=arguments.pointer,
            setting=arguments.subject,
        )
        raise UsageError(message)
    pointer = _pointer(arguments.pointer, known)
    chain = _chain(arguments, options)
    console.out_all(_value(arguments, console, options, pointer, chain))
    broken = [document for document in chain if not document.whole]
    for document in broken:
        path = _shown_path(document, options)
        console.note(
            msg("{path} does not parse: what it says is not known; validate it first", path=path)
        )
    return int(ExitStatus.FINDINGS if broken else ExitStatus.CLEAN)


def _chain(arguments: argparse.Namespace, options: Options) -> list[Document]:
    """Read a shop's file and its defaults, outermost first."""
    repository = Repository(WorkingTree(options.base), options.layout)
    if not os.path.exists(arguments.subject):
        raise NothingToCheckError(msg("{path} does not exist", path=arguments.subject))
    path = os.path.relpath(os.path.realpath(arguments.subject), os.path.realpath(options.base))
    path = path.replace(os.sep, "/")
    if is_outside(path):
        raise UsageError(outside(arguments.subject, options))
    if not repository.files:
        raise UsageError(
            why_nothing(options, os.path.relpath(os.path.join(options.base, options.layout.root)))
        )
    if path not in repository.shops:
        raise UsageError(msg("{path} is no shop's file", path=arguments.subject))
    return [read(name, repository.tree.read(name)) for name in (*repository.chain(path), path)]


def _shown_path(document: Document, options: Options) -> str:
    shown = os.path.relpath(os.path.join(options.base, document.path))
    return shown.replace(os.sep, "/")


def _value(
    arguments: argparse.Namespace,
    console: Console,
    options: Options,
    pointer: str,
    chain: list[Document],
) -> Iterator[str]:
    """Say what a shop's effective value is, who set it, what it overrode, and who reads it."""
    known, translate = shipped_annotations(), console.translate
    told = list(origins(chain, pointer, known.atomic))

    def place(origin: Origin) -> str:
        position = origin.document.source.position(origin.node.start)
        return f"{_shown_path(origin.document, options)}:{position.line + 1}:{position.column + 1}"

    yield f"{translate(_effective(pointer, known, chain))}\n\n"
    # Mappings merge: what files say of one adds up, from the last one on that is none.
    adds = [not origin.removes and is_merged(pointer, origin, known.atomic) for origin in told]
    whole = max((number for number, added in enumerate(adds, 1) if not added), default=0)
    for number, origin in enumerate(told):
        value = _shown(origin.node, pointer, known, chain)
        if origin.removes:
            line = msg("removed at {place}", place=place(origin))
        elif number >= whole and len(told) - whole > 1:
            line = msg("set in part at {place}: {value}", place=place(origin), value=value)
        elif number == len(told) - 1:
            line = msg("set at {place}: {value}", place=place(origin), value=value)
        else:
            line = msg("overridden: {place}: {value}", place=place(origin), value=value)
        yield f"  {translate(line)}\n"
    for fact in _described(pointer, known, translate):
        yield _laid_out(fact, console.columns)
    reading = [
        rule_id
        for rule_id, rule in rules_of(options, allow_code=arguments.allow_code).items()
        if any(pointers.covers(seen, pointer) or pointers.covers(pointer, seen) for seen in rule.reads)
    ]
    if reading:
        rules = translate(msg("Rules that read it: {rules}", rules=", ".join(reading)))
        yield _laid_out(f"{rules}\n", console.columns)


def _effective(pointer: str, known: Annotations, chain: list[Document]) -> Message:
    """Say what holds in the end."""
    name = pointers.dotted(pointer)
    root = effective(chain, known.atomic)
    node = root.at(pointer) if root is not None else None
    if node is not None:
        value = _shown(node, pointer, known, chain)
        return msg("{setting} = {value}", setting=name, value=value)
    setting = known.at(pointer)
    if setting is not None and setting.default is not None:
        items = setting.default if isinstance(setting.default, list) else None
        default = f"[{', '.join(map(str, items))}]" if items is not None else str(setting.default)
        return msg("{setting} is not set; its default is {value}", setting=name, value=default)
    return msg("{setting} is not set", setting=name)


def _described(pointer: str, known: Annotations, translate: Translator) -> Iterator[str]:
    """Say what the schema tells of a setting."""
    setting = known.at(pointer)
    if setting is None:
        return
    if setting.title:
        # The schema is in English; the catalogue holds its texts too.
        yield f"\n{translate(Message(setting.title))}: {translate(Message(setting.description))}\n"
    if setting.panel:
        yield f"{translate(msg('In the panel: {place}', place=setting.panel))}\n"
    if setting.since:
        yield f"{translate(msg('From platform {version} on', version=setting.since))}\n"


def _pointer(text: str, known: Annotations) -> str:
    """Accept a JSON Pointer or the dotted form that messages use."""
    pointer = _as_pointer(text)
    if known.at(pointer) is None:
        names = [pointers.dotted(place) for place in known.settings if place]
        meant = nearest(pointers.dotted(pointer), names)
        if meant:
            raise UsageError(
                msg("there is no setting {key}; did you mean {meant}?", key=text, meant=meant)
            )
        raise UsageError(msg("there is no setting {key}", key=text))
    return pointer


def _as_pointer(text: str) -> str:
    if text.startswith("/") or not text:
        return text
    return pointers.build(
        [token for part in text.replace("]", "").split("[") for token in part.split(".") if token]
    )


def _shown(node: Node, pointer: str, known: Annotations, chain: list[Document]) -> str:
    """Return a value as one line of YAML's flow style, with every secret masked."""
    return _Flow(known, chain).text(node, pointer)


class _Flow:
    """Writes values of one shop in YAML's flow style, without what its files must not show."""

    def __init__(self, known: Annotations, chain: list[Document]) -> None:
        self._known = known
        self._masks = {id(document): redaction.masks(document, known) for document in chain}
        self._secrets = frozenset[str]().union(
            *(redaction.secrets(document, known) for document in chain)
        )

    def text(self, node: Node, pointer: str) -> str:
        if pointer == _SOPS:
            return MASK
        if isinstance(node.items, dict):
            members = (
                f"{self._key(node, key)}: {self.text(child, pointers.child(pointer, key))}"
                for key, child in node.items.items()
            )
            return "{" + ", ".join(members) + "}"
        if node.items is not None:
            return "[" + ", ".join(self.text(child, pointer) for child in node.items) + "]"
        is_secret = pointer in self._known.secret or redaction.is_suspect(str(node.data), self._secrets)
        if is_secret or self._is_masked(node.document, node.start, node.end):
            return MASK
        text = node.document.source.text[node.start : node.end]
        return redaction.clean_text(" ".join(text.split()), self._secrets)

    def _key(self, holder: Node, key: str) -> str:
        is_masked = self._is_masked(*holder.keys[key])
        return MASK if is_masked else redaction.clean_text(key, self._secrets)

    def _is_masked(self, document: Document, start: int, end: int) -> bool:
        masks = self._masks.get(id(document), [])
        return any(span.start < end and span.end > start for span in masks)
