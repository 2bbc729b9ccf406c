"""Spanish as it is met: chosen by flag, variable, file or locale, and whole in whatever is shown."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree, html

from tests.render_case import git, make, shop_text
from tests.spanish_case import leaks
from wakagitops.cli.commands import COMMANDS
from wakagitops.core.messages import Translator
from wakagitops.reports import format_names
from wakagitops.reports._rule_page import rule_page
from wakagitops.rules import all_rules


def _run(
    folder: Path, *arguments: str, given: str | None = None, **environ: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "wakagitops", *arguments],
        cwd=folder,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
        input=given,
    )


def _es(folder: Path, *arguments: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    return _run(folder, *arguments, "--lang", "es", given=given)


@pytest.fixture
def shops(tmp_path: Path) -> Path:
    return make(tmp_path / "tiendas", "imprenta-sol", "rotulos-norte")


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """A repository with a finding of most groups, inherited ones and suppressed ones among them."""
    folder = make(tmp_path / "tiendas", "imprenta-sol")
    costa = folder / "configs" / "costa"
    costa.mkdir()
    (costa / "_defaults.yaml").write_text(
        "notifications:\n  smtp:\n    host: smtp.gmail.local\n    ports: {plain: 25, tls: 587}\n"
    )
    for name in ("uno", "dos", "tres", "cuatro", "cinco"):
        (costa / f"{name}.yaml").write_text(
            f'shop: {name}\nplatform_version: "3.28.0"\nurl: https://{name}-tienda.es\n'
            f"contact:\n  email: maria.lopez@{name}-tienda.es\n  emial: x\n"
            f"notifications:\n  email: pedidos@gmail.com\n"
            f"admin:\n  recipients:\n    - no-reply@{name}-tienda.es\n    - a b\n"
        )
    (folder / "configs" / "rota.yaml").write_text("shop: rota\ncontact: [\n")
    (folder / "configs" / "otra.yaml").write_text(
        shop_text("otra-tienda", email="hola@otra-tienda.test").replace('"3.28.1"', "3.30")
        + "# la clave es password: Xk29dkWq81mZ\n"
        + "extra: !!str x  # wakagitops: ignore[yaml/tag]\n"
    )
    return folder


@pytest.mark.parametrize(
    ("arguments", "variable", "setting", "locale", "language"),
    [
        ([], "", "", {"LC_ALL": "C.UTF-8"}, "en"),
        ([], "", "", {"LC_ALL": "", "LANG": "es_ES.UTF-8"}, "es"),
        ([], "", "", {"LC_ALL": "", "LANG": "es"}, "es"),
        ([], "", "", {"LC_ALL": "", "LANG": "es_MX@peso"}, "es"),
        ([], "", "", {"LC_ALL": "", "LANG": "est_EE.UTF-8"}, "en"),
        ([], "", "", {"LC_ALL": "", "LC_MESSAGES": "es_ES.UTF-8", "LANG": "en_US.UTF-8"}, "es"),
        ([], "", "", {"LC_ALL": "en_GB.UTF-8", "LANG": "es_ES.UTF-8"}, "en"),
        ([], "", "", {"LC_ALL": "", "LANG": "ca_ES.UTF-8", "LANGUAGE": "ca:es:en"}, "es"),
        ([], "", "", {"LC_ALL": "", "LANG": "es_ES.UTF-8", "LANGUAGE": "en_US:es"}, "en"),
        ([], "", "", {"LC_ALL": "C", "LANGUAGE": "es"}, "en"),
        ([], "", "", {"LC_ALL": "", "LANG": "fr_FR.UTF-8"}, "en"),
        ([], "", "es", {"LC_ALL": "en_US.UTF-8"}, "es"),
        ([], "", "en", {"LC_ALL": "es_ES.UTF-8"}, "en"),
        ([], "es", "en", {"LC_ALL": "en_US.UTF-8"}, "es"),
        (["--lang", "es"], "en", "en", {"LC_ALL": "en_US.UTF-8"}, "es"),
        (["--lang=en"], "es", "es", {"LC_ALL": "es_ES.UTF-8"}, "en"),
    ],
)
def test_the_flag_beats_the_variable_beats_the_file_beats_the_locale(
    shops: Path,
    arguments: list[str],
    *,
    variable: str,
    setting: str,
    locale: dict[str, str],
    language: str,
) -> None:
    if setting:
        (shops / "wakagitops.toml").write_text(f'lang = "{setting}"\n')
    environ = {**locale, **({"WAKAGITOPS_LANG": variable} if variable else {})}
    run = _run(shops, "validate", *arguments, **environ)
    assert run.returncode == 0
    verdict = {
        "en": "All good: 2 shops in 2 files, and nothing to report.\n",
        "es": "Todo bien: 2 tiendas en 2 ficheros, y nada que señalar.\n",
    }
    assert run.stdout == verdict[language]


def test_a_language_that_is_not_spoken_is_wrong_usage(shops: Path) -> None:
    run = _run(shops, "validate", WAKAGITOPS_LANG="fr", LC_ALL="es_ES.UTF-8")
    assert run.returncode == 2
    assert "WAKAGITOPS_LANG debe ser uno de estos valores: en, es" in run.stderr
    run = _run(shops, "validate", "--lang", "fr", LC_ALL="es_ES.UTF-8")
    assert run.returncode == 2
    assert "argumento --lang: valor incorrecto: 'fr' (elige entre " in run.stderr


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_spanish_throughout(tmp_path: Path, command: str) -> None:
    run = _es(tmp_path, *([command] if command else []), "--help")
    assert run.returncode == 0
    assert run.stdout.startswith("uso: wakagitops")
    assert "\nopciones:\n" in run.stdout
    assert leaks(run.stdout) == set()
    # Names that stand for values are seen in flags too, which are otherwise left as they are.
    assert not re.search(r"\b(?:FILE|PATH|RULE|DIR|REF|FORMAT|NAME|DATE|POINTER|COMMAND)\b", run.stdout)


def test_help_in_english_has_english_left(tmp_path: Path) -> None:
    assert len(leaks(_run(tmp_path, "validate", "--help").stdout)) > 50


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["valdate"], "no existe el comando valdate; ¿querías decir validate?"),
        (["nonsense"], "no existe el comando nonsense; existen: "),
        (["validate", "--strct"], "no existe la opción --strct; ¿querías decir --strict?"),
        (["validate", "--format", "yaml"], "argumento --format: valor incorrecto: 'yaml'"),
        (["validate", "--today"], "argumento --today: necesita un argumento"),
        (["validate", "--today", "x"], "--today espera un día como 2027-01-31"),
        (["validate", "nada.yaml"], "nada.yaml no existe"),
        (["validate", "--select", "contact/role-acount"], "¿querías decir contact/role-account?"),
        (["validate", "--output", "pdf=x"], "--output espera FORMATO=FICHERO"),
        (["render", "--base", "x", "--previous", "y"], "no se permite junto con el argumento --base"),
        (["render", "--base", "HEAD"], "no está en ningún repositorio de git"),
        (["explain"], "faltan argumentos obligatorios: "),
        (["explain", "smtp/hots"], "no existe la regla smtp/hots; ¿querías decir smtp/host?"),
        (["explain", "configs/imprenta-sol.yaml", "contact.mail"], "¿querías decir contact.email?"),
        (["schema", "file", "y"], "sobra el argumento y"),
    ],
)
def test_wrong_usage_is_told_in_spanish(shops: Path, arguments: list[str], told: str) -> None:
    run = _es(shops, *arguments)
    assert run.returncode in {2, 3, 4}
    assert run.stderr.startswith("wakagitops: error: ")
    assert told in run.stderr
    assert leaks(re.sub(r"\(?(?:elige entre|existen:).*", "", run.stderr)) - {"nonsense"} == set()


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ("lang = 3\n", "lang"),
        ('lang = "es"\nroot = 3\n', 'root debe ser un texto, como root = "..."'),
        ('lang = "es"\nrot = "x"\n', "no existe el ajuste rot; ¿querías decir root?"),
        ('lang = "es"\nexclude = "x"\n', 'exclude debe ser una lista de textos, como exclude = ["..."]'),
        ('[severity]\n"smtp/hots" = "off"\n', "no existe la regla smtp/hots; ¿querías decir smtp/host?"),
        ('[severity]\n"smtp/host" = "fatal"\n', "la gravedad de smtp/host debe ser"),
        ('[rules]\n"smtp/host" = 3\n', "las opciones de una regla van en una tabla"),
        ('targets = ["phpp"]\n', "no existe el destino phpp"),
        ("lang = [\n", "esto no es TOML válido"),
    ],
)
def test_a_wrong_settings_file_is_told_in_spanish(shops: Path, settings: str, told: str) -> None:
    (shops / "wakagitops.toml").write_text(settings)
    run = _es(shops, "render", "--check")
    assert run.returncode == 2
    assert run.stderr.startswith("wakagitops: error: wakagitops.toml:")
    assert told in run.stderr
    # Choices follow a colon as they are written.
    assert leaks(re.sub(r"(?:existen:|ser) .*", "", run.stderr)) == set()


def test_the_language_of_a_wrong_settings_file_is_that_of_the_locale(shops: Path) -> None:
    (shops / "wakagitops.toml").write_text("lang = [\n")
    run = _run(shops, "validate", LC_ALL="es_ES.UTF-8")
    assert "esto no es TOML válido" in run.stderr


def test_what_the_system_refuses_is_told_in_spanish(shops: Path) -> None:
    run = _es(shops, "validate", "--output", "json=falta/informe.json")
    assert run.returncode == 4
    assert "no se puede escribir falta/informe.json: no existe el fichero o la carpeta" in run.stderr


@pytest.mark.parametrize("name", sorted({*format_names()} - {"json", "html", "sarif"}))
def test_reports_are_spanish(faulty: Path, name: str) -> None:
    run = _es(faulty, "validate", "--format", name, "-v")
    assert run.returncode == 1
    text = run.stdout
    if name == "junit":
        text = " ".join(etree.fromstring(text.encode()).itertext())
    if name == "gitlab":
        text = "\n".join(f"{item['description']}\n" for item in json.loads(text))
    if name == "github":
        text = re.sub(r"^::\w+ [^\n]*?::", "", text, flags=re.MULTILINE).replace("%0A", "\n")
    if name == "markdown":
        text = re.sub(r"<code>.*?</code>", " ", text)
    assert "maria.lopez" in run.stdout
    assert leaks(text) == set()


def test_the_terminal_report_is_spanish(faulty: Path) -> None:
    _es(faulty, "validate", "--output", "text=informe.txt")
    text = (faulty / "informe.txt").read_text(encoding="utf-8")
    assert "advertencia[" in text
    assert "= ayuda: Publica una cuenta genérica, como contacto@" in text
    assert "= corrección: " in text
    prose = "\n".join(line for line in text.splitlines() if not re.match(r" *\d* \||\.\.\.| *:::", line))
    assert leaks(prose) == set()


def test_the_html_report_is_spanish(faulty: Path) -> None:
    page = html.fromstring(_es(faulty, "validate", "--format", "html").stdout)
    assert page.get("lang") == "es"
    for kind in page.xpath("//script|//style|//code|//pre"):
        kind.drop_tree()
    assert "Gravedad" in page.text_content()
    assert leaks(page.text_content()) == set()
    attributes = page.xpath("//@placeholder|//@aria-label|//@title")
    assert leaks("\n".join(map(str, attributes))) == set()


def test_sarif_is_spanish(faulty: Path) -> None:
    run = json.loads(_es(faulty, "validate", "--format", "sarif").stdout)["runs"][0]
    texts = [result["message"]["text"] for result in run["results"]]
    for rule in run["tool"]["driver"]["rules"]:
        texts += [rule["shortDescription"]["text"], rule["fullDescription"]["text"]]
    assert len(texts) > 20
    assert leaks("\n".join(texts)) == set()


def test_json_keeps_its_words_for_programs_and_tells_people_in_spanish(faulty: Path) -> None:
    report = json.loads(_es(faulty, "validate", "--format", "json").stdout)
    assert {item["severity"] for item in report["diagnostics"]} == {"error", "warning"}
    assert leaks("\n".join(item["message"] for item in report["diagnostics"])) == set()
    english = json.loads(_run(faulty, "validate", "--format", "json").stdout)
    prints = [[item["fingerprint"] for item in each["diagnostics"]] for each in (report, english)]
    assert prints[0] == prints[1]


def test_findings_kept_in_the_cache_know_no_language(faulty: Path) -> None:
    english = _run(faulty, "validate").stdout
    spanish = _es(faulty, "validate").stdout
    assert english != spanish
    assert leaks(spanish) == set()
    assert _run(faulty, "validate").stdout == english


@pytest.mark.parametrize("rule_id", sorted(all_rules()))
def test_every_rule_is_explained_in_spanish(rule_id: str) -> None:
    page = rule_page(rule_id, all_rules()[rule_id], all_rules(), Translator("es"))
    assert "\nGravedad: " in page
    assert leaks(page) == set()


def test_a_value_is_explained_in_spanish(shops: Path) -> None:
    (shops / "configs" / "_defaults.yaml").write_text("contact:\n  publish: plain\n")
    for pointer in ("contact.publish", "contact.email", "admin.recipients", "notifications.smtp"):
        run = _es(shops, "explain", "configs/imprenta-sol.yaml", pointer)
        assert run.returncode == 0
        assert leaks(re.sub(r"(?m)^Reglas .*|^\S+ = .*|: [\[{].*", "", run.stdout)) == set()
    run = _es(shops, "explain", "configs/imprenta-sol.yaml", "contact.publish")
    assert "sustituido: configs/_defaults.yaml:2:12: plain" in run.stdout
    run = _es(shops, "explain", "configs/imprenta-sol.yaml", "contact.email")
    assert 'En el gestor: Ajustes > Ajustes Generales > Atención al cliente > "Email de contacto"' in (
        run.stdout
    )


def test_a_deployment_its_checklist_and_its_plan_are_told_in_spanish(shops: Path) -> None:
    git(shops, "init", "-q")
    git(shops, "add", ".")
    git(shops, "commit", "-qm", "tiendas")
    file = shops / "configs" / "imprenta-sol.yaml"
    file.write_text(file.read_text().replace("contacto@", "hola@").replace("ventas@", "taller@"))
    rendered = _es(shops, "render", "--base", "HEAD")
    assert rendered.returncode == 0
    assert (
        'en el gestor, en Ajustes > Ajustes Generales > Atención al cliente > "Email de contacto", '
        "puede ser necesario pulsar «Vaciar caché» después de guardar"
    ) in rendered.stdout
    plan = _es(shops, "plan", "--base", "HEAD")
    fixed = _es(shops, "fix", "--diff")
    listed = _es(shops, "rules")
    assert "Riesgo " in plan.stdout
    for run in (rendered, plan, fixed, listed):
        assert leaks(run.stdout + run.stderr) == set()
