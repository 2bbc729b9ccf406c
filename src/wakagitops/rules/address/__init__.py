"""The rules of the group ``address``."""
