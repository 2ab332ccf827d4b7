"""A synthetic drum kit."""
