"""``secret/plaintext``: a secret's value is written in a settings file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core import pointer as pointers
from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.secrets.references import is_sound, literals, suggestion
from wakagitops.settings.views import FileView


def check(file: FileView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Report each value that may be or hold a secret itself, where only a reference may stand."""
    del options
    for place in file.annotations.secret:
        if is_sound(file.document, place):
            continue
        for span in literals(file.document, place):
            # The pointer is the setting's, since a key on the way may be the secret as well.
            yield Finding(
                place,
                msg("{setting} is written here in plain text", setting=pointers.dotted(place)),
                help=msg(
                    "Write where the secret is kept, such as {reference}, and rotate the secret: "
                    "this one stays in the git history.",
                    reference=suggestion(file.path, place),
                ),
                span=span,
            )


_SMTP = """\
notifications:
  email: pedidos@imprenta-sol.es
  smtp:
    host: smtp.imprenta-sol.es
    ports: {tls: 465}
    username: pedidos@imprenta-sol.es
"""
_SOPS = """\
sops:
  age:
    - recipient: age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kgs5kht6szxr4hg
  mac: ENC[AES256_GCM,data:bm90aGluZw==,iv:bm90aGluZw==,tag:bm90aGluZw==,type:str]
  version: 3.11.0
"""
_ENCRYPTED = "ENC[AES256_GCM,data:bm90aGluZw==,iv:bm90aGluZw==,tag:bm90aGluZw==,type:str]"

RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.FILE,
    summary=msg("A secret is written in a settings file"),
    rationale=msg(
        "Everybody who can read the repository, its copies and its backups reads the secret, and it "
        "stays in the history when the line is gone. So a setting that is a credential takes only "
        "the name of a place: an environment variable, a file, a key in a store of secrets. Taking "
        "the line out is not enough: the secret has to be changed where it is used. No report shows "
        "the value."
    ),
    authority=("CWE-798", "CWE-312"),
    check=check,
    bad=(
        Example({"imprenta-sol.yaml": _SMTP + "    password: girasol7   # expect: secret/plaintext\n"}),
        Example(
            {"imprenta-sol.yaml": _SMTP + "    password: 20271131   # expect: secret/plaintext\n"},
            why=msg("A number is a password too."),
        ),
        Example(
            {
                "imprenta-sol.yaml": _SMTP
                + "    password: girasol7   # expect: secret/plaintext\n"
                + "    password: {env: SMTP_PASSWORD}   # expect: yaml/duplicate-key\n"
            },
            why=msg("The value that a second key replaces is in the file all the same."),
        ),
        Example(
            {
                "imprenta-sol.yaml": _SMTP
                + "    password: {value: girasol7}   # expect: secret/plaintext\n"
            },
            why=msg("A mapping that is no reference hides nothing."),
        ),
        Example(
            {
                "_defaults.yaml": "notifications: {smtp: {password: girasol7}}"
                "   # expect: secret/plaintext\n",
                "imprenta-sol.yaml": _SMTP + "    password: {env: SMTP_PASSWORD}\n",
            },
            why=msg("A shop that overrides an inherited secret does not make it secret again."),
        ),
    ),
    good=(
        Example({"imprenta-sol.yaml": _SMTP + "    password: {env: IMPRENTA_SOL_SMTP_PASSWORD}\n"}),
        Example(
            {
                "imprenta-sol.yaml": _SMTP
                + "    password: {kubernetes: {name: imprenta-sol-smtp, key: password}}\n"
            }
        ),
        Example(
            {"imprenta-sol.yaml": _SMTP + f"    password: {_ENCRYPTED}\n" + _SOPS},
            why=msg("SOPS encrypted this one."),
        ),
    ),
    turn_off=msg("Never. It cannot be suppressed either."),
    suppressible=False,
    breaks=True,
)
