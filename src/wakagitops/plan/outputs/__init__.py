"""Forms of a plan: one module a format, its name the format's name, each with one ``report``."""


def format_names() -> list[str]:
    """Return the names of the formats, which are the modules of this package, without importing."""
    from pathlib import Path  # noqa: PLC0415 - only the argument parser asks

    return sorted(
        path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_")
    )
