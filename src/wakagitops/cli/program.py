"""The program: it loads the command line from the image of its modules, runs it, and ends."""

import os
import sys

from wakagitops.core.image import Image


def program() -> None:
    """Run the command line as a program of its own, and end without taking anything apart.

    What nobody uses any more, Python would still take apart object by object: in a commit hook that
    takes longer than to check the file, and after a large fleet it takes seconds.
    """
    image = _image()
    from wakagitops.cli.app import main  # noqa: PLC0415 - from the image, where there is one

    status = main()
    try:
        for stream in filter(None, (sys.stdout, sys.stderr)):
            stream.flush()
    except (OSError, ValueError):
        sys.exit(status)  # as Python does where it cannot write what is left
    if image is not None:
        image.keep(list(sys.modules.items()))
    os._exit(status)


def _image() -> Image | None:
    """Return the image of the installed package, from which what follows is imported.

    None where the package is no folder, as in a zip file.
    """
    cached = __spec__.cached
    if cached is None:
        return None
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    try:
        image = Image(package, f"{cached.removesuffix('.pyc')}.image")
    except OSError:
        return None
    sys.meta_path.insert(0, image)
    return image
