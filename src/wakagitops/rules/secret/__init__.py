"""The rules of the group ``secret``."""
