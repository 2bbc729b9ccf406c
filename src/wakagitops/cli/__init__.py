"""The command line: one thin file a command; only here is anything printed or exited."""

import gc

# Modules are loaded to stay, and files are read and let go by the thousand with hardly a cycle.
gc.set_threshold(100_000)
