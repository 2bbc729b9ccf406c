"""Settings files: which exist, the cascade, the schema, effective settings with their origins."""
