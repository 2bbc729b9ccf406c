"""JSON Pointers as plain text (RFC 6901): building, splitting and comparing them."""

from collections.abc import Collection

ROOT = ""


def child(pointer: str, token: str | int) -> str:
    """Return the pointer to a member of the value at ``pointer`` (RFC 6901, section 3)."""
    text = str(token)
    if "~" in text or "/" in text:
        text = text.replace("~", "~0").replace("/", "~1")
    return f"{pointer}/{text}"


def tokens(pointer: str) -> list[str]:
    """Return a pointer's reference tokens, unescaped (RFC 6901, section 4)."""
    if not pointer:
        return []
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer[1:].split("/")]


def build(path: list[str | int]) -> str:
    """Return the pointer made of the given tokens."""
    pointer = ROOT
    for token in path:
        pointer = child(pointer, token)
    return pointer


def parent(pointer: str) -> str:
    """Return the pointer to the value that holds the one at ``pointer``; the root's is the root."""
    return pointer.rpartition("/")[0]


def covers(outer: str, inner: str) -> bool:
    """Tell whether ``inner`` is ``outer`` itself or a place inside it."""
    return inner == outer or inner.startswith(f"{outer}/")


def is_covered(outer: Collection[str], inner: str) -> bool:
    """Tell whether ``inner`` is one of ``outer``, a set of pointers, or a place inside one.

    What it costs depends on the depth of ``inner``, and not on how many pointers there are.
    """
    while inner not in outer:
        if not inner:
            return False
        inner = parent(inner)
    return True


def dotted(pointer: str) -> str:
    """Return a pointer as people write it in prose: ``notifications.smtp.host``, ``recipients[0]``."""
    text = ""
    for token in tokens(pointer):
        if token.isdigit():
            text += f"[{token}]"
        else:
            text += f".{token}" if text else token
    return text
