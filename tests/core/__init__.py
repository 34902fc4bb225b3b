"""Given these events, expect this action: the core has no ports, so nothing here is replaced."""
