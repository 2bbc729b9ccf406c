"""The session in docs/plan.md: its commands are run on the sample fleet, and what they print is put in.

A commit's digest depends on all of the sample, so the page says COMMIT in its place.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from generators.readme_tour import BLOCK, FENCE, replayed, sample

PAGE = "docs/plan.md"
_COMMIT = re.compile(r"\([0-9a-f]{12}\)")


def outputs(root: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the page with what its session prints now."""
    before, _, rest = (root / PAGE).read_text(encoding="utf-8").partition(BLOCK)
    session, _, after = rest.partition(FENCE)
    with tempfile.TemporaryDirectory(prefix="wakagitops-plan-") as work:
        shown = "".join(replayed(session, sample(root, Path(work)), "en"))
    yield PAGE, f"{before}{BLOCK}{_COMMIT.sub('(COMMIT)', shown)}{FENCE}{after}".encode()
