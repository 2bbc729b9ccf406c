"""The rules of the group ``smtp``."""
