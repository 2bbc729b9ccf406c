"""One fixed result for the tests of every report format: each kind of finding, and hostile text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wakagitops.core.diagnostic import Diagnostic, Edit, Fix, Related, Severity, Suppressed
from wakagitops.core.excerpt import Excerpt
from wakagitops.core.messages import Message, Translator, counted, msg
from wakagitops.core.rule import Example, Option, Rule, Scope
from wakagitops.core.source import Position, Range, SourceText
from wakagitops.reports import Presentation
from wakagitops.validate.result import CacheChanges, CheckResult, StaleCache

SECRET = "s3creto-de-la-imprenta"
EVIL = (
    "\r\n::error::pwned %0A | `rm` <script>alert(1)</script> "
    "](http://evil.es) @team {0} \x1b[31m \u202e ##[x]"
)
EVIL_PATH = "configs/a,b:c%25|`<img src=x>\n::warning::.yaml"

SOURCES = {
    "configs/costa/_defaults.yaml": """\
# what the shops of the coast share
notifications:
  smtp:
    host: smtp.costa.es
    ports: {starttls: 587}
admin:
  recipients:
    - pedidos@costa.es
""",
    "configs/costa/rotulos-mar.yaml": 'shop: rotulos-mar\nplatform_version: "3.28.0"\n',
    "configs/costa/papeleria-luna.yaml": 'shop: papeleria-luna\nplatform_version: "3.27.4"\n',
    "configs/imprenta-sol.yaml": f"""\
shop: imprenta-sol
platform_version: "3.28.1"
url: https://www.imprenta-sol.es
contact:
  email: maria.lopez@imprenta-sol.es
notifications:
  email: pedidos@Imprenta-Sol.ES
  name: "🖨️ 印刷所\tSol"
  smtp: {{host: smtp.imprenta-sol.es, password: {SECRET}, port: 25}}
admin:
  recipients:
    - ventas@imprenta-sol.es

    - taller@imprenta-sol.es
    - ventas@imprenta-sol.es
""",
    "configs/rota.yaml": "shop: rota\ncontact: [\n",
    EVIL_PATH: f"shop: {EVIL!r} {'x' * 400}\nurl: '\x1b[31mred'\n",
}
_MASKED = {"configs/imprenta-sol.yaml": SECRET}


def _excerpt(path: str) -> Excerpt:
    text = SOURCES.get(path, "")
    masks = []
    if path in _MASKED:
        source = SourceText(text)
        at = text.index(_MASKED[path])
        start, end = source.position(at), source.position(at + len(_MASKED[path]))
        masks.append(source.span(Range(start, end)))
    return Excerpt(SourceText(text), masks)


def at(path: str, marked: str, nth: int = 0) -> Range:
    """Return the range of the nth occurrence of a text in a source."""
    source, start = SourceText(SOURCES[path]), -1
    for _ in range(nth + 1):
        start = source.text.index(marked, start + 1)
    return Range(source.position(start), source.position(start + len(marked)))


NOWHERE = Range(Position(0, 0), Position(0, 0))
_COSTA = "configs/costa/_defaults.yaml"
_SOL = "configs/imprenta-sol.yaml"


def _version_gate() -> Diagnostic:
    message = msg(
        "{setting} needs platform {since} or later", setting="admin.recipients", since="3.28.1"
    )
    shops = ("papeleria-luna", "rotulos-mar", "toldos-brisa", "vinilos-faro", "vinilos-sal")
    related = tuple(
        Related(
            f"configs/costa/{shop}.yaml",
            at(f"configs/costa/{shop}.yaml", f'"{version}"'),
            msg("{version} is set here", version=version),
            (shop,),
        )
        for shop, version in (("papeleria-luna", "3.27.4"), ("rotulos-mar", "3.28.0"))
    )
    return Diagnostic(
        _COSTA,
        at(_COSTA, "recipients"),
        "platform/version-gate",
        Severity.ERROR,
        counted(
            "{finding} (in {shops} and {count} other shop)",
            "{finding} (in {shops} and {count} other shops)",
            2,
            finding=message,
            shops="papeleria-luna, rotulos-mar, toldos-brisa",
        ),
        "/admin/recipients",
        shops,
        related,
        msg("Remove {setting}, or raise platform_version once the shop is upgraded.", setting="admin"),
        fingerprint="a" * 32,
        key="a",
    )


def _of_imprenta_sol() -> Iterator[Diagnostic]:
    shops = ("imprenta-sol",)
    yield Diagnostic(
        _SOL,
        at(_SOL, "maria.lopez@imprenta-sol.es"),
        "contact/role-account",
        Severity.ERROR,
        msg("{address} looks like a person's address", address="maria.lopez@imprenta-sol.es"),
        "/contact/email",
        shops,
        help=msg("Use an address of the shop, such as {better}.", better="contacto@imprenta-sol.es"),
        fingerprint="b" * 32,
    )
    domain = at(_SOL, "Imprenta-Sol.ES")
    yield Diagnostic(
        _SOL,
        domain,
        "address/not-canonical",
        Severity.NOTE,
        msg("{domain} is usually written in lower case", domain="Imprenta-Sol.ES"),
        "/notifications/email",
        shops,
        fix=Fix(
            msg("Write {better}", better="imprenta-sol.es"), (Edit(_SOL, domain, "imprenta-sol.es"),)
        ),
        fingerprint="c" * 32,
    )
    yield Diagnostic(
        _SOL,
        at(_SOL, "\tSol"),
        "yaml/character",
        Severity.WARNING,
        msg("a tab stands in a value"),
        "/notifications/name",
        shops,
        fingerprint="d" * 32,
    )
    yield Diagnostic(
        _SOL,
        at(_SOL, "password"),
        "secret/plaintext",
        Severity.ERROR,
        msg("{setting} holds a secret as text", setting="notifications.smtp.password"),
        "/notifications/smtp/password",
        shops,
        fingerprint="e" * 32,
    )
    yield Diagnostic(
        _SOL,
        at(_SOL, "port: 25"),
        "smtp/not-submission-port",
        Severity.WARNING,
        msg("port {port} is for mail between servers", port=25),
        "/notifications/smtp/port",
        shops,
        fingerprint="f" * 32,
    )
    for nth in (0, 1):
        yield Diagnostic(
            _SOL,
            at(_SOL, "ventas@imprenta-sol.es", nth),
            "admin/duplicate-recipient",
            Severity.WARNING,
            msg("{address} is listed twice", address="ventas@imprenta-sol.es"),
            "/admin/recipients",
            shops,
            (
                Related(
                    _SOL,
                    at(_SOL, "ventas@imprenta-sol.es", 1 - nth),
                    msg("it is listed here too"),
                ),
            ),
            fingerprint="0" * 32,
        )
    start, end = at(_SOL, "- ventas").start, at(_SOL, "- ventas@imprenta-sol.es", 1).end
    yield Diagnostic(
        _SOL,
        Range(start, end),
        "admin/too-many-recipients",
        Severity.WARNING,
        counted("{count} recipient is one too many", "{count} recipients are too many", 3),
        "/admin/recipients",
        shops,
        fingerprint="1" * 32,
    )


def _others() -> Iterator[Diagnostic]:
    yield Diagnostic(
        EVIL_PATH,
        at(EVIL_PATH, "x" * 400),
        "value/template-residue",
        Severity.ERROR,
        msg("{value} looks like a template", value=EVIL),
        "/shop",
        ("a",),
        (Related(EVIL_PATH, at(EVIL_PATH, "red"), msg("compare {value}", value=EVIL)),),
        Message(f"A sentence of a team's own rule: {EVIL}"),
        Fix(msg("Write {better}", better=EVIL), (Edit(EVIL_PATH, at(EVIL_PATH, "red"), EVIL),)),
        fingerprint="2" * 32,
    )
    yield Diagnostic(
        "configs/enorme.yaml",
        NOWHERE,
        "yaml/limit",
        Severity.ERROR,
        msg("the file has {size} bytes, and at most {limit} are read", size=10**21, limit=262144),
        "",
        fingerprint="3" * 32,
    )
    end = Position(2, 0)
    yield Diagnostic(
        "configs/rota.yaml",
        Range(end, end),
        "yaml/syntax",
        Severity.ERROR,
        msg("the file ends inside a list"),
        "",
        ("rota",),
        fingerprint="4" * 32,
    )
    yield Diagnostic(
        "<stdin>", NOWHERE, "schema/required", Severity.ERROR, msg("url is missing"), "", ("stdin",),
        fingerprint="5" * 32,
    )  # fmt: skip


def _suppressed() -> Iterator[Suppressed]:
    first, second, *_ = _of_imprenta_sol()
    yield Suppressed(first._replace(rule="contact/free-mail", fingerprint="6" * 32), f"agreed {EVIL}")
    yield Suppressed(second._replace(fingerprint="7" * 32), "", "baseline")


def _rule(severity: Severity, summary: Message, **more: Any) -> Rule:
    rule = Rule(
        severity=severity,
        scope=Scope.SHOP,
        summary=summary,
        rationale=msg("Mail goes astray otherwise, and {nobody} is told."),
        check=lambda _view, _options: (),
        turn_off=msg("When the team has agreed otherwise."),
    )
    return rule._replace(**more)


RULES = {
    "address/not-canonical": _rule(
        Severity.NOTE, msg("An address is not in its usual form"), fixable=True
    ),
    "contact/role-account": _rule(
        Severity.WARNING,
        msg("The public contact address is a person's"),
        authority=("RFC 2142",),
        options=(
            Option("accounts", (), "texts", msg("Further role accounts")),
            Option("unknown", "warning", "text", msg("What an unknown name is"), ("warning", "error")),
        ),
        bad=(Example({"imprenta-sol.yaml": "contact:\n  email: maria@sol.es  # expect: x/y\n"}),),
        good=(Example({"imprenta-sol.yaml": "contact:\n  email: hola@sol.es\n"}),),
    ),
    "platform/version-gate": _rule(
        Severity.ERROR,
        msg("A setting is newer than the shop's platform"),
        authority=("PEP 440, order of versions",),
        reads=("/platform_version",),
    ),
    "value/template-residue": _rule(Severity.ERROR, msg("A template mark | was <b>left</b> over `x`")),
}

_SHOPS = {
    "<stdin>": ("stdin", ""),
    EVIL_PATH: ("a", ""),
    "configs/costa/papeleria-luna.yaml": ("papeleria-luna", "3.27.4"),
    "configs/costa/rotulos-mar.yaml": ("rotulos-mar", "3.28.0"),
    "configs/costa/toldos-brisa.yaml": ("toldos-brisa", "3.27.4"),
    "configs/costa/vinilos-faro.yaml": ("vinilos-faro", "3.27.4"),
    "configs/costa/vinilos-sal.yaml": ("vinilos-sal", "3.9"),
    _SOL: ("imprenta-sol", "3.28.1"),
    "configs/rota.yaml": ("rota", ""),
    "configs/sellos-plaza.yaml": ("sellos-plaza", ""),
}
_EMAIL = msg("{setting} changed", setting="contact.email")
_PAGES = msg("{setting} changed", setting="contact.pages")
CACHES = CacheChanges(
    "origin/main",
    (
        StaleCache("imprenta-sol", (_EMAIL,), ("https://www.imprenta-sol.es/contacto",)),
        StaleCache(
            "rotulos-mar",
            (_EMAIL, _PAGES),
            ("https://www.rotulos-mar.es/aviso-legal", "https://www.rotulos-mar.es/contacto"),
        ),
        StaleCache("sellos-plaza", (_EMAIL,), ("https://www.sellos-plaza.es/contacto",)),
        StaleCache(
            "toldos-viento", (msg("the shop is removed"),), (f"https://toldos-viento.es/{EVIL}",)
        ),
    ),
    ("rota",),
    'Ajustes > Ajustes Generales > Atención al cliente > "Email de contacto"',
    "Vaciar caché",
)
_FOUND = (_version_gate(), *_of_imprenta_sol(), *_others())
RESULT = CheckResult(
    diagnostics=tuple(sorted(_FOUND, key=lambda item: (item.path, item.range, item.rule))),
    suppressed=tuple(_suppressed()),
    files=12,
    shops=10,
    shop_versions={path: version for path, (_, version) in _SHOPS.items()},
    excerpt=_excerpt,
    rules=lambda: RULES,
    shop_names={path: name for path, (name, _) in _SHOPS.items()},
    caches=CACHES,
)
CLEAN = RESULT._replace(diagnostics=(), suppressed=(), caches=None)
PLAIN = Presentation(Translator(), lambda path: path, version="1.2.3")


class Marking(Translator):
    """Wraps every translated sentence, so that a test sees what no translator was asked for."""

    def _sentence(self, message: Message) -> str:
        text = super()._sentence(message)
        return f"«{text}»" if text else ""
