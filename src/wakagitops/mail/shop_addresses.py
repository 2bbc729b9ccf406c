"""The mail addresses among a shop's settings, judged once for all the rules that look at them."""

from functools import lru_cache

from wakagitops.core.named_tuple import NamedTuple
from wakagitops.mail.address import Verdict, judge
from wakagitops.reading.views import ShopView

CONTACT = "/contact/email"
SENDER = "/notifications/email"
RECIPIENTS = "/admin/recipients"
ADDRESSES = (CONTACT, SENDER, RECIPIENTS)
"""What a rule reads that looks at every address of a shop."""


class PlacedAddress(NamedTuple):
    """A text that stands where an address belongs."""

    pointer: str
    text: str
    verdict: Verdict


class SoundAddress(NamedTuple):
    """A sound address in its two parts."""

    pointer: str
    local: str
    domain: str


@lru_cache(maxsize=1)
def placed_addresses(shop: ShopView) -> tuple[PlacedAddress, ...]:
    """Return what stands in the places of a shop's addresses, sound or not.

    The rules look at one shop after another, so remembering one is enough.
    """
    places = [
        (pointer, text) for pointer in (CONTACT, SENDER) if (text := shop.text(pointer)) is not None
    ]
    places.extend(shop.texts(RECIPIENTS))
    return tuple(PlacedAddress(pointer, text, judge(text)) for pointer, text in places)


@lru_cache(maxsize=1)
def sound_addresses(shop: ShopView) -> tuple[SoundAddress, ...]:
    """Return the sound addresses of a shop; ``address/syntax`` reports the others."""
    return tuple(
        SoundAddress(place.pointer, place.verdict.local, place.verdict.domain)
        for place in placed_addresses(shop)
        if place.verdict.fault is None
    )
