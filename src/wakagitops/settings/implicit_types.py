"""Plain scalars that YAML reads as something else than the setting wants."""

from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.patterns import regex
from wakagitops.settings.schema import Setting
from wakagitops.yaml.document import Node
from wakagitops.yaml.scalars import old_reading

_PLAIN_NUMBER = regex(r"[-+]?(?:0|[1-9][0-9]*)\Z")


class Misreading(NamedTuple):
    """What YAML makes of a scalar, and what the setting wants."""

    wants: str
    """``string``, ``integer`` or ``collection``."""
    reads: str
    """``number``, ``old number`` (to YAML 1.1 alone), ``boolean``, ``date``, ``sign``, ``null`` or
    ``empty``."""
    value: str
    """The value as YAML reads it, for a number or boolean."""


def misreading(node: Node, setting: Setting | None) -> Misreading | None:
    """Say how YAML misreads a scalar that stands where a setting wants text, a number or a collection.

    Args:
        node: any node of a settings file.
        setting: what the schema says of its place; None for an unknown place.

    Returns:
        None where nothing is misread: quoted text, the word ``null``, or a type that is plainly
        wrong and ``schema/type``'s business.
    """
    if not node.plain or setting is None or node.raw == "null":
        return None
    types = setting.types
    if "string" in types:
        wants = "string"
    elif types & {"integer", "number"}:
        wants = "integer"
    elif types & {"object", "array"}:
        wants = "collection"
    else:
        return None
    if node.data is None:
        return Misreading(wants, "null" if node.raw else "empty", "")
    if wants == "collection" or (wants == "integer" and _is_plain_number(node.raw)):
        return None
    return _scalar_misreading(node, wants)


def _is_plain_number(text: str) -> bool:
    # As nearly every port is written, which no pattern has to be compiled for.
    if text[0] in "123456789" and text.isascii() and text.isdigit():
        return True
    return _PLAIN_NUMBER.match(text) is not None


def _scalar_misreading(node: Node, wants: str) -> Misreading | None:
    old = old_reading(node.raw)
    if old == "date":
        return Misreading(wants, "date", "")
    if old in ("true", "false"):
        return Misreading(wants, "boolean", old)
    if old == node.raw:
        # Where a number is wanted, it is a text to every reader: the wrong type.
        return Misreading(wants, "sign", "") if wants == "string" else None
    if old is not None:
        return Misreading(wants, "old number", old)
    if isinstance(node.data, bool):
        return Misreading(wants, "boolean", str(node.data).lower())
    if isinstance(node.data, int | float):
        return Misreading(wants, "number", f"{node.data!r}".removesuffix(".0"))
    return None
