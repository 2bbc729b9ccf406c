"""Validate and render the mail settings of Wakaprint shops kept in git."""

__version__ = "0.1.0"
