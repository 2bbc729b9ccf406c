"""Whose account a local part names: roles, people, the shop's own words, and the lists behind it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wakagitops.mail import names
from wakagitops.mail.mailboxes import mailbox
from wakagitops.mail.names import Kind, fold, kind_of, words

_DATA = Path(names.__file__).parent / "data"
_LISTS = names._lists()
_SHOP = ("imprenta-sol", "Imprenta Sol")
_NEITHER = """
    zaguan rosario.cordoba guadalupe.nl
    madrid luna estrella sol-y-luna san-juan santa.maria plaza-maria aprieto
    encuesta company lopez lopez-garcia mg 3d 12345 x.y nicotina anemia casa-carmen
    carmen-levante normal final merced rosal salvar estelar charol remix malicia grosella bolivia estella
    isla poppy
"""
_SENSIBLE = """
    tienda ventas hola madrid carteles barcelona sevilla valencia bilbao malaga zaragoza granada
    cordoba toledo murcia alicante vigo gijon leon burgos estella marbella merida cartagena sabadell
    imprenta rotulos vinilos lonas sellos camisetas gorras tazas regalos papel tinta color colores
    pantone formato canon ricoh epson xerox konica heidelberg offset digital express print graficas
    artes copias planos libros revista folletos flyers packaging textil bordados taller almacen
    web online shop store sales orders hello team marketing prensa empleo rrhh facturas pagos
    metal cristal pastel vinil carton portal postal legal social central local global plan
    """
_PEOPLE = """
    carmen marina alba encarnacion pedro José maria.lopez María.López maria_lopez lopez.maria
    jose-luis joseluis jl.garcia
    j.garcia garcia.j jgarcia mlopez analopez MariaLopez maria.de.la.fuente maria1980
    pedro+tienda jordi.puig iker.etxeberria xose.castineira maria.zubiaurre john.smith
    juan.carlos.perez luna.garcia juan-sevilla estrella-maria noa charles marina.lopez carmen.j mcarmen
    bob tom lucy kike lolo aroa txell ahmed ionut wei juanp davidw mariag jcarlos fjavier mcarmen
    jantonio
"""
_ROLES = """
    contacto info hola pedidos atencion.al.cliente ATENCIÓN_AL_CLIENTE Información
    tienda-madrid contacto-web info.es info2 ventas24h InfoWeb holaimprenta contacto+boletin
    serviciodeatencionalcliente sales customer-service botiga bezeroarreta postmaster abuse
    no-reply ventas-maria servicio equipo internet welcome bienvenida delegacion sede distribucion
    exportacion export archivos originales files proofs presupuestar
"""


@pytest.mark.parametrize("local", _ROLES.split())
def test_a_role_is_known_however_it_is_written(local: str) -> None:
    assert kind_of(local, _SHOP) is Kind.ROLE


@pytest.mark.parametrize("local", _PEOPLE.split())
def test_a_person_is_known_by_names_and_initials(local: str) -> None:
    assert kind_of(local, _SHOP) is Kind.PERSON


@pytest.mark.parametrize("local", _SENSIBLE.split())
def test_a_trade_a_town_or_a_brand_is_no_person(local: str) -> None:
    assert kind_of(local, ("rotulos-norte",)) is not Kind.PERSON


@pytest.mark.parametrize("local", _NEITHER.split())
def test_what_is_no_known_role_and_no_person_is_unknown(local: str) -> None:
    assert kind_of(local, ("rotulos-norte",)) is Kind.UNKNOWN


@pytest.mark.parametrize(
    ("local", "own"),
    [
        ("imprentasol", "imprenta-sol"),
        ("sol", "imprenta-sol"),
        ("sol.imprenta", "imprenta-sol"),
        ("is", "imprenta-sol"),
        ("sol-madrid", "imprenta-sol"),
        ("carmen", "imprenta-carmen"),
        ("carmen", "imprentacarmen"),
        ("maria-jose", "regalos de María José"),
        ("lopez", "Lopez e hijos"),
        ("artesania", "ARTESANÍA"),
    ],
)
def test_the_shops_own_words_are_no_person(local: str, own: str) -> None:
    assert kind_of(local, (own,)) in (Kind.OWN, Kind.ROLE)


@pytest.mark.parametrize(
    ("local", "own"),
    [
        ("carmen.lopez", "imprenta-carmen"),
        ("maria.lopez", "imprenta-lopez"),
        ("ana", "ventanas-norte"),
    ],
)
def test_a_person_at_a_shop_of_that_name_is_still_a_person(local: str, own: str) -> None:
    assert kind_of(local, (own,)) is Kind.PERSON


def test_a_teams_own_role_may_have_words_around_it_and_a_name_may_not() -> None:
    assert kind_of("zaguan-bcn", accounts=["Zaguan"]) is Kind.ROLE
    assert kind_of("carmen", accounts=["carmen"]) is Kind.ROLE
    assert kind_of("carmen.lopez", accounts=["carmen"]) is Kind.PERSON
    assert kind_of("maria.lopez", accounts=["maria-lopez"]) is Kind.ROLE
    assert kind_of("juan.lopez", accounts=["maria-lopez"]) is Kind.PERSON


@given(st.sampled_from(sorted(_LISTS.roles)), st.sampled_from(["-", "_", ".", "", "1", "+"]))
def test_every_role_stays_one_in_capitals_and_with_an_ending(role: str, separator: str) -> None:
    assert kind_of(role.upper()) is Kind.ROLE
    assert kind_of(f"{role}{separator}" if separator != "+" else f"{role}+maria") is Kind.ROLE


@given(st.sampled_from(sorted(_LISTS.given - _LISTS.roles)))
def test_every_given_name_alone_is_a_person(name: str) -> None:
    assert kind_of(name) is Kind.PERSON
    assert kind_of(name, (f"imprenta-{name}",)) is not Kind.PERSON


@given(st.text(max_size=40))
def test_no_text_is_too_odd_for_an_answer(local: str) -> None:
    assert kind_of(local, (local,)) in Kind
    assert all(word.isascii() and word.isalpha() and word.islower() for word in words(local))


def test_folding_drops_accents_and_keeps_the_letters() -> None:
    assert fold("Atención") == "atencion"
    assert fold("Peñíscola") == "peniscola"
    assert words("María José.López-2+web") == ("maria", "jose", "lopez")


@pytest.mark.parametrize("path", sorted(_DATA.glob("*.txt")), ids=lambda path: path.name)
def test_a_list_has_its_date_and_source_and_is_folded(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.search(r"^# As of: 20\d\d-\d\d-\d\d$", text, re.MULTILINE)
    assert re.search(r"^# Source: .{20}", text, re.MULTILINE)
    for section, found in names._read(path.name).items():
        assert found, section
        assert all(re.fullmatch("[a-z]+", word) for word in found), section


def test_no_word_is_both_sure_and_doubtful() -> None:
    assert not _LISTS.given & _LISTS.given_words
    assert not _LISTS.surnames & _LISTS.surname_words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("contacto@imprenta-sol.es", "Contacto@IMPRENTA-SOL.es"),
        ("contacto+web@imprenta-sol.es", "contacto@imprenta-sol.es"),
        ("imprenta.sol@gmail.com", "imprentasol@googlemail.com"),
        ("info@españa.es", "info@xn--espaa-rta.es"),
    ],
)
def test_addresses_of_one_mailbox_are_equal(one: str, other: str) -> None:
    assert mailbox(one) == mailbox(other) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("imprenta.sol@imprenta-sol.es", "imprentasol@imprenta-sol.es"),
        ("contacto@imprenta-sol.es", "contacto@mail.imprenta-sol.es"),
        ("+web@imprenta-sol.es", "+otro@imprenta-sol.es"),
    ],
)
def test_addresses_of_different_mailboxes_are_not(one: str, other: str) -> None:
    assert mailbox(one) != mailbox(other)


def test_what_is_no_address_has_no_mailbox() -> None:
    assert mailbox("contacto@@imprenta-sol.es") is None
