"""Strict YAML with positions: bytes in, nodes with exact ranges and comments out."""
