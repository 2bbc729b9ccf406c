"""Mistyped domains of mail providers: they exist, hardly anybody means them, and they live on that."""

_MISTYPED_PROVIDERS = {
    "gamil.com": "gmail.com",
    "gmai.com": "gmail.com",
    "gmail.cm": "gmail.com",
    "gmail.om": "gmail.com",
    "gmailc.om": "gmail.com",
    "gmal.com": "gmail.com",
    "gmali.com": "gmail.com",
    "gmial.com": "gmail.com",
    "gmil.com": "gmail.com",
    "gnail.com": "gmail.com",
    "homail.com": "hotmail.com",
    "hotamil.com": "hotmail.com",
    "hotmai.com": "hotmail.com",
    "hotmail.cm": "hotmail.com",
    "hotmail.om": "hotmail.com",
    "hotmal.com": "hotmail.com",
    "hotmial.com": "hotmail.com",
    "hotnail.com": "hotmail.com",
    "htomail.com": "hotmail.com",
    "icloud.cm": "icloud.com",
    "icluod.com": "icloud.com",
    "iclould.com": "icloud.com",
    "outlok.com": "outlook.com",
    "outlook.cm": "outlook.com",
    "outloo.com": "outlook.com",
    "outloook.com": "outlook.com",
    "otlook.com": "outlook.com",
    "yaho.com": "yahoo.com",
    "yaho.es": "yahoo.es",
    "yahoo.cm": "yahoo.com",
    "yahooo.com": "yahoo.com",
    "yhaoo.com": "yahoo.com",
}


def mistyped_provider(domain: str) -> str | None:
    """Return the provider whose domain was probably meant, or None where a domain is no known mistyping.

    Args:
        domain: in lower case and ASCII.
    """
    return _MISTYPED_PROVIDERS.get(domain)
