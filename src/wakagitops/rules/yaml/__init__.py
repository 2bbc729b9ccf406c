"""The rules of the group ``yaml``."""
