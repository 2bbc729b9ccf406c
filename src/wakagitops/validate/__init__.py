"""From settings to diagnostics: the pipeline, the fleet, suppressions, the baseline."""
