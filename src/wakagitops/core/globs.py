"""Path patterns of ``wakagitops.toml``, matched in time linear in the path, whatever the pattern.

A regular expression of many stars takes exponential time on a name that nearly matches. Here a list of
patterns is one automaton: a state is the set of places that the patterns can be at, as the bits of an
integer, and each character of a path leads from one state to the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_MOST_STATES = 4096
"""How many states are remembered. Others are computed each time, so that memory is bounded."""
_STAR, _STARS, _FOLDERS, _ONE = "*", "**", "**/", "?"
_IN_FOLDERS = "in **/"
"""Somewhere in the folders that ``**/`` matches."""
_END, _BELOW = "end", "below"
"""The end of a pattern, and what lies in a folder that matches it."""


class Globs:
    """Patterns of paths: ``**`` matches any folders, ``*`` and ``?`` stay within one name."""

    __slots__ = ("_start",)

    def __init__(self, patterns: Iterable[str]) -> None:
        """Build the automaton of some patterns."""
        self._start = _Automaton(patterns).start

    def match(self, path: str) -> bool:
        """Return True if a path, or a folder that it lies in, matches one of the patterns."""
        state = self._start
        for character in path:
            state = state[character]
        return state.is_match


class _State(dict[str, "_State"]):
    """A set of places, with the state that each character met so far leads to."""

    __slots__ = ("automaton", "is_match", "places")

    def __init__(self, automaton: _Automaton, places: int) -> None:
        super().__init__()
        self.automaton = automaton
        self.places = places
        self.is_match = bool(places & automaton.ends)

    def __missing__(self, character: str) -> _State:
        following = self.automaton.after(self.places, character)
        if following.is_kept:
            self[character] = following
        return following

    @property
    def is_kept(self) -> bool:
        """True if the state is remembered."""
        return self.automaton.states.get(self.places) is self


class _Automaton:
    """The places of all patterns: one bit for each token, the first token of a pattern lowest."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self.states: dict[int, _State] = {}
        self._characters: dict[str, int] = {}
        of = dict.fromkeys((_STAR, _STARS, _FOLDERS, _IN_FOLDERS, _ONE, _END, _BELOW), 0)
        first, bit = 0, 1
        for pattern in patterns:
            first |= bit
            for token, is_wild in _tokens(pattern):
                known = of if is_wild else self._characters
                known[token] = known.get(token, 0) | bit
                bit <<= 1
        self.ends = of[_END] | of[_BELOW]
        self._folders = of[_FOLDERS]
        self._skipped = of[_STAR] | of[_STARS]
        self._stay = of[_STARS] | of[_IN_FOLDERS] | of[_BELOW]
        self._stay_in_name = self._stay | of[_STAR]
        self._move_in_name = of[_ONE]
        self._move_at_slash = of[_IN_FOLDERS] | of[_END]
        self.start = self._state(first)

    def after(self, places: int, character: str) -> _State:
        """Return the state that a character leads to."""
        moves = self._characters.get(character, 0)
        if character == "/":
            moves |= self._move_at_slash
            stay = self._stay
        else:
            moves |= self._move_in_name
            stay = self._stay_in_name
        return self._state((places & moves) << 1 | (places & stay))

    def _state(self, places: int) -> _State:
        """Return the state of some places and of those that no character is needed to reach."""
        places |= (places & self._folders) << 1 | (places & self._folders) << 2
        places |= (places & self._skipped) << 1
        state = self.states.get(places)
        if state is None:
            state = _State(self, places)
            if len(self.states) < _MOST_STATES:
                self.states[places] = state
        return state


def _tokens(pattern: str) -> Iterator[tuple[str, bool]]:
    """Yield the tokens of a pattern, each True with those that are wildcards or ends."""
    text = pattern.removeprefix("./").rstrip("/")
    at = 0
    while at < len(text):
        stars = len(text) - at - len(text[at:].lstrip("*")) if text[at] == "*" else 0
        follows_slash = at == 0 or text[at - 1] == "/"
        at += stars or 1
        if stars > 1 and follows_slash and text.startswith("/", at):
            while text.startswith("**/", at + 1):
                at += 3
            at += 1
            yield _FOLDERS, True
            yield _IN_FOLDERS, True
        elif stars:
            yield (_STARS if stars > 1 else _STAR), True
        else:
            yield text[at - 1], text[at - 1] == "?"
    yield _END, True
    yield _BELOW, True
