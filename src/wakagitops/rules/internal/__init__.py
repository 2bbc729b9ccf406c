"""The rules of the group ``internal``."""
