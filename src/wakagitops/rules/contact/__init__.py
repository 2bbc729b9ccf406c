"""The rules of the group ``contact``."""
