"""From bytes to the effective settings of each shop, with the place of every value."""
