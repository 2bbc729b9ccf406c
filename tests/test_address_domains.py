"""Domains: their forms, whose they are, and the lists that name them."""

from __future__ import annotations

import pytest

from wakagitops.mail import domains
from wakagitops.mail.free_mail import Evidence, disposable, free_mail


@pytest.mark.parametrize(
    ("domain", "ascii_form", "canonical"),
    [
        ("Imprenta-Sol.ES", "imprenta-sol.es", "imprenta-sol.es"),
        ("España.es", "xn--espaa-rta.es", "españa.es"),
        ("espan\u0303a.es", "xn--espaa-rta.es", "españa.es"),
        ("españa\u3002es", "xn--espaa-rta.es", "españa.es"),
        ("faß.de", "xn--fa-hia.de", "faß.de"),
        ("XN--espaa-rta.es", "xn--espaa-rta.es", "xn--espaa-rta.es"),
    ],
)
def test_the_two_forms_of_a_domain(domain: str, ascii_form: str, canonical: str) -> None:
    assert domains.ascii_form(domain) == ascii_form
    assert domains.canonical(domain) == canonical


@pytest.mark.parametrize("domain", ["imprenta☃.es", f"{'ñ' * 60}.es", "españa_sol.es", "españa..es"])
def test_what_can_be_no_domain_has_no_ascii_form(domain: str) -> None:
    assert domains.ascii_form(domain) is None


@pytest.mark.parametrize(
    ("domain", "name"),
    [
        ("example.com", "example.com"),
        ("mail.Example.ORG", "example.org"),
        ("imprenta.test", "test"),
        ("españa.local", "local"),
        ("localhost", "localhost"),
        ("router.home.arpa", "arpa"),
        ("dominio.com", "dominio.com"),
        ("www.dominio.com", "dominio.com"),
        ("midominio.com", None),
        ("dominio.com.es", None),
        ("example.es", None),
        ("test.es", None),
        ("com", None),
    ],
)
def test_reserved_names(domain: str, name: str | None) -> None:
    assert domains.special_use(domain) == name


@pytest.mark.parametrize(
    ("domain", "known"),
    [
        ("imprenta-sol.es", True),
        ("imprenta.barcelona", True),
        ("почта.рф", True),
        ("imprenta.xn--p1ai", True),
        ("imprenta.con", False),
        ("imprenta.e", False),
        ("imprenta.lan", False),
    ],
)
def test_endings_that_exist(domain: str, *, known: bool) -> None:
    assert domains.is_known_ending(domain) is known


@pytest.mark.parametrize(
    ("domain", "registered"),
    [
        ("mail.imprenta-sol.es", "imprenta-sol.es"),
        ("mail.imprenta-sol.com.es", "imprenta-sol.com.es"),
        ("mail.España.es", "xn--espaa-rta.es"),
        ("com.es", None),
    ],
)
def test_what_somebody_registered(domain: str, registered: str | None) -> None:
    assert domains.registrable(domain) == registered


def test_an_unknown_ending_counts_only_where_it_may() -> None:
    assert domains.registrable("mail.imprenta.lan") == "imprenta.lan"
    assert domains.registrable("mail.imprenta.lan", accept_unknown=False) is None


def test_neighbours_under_a_public_suffix_are_strangers() -> None:
    assert domains.same_organisation("mail.imprenta-sol.es", "smtp.imprenta-sol.es")
    assert domains.same_organisation("españa.es", "correo.xn--espaa-rta.es")
    assert not domains.same_organisation("imprenta-sol.com.es", "rotulos-norte.com.es")
    assert not domains.same_organisation("imprenta-sol.es", "imprenta-sol.com")
    assert not domains.same_organisation("com.es", "org.es")


@pytest.mark.parametrize(
    ("domain", "own"),
    [
        ("imprenta-sol.es", True),
        ("mail.imprenta-sol.es", True),
        ("IMPRENTA-SOL.ES", True),
        ("es", False),
        ("otraimprenta-sol.es", False),
        ("gmail.com", False),
    ],
)
def test_the_shops_own_domain_is_its_hosts(domain: str, *, own: bool) -> None:
    assert domains.is_own(domain, "https://www.imprenta-sol.es:8443") is own


def test_a_shop_below_its_mail_domain_owns_it() -> None:
    assert domains.is_own("imprenta-sol.es", "https://tienda.imprenta-sol.es")
    assert not domains.is_own("imprenta-sol.es", "")


def test_throw_away_domains_are_found_below_too() -> None:
    assert disposable("mailinator.com") is Evidence.KNOWN
    assert disposable("pedidos.Mailinator.com") is Evidence.KNOWN
    assert disposable("0815.ru") is Evidence.LISTED
    assert disposable("imprenta-sol.es") is None


@pytest.mark.parametrize("domain", ["gmail.com", "hotmail.es", "telefonica.net", "terra.es", "ono.com"])
def test_providers_that_anybody_can_use(domain: str) -> None:
    assert free_mail(domain) is Evidence.KNOWN


def test_a_shop_is_no_free_mail_provider() -> None:
    assert free_mail("imprenta-sol.es") is None


def test_people_list_domains_as_they_like() -> None:
    for listed in ("example", ".example", "*.Example", "sol.example"):
        assert domains.is_listed("mail.sol.example", [listed])
    assert domains.is_listed("españa.lan", ["xn--espaa-rta.lan"])
    assert not domains.is_listed("sol.example.es", ["example"])
    assert not domains.is_listed("sol.example", [])
