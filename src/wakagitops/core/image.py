"""The program's compiled modules in one file, so that a commit hook opens that and not two hundred.

Python keeps the compiled form of each module in a file of its own; to look for it, to ask whether it
is current and to read it takes longer than to run what it holds. The image stands beside those files
and is trusted as they are. Like them it is passed over as soon as a source is another, and the next
run writes it anew; where it cannot be written, modules are loaded as ever.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from importlib.machinery import ModuleSpec
from marshal import dumps, loads
from types import CodeType, ModuleType

from wakagitops.core.digests import digest, folder_digest


class Image:
    """Finds and loads one package's modules (PEP 302, PEP 451)."""

    def __init__(self, package: str, path: str) -> None:
        """Read the image.

        Args:
            package: the folder of the package, whose files tell whether the image is current.
            path: the file of the image.

        Raises:
            OSError: the package is no folder that can be listed.
        """
        self._package = package
        self._path = path
        self._state = _state(folder_digest(package))
        self._modules: dict[str, tuple[str, bool, bytes]] = {}
        """By name, each module's source file, whether it is a package, and its compiled form."""
        with suppress(OSError, EOFError, ValueError, TypeError, MemoryError):
            with open(path, "rb") as file:
                state, modules = loads(file.read())  # noqa: S302 - as Python reads its own
            if state == self._state:
                self._modules = modules

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Return the spec of a module that the image holds, or None."""
        del path, target
        if name not in self._modules:
            return None
        origin, is_package, _ = self._modules[name]
        spec = ModuleSpec(name, self, origin=origin, is_package=is_package)  # type: ignore[arg-type]
        spec.has_location = True
        spec.cached = self._path  # or Python works out where another would be
        if is_package:
            spec.submodule_search_locations = [os.path.dirname(origin)]
        return spec

    def create_module(self, spec: ModuleSpec) -> None:
        """Leave it to Python to make the module."""

    def exec_module(self, module: ModuleType) -> None:
        """Run a module's code."""
        exec(self.get_code(module.__name__), module.__dict__)  # noqa: S102 - so are modules loaded

    def get_code(self, name: str) -> CodeType:
        """Return a module's code."""
        code: CodeType = loads(self._modules[name][2])  # noqa: S302 - as Python reads its own
        return code

    def keep(self, loaded: Iterable[tuple[str, ModuleType]]) -> None:
        """Write the image with all that it holds and what else was loaded, if there is any.

        Args:
            loaded: modules by name, as in ``sys.modules``.
        """
        new = {}
        for name, module in loaded:
            spec = getattr(module, "__spec__", None)
            if name not in self._modules and spec is not None and self._is_ours(spec.origin):
                code = spec.loader.get_code(name)
                new[name] = (spec.origin, spec.submodule_search_locations is not None, dumps(code))
        # What changed meanwhile may have been loaded before or after.
        if not new or sys.dont_write_bytecode or self._state != _state(_digest_now(self._package)):
            return
        beside = f"{self._path}.{os.getpid()}"
        try:
            with open(beside, "xb") as file:
                file.write(dumps((self._state, self._modules | new)))
            os.replace(beside, self._path)
        except OSError:
            with suppress(OSError):
                os.unlink(beside)

    def _is_ours(self, origin: str | None) -> bool:
        return origin is not None and origin.startswith(self._package + os.sep)


_digest_now = folder_digest.__wrapped__


def _state(sources: str) -> str:
    return digest(sys.version, sources)
