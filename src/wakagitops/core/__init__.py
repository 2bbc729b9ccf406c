"""What every stage speaks: places in text, diagnostics, rules, messages, errors."""
