"""Named tuples whose constructors are made from one that is compiled for each number of items.

``typing.NamedTuple`` writes and compiles a constructor for each class, which for all of ours takes a
tenth of a commit hook's time. Type checkers see that one; what is used is the same but for this.
"""

from __future__ import annotations

from functools import cache
from types import CodeType, FunctionType

from wakagitops.core.typed import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple  # noqa: PLC0414 - exported
else:
    from _collections import _tuplegetter

    _made = tuple.__new__

    @cache
    def _template(items: int) -> CodeType:
        """Return the code of a constructor of so many items, whose names are still to be given."""
        names = ", ".join(f"_{place}" for place in range(items))
        return eval(f"lambda cls, {names}: _made(cls, ({names},))").__code__  # noqa: S307 - our own text

    class _Type(type):
        """Makes a class of tuples of what the body of a class annotates."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
            made = super().__new__(cls, name, bases, {**body, "__slots__": ()})
            fields = made._fields = made.__match_args__ = tuple(made.__annotations__)
            if fields:
                code = _template(len(fields)).replace(co_varnames=("cls", *fields), co_name="__new__")
                defaults = made._field_defaults = {
                    field: body[field] for field in fields if field in body
                }
                made.__new__ = FunctionType(code, globals(), "__new__", (*defaults.values(),))
            for place, field in enumerate(fields):
                setattr(made, field, _tuplegetter(place, None))
            return made

    class NamedTuple(tuple, metaclass=_Type):  # noqa: SLOT001 - its type gives it none
        """A tuple whose items have names: the annotations in the body of its class."""

        def _replace(self, **named: Any) -> Self:
            """Return the same with some other items."""
            items = [named.pop(field, item) for field, item in zip(self._fields, self, strict=True)]
            if named:
                message = f"{type(self).__name__} has no {', '.join(named)}"
                raise TypeError(message)
            return _made(type(self), items)

        def _asdict(self) -> dict[str, Any]:
            """Return the items by name."""
            return dict(zip(self._fields, self, strict=True))

        def __getnewargs__(self) -> tuple[Any, ...]:
            """Return what copies are made from."""
            return tuple(self)

        def __repr__(self) -> str:
            """Return the items as they are written in code."""
            items = ", ".join(f"{field}={item!r}" for field, item in self._asdict().items())
            return f"{type(self).__name__}({items})"
