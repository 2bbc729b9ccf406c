"""Did you mean: the nearest known word to a mistyped one."""

from collections.abc import Iterable

_FURTHEST = 2


def distance(one: str, other: str) -> int:
    """Return the edit distance of two words, a swap of neighbours counting as one edit."""
    before: list[int] = []
    previous = list(range(len(other) + 1))
    for row, left in enumerate(one, 1):
        current = [row]
        for column, right in enumerate(other, 1):
            cost = min(
                previous[column] + 1, current[column - 1] + 1, previous[column - 1] + (left != right)
            )
            swapped = row > 1 and column > 1 and left == other[column - 2] and one[row - 2] == right
            if swapped:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        before, previous = previous, current
    return previous[-1]


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that was probably meant, or None when none is near.

    A word of up to four letters must be one edit away; a longer one may be two.
    """
    folded = word.casefold().replace("_", "-")
    limit = 1 if len(word) <= 4 else _FURTHEST
    letters = frozenset(folded)
    ranked = sorted(
        (distance(folded, candidate_folded), candidate)
        for candidate, candidate_folded in (
            (candidate, candidate.casefold().replace("_", "-"))
            for candidate in known
            if abs(len(candidate) - len(word)) <= limit
        )
        # Each letter that one word lacks takes an edit, which is soon seen.
        if len(letters.difference(candidate_folded)) <= limit
    )
    return ranked[0][1] if ranked and ranked[0][0] <= limit else None
