"""The rules of the group ``suppression``."""
