"""Named tuples that are made without compiling anything.

``typing.NamedTuple`` writes and compiles a constructor for each class, which for all of ours takes a
tenth of a commit hook's time. Type checkers see that one; what is used is the same but for this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple  # noqa: PLC0414 - exported
else:
    from _collections import _tuplegetter

    _made = tuple.__new__

    class _Type(type):
        """Makes a class of tuples of what the body of a class annotates."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
            made = super().__new__(cls, name, bases, {**body, "__slots__": ()})
            fields = made._fields = made.__match_args__ = tuple(made.__annotations__)
            made._field_defaults = {field: body[field] for field in fields if field in body}
            for place, field in enumerate(fields):
                setattr(made, field, _tuplegetter(place, None))
            return made

    class NamedTuple(tuple, metaclass=_Type):  # noqa: SLOT001 - its type gives it none
        """A tuple whose items have names: the annotations in the body of its class."""

        def __new__(cls, *values: Any, **named: Any) -> Self:
            """Make a tuple of its items, given in order or by name.

            Raises:
                TypeError: an item is missing, or there is none of that name.
            """
            if named or len(values) != len(cls._fields):
                values = cls._completed(values, named)
            return _made(cls, values)

        @classmethod
        def _completed(cls, values: tuple[Any, ...], named: dict[str, Any]) -> list[Any]:
            """Return all items in order, those by default among them."""
            items = [*values]
            for field in cls._fields[len(values) :]:
                if field in named:
                    items.append(named.pop(field))
                elif field in cls._field_defaults:
                    items.append(cls._field_defaults[field])
                else:
                    message = f"{cls.__name__} is missing its {field}"
                    raise TypeError(message)
            if named or len(items) > len(cls._fields):
                message = f"{cls.__name__} has {', '.join(cls._fields)}, and each once"
                raise TypeError(message)
            return items

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
