"""The generators of ``script/generate``: one file each, with one function ``outputs``."""
