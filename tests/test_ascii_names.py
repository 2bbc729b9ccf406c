"""Internationalised hosts and domains in the form that a deployment's readers look up."""

from wakagitops.render.ascii_names import with_ascii_names
from wakagitops.settings.model import Contact, Notifications, Ports, ShopSettings


def test_hosts_and_domains_become_ascii_and_local_parts_stay() -> None:
    account = Notifications(
        "josé@españa.es", None, "smtp.españa.es", Ports(465, None, None), "apikey", None
    )
    shop = ShopSettings(
        "s",
        "",
        "s.yaml",
        "3.28.1",
        "https://españa.es",
        Contact("a@españa.es", "plain", ()),
        account,
        (),
    )
    found = with_ascii_names(shop._replace(recipients=("B@españa.es", "C@Imprenta-Sol.es")))
    assert found.notifications.host == "smtp.xn--espaa-rta.es"
    assert found.notifications.email == "josé@xn--espaa-rta.es"
    assert found.notifications.username == "apikey"
    assert found.contact.email == "a@españa.es"
    assert found.recipients == ("B@xn--espaa-rta.es", "C@Imprenta-Sol.es")
