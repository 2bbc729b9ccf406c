"""Our named tuples do what those of the standard library do."""

from __future__ import annotations

import copy
import pickle
import typing
from typing import Any

import pytest

from wakagitops.core.named_tuple import NamedTuple


class Ours(NamedTuple):
    host: str
    port: int = 587
    tags: tuple[str, ...] = ()

    def address(self) -> str:
        return f"{self.host}:{self.port}"


class Theirs(typing.NamedTuple):
    host: str
    port: int = 587
    tags: tuple[str, ...] = ()

    def address(self) -> str:
        return f"{self.host}:{self.port}"


@pytest.fixture(params=[Ours, Theirs])
def kind(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_items_are_given_in_order_or_by_name(kind: Any) -> None:
    whole = ("smtp.example", 465, ("a",))
    assert kind(*whole) == kind(tags=("a",), port=465, host="smtp.example") == whole
    assert kind("smtp.example", tags=("a",)) == ("smtp.example", 587, ("a",))
    assert hash(kind(*whole)) == hash(whole)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ((), {}),
        ((), {"port": 465}),
        (("a", 1, (), 2), {}),
        (("a",), {"host": "b"}),
        (("a",), {"ports": 1}),
        (("a", 1, ()), {"port": 1}),
    ],
)
def test_what_does_not_fit_is_refused(
    kind: Any, values: tuple[object, ...], named: dict[str, object]
) -> None:
    with pytest.raises(TypeError):
        kind(*values, **named)


def test_others_are_made_of_one(kind: Any) -> None:
    one = kind("smtp.example")
    assert one._replace(port=465).address() == "smtp.example:465"
    assert type(one._replace(port=465)) is kind
    with pytest.raises((TypeError, ValueError)):
        one._replace(ports=465)
    assert copy.copy(one) == copy.deepcopy(one) == pickle.loads(pickle.dumps(one)) == one  # noqa: S301 - our own
    assert one._asdict() == {"host": "smtp.example", "port": 587, "tags": ()}


def test_nothing_can_be_set(kind: Any) -> None:
    with pytest.raises(AttributeError):
        kind("smtp.example").port = 465
    with pytest.raises(AttributeError):
        kind("smtp.example").ports = 465


def test_both_are_shown_and_matched_alike() -> None:
    assert repr(Ours("a", tags=("b",))).replace("Ours", "Theirs") == repr(Theirs("a", tags=("b",)))
    assert Ours._fields == Theirs._fields
    assert Ours._field_defaults == Theirs._field_defaults
    match Ours("a"):
        case Ours(host, port=587):
            assert host == "a"
        case _:
            pytest.fail("it is no such tuple")
