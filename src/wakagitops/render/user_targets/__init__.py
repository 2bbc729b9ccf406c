"""Targets of a team's own: a folder of Jinja2 templates with a ``target.toml``, run under bounds."""
