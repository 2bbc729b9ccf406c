"""The rules of the group ``value``."""
