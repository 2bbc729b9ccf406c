"""``smtp/host``: the SMTP host is no host name, or one that means nothing elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.injection import line_break, template_mark
from wakagitops.core.messages import Message, msg
from wakagitops.core.rule import Example, Finding, Option, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.mail.hosts import Host, HostFault, host_of, is_listed, is_unreachable
from wakagitops.mail.providers import provider_of
from wakagitops.settings.views import ShopView

_HOST = "/notifications/smtp/host"
_MESSAGES: dict[HostFault, Message] = {
    HostFault.VARIABLE: msg("this names a variable, and variables are not filled in here"),
    HostFault.SCHEME: msg("this is a URL, and a host name alone is wanted"),
    HostFault.USER: msg("a user stands before the host's name"),
    HostFault.PATH: msg("something stands after the host's name"),
    HostFault.PORT: msg("the port is written along with the host's name"),
    HostFault.SPACE: msg("there is space in the host's name"),
    HostFault.UNDERSCORE: msg("a host's name has no underscore"),
    HostFault.BRACKETS: msg("the host's address stands in brackets"),
    HostFault.CHARACTER: msg("the host's name has a character that no host name can have"),
    HostFault.NUMBERS: msg("this is neither a host name nor an IP address"),
    HostFault.LABEL: msg("a part of the host's name is empty, too long, or has a hyphen at its edge"),
}


def check(shop: ShopView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Judge the host's form, then where its name can be known."""
    text = shop.text(_HOST)
    if text is None or is_listed(text, options["allow"]):
        return
    host = host_of(text)
    if host.fault is not None:
        # The value/ rules report these two, and the form shows once they are gone.
        if line_break(text) < 0 and not template_mark(text):
            yield Finding(_HOST, _MESSAGES[host.fault], help=_help(host))
    elif is_unreachable(text):
        yield Finding(
            _HOST,
            msg(
                "a name under .{ending} is known on its own machine or network only",
                ending=_ending(text),
            ),
            help=msg("Write the server's full name in the DNS, or localhost for this machine."),
        )


def _help(host: Host) -> Message:
    if not host.name:
        return msg("Write the server's name alone, such as smtp.imprenta-sol.es.")
    provider = provider_of(host.name)
    if provider is not None and provider.ports_to_write and (host.port is not None or host.security):
        return msg(
            "Write host: {name}, and ports: {ports}.", name=host.name, ports=provider.ports_to_write
        )
    if host.port is not None:
        return msg(
            "Write host: {name}, and the port under ports, as {security}: {port}.",
            name=host.name,
            security=host.security,
            port=host.port,
        )
    if host.security:
        return msg(
            "Write host: {name}, and the port under ports, as {security}: 465.",
            name=host.name,
            security=host.security,
        )
    return msg("Write host: {name}.", name=host.name)


def _ending(text: str) -> str:
    return text.lower().removesuffix(".").rpartition(".")[2]


_SMTP = """\
notifications:
  email: pedidos@imprenta-sol.es
  smtp:
    host: {host}
    ports: {{tls: 465}}
"""


def _host(host: str) -> Example:
    return Example({"imprenta-sol.yaml": _SMTP.format(host=host)})


RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.SHOP,
    summary=msg("The SMTP host is no host name, or one that is known nowhere else"),
    rationale=msg(
        "The host goes as it is into the panel and into programs that look it up, and none of them "
        "takes a URL or a port there. A name under .localhost or .local belongs to one machine or one "
        "network link, and usually comes from somebody's development setup. This machine itself, its "
        "addresses, and a Kubernetes Service by its full name are fine."
    ),
    authority=(
        "RFC 1123, section 2.1, host names",
        "RFC 6761, section 6.3, localhost",
        "RFC 6762, section 3, .local",
    ),
    reads=(_HOST,),
    options=(
        Option(
            "allow",
            (),
            "texts",
            msg("Hosts that are fine as they are; *.name stands for all below."),
            looser="more",
        ),
    ),
    check=check,
    bad=(
        _host("smtps://smtp.imprenta-sol.es:465   # expect: smtp/host"),
        _host("smtp.imprenta-sol.es:587           # expect: smtp/host"),
        _host("smtp_1.imprenta-sol.es             # expect: smtp/host"),
        _host("$SMTP_HOST                         # expect: smtp/host"),
        _host("smtp,imprenta-sol.es               # expect: smtp/host"),
        _host("correo.local                       # expect: smtp/host"),
    ),
    good=(
        _host("smtp.imprenta-sol.es"),
        _host("localhost"),
        _host("127.0.0.2"),
        _host("relay.correo.svc.cluster.local"),
        _host("correo")._replace(why=msg("One word, as container networks have it.")),
        _host("nas.local")._replace(options={"allow": ["nas.local"]}),
    ),
    turn_off=msg("Never; allow the hosts that work where your shops run."),
)
