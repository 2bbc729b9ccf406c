"""Makes fleets of shops for measuring: the same number and seed give the same bytes everywhere.

    python -m bench.fleet FOLDER --shops 1000

A shop's file has 30 to 45 lines; each shop inherits from up to three ``_defaults.yaml`` files (the
root's, its region's, its host's); 8 of 100 shops hold one mistake of the kinds that people make.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

DEFAULT_SEED = 2026
DEFAULT_MISTAKES = 0.08
SHOPS_PER_HOST = 100

TRADES = (
    "imprenta", "rotulos", "papeleria", "grafica", "copisteria", "serigrafia", "carteles",
    "etiquetas", "offset", "bordados", "sellos", "encuadernacion", "lonas", "vinilos",
    "taller-grafico",
)  # fmt: skip
NAMES = (
    "sol", "luna", "norte", "sur", "levante", "poniente", "mar", "sierra", "vega", "ribera", "alba",
    "aurora", "faro", "puerto", "castillo", "molino", "fuente", "olivo", "encina", "romero",
    "tomillo", "jara", "almendro", "cerezo", "naranjo", "granada", "coral", "ambar", "zafiro",
    "cobre", "plata", "roble", "pinar", "alameda", "arco", "torre", "puente", "plaza", "mercado",
    "estacion",
)  # fmt: skip
TOWNS = (
    "getafe", "leganes", "alcorcon", "mostoles", "parla", "pinto", "toledo", "cuenca", "soria",
    "teruel", "huesca", "lorca", "yecla", "cieza", "elche", "alcoy", "denia", "gandia", "xativa",
    "oliva", "nules", "reus", "valls", "tortosa", "lleida", "girona", "olot", "vic", "manresa",
    "igualada", "vigo", "lugo", "ourense", "ferrol", "gijon", "oviedo", "aviles", "mieres",
    "laredo", "reinosa", "bilbao", "getxo", "durango", "irun", "eibar", "tudela", "estella", "haro",
    "calahorra", "burgos", "palencia", "zamora", "avila", "segovia", "bejar", "coria", "caceres",
    "merida", "zafra", "huelva", "lepe", "cadiz", "rota", "ronda", "nerja", "motril", "baza",
    "jaen", "ubeda", "baeza", "lucena", "montilla", "ecija", "utrera",
)  # fmt: skip
REGIONS = (
    "andalucia", "aragon", "asturias", "baleares", "canarias", "cantabria", "castilla-leon",
    "castilla-mancha", "catalunya", "extremadura", "galicia", "madrid", "murcia", "navarra",
    "pais-vasco", "rioja", "valencia",
)  # fmt: skip
DOMAINS = ("es", "com", "net", "eu")
CONTACTS = ("contacto", "info", "hola", "atencion", "clientes", "tienda")
SENDERS = ("pedidos", "avisos", "notificaciones")
TEAMS = ("ventas", "taller", "administracion", "produccion", "contabilidad", "almacen")
PAGES = (
    "/contacto",
    "/aviso-legal",
    "/privacidad",
    "/envios",
    "/devoluciones",
    "/quienes-somos",
    "/tiendas",
)
OLD_VERSIONS = ("3.26.4", "3.27.0", "3.27.2", "3.28.0")
NEW_VERSIONS = ("3.28.1", "3.28.4", "V3.28.10", "3.29.0", "3.30.2")
NOTES = (
    "El contacto lo lleva la tienda; los avisos salen de nuestro servidor.",
    "Contrato de mantenimiento hasta fin de año.",
    "Los recibos van a contabilidad por la pasarela, no por aquí.",
    "Cambio de dominio pedido por el cliente; el antiguo redirige.",
    "Revisar con el cliente antes de tocar las páginas legales.",
    "La contraseña la rota el equipo de sistemas cada trimestre.",
    "Comparte almacén con la tienda de al lado.",
    "En verano cierra las tardes: los avisos siguen igual.",
)


class SettingsFile(NamedTuple):
    """One generated file."""

    path: str
    """Relative to the fleet's folder, with ``/``."""
    text: str
    mistake: str
    """The kind of mistake it holds; empty where it is sound."""


class Shop(NamedTuple):
    """What a shop's file is written from."""

    id: str
    domain: str
    version: str
    """Empty where the region's defaults set it."""
    recipients: tuple[str, ...]
    """Empty where the platform has no such setting."""
    pages: tuple[str, ...]
    contact: str
    sender: str
    notes: tuple[str, ...]
    own_server: bool
    """False where host and ports come from the host's defaults."""


def generate(
    shops: int, *, mistakes: float = DEFAULT_MISTAKES, seed: int = DEFAULT_SEED, readable: bool = False
) -> Iterator[SettingsFile]:
    """Yield every file of a fleet: the defaults of a folder before its shops.

    Args:
        shops: how many shops, at most 177,600, as many as there are different names.
        mistakes: the share of shops with a mistake, from 0 to 1, spread evenly.
        seed: another seed gives another fleet.
        readable: leave out the mistakes that no YAML reader gets past; some validators stop
            at the first such file, and so could not be measured on the rest.
    """
    yield SettingsFile("wakagitops.toml", 'root = "configs"\n', "")
    yield SettingsFile("configs/_defaults.yaml", _ROOT_DEFAULTS, "")
    kinds = [kind for kind in MISTAKES if not readable or kind not in UNREADABLE]
    seen_regions: set[int] = set()
    for number in range(shops):
        host = number // SHOPS_PER_HOST
        region = host % len(REGIONS)
        folder = f"configs/{REGIONS[region]}"
        if region not in seen_regions:
            seen_regions.add(region)
            yield SettingsFile(f"{folder}/_defaults.yaml", _region_defaults(region), "")
        folder += f"/host-{host:03}"
        if number % SHOPS_PER_HOST == 0:
            yield SettingsFile(f"{folder}/_defaults.yaml", _host_defaults(host), "")
        shop = _shop(number, seed)
        text = _text(shop)
        mistake = ""
        if int((number + 1) * mistakes + 1e-9) > int(number * mistakes + 1e-9):
            mistake = kinds[int(number * mistakes + 1e-9) % len(kinds)]
            text = MISTAKES[mistake](text)
        yield SettingsFile(f"{folder}/{shop.id}.yaml", text, mistake)


def write(
    folder: Path,
    shops: int,
    *,
    mistakes: float = DEFAULT_MISTAKES,
    seed: int = DEFAULT_SEED,
    readable: bool = False,
) -> list[SettingsFile]:
    """Write a fleet into a new folder and return its files.

    Raises:
        FileExistsError: the folder is there already.
    """
    folder.mkdir(parents=True)
    files = list(generate(shops, mistakes=mistakes, seed=seed, readable=readable))
    made: set[Path] = set()
    for file in files:
        path = folder / file.path
        if path.parent not in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            made.add(path.parent)
        path.write_text(file.text, encoding="utf-8", newline="\n")
    return files


_ROOT_DEFAULTS = """\
# yaml-language-server: $schema=../schema/mail-settings-file.schema.json
# For every shop that says nothing else.
contact:
  publish: assembled
"""


def _region_defaults(region: int) -> str:
    return f"""\
# What the shops of {REGIONS[region]} have in common.
platform_version: "{OLD_VERSIONS[region % len(OLD_VERSIONS)]}"
contact:
  pages:
    - /contacto
    - /aviso-legal
"""


def _host_defaults(host: int) -> str:
    return f"""\
# The mail server of host {host:03}.
notifications:
  smtp:
    host: smtp.host-{host:03}.correo-wakaprint.es
    ports: {{starttls: 587, tls: 465}}
"""


def _shop(number: int, seed: int) -> Shop:
    # Only random() is promised to give the same numbers in every version of Python.
    draw = random.Random(f"{seed}/{number}").random

    def pick(items: Sequence[str]) -> str:
        return items[int(draw() * len(items))]

    def some(items: Sequence[str], least: int, most: int) -> tuple[str, ...]:
        wanted = least + int(draw() * (most - least + 1))
        return tuple(sorted(items, key=lambda _: draw())[:wanted])

    rest, trade = divmod(number, len(TRADES))
    rest, name = divmod(rest, len(NAMES))
    round_, town = divmod(rest, len(TOWNS))
    shop_id = f"{TRADES[trade]}-{NAMES[name]}-{TOWNS[town]}"
    domain = f"{shop_id}.{DOMAINS[round_]}"
    if round_:
        shop_id = f"{shop_id}-{DOMAINS[round_]}"
    new = draw() < 0.6
    return Shop(
        id=shop_id,
        domain=domain,
        version=pick(NEW_VERSIONS) if new else (pick(OLD_VERSIONS) if draw() < 0.5 else ""),
        recipients=some(TEAMS, 2, 4) if new else (),
        pages=some(PAGES, 3, 5) if new else some(PAGES, 6, 7),
        contact=pick(CONTACTS),
        sender=pick(SENDERS),
        notes=some(NOTES, 4, 5) if new else some(NOTES, 6, 8),
        own_server=draw() < 0.7,
    )


def _text(shop: Shop) -> str:
    lines = [
        "# yaml-language-server: $schema=../../../schema/mail-settings-file.schema.json",
        f"# {shop.id.replace('-', ' ').title()}",
        "#",
        *(f"# {note}" for note in shop.notes),
        f"# Ficha: clientes/{shop.id}.md",
        f"shop: {shop.id}",
    ]
    if shop.version:
        lines.append(f'platform_version: "{shop.version}"')
    lines += [
        f"url: https://www.{shop.domain}",
        "",
        "contact:",
        f"  email: {shop.contact}@{shop.domain}  # lo lee la tienda",
        "  pages:",
        *(f"    - {page}" for page in shop.pages),
        "",
        "notifications:",
        f"  email: {shop.sender}@{shop.domain}",
        f"  name: {shop.id.replace('-', ' ').title()}",
        "  smtp:",
    ]
    if shop.own_server:
        lines += [
            f"    host: smtp.{shop.domain}",
            "    ports:",
            "      starttls: 587",
            "      tls: 465",
        ]
    variable = shop.id.upper().replace("-", "_")
    lines += [
        f"    username: {shop.sender}@{shop.domain}",
        "    # la variable la pone el servidor",
        "    password:",
        f"      env: {variable}_SMTP_PASSWORD",
    ]
    if shop.recipients:
        lines += ["", "# avisos de compra", "admin:", "  recipients:"]
        lines += [f"    - {team}@{shop.domain}" for team in shop.recipients]
    return "\n".join(lines) + "\n"


def _line(pattern: str, replacement: str) -> Callable[[str], str]:
    """Return a mistake that rewrites the first line that a pattern matches."""
    compiled = re.compile(pattern, re.MULTILINE)
    return lambda text: compiled.sub(replacement, text, count=1)


def _ports(ports: str) -> Callable[[str], str]:
    """Return a mistake that sets the shop's ports, inherited or not."""

    def mistake(text: str) -> str:
        text = re.sub(r"^    ports:\n(?:      .*\n)+", "", text, flags=re.MULTILINE)
        return text.replace("    username:", f"    ports: {ports}\n    username:")

    return mistake


def _recipients(version: str, recipients: str) -> Callable[[str], str]:
    """Return a mistake that sets the platform's version and the admin recipients."""

    def mistake(text: str) -> str:
        text = re.sub(r"^platform_version: .*\n", "", text, flags=re.MULTILINE)
        text = re.sub(r"^(shop: .*\n)", rf'\1platform_version: "{version}"\n', text, flags=re.MULTILINE)
        domain = re.findall(r"^url: https://www\.(\S+)", text, re.MULTILINE)[0]
        return text.partition("\n# avisos de compra")[0] + recipients.replace("DOMAIN", domain)

    return mistake


MISTAKES: Mapping[str, Callable[[str], str]] = {
    "a person as contact": _line(r"^  email: \w+@(\S+)  #", r"  email: maria.lopez@\1  #"),
    "no-reply as contact": _line(r"^  email: \w+@(\S+)  #", r"  email: no-reply@\1  #"),
    "mailto: before the contact": _line(r"^  email: (\S+)  #", r"  email: mailto:\1  #"),
    "a setting newer than the platform": _recipients(
        "3.28.0", "\nadmin:\n  recipients:\n    - ventas@DOMAIN\n    - taller@DOMAIN\n"
    ),
    "recipients in one text": _recipients(
        "3.28.1", "\nadmin:\n  recipients: ventas@DOMAIN, taller@DOMAIN\n"
    ),
    "a recipient twice": _recipients(
        "3.29.0", "\nadmin:\n  recipients:\n    - ventas@DOMAIN\n    - ventas@DOMAIN\n"
    ),
    "a version without quotes": _line(
        r"^(shop: .*\n)(?:platform_version.*\n)?", r"\1platform_version: 3.30\n"
    ),
    "a misspelt key": _line(r"^  pages:", "  page:"),
    "a key twice": _line(r"^(  name: .*\n)", r"\1\1"),
    "a password in the clear": _line(
        r"^    password:\n      env: .*$", "    password: verano-en-la-costa"
    ),
    "a port as text": _ports('{tls: "465"}'),
    "ports crossed": _ports("{tls: 587, starttls: 465}"),
    "a mailbox port": _ports("{tls: 993}"),
    "a quote left open": _line(r"^  name: ", '  name: "'),
    "a template left over": _line(r"^  name: .*$", '  name: "{{ cliente.nombre }}"'),
    "a copied shop id": _line(r"^shop: (.*)$", r"shop: \1-copia"),
    "no sender": _line(r"^notifications:\n  email: .*\n", "notifications:\n"),
    "a number glued to the name": _line(r"^(  name: .*)$", r"\1 #1"),
}
"""What people get wrong, and how to get it wrong: each takes a sound file's text."""

UNREADABLE = frozenset({"a key twice", "a quote left open"})
"""The mistakes after which a file is no YAML."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write one fleet, as the command line asks."""
    parser = argparse.ArgumentParser(description="Make a fleet of shops for measuring.")
    parser.add_argument("folder", type=Path, help="a new folder")
    parser.add_argument("--shops", type=int, default=1000)
    parser.add_argument("--mistakes", type=float, default=DEFAULT_MISTAKES, help="share, 0 to 1")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
    parser.add_argument("--readable", action="store_true", help="no mistake that breaks the YAML itself")
    options = parser.parse_args(arguments)
    files = write(
        options.folder,
        options.shops,
        mistakes=options.mistakes,
        seed=options.seed,
        readable=options.readable,
    )
    wrong = sum(1 for file in files if file.mistake)
    print(f"{len(files)} files in {options.folder}: {options.shops} shops, {wrong} with a mistake")
    return 0


if __name__ == "__main__":
    sys.exit(main())
