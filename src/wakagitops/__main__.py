"""Run the command line with ``python -m wakagitops``."""

from wakagitops.cli.program import run

if __name__ == "__main__":
    raise SystemExit(run())
