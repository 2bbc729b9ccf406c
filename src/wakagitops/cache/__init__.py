"""The cache: where it lies, who may use it, and the digest of the tool that its keys begin with."""
