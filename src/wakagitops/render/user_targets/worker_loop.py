"""What the process of a team's templates does: it reads requests, and what a template does stays in it.

A template that never ends, or takes all memory, ends this process alone.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Mapping
from traceback import walk_tb
from typing import Any

import jinja2
from jinja2.exceptions import SecurityError

from wakagitops.core.patterns import regex
from wakagitops.render.context import texts_of
from wakagitops.render.escaping import UnfitTextError, UnfitTypeError
from wakagitops.render.jinja import make_environment
from wakagitops.render.user_targets.protocol import Failure, Place, plain_message

_MEMORY = 1 << 30


class _TimeError(Exception):
    """The template has had its time."""


class _SizeError(Exception):
    """The template has written its fill."""


def answer_requests() -> None:
    """Answer requests until the input ends."""
    _bound_memory()
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    sources: dict[str, str] = json.loads(requests.readline())
    answers.write(b"{}\n")
    answers.flush()
    for line in requests:
        answer = _answer(sources, json.loads(line))
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


def _answer(sources: Mapping[str, str], request: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = request["values"]
    place = Place(request["template"])
    silence = _alarm(request["seconds"])
    try:
        environment = _environment(request["escape"], sources)
        text = _written(environment.get_template(place.template), values, request["bytes"])
    except UnfitTextError as error:
        return {
            "unfit": plain_message(error.message),
            "advice": plain_message(error.advice),
            "pointer": next((at for at, text in texts_of(values) if text == error.value), ""),
        }
    except Exception as error:  # noqa: BLE001 - whatever a template raises is told as its failure
        failure, detail = _failure(error)
        return {"failure": failure.value, "detail": detail, "place": _place(error, sources, place)}
    else:
        return {"text": text}
    finally:
        silence()


_ENVIRONMENTS: dict[str, Any] = {}


def _environment(escape_as: str, sources: Mapping[str, str]) -> Any:
    if escape_as not in _ENVIRONMENTS:
        _ENVIRONMENTS[escape_as] = make_environment(escape_as, sources)
    return _ENVIRONMENTS[escape_as]


def _written(template: Any, values: dict[str, Any], limit: int) -> str:
    pieces: list[str] = []
    size = 0
    for piece in template.generate(values):
        size += len(piece.encode())
        if size > limit:
            raise _SizeError
        pieces.append(piece)
    return "".join(pieces)


_WITHOUT_DETAIL = (
    (_TimeError, Failure.TIME),
    (_SizeError, Failure.SIZE),
    (MemoryError, Failure.MEMORY),
    (UnfitTypeError, Failure.TYPE),
    (TypeError, Failure.KIND),
    (ZeroDivisionError, Failure.ZERO),
    (RecursionError, Failure.ENDLESS),
    (OverflowError, Failure.LARGE),
)
_SYNTAX = (
    (regex(r"No filter named '([^']+)'"), Failure.NO_FILTER),
    (regex(r"No test named '([^']+)'"), Failure.NO_TEST),
    (regex(r"unknown tag '([^']+)'"), Failure.TAG),
    (regex(r"needs to be closed is '([^']+)'"), Failure.OPEN),
    (regex(r"unexpected char (?:'([^']+)'|\"'\")"), Failure.CHARACTER),
)
"""What Jinja2 says of a template that is none, and which part of it is a name. Where another version
says something else, only the place is told."""


def _failure(error: Exception) -> tuple[Failure, str]:
    for kind, failure in _WITHOUT_DETAIL:
        if isinstance(error, kind):
            return failure, ""
    match error:
        case SecurityError() if str(error).isidentifier():
            return Failure.SANDBOX, str(error)
        case jinja2.TemplateNotFound():
            return Failure.NO_TEMPLATE, str(error.name)
        case jinja2.UndefinedError():
            return Failure.MISSING, str(error)
        case jinja2.TemplateSyntaxError():
            return _syntax(str(error.message))
        case _:
            return Failure.ERROR, type(error).__name__


def _syntax(said: str) -> tuple[Failure, str]:
    for pattern, failure in _SYNTAX:
        if found := pattern.search(said):
            return failure, found[1] or "'"
    return Failure.SYNTAX, ""


def _place(error: Exception, sources: Mapping[str, str], place: Place) -> Place:
    """Return the innermost place in a template; Jinja2 gives its templates frames of their own."""
    if isinstance(error, jinja2.TemplateSyntaxError):
        return Place(error.name or place.template, error.lineno)
    for frame, line in walk_tb(error.__traceback__):
        if frame.f_code.co_filename in sources:
            place = Place(frame.f_code.co_filename, line)
    return place


def _alarm(seconds: float) -> Callable[[], object]:
    """Have ``_TimeError`` raised after a while, and return what calls that off.

    Only Python's own steps can be stopped like this, with the template's line; whoever started this
    process ends it where it is stuck elsewhere, or where the system has no such signal.
    """

    def ring(number: int, frame: object) -> None:
        del number, frame
        raise _TimeError

    if not hasattr(signal, "setitimer"):
        return lambda: None
    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    return lambda: signal.setitimer(signal.ITIMER_REAL, 0)


def _bound_memory() -> None:
    try:
        import resource  # noqa: PLC0415 - not on every system

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    except (ImportError, ValueError, OSError):
        return
