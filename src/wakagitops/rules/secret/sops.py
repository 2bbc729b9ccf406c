"""``secret/sops``: what SOPS encrypted and its block do not belong together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from wakagitops.core import pointer as pointers
from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, Place, Rule, Scope
from wakagitops.core.source import Span
from wakagitops.core.typed import Any
from wakagitops.secrets.references import SOPS_TEXT, literals
from wakagitops.settings.views import FileView
from wakagitops.yaml.document import Node

_BLOCK = "/sops"
_KEPT_HERE = msg("Write a reference here, or keep the encrypted value in the shop's own file.")


def check(file: FileView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Compare the values that SOPS encrypted with the file's ``sops`` block."""
    del options
    root = file.document.root
    text = file.document.source.text
    if root is None or ("sops" not in text and "ENC[" not in text):
        return
    block = root.at(_BLOCK)
    has_block = block is not None and isinstance(block.items, dict)
    if has_block:
        clear = [span for place in file.annotations.secret for span in literals(file.document, place)]
        yield from _block_findings(block, clear)
    for pointer, node in file.scalars:
        if not isinstance(node.data, str) or not SOPS_TEXT.match(node.data):
            continue
        if pointers.covers(_BLOCK, pointer):
            continue
        if pointer not in file.annotations.secret:
            if file.annotations.is_secret(pointer):
                continue  # a literal inside a reference, which secret/plaintext reports
            yield Finding(
                pointer,
                msg("only secrets may be encrypted, and this is none"),
                help=msg("Let SOPS encrypt the secrets alone: `encrypted_regex: ^password$`."),
                span=node.span,
            )
        elif not has_block:
            yield Finding(
                pointer,
                msg("this encrypted value has no sops block, so nothing can decrypt it"),
                help=msg(
                    "Encrypt the value in this file with sops: a value copied from another file "
                    "cannot be decrypted."
                ),
                span=node.span,
            )
        elif file.is_defaults:
            yield Finding(
                pointer,
                msg("an encrypted value cannot be inherited, since its sops block is not"),
                help=_KEPT_HERE,
                span=node.span,
            )


def _block_findings(block: Node | None, clear: Sequence[Span]) -> Iterator[Finding]:
    """Report a block that cannot be decrypted, or that left a secret out."""
    mac = block.child("mac") if block is not None else None
    if mac is None or not isinstance(mac.data, str) or not SOPS_TEXT.match(mac.data):
        yield Finding(
            _BLOCK,
            msg("this sops block has no mac, so sops refuses to decrypt the file"),
            on="key",
            help=msg("Encrypt the file again with sops, and do not edit the block."),
        )
    if clear:
        yield Finding(
            _BLOCK,
            msg("this sops block is there, and a secret in the file is not encrypted"),
            on="key",
            help=msg(
                "Give the secret a new value with `sops edit`, and see that `encrypted_regex` matches "
                "its key: the old value stays in the git history."
            ),
            related=tuple(Place("", msg("this value is not encrypted"), span=span) for span in clear),
        )


_SMTP = """\
notifications:
  email: pedidos@imprenta-sol.es
  smtp:
    host: smtp.imprenta-sol.es
    ports: {tls: 465}
    username: pedidos@imprenta-sol.es
"""
_TEXT = "ENC[AES256_GCM,data:bm90aGluZw==,iv:bm90aGluZw==,tag:bm90aGluZw==,type:str]"
_SOPS = f"""\
sops:
  age:
    - recipient: age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kgs5kht6szxr4hg
  lastmodified: "2026-11-24T10:00:00Z"
  mac: {_TEXT}
  encrypted_regex: ^password$
  version: 3.11.0
"""

RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.FILE,
    summary=msg("What SOPS encrypted and its block do not belong together"),
    rationale=msg(
        "SOPS keeps the keys to a file's encrypted values in the file's sops block, with a mac over "
        "all of its values. Without both, the values cannot be decrypted: one that was copied to "
        "another file, or that a shop inherits, is lost there. And a block beside a secret that is "
        "not encrypted says that the file is safe when it is not."
    ),
    authority=("SOPS, as its version 3.11 was seen to work",),
    check=check,
    bad=(
        Example({"imprenta-sol.yaml": _SMTP + f"    password: {_TEXT}   # expect: secret/sops\n"}),
        Example(
            {
                "imprenta-sol.yaml": _SMTP
                + "    password: girasol7   # expect: secret/plaintext\n"
                + _SOPS.replace("sops:", "sops:   # expect: secret/sops")
            },
            why=msg("The secret is in the open, and the block hides that."),
        ),
        Example(
            {
                "imprenta-sol.yaml": _SMTP
                + f"    password: {_TEXT}\n"
                + _SOPS.replace("sops:", "sops:   # expect: secret/sops").replace("  mac", "  was")
            },
            why=msg("Without its mac sops does not decrypt the file."),
        ),
        Example(
            {
                "_defaults.yaml": "notifications:\n  smtp:\n    username: pedidos@imprenta-sol.es\n"
                f"    password: {_TEXT}   # expect: secret/sops\n" + _SOPS,
                "imprenta-sol.yaml": "notifications:\n  email: pedidos@imprenta-sol.es\n"
                "  smtp: {host: smtp.imprenta-sol.es, ports: {tls: 465}}\n",
            },
            why=msg("A shop cannot inherit an encrypted value."),
        ),
    ),
    good=(
        Example({"imprenta-sol.yaml": _SMTP + f"    password: {_TEXT}\n" + _SOPS}),
        Example(
            {"imprenta-sol.yaml": _SMTP + "    password: {file: /run/secrets/smtp}\n" + _SOPS},
            why=msg("A block may stand beside a reference."),
        ),
    ),
    turn_off=msg("Never, where files are encrypted with SOPS; elsewhere it finds nothing."),
    breaks=True,
)
