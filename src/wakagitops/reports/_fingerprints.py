"""Fingerprints for readers that show only the first finding of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from wakagitops.core.diagnostic import Diagnostic


def distinct(items: Iterable[Diagnostic]) -> Iterator[str]:
    """Yield a fingerprint for each finding, no two alike: twins are numbered in their order.

    Two findings of one rule on one value share a fingerprint, and so do several in a file that did
    not parse. The number, unlike a line, does not move when something else in the file changes.
    """
    seen: Counter[str] = Counter()
    for item in items:
        seen[item.fingerprint] += 1
        number = seen[item.fingerprint]
        yield item.fingerprint if number == 1 else f"{item.fingerprint}-{number}"
