"""Tables of public addresses by language: what shops publish is silent, what people have is a person's.

The words were written by hand along with the data files: they hold what is known, and measure no
coverage.
"""

from __future__ import annotations

import pytest

from wakagitops.mail import names
from wakagitops.mail.names import Kind, kind_of

_SHOP = ("imprenta-sol", "Imprenta Sol")

_ROLES = {
    "spain": """
        mostrador arte diseno preprensa imprenta pedidos ventas facturacion atencion recepcion taller
        produccion envios logistica garantias devoluciones presupuestos licitaciones bodega despacho
        rotulos tienda tienda.online pedidos-web atencion.cliente info.madrid ventas-sevilla almacen
        contabilidad
        administracion rrhh comercial encargos copisteria escaparate rotulista vinilado troquelado
        encuadernacion acabados artes.finales artefinal impresores instalaciones stock repuestos
        consumibles albaranes reclamaciones postventa sat incidencias tarifas catalogo regalos
    """,
    "latin america": """
        cotizar cotizaciones cotizador cobranza cobranzas mayoreo menudeo sucursal sucursal.centro
        sucursal-guadalupe sucursal-rosario matriz bodega despachos licitacion mercadotecnia pqrs nomina
        cartera talentohumano servicioalcliente servicio.cliente cuentasporpagar cuentas.por.pagar
        proveeduria adquisiciones ventas.mayoreo ventascorporativas facturaelectronica afiches pendones
        gigantografias playeras estampados sublimados volantes tramites seleccion vacantes asesores
        vendedor habeasdata inventarios remisiones ventas2 ventas_df contacto.mx insumos comex
    """,
    "catalan": """
        comandes pressupostos atencio vendes botiga impremta atencioalclient comanda pressupost magatzem
        enviaments garanties devolucions factures compres encarrecs retols disseny taulell botiga.girona
        recepcio direccio produccio segells etiquetes facturacio reclamacions lliuraments botigaonline
    """,
    "galician": """
        pedimentos orzamentos tenda vendas atencion encomendas obradoiro imprenta axuda envios deseno
        queixas xerencia provedores emprego tenda.vigo clientela mostrador rotulos
    """,
    "basque": """
        eskaerak denda salmentak informazioa aurrekontuak biltegia bidalketak bermeak fakturak erosketak
        diseinua tailerra harrera kexak denda.bilbo inprenta laguntza eskariak bezeroarreta ekoizpena
    """,
    "portuguese": """
        encomendas orcamentos loja vendas atendimento apoio faturacao faturas cobranca armazem expedicao
        trocas devolucoes ouvidoria grafica impressao brindes atacado varejo filial balcao loja.porto
        fornecedores assistenciatecnica comercial financeiro suporte producao lojavirtual sinaletica
    """,
    "english": """
        orders sales quotes estimating prepress artwork proofs printroom dispatch counter collections
        accounts accounts.payable creditcontrol returns warranty trade wholesale tenders reception press
        hello support customer.service weborders embroidery finishing fulfilment feedback
    """,
}

_PEOPLE = {
    "spain": """
        carmen pilar rocio marta.ruiz m.ruiz jose.garcia j.lopez juanp mcarmen mjose.garcia jantonio
        francisco.javier javier.moreno l.fernandez lfernandez paco pepe lola inma.romero rguez.luis
        ana_belen alvaro.diaz sergio.gil n.gomez ngomez begona.torres ignacio nacho.perez
        antonio.jesus.molina cristina-vega raquel82
    """,
    "latin america": """
        santiago.hernandez maria.guadalupe guadalupe.ramirez rosario.gomez ximena.castro jhon.rojas
        c.quiroga dayana.zapata luis.fernando victor.salazar yesenia.ortiz jcastillo mmendoza
        miguelangel juancarlos.lopez hernan.cifuentes mercedes.alvarez lourdes.benitez
    """,
    "catalan": "jordi.puig montse.vila j.pujol nuria oriol.serra mireia xavi.roig laia.bosch merce.coll",
    "galician": "xose.castineira brais.lopez uxia iago.souto antia.rial m.seoane sabela xoan.otero",
    "basque": "iker.etxeberria ainhoa ane.agirre j.goikoetxea gorka.ibarra nekane unai.zabala mikel",
    "portuguese": """
        joao.silva catarina.ferreira p.oliveira tiago.santos ana.rodrigues goncalo.teixeira ines.marques
        rui.monteiro mfernandes duarte.pereira
    """,
    "english": """
        john.smith sarah j.smith emily.jones david.w hannah.taylor mike.harris kate.wilson rsmith
        stephen.hughes amy lucy.evans
    """,
}

_TOWNS = """
    santiago guadalupe rosario victoria mercedes lourdes trinidad leon asuncion concepcion sol luna mar
"""
_SHOP_NAMES = "carmen pilar rocio nieves rosa alba marina santiago"


def _cases(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(language, local) for language, locals_ in table.items() for local in locals_.split()]


def test_the_tables_are_large_enough() -> None:
    assert len(_cases(_ROLES)) >= 200
    assert len(_cases(_PEOPLE)) >= 90


@pytest.mark.parametrize(("language", "local"), _cases(_ROLES))
def test_what_shops_publish_is_a_role(language: str, local: str) -> None:
    assert kind_of(local, _SHOP) is Kind.ROLE


@pytest.mark.parametrize(("language", "local"), _cases(_PEOPLE))
def test_what_people_have_is_a_persons(language: str, local: str) -> None:
    assert kind_of(local, _SHOP) is Kind.PERSON


@pytest.mark.parametrize(
    "local",
    _TOWNS.split(),
)
def test_a_town_or_an_everyday_word_is_not_surely_a_person(local: str) -> None:
    assert kind_of(local, ("rotulos-norte",)) is Kind.UNKNOWN


@pytest.mark.parametrize("local", _SHOP_NAMES.split())
def test_the_shop_may_have_any_such_name(local: str) -> None:
    for own in (f"imprenta-{local}", f"imprenta{local}", f"Rótulos {local.title()}"):
        assert kind_of(local, (own,)) in (Kind.OWN, Kind.ROLE)


def test_no_list_contradicts_another() -> None:
    lists = names._lists()
    assert not lists.given & lists.given_words
    assert not lists.surnames & lists.surname_words
    assert not lists.roles & (lists.given | lists.given_words | lists.surnames)
