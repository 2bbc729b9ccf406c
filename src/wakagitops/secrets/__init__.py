"""Credentials: references to them, how they look, and how outputs mask them."""
