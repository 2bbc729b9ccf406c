"""What counts as a mail address, and what is said of what does not.

The table follows the diagnoses of Dominic Sayers' is_email, with addresses of our own: its VALID
and DNSWARN are sound here, and all its other categories are not.
"""

from __future__ import annotations

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from wakagitops.mail.address import Fault, judge
from wakagitops.mail.domains import special_use

_A64 = "tienda-de-imprenta-y-rotulos.".ljust(64, "x")
_LABEL63 = "imprenta-".ljust(63, "y")
_DOMAIN = f"{_LABEL63}.{_LABEL63}"

SOUND = {
    "VALID": [
        "info@imprenta-sol.es",
        "x@imprenta-sol.es",
        "atencion.al.cliente@imprenta-sol.es",
        "Ventas@Imprenta-Sol.ES",
        "pedidos+web@rotulos-norte.com",
        "2024@imprenta-sol.es",
        "_taller_@imprenta-sol.es",
        "-@imprenta-sol.es",
        "o'brien@imprenta-sol.es",
        "a/b=c?d@imprenta-sol.es",
        "^~`|{}*#$%&!@imprenta-sol.es",
        "ventas@3dprint.es",
        "ventas@papel-y-tinta.com.es",
        "ventas@a.b.c.d.e.imprenta-sol.es",
        "ventas@imprenta.barcelona",
        "ventas@xn--espaa-rta.es",
        f"{_A64}@imprenta-sol.es",
        f"ventas@{_LABEL63}.es",
    ],
    "DNSWARN": [
        "ventas@p.es",
        "ventas@imprenta-sol.e",
        "ventas@imprenta-sol.co-es",
        "ventas@i--mprenta.es",
        f"{_A64}@{_DOMAIN}.{'z' * 58}.es",
        f"v@{'a.' * 125}es",
    ],
}
UNSOUND = {
    "ERR_NODOMAIN": ["ventas", "ventas@", "imprenta-sol.es"],
    "ERR_NOLOCALPART": ["@", "@es", "@imprenta-sol.es"],
    "ERR_CONSECUTIVEDOTS": ["ventas..web@imprenta-sol.es", "ventas@imprenta..es", "ventas@sol..com.es"],
    "ERR_DOT_START": [".ventas@imprenta-sol.es", "ventas@.imprenta-sol.es"],
    "ERR_DOT_END": ["ventas.@imprenta-sol.es", "ventas@imprenta-sol.es."],
    "ERR_DOMAINHYPHENSTART": ["ventas@-imprenta.es", "ventas@sol.-imprenta.es"],
    "ERR_DOMAINHYPHENEND": ["ventas@imprenta-.es", "ventas@imprenta.es-"],
    "ERR_EXPECTING_ATEXT": [
        "ven\\tas@imprenta-sol.es",
        "ven\\@tas@imprenta-sol.es",
        'ven"tas@imprenta-sol.es',
        '"""@imprenta-sol.es',
        "ventas,web@imprenta-sol.es",
        "ventas;web@imprenta-sol.es",
        "ventas:web@imprenta-sol.es",
        "<ventas@imprenta-sol.es",
        "ventas[web]@imprenta-sol.es",
        "ventas@imprenta_sol,es",
        "ventas@imprenta-sol.es\\",
        '"ven""tas@imprenta-sol.es',
        "ventas@impr[enta].es",
        "ventas@imprenta-sol.es,",
        "ventas@imprenta-sol.es>",
        "ven\x00tas@imprenta-sol.es",
        "ven\x07tas@imprenta-sol.es",
        "ventas@impren\x00ta.es",
        "ventas@web@imprenta-sol.es",
        "ventas@@imprenta-sol.es",
    ],
    "ERR_ATEXT_AFTER_QS": ['"ventas"web@imprenta-sol.es'],
    "ERR_ATEXT_AFTER_CFWS": [
        "ven tas@imprenta-sol.es",
        "ventas@imprenta sol.es",
        "ventas (web) x@imprenta-sol.es",
        "ventas@imprenta (sol) x.es",
    ],
    "ERR_ATEXT_AFTER_DOMLIT": ["ventas@[192.0.2.7]x"],
    "ERR_UNCLOSEDQUOTEDSTR": ['"ventas@imprenta-sol.es', '"ventas\\"@imprenta-sol.es'],
    "ERR_UNCLOSEDCOMMENT": [
        "(ventas@imprenta-sol.es",
        "ventas@(imprenta-sol.es",
        "ventas@imprenta(sol.es",
    ],
    "ERR_UNCLOSEDDOMLIT": ["ventas@[192.0.2.7", "ventas@[", "ventas@[IPv6:2001:db8::7"],
    "ERR_BACKSLASHEND": ['"ventas@imprenta-sol.es\\'],
    "ERR_EXPECTING_QTEXT": ['"ven\ntas"@imprenta-sol.es', '"ven\x00tas"@imprenta-sol.es'],
    "ERR_EXPECTING_QPAIR": ['"ven\\\x80tas"@imprenta-sol.es'],
    "ERR_EXPECTING_CTEXT": ["(ven\ntas)ventas@imprenta-sol.es"],
    "ERR_EXPECTING_DTEXT": ["ventas@[192.0.[2].7]"],
    "ERR_CR_NO_LF": [
        "ventas@imprenta-sol.es\r",
        "\rventas@imprenta-sol.es",
        "ven\rtas@imprenta-sol.es",
        '"ven\rtas"@imprenta-sol.es',
        "(\r)ventas@imprenta-sol.es",
    ],
    "ERR_FWS_CRLF_END": [
        "\r\nventas@imprenta-sol.es",
        "ventas@imprenta-sol.es\r\n",
        " \r\nventas@imprenta-sol.es",
        "ventas@imprenta-sol.es \r\n",
        '"ventas\r\n"@imprenta-sol.es',
        "(\r\n)ventas@imprenta-sol.es",
    ],
    "ERR_FWS_CRLF_X2": [
        " \r\n\r\n ventas@imprenta-sol.es",
        "ventas@imprenta-sol.es \r\n\r\n ",
        "\r\n\r\n ventas@imprenta-sol.es",
    ],
    "CFWS_COMMENT": [
        "(tienda)ventas@imprenta-sol.es",
        "ventas@imprenta-sol.es(tienda)",
        "(ti(en)da)ventas@imprenta-sol.es",
        "(a@b)ventas@imprenta-sol.es",
    ],
    "CFWS_FWS": [
        "(de lunes a viernes)ventas@imprenta-sol.es",
        " ventas@imprenta-sol.es",
        "ventas@imprenta-sol.es ",
        "\tventas@imprenta-sol.es",
        "ventas@imprenta-sol.es\r\n ",
        '"ven\r\n tas"@imprenta-sol.es',
    ],
    "RFC5321_QUOTEDSTRING": [
        '"ventas"@imprenta-sol.es',
        '"imprenta sol"@imprenta-sol.es',
        '""@imprenta-sol.es',
        '"\\v"@imprenta-sol.es',
        '"\\\\"@imprenta-sol.es',
        '"ven\\"tas"@imprenta-sol.es',
        '"ventas@tienda"@imprenta-sol.es',
        '"..ventas"@imprenta-sol.es',
    ],
    "RFC5321_TLD": ["ventas@imprenta"],
    "RFC5321_TLDNUMERIC": ["ventas@imprenta.34", "ventas@192.0.2.7", "ventas@es.2024"],
    "RFC5321_ADDRESSLITERAL": [
        "ventas@[192.0.2.7]",
        "ventas@[203.0.113.255]",
        "ventas@[IPv6:2001:db8::7]",
        "ventas@[IPv6:2001:db8:1:2:3:4:5:6]",
        "ventas@[IPv6:::7]",
        "ventas@[IPv6:::ffff:192.0.2.7]",
        "ventas@[IPv6:::]",
    ],
    "RFC5321_IPV6DEPRECATED": ["ventas@[IPv6:2001:db8:1:2:3:4::6]"],
    "DEPREC_CFWS_NEAR_AT": [
        "ventas @imprenta-sol.es",
        "ventas@ imprenta-sol.es",
        "ventas(tienda)@imprenta-sol.es",
        "ventas@(tienda)imprenta-sol.es",
        "ventas\r\n @imprenta-sol.es",
    ],
    "DEPREC_LOCALPART": ['ventas."web"@imprenta-sol.es', '"ventas".web@imprenta-sol.es'],
    "DEPREC_COMMENT": ["ventas.(web)tienda@imprenta-sol.es"],
    "DEPREC_FWS": [
        "ventas . web@imprenta-sol.es",
        "\r\n \r\n ventas@imprenta-sol.es",
        "ventas@imprenta-sol.es\r\n \r\n ",
    ],
    "DEPREC_CTEXT": ["(\x07)ventas@imprenta-sol.es", "(\x7f)ventas@imprenta-sol.es"],
    "DEPREC_QTEXT": ['"\x07"@imprenta-sol.es', '"\x7f"@imprenta-sol.es'],
    "DEPREC_QP": [
        '"\\\x00"@imprenta-sol.es',
        '"\\\x07"@imprenta-sol.es',
        "(\\\x07)ventas@imprenta-sol.es",
    ],
    "RFC5322_LOCAL_TOOLONG": [f"{_A64}x@imprenta-sol.es", f"{_A64}.web@imprenta-sol.es"],
    "RFC5322_LABEL_TOOLONG": [f"ventas@{_LABEL63}y.es", f"ventas@sol.{_LABEL63}y.es"],
    "RFC5322_TOOLONG": [f"{_A64}@{_DOMAIN}.{'z' * 59}.es", f"v@{'a.' * 126}es"],
    "RFC5322_DOMAIN_TOOLONG": [f"v@{_DOMAIN}.{_DOMAIN}.es"],
    "RFC5322_DOMAIN": ["ventas@imprenta#sol.es", "ventas@imprenta/sol.es", "ventas@imprenta_sol.es"],
    "RFC5322_DOMAINLITERAL": [
        "ventas@[192.0.2]",
        "ventas@[192.0.2.7.1]",
        "ventas@[192.0.2.256]",
        "ventas@[imprenta]",
        "ventas@[2001:db8::7]",
        "ventas@[IPv6]",
    ],
    "RFC5322_DOMLIT_OBSDTEXT": ["ventas@[imp\x07renta]", "ventas@[\\imprenta]"],
    "RFC5322_IPV6_GRPCOUNT": ["ventas@[IPv6:2001:db8:1]", "ventas@[IPv6:2001:db8:1:2:3:4:5:6:7]"],
    "RFC5322_IPV6_MAXGRPS": ["ventas@[IPv6:2001:db8:1:2:3:4:5::6]"],
    "RFC5322_IPV6_2X2XCOLON": ["ventas@[IPv6:2001::db8::7]"],
    "RFC5322_IPV6_COLONSTRT": ["ventas@[IPv6::2001:db8::7]"],
    "RFC5322_IPV6_COLONEND": ["ventas@[IPv6:2001:db8::7:]"],
    "RFC5322_IPV6_BADCHAR": ["ventas@[IPv6:2001:dg8::7]"],
}


@pytest.mark.parametrize("address", [address for group in SOUND.values() for address in group])
def test_what_is_email_calls_valid_is_an_address(address: str) -> None:
    verdict = judge(address)
    assert verdict.fault is None
    assert f"{verdict.local}@{verdict.domain}" == address


@pytest.mark.parametrize("address", [address for group in UNSOUND.values() for address in group])
def test_what_is_email_calls_anything_else_is_none(address: str) -> None:
    assert judge(address).fault is not None


@pytest.mark.parametrize("domain", ["localhost", "LOCALHOST", "local", "test", "example"])
def test_a_reserved_name_without_a_dot_is_for_the_rule_on_those(domain: str) -> None:
    assert judge(f"ventas@{domain}").fault is None


@pytest.mark.parametrize(
    "address",
    [
        "atención@imprenta-sol.es",
        "ventas@imprentaespaña.es",
        "ventas@IMPRENTAESPAÑA.es",
        "ventas@imprentaespan\u0303a.es",
        "ventas@faß.de",
        "почта@почта.рф",
        "ventas@imprenta-sol.example",
        "ventas@imprenta-sol.local",
        "diseño@imprenta-sol.test",
        f"{'ñ' * 32}@imprenta-sol.es",
    ],
)
def test_letters_beyond_ascii_and_reserved_names_are_other_rules_business(address: str) -> None:
    assert judge(address).fault is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault.EMPTY),
        (" \t\u00a0", Fault.EMPTY),
        ("ventas@imprenta-sol.es\u00a0", Fault.SPACE_AROUND),
        ("MailTo:ventas@imprenta-sol.es", Fault.MAILTO),
        ("<ventas@imprenta-sol.es>", Fault.ANGLE_BRACKETS),
        ("Imprenta Sol <ventas@imprenta-sol.es>", Fault.DISPLAY_NAME),
        ('"Sol, S. L." <ventas@imprenta-sol.es>', Fault.DISPLAY_NAME),
        ("Imprenta Sol <ventas@imprenta-sol>", Fault.DOMAIN_SINGLE),
        ("ventas@imprenta-sol.es, taller@imprenta-sol.es", Fault.SEVERAL),
        ("ventas@imprenta-sol.es;taller@imprenta-sol.es", Fault.SEVERAL),
        ("ventas@imprenta-sol.es taller@imprenta-sol.es", Fault.SEVERAL),
        ("Sol <ventas@imprenta-sol.es>, Luna <hola@luna.es>", Fault.SEVERAL),
        ("imprenta-sol.es", Fault.NO_AT),
        ("ventas\uff20imprenta-sol.es", Fault.LOOKALIKE_AT),
        ("ventas@web@imprenta-sol.es", Fault.TWO_AT),
        ("@imprenta-sol.es", Fault.NO_LOCAL_PART),
        ("ventas@", Fault.NO_DOMAIN),
        ("ven tas@imprenta-sol.es", Fault.SPACE_INSIDE),
        ("ventas@\u200bimprenta-sol.es", Fault.INVISIBLE),
        ('"imprenta sol"@imprenta-sol.es', Fault.QUOTED),
        ("ventas@[192.0.2.7]", Fault.IP_ADDRESS),
        ("ventas@192.0.2.7", Fault.IP_ADDRESS),
        ("ventas.@imprenta-sol.es", Fault.LOCAL_DOT),
        ("ventas(web)@imprenta-sol.es", Fault.LOCAL_CHARACTER),
        (f"{_A64}x@imprenta-sol.es", Fault.LOCAL_TOO_LONG),
        (f"{'ñ' * 33}@imprenta-sol.es", Fault.LOCAL_TOO_LONG),
        ("ventas@imprenta-sol.es.", Fault.DOMAIN_DOT),
        ("ventas@imprenta_sol.es", Fault.DOMAIN_CHARACTER),
        ("ventas@imprenta-.es", Fault.DOMAIN_HYPHEN),
        ("ventas@im--prenta.sol-.es", Fault.DOMAIN_HYPHEN),
        ("ventas@ab--imprenta.es", Fault.DOMAIN_RESERVED),
        ("ventas@imprenta-sol", Fault.DOMAIN_SINGLE),
        ("ventas@imprenta-sol.34", Fault.DOMAIN_ENDING),
        ("ventas@xn--a.es", Fault.DOMAIN_NAME),
        ("ventas@imprenta☃.es", Fault.DOMAIN_NAME),
        (f"ventas@{_LABEL63}y.es", Fault.LABEL_TOO_LONG),
        (f"v@{_DOMAIN}.{_DOMAIN}.es", Fault.DOMAIN_TOO_LONG),
        (f"{_A64}@{_DOMAIN}.{'z' * 59}.es", Fault.TOO_LONG),
        (f"ventas@{'españa.' * 27}es", Fault.DOMAIN_TOO_LONG),
        (f"ventas@{'ñ' * 60}.es", Fault.LABEL_TOO_LONG),
        ("ventas\u0338@imprenta-sol.es" * 100, Fault.TOO_LONG),
        ("\u0301ventas@imprenta-sol.es", Fault.LOCAL_PART),
    ],
)
def test_each_fault_has_its_name(text: str, fault: Fault) -> None:
    assert judge(text).fault is fault


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("  ventas@imprenta-sol.es\n", True),
        ("mailto:ventas@imprenta-sol.es", True),
        (" < ventas@imprenta-sol.es > ", True),
        ("mailto:<ventas@imprenta-sol.es>", True),
        ("mailto:ventas@imprenta-sol.es?subject=Pedido", False),
        ("Imprenta Sol <ventas@imprenta-sol.es>", False),
        ("Imprenta Sol <mailto:ventas@imprenta-sol.es>", False),
    ],
)
def test_the_address_inside_is_found_and_known_to_be_all(text: str, *, whole: bool) -> None:
    verdict = judge(text)
    assert verdict.bare == "ventas@imprenta-sol.es"
    assert verdict.whole is whole


def test_a_percent_sign_of_a_link_is_no_character_of_an_address() -> None:
    assert judge("mailto:ventas%2Bweb@imprenta-sol.es").whole is False


_SIGNS = st.text("ab1.-_+@ñ'\"\\ ()[]<>,;:", max_size=12)


@given(st.builds("{}@{}.{}".format, _SIGNS, _SIGNS, st.sampled_from(["es", "com", "e", "x1", "ñ"])))
@example("a@b-.es")
@example("a@1.2.3.es")
def test_verdicts_are_those_of_email_validator(text: str) -> None:
    try:
        validate_email(text, strict=True, check_deliverability=False)
    except EmailNotValidError:
        accepted = False
    else:
        accepted = True
    verdict = judge(text)
    if verdict.fault is None and special_use(verdict.domain):
        return
    assert (verdict.fault is None) == accepted
