"""The example of a notification account that the rules on providers share."""

from __future__ import annotations

from wakagitops.core.rule import Example

ADDRESS = "pedidos@imprenta-sol.es"
_ACCOUNT = """\
notifications:
  email: {sender}
  smtp:
    host: {host}
    ports: {ports}
    username: {user}
    password: {{env: IMPRENTA_SOL_SMTP_PASSWORD}}
"""


def account_example(host: str, *, user: str, ports: str, sender: str = ADDRESS) -> Example:
    """Return an example with one account; each text may end in an ``# expect:`` comment."""
    text = _ACCOUNT.format(sender=sender, host=host, ports=ports, user=user)
    return Example({"imprenta-sol.yaml": text})
