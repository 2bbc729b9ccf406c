"""Facts about mail as pure functions and dated data: addresses, domains, names, providers, versions."""
