"""The terminal: where text goes, in which language and colour, and how errors are shown.

Every byte for people leaves by ``Console._write``, past the guard of its stream (``core.visible``).
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Mapping

from wakagitops.cli.argparse_words import columns
from wakagitops.core.errors import WakagitopsError
from wakagitops.core.messages import Message, Translator, msg
from wakagitops.core.patterns import regex
from wakagitops.core.typed import TextIO
from wakagitops.core.visible import Guard, visible

_RED = "\x1b[1;31m"
_PLAIN = "\x1b[0m"
_COMMIT = regex(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
"""The full name of a commit, as mixed as a secret, and none."""
_ERASE = "\r\x1b[K"


class Console:
    """Findings go to standard output, everything else to standard error."""

    def __init__(self, out: TextIO, err: TextIO, environ: Mapping[str, str]) -> None:
        """Bind the streams; language and colour come with ``configure``."""
        self._out = out
        self._err = err
        self._guards = {out: Guard(), err: Guard()}
        self.environ = environ
        self.translate = Translator()
        self.verbosity = 0
        self.debug = False
        self._color = "auto"
        self._has_status = False
        self._noted: set[Message] = set()
        for stream in (out, err):
            # A settings file may hold any text; a terminal that cannot show it gets an escape.
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")

    def configure(self, arguments: argparse.Namespace) -> None:
        """Take verbosity and colour from the parsed arguments."""
        self.verbosity = getattr(arguments, "verbose", 0) - getattr(arguments, "quiet", 0)
        self._color = getattr(arguments, "color", "auto")
        self.debug = getattr(arguments, "debug", False)

    @property
    def is_terminal(self) -> bool:
        """Tell whether standard output is a terminal."""
        return self._out.isatty()

    @property
    def columns(self) -> int | None:
        """Return how wide the terminal is that standard output goes to; None where it is none."""
        return columns() if self.is_terminal else None

    def has_color(self, stream: TextIO | None = None) -> bool:
        """Tell whether a stream gets colour: ``--color``, then NO_COLOR, FORCE_COLOR, a terminal."""
        if self._color != "auto":
            return self._color == "always"
        if self.environ.get("NO_COLOR"):
            return False
        if self.environ.get("FORCE_COLOR") or self.environ.get("CLICOLOR_FORCE", "0") not in ("", "0"):
            return True
        return (stream or self._out).isatty() and self.environ.get("TERM") != "dumb"

    @property
    def shows_status(self) -> bool:
        """Tell whether somebody waits at a terminal that can take a line back."""
        plain = self.environ.get("NO_COLOR") or self.environ.get("TERM", "dumb") == "dumb"
        return self.verbosity >= 0 and not plain and self._err.isatty()

    def status(self, message: Message) -> None:
        """Say on the terminal's last line what the run is at; what comes next takes its place."""
        if self.shows_status:
            self._err.write(_ERASE)
            self._write(self._err, self.translate(message))
            self._err.flush()
            self._has_status = True

    def settle(self) -> None:
        """Take the status away before anything else is written."""
        if self._has_status:
            self._err.write(_ERASE)
            self._err.flush()
            self._guards[self._err] = Guard()
            self._has_status = False

    def _write(self, stream: TextIO, *parts: str) -> None:
        self._write_all(stream, parts)

    def _write_all(self, stream: TextIO, parts: Iterable[str]) -> None:
        guard, color = self._guards[stream], self.has_color(stream)
        for part in parts:
            self.settle()
            stream.write(guard(part, color=color))

    def out(self, text: str) -> None:
        """Write text to standard output."""
        self.out_all((text,))

    def out_all(self, parts: Iterable[str]) -> None:
        """Write a report to standard output as it is made."""
        self._write_all(self._out, parts)
        self._out.flush()

    def show(self, parts: Iterable[str]) -> None:
        """Write what a run found; where the reader goes away, as ``head`` does, the run goes on."""
        try:
            self.out_all(parts)
        except BrokenPipeError:
            self.drop_output()

    def drop_output(self) -> None:
        """Let nothing more reach standard output, so that Python does not complain of it at exit."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._out.fileno())
        os.close(nowhere)

    def tell_all(self, parts: Iterable[str]) -> None:
        """Write text to standard error, where standard output belongs to a program that reads it."""
        self.settle()
        self._write_all(self._err, parts)
        self._err.flush()

    def note(self, message: Message, *, level: int = 0) -> None:
        """Write a line to standard error, unless the run is quieter than ``level``."""
        self.settle()
        if self.verbosity >= level:
            self._write(self._err, f"wakagitops: {self._said(message)}\n")
            self._err.flush()

    def _said(self, message: Message) -> str:
        """Return a message with what looks like a credential masked in its fields.

        Notes and errors quote what was not read as settings: ``wakagitops.toml``, the baseline, names of
        files, targets and revisions.
        """
        if not message.fields:
            return self.translate(message)
        from wakagitops.secrets.redaction import clean  # noqa: PLC0415 - few runs have more to say

        cleaned = clean(message, frozenset())
        kept = {
            name: value
            for name, value in message.fields
            if isinstance(value, str) and _COMMIT.match(value)
        }
        return self.translate(cleaned.with_fields(**kept) if kept else cleaned)

    def note_once(self, message: Message) -> None:
        """Write a line to standard error, unless this run has written it already."""
        if message not in self._noted:
            self._noted.add(message)
            self.note(message)

    def error(self, error: WakagitopsError) -> None:
        """Tell why the run ends, with the place where a file is at fault."""
        place = ""
        if error.path:
            path = self._said(Message("{path}", (("path", error.path),)))
            place = f"{path}:{error.line}:{error.column}: " if error.line else f"{path}: "
        self.settle()
        word = self.translate(msg("error"))
        if self.has_color(self._err):
            word = f"{_RED}{word}{_PLAIN}"
        self._write(self._err, f"wakagitops: {word}: {place}{self._said(error.message)}\n")
        self._err.flush()

    def crash(self, error: BaseException, *, debug: bool) -> None:
        """Tell of an internal error: its kind and, with ``--debug``, where; never its values."""
        self.settle()
        kind = type(error).__name__
        message = msg("internal error ({kind}); run again with --debug and report it", kind=kind)
        self._write(self._err, f"wakagitops: {self.translate(message)}\n")
        if debug:
            self.frames(error)
        self._err.flush()

    def frames(self, error: BaseException) -> None:
        """Write the places that an exception came through, without its text, which may hold secrets."""
        trace = error.__traceback__
        while trace is not None:
            code = trace.tb_frame.f_code
            name = visible(os.path.basename(code.co_filename))
            self._write(self._err, f"  {name}:{trace.tb_lineno} {visible(code.co_name)}\n")
            trace = trace.tb_next
