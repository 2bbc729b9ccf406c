"""Which of several shops that clash is the copy: a file that was copied and has no id of its own yet."""

from collections.abc import Sequence

from wakagitops.settings.views import ShopFacts


def originals_first(shops: Sequence[ShopFacts]) -> Sequence[ShopFacts]:
    """Return the shops in their order, but those last whose file is named otherwise than its shop.

    A rule that compares each shop with the earlier ones so reports on the copy, however it is called.
    """
    copies = [facts for facts in shops if facts.value("/shop") not in (facts.id, None)]
    if not copies:
        return shops
    paths = {facts.path for facts in copies}
    return [*(facts for facts in shops if facts.path not in paths), *copies]
