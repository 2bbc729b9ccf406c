"""``secret/reference``: what should say where a secret is kept does not."""

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import Message, msg
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.rule import Example, Finding, Rule, Scope
from wakagitops.core.source import Span
from wakagitops.core.typed import Any
from wakagitops.secrets.references import (
    FORMS,
    ITSELF,
    Role,
    is_dressed_name,
    is_reference_as_text,
    is_sound,
    meant_form,
    meant_member,
    part,
    places,
    suggestion,
    unwrapped_form,
    values,
)
from wakagitops.settings.views import FileView
from wakagitops.yaml.document import Node
from wakagitops.yaml.missing_space import TIGHT_COLON, tight_colon, tight_colon_of_key

_UPPER = msg("Write upper-case letters, digits and underscores, with no digit first.")
_LOWER = msg(
    "Write lower-case letters, digits, hyphens and dots, with a letter or digit first and last."
)
_ONE_LINE = msg("Write the name as the store has it, on one line.")
_NAMES = {
    ("env", ITSELF): (msg("this is no name of an environment variable"), _UPPER),
    ("file", ITSELF): (
        msg("this is no path of a secret file"),
        msg("Write a path that begins with a slash and has no `..` in it, such as /run/secrets/smtp."),
    ),
    ("kubernetes", "name"): (msg("this is no name of a Kubernetes Secret"), _LOWER),
    ("kubernetes", "key"): (
        msg("this is no key of a Kubernetes Secret"),
        msg("Write letters, digits, hyphens, underscores and dots."),
    ),
    ("external", "store"): (msg("this is no name of a secret store"), _LOWER),
    ("external", "key"): (msg("this is no key of a remote secret"), _ONE_LINE),
    ("external", "property"): (msg("this is no property of a remote secret"), _ONE_LINE),
    ("vault", "path"): (
        msg("this is no path in Vault"),
        msg("Write the path from the mount on, with no slash first or last and no `..` in it."),
    ),
    ("vault", "key"): (msg("this is no key in Vault"), _ONE_LINE),
}
"""What to say of a name that its form does not allow, and what to write."""


class _Fault(NamedTuple):
    """One thing that is wrong with a reference."""

    span: Span
    message: Message
    help: Message = Message("")
    """Empty to show a whole sound reference."""


def check(file: FileView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Report references that name no place, or more than one, or one that cannot be.

    A value that may be the secret itself is ``secret/plaintext``'s, and not reported again.
    """
    del options
    for place in places(file.annotations):
        is_secret = file.annotations.is_secret(place)
        if is_sound(file.document, place) or (not is_secret and _is_text(file, place)):
            continue
        for node in values(file.document, place):
            for fault in _faults(node, is_secret=is_secret):
                advice = fault.help
                if not advice.text:
                    reference = suggestion(file.path, place)
                    advice = msg(
                        "Write where the secret is kept, such as {reference}.", reference=reference
                    )
                # The pointer is the setting's, since a key further down may be the secret itself.
                yield Finding(place, fault.message, help=advice, span=fault.span)


def _is_text(file: FileView, place: str) -> bool:
    """Tell quickly whether a setting has one value and it is no reference, as of most user names."""
    node = file.node(place)
    return node is not None and node.items is None and not file.document.shadowed


def _faults(node: Node, *, is_secret: bool) -> Iterator[_Fault]:
    if isinstance(node.items, dict):
        yield from _form_faults(node, node.items, is_secret=is_secret)
    elif not is_secret:
        return  # text is welcome, and the schema speaks of the rest
    elif node.items is not None:
        if not _holds_literal(node, ()):
            yield _Fault(node.span, msg("a list names no place where a secret is kept"))
    else:
        role = part(node, ()).role
        if role is Role.EMPTY:
            yield _Fault(node.span, msg("there is no value here"))
        elif role is Role.ATTEMPT and (sign := tight_colon(node, FORMS)) is not None:
            yield _tight(sign)
        elif role is Role.ATTEMPT and is_reference_as_text(node.raw):
            yield _Fault(node.span, msg("this is a text, and no reference: a reference is a mapping"))
        elif role is Role.ATTEMPT:
            yield _Fault(node.span, msg("this is another tool's way to name a secret, and no reference"))


def _tight(sign: Span) -> _Fault:
    return _Fault(sign, *TIGHT_COLON)


def _form_faults(node: Node, items: Mapping[str, Node], *, is_secret: bool) -> Iterator[_Fault]:
    """Report what is wrong with the kind of a reference, or with what it holds."""
    known = [key for key in items if key in FORMS]
    unwrapped = unwrapped_form(node)
    if not items:
        yield _Fault(node.span, msg("this reference names no place"))
    elif unwrapped is not None:
        yield _Fault(
            node.span,
            msg("this reference lacks its kind"),
            msg("Write {kind}: first, and its names below it.", kind=unwrapped),
        )
    elif len(known) > 1:
        yield _Fault(
            node.span,
            msg("this reference names {count} places, and one secret is kept in one", count=len(known)),
            msg("Keep one of {kinds}.", kinds=", ".join(known)),
        )
    else:
        for key, child in items.items():
            if is_secret and _holds_literal(child, (key,)):
                continue
            form = meant_form(key)
            sign = tight_colon_of_key(node, key, lambda name: meant_form(name) is not None)
            if sign is not None:
                yield _tight(sign)
            elif form is None:
                kinds = ", ".join(FORMS)
                yield _Fault(
                    _key_span(node, key),
                    msg("there is no such kind of reference"),
                    msg("The kinds are {kinds}.", kinds=kinds),
                )
            elif form != key:
                message = msg("there is no such kind of reference; did you mean {meant}?", meant=form)
                yield _Fault(_key_span(node, key), message, msg("Write {meant}.", meant=form))
            elif ITSELF in FORMS[form]:
                yield from _name_faults(child, (form,))
            else:
                yield from _member_faults(child, form, _key_span(node, key))


def _member_faults(node: Node, form: str, form_span: Span) -> Iterator[_Fault]:
    """Report what is wrong with the names of a reference that has several."""
    wanted = FORMS[form]
    if not isinstance(node.items, dict):
        yield _Fault(node.span, *_wants(form))
        return
    missing = [member for member in wanted if member not in node.items]
    for key, child in node.items.items():
        if key in wanted:
            yield from _name_faults(child, (form, key))
            continue
        member = meant_member(form, key)
        sign = tight_colon_of_key(node, key, missing.__contains__)
        if sign is not None:
            missing.remove(key.partition(":")[0])
            yield _tight(sign)
        elif member in missing:
            missing.remove(member)
            message = msg(
                "a reference of this kind has no such name; did you mean {meant}?", meant=member
            )
            yield _Fault(_key_span(node, key), message, msg("Write {meant}.", meant=member))
        else:
            yield _Fault(
                _key_span(node, key), msg("a reference of this kind has no such name"), _wants(form)[1]
            )
    if missing:
        yield _Fault(
            form_span,
            msg("this reference lacks {names}", names=", ".join(missing)),
            _wants(form)[1],
        )


def _name_faults(node: Node, path: tuple[str, ...]) -> Iterator[_Fault]:
    if not node.is_scalar:
        yield _Fault(node.span, msg("one name is wanted here, as text"))
        return
    found = part(node, path)
    if found.role is Role.EMPTY:
        yield _Fault(node.span, msg("there is no name here"))
    elif found.role is Role.BAD_NAME and is_dressed_name(found.form, node.raw):
        yield _Fault(
            node.span,
            msg("the name of a variable stands here with signs around it, and nothing fills it in"),
            msg("Write the name alone, without $, % and braces."),
        )
    elif found.role is Role.BAD_NAME:
        yield _Fault(node.span, *_NAMES[found.form, found.member])


def _wants(form: str) -> tuple[Message, Message]:
    names = ", ".join(FORMS[form])
    return (
        msg("a reference of the kind {kind} is a mapping", kind=form),
        msg("A reference of the kind {kind} has {names}.", kind=form, names=names),
    )


def _holds_literal(node: Node, path: tuple[str, ...]) -> bool:
    """Tell whether some value in a node may be the secret itself."""
    if isinstance(node.items, dict):
        return any(_holds_literal(child, (*path, key)) for key, child in node.items.items())
    if node.items is not None:
        return any(_holds_literal(child, (*path, "")) for child in node.items)
    return part(node, path).role is Role.LITERAL


def _key_span(node: Node, key: str) -> Span:
    _, start, end = node.keys[key]
    return Span(start, end)


_SMTP = """\
notifications:
  email: pedidos@imprenta-sol.es
  smtp:
    host: smtp.imprenta-sol.es
    ports: {tls: 465}
"""
_USER = _SMTP + "    username: pedidos@imprenta-sol.es\n"
_MARK = "   # expect: secret/reference\n"

RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.FILE,
    summary=msg("A reference does not say where its secret is kept"),
    rationale=msg(
        "A shop whose password is looked for in a place that cannot exist sends no mail, and says so "
        "only when a customer waits for an order's confirmation. So a reference has exactly one kind, "
        "env, file, kubernetes, external or vault, with all of its names, and each name is one that "
        "its target accepts: a variable's of POSIX shells, an absolute path, an RFC 1123 name for a "
        "Secret. Marks such as ${NAME} are not filled in: settings files are read as they are."
    ),
    authority=("RFC 1123", "Kubernetes, names of objects and keys of Secrets"),
    check=check,
    bad=(
        Example({"imprenta-sol.yaml": _USER + "    password: ${SMTP_PASSWORD}" + _MARK}),
        Example(
            {"imprenta-sol.yaml": _USER + '    password: "env: SMTP_PASSWORD"' + _MARK},
            why=msg("In quotes, this is a text."),
        ),
        Example({"imprenta-sol.yaml": _USER + '    password: {env: "$SMTP_PASSWORD"}' + _MARK}),
        Example({"imprenta-sol.yaml": _USER + "    password: {env: smtp-password}" + _MARK}),
        Example(
            {"imprenta-sol.yaml": _USER + "    password: {env: SMTP_PASSWORD, file: /run/smtp}" + _MARK}
        ),
        Example({"imprenta-sol.yaml": _USER + "    password: {enb: SMTP_PASSWORD}" + _MARK}),
        Example(
            {"imprenta-sol.yaml": _USER + "    password: {kubernetes: {name: imprenta-sol}}" + _MARK}
        ),
        Example({"imprenta-sol.yaml": _USER + '    password: {file: "../secrets/smtp"}' + _MARK}),
        Example({"imprenta-sol.yaml": _USER + "    password:" + _MARK}),
        Example(
            {
                "imprenta-sol.yaml": _SMTP
                + "    username: {vault: {path: /secret/shops/imprenta-sol, key: user}}"
                + _MARK
                + "    password: {vault: {path: secret/shops/imprenta-sol, key: password}}\n"
            },
            why=msg("A user name may be a reference too, and keeps to the same forms."),
        ),
    ),
    good=(
        Example({"imprenta-sol.yaml": _USER + "    password: {env: IMPRENTA_SOL_SMTP_PASSWORD}\n"}),
        Example({"imprenta-sol.yaml": _USER + "    password: {file: /run/secrets/imprenta-sol-smtp}\n"}),
        Example(
            {
                "imprenta-sol.yaml": _SMTP
                + "    username: {env: IMPRENTA_SOL_SMTP_USER}\n"
                + "    password:\n"
                + "      external: {store: vault, key: shops/imprenta-sol/smtp, property: password}\n"
            }
        ),
        Example(
            {
                "_defaults.yaml": "notifications:\n"
                "  smtp: {username: rele, password: {env: SMTP_PASSWORD}}\n",
                "imprenta-sol.yaml": _SMTP + "    username: null\n    password: null\n",
            },
            why=msg("The word null removes an inherited reference."),
        ),
    ),
    turn_off=msg("Never: a reference of another form cannot be rendered."),
    breaks=True,
)
