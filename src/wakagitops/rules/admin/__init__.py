"""The rules of the group ``admin``."""
