"""The mail addresses among a shop's settings, judged once for all the rules that look at them."""

from collections.abc import Sequence
from functools import lru_cache

from wakagitops.mail.address import Verdict, judge
from wakagitops.settings.views import ShopView

CONTACT = "/contact/email"
SENDER = "/notifications/email"
RECIPIENTS = "/admin/recipients"
ADDRESSES = (CONTACT, SENDER, RECIPIENTS)
"""What a rule reads that looks at every address of a shop."""


PlacedAddress = tuple[str, str, Verdict]
"""The pointer to where an address belongs, the text that stands there, and what it is."""
SoundAddress = tuple[str, str, str]
"""The pointer to a sound address, and its parts before and behind the ``@``."""


@lru_cache(maxsize=1)
def placed_addresses(shop: ShopView) -> Sequence[PlacedAddress]:
    """Return what stands in the places of a shop's addresses, sound or not.

    The rules look at one shop after another, so remembering one is enough.
    """
    places = [
        (pointer, text) for pointer in (CONTACT, SENDER) if (text := shop.text(pointer)) is not None
    ]
    places += shop.texts(RECIPIENTS)
    return [(pointer, text, judge(text)) for pointer, text in places]


@lru_cache(maxsize=1)
def sound_addresses(shop: ShopView) -> Sequence[SoundAddress]:
    """Return the sound addresses of a shop; ``address/syntax`` reports the others."""
    return [
        (pointer, verdict.local, verdict.domain)
        for pointer, _, verdict in placed_addresses(shop)
        if verdict.fault is None
    ]
