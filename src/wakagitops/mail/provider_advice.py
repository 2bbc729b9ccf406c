"""What to write where a known provider's server is meant, so that it works once it is written."""

from __future__ import annotations

from collections.abc import Mapping

from wakagitops.core.messages import Message, msg
from wakagitops.mail.providers import Provider, as_of

NO_PASSWORD = msg(
    "Send through another provider, which takes a password, from an address at the shop's own domain."
)


def outgoing_server(provider: Provider, host: str, ports: Mapping[str, object]) -> Message:
    """Return advice to use a provider's outgoing server in place of another host of it.

    Args:
        provider: the provider that the host belongs to.
        host: the host that is set, whose zone the outgoing one shares where there is one.
        ports: the ports that are set; where the provider does not offer each, they are named too.
    """
    server = provider.host_like(host)
    if not provider.takes_password(as_of()):
        return NO_PASSWORD
    if not server:
        return msg("Write the host that the provider names for outgoing mail (SMTP).")
    if provider.ports_to_write and not all(provider.offers(*item) for item in ports.items()):
        return msg("Write host: {name}, and ports: {ports}.", name=server, ports=provider.ports_to_write)
    return msg("Write host: {server}.", server=server)
