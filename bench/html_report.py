"""Measures the HTML report in a real browser: how long until a person can use it.

    python -m bench.html_report --shops 5000

It generates a fleet in which every shop holds a mistake, validates it with this checkout, and opens
the page in headless Chromium several times. Usable means: the rows are painted and one opens.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from bench import fleet

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MUST = 2.0
"""Seconds until usable, with 5,000 shops."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the figures, and return 1 where the page takes longer than it must."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--shops", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "report.html")
        seconds = _write_report(Path(folder), page, chosen.shops)
        print(f"{chosen.shops} shops, all checked anew and reported: {seconds:.1f} s")
        print(f"size of the page: {page.stat().st_size / 1024 / 1024:.1f} MiB")
        rounds = _opened(page, chosen.rounds)
    for name, values in rounds.items():
        listed = ", ".join(f"{value * 1000:.0f}" for value in values)
        print(f"{name}: {statistics.median(values) * 1000:.0f} ms (median of {listed})")
    usable = statistics.median(rounds["usable"])
    print(f"must be usable within {MUST} s: {'yes' if usable <= MUST else 'NO'}")
    return int(usable > MUST)


def _write_report(folder: Path, page: Path, shops: int) -> float:
    """Write the report of a generated fleet and return how many seconds the whole command took."""
    repository = folder / "repository"
    fleet.write(repository, shops, mistakes=1.0)
    command = [sys.executable, "-m", "wakagitops", "validate", "-q", "--no-cache", "--exit-zero"]
    started = time.perf_counter()
    subprocess.run(
        [*command, "--output", f"html={page}"], cwd=repository, check=True, capture_output=True
    )
    return time.perf_counter() - started


def _opened(page: Path, rounds: int) -> dict[str, list[float]]:
    """Open the page several times, each in a new profile, and return the seconds of each step."""
    found: dict[str, list[float]] = {"usable": [], "search": [], "sort": []}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS])
        for _ in range(rounds):
            context = browser.new_context()
            tab = context.new_page()
            started = time.perf_counter()
            tab.goto(page.as_uri(), wait_until="commit")
            tab.locator(".toggle-row").first.click()
            tab.locator("tr.detail mark").first.wait_for(state="attached")
            found["usable"].append(time.perf_counter() - started)
            found["search"].append(_step(tab, "search"))
            found["sort"].append(_step(tab, "sort"))
            context.close()
        browser.close()
    return found


_STEPS = {
    "search": """
        const field = document.getElementById("search");
        field.value = "imprenta";
        field.dispatchEvent(new Event("input", { bubbles: true }));
    """,
    "sort": """document.querySelector("[data-sort=rule] button").click();""",
}


def _step(tab: Any, name: str) -> float:
    """Return how long a step takes until its rows are painted, as the page's own clock has it."""
    milliseconds = tab.evaluate(
        f"""() => new Promise((end) => {{
            const rows = document.getElementById("finding-rows");
            const started = performance.now();
            const done = () => end(performance.now() - started);
            const painted = () => requestAnimationFrame(() => setTimeout(done));
            new MutationObserver(painted).observe(rows, {{ childList: true }});
            {_STEPS[name]}
        }})"""
    )
    return float(milliseconds) / 1000


if __name__ == "__main__":
    raise SystemExit(main())
