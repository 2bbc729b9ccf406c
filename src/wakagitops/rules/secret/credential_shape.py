"""``secret/credential-shape``: something in a settings file looks like a credential."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.messages import msg
from wakagitops.core.rule import Example, Finding, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.secrets.exposure import Where, exposures
from wakagitops.settings.views import FileView

_MESSAGES = {
    Where.VALUE: msg("this value looks like a credential"),
    Where.NAMED: msg("this key is named like a password, and its value is written here in plain text"),
    Where.KEY: msg("this key looks like a credential"),
    Where.COMMENT: msg("this comment holds what looks like a credential"),
    Where.UNREAD: msg("this line holds what looks like a credential"),
}


def check(file: FileView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Report what looks like a credential anywhere but in a setting that is one."""
    del options
    for found in exposures(file.document, file.annotations):
        yield Finding(found.pointer, _MESSAGES[found.where], help=_HELP, span=found.span)


_HELP = msg(
    "Take it out, keep it where secrets are kept, and rotate it: this one stays in the git history. "
    "If it opens nothing, say so: `# wakagitops: ignore[secret/credential-shape] why`."
)
_SMTP = """\
notifications:
  email: pedidos@imprenta-sol.es
  smtp:
    host: smtp.imprenta-sol.es
    ports: {tls: 465}
    username: USERNAME
    password: {env: IMPRENTA_SOL_SMTP_PASSWORD}
"""
_PLAIN = _SMTP.replace("USERNAME", "pedidos@imprenta-sol.es")
_MARK = "# expect: secret/credential-shape"
_BAD = f"""\
# la clave es girasol7, hasta diciembre   {_MARK}
# smtp://pedidos:girasol7@smtp.imprenta-sol.es   {_MARK}
contact:
  email: contacto@imprenta-sol.es
  pages: [/contacto]   # panel: https://imprenta-sol.es/?token=a1b2c3d4   {_MARK}
"""
_NAME = _PLAIN.replace("  smtp:", f"  name: AKIAIOSFODNN7EXAMPLE   {_MARK}\n  smtp:")

RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.FILE,
    summary=msg("Something looks like a credential"),
    rationale=msg(
        "Passwords land in comments, in addresses with a user, in settings that are meant for other "
        "things. What counts is a word such as password, clave or token with a value behind it, a "
        "password in a URL, the prefix of a provider's keys, and a long text that only chance makes. "
        "References, environment variables, digests and words about passwords do not count. Nor does "
        "the look of an SMTP user: some providers' user names are the names of keys. Where such a name "
        "alone lets somebody in, write a reference in its place. No report shows the stretch."
    ),
    authority=("CWE-312", "CWE-540"),
    check=check,
    bad=(
        Example({"imprenta-sol.yaml": _BAD}),
        Example({"imprenta-sol.yaml": _NAME}, why=msg("Providers mark their keys with a prefix.")),
        Example(
            {"imprenta-sol.yaml": _PLAIN + f"    contraseña: girasol7   {_MARK}, schema/unknown-key\n"},
            why=msg("A key that is named like a password makes its value suspect."),
        ),
    ),
    good=(
        Example(
            {
                "imprenta-sol.yaml": "# la contraseña está en Vault; token de acceso en 1Password\n"
                "# password: {env: IMPRENTA_SOL_SMTP_PASSWORD}\n" + _PLAIN
            },
            why=msg("Words about a password are none."),
        ),
        Example(
            {"imprenta-sol.yaml": _SMTP.replace("USERNAME", "AKIAIOSFODNN7EXAMPLE")},
            why=msg("Some providers' user names are the names of keys."),
        ),
        Example(
            {
                "imprenta-sol.yaml": "# imagen sha256:"
                "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\n"
                "# pedido 550e8400-e29b-41d4-a716-446655440000\n" + _PLAIN
            },
            why=msg("Digests and ids look random and open nothing."),
        ),
    ),
    turn_off=msg("Where another scanner of secrets guards the same repository."),
)
