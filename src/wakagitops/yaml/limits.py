"""How much of a settings file is read: more is no settings file, and stops the check of no other."""

MAX_BYTES = 256 * 1024
"""The largest settings file that is read, in bytes."""
MAX_DEPTH = 32
"""The deepest nesting that is read, in collections."""
