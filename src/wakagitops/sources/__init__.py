"""Where files come from: the working tree, a git revision, or one laid over the other."""
