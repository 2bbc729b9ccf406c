"""The rules of the group ``render``."""
