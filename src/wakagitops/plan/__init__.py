"""What a change does to the shops."""
