"""Run the command line with ``python -m wakagitops``."""

from wakagitops.cli.app import main

if __name__ == "__main__":
    raise SystemExit(main())
