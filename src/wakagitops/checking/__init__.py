"""From settings to diagnostics: the schema, the rules, suppressions, the cache."""
