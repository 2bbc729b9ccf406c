"""The rules of the group ``platform``."""
