"""Measures wakagitops beside other validators on fleets of any size."""
