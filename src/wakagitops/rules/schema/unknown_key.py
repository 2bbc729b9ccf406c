"""``schema/unknown-key``: a key is no setting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from wakagitops.core import pointer as pointers
from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import Message, msg
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.patterns import regex
from wakagitops.core.rule import Example, Finding, Place, ProposedFix, Rule, Scope, TextEdit
from wakagitops.core.source import Span
from wakagitops.core.suggest import distance, nearest
from wakagitops.core.typed import Any
from wakagitops.mail.vocabulary import SECURITY, SMTP, folded, is_useless, ports_meant, setting_meant
from wakagitops.secrets.references import is_sound_reference, owns, suggestion
from wakagitops.settings.views import FileView, Violation
from wakagitops.yaml.document import Node
from wakagitops.yaml.missing_space import TIGHT_COLON, tight_colon_of_key
from wakagitops.yaml.scalars import old_reading, resolve


def check(file: FileView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Report each key that the schema does not know; keys that mean one setting together, once."""
    del options
    groups: dict[tuple[str, str], list[Violation]] = {}
    for item in file.violations:
        if item.keyword != "additionalProperties" or not isinstance(item.expected, tuple):
            continue
        place = pointers.child(item.pointer, item.key)
        if owns(file.annotations, place) or (item.key == "<<" and _is_merge(file, place)):
            continue
        meant = _foreign(file, item)
        if meant:
            groups.setdefault((item.pointer, _group(item.pointer, meant)), []).append(item)
        else:
            yield _finding(file, item, place)
    for items in groups.values():
        yield _foreign_finding(file, sorted(items, key=lambda item: _start(file, item)))


def _start(file: FileView, item: Violation) -> int:
    """Return where a key stands."""
    node = file.node(item.pointer)
    return node.keys[item.key][1] if node is not None else 0


def _foreign(file: FileView, item: Violation) -> str:
    """Return the setting that a key of another program means; empty where it is none of those."""
    known: tuple[str, ...] = tuple(map(str, item.expected)) if isinstance(item.expected, tuple) else ()
    node = file.node(item.pointer)
    if node is None or folded(item.key) in known:
        return ""
    if tight_colon_of_key(node, item.key, known.__contains__) is not None:
        return ""
    meant = setting_meant(item.key, item.pointer) or ""
    value = node.child(item.key)
    if meant == SMTP and (value is None or value.is_scalar):
        return ""
    return meant


def _group(holder: str, meant: str) -> str:
    """Return what keys are reported together by: one setting, the login, or all of another mapping."""
    place = meant.partition("#")[0]
    if pointers.parent(place) != holder and holder != _PORTS:
        return "smtp" if pointers.covers(SMTP, place) else pointers.parent(place)
    return "login" if place in _LOGIN else place


def _foreign_finding(file: FileView, items: Sequence[Violation]) -> Finding:
    """Report keys of another program with all that is to be written for them."""
    first = items[0]
    meant = {item.key: setting_meant(item.key, first.pointer) or "" for item in items}
    settings = sorted({setting.partition("#")[0] for setting in meant.values()})
    keys = ", ".join(item.key for item in items)
    names = ", ".join(pointers.dotted(setting) for setting in settings)
    if len(items) == 1:
        message = msg("there is no setting {key}; did you mean {meant}?", key=keys, meant=names)
    else:
        message = msg("{keys} are no settings; did you mean {meant}?", keys=keys, meant=names)
    made = _replacement(file, first.pointer, meant)
    return Finding(
        pointers.child(first.pointer, first.key),
        message,
        on="key",
        help=_advice(file, first.pointer, made, settings, keys),
        related=tuple(
            Place(pointers.child(item.pointer, item.key), msg("this belongs to it"), on="key")
            for item in items[1:]
        ),
        sets=made.sets if made is not None else tuple(settings),
    )


def _advice(
    file: FileView, holder: str, made: _Made | None, settings: Sequence[str], keys: str
) -> Message:
    names = ", ".join(pointers.dotted(setting) for setting in settings)
    if made is None:
        if SMTP in settings:
            return msg("Indent {key} below `notifications:`.", key=keys)
        if any(file.node(setting) is not None for setting in settings):
            return msg("Remove {keys}; {meant} is set already.", keys=keys, meant=names)
        return msg("Write {meant}.", meant=names)
    if made.holder == holder:
        return msg("Write `{text}` instead of {keys}.", text=made.text, keys=keys)
    place = pointers.dotted(made.holder)
    return msg("Write `{text}` in {holder} instead of {keys}.", text=made.text, holder=place, keys=keys)


class _Made(NamedTuple):
    """What to write, and the mapping it belongs in."""

    holder: str
    text: str
    """Members, each but the first after `` ` and ` ``."""
    sets: tuple[str, ...]


def _replacement(file: FileView, holder: str, meant: Mapping[str, str]) -> _Made | None:
    """Return the text to write for keys of another program; None where it cannot be made of them."""
    node = file.node(holder)
    assert node is not None  # noqa: S101 - it has the keys
    by_place: dict[str, list[tuple[str, Node]]] = {}
    for key, setting in meant.items():
        value = node.child(key)
        if value is not None:
            by_place.setdefault(setting.partition("#")[0], []).append((key, value))
    members: dict[str, str] = {}
    for place in sorted(by_place, key=_order):
        text = _member(file, place, by_place[place], meant)
        if text is None or (file.node(place) is not None and holder != place):
            return None
        members[place] = text
    if _USERNAME in members and _PASSWORD not in members and file.node(_PASSWORD) is None:
        members[_PASSWORD] = suggestion(file.document.path, _PASSWORD)
    if holder == _PORTS:
        return _Made(_PORTS, members[_PORTS].removeprefix("ports: ").strip("{}"), (_PORTS,))
    home = pointers.parent(next(iter(members)))
    if home == SMTP and file.node(SMTP) is None:
        return _Made("/notifications", f"smtp: {{{', '.join(members.values())}}}", (SMTP,))
    return _Made(home, "` and `".join(members.values()), tuple(members))


def _order(place: str) -> int:
    return _ORDER.index(place) if place in _ORDER else len(_ORDER)


def _member(
    file: FileView, place: str, values: Sequence[tuple[str, Node]], meant: Mapping[str, str]
) -> str | None:
    """Return one member to write, such as ``ports: {tls: 465}``."""
    key = pointers.tokens(place)[-1]
    if place == _PORTS:
        host = file.node(f"{SMTP}/host")
        port = next((node.data for name, node in values if meant[name] == _PORTS), None)
        security = tuple((name, node.data) for name, node in values if meant[name] == SECURITY)
        ports = ports_meant(port, security, str(host.data) if host is not None else "")
        return None if ports is None else f"ports: {ports}"
    node = values[0][1]
    if place == _PASSWORD:
        written = file.document.source.text[node.start : node.end]
        return (
            f"password: {written}"
            if is_sound_reference(node) and "\n" not in written
            else suggestion(file.document.path, _PASSWORD)
        )
    if place == _RECIPIENTS:
        texts = node.data if isinstance(node.data, list) else [node.data]
        if not all(isinstance(text, str) for text in texts):
            return None
        listed = [part.strip() for text in texts for part in _SEPARATOR.split(text) if part.strip()]
        return f"recipients: [{', '.join(map(_spelt, listed))}]"
    if not isinstance(node.data, str) or "\n" in node.data:
        return None
    return f"{key}: {_spelt(node.data)}"


def _spelt(text: str) -> str:
    """Return a text as YAML, in quotes where it needs them."""
    if _PLAIN.match(text) and isinstance(resolve(text), str) and old_reading(text) is None:
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _is_merge(file: FileView, place: str) -> bool:
    """Tell whether a key is a merge key, which ``yaml/alias`` reports; in quotes it is none."""
    return any(
        problem.kind == "alias" and problem.detail == "merge" and problem.pointer == place
        for problem in file.document.problems
    )


_PORTS = f"{SMTP}/ports"
_USERNAME = f"{SMTP}/username"
_PASSWORD = f"{SMTP}/password"
_LOGIN = frozenset((_USERNAME, _PASSWORD))
_RECIPIENTS = "/admin/recipients"
_ORDER = (f"{SMTP}/host", _PORTS, _USERNAME, _PASSWORD)
_SEPARATOR = regex(r"[,;\s]+")
_PLAIN = regex(r"[^\W\d_][\w.+@/-]*\Z")


def _finding(file: FileView, item: Violation, place: str) -> Finding:
    known: tuple[str, ...] = tuple(map(str, item.expected)) if isinstance(item.expected, tuple) else ()
    node = file.node(item.pointer)
    sign = tight_colon_of_key(node, item.key, known.__contains__) if node is not None else None
    if sign is not None:
        message, advice = TIGHT_COLON
        return Finding(place, message, help=advice, span=sign)
    meant = folded(item.key) if folded(item.key) in known else nearest(item.key, known)
    if is_useless(item.key):
        return Finding(
            place,
            msg("there is no setting {key}, and nothing here takes its place", key=item.key),
            on="key",
            help=msg("Remove {key}.", key=item.key),
        )
    if meant is not None:
        return Finding(
            place,
            msg("there is no setting {key}; did you mean {meant}?", key=item.key, meant=meant),
            on="key",
            help=msg("Write {meant}.", meant=meant),
            fix=_fix(file, item, meant, known),
            sets=(pointers.child(item.pointer, meant),),
        )
    homes = [
        pointers.dotted(pointer)
        for pointer in file.annotations.settings
        if pointer.rpartition("/")[2] == item.key
    ]
    if homes:
        advice = msg("{key} belongs at {places}.", key=item.key, places=", ".join(homes))
    else:
        advice = msg("Settings here are: {known}.", known=", ".join(known))
    where = pointers.dotted(item.pointer)
    if where:
        message = msg("there is no setting {key} in {mapping}", key=item.key, mapping=where)
    else:
        message = msg("there is no setting {key}", key=item.key)
    return Finding(place, message, on="key", help=advice)


def _fix(file: FileView, item: Violation, meant: str, known: tuple[str, ...]) -> ProposedFix | None:
    """Rename the key, where just one absent key is one edit away."""
    node = file.node(item.pointer)
    near = [name for name in known if distance(item.key, name) == 1]
    is_sure = near == [meant] or folded(item.key) == meant
    if node is None or not is_sure or meant in node.keys or not _fits(file, item, meant):
        return None
    document, start, end = node.keys[item.key]
    written = document.source.text[start:end]
    if written[0] in "\"'" and written[1:-1] == item.key:
        start, end = start + 1, end - 1
    elif written != item.key:
        return None
    return ProposedFix(
        msg("rename the key to {meant}", meant=meant), (TextEdit(Span(start, end), meant),)
    )


def _fits(file: FileView, item: Violation, meant: str) -> bool:
    """True if the value has a type that the setting meant can have."""
    setting = file.annotations.at(pointers.child(item.pointer, meant))
    value = file.node(pointers.child(item.pointer, item.key))
    if setting is None or value is None:
        return False
    data = value.data
    if isinstance(data, bool):
        return "boolean" in setting.types
    kinds = {str: "string", int: "integer", float: "number", dict: "object", list: "array"}
    return data is None or kinds.get(type(data), "") in setting.types or setting.secret


RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.FILE,
    summary=msg("A key is no setting"),
    rationale=msg(
        "A mistyped key is a setting that is not made: the shop keeps what it had, and nobody notices."
    ),
    authority=("JSON Schema 2020-12, additionalProperties",),
    check=check,
    upon="violations",
    fixable=True,
    bad=(
        Example(
            {
                "imprenta-sol.yaml": "contact:\n  email: contacto@imprenta-sol.es\n"
                "  publis: plain   # expect: schema/unknown-key\n"
            }
        ),
        Example({"imprenta-sol.yaml": '"<<": {shop: imprenta-sol}   # expect: schema/unknown-key\n'}),
        Example(
            {
                "imprenta-sol.yaml": "notifications:\n"
                "  email: pedidos@imprenta-sol.es\n"
                "  smtp:\n"
                "    host: smtp.imprenta-sol.es\n"
                "    port: 465   # expect: schema/unknown-key\n"
                "    security: tls\n"
            },
            why=msg("The words of most mail programs: one finding with all there is to write."),
        ),
        Example(
            {"imprenta-sol.yaml": "smtp_server: smtp.imprenta-sol.es   # expect: schema/unknown-key\n"}
        ),
    ),
    good=(
        Example({"imprenta-sol.yaml": "contact: {email: contacto@imprenta-sol.es, publish: plain}\n"}),
        Example({"imprenta-sol.yaml": "# publis: plain\nshop: imprenta-sol\n"}),
    ),
    turn_off=msg("Never: remove the key, or write it as a comment."),
)
