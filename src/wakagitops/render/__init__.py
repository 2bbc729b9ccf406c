"""From settings to the files that are deployed."""
