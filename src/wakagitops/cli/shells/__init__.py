"""The completion scripts: one shell a file, each with ``script(grammar)``, which yields its lines."""
