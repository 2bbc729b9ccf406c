"""The rules of the group ``fleet``."""
