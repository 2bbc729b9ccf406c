"""Local parts by language: which are silent, an error or at most a warning."""

from __future__ import annotations

from itertools import combinations

import pytest

from wakagitops.mail import names
from wakagitops.mail.names import Kind, kind_of

_SHOP = ("imprenta-sol", "Imprenta Sol")
_ROLES = """
    contacto ventas pedidos presupuestos presupuestos2 facturacion atencionalcliente
    atencion-cliente taller produccion envios logistica garantias devoluciones licitaciones
    almacen mostrador rotulos gerencia tesoreria compras proveedores encargos preprensa
    preimpresion arte diseno imprenta recepcion tarifas administracion contabilidad rrhh calidad
    tienda.goya tienda-triana pedidos.sevilla ventas_norte comercial2 comercial.levante info.bcn
    infomadrid pedidosvalencia tiendaonline web prensa sugerencias incidencias reclamaciones
    postventa sat exposicion catalogos mayoristas distribuidores franquicias eventos bodas
    colegios empresas clientes oficina oficinatecnica direccion secretaria attcliente atcliente
    escaparates vinilos lonas serigrafia bordados camisetas textil

    cotizar cotizaciones cotizacion cotiza cotizanos cobranzas cobranza mayoreo menudeo sucursal
    sucursal2 sucursal.polanco sucursal-centro sucursalmonterrey matriz casamatriz bodega bodega1
    despacho despachos ventasmty ventas.gdl ventas-cdmx ventasmayoreo ventasmenudeo
    cotizacionesgdl mercadeo mercadotecnia mesadeayuda mesadepartes pqr pqrs talentohumano cartera
    tesoreria.central nomina reclutamiento servicioalcliente atencionalcliente.lima
    facturacionelectronica facturas.peru dte comprobantes licitacion proveeduria insumos
    gigantografias playeras remeras uniformes pendones volantes creditoycobranza ventas.rosario
    tienda-cordoba ventas.santiago sucursal.merida ventascorporativas pagos inventarios

    comandes comanda pressupostos pressupost atencio atencioclient vendes botiga botiga.gracia
    botiga-sants impremta comercial disseny retolacio facturacio comptabilitat administracio
    enviaments devolucions incidencies recepcio produccio compres proveidors consultes paperaria
    informacio bondia serveis magatzem

    pedimentos pedimento orzamentos orzamento tenda tendas tenda.vigo vendas deseno
    atencionaocliente axuda clientela encomendas papelaria servizos xerencia facturacion.galicia

    eskaerak eskaera denda denda.bilbo denda-donostia salmentak informazioa bulegoa aurrekontuak
    inprenta inprimategia bezeroak laguntza bidalketak kontaktua harrera fakturazioa diseinua
    kaixo idazkaritza

    encomendas orcamentos orcamento loja loja.porto lojaonline vendas vendas2 atendimento
    atendimento-sp faturamento faturacao suporte contato geral apoio apoiocliente financeiro
    comercial.rj cobranca expedicao producao grafica impressao ouvidoria sac recepcao compras.br
    devolucoes

    sales sales-uk info2 hello support customer.service orders quotes quote estimates prepress
    artwork design production shipping returns warehouse accounts billing purchasing suppliers
    reception counter trade wholesale proofs files enquiries helpdesk office shop shop.madrid
    printshop marketing press
"""
_PEOPLE = """
    maria jose pedro jorge luis paco pepe manolo laura sergio raul david beatriz patricia cristina
    maria.gomez pedro.ruiz laura_sanchez j.martinez m.fernandez jgarcia mlopez rlopez analopez
    mcarmen juanp mariag joseluis josemanuel juancarlos luismiguel mariajesus carlos.perez.ruiz
    jl.perez ana.zubiaurre francisco.javier marina.lopez alba.garcia carmen.ruiz rosario.perez
    victoria.sanz pilar.gomez santiago.ruiz guadalupe.torres lourdes.ramos m.carmen carmen.j
    rocio.navarro carmenlopez mariadelcarmen mariadelmar mercedes.diaz salvador.moreno
    nieves.castro

    yuridia xochitl brayan yamileth lupita beto itzel maribel.reyes lautaro wilfrido ximena.guzman
    cuauhtemoc.cardenas r.quispe juan.mamani jtorres j.flores e.zuniga oscar.restrepo p.velasquez
    anayeli edgardo.chavez

    jordi montse laia oriol.vila pere.puig j.vendrell meritxell.soler neus arnau.ferrer quim
    nuria.roca llorenc.bosch

    uxia xurxo brais.otero anxo iria.castro sabela xoan.rial antia.pereira breogan

    iker ainhoa aitor.etxeberria nekane j.agirre leire.urrutia koldo unai.zabala itziar
    gorka.bengoetxea

    joao thiago joao.silva m.ferreira luiz.souza vitor vinicius.santos r.oliveira goncalo.sousa
    thalita

    john.smith sarah jwilson emily.brown m.johnson kevin.taylor siobhan

    ahmed mohamed.benali fatoumata ionut.popescu raluca oleksandr mihai.rusu youssef
    khadija.diallo singh.gurpreet wei.zhang katarzyna.nowak
"""
_AMBIGUOUS = """
    mercedes sol luna victoria santiago lourdes guadalupe trinidad leon mar
    merida valencia alicante vera salvador asuncion concepcion rosario
    constitucion monterrey cordoba soledad dolores socorro covadonga candelaria
    macarena florida rosario.centro rosario-cordoba guadalupe.nl santiago.cl rosario2
    carmen-levante cd.guadalupe el.rosario lamarina las.mercedes victoria.gasteiz
    p.madrid t.valencia c.real san-juan santa.rosa zaguan lopez reyes rosario.norte
"""


@pytest.mark.parametrize("local", _ROLES.split())
def test_a_role_is_silent(local: str) -> None:
    assert kind_of(local, _SHOP) is Kind.ROLE


@pytest.mark.parametrize("local", _PEOPLE.split())
def test_a_person_is_an_error(local: str) -> None:
    assert kind_of(local, _SHOP) is Kind.PERSON


@pytest.mark.parametrize("local", _AMBIGUOUS.split())
def test_what_may_be_a_branch_is_no_person(local: str) -> None:
    assert kind_of(local, _SHOP) is not Kind.PERSON


@pytest.mark.parametrize("name", ["marina", "rosario", "carmen", "luna"])
def test_a_name_that_is_the_shops_own_is_silent(name: str) -> None:
    assert kind_of(name, (f"imprenta-{name}",)) is Kind.OWN


def test_no_list_contradicts_another() -> None:
    lists = names._lists()
    firm = {
        "roles": lists.roles,
        "given": lists.given,
        "branches": lists.branches,
        "given words": lists.given_words,
    }
    for (one, left), (other, right) in combinations(firm.items(), 2):
        assert not left & right, (one, other)
    assert not lists.roles & (lists.surnames | lists.surname_words)
    assert not lists.towns & (lists.given | lists.surnames | lists.roles)


def test_no_town_or_everyday_surname_looks_like_an_initial_and_a_surname() -> None:
    lists = names._lists()
    for word in (lists.towns | lists.surname_words | lists.given_words) - lists.given:
        assert kind_of(word) is not Kind.PERSON, word
